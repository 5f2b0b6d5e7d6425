import type { Schema } from '@/api/hooks'

type Hours = Schema<'WeekHours'>
type Span = Schema<'WorkingSpan'>
type Week = Schema<'WeekInForce'>

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

const two = (n: number) => String(n).padStart(2, '0')
const utc = (date: string) => new Date(`${date}T00:00:00Z`)

export const thisMonth = (now = new Date()) => `${now.getFullYear()}-${two(now.getMonth() + 1)}`

export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const at = new Date(Date.UTC(year, number - 1 + count, 1))
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}`
}

export const weekdayOf = (date: string): Weekday => weekdays[(utc(date).getUTCDay() + 6) % 7] as Weekday

/** The days of a month in weeks that begin on Monday; before the first and after the last there is nothing. */
export function weeksOf(month: string): (string | undefined)[][] {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate()
  const days: (string | undefined)[] = Array.from({ length: count }, (_, i) => `${month}-${two(i + 1)}`)
  const lead = weekdays.indexOf(weekdayOf(`${month}-01`))
  const cells = [...Array.from({ length: lead }, () => undefined), ...days]
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, i) => Array.from({ length: 7 }, (__, j) => cells[i * 7 + j]))
}

/** The weekly hours that hold on a day: the last that have begun by then. */
export function weekOn(weeks: readonly Week[], date: string): Hours {
  const begun = weeks.filter((week) => !week.from || week.from <= date)
  return begun.toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? '')).at(-1)?.hours ?? {}
}

export const isFree = (weeks: readonly Week[], date: string) => (weekOn(weeks, date)[weekdayOf(date)] ?? []).length === 0

export const sayHours = (spans: readonly Span[] | undefined) => (spans ?? []).map((span) => `${span.from}–${span.to}`).join(', ')

/** A day's hours as a form has them: begin, break and end. */
export type DayForm = { from: string; breakFrom: string; breakTo: string; to: string }

export const toForm = (hours: Hours): Record<Weekday, DayForm> =>
  Object.fromEntries(
    weekdays.map((weekday) => {
      const spans = hours[weekday] ?? []
      const pause = spans.length > 1
      return [weekday, { from: spans[0]?.from ?? '', breakFrom: pause ? (spans[0]?.to ?? '') : '', breakTo: pause ? (spans[1]?.from ?? '') : '', to: spans.at(-1)?.to ?? '' }]
    }),
  ) as Record<Weekday, DayForm>

/** Weekly hours of what was filled in; a day without begin or end is free. */
export function fromForm(days: Record<Weekday, DayForm>): Hours {
  const hours: Hours = {}
  for (const weekday of weekdays) {
    const { from, breakFrom, breakTo, to } = days[weekday]
    if (!from || !to) continue
    hours[weekday] = breakFrom && breakTo ? [{ from, to: breakFrom }, { from: breakTo, to }] : [{ from, to }]
  }
  return hours
}

export const officeWeek: Hours = Object.fromEntries(weekdays.slice(0, 5).map((weekday) => [weekday, [{ from: '09:00', to: '13:00' }, { from: '14:00', to: '18:00' }]]))
