import { describe, expect, test } from 'vitest'

import { chronicle, countTypes, type Item } from './chronicle'

const dayOf = (instant: string) => instant.slice(0, 10)
const none = new Set<string>()

function event(id: number, kind: string, at: string, type = `${kind}.done`): Item {
  return { event_id: String(id), kind, type, occurred_at: at } as Item
}

const many = (count: number, kind = 'message', day = '2026-11-20') => Array.from({ length: count }, (_, i) => event(i, kind, `${day}T10:00:00Z`))

describe('a chronicle', () => {
  test('begins each day once', () => {
    const lines = chronicle([event(1, 'message', '2026-11-20T10:00:00Z'), event(2, 'thread', '2026-11-20T09:00:00Z'), event(3, 'message', '2026-11-19T10:00:00Z')], { dayOf, opened: none })
    expect(lines.map((line) => line.day)).toEqual(['2026-11-20', undefined, '2026-11-19'])
  })

  test('leaves a short run as it is and folds the rest of a long one', () => {
    expect(chronicle(many(7), { dayOf, opened: none })).toHaveLength(7)
    const lines = chronicle(many(15), { dayOf, opened: none })
    expect(lines).toHaveLength(4)
    expect(lines[3]?.folded).toHaveLength(12)
  })

  test('ends a run where the kind or the day changes', () => {
    const lines = chronicle([...many(5), ...many(5, 'thread'), ...many(5, 'thread', '2026-11-19')], { dayOf, opened: none })
    expect(lines).toHaveLength(15)
  })

  test('opens a fold by its key, which outlives the next page', () => {
    const key = chronicle(many(10), { dayOf, opened: none }).at(-1)?.key as string
    expect(chronicle(many(20), { dayOf, opened: none }).at(-1)?.key).toBe(key)
    expect(chronicle(many(20), { dayOf, opened: new Set([key]) })).toHaveLength(20)
  })

  test('bounds a fold, so that lines come to an end before the pages do', () => {
    expect(chronicle(many(1003), { dayOf, opened: none })).toHaveLength(3 + 20)
  })

  test('folds nothing that was asked for by words', () => {
    expect(chronicle(many(20), { dayOf, opened: none, fold: false })).toHaveLength(20)
  })

  test('orders the types of a fold by how many they are', () => {
    const items = [event(1, 'message', '', 'a'), event(2, 'message', '', 'b'), event(3, 'message', '', 'b')]
    expect(countTypes(items)).toEqual([['b', 2], ['a', 1]])
  })
})
