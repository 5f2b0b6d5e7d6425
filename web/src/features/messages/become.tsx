import { Select, Textarea, TextInput } from '@mantine/core'
import { useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { CommandPath, Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { ColleaguesField } from '@/ui/colleagues-field'
import { fieldOf, required } from '@/ui/field-of'
import { DayField, EmployeeField, InstantField } from '@/ui/fields'
import { toLocal } from '@/ui/local-time'
import { CommandDrawer, type Form } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'
import { useParams, useSetParams } from '@/ui/params'

import { useChoices } from './channel'
import { Finish } from './finish'
import { nextWorkday } from './next-workday'

type Message = Schema<'MessageDetail'>
type Props = { of: Message; onClose: () => void }

const kinds = ['assignment', 'negotiation', 'work_item', 'thread', 'none'] as const
export type Kind = (typeof kinds)[number]

const forms: Record<Kind, (props: Props) => ReactNode> = {
  assignment: IntoAssignment, negotiation: IntoNegotiation, work_item: IntoWorkItem, thread: IntoThread, none: IntoNothing,
}

/**
 * Turns a message into a record, or says that nothing follows. The record is created first, then the message is closed
 * with a reference to it; should the second step fail, it can be tried again without a second record.
 */
export function Become(props: Props) {
  const asked = useParams().as as Kind
  const Chosen = forms[kinds.includes(asked) ? asked : 'assignment']
  return <Chosen {...props} />
}

type CreateProps<P extends CommandPath, V extends Record<string, unknown>> = Props & {
  kind: Kind
  path: P
  initial: V
  body: (values: V) => object
  children: (form: Form<V & { outcome: string }>) => ReactNode
}

function Create<P extends CommandPath, V extends Record<string, unknown>>({ of: message, onClose, kind, path, initial, body, children }: CreateProps<P, V>) {
  const { t } = useTranslation('messages')
  const outcome = useRef('')
  const [made, setMade] = useState<{ id: string; outcome: string }>()
  const created = useRef(false)
  if (made) return <Finish message={message} kind={kind} record={made.id} outcome={made.outcome} onClose={onClose} />
  return (
    <CommandDrawer
      name={`messages/become/${kind}/${message.id}`}
      title={t('do.become')}
      opened
      // Done with the first step is not done yet.
      onClose={() => created.current || onClose()}
      path={path}
      initial={{ ...initial, outcome: '' }}
      body={({ outcome: said, ...values }) => {
        outcome.current = said.trim() || t(`become.outcome.${kind}`)
        return body(values as unknown as V) as never
      }}
      submit={t(`become.submit.${kind}`)}
      onDone={(receipt) => {
        created.current = true
        setMade({ id: receipt.id, outcome: outcome.current })
      }}
      {...(kind === 'none' ? { id: message.id } : {})}
    >
      {(form) => (
        <>
          <Into kind={kind} />
          {children(form)}
          <Textarea label={t('outcome')} placeholder={t(`become.outcome.${kind}`)} {...form.getInputProps('outcome')} />
        </>
      )}
    </CommandDrawer>
  )
}

function Into({ kind }: { kind: Kind }) {
  const { t } = useTranslation('messages')
  const set = useSetParams()
  return (
    <Select
      label={t('become.into')}
      description={t(`become.means.${kind}`)}
      data={kinds.map((value) => ({ value, label: t(`become.kind.${value}`) }))}
      value={kind}
      allowDeselect={false}
      onChange={(value) => set({ as: value ?? undefined })}
    />
  )
}

const titleOf = (message: Message) => message.subject || message.topic || message.excerpt.slice(0, 120)
const source = (message: Message) => ({ kind: 'message', id: message.id })

function IntoAssignment(props: Props) {
  const { t } = useTranslation('messages')
  const { of: message } = props
  const initial = {
    title: titleOf(message), description: message.text.slice(0, 4000), expected_result: '', assignee_id: '', due_at: nextWorkday(18).toISOString(), counterparty_id: message.counterparty_id ?? '',
  }
  return (
    <Create {...props} kind="assignment" path="/v1/assignments" initial={initial} body={(values) => ({ ...required(values, 'title', 'assignee_id', 'due_at', 'expected_result'), context: [source(message)] })}>
      {(form) => (
        <>
          <TextInput label={t('become.title')} withAsterisk data-autofocus {...form.getInputProps('title')} />
          <EmployeeField label={t('become.assignee')} withAsterisk {...fieldOf(form, 'assignee_id')} />
          <InstantField label={t('become.due')} required {...fieldOf(form, 'due_at')} />
          <TextInput label={t('become.expected')} description={t('become.expectedHint')} withAsterisk {...form.getInputProps('expected_result')} />
          <Textarea label={t('become.details')} {...form.getInputProps('description')} />
          <KnownClientField label={t('client')} {...fieldOf(form, 'counterparty_id')} />
        </>
      )}
    </Create>
  )
}

function IntoNegotiation(props: Props) {
  const { t } = useTranslation('messages')
  const choices = useChoices()
  const { employee_id: me } = useMe()
  const { of: message } = props
  const initial = {
    topic: titleOf(message), counterparty_id: message.counterparty_id ?? '', channel: message.channel === 'call' ? 'call' : 'meeting', stage: 'needs',
    planned_from: nextWorkday(11).toISOString(), planned_to: nextWorkday(12).toISOString(), our_participant_ids: [me],
  }
  const theirs = message.person_id ? { their_participants: [{ name: message.person_name || message.from_name || message.from_raw, person_id: message.person_id }] } : {}
  return (
    <Create {...props} kind="negotiation" path="/v1/negotiations" initial={initial} body={(values) => ({ ...required(values, 'topic', 'counterparty_id', 'planned_from', 'planned_to', 'our_participant_ids'), ...theirs })}>
      {(form) => (
        <>
          <TextInput label={t('become.topic')} withAsterisk data-autofocus {...form.getInputProps('topic')} />
          <KnownClientField label={t('client')} withAsterisk {...fieldOf(form, 'counterparty_id')} />
          <InstantField label={t('become.from')} required {...fieldOf(form, 'planned_from')} />
          <InstantField label={t('become.to')} required {...fieldOf(form, 'planned_to')} />
          <Select label={t('become.how')} data={choices('negotiation.channel', ['meeting', 'call', 'video', 'email', 'messenger'])} allowDeselect={false} {...form.getInputProps('channel')} />
          <Select label={t('become.stage')} data={choices('negotiation.stage', ['first_contact', 'needs', 'proposal', 'bargaining', 'agreed'])} allowDeselect={false} {...form.getInputProps('stage')} />
          <ColleaguesField label={t('become.ours')} withAsterisk {...fieldOf(form, 'our_participant_ids')} />
        </>
      )}
    </Create>
  )
}

function IntoWorkItem(props: Props) {
  const { t } = useTranslation('messages')
  const { employee_id: me } = useMe()
  const { of: message } = props
  const initial = { text: titleOf(message), counterparty_id: message.counterparty_id ?? '', responsible_id: me, due_date: toLocal(nextWorkday(12).toISOString()).slice(0, 10) }
  return (
    <Create {...props} kind="work_item" path="/v1/work-items" initial={initial} body={(values) => required(values, 'text', 'counterparty_id', 'responsible_id', 'due_date')}>
      {(form) => (
        <>
          <TextInput label={t('become.title')} withAsterisk data-autofocus {...form.getInputProps('text')} />
          <KnownClientField label={t('client')} withAsterisk {...fieldOf(form, 'counterparty_id')} />
          <EmployeeField label={t('become.responsible')} withAsterisk {...fieldOf(form, 'responsible_id')} />
          <DayField label={t('become.day')} required {...fieldOf(form, 'due_date')} />
        </>
      )}
    </Create>
  )
}

function IntoThread(props: Props) {
  const { t } = useTranslation('messages')
  const { employee_id: me } = useMe()
  const { of: message } = props
  const initial = { subject: titleOf(message), text: message.text.slice(0, 4000), addressee_ids: [] as string[], reply_by: nextWorkday(18).toISOString() }
  const context = { ref: source(message), ...(message.counterparty_id ? { counterparty_id: message.counterparty_id } : {}) }
  return (
    <Create {...props} kind="thread" path="/v1/threads" initial={initial} body={(values) => ({ ...required(values, 'addressee_ids', 'subject', 'text'), kind: 'question', context })}>
      {(form) => (
        <>
          <ColleaguesField label={t('become.whom')} withAsterisk data-autofocus openOnFocus={false} without={[me]} {...fieldOf(form, 'addressee_ids')} />
          <TextInput label={t('become.subject')} withAsterisk {...form.getInputProps('subject')} />
          <Textarea label={t('become.question')} withAsterisk {...form.getInputProps('text')} />
          <InstantField label={t('become.replyBy')} {...fieldOf(form, 'reply_by')} />
        </>
      )}
    </Create>
  )
}

/** Nothing follows. What was not taken up yet is taken up, so that it can be closed; closing is the last step for all. */
function IntoNothing(props: Props) {
  return (
    <Create {...props} kind="none" path="/v1/messages/{id}/begin" initial={{}} body={() => ({})}>
      {() => null}
    </Create>
  )
}
