import { Anchor, Badge, Collapse, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { ColleaguesField } from '@/ui/colleagues-field'
import { fieldOf } from '@/ui/field-of'
import { EmployeeField, InstantField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'
import { RecordName, useName } from '@/ui/names'
import { useParams, useSetParams } from '@/ui/params'

import { usePriorities } from './choices'
import { MinutesField } from './minutes-field'
import type { Priority } from './rules'

const prefilled = ['new', 'counterparty_name', 'parent', 'context_kind', 'context_id', 'assignee'] as const

type Values = {
  title: string
  expected_result: string
  assignee_id: string
  due_at: string
  priority: Priority
  counterparty_id: string
  description: string
  co_executor_ids: string[]
  planned_effort_min: number
  parent_id: string
  follows: string
}

/** The form that `?new=1` opens, filled in with what the address says of the place one comes from. */
export function NewAssignment() {
  const { t } = useTranslation('assignments')
  const params = useParams()
  const set = useSetParams()
  const navigate = useNavigate()
  if (params.new !== '1') return null
  const close = () => set({ ...Object.fromEntries(prefilled.map((name) => [name, undefined])), ...(params.counterparty_name ? { counterparty: undefined } : {}) })
  const source = params.context_kind && params.context_id ? `${params.context_kind}/${params.context_id}` : ''
  const initial: Values = {
    title: '', expected_result: '', assignee_id: params.assignee ?? '', due_at: inTwoWorkdays(), priority: 'normal', counterparty_id: params.counterparty ?? '',
    description: '', co_executor_ids: [], planned_effort_min: 0, parent_id: params.parent ?? '', follows: source,
  }
  return (
    <CommandDrawer
      // Another place to come from is another draft.
      name={`assignments/issue/${params.parent ?? source}`}
      title={t('new.title')}
      opened
      onClose={close}
      path="/v1/assignments"
      initial={initial}
      body={bodyOf}
      submit={t('new.submit')}
      success={t('new.done')}
      onDone={(receipt) => void navigate({ to: `/assignments/${receipt.id}` } as never)}
      late
    >
      {(form) => <Fields form={form} />}
    </CommandDrawer>
  )
}

function bodyOf({ follows, planned_effort_min: planned, ...values }: Values) {
  const [kind, id] = follows.split('/')
  return given({ ...values, planned_effort_min: planned || undefined, context: kind && id ? [{ kind, id }] : undefined }) as Omit<Values, 'follows'>
}

/** The end of the working day after tomorrow; a weekend helps nobody. */
function inTwoWorkdays(): string {
  const day = new Date()
  for (let left = 2; left > 0; ) {
    day.setDate(day.getDate() + 1)
    if (day.getDay() % 6 !== 0) left--
  }
  day.setHours(18, 0, 0, 0)
  return day.toISOString()
}

function Fields({ form }: { form: Form<Values> }) {
  const { t } = useTranslation('assignments')
  const priorities = usePriorities()
  const { values } = form
  const [more, setMore] = useState(Boolean(values.description || values.parent_id || values.follows || values.co_executor_ids.length || values.planned_effort_min))
  return (
    <>
      <TextInput label={t('field.title')} placeholder={t('field.titleExample')} withAsterisk data-autofocus {...form.getInputProps('title')} />
      <Textarea label={t('field.expected')} placeholder={t('field.expectedExample')} withAsterisk {...form.getInputProps('expected_result')} />
      <EmployeeField label={t('field.assignee')} withAsterisk {...fieldOf(form, 'assignee_id')} />
      <Group grow align="flex-start">
        <InstantField label={t('field.due')} required {...fieldOf(form, 'due_at')} />
        <Select label={t('field.priority')} data={priorities} allowDeselect={false} {...form.getInputProps('priority')} />
      </Group>
      <KnownClientField label={t('field.client')} {...fieldOf(form, 'counterparty_id')} />
      <div>
        <Anchor component="button" type="button" size="sm" aria-expanded={more} onClick={() => setMore(!more)}>
          {t(more ? 'new.less' : 'new.more')}
        </Anchor>
        <Collapse expanded={more}>
          <Stack gap="md" mt="md">
            <Textarea label={t('field.description')} {...form.getInputProps('description')} />
            <ColleaguesField label={t('field.helpers')} without={[values.assignee_id]} {...fieldOf(form, 'co_executor_ids')} />
            <MinutesField label={t('field.planned')} {...fieldOf(form, 'planned_effort_min')} />
            <FollowsField {...fieldOf(form, 'follows')} client={values.counterparty_id} />
            <ParentField {...fieldOf(form, 'parent_id')} />
          </Stack>
        </Collapse>
      </div>
    </>
  )
}

type Choice = { value: string; onChange: (value: string | null) => void }

/** What the assignment follows from: the record one comes from, or the client's latest letters and negotiations. */
function FollowsField({ value, onChange, client }: Choice & { client: string }) {
  const { t } = useTranslation('assignments')
  const [first] = useState(value)
  const query = { query: { counterparty: client, limit: 30 } }
  const letters = useRead('/v1/messages', query, { enabled: Boolean(client) })
  const talks = useRead('/v1/negotiations', query, { enabled: Boolean(client) })
  if (first) {
    const [kind = '', id = ''] = first.split('/')
    return (
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t('field.follows')}
        </Text>
        <Group gap="xs">
          <RecordName kind={kind} id={id} />
          {!value && <Badge color="gray">{t('field.notLinked')}</Badge>}
          <Anchor component="button" type="button" size="sm" onClick={() => onChange(value ? '' : first)}>
            {t(value ? 'field.unlink' : 'field.link')}
          </Anchor>
        </Group>
      </Stack>
    )
  }
  const data = [
    { group: t('field.talks'), items: (talks.data?.items ?? []).map((one) => ({ value: `negotiation/${one.id}`, label: one.topic })) },
    { group: t('field.letters'), items: (letters.data?.items ?? []).map((one) => ({ value: `message/${one.id}`, label: one.subject || one.topic || one.excerpt.slice(0, 80) || '—' })) },
  ]
  return <Select label={t('field.follows')} description={client ? undefined : t('field.followsHint')} disabled={!client} data={data} value={value || null} onChange={onChange} searchable clearable />
}

/** The assignment of which it is a part, found by its title. */
function ParentField({ value, onChange }: Choice) {
  const { t } = useTranslation('assignments')
  const { t: common } = useTranslation()
  const [typed, setTyped] = useState('')
  const [asked] = useDebouncedValue(typed.trim(), 200)
  const name = useName('assignment', value || undefined)
  const found = useRead('/v1/assignments', { query: { open: true, limit: 20, ...(asked && asked !== name ? { text: asked } : {}) } }, { keepPrevious: true })
  const hits = (found.data?.items ?? []).map((one) => ({ value: one.id, label: `${one.title} · ${one.assignee_name}` }))
  const data = value && name && !hits.some((one) => one.value === value) ? [{ value, label: name }, ...hits] : hits
  return (
    <Select label={t('field.parent')} data={data} value={value || null} onChange={onChange} onSearchChange={setTyped} filter={({ options }) => options} searchable clearable nothingFoundMessage={common('nothingFound')} />
  )
}
