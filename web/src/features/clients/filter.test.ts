import { describe, expect, test } from 'vitest'

import { conditions, filterOf, queryOf, sameFilter, wholeFilter } from './filter'
import { readSaved, withSaved } from './saved-filters'

describe('filter', () => {
  test('takes its own names from the address and nothing else', () => {
    expect(filterOf({ q: 'сказка', as_of: '2026-01-01', new: '1', role: '' })).toEqual({ q: 'сказка' })
  })

  test('asks the server in its names', () => {
    expect(queryOf({ state: 'active,dormant', key: '1', duplicates: '1', doubtful: '1', sort: 'newest', region: 'Урал' })).toEqual({
      state: ['active', 'dormant'],
      key_accounts: true,
      has_duplicates: true,
      requisites_doubtful: true,
      sort: 'newest',
      region: 'Урал',
    })
    expect(queryOf({ sort: 'name' })).toEqual({})
  })

  test('counts conditions, not the text or the order', () => {
    expect(conditions({ q: 'а', sort: 'newest', key: '1', role: 'customer' })).toEqual(['role', 'key'])
  })

  test('a whole filter takes the former one away', () => {
    expect(wholeFilter({ key: '1' })).toMatchObject({ key: '1', region: undefined, q: undefined })
    expect(sameFilter({ key: '1' }, { key: '1' })).toBe(true)
    expect(sameFilter({ key: '1' }, {})).toBe(false)
  })
})

describe('saved filters', () => {
  test('a name is used once', () => {
    const once = withSaved([], 'Уральские', { region: 'Урал' })
    expect(withSaved(once, 'Уральские', { region: 'Урал', key: '1' })).toEqual([{ name: 'Уральские', filter: { region: 'Урал', key: '1' } }])
  })

  test('what is damaged is left out', () => {
    expect(readSaved('{')).toEqual([])
    expect(readSaved('[{"name":"а"},{"name":"б","filter":{"key":"1","foreign":"2"}},null]')).toEqual([{ name: 'б', filter: { key: '1' } }])
  })
})
