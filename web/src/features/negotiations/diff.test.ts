import { describe, expect, test } from 'vitest'

import { wordDiff } from './diff'

const told = (before: string, after: string) =>
  wordDiff(before, after).map(({ text, as }) => ({ same: text, gone: `[-${text}]`, new: `[+${text}]` })[as]).join('')

describe('word by word', () => {
  test('an equal text is one piece', () => {
    expect(wordDiff('Скидка 7 %', 'Скидка 7 %')).toEqual([{ text: 'Скидка 7 %', as: 'same' }])
  })
  test('a changed word stands beside the old one', () => {
    expect(told('Скидка 25 % при оплате', 'Скидка 7 % при оплате')).toBe('Скидка [-25 ][+7 ]% при оплате')
  })
  test('a run of changes reads old first, new after', () => {
    expect(told('дадим полную гарантию', 'дадим обычные условия')).toBe('дадим [-полную гарантию][+обычные условия]')
  })
  test('words at the end come and go', () => {
    expect(told('Договорились', 'Договорились о цене')).toBe('Договорились [+о цене]')
    expect(told('Договорились о цене', 'Договорились')).toBe('Договорились[-о цене]')
  })
  test('nothing becomes something', () => {
    expect(told('', 'Согласовано')).toBe('[+Согласовано]')
  })
})
