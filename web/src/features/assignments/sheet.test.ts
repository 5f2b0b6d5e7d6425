import { expect, test } from 'vitest'

import type { Schema } from '@/api/hooks'

import { brief, daysOf, neighbour, rowsOf } from './sheet'

const entry = (date: string, minutes: number, assignment?: string, withdrawn = false) =>
  ({ date, minutes, withdrawn, ...(assignment ? { assignment_id: assignment, assignment_title: assignment.toUpperCase() } : {}) }) as Schema<'TimeEntry'>

test('a month has its days and its neighbours', () => {
  expect(daysOf('2028-02')).toHaveLength(29)
  expect(daysOf('2026-11').at(-1)).toBe('2026-11-30')
  expect(neighbour('2026-12', 1)).toBe('2027-01')
  expect(neighbour('2026-01', -1)).toBe('2025-12')
})

test('entries are summed by assignment and day; what was withdrawn does not count', () => {
  const rows = rowsOf([entry('2026-11-02', 30, 'a'), entry('2026-11-02', 45, 'a'), entry('2026-11-03', 500), entry('2026-11-04', 60, 'a', true)], 'other')
  expect(rows.map((row) => [row.title, row.total, row.byDay.get('2026-11-02')])).toEqual([['other', 500, undefined], ['A', 75, 75]])
  expect(brief(75)).toBe('1:15')
})
