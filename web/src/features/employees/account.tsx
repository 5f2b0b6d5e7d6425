import { Alert, Button, Drawer, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { send, type Schema } from '@/api/hooks'
import { fieldPath, type Failure } from '@/api/problem'
import { useDetailWords } from '@/i18n'
import { done } from '@/ui/notify'
import { useFailureText } from '@/ui/states'

type Props = { of: Schema<'EmployeeDetail'>; onClose: () => void }
type Values = { login: string; password: string }

/** Opens an employee's way in. The register reserves the login first: one that is taken must not get an account. */
export function NewAccount({ of: one, onClose }: Props) {
  const { t } = useTranslation('employees')
  const open = async ({ login, password }: Values) => {
    if (login.toLowerCase() !== one.login) await send('/v1/employees/{id}/change-login', { id: one.id, body: { login } })
    orFail(await http.POST('/v1/accounts', { body: { employee_id: one.id, login, password } }))
  }
  const suggestion = one.login ?? one.email?.split('@')[0] ?? ''
  return (
    <Credentials title={`${t('action.account')}: ${one.name}`} login={suggestion} submit={t('account.open')} success={t('account.opened')} send={open} taken={t('account.taken')} onClose={onClose}>
      {one.roles.length === 0 && <Alert color="orange">{t('account.needsRole')}</Alert>}
    </Credentials>
  )
}

export function NewPassword({ of: one, onClose }: Props) {
  const { t } = useTranslation('employees')
  const reset = async ({ password }: Values) => {
    orFail(await http.POST('/v1/accounts/{login}/password', { params: { path: { login: one.login ?? '' } }, body: { password } }))
  }
  return (
    <Credentials title={`${t('action.password')}: ${one.name}`} submit={t('account.setPassword')} success={t('account.passwordSet')} send={reset} missing={t('account.missing')} onClose={onClose}>
      <Text size="sm">{t('account.passwordHint', { login: one.login })}</Text>
    </Credentials>
  )
}

type CredentialsProps = {
  title: string
  /** The login to begin with; without one it cannot be changed here. */
  login?: string
  submit: string
  success: string
  taken?: string
  missing?: string
  send: (values: Values) => Promise<void>
  onClose: () => void
  children?: ReactNode
}

// The length of the password is checked before anything is sent: the login would be reserved already when it is refused.
// Not a CommandForm: that keeps what is typed in the browser, and a password is kept nowhere.
function Credentials(props: CredentialsProps) {
  const { t } = useTranslation('employees')
  const common = useTranslation().t
  const [fault, setFault] = useState<string>()
  const client = useQueryClient()
  const form = useForm<Values>({ mode: 'controlled', initialValues: { login: props.login ?? '', password: '' }, validate: { password: (text) => (text.length >= 12 && text.length <= 128 ? null : t('account.passwordWrong')) } })
  const explain = useExplain(props.taken, props.missing)
  const sending = useMutation<void, Failure, Values>({
    mutationFn: props.send,
    onSuccess: () => {
      done(props.success)
      props.onClose()
      void client.invalidateQueries()
    },
    onError: (failure) => {
      const { errors, text } = explain(failure)
      form.setErrors(errors)
      setFault(text)
    },
  })
  return (
    <Drawer opened onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': common('close') }}>
      <form onSubmit={form.onSubmit((values) => sending.mutate(values))} noValidate>
        <Stack gap="md">
          {props.children}
          {props.login !== undefined && <TextInput label={t('login')} description={t('account.loginHint')} required autoComplete="off" data-autofocus {...form.getInputProps('login')} />}
          <PasswordInput
            label={t('account.password')}
            description={t('account.passwordRule')}
            required
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('account.show'), tabIndex: 0, 'aria-hidden': false }}
            {...form.getInputProps('password')}
            aria-invalid={form.errors.password !== undefined}
          />
          {fault && <Alert color="red" role="alert" title={fault} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              {common('cancel')}
            </Button>
            <Button type="submit" loading={sending.isPending}>
              {props.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}

/** The server's findings at the fields, and the refusal in words. */
function useExplain(taken: string | undefined, missing: string | undefined) {
  const { t } = useTranslation('employees')
  const words = useDetailWords()
  const text = useFailureText()
  // The rules for both fields are told in full: "too short" alone would not say how long.
  const told = (field: string, fault: string, message: string) => {
    if (field === 'password' && fault !== 'common') return t('account.passwordWrong')
    return field === 'login' && fault !== 'taken' ? t('account.loginHint') : words(`field_code.${fault}`, message)
  }
  return (failure: Failure) => {
    const { code, errors = [] } = failure.problem
    const found = errors.map(({ location, code: fault, message }) => [fieldPath(location), told(fieldPath(location), fault, message)])
    return { errors: Object.fromEntries(found) as Record<string, string>, text: { already_exists: taken, not_found: missing }[code] ?? text(failure) }
  }
}
