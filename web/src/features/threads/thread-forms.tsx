import { Select, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { usePages, type CommandPath, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { fieldOf, required } from '@/ui/field-of'
import { EmployeeField, InstantField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { useParams, useSetParams } from '@/ui/params'


type Detail = Schema<'ThreadDetail'>

type FormProps = { thread: Detail; onClose: () => void }

/** The form of the step that the address names (`do`), of an addressee where it concerns one (`who`). */
export function ThreadForms({ of: thread }: { of: Detail }) {
  const { do: step, who } = useParams()
  const set = useSetParams()
  const props = { thread, onClose: () => set({ do: undefined, who: undefined }) }
  const party = thread.parties.find((one) => one.employee_id === who)
  switch (step) {
    case 'close':
    case 'declineAgreement':
    case 'openDispute':
    case 'ruleDispute':
      return <Worded {...props} step={step} />
    case 'addAddressee':
      return <AddAddressee {...props} />
    case 'appointArbiter':
      return <AppointArbiter {...props} />
    case 'revise':
      return <Revise {...props} />
    case 'supersede':
      return <Supersede {...props} />
    case 'returnAnswer':
      return party ? <ReturnAnswer {...props} party={party} /> : null
    case 'proposeDeadline':
      return party ? <ProposeDeadline {...props} party={party} /> : null
    case 'refuseDeadline':
      return party ? <RefuseDeadline {...props} party={party} /> : null
  }
  return null
}

type WordedStep = 'close' | 'declineAgreement' | 'openDispute' | 'ruleDispute'

const worded: Record<WordedStep, { path: CommandPath; field: string; optional?: boolean }> = {
  close: { path: '/v1/threads/{id}/close', field: 'summary', optional: true },
  declineAgreement: { path: '/v1/threads/{id}/decline-agreement', field: 'reason' },
  openDispute: { path: '/v1/threads/{id}/open-dispute', field: 'reason' },
  ruleDispute: { path: '/v1/threads/{id}/rule-dispute', field: 'ruling' },
}

/** A step that only needs its words. */
function Worded({ thread, onClose, step }: FormProps & { step: WordedStep }) {
  const { t } = useTranslation('threads')
  const { path, field, optional } = worded[step]
  return (
    <CommandDrawer name={`threads/${step}/${thread.id}`} title={t(`do.${step}`)} opened onClose={onClose} path={path} id={thread.id} initial={{ [field]: '' }} body={(values) => (optional ? given(values) : values) as never} submit={t(`do.${step}`)} success={t(`done.${step}`)}>
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t(`means.${step}`)}
          </Text>
          <Textarea label={t(`say.${step}`)} withAsterisk={!optional} data-autofocus {...form.getInputProps(field)} />
        </>
      )}
    </CommandDrawer>
  )
}

function AddAddressee({ thread, onClose }: FormProps) {
  const { t } = useTranslation('threads')
  return (
    <CommandDrawer
      name={`threads/add/${thread.id}`}
      title={t('do.addAddressee')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/add-addressee"
      id={thread.id}
      initial={{ addressee_id: '', reply_by: '' }}
      body={(values) => required(values, 'addressee_id') as never}
      submit={t('do.addAddressee')}
      success={t('done.addAddressee')}
    >
      {(form) => (
        <>
          <EmployeeField label={t('whomToAsk')} withAsterisk data-autofocus openOnFocus={false} {...fieldOf(form, 'addressee_id')} />
          {thread.kind !== 'notice' && <InstantField label={t('open.replyBy')} description={t('open.replyByHint')} {...fieldOf(form, 'reply_by')} />}
        </>
      )}
    </CommandDrawer>
  )
}

function AppointArbiter({ thread, onClose }: FormProps) {
  const { t } = useTranslation('threads')
  return (
    <CommandDrawer
      name={`threads/arbiter/${thread.id}`}
      title={t('do.appointArbiter')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/appoint-arbiter"
      id={thread.id}
      initial={{ arbiter_id: '' }}
      body={(values) => values}
      submit={t('do.appointArbiter')}
      success={t('done.appointArbiter')}
    >
      {(form) => <EmployeeField label={t('column.arbiter')} description={t('arbiterHint')} withAsterisk data-autofocus openOnFocus={false} {...fieldOf(form, 'arbiter_id')} />}
    </CommandDrawer>
  )
}

function Revise({ thread, onClose }: FormProps) {
  const { t } = useTranslation('threads')
  return (
    <CommandDrawer
      name={`threads/revise/${thread.id}`}
      title={t('do.revise')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/revise-agreement"
      id={thread.id}
      initial={{ text: thread.text, reply_by: '' }}
      body={(values) => required(values, 'text') as never}
      submit={t('reviseSubmit')}
      success={t('done.revise')}
    >
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('means.revise')}
          </Text>
          <Textarea label={t('newText')} withAsterisk minRows={5} data-autofocus {...form.getInputProps('text')} />
          <InstantField label={t('open.replyBy')} description={t('open.replyByHint')} {...fieldOf(form, 'reply_by')} />
        </>
      )}
    </CommandDrawer>
  )
}

