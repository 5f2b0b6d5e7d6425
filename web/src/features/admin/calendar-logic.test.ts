import { expect, test } from 'vitest'

import { addMonths, fromForm, isFree, officeWeek, toForm, weekdayOf, weekOn, weeksOf } from './calendar-logic'

test('a month stands in weeks that begin on Monday', () => {
  const weeks = weeksOf('2026-11')
  expect(weeks[0]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined, '2026-11-01'])
  expect(weeks).toHaveLength(6)
  expect(weeks.flat().filter(Boolean)).toHaveLength(30)
  expect(weeksOf('2028-02').flat().filter(Boolean)).toHaveLength(29)
})

test('months go over the year', () => {
  expect(addMonths('2026-12', 1)).toBe('2027-01')
  expect(addMonths('2026-01', -1)).toBe('2025-12')
})

test('hours hold from their first day on', () => {
  const weeks = [{ hours: officeWeek }, { from: '2027-01-23', hours: { ...officeWeek, saturday: [{ from: '10:00', to: '14:00' }] } }]
  expect(weekdayOf('2027-01-23')).toBe('saturday')
  expect(isFree(weeks, '2027-01-16')).toBe(true)
  expect(isFree(weeks, '2027-01-23')).toBe(false)
  expect(weekOn([], '2027-01-23')).toEqual({})
})

test('a week goes through the form and back', () => {
  expect(fromForm(toForm(officeWeek))).toEqual(officeWeek)
  expect(fromForm(toForm({ monday: [{ from: '08:00', to: '16:00' }] }))).toEqual({ monday: [{ from: '08:00', to: '16:00' }] })
})
