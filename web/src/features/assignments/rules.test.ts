import { expect, test } from 'vitest'

import { isAbove, whyNot, type Step } from './rules'

const of = (state: string) => ({ state, assignee_id: 'doer', issuer_id: 'giver', co_executor_ids: ['helper'] })
const why = (step: Step, state: string, me: string, aboveIssuer = false) => whyNot(step, of(state), { me, aboveIssuer })

test('the assignee reports, the issuer or somebody above verifies', () => {
  expect(why('reportDone', 'in_progress', 'doer')).toBeUndefined()
  expect(why('reportDone', 'in_progress', 'giver')).toBe('notAssignee')
  expect(why('verify', 'reported_done', 'giver')).toBeUndefined()
  expect(why('return', 'reported_done', 'boss', true)).toBeUndefined()
  expect(why('return', 'reported_done', 'other')).toBe('notIssuer')
})

test('nobody verifies their own work', () => {
  expect(why('verify', 'reported_done', 'helper', true)).toBe('ownResult')
  expect(why('verify', 'reported_done', 'doer', true)).toBe('ownResult')
})

test('a step out of turn is said to be so, and a closed assignment to be closed', () => {
  expect(why('verify', 'in_progress', 'giver')).toBe('state')
  expect(why('decline', 'in_progress', 'doer')).toBe('state')
  expect(why('start', 'returned_for_rework', 'doer')).toBeUndefined()
  expect(why('cancel', 'verified', 'giver')).toBe('closed')
  expect(why('reassign', 'declined', 'giver')).toBeUndefined()
})

test('the assignee chooses helpers too', () => {
  expect(why('helpers', 'in_progress', 'doer')).toBeUndefined()
  expect(why('helpers', 'in_progress', 'helper')).toBe('notIssuer')
})

test('heads of heads are above; a circle ends', () => {
  const heads: Record<string, string> = { a: 'b', b: 'c', x: 'y', y: 'x' }
  const headOf = (id: string) => heads[id]
  expect(isAbove('c', 'a', headOf)).toBe(true)
  expect(isAbove('a', 'c', headOf)).toBe(false)
  expect(isAbove('c', 'x', headOf)).toBe(false)
})
