import { describe, expect, test } from 'vitest'

import { lastMerges } from './merges'
import { choices, compare, likelySurvivor, stepsOf, type Pair, type Side } from './pair'

const side = (id: string, record: Partial<Side['record']>, more: Partial<Side> = {}): Side => ({
  id, name: id, state: 'active', key_account: false, roles: [], external_ids: [], people: 0, registered_at: '2026-01-01T00:00:00Z',
  record: { kind: 'organisation', legal_name: id, ...record }, ...more,
})

const pair = (state: string, left: Side, right: Side, more: Partial<Pair> = {}): Pair => ({
  id: 'p', state, left, right, score: 100, rules: ['same_inn'], suggestion: 'merge', flagged_at: '2026-01-01T00:00:00Z', take_from_loser: [], ...more,
})

const manager = { id: 'm', mayMerge: true, mayApprove: true, mayUnmerge: true }
const employee = { id: 'e', mayMerge: false, mayApprove: false, mayUnmerge: false }
const names = (of: Pair, who = manager) => stepsOf(of, who).map(({ name, why }) => (why ? `${name}: ${why}` : name))

describe('compare', () => {
  const left = side('a', { legal_name: 'ООО «Сказка»', inn: '7701', phones: [{ raw: '8 900 1', e164: '+79001' }, { raw: '2', e164: '+79002' }] })
  const right = side('b', { legal_name: 'ооо "СКАЗКА"', inn: '7702', phones: [{ raw: '+7 900 1', e164: '+79001' }], region: 'Урал' })

  test('tells what is the same, partly the same and different', () => {
    expect(compare(left, right).map(({ field, relation }) => `${field} ${relation}`)).toEqual(['legal_name same', 'kind same', 'inn differs', 'region differs', 'phones partly'])
  })

  test('offers to choose where both have a value of their own', () => {
    expect(choices(left, right).map(({ field, other }) => [field, other])).toEqual([
      ['legal_name', 'ооо "СКАЗКА"'],
      ['inn', '7702'],
    ])
  })
})

test('the card that one would keep', () => {
  expect(likelySurvivor(pair('candidate', side('a', {}, { state: 'prospect', people: 9 }), side('b', {})))).toBe('b')
  expect(likelySurvivor(pair('candidate', side('a', {}, { people: 2 }), side('b', {}, { people: 1 })))).toBe('a')
  expect(likelySurvivor(pair('candidate', side('a', { region: 'Урал' }), side('b', {})))).toBe('a')
  expect(likelySurvivor(pair('candidate', side('a', {}, { registered_at: '2026-02-01T00:00:00Z' }), side('b', {})))).toBe('b')
})

describe('steps', () => {
  const [a, b, key] = [side('a', {}), side('b', {}), side('k', {}, { key_account: true })]

  test('of a candidate', () => {
    expect(names(pair('candidate', a, b))).toEqual(['merge', 'propose', 'link', 'reject'])
    expect(names(pair('candidate', a, b), employee)).toEqual(['merge: role', 'propose', 'link', 'reject'])
    expect(names(pair('candidate', a, b, { suggestion: 'branch' }))[0]).toBe('link')
  })

  test('a key account is merged by two people', () => {
    expect(names(pair('candidate', a, key))[0]).toBe('merge: key')
    expect(names(pair('merge_proposed', a, key, { proposer_id: 'm' }))[0]).toBe('approve: own')
    expect(names(pair('merge_proposed', a, key, { proposer_id: 'e' }))[0]).toBe('approve')
    expect(names(pair('merge_proposed', a, b, { proposer_id: 'm' }))[0]).toBe('approve')
    expect(names(pair('merge_proposed', a, b), employee)[0]).toBe('approve: approveRole')
  })

  test('of what was answered', () => {
    expect(names(pair('merged', a, b))).toEqual(['unmerge'])
    expect(names(pair('merged', a, b), employee)).toEqual(['unmerge: unmergeRole'])
    expect(names(pair('rejected', a, b))).toEqual(['ask'])
  })

  test('of a card that is another one by now', () => {
    expect(names(pair('candidate', a, side('c', {}, { state: 'merged' })))).toEqual(['merge: mergedBefore', 'propose: mergedBefore', 'link: mergedBefore', 'reject'])
  })
})

test('of each pair only the last word of the log counts', () => {
  const log = [
    { position: 4, pair_id: 'a', action: 'unmerged' as const },
    { position: 3, pair_id: 'b', action: 'merged' as const },
    { position: 2, pair_id: 'a', action: 'merged' as const },
    { position: 1, pair_id: 'b', action: 'merged' as const },
  ]
  expect([...lastMerges(log)]).toEqual([3])
})
