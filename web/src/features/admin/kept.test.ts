import { afterEach, expect, test } from 'vitest'

import { eraseKept, keptHere } from './kept'

afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

test('drafts and filters are counted and erased; looks stay, and so does what belongs to others', () => {
  sessionStorage.setItem('letopis.draft.me.assignments/issue', '{}')
  localStorage.setItem('letopis.client-filters.me', '[]')
  localStorage.setItem('letopis.lang', 'en')
  localStorage.setItem('other', '1')
  expect(keptHere()).toEqual({ drafts: 1, saved: 1 })
  eraseKept()
  expect(keptHere()).toEqual({ drafts: 0, saved: 0 })
  expect([localStorage.getItem('letopis.lang'), localStorage.getItem('other')]).toEqual(['en', '1'])
})
