import { describe, expect, test } from 'vitest'

import { over, pastFacts } from './facts'

describe('facts of a past day', () => {
  test('bring the ways to reach the client to where the present card has them', () => {
    const facts = pastFacts({
      state: 'active',
      record: { kind: 'organisation', legal_name: 'Общество «Север»', inn: '7701', contact_details: { phones: [{ raw: '123' }], websites: ['https://sever.example'] } },
      roles: [{ role: 'customer', since: '2024-01-01' }],
      external: [{ source: '1c', id: '42', hash: 'x' }],
    })
    expect(facts.record.phones).toEqual([{ raw: '123' }])
    expect(facts.record.websites).toEqual(['https://sever.example'])
    expect(facts.record.inn).toBe('7701')
    expect(facts.external).toEqual([{ source: '1c', external_id: '42' }])
  })

  test('take the name in daily use, and the full one where there is none', () => {
    expect(pastFacts({ record: { kind: 'organisation', legal_name: 'Полное', short_name: 'Краткое' } }).name).toBe('Краткое')
    expect(pastFacts({ record: { kind: 'organisation', legal_name: 'Полное' } }).name).toBe('Полное')
  })

  test('are empty for fields that had no value then', () => {
    const facts = pastFacts({ state: 'prospect' })
    expect(facts.roles).toEqual([])
    expect(facts.keyAccount).toBe(false)
    expect(facts.responsibleId).toBeUndefined()
  })
})

test('what ends on a day is over on it', () => {
  expect(over(undefined, '2026-11-23')).toBe(false)
  expect(over('2026-11-23', '2026-11-23')).toBe(true)
  expect(over('2026-11-24', '2026-11-23')).toBe(false)
})
