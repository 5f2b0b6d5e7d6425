// Plain days such as 2026-11-23: counted in UTC, so that no zone and no summer time gets in between.

const dayMs = 86_400_000

const two = (n: number) => String(n).padStart(2, '0')

/** The reader's present day. */
export function today(): string {
  const now = new Date()
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

export const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''))

export const plusDays = (day: string, count: number) => new Date(Date.parse(day) + count * dayMs).toISOString().slice(0, 10)

/** 0 is Monday. */
export const weekdayOf = (day: string) => (new Date(day).getUTCDay() + 6) % 7

export const isWeekend = (day: string) => weekdayOf(day) > 4

export const mondayOf = (day: string) => plusDays(day, -weekdayOf(day))

/** 2026-11-23 and one month on → 2026-12-01. */
export function plusMonths(day: string, count: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1 + count, 1)).toISOString().slice(0, 10)
}

export const daysFrom = (first: string, count: number) => Array.from({ length: count }, (_, i) => plusDays(first, i))
