// The parts of an OpenAPI document that the reference shows.

export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  oneOf?: JsonSchema[]
  examples?: unknown[]
  default?: unknown
  readOnly?: boolean
  additionalProperties?: boolean | JsonSchema
} & { [limit in Limit]?: number | string }

export const limits = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'pattern'] as const
export type Limit = (typeof limits)[number]

export type Parameter = { $ref?: string; name: string; in: 'path' | 'query' | 'header' | 'cookie'; required?: boolean; description?: string; schema?: JsonSchema; example?: unknown }
type Content = { content?: Record<string, { schema?: JsonSchema }> }
export type Response = Content & { $ref?: string; description?: string }
type RawOperation = { operationId: string; summary?: string; description?: string; tags?: string[]; parameters?: Parameter[]; requestBody?: Content; responses?: Record<string, Response>; security?: object[] }

export type Document = {
  paths: Record<string, Record<string, RawOperation>>
  components: { schemas?: Record<string, JsonSchema>; parameters?: Record<string, Parameter>; responses?: Record<string, Response> }
}

export type Operation = RawOperation & { method: string; path: string; tag: string }

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** All operations in the order of the document. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ ...operation, method: method.toUpperCase(), path, tag: operation.tags?.[0] ?? '' }] : []
    }),
  )
}

/** Every word must be somewhere in the operation's name, path or description. */
export function matching(operations: readonly Operation[], text: string): Operation[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return operations.filter((operation) => {
    const all = `${operation.method} ${operation.path} ${operation.operationId} ${operation.summary ?? ''} ${operation.tag}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

export function byTag(operations: readonly Operation[]): [tag: string, operations: Operation[]][] {
  const groups = new Map<string, Operation[]>()
  for (const operation of operations) groups.set(operation.tag, [...(groups.get(operation.tag) ?? []), operation])
  return [...groups].toSorted(([a], [b]) => a.localeCompare(b))
}

type Named = { $ref?: string }

/** What a reference of the document points to. */
export function resolved<T extends Named>(document: Document, value: T): T {
  if (!value.$ref) return value
  const [, , section = '', name = ''] = value.$ref.split('/')
  const found = (document.components as Record<string, Record<string, T> | undefined>)[section]?.[name]
  return found ?? value
}

/** The name under which a schema stands in the document, if it has one. */
export const schemaName = (schema: JsonSchema): string | undefined => schema.$ref?.split('/').at(-1)

export const bodySchema = (content: Content | undefined): JsonSchema | undefined => Object.values(content?.content ?? {})[0]?.schema

// --- Examples. ---

const samples: Record<string, unknown> = { uuid: '6b46596b-1b87-5e1f-90c2-3dc189992364', date: '2026-11-23', 'date-time': '2026-11-23T09:00:00Z' }

/** A value of the schema: the fields that are required, and those within them. */
export function sample(document: Document, schema: JsonSchema, depth = 0): unknown {
  const found = resolved(document, schema)
  if (found.examples?.[0] !== undefined) return found.examples[0]
  if (found.enum?.[0] !== undefined) return found.enum[0]
  if (found.oneOf?.[0]) return sample(document, found.oneOf[0], depth + 1)
  const type = Array.isArray(found.type) ? found.type[0] : found.type
  if (type === 'array') return depth > 4 || !found.items ? [] : [sample(document, found.items, depth + 1)]
  if (type === 'object') {
    const names = (found.required ?? []).filter((name) => !found.properties?.[name]?.readOnly)
    return Object.fromEntries(names.map((name) => [name, depth > 4 ? null : sample(document, found.properties?.[name] ?? {}, depth + 1)]))
  }
  if (type === 'integer' || type === 'number') return Math.max(1, Number(found.minimum ?? 1))
  if (type === 'boolean') return true
  return samples[found.format ?? ''] ?? 'text'
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** A request that can be pasted into a terminal; the key stands for the person's own. */
export function curl(document: Document, operation: Operation, origin: string, token: string): string {
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(document, parameter))
  const values = parameters.filter((parameter) => parameter.in === 'path')
  let path = operation.path
  for (const parameter of values) path = path.replace(`{${parameter.name}}`, String(sample(document, parameter.schema ?? {})))
  const lines = [`curl -X ${operation.method} ${quoted(origin + path)}`]
  if (operation.security?.length !== 0) lines.push(`-H ${quoted(`Authorization: Bearer ${token}`)}`)
  if (parameters.some((parameter) => parameter.name === 'Idempotency-Key')) lines.push(`-H "Idempotency-Key: $(uuidgen)"`)
  const schema = bodySchema(operation.requestBody)
  if (schema) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(sample(document, schema)))}`)
  return lines.join(' \\\n  ')
}
