import { expect, test } from 'vitest'

import { grownOld, keyOf } from './hooks'
import { fieldPath } from './problem'

const ours = '0192f000-0000-7000-8000-000000000001'
const theirs = '0192f000-0000-7000-8000-000000000002'

test('an answer grows old when a read model it comes from changes', () => {
  const list = keyOf('/v1/assignments', { query: { open: true } })
  expect(grownOld(list, 'assignments', [`assignment/${ours}`])).toBe(true)
  expect(grownOld(list, 'messages', [`incoming_message/${ours}`])).toBe(false)
})

test("another client's history is as it was", () => {
  const history = keyOf('/v1/counterparties/{id}/history', { path: { id: ours } })
  expect(grownOld(history, 'history', [`history/${ours}`])).toBe(true)
  expect(grownOld(history, 'history', [`history/${theirs}`])).toBe(false)
  expect(grownOld(history, 'history', ['history/*'])).toBe(true)
})

test('keys that are no answers of the API never grow old', () => {
  expect(grownOld(['session'], 'employees', [])).toBe(false)
})

test.each([
  ['body.phones[0].raw', 'phones.0.raw'],
  ['query.reason', 'reason'],
  ['body.due_date', 'due_date'],
])('%s is the field %s', (location, field) => expect(fieldPath(location)).toBe(field))
