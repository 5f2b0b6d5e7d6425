import { expect, test } from 'vitest'

import { snoozedTo, whyNot } from './rules'

const of = (state: string, next_at?: string) => ({ state, recipient_id: 'me', author_id: 'boss', ...(next_at ? { next_at } : {}) })

test('only what has fired is read or put off, by its recipient', () => {
  expect(whyNot('acknowledge', of('fired'), 'me')).toBeUndefined()
  expect(whyNot('acknowledge', of('scheduled', '2026-11-24T09:00:00Z'), 'me')).toBe('notFired')
  expect(whyNot('snooze', of('fired'), 'boss')).toBe('notMine')
})

test('the author moves and cancels, too', () => {
  expect(whyNot('move', of('scheduled', '2026-11-24T09:00:00Z'), 'boss')).toBeUndefined()
  expect(whyNot('cancel', of('scheduled', '2026-11-24T09:00:00Z'), 'other')).toBe('notMine')
})

test('what is over stays so', () => {
  expect(whyNot('dismiss', of('cancelled'), 'me')).toBe('ended')
  expect(whyNot('dismiss', of('acknowledged'), 'me')).toBe('ended')
  expect(whyNot('dismiss', of('acknowledged', '2026-11-24T09:00:00Z'), 'me')).toBeUndefined()
})

test('it is put off by minutes, or to the next morning', () => {
  const now = new Date(2026, 10, 23, 17, 30)
  expect(snoozedTo('hour', now)).toBe(new Date(2026, 10, 23, 18, 30).toISOString())
  expect(snoozedTo('tomorrow', now)).toBe(new Date(2026, 10, 24, 9, 0).toISOString())
  expect(Date.parse(snoozedTo('week', now)) - now.getTime()).toBeLessThan(7 * 86_400_000)
})
