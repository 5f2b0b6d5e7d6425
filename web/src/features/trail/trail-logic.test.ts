import { expect, test } from 'vitest'

import { bothClocks, byDay, fieldsOf, filtered, peopleOf, type Step } from './trail-logic'

const step = (revision: number, actor: string, day: string, fields: string[]): Step => ({
  event_id: `e${revision}`, type: 't', headline: '', revision, position: revision, actor_id: actor, actor_name: actor.toUpperCase(), source: 'ui',
  occurred_at: `${day}T10:00:00Z`, recorded_at: `${day}T10:00:00Z`, changes: fields.map((field) => ({ field, after: 1 })),
})
const steps = [step(0, 'b', '2026-11-01', ['id', 'state', 'due']), step(1, 'a', '2026-11-01', ['due']), step(2, 'b', '2026-11-02', [])]

test('a filter by field leaves the steps that touched it, and only those changes', () => {
  expect(filtered(steps, 'due', undefined).map((one) => [one.revision, one.changes.length])).toEqual([[0, 1], [1, 1]])
})

test('a filter by person also finds what was done on their behalf', () => {
  const behalf = [...steps, { ...step(3, 'c', '2026-11-02', []), on_behalf_of: 'a' }]
  expect(filtered(behalf, undefined, 'a').map((one) => one.revision)).toEqual([1, 3])
})

test('filters offer what there is', () => {
  expect(fieldsOf(steps)).toEqual(['state', 'due'])
  expect(peopleOf(steps)).toEqual([{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }])
})

test('steps of one day stand together', () => {
  expect(byDay(steps, (at) => at.slice(0, 10)).map((day) => day.steps.length)).toEqual([2, 1])
})

test('two clocks are shown only when they differ', () => {
  expect(bothClocks({ occurred_at: '2026-11-01T10:00:00Z', recorded_at: '2026-11-01T10:00:05Z' })).toBe(false)
  expect(bothClocks({ occurred_at: '2026-11-01T10:00:00Z', recorded_at: '2026-11-03T10:00:00Z' })).toBe(true)
})
