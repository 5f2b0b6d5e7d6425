import { expect, test } from 'vitest'

import { suggestedPassword } from './password'

test('a suggested password is long enough, readable and another every time', () => {
  const some = Array.from({ length: 50 }, () => suggestedPassword())
  expect(new Set(some).size).toBe(50)
  for (const one of some) expect(one).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{4}(-[a-km-zA-HJ-NP-Z2-9]{4}){3}$/)
})
