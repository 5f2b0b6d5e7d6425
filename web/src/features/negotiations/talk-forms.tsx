import { Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/app/session'
import { fieldOf } from '@/ui/field-of'
import { InstantField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'

import { useChoices } from './choices'
import { channels, isOver, stages, type Detail, type Negotiator } from './model'
import classes from './negotiations.module.css'
import { OursField, TheirsField } from './people'

type Close = { opened: boolean; onClose: () => void }

const hour = 3_600_000

/** The last full hour, and those after it. */
function fullHour(hours: number): string {
  return new Date(Math.floor(Date.now() / hour) * hour + hours * hour).toISOString()
}

const laterThan = (from: string, to: string) => (from && (!to || to <= from) ? new Date(Date.parse(from) + hour).toISOString() : to)

export function PlanForm({ opened, onClose, client, onPlanned }: Close & { client: string | undefined; onPlanned: (id: string) => void }) {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const choices = useChoices()
  return (
    <CommandDrawer
      name="negotiations/plan"
      title={t('plan.title')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations"
      initial={{
        counterparty_id: client ?? null,
        topic: '',
        stage: 'first_contact',
        channel: 'meeting',
        planned_from: fullHour(24),
        planned_to: fullHour(25),
        our_participant_ids: [me.employee_id],
        their_participants: [] as Negotiator[],
      } as PlanValues}
      body={(values) => ({ ...values, counterparty_id: values.counterparty_id ?? '', their_participants: values.their_participants.map((who) => given(who) as Negotiator) }) as never}
      submit={t('plan.submit')}
      success={t('plan.done')}
      onDone={(receipt) => onPlanned(receipt.id)}
    >
      {(form) => (
        <Stack gap="sm">
          <KnownClientField label={t('field.client')} withAsterisk {...(client ? {} : autofocus)} {...fieldOf(form, 'counterparty_id')} onChange={(id) => form.setValues({ counterparty_id: id, their_participants: [] })} />
          <TextInput label={t('field.topic')} withAsterisk {...(client ? autofocus : {})} {...form.getInputProps('topic')} />
          <div className={classes.two}>
            <InstantField label={t('field.from')} required {...fieldOf(form, 'planned_from')} onChange={(from) => form.setValues({ planned_from: from, planned_to: laterThan(from, form.values.planned_to) })} />
            <InstantField label={t('field.to')} required {...fieldOf(form, 'planned_to')} />
          </div>
          <div className={classes.two}>
            <Select label={t('field.channel')} data={choices('negotiation.channel', channels)} allowDeselect={false} {...form.getInputProps('channel')} />
            <Select label={t('field.stage')} data={choices('negotiation.stage', stages)} allowDeselect={false} {...form.getInputProps('stage')} />
          </div>
          <OursField label={t('field.ours')} value={form.values.our_participant_ids} onChange={(ids) => form.setFieldValue('our_participant_ids', ids)} errors={form.errors} />
          <TheirsField label={t('field.theirs')} client={form.values.counterparty_id} value={form.values.their_participants} onChange={(people) => form.setFieldValue('their_participants', people)} errors={form.errors} />
        </Stack>
      )}
    </CommandDrawer>
  )
}

/** The cursor stands where the first thing is to be typed. */
const autofocus = { 'data-autofocus': true }

type PlanValues = {
  counterparty_id: string | null
  topic: string
  stage: string
  channel: string
  planned_from: string
  planned_to: string
  our_participant_ids: string[]
  their_participants: Negotiator[]
}

type TalkValues = { counterparty_id: string | null; topic: string; channel: string; our_participant_ids: string[]; held_from: string; held_to: string }

/** When a talk was, as a first guess: by its plan once that is over, else the last full hour. */
export function timesOf(of: Detail | undefined): { held_from: string; held_to: string } {
  if (isOver(of?.planned_to)) return { held_from: of?.planned_from ?? '', held_to: of?.planned_to ?? '' }
  return { held_from: fullHour(-1), held_to: fullHour(0) }
}

/** What is known of a talk before it is said to have taken place. */
function talkOf(of: Detail | undefined, me: string): TalkValues {
  return {
    counterparty_id: of?.counterparty_id ?? null,
    topic: of?.topic ?? '',
    channel: of?.channel ?? 'meeting',
    our_participant_ids: of?.our_participant_ids ?? [me],
    ...timesOf(of),
  }
}

/** Says that the parties talked; `of` is the plan, without one an unplanned negotiation begins under the new id. */
export function HoldForm({ opened, onClose, id, of, revision, onHeld }: Close & { id: string; of?: Detail; revision?: number | undefined; onHeld?: () => void }) {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const choices = useChoices()
  return (
    <CommandDrawer
      name={of ? `negotiations/hold/${id}` : 'negotiations/hold'}
      title={t(of ? 'hold.title' : 'hold.unplanned')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations/{id}/hold"
      id={id}
      kind="negotiation"
      {...(of && revision !== undefined ? { revision } : {})}
      initial={talkOf(of, me.employee_id)}
      body={(values) => ({ ...values, counterparty_id: values.counterparty_id ?? '' }) as never}
      submit={t('hold.submit')}
      success={t('hold.done')}
      onDone={() => onHeld?.()}
    >
      {(form) => (
        <Stack gap="sm">
          {!of && <KnownClientField label={t('field.client')} withAsterisk data-autofocus {...fieldOf(form, 'counterparty_id')} />}
          <TextInput label={t('field.topic')} withAsterisk {...form.getInputProps('topic')} />
          <div className={classes.two}>
            <InstantField label={t('field.heldFrom')} required {...fieldOf(form, 'held_from')} onChange={(from) => form.setValues({ held_from: from, held_to: laterThan(from, form.values.held_to) })} />
            <InstantField label={t('field.heldTo')} required {...fieldOf(form, 'held_to')} />
          </div>
          <Select label={t('field.channel')} data={choices('negotiation.channel', channels)} allowDeselect={false} {...form.getInputProps('channel')} />
          <OursField label={t('field.ours')} value={form.values.our_participant_ids} onChange={(ids) => form.setFieldValue('our_participant_ids', ids)} errors={form.errors} />
        </Stack>
      )}
    </CommandDrawer>
  )
}

export function RescheduleForm({ opened, onClose, of, revision }: Close & { of: Detail; revision: number | undefined }) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`negotiations/reschedule/${of.id}`}
      title={t('reschedule.title')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations/{id}/reschedule"
      id={of.id}
      kind="negotiation"
      {...(revision === undefined ? {} : { revision })}
      initial={{ planned_from: of.planned_from ?? '', planned_to: of.planned_to ?? '', reason: '' }}
      body={(values) => values}
      submit={t('reschedule.submit')}
      success={t('reschedule.done')}
    >
      {(form) => (
        <Stack gap="sm">
          <div className={classes.two}>
            <InstantField label={t('field.from')} required {...fieldOf(form, 'planned_from')} onChange={(from) => form.setValues({ planned_from: from, planned_to: laterThan(from, form.values.planned_to) })} />
            <InstantField label={t('field.to')} required {...fieldOf(form, 'planned_to')} />
          </div>
          <Textarea label={t('field.why')} withAsterisk {...form.getInputProps('reason')} />
        </Stack>
      )}
    </CommandDrawer>
  )
}

export function CancelForm({ opened, onClose, of, revision }: Close & { of: Detail; revision: number | undefined }) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`negotiations/cancel/${of.id}`}
      title={t('cancel.title')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations/{id}/cancel"
      id={of.id}
      kind="negotiation"
      {...(revision === undefined ? {} : { revision })}
      initial={{ reason: '' }}
      body={(values) => values}
      submit={t('cancel.submit')}
      success={t('cancel.done')}
      danger
    >
      {(form) => <Textarea label={t('field.why')} withAsterisk data-autofocus {...form.getInputProps('reason')} />}
    </CommandDrawer>
  )
}
