import { Anchor, Drawer, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconKey, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { usePages, useRead, type ItemOf } from '@/api/hooks'
import { useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import type { Form } from '@/ui/form'
import { Colleague } from '@/ui/links'
import { done } from '@/ui/notify'
import { ErrorNote, Loading } from '@/ui/states'
import { DataTable } from '@/ui/table'

import { suggestedPassword } from './password'
import { PlainForm } from './plain-form'

type Person = ItemOf<'/v1/employees'>
type Step = 'create' | 'reset'

/** Logins and passwords of employees: administrators' work. */
export function Accounts() {
  const { t } = useTranslation('admin')
  const words = useWords()
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 200)
  const [doing, setDoing] = useState<{ step: Step; person: Person }>()
  const found = usePages('/v1/employees', { query: text ? { text } : {} }, { keepPrevious: true })
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('accounts.intro')}
      </Text>
      <TextInput label={t('accounts.find')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maw={360} />
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && (
        <DataTable
          label={t('accounts.list')}
          rows={found.items}
          rowKey={(person) => person.id}
          more={found}
          columns={[
            { key: 'name', header: t('accounts.employee'), width: '2fr', phone: 'title', cell: (person) => <Colleague id={person.id} name={person.name} /> },
            { key: 'login', header: t('accounts.login'), width: '1fr', cell: (person) => <Login id={person.id} /> },
            { key: 'roles', header: t('accounts.roles'), width: '2fr', cell: (person) => person.roles.map((role) => words(`employee.role.${role}`)).join(', ') },
            {
              key: 'actions', header: '', width: '48px', end: true,
              cell: (person) => (
                <Actions
                  compact
                  label={t('accounts.actions', { name: person.name })}
                  of={[
                    { label: t('accounts.create'), icon: IconUserPlus, onClick: () => setDoing({ step: 'create', person }) },
                    { label: t('accounts.reset'), icon: IconKey, onClick: () => setDoing({ step: 'reset', person }) },
                  ]}
                />
              ),
            },
          ]}
        />
      )}
      {doing && <AccountDrawer {...doing} onClose={() => setDoing(undefined)} />}
    </Stack>
  )
}

const useLogin = (id: string) => useRead('/v1/employees/{id}', { path: { id } }, { staleTime: 300_000 })

function Login({ id }: { id: string }) {
  const { t } = useTranslation('admin')
  const detail = useLogin(id)
  if (detail.data && !detail.data.login) return <Text span inherit c="dimmed">{t('accounts.noLogin')}</Text>
  return detail.data?.login
}

function AccountDrawer({ step, person, onClose }: { step: Step; person: Person; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const detail = useLogin(person.id)
  const close = { onClose, onCancel: onClose }
  return (
    <Drawer opened onClose={onClose} title={t(step === 'create' ? 'accounts.createFor' : 'accounts.resetFor', { name: person.name })} closeButtonProps={{ 'aria-label': common('close') }}>
      {detail.data ? step === 'create' ? <Create id={person.id} login={detail.data.login ?? ''} {...close} /> : <Reset login={detail.data.login ?? ''} {...close} /> : <Loading rows={3} />}
    </Drawer>
  )
}

function Create({ id, login, onClose }: { id: string; login: string; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <PlainForm
      initial={{ login, password: '' }}
      submit={t('accounts.create')}
      send={async (values) => orFail(await http.POST('/v1/accounts', { body: { employee_id: id, ...values } }))}
      onDone={() => { done(t('accounts.created')); onClose() }}
      onCancel={onClose}
    >
      {(form) => (
        <>
          <TextInput label={t('accounts.login')} description={t('accounts.loginHint')} required autoComplete="off" data-autofocus {...form.getInputProps('login')} />
          <NewPassword label={t('accounts.firstPassword')} form={form} />
        </>
      )}
    </PlainForm>
  )
}

function Reset({ login, onClose }: { login: string; onClose: () => void }) {
  const { t } = useTranslation('admin')
  if (!login) return <Text>{t('accounts.needLogin')}</Text>
  return (
    <PlainForm
      initial={{ login, password: '' }}
      submit={t('accounts.reset')}
      send={async ({ password }) => orFail(await http.POST('/v1/accounts/{login}/password', { params: { path: { login } }, body: { password } }))}
      onDone={() => { done(t('accounts.resetDone')); onClose() }}
      onCancel={onClose}
    >
      {(form) => (
        <>
          <TextInput label={t('accounts.login')} value={login} readOnly />
          <NewPassword label={t('accounts.password')} form={form} />
        </>
      )}
    </PlainForm>
  )
}

/** In plain sight: the administrator has to pass it on. */
function NewPassword({ label, form }: { label: string; form: Form<{ login: string; password: string }> }) {
  const { t } = useTranslation('admin')
  return (
    <div>
      <TextInput label={label} description={t('accounts.passwordHint')} required autoComplete="new-password" {...form.getInputProps('password')} />
      <Anchor component="button" type="button" size="sm" mt={6} onClick={() => form.setFieldValue('password', suggestedPassword())}>
        {t('accounts.suggest')}
      </Anchor>
    </div>
  )
}
