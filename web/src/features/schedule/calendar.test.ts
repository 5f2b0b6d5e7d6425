import { expect, test } from 'vitest'

import { dayName, daysShown, isFree, step } from './calendar'

const span = [{ from: '09:00', to: '18:00' }]
const usual = { monday: span, tuesday: span, wednesday: span, thursday: span, friday: span }
const calendar = {
  weeks: [{ hours: usual }, { from: '2026-12-01', hours: { ...usual, saturday: span } }],
  days: [{ date: '2026-11-04', kind: 'day_off' as const, name: 'День народного единства' }, { date: '2026-11-07', kind: 'working' as const }],
}

test('unusual days come before the week, and the week that is in force counts', () => {
  expect(isFree('2026-11-04', calendar)).toBe(true)
  expect(dayName('2026-11-04', calendar)).toBe('День народного единства')
  expect(isFree('2026-11-07', calendar)).toBe(false)
  expect(isFree('2026-11-14', calendar)).toBe(true)
  expect(isFree('2026-12-05', calendar)).toBe(false)
  expect(isFree('2026-12-06', calendar)).toBe(true)
})

test('without a calendar the weekend is free', () => {
  expect(isFree('2026-11-21', undefined)).toBe(true)
  expect(isFree('2026-11-23', undefined)).toBe(false)
})

test('views show whole weeks from Monday', () => {
  expect(daysShown('week', '2026-11-26')).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29'])
  const month = daysShown('month', '2026-11-15')
  expect([month[0], month.at(-1), month.length]).toEqual(['2026-10-26', '2026-12-06', 42])
  expect(daysShown('month', '2027-02-10')).toHaveLength(28)
})

test('a step goes by weeks or by months', () => {
  expect(step('week', '2026-12-30', 1)).toBe('2027-01-06')
  expect(step('month', '2026-12-30', 1)).toBe('2027-01-01')
})
