import type { Schema } from '@/api/hooks'

type Entry = Pick<Schema<'MergeItem'>, 'position' | 'pair_id' | 'action'>

/** The merges that still hold, by their place in the log: of each pair only the last word counts. The newest come first. */
export function lastMerges(log: Entry[]): Set<number> {
  const seen = new Set<string>()
  const standing = new Set<number>()
  for (const entry of log) {
    if (!seen.has(entry.pair_id) && entry.action === 'merged') standing.add(entry.position)
    seen.add(entry.pair_id)
  }
  return standing
}
