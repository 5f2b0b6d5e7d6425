import type { Schema } from '@/api/hooks'

export type Detail = Schema<'NegotiationDetail'>
export type Item = Schema<'NegotiationItem'>
export type Hit = Schema<'NegotiationHit'>
export type Promise = Schema<'CommitmentItem'>
export type Commitment = Schema<'Commitment'>
export type Value = Schema<'CommitmentValue'>
export type Negotiator = Schema<'Negotiator'>
export type NextStep = Schema<'NextStep'>
export type Attachment = Schema<'Attachment'>
export type NegotiationRecord = Omit<Schema<'RecordNegotiation'>, 'talk'>
export type Verdict = { scores?: Schema<'CriterionScore'>[]; dismissed_hits?: Schema<'DismissedHit'>[] }

export const stages = ['first_contact', 'needs', 'proposal', 'bargaining', 'agreed', 'closed_won', 'closed_lost'] as const
export const channels = ['meeting', 'call', 'video', 'email', 'messenger'] as const
export const kinds = ['price', 'discount', 'payment_term', 'delivery', 'term', 'scope', 'penalty', 'exclusivity', 'guarantee', 'other'] as const
export const states = ['planned', 'held', 'recorded', 'cancelled'] as const
export const reviews = ['queued', 'claimed', 'stopped', 'corrected', 'approved', 'approved_with_remarks', 'not_required'] as const

/** The API's document leaves these three parts open; this is what they hold. */
export const recordOf = (of: Detail) => of.record as NegotiationRecord | null | undefined
export const theirsOf = (of: Item | Detail) => (of.their_participants ?? []) as Negotiator[]
export const verdictOf = (of: Detail) => (of.verdict ?? {}) as Verdict
export const valueOf = (of: Promise) => (of.value ?? {}) as Value

export const tookPart = (who: string, of: Item | Detail) => of.author_id === who || of.our_participant_ids.includes(who)

/** Has the instant passed? */
export const isOver = (at: string | undefined) => at !== undefined && Date.parse(at) < Date.now()

/** Hits of the latest screening; those of the earlier ones are history. */
export function latestHits(hits: Hit[]): Hit[] {
  const latest = Math.max(0, ...hits.map((hit) => hit.screening))
  return hits.filter((hit) => hit.screening === latest)
}

// What may become of a commitment from where it stands.
const outcomes: Record<string, readonly string[]> = {
  open: ['kept', 'broken', 'waived', 'superseded'],
  broken: ['kept', 'waived'],
  disputed: ['waived', 'superseded'],
}

export const mayBecome = (state: string, outcome: string) => outcomes[state]?.includes(outcome) ?? false

/** Tones of the review's states: what they ask of the reader. */
export const reviewTones = {
  not_required: 'neutral', queued: 'warn', claimed: 'active', approved: 'good', approved_with_remarks: 'good', stopped: 'bad', corrected: 'warn',
} as const

export const commitmentTones = { open: 'active', kept: 'good', broken: 'bad', waived: 'neutral', superseded: 'neutral', disputed: 'warn' } as const
