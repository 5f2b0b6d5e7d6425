import { expect, test } from 'vitest'

import { fieldsOf } from './payload'

const known: { [key: string]: string } = { 'field.role': 'роль', 'employee.role.administrator': 'администратор', 'field.days': 'дни' }
const words = (key: string, otherwise?: string) => known[key] ?? otherwise ?? key

test('a command is told by the names of its fields', () => {
  expect(fieldsOf('{"role":"administrator"}', words)).toEqual([['роль', 'администратор']])
})

test('what lies deeper is told too, and what is empty is not', () => {
  expect(fieldsOf('{"rules":{"days":30,"off":["a","b"],"none":""},"list":[{"days":1},{"days":2}]}', words)).toEqual([
    ['дни', '30'],
    ['off', 'a, b'],
    ['дни', '1'],
    ['дни', '2'],
  ])
})
