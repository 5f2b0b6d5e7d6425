import { describe, expect, test } from 'vitest'

type Texts = { [key: string]: string | Texts }
const ru = import.meta.glob<Texts>('./ru/*.json', { eager: true, import: 'default' })
const en = import.meta.glob<Texts>('./en/*.json', { eager: true, import: 'default' })

const flat = (texts: Texts, prefix = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`)))

// Russian counts in one, few and many; English in one and other. Apart from that the keys are the same.
const plural = /_(zero|one|few|many|other)$/
const keys = (texts: Texts) => [...new Set(flat(texts).map(([key]) => key.replace(plural, '#')))].toSorted()

describe.each(Object.keys(ru))('%s', (file) => {
  const other = en[file.replace('/ru/', '/en/')]

  test('is there in both languages', () => {
    expect(other).toBeDefined()
    expect(keys(other ?? {})).toEqual(keys(ru[file] ?? {}))
  })

  test('has every plural form', () => {
    // The server's words are codes, not counts.
    if (file.endsWith('.gen.json')) return
    for (const [texts, forms] of [[ru[file], ['one', 'few', 'many', 'other']], [other, ['one', 'other']]] as const) {
      const all = new Set(flat(texts ?? {}).map(([key]) => key))
      for (const key of all) {
        if (plural.test(key)) for (const form of forms) expect(all, key).toContain(key.replace(plural, `_${form}`))
      }
    }
  })

  test('says the same values in both', () => {
    const values = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].toSorted()
    const english = new Map(flat(other ?? {}))
    for (const [key, text] of flat(ru[file] ?? {})) {
      const said = english.get(key)
      if (said !== undefined) expect(values(said), key).toEqual(values(text))
    }
  })

  test('leaves nothing empty or untranslated', () => {
    for (const [key, text] of [...flat(ru[file] ?? {}), ...flat(other ?? {})]) expect(text.trim(), key).not.toBe('')
    for (const [key, text] of flat(other ?? {})) expect(text, key).not.toMatch(/[а-яё]/i)
  })
})

test('English has no file of its own', () => {
  expect(Object.keys(en).map((file) => file.replace('/en/', '/ru/')).toSorted()).toEqual(Object.keys(ru).toSorted())
})
