// Gives commands whose every text is hostile. What a command takes is read from the server's document, so a field that is
// added tomorrow is filled tomorrow.
//
//   const filler = makeFiller(await api.get('/v1/openapi.json'))
//   const { id } = await filler.give(api, 'found-department', {}, { head_id: boss })
//
// The skeleton holds what is no text, and how many elements a list has; all texts beside it are filled in. A field that
// refuses its payload gets the plainest one, then what the skeleton says, or nothing.

import { payloads, plain, short } from './payloads.mjs'

/** A text in a skeleton that has to be just this, since it names something. */
export const exactly = (text) => ({ exactly: text })

export function makeFiller(document) {
  const operations = operationsOf(document)
  const { value, places } = makeWalker(document)
  const taken = new Set()
  const tried = new Set()

  // `second` approves what takes two people.
  async function give(api, name, path, skeleton = {}, second = undefined) {
    const operation = operations.get(name)
    if (!operation) throw new Error(`no such command: ${name}`)
    const address = operation.path.replaceAll(/\{(\w+)\}/g, (_, key) => path[key])
    const level = new Map()
    const chosen = new Map()
    for (;;) {
      const texts = new Map()
      const body = operation.body && value(operation.body, skeleton, '', true, { texts, level, chosen })
      let answer = await api.try(address, body ?? {})
      if (answer.ok) {
        note(name, texts, level)
        return answer.body
      }
      if (second && answer.body?.code === 'approval.needed') {
        const asked = await api.post('/v1/approvals', { operation: name, payload: body, reason: 'Нужно второе лицо', ...(path.id ? { record_id: path.id } : {}) })
        answer = await second.try(`/v1/approvals/${asked.id}/approve`, {})
        if (answer.ok) {
          note(name, texts, level)
          return answer.body
        }
      }
      if (!lower(answer, texts, level)) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}\n${JSON.stringify(body)}`)
    }
  }

  function note(name, texts, level) {
    for (const at of texts.keys()) taken.add(fieldOf(name, at))
    for (const at of level.keys()) tried.add(fieldOf(name, at))
  }

  // Every field that a document's command has for a text.
  function offered() {
    return [...operations].flatMap(([name, { body }]) => (body ? places(body, '').map((at) => fieldOf(name, at)) : []))
  }

  return { give, taken, offered, refused: () => [...tried].filter((field) => !taken.has(field)).toSorted() }
}

const fieldOf = (name, at) => `${name} ${at.replaceAll(/\[\d+\]/g, '[]')}`

// What is tried in turn for one text.
const spare = 2

// The server names the fields it does not like; each of them goes one step down.
function lower({ status, body }, texts, level) {
  const faults = status === 422 ? (body.errors ?? []) : []
  const disliked = [...texts].filter(([at, text]) => faults.some((fault) => about(fault, at, text)))
  for (const [at] of disliked) level.set(at, (level.get(at) ?? 0) + 1)
  return disliked.length > 0
}

// What does not even become a value, such as a time of day, is told of the whole body, with its text.
function about({ location, message }, at, text) {
  if (location === 'body') return message.includes(JSON.stringify(text))
  return steps(at).includes(steps(location.replace(/^body\./, '')))
}

// Not every refusal tells the whole way to the field.
const steps = (at) => `.${at.replaceAll('[', '.[')}.`

function operationsOf(document) {
  const posts = Object.entries(document.paths).filter(([, item]) => item.post)
  return new Map(posts.map(([path, { post }]) => [post.operationId, { path, body: post.requestBody?.content['application/json']?.schema }]))
}

function makeWalker(document) {
  const resolved = (schema) => (schema.$ref ? resolved(document.components.schemas[schema.$ref.split('/').at(-1)]) : schema)
  let next = 0

  function value(raw, given, at, needed, tried) {
    const schema = resolved(raw)
    const types = [schema.type].flat()
    if (types.includes('object')) return given === undefined && !needed ? undefined : object(schema, given ?? {}, at, tried)
    if (types.includes('array')) return list(schema, given, at, needed, tried)
    return types.includes('string') && isText(schema, at) ? text(schema, given, at, tried) : given
  }

  function object({ properties = {}, required = [], additionalProperties }, given, at, tried) {
    const place = (name) => (at ? `${at}.${name}` : name)
    const named = Object.entries(properties).filter(([name]) => !name.startsWith('$'))
    const filled = named.map(([name, schema]) => [name, value(schema, given[name], place(name), required.includes(name), tried)])
    const free = additionalProperties ? Object.keys(given) : []
    const own = free.map((name) => [plain, value(additionalProperties, given[name], place(name), true, tried)])
    return Object.fromEntries([...filled, ...own].filter(([, it]) => it !== undefined))
  }

  function list({ items: raw }, given, at, needed, tried) {
    const items = resolved(raw)
    if (items.type !== 'string' || !isText(items, at)) return given?.map((one, i) => value(items, one, `${at}[${i}]`, true, tried))
    const it = text(items, given?.[0], `${at}[0]`, tried)
    return it === undefined && !needed ? undefined : [it].filter((one) => one !== undefined)
  }

  function text(schema, given, at, { texts, level, chosen }) {
    if (given?.exactly) return given.exactly
    const step = level.get(at) ?? 0
    if (step >= spare) return given
    const key = `${at} ${step}`
    if (!chosen.has(key)) chosen.set(key, payload(schema, step))
    const it = chosen.get(key)
    if (it !== undefined) texts.set(at, it)
    return it ?? given
  }

  function places(raw, at) {
    const schema = resolved(raw)
    const types = [schema.type].flat()
    if (types.includes('array')) return places(schema.items, `${at}[]`)
    if (types.includes('object')) {
      const named = Object.entries(schema.properties ?? {}).filter(([name]) => !name.startsWith('$'))
      return named.flatMap(([name, inner]) => places(inner, at ? `${at}.${name}` : name))
    }
    return types.includes('string') && isText(schema, at) ? [at] : []
  }

  // All payloads in turn: which field gets which depends on nothing but the order of the commands.
  function payload({ maxLength = Infinity }, step) {
    if (step === 1) return [plain, ...short].find((one) => one.length <= maxLength)
    for (let tries = 0; tries < payloads.length; tries++) {
      const one = payloads[next++ % payloads.length]
      if (one.length <= maxLength) return one
    }
    return short.find((one) => one.length <= maxLength)
  }

  return { value, places }
}

// Lists of ids are texts to the document; secrets are needed again, and shown nowhere.
const isText = ({ enum: choices, format, pattern }, at) => !choices && !format && !pattern && !/(_ids(\[\d*\])?|password|token)$/.test(at)
