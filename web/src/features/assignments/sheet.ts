import type { Schema } from '@/api/hooks'
import { daysFrom, plusDays, plusMonths } from '@/ui/day'

type Entry = Schema<'TimeEntry'>

export type SheetRow = { key: string; assignment?: string; title: string; byDay: Map<string, number>; total: number }

/** All days of a month such as 2026-11. */
export const daysOf = (month: string) => daysFrom(`${month}-01`, Number(plusDays(plusMonths(`${month}-01`, 1), -1).slice(8)))

export const neighbour = (month: string, step: number) => plusMonths(`${month}-01`, step).slice(0, 7)

/** The entries that count, by what the time was for, the most time first. */
export function rowsOf(entries: Entry[], other: string): SheetRow[] {
  const rows = new Map<string, SheetRow>()
  for (const entry of entries.filter((one) => !one.withdrawn)) {
    const key = entry.assignment_id ?? ''
    const row = rows.get(key) ?? { key, title: entry.assignment_title ?? other, byDay: new Map(), total: 0, ...(key ? { assignment: key } : {}) }
    row.byDay.set(entry.date, (row.byDay.get(entry.date) ?? 0) + entry.minutes)
    row.total += entry.minutes
    rows.set(key, row)
  }
  return [...rows.values()].toSorted((a, b) => b.total - a.total)
}

/** 135 → "2:15", as time sheets have it. */
export const brief = (minutes: number) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
