const two = (n: number) => String(n).padStart(2, '0')

/** Today on the reader's own calendar. */
export function today(): string {
  return localDay(new Date().toISOString())
}

/** The day of an instant on the reader's own calendar. Intl is too slow for a hundred thousand of them. */
export function localDay(instant: string): string {
  const at = new Date(instant)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** The fields that were changed: what was left alone must not undo what somebody else did to it meanwhile. */
export function changedOnly<V extends Record<string, string>>(values: V, seen: V): Partial<V> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value.trim() !== (seen[name] ?? ''))) as Partial<V>
}

/** Rows of a list that were begun but not filled in are not sent. */
export const filled = <R extends object>(rows: R[], by: keyof R): R[] => rows.filter((row) => String(row[by] ?? '').trim() !== '')
