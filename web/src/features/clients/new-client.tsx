import { Alert, Button, Group, List, MultiSelect, SegmentedControl, Stack, Text, TextInput, ActionIcon, Input } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCopy, IconPlus, IconX } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { EmployeeField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'
import { addressOf, RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'

type Values = {
  kind: string
  legal_name: string
  short_name: string
  roles: string[]
  inn: string
  kpp: string
  phones: { raw: string }[]
  emails: { address: string }[]
  region: string
  segment: string
  responsible_employee_id: string | null
}

const kinds = ['organisation', 'sole_trader', 'natural_person']
const roles = ['customer', 'partner', 'supplier', 'competitor', 'authority', 'other']

/** Enters a client. What is like it already is shown while it is typed, so that no second card is made. */
export function NewClient() {
  const { t } = useTranslation('clients')
  const params = useParams()
  const set = useSetParams()
  const navigate = useNavigate()
  const me = useMe()
  const gone = useRef(false)
  if (params.new !== '1') return null
  return (
    <CommandDrawer
      name="clients/register"
      title={t('new.title')}
      opened
      // Once the client is there, its card is on the way: the list's address must not come back.
      onClose={() => !gone.current && set({ new: undefined })}
      path="/v1/counterparties"
      initial={startOf(me.employee_id)}
      body={bodyOf}
      submit={t('new.submit')}
      success={t('new.done')}
      onDone={(receipt) => {
        gone.current = true
        void navigate({ to: addressOf('counterparty', receipt.id) })
      }}
      late
    >
      {(form) => <Fields form={form} />}
    </CommandDrawer>
  )
}

const startOf = (me: string): Values => ({
  kind: 'organisation', legal_name: '', short_name: '', roles: ['customer'], inn: '', kpp: '', phones: [{ raw: '' }], emails: [{ address: '' }], region: '', segment: '', responsible_employee_id: me,
})

function bodyOf(values: Values) {
  const { kind, legal_name, phones, emails, kpp, ...rest } = values
  return {
    kind,
    legal_name,
    ...given({ ...rest, kpp: kind === 'organisation' ? kpp : '', phones: phones.filter(({ raw }) => raw.trim()), emails: emails.filter(({ address }) => address.trim()) }),
  } as Schema<'RegisterCounterparty'>
}

function Fields({ form }: { form: Form<Values> }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const { kind } = form.values
  return (
    <>
      <Input.Wrapper label={t('new.kind')} labelElement="div">
        <SegmentedControl fullWidth size="sm" aria-label={t('new.kind')} data={kinds.map((value) => ({ value, label: t(`new.kinds.${value as 'organisation'}`) }))} {...form.getInputProps('kind')} />
      </Input.Wrapper>
      <TextInput label={t(kind === 'natural_person' ? 'new.personName' : 'new.name')} required data-autofocus {...form.getInputProps('legal_name')} />
      {kind !== 'natural_person' && <TextInput label={t('new.shortName')} description={t('new.shortNameHint')} {...form.getInputProps('short_name')} />}
      <Group grow align="flex-start">
        <TextInput label={t('new.inn')} inputMode="numeric" {...form.getInputProps('inn')} />
        {kind === 'organisation' && <TextInput label={t('new.kpp')} {...form.getInputProps('kpp')} />}
      </Group>
      <Similar values={form.values} />
      <MultiSelect label={t('new.roles')} data={roles.map((value) => ({ value, label: words(`counterparty.role.${value}`) }))} {...form.getInputProps('roles')} />
      <Phones form={form} />
      <Emails form={form} />
      <Group grow align="flex-start">
        <TextInput label={t('filter.region')} {...form.getInputProps('region')} />
        <TextInput label={t('filter.segment')} {...form.getInputProps('segment')} />
      </Group>
      <EmployeeField
        label={t('column.responsible')}
        value={form.values.responsible_employee_id}
        onChange={(id) => form.setFieldValue('responsible_employee_id', id)}
        error={form.errors.responsible_employee_id}
      />
    </>
  )
}

function Phones({ form }: { form: Form<Values> }) {
  const { t } = useTranslation('clients')
  return (
    <Several label={t('new.phone')} add={t('new.addPhone')} count={form.values.phones.length} onAdd={() => form.insertListItem('phones', { raw: '' })} onRemove={(i) => form.removeListItem('phones', i)}>
      {(i, label) => <TextInput type="tel" label={label} flex={1} {...form.getInputProps(`phones.${i}.raw`)} error={form.errors[`phones.${i}.raw`] ?? form.errors[`phones.${i}.e164`]} />}
    </Several>
  )
}

function Emails({ form }: { form: Form<Values> }) {
  const { t } = useTranslation('clients')
  return (
    <Several label={t('new.email')} add={t('new.addEmail')} count={form.values.emails.length} onAdd={() => form.insertListItem('emails', { address: '' })} onRemove={(i) => form.removeListItem('emails', i)}>
      {(i, label) => <TextInput type="email" label={label} flex={1} {...form.getInputProps(`emails.${i}.address`)} />}
    </Several>
  )
}

function Several(props: { label: string; add: string; count: number; onAdd: () => void; onRemove: (index: number) => void; children: (index: number, label: string) => React.ReactNode }) {
  const { t } = useTranslation()
  return (
    <Stack gap={6}>
      {Array.from({ length: props.count }, (_, i) => (
        // The field has no other identity than its place.
        // eslint-disable-next-line react/no-array-index-key
        <Group key={i} gap={6} align="flex-end" wrap="nowrap">
          {props.children(i, i === 0 ? props.label : `${props.label} ${i + 1}`)}
          {i > 0 && (
            <ActionIcon size="lg" aria-label={`${t('remove')}: ${props.label} ${i + 1}`} onClick={() => props.onRemove(i)}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={props.onAdd} style={{ alignSelf: 'flex-start' }}>
        {props.add}
      </Button>
    </Stack>
  )
}

/** Clients like the one that is being typed, and by what. */
function Similar({ values }: { values: Values }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const [asked] = useDebouncedValue(
    JSON.stringify(given({ name: enough(values.legal_name, 3), inn: enough(values.inn, 10), phone: enough(values.phones[0]?.raw, 7), email: enough(values.emails[0]?.address, 6) })),
    350,
  )
  const query = JSON.parse(asked) as Record<string, string>
  const found = useRead('/v1/similar-counterparties', { query }, { enabled: Object.keys(query).length > 0, keepPrevious: true })
  const alike = Object.keys(query).length > 0 ? (found.data ?? []).slice(0, 5) : []
  if (alike.length === 0) return null
  const reasons = (one: Schema<'SimilarClient'>) =>
    [one.same_inn && t('similar.inn'), one.same_phone && t('similar.phone'), one.same_email && t('similar.email'), one.name_similarity > 0 && t('similar.name', { percent: Math.round(one.name_similarity * 100) })].filter(Boolean).join(', ')
  return (
    <Alert color="orange" icon={<IconCopy size={20} aria-hidden />} title={t('similar.title')} role="status" data-testid="similar">
      <List size="sm" spacing={4} listStyleType="none">
        {alike.map((one) => (
          <List.Item key={one.id}>
            <RecordLink kind="counterparty" id={one.id} fw={600}>
              {one.name}
            </RecordLink>{' '}
            <Text span size="xs" c="dimmed">
              {[one.inn && `${t('new.inn')} ${one.inn}`, words(`counterparty.state.${one.state}`), reasons(one)].filter(Boolean).join(' · ')}
            </Text>
          </List.Item>
        ))}
      </List>
      <Text size="xs" mt={6}>
        {t('similar.hint')}
      </Text>
    </Alert>
  )
}

const enough = (text: string | undefined, length: number) => (text && text.trim().length >= length ? text.trim() : '')
