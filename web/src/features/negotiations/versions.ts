import type { Schema } from '@/api/hooks'

import type { NegotiationRecord } from './model'

type Step = Schema<'TrailStep'>

export type Version = { no: number; step: Step; record: NegotiationRecord }

/** The versions of a record, from its trail: as it was saved, and as each correction left it. */
export function versionsOf(steps: Step[]): Version[] {
  const versions: Version[] = []
  let record = {} as NegotiationRecord
  for (const step of steps) {
    record = applied(record, step)
    if (step.type === 'negotiation.recorded' || step.type === 'negotiation.corrected') versions.push({ no: versions.length + 1, step, record })
  }
  return versions
}

function applied(record: NegotiationRecord, step: Step): NegotiationRecord {
  const next: Record<string, unknown> = { ...record }
  for (const change of step.changes) {
    const [, field] = /^record\.([a-z_]+)$/.exec(change.field) ?? []
    if (field && change.after === undefined) delete next[field]
    else if (field) next[field] = change.after
  }
  return next as NegotiationRecord
}

export type Change = { label: string; before: string; after: string }

/** Lists by a key of their elements: what is gone, what changed, what is new. */
export function pairs<T>(before: T[], after: T[], key: (one: T) => string): [before: T | undefined, after: T | undefined][] {
  const gone = before.filter((one) => !after.some((other) => key(other) === key(one)))
  const kept = after.map((one) => [before.find((other) => key(other) === key(one)), one] as [T | undefined, T | undefined])
  return [...kept, ...gone.map((one) => [one, undefined] as [T | undefined, T | undefined])]
}
