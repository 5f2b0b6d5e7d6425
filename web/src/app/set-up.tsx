import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { fieldPath } from '@/api/problem'
import { useDetailWords } from '@/i18n'
import { done } from '@/ui/notify'

import { Refused, useAttempt } from './attempt'
import { Front } from './front'
import { useSigning } from './session'

const blank = { login: '', name: '', password: '', repeat: '' }

/** Makes the first administrator with the link that the first start printed. */
export function SetUp() {
  const { t } = useTranslation()
  const words = useDetailWords()
  const navigate = useNavigate()
  const { signIn } = useSigning()
  const { attempt, busy, failure, wait } = useAttempt()
  // Behind # the token never reaches a server's log.
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '')
  const [values, setValues] = useState(blank)
  const [differ, setDiffer] = useState(false)
  const faults = Object.fromEntries((failure?.problem.errors ?? []).map((fault) => [fieldPath(fault.location), words(`field_code.${fault.code}`, fault.message)]))
  const field = (name: keyof typeof blank) => ({
    label: t(`setup.${name}`),
    value: values[name],
    onChange: (e: { currentTarget: { value: string } }) => setValues({ ...values, [name]: e.currentTarget.value }),
    error: faults[name],
    // Mantine leaves it out of fields for passwords.
    'aria-invalid': faults[name] !== undefined,
    required: true,
    withAsterisk: false,
  })

  const enter = () =>
    signIn(values.login.trim(), values.password).catch(() => {
      done(t('setup.done'))
      return navigate({ to: '/sign-in', replace: true })
    })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setDiffer(values.password !== values.repeat)
    if (values.password !== values.repeat) return
    const body = { token, login: values.login.trim(), name: values.name.trim(), password: values.password }
    if (await attempt(async () => orFail(await http.POST('/v1/setup', { body })))) await enter()
  }

  if (!token) {
    return (
      <Front title={t('setup.title')}>
        <Alert color="red" role="alert">
          {t('setup.noToken')}
        </Alert>
      </Front>
    )
  }
  return (
    <Front title={t('setup.title')}>
      <Text size="sm">{t('setup.intro')}</Text>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput {...field('name')} description={t('setup.nameHint')} autoComplete="name" autoFocus />
          <TextInput {...field('login')} autoComplete="username" autoCapitalize="none" spellCheck={false} />
          <PasswordInput {...field('password')} description={t('setup.short')} minLength={12} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }} />
          <PasswordInput {...field('repeat')} error={differ && t('setup.differ')} aria-invalid={differ} autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }} />
          <Refused failure={failure} wait={wait} />
          <Button type="submit" loading={busy} disabled={wait > 0} fullWidth>
            {t('setup.submit')}
          </Button>
        </Stack>
      </form>
    </Front>
  )
}
