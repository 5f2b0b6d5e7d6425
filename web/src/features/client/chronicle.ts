import type { Schema } from '@/api/hooks'

export type Item = Schema<'HistoryItem'>

/** A line of the chronicle: an event, or a fold that hides several of the same kind. `day` begins a new day. */
export type Line = { key: string; day?: string; item?: Item; folded?: Item[] }

type Options = {
  dayOf: (instant: string) => string
  /** Keys of the folds that were opened. */
  opened: ReadonlySet<string>
  fold?: boolean
}

// From this many of a kind in a row on, those after the first few are folded.
const longRun = 8
const shownOfRun = 3
// A fold is bounded: pages are fetched as lines come near, and one endless line would fetch all of them.
const mostInFold = 50

/** Groups events, the newest first, by day and folds long runs of the same kind. */
export function chronicle(items: Item[], { dayOf, opened, fold = true }: Options): Line[] {
  const lines: Line[] = []
  let lastDay = ''
  for (let from = 0; from < items.length; ) {
    const day = dayOf((items[from] as Item).occurred_at)
    const until = fold ? endOfRun(items, from, day, dayOf) : from + 1
    const run = linesOfRun(items.slice(from, until), opened)
    if (day !== lastDay && run[0]) run[0].day = day
    lines.push(...run)
    lastDay = day
    from = until
  }
  return lines
}

function endOfRun(items: Item[], from: number, day: string, dayOf: Options['dayOf']): number {
  const kind = (items[from] as Item).kind
  let end = from + 1
  while (end < items.length && items[end]?.kind === kind && dayOf((items[end] as Item).occurred_at) === day) end++
  return end
}

function linesOfRun(run: Item[], opened: ReadonlySet<string>): Line[] {
  if (run.length < longRun) return run.map(lineOf)
  const lines = run.slice(0, shownOfRun).map(lineOf)
  for (let at = shownOfRun; at < run.length; at += mostInFold) {
    const folded = run.slice(at, at + mostInFold)
    // The first event of a fold stays the same when the next page makes it longer.
    const key = `fold/${(folded[0] as Item).event_id}`
    if (opened.has(key)) lines.push(...folded.map(lineOf))
    else lines.push({ key, folded })
  }
  return lines
}

const lineOf = (item: Item): Line => ({ key: item.event_id, item })

/** How often each type of event is in a fold, the most frequent first. */
export function countTypes(items: Item[]): [type: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { type } of items) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])
}

/** Events that replace something said before: what it was stands struck through beside what it is. */
const corrections = new Set(['negotiation.corrected', 'timesheet.entry_corrected', 'counterparty.details_changed', 'counterparty.contacts_changed', 'contact_person.details_changed', 'contact_person.contacts_changed', 'assignment.revised', 'assignment.due_changed'])

export const corrects = ({ type }: Item) => corrections.has(type)
