import { describe, expect, test } from 'vitest'

import { cut, patternsOf, sidesOf, writtenAs } from './marks'
import type { Hit } from './model'

const hit = (rule: string, detail: string, commitment?: string) => ({ rule, detail, ...(commitment ? { commitment_id: commitment } : {}) }) as Hit

const marked = (text: string, hits: Hit[], commitment?: string) =>
  cut(text, patternsOf(hits, commitment)).filter((part) => part.marked).map((part) => part.text)

describe('what a screening found', () => {
  test('a forbidden word, however it is written, and only as a whole', () => {
    const hits = [hit('R6', 'гарантируем')]
    expect(marked('Гарантируем срок. Мы не гарантируемся.', hits)).toEqual(['Гарантируем'])
  })
  test('ё counts as е', () => {
    expect(marked('неустойкой учтём учтем', [hit('R6', 'учтем')])).toEqual(['учтём', 'учтем'])
  })
  test('a kind of promise is not a word', () => {
    expect(marked('penalty', [hit('R6', 'penalty')])).toEqual([])
  })
  test('a value is marked in its own commitment only', () => {
    const hits = [hit('R1', '25.00 % > 7.00 %', 'a')]
    expect(marked('Сделаем 25 процентов, не 125', hits, 'a')).toEqual(['25 процентов'])
    expect(marked('Сделаем 25 процентов', hits, 'b')).toEqual([])
  })
  test('amounts with and without spaces', () => {
    expect('за 15 000 рублей'.match(writtenAs('15000.00 RUB') as RegExp)?.[0]).toBe('15 000')
    expect('за 15000,50'.match(writtenAs('15000.50 RUB') as RegExp)?.[0]).toBe('15000,50')
    expect('за 115000'.match(writtenAs('15000.00 RUB') as RegExp)).toBeNull()
  })
  test('both sides of a comparison', () => {
    expect(sidesOf('45 > 30')).toEqual({ promised: '45', sign: '>', limit: '30' })
    expect(sidesOf('7.00 %')).toEqual({ promised: '7.00 %', sign: '', limit: '' })
  })
})
