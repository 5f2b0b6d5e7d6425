import { describe, expect, test } from 'vitest'

import openapi from '../../../../docs/openapi.json'
import { bodySchema, byTag, curl, matching, operationsOf, resolved, sample, schemaName, type Document } from './document'

const document = openapi as unknown as Document
const operations = operationsOf(document)
const named = (id: string) => operations.find((operation) => operation.operationId === id) as (typeof operations)[0]

describe('the document of this repository', () => {
  test('all operations are found, each once', () => {
    const ids = operations.map((operation) => operation.operationId)
    expect(ids.length).toBeGreaterThan(150)
    expect(new Set(ids).size).toBe(ids.length)
    expect(byTag(operations).flatMap(([, group]) => group)).toHaveLength(ids.length)
  })

  test('every reference leads somewhere', () => {
    const text = JSON.stringify(document)
    for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) expect(resolved(document, { $ref: ref as string })).not.toHaveProperty('$ref')
  })

  test('every operation has an example that can be pasted', () => {
    for (const operation of operations) {
      const text = curl(document, operation, 'http://letopis.example', 'KEY')
      expect(text).not.toMatch(/[{]\w+[}]\/|undefined/)
      expect(text.split("'").length % 2).toBe(1)
    }
  })
})

test('an operation is found by words of its path, name and description', () => {
  expect(matching(operations, 'issue assign').map((operation) => operation.operationId)).toContain('issue-assignment')
  expect(matching(operations, 'post departments').every((operation) => operation.method === 'POST')).toBe(true)
  expect(matching(operations, 'nothing like this')).toEqual([])
})

test('an example has what is required, and only that', () => {
  const schema = bodySchema(named('found-department').requestBody)
  expect(schema && sample(document, schema)).toEqual({ name: 'text' })
  expect(schema && schemaName(schema)).toBe('FoundDepartment')
})

test('signing in needs no key, commands have a key of their own', () => {
  expect(curl(document, named('sign-in'), '', 'KEY')).not.toContain('Authorization')
  expect(curl(document, named('found-department'), '', 'KEY')).toContain('Idempotency-Key')
})

test('a quote in an example does not end the shell word', () => {
  const tricky = { ...named('sign-in'), requestBody: { content: { 'application/json': { schema: { examples: ["it's"] } } } } }
  expect(curl(document, tricky, '', 'KEY')).toContain(`'"it'\\''s"'`)
})
