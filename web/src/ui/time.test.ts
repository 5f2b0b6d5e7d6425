import { expect, test } from 'vitest'

import { toLocal } from './local-time'
import { money, relative, say } from './time'

const now = new Date('2026-11-23T12:00:00Z').getTime()

test.each([
  ['2026-11-23T11:59:40Z', 'ru', 'сейчас'],
  ['2026-11-23T11:20:00Z', 'ru', '40 минут назад'],
  ['2026-11-23T13:30:00Z', 'en', 'in 1 hour'],
  ['2026-11-22T10:00:00Z', 'ru', 'вчера'],
  ['2026-09-01T10:00:00Z', 'en', '2 months ago'],
] as const)('%s in %s is %s', (at, lang, text) => expect(relative(at, lang, now)).toBe(text))

test('a plain day is the same day in every zone', () => {
  expect(say('2026-11-23', 'ru', 'date')).toBe('23 нояб. 2026 г.')
})

test('an instant comes back from the control as it went in', () => {
  const at = '2026-11-23T09:05:00.000Z'
  expect(new Date(toLocal(at)).toISOString()).toBe(at)
  expect(toLocal('')).toBe('')
})

test('money has kopecks only when there are any', () => {
  expect(money(124_000_000, 'RUB', 'ru').replaceAll(/\s/g, ' ')).toBe('1 240 000 ₽')
  expect(money(150, 'RUB', 'ru').replaceAll(/\s/g, ' ')).toBe('1,50 ₽')
})