function Supersede({ thread, onClose }: FormProps) {
  const { t } = useTranslation('threads')
  const agreements = usePages('/v1/agreements', { query: { state: ['proposed', 'agreed'] } })
  const others = agreements.items.filter((one) => one.id !== thread.id).map((one) => ({ value: one.id, label: one.subject }))
  return (
    <CommandDrawer
      name={`threads/supersede/${thread.id}`}
      title={t('do.supersede')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/supersede-agreement"
      id={thread.id}
      initial={{ successor_id: '', reason: '' }}
      body={(values) => required(values, 'reason') as never}
      submit={t('do.supersede')}
      success={t('done.supersede')}
    >
      {(form) => (
        <>
          <Select label={t('successorField')} description={t('successorHint')} data={others} searchable clearable data-autofocus openOnFocus={false} {...form.getInputProps('successor_id')} value={form.values.successor_id || null} onChange={(id) => form.setFieldValue('successor_id', id ?? '')} />
          <Textarea label={t('reason')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

type PartyProps = FormProps & { party: Schema<'ThreadParty'> }

function ReturnAnswer({ thread, party, onClose }: PartyProps) {
  const { t } = useTranslation('threads')
  return (
    <CommandDrawer
      name={`threads/return/${thread.id}/${party.employee_id}`}
      title={t('do.returnAnswer')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/return-answer"
      id={thread.id}
      initial={{ text: '', reply_by: '' }}
      body={(values) => ({ ...required(values, 'text'), addressee_id: party.employee_id }) as never}
      submit={t('do.returnAnswer')}
      success={t('done.returnAnswer')}
    >
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('means.returnAnswer', { name: party.employee_name })}
          </Text>
          <Textarea label={t('whatIsMissing')} withAsterisk data-autofocus {...form.getInputProps('text')} />
          <InstantField label={t('open.replyBy')} description={t('open.replyByHint')} {...fieldOf(form, 'reply_by')} />
        </>
      )}
    </CommandDrawer>
  )
}

function ProposeDeadline({ thread, party, onClose }: PartyProps) {
  const { t } = useTranslation('threads')
  return (
    <CommandDrawer
      name={`threads/deadline/${thread.id}/${party.employee_id}`}
      title={t('do.proposeDeadline')}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/propose-deadline"
      id={thread.id}
      initial={{ reply_by: party.reply_by ?? '', reason: '' }}
      body={(values) => ({ ...values, addressee_id: party.employee_id }) as never}
      submit={t('do.proposeDeadline')}
      success={t('done.proposeDeadline')}
    >
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('means.proposeDeadline')}
          </Text>
          <InstantField label={t('newDeadline')} required {...fieldOf(form, 'reply_by')} />
          <Textarea label={t('reason')} withAsterisk data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function RefuseDeadline({ thread, party, onClose }: PartyProps) {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const title = t(party.proposed_by_id === me ? 'do.withdrawDeadline' : 'do.refuseDeadline')
  return (
    <CommandDrawer
      name={`threads/refuse/${thread.id}/${party.employee_id}`}
      title={title}
      opened
      onClose={onClose}
      path="/v1/threads/{id}/refuse-deadline"
      id={thread.id}
      initial={{ reason: '' }}
      body={(values) => ({ ...given(values), addressee_id: party.employee_id }) as never}
      submit={title}
      success={t('done.refuseDeadline')}
    >
      {(form) => <Textarea label={t('reason')} data-autofocus {...form.getInputProps('reason')} />}
    </CommandDrawer>
  )
}
