import { describe, expect, test } from 'vitest'

import { dayIn, departmentChoices, isAbove, mayPlanAbsence, sortAbsences } from './rules'

const all = [
  { id: 'director' },
  { id: 'head', head_id: 'director' },
  { id: 'clerk', head_id: 'head' },
  { id: 'a', head_id: 'b' },
  { id: 'b', head_id: 'a' },
]

const who = (employee_id: string, ...roles: string[]) => ({ employee_id, roles })

describe('who stands above', () => {
  test('through however many heads', () => {
    expect(isAbove('director', 'clerk', all)).toBe(true)
    expect(isAbove('clerk', 'director', all)).toBe(false)
    expect(isAbove('clerk', 'clerk', all)).toBe(false)
  })

  test('a circle ends', () => expect(isAbove('clerk', 'a', all)).toBe(false))

  test('absences are planned by oneself, from above, and by managers', () => {
    expect(mayPlanAbsence(who('clerk', 'employee'), 'clerk', all)).toBe(true)
    expect(mayPlanAbsence(who('head', 'employee'), 'clerk', all)).toBe(true)
    expect(mayPlanAbsence(who('clerk', 'employee'), 'head', all)).toBe(false)
    expect(mayPlanAbsence(who('a', 'manager'), 'head', all)).toBe(true)
  })
})

test('the day is that of the zone', () => {
  const now = new Date('2026-11-23T20:00:00Z')
  expect(dayIn('Asia/Vladivostok', now)).toBe('2026-11-24')
  expect(dayIn('America/New_York', now)).toBe('2026-11-23')
})

test('absences ahead come first to last, those that are over last to first', () => {
  const days = [
    { from: '2026-12-01', to: '2026-12-05' },
    { from: '2026-11-20', to: '2026-11-23' },
    { from: '2026-01-01', to: '2026-01-02' },
    { from: '2026-02-01', to: '2026-02-02' },
  ]
  const { ahead, over } = sortAbsences(days, '2026-11-23')
  expect(ahead.map((one) => one.from)).toEqual(['2026-11-20', '2026-12-01'])
  expect(over.map((one) => one.from)).toEqual(['2026-02-01', '2026-01-01'])
})

test('departments are named with those above them', () => {
  const departments = [
    { id: 'c', name: 'Компания' },
    { id: 'd', name: 'Дирекция', parent_id: 'c' },
    { id: 's', name: 'Продажи', parent_id: 'd' },
  ]
  expect(departmentChoices(departments).map((one) => one.label)).toEqual(['Дирекция', 'Дирекция / Продажи', 'Компания'])
})
