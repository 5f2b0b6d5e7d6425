import { expect, test } from 'vitest'

import { changedOnly, filled } from './form-kit'

test('only what was changed is sent, emptied fields too', () => {
  expect(changedOnly({ name: 'Север', segment: '', region: 'Центр' }, { name: 'Север', segment: 'Опт', region: 'Урал' })).toEqual({ segment: '', region: 'Центр' })
})

test('rows that were begun and not filled in are left out', () => {
  expect(filled([{ raw: ' ' }, { raw: '123' }], 'raw')).toEqual([{ raw: '123' }])
})
