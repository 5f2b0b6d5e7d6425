import type { Schema } from '@/api/hooks'
import { isWeekend, mondayOf, plusDays, plusMonths, weekdayOf, daysFrom } from '@/ui/day'

type Calendar = Pick<Schema<'WorkingCalendarDetail'>, 'days' | 'weeks'>

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** Is nobody expected to work on the day? Without a calendar of one's own the weekend is free. */
export function isFree(day: string, calendar: Calendar | undefined): boolean {
  if (!calendar) return isWeekend(day)
  const unusual = calendar.days.find((one) => one.date === day)
  if (unusual) return unusual.kind === 'day_off'
  const week = calendar.weeks.filter((one) => (one.from ?? '') <= day).at(-1)
  return (week?.hours[weekdays[weekdayOf(day)] ?? 'monday'] ?? []).length === 0
}

/** What the calendar calls the day, such as a holiday. */
export const dayName = (day: string, calendar: Calendar | undefined) => calendar?.days.find((one) => one.date === day)?.name

export type Span = 'week' | 'month'

/** The days a view shows: whole weeks, from Monday. */
export function daysShown(span: Span, anchor: string): string[] {
  if (span === 'week') return daysFrom(mondayOf(anchor), 7)
  const first = mondayOf(plusMonths(anchor, 0))
  const afterLast = plusMonths(anchor, 1)
  const last = plusDays(afterLast, -1)
  return daysFrom(first, (Math.round((Date.parse(mondayOf(last)) - Date.parse(first)) / 86_400_000) / 7 + 1) * 7)
}

export const step = (span: Span, anchor: string, count: number) => (span === 'week' ? plusDays(anchor, 7 * count) : plusMonths(anchor, count))
