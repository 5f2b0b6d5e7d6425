import { expect, test } from 'vitest'

import { otherLayout } from './layout'

test.each([
  ['ctdth', 'север'],
  ['Ctdth', 'Север'],
  ['сдшуте', 'client'],
  ['7701', '7701'],
  [',tkjdjlmt', 'беловодье'],
])('%s was meant as %s', (typed, meant) => expect(otherLayout(typed)).toBe(meant))
