import { expect, test } from 'vitest'

import { byDay, whyNot, type Line } from './lines'

const line = (id: string, due_date: string, state: string) => ({ id, due_date, state }) as Line

test('only a planned line is changed, by the responsible employee or the author', () => {
  const of = { state: 'planned', responsible_id: 'doer', author_id: 'planner' }
  expect([whyNot(of, 'doer'), whyNot(of, 'planner'), whyNot(of, 'other')]).toEqual([undefined, undefined, 'foreign'])
  expect(whyNot({ ...of, state: 'done' }, 'doer')).toBe('closed')
})

test('lines stand under their day, open ones first', () => {
  const days = byDay([line('a', '2026-11-23', 'done'), line('b', '2026-11-24', 'planned'), line('c', '2026-11-23', 'planned')])
  expect(days.get('2026-11-23')?.map((one) => one.id)).toEqual(['c', 'a'])
  expect(days.get('2026-11-24')).toHaveLength(1)
})
