import { newKey } from '@/api/client'
import { given } from '@/ui/form'

import type { Attachment, Commitment, NegotiationRecord, Negotiator, NextStep, Value } from './model'

type Kind = Commitment['kind']

/** By what a promise is measured; `none` where words are all there is. */
export type Unit = 'none' | 'money' | 'percent' | 'days' | 'date' | 'text'

export type ValueFields = { unit: Unit; amount: number | string; currency: string; date: string; text: string }

export type CommitmentFields = {
  /** Of this line on the screen; a new commitment has no id yet. */
  key: string
  id: string
  by: Commitment['by']
  kind: Kind
  topic: string
  text: string
  sentence: string
  value: ValueFields
  due_at: string
  condition: string
  owner_id: string
}

export type StepFields = { key: string; no: number; what: string; who_id: string; when: string }

// A type, not an interface: the form's values are an open record.
export type RecordFields = {
  topic: string
  stage: string
  our_participant_ids: string[]
  their_participants: Negotiator[]
  summary: string
  their_positions: string
  our_positions: string
  commitments: CommitmentFields[]
  no_commitments: boolean
  next_steps: StepFields[]
  no_next_steps: boolean
  legal_approval: string
  attachments: Attachment[]
}

// Rules look at the values of these kinds, so they must be given, and in this measure.
const measures: Partial<Record<Kind, readonly Unit[]>> = {
  price: ['money'],
  discount: ['percent'],
  payment_term: ['days'],
  delivery: ['date', 'days'],
}

const anyMeasure: readonly Unit[] = ['none', 'money', 'percent', 'days', 'date', 'text']

export const unitsOf = (kind: Kind): readonly Unit[] => measures[kind] ?? anyMeasure

export function newCommitment(by: Commitment['by'], owner: string): CommitmentFields {
  return { key: newKey(), id: '', by, kind: 'other', topic: '', text: '', sentence: '', value: noValue('none'), due_at: '', condition: '', owner_id: owner }
}

export const newStep = (who: string): StepFields => ({ key: newKey(), no: 0, what: '', who_id: who, when: '' })

export const noValue = (unit: Unit): ValueFields => ({ unit, amount: '', currency: 'RUB', date: '', text: '' })

/** Another kind keeps what was typed if it is measured alike. */
export function ofKind(commitment: CommitmentFields, kind: Kind): CommitmentFields {
  const units = unitsOf(kind)
  const unit = units.includes(commitment.value.unit) ? commitment.value.unit : (units[0] as Unit)
  return { ...commitment, kind, value: unit === commitment.value.unit ? commitment.value : noValue(unit) }
}

const shares = 100

function valueFields(value: Value | undefined): ValueFields {
  if (value?.money) return { ...noValue('money'), amount: value.money.minor / shares, currency: value.money.currency }
  if (value?.basis_points !== undefined) return { ...noValue('percent'), amount: value.basis_points / shares }
  if (value?.days !== undefined) return { ...noValue('days'), amount: value.days }
  if (value?.date) return { ...noValue('date'), date: value.date }
  if (value?.text) return { ...noValue('text'), text: value.text }
  return noValue('none')
}

function sentValue({ unit, amount, currency, date, text }: ValueFields): Value | undefined {
  const number = amount === '' ? undefined : Number(amount)
  if (unit === 'money' && number !== undefined) return { money: { minor: Math.round(number * shares), currency } }
  if (unit === 'percent' && number !== undefined) return { basis_points: Math.round(number * shares) }
  if (unit === 'days' && number !== undefined) return { days: Math.round(number) }
  if (unit === 'date' && date) return { date }
  if (unit === 'text' && text) return { text }
  return undefined
}

const lined = (list: string[] | undefined) => (list ?? []).join('\n')
const listed = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean)

export function commitmentFields(of: Commitment): CommitmentFields {
  return {
    key: newKey(), id: of.id ?? '', by: of.by, kind: of.kind, topic: of.topic, text: of.text, sentence: of.sentence ?? '', value: valueFields(of.value),
    due_at: of.due_at ?? '', condition: of.condition ?? '', owner_id: of.owner_id ?? '',
  }
}

export function recordFields(of: NegotiationRecord): RecordFields {
  return {
    topic: of.topic,
    stage: of.stage,
    our_participant_ids: of.our_participant_ids,
    their_participants: of.their_participants,
    summary: of.summary,
    their_positions: lined(of.their_positions),
    our_positions: lined(of.our_positions),
    commitments: (of.commitments ?? []).map(commitmentFields),
    no_commitments: of.no_commitments ?? false,
    next_steps: (of.next_steps ?? []).map((step) => ({ key: newKey(), no: step.no ?? 0, what: step.what, who_id: step.who_id, when: step.when })),
    no_next_steps: of.no_next_steps ?? false,
    legal_approval: of.legal_approval ?? '',
    attachments: of.attachments ?? [],
  }
}

function sentCommitment(of: CommitmentFields): Commitment {
  return given({ ...of, key: undefined, value: sentValue(of.value) }) as unknown as Commitment
}

function sentStep({ what, who_id, when, no }: StepFields): NextStep {
  return { what, who_id, when, ...(no > 0 ? { no } : {}) }
}

/** What is sent of the form. A confirmation that nothing was promised counts only while nothing is listed. */
export function sentRecord(values: RecordFields): NegotiationRecord {
  return {
    topic: values.topic,
    stage: values.stage as NegotiationRecord['stage'],
    our_participant_ids: values.our_participant_ids,
    their_participants: values.their_participants.map((who) => given(who) as Negotiator),
    summary: values.summary,
    ...given({
      their_positions: listed(values.their_positions),
      our_positions: listed(values.our_positions),
      commitments: values.commitments.map(sentCommitment),
      next_steps: values.next_steps.map(sentStep),
      legal_approval: values.legal_approval,
      attachments: values.attachments,
    }),
    ...(values.no_commitments && values.commitments.length === 0 ? { no_commitments: true } : {}),
    ...(values.no_next_steps && values.next_steps.length === 0 ? { no_next_steps: true } : {}),
  }
}
