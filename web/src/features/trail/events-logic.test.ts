import { expect, test } from 'vitest'

import { eventQuery, kindOfType } from './events-logic'

test('the address becomes the question', () => {
  expect(eventQuery({ kind: 'message,thread', actor: 'a', id: '' }, undefined)).toEqual({ kind: ['message', 'thread'], actor: 'a' })
})

test('a period is of whole days: the last one is in it', () => {
  const { from, until } = eventQuery({ from: '2026-11-01', until: '2026-11-02' }, undefined)
  expect(Date.parse(until ?? '') - Date.parse(from ?? '')).toBe(2 * 86_400_000)
})

test('a past day ends the log', () => {
  expect(eventQuery({ until: '2026-11-20' }, '2026-11-03T10:00:00.000Z').until).toBe('2026-11-03T10:00:00.001Z')
  expect(eventQuery({}, '2026-11-03T10:00:00Z').until).toBe('2026-11-03T10:00:00.001Z')
})

test('a kind is the begin of a type', () => {
  expect(kindOfType('working_calendar.days_set')).toBe('working_calendar')
})
