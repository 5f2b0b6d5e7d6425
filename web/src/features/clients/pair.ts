import type { Schema } from '@/api/hooks'

export type Pair = Schema<'DuplicateItem'>
export type Side = Schema<'DuplicateSide'>

/** The texts of a record, in the order in which they are compared. */
const texts = [
  'legal_name', 'short_name', 'kind', 'country', 'inn', 'kpp', 'ogrn', 'legal_address', 'actual_address', 'postal_address', 'industry_okved', 'segment', 'region', 'time_zone', 'source', 'since', 'comment',
] as const

export type Compared = { field: string; left: string[]; right: string[]; relation: 'same' | 'partly' | 'differs' }

const relationOf = (left: string[], right: string[]): Compared['relation'] => {
  const shared = left.filter((value) => right.includes(value)).length
  if (shared === 0) return 'differs'
  return shared === left.length && shared === right.length ? 'same' : 'partly'
}

// Case, quotes and spaces are not what tells two organisations apart.
const plain = (text: string) => text.toLowerCase().replaceAll(/[«»"„“\s]+/g, ' ').trim()

const phonesOf = (side: Side) => (side.record.phones ?? []).map((phone) => phone.e164 || phone.raw)
const emailsOf = (side: Side) => (side.record.emails ?? []).map((email) => email.address)

/** Everything that is known of either side, and how the two relate in it. What neither knows is left out. */
export function compare(left: Side, right: Side): Compared[] {
  const lines = texts.map((field) => line(field, list(left.record[field]), list(right.record[field]), plain))
  lines.push(line('phones', phonesOf(left), phonesOf(right)), line('emails', emailsOf(left), emailsOf(right)), line('websites', left.record.websites ?? [], right.record.websites ?? []))
  const extras = new Set([...Object.keys(left.record.extra ?? {}), ...Object.keys(right.record.extra ?? {})])
  for (const name of [...extras].toSorted()) lines.push(line(`extra.${name}`, list(left.record.extra?.[name]), list(right.record.extra?.[name]), plain))
  return lines.filter((one) => one.left.length > 0 || one.right.length > 0)
}

const list = (text: unknown): string[] => (typeof text === 'string' && text !== '' ? [text] : [])

function line(field: string, left: string[], right: string[], as: (text: string) => string = (text) => text): Compared {
  return { field, left, right, relation: relationOf(left.map(as), right.map(as)) }
}

// Lists are joined by the merge itself; only of a single value one must be chosen.
const joined = new Set(['phones', 'emails', 'websites'])

/** The fields of which the survivor has one value and the other card another. */
export function choices(survivor: Side, loser: Side): { field: string; own: string; other: string }[] {
  return compare(survivor, loser)
    .filter((one) => !joined.has(one.field) && one.left[0] && one.right[0] && one.left[0] !== one.right[0])
    .map((one) => ({ field: one.field, own: one.left[0] ?? '', other: one.right[0] ?? '' }))
}

const standing = ['active', 'dormant', 'prospect', 'closed']
const worth = (side: Side) => [standing.indexOf(side.state), -side.people, -Object.keys(side.record).length, Date.parse(side.registered_at)]

/** Which card one would keep: the one business is done with, then the one with more people, more facts, the older one. */
export function likelySurvivor(pair: Pair): string {
  const [left, right] = [worth(pair.left), worth(pair.right)]
  const first = left.findIndex((value, i) => value !== right[i])
  return first >= 0 && (right[first] ?? 0) < (left[first] ?? 0) ? pair.right.id : pair.left.id
}

export type StepName = 'merge' | 'propose' | 'approve' | 'link' | 'reject' | 'ask' | 'unmerge'
export type Why = 'key' | 'role' | 'approveRole' | 'own' | 'unmergeRole' | 'mergedBefore' | 'proposed'
export type Step = { name: StepName; why?: Why | undefined }

type Person = { id: string; mayMerge: boolean; mayApprove: boolean; mayUnmerge: boolean }

/** What can be done with a pair, the likeliest first, and why something cannot. A key account is merged by two people. */
export function stepsOf(pair: Pair, who: Person): Step[] {
  const key = pair.left.key_account || pair.right.key_account
  const gone = pair.left.state === 'merged' || pair.right.state === 'merged'
  switch (pair.state) {
    case 'candidate': {
      const before: Why | undefined = gone ? 'mergedBefore' : undefined
      const merge: Step = { name: 'merge', why: before ?? (who.mayMerge ? (key ? 'key' : undefined) : 'role') }
      const link: Step = { name: 'link', why: before }
      const rest: Step[] = [{ name: 'propose', why: before }, { name: 'reject' }]
      return pair.suggestion === 'branch' ? [link, merge, ...rest] : [merge, ...rest.slice(0, 1), link, ...rest.slice(1)]
    }
    case 'merge_proposed':
      return [
        { name: 'approve', why: gone ? 'mergedBefore' : !who.mayApprove ? 'approveRole' : key && pair.proposer_id === who.id ? 'own' : undefined },
        { name: 'reject' },
        { name: 'link', why: 'proposed' },
      ]
    case 'merged':
      return [{ name: 'unmerge', why: who.mayUnmerge ? undefined : 'unmergeRole' }]
    default:
      return [{ name: 'ask', why: gone ? 'mergedBefore' : undefined }]
  }
}
