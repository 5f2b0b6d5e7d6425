import { kinds, type Hit } from './model'

// What a screening compares: lower case, ё as е.
const plain = (text: string) => text.toLowerCase().replaceAll('ё', 'е')

/** The word that a rule found, if it found a word: kinds of promises are found by what they are, not by a word. */
export function foundWord(hit: Hit): string | undefined {
  if (hit.rule !== 'R6') return undefined
  return (kinds as readonly string[]).includes(hit.detail) ? undefined : hit.detail
}

/** "25.00 % > 10.00 %": what was promised, how it compares, and with what. */
export function sidesOf(detail: string): { promised: string; sign: string; limit: string } {
  const [, promised = detail, sign = '', limit = ''] = /^(.*?) ([<>≠]) (.*)$/.exec(detail) ?? []
  return { promised, sign, limit }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** How a value may be written in a sentence: 25.00 % as «25 %», 15000.00 RUB as «15 000». */
export function writtenAs(value: string): RegExp | undefined {
  const found = /^(-?\d+)(?:\.(\d+))?\s*(%|d|[A-Z]{3})?$/.exec(value)
  if (!found?.[1]) return undefined
  const whole = found[1].replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\\s?')
  const cents = (found[2] ?? '').replace(/0+$/, '')
  const fraction = cents ? `[.,]${cents}0*` : '(?:[.,]0+)?'
  return new RegExp(`(?<![\\d.,])${whole}${fraction}(?![\\d])${found[3] === '%' ? '(?:\\s?%|\\s?процент[а-я]*)?' : ''}`, 'giu')
}

/** Patterns for everything that the hits found and that can be seen in a text. Values are looked for in their commitment only. */
export function patternsOf(hits: Hit[], commitment?: string): RegExp[] {
  const patterns: RegExp[] = []
  for (const hit of hits) {
    const word = foundWord(hit)
    if (word) patterns.push(new RegExp(`(?<!\\p{L})${escaped(word)}(?!\\p{L})`, 'giu'))
    else if (commitment && hit.commitment_id === commitment) {
      const value = writtenAs(sidesOf(hit.detail).promised)
      if (value) patterns.push(value)
    }
  }
  return patterns
}

export type Part = { text: string; marked: boolean }

/** A text cut at what the patterns find in it. */
export function cut(text: string, patterns: RegExp[]): Part[] {
  const places = patterns.flatMap((pattern) => [...plain(text).matchAll(pattern)].map((found) => [found.index, found.index + found[0].length] as const))
  const parts: Part[] = []
  let end = 0
  for (const [from, to] of places.toSorted(([a], [b]) => a - b)) {
    if (from < end) continue
    if (from > end) parts.push({ text: text.slice(end, from), marked: false })
    parts.push({ text: text.slice(from, to), marked: true })
    end = to
  }
  if (end < text.length) parts.push({ text: text.slice(end), marked: false })
  return parts
}
