import type { Words } from '@/i18n'

/** A command's fields in words: [name, value]. Nested fields go by their own names, one after the other. */
export function fieldsOf(payload: string, words: Words): [string, string][] {
  return flat(JSON.parse(payload), '', words)
}

function flat(value: unknown, name: string, words: Words): [string, string][] {
  if (value === null || value === undefined || value === '') return []
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [[fieldName(name, words), value.map((one) => said(name, one, words)).join(', ')]]
  if (typeof value === 'object') return Object.entries(value).flatMap(([inner, one]) => flat(one, Array.isArray(value) ? name : inner, words))
  return [[fieldName(name, words), said(name, value, words)]]
}

const fieldName = (name: string, words: Words) => words(`field.${name}`, name)

function said(name: string, value: unknown, words: Words): string {
  if (typeof value === 'boolean') return value ? '✓' : '–'
  const code = String(value)
  return name === 'role' ? words(`employee.role.${code}`, code) : words(code, code)
}
