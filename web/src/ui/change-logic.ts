import type { Schema } from '@/api/hooks'
import type { Words } from '@/i18n'

export type Difference = Schema<'Difference'>
type Fields = { [name: string]: unknown }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const day = /^\d{4}-\d{2}-\d{2}$/

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value)
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

export const pathOf = (field: string): string[] => field.split('.')
const parentOf = (field: string) => field.slice(0, field.lastIndexOf('.'))
const lastOf = (field: string) => field.slice(field.lastIndexOf('.') + 1)

// --- Whose id a field holds. ---

const recordFields: Record<string, string> = {}
for (const [kind, fields] of Object.entries({
  employee:
    'assignee issuer responsible author author_id employee employee_id head head_id recipient addressee taken_by proposer reviewer owner_id who_id ours our_participant_ids informed substitute_id co_executors accepted_by arbiter opened_by moved_by cc by_id actor_id on_behalf_of controller responsible_id',
  counterparty: 'counterparty counterparty_id counterparties left right loser loser_id survivor survivor_id merged_into absorbed client client_id',
  contact_person: 'person person_id persons from_person_id to_person_id',
  department: 'department department_id',
  working_calendar: 'calendar calendar_id',
  assignment: 'assignment assignment_id',
  negotiation: 'negotiation negotiation_id',
  thread: 'thread thread_id',
  message: 'message message_id',
  work_item: 'work_item work_item_id',
  duplicate: 'pair_id',
})) {
  for (const field of fields.split(' ')) recordFields[field] = kind
}

// One name may mean another kind in some records.
const ofKind: Record<string, Record<string, string>> = {
  counterparty: { parent: 'counterparty' },
  department: { parent: 'department' },
  requisite: { holder: 'counterparty' },
  login_name: { holder: 'employee' },
}

/** The kind of record that an id in this field belongs to. */
export function recordKindOf(field: string, kind = ''): string | undefined {
  const name = lastOf(field)
  return ofKind[kind]?.[name] ?? recordFields[name]
}

// --- What a field and its value are called. ---

// Parts of a path that only hold others together.
const containers = new Set(['record', 'details', 'contact_details', 'influence_was_supposed', 'parameters'])

/** The names of a field's path, such as "контроль · проверить до"; a day in the path is told in the reader's way. */
export function fieldLabel(field: string, kind: string, words: Words, sayDay: (day: string) => string): string {
  const whole = words(`field.${kind}.${field}`, '')
  if (whole) return whole
  const parts = pathOf(field)
  const telling = parts.filter((part, i) => i === parts.length - 1 || !containers.has(part))
  return telling.map((part) => (day.test(part) ? sayDay(part) : words(`field.${kind}.${part}`, words(`field.${part}`, part.replaceAll('_', ' '))))).join(' · ')
}

const singular = (name: string) => (name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.endsWith('s') ? name.slice(0, -1) : name)

// Where the words of a field's values stand under another name.
const valueWords: Record<string, string> = {
  early_stages: 'negotiation.stage', 'forbidden_stems.group': 'screening.group', 'criteria.code': 'review.criterion', 'promises.state': 'commitment.state', 'became.kind': 'message.outcome', 'subject.kind': 'kind', 'ref.kind': 'kind',
}

/** The word for a code, such as `issued` in `state` of an assignment; undefined for a text that is no code. */
export function valueWord(code: string, field: string, kind: string, words: Words): string | undefined {
  if (!/^([a-z][a-z0-9_]*|R\d+|1c)$/.test(code)) return undefined
  const parts = pathOf(field).filter((part) => !day.test(part))
  const name = parts.at(-1) ?? ''
  const parent = parts.at(-2) ?? ''
  const places = [
    valueWords[`${parent}.${name}`], valueWords[name],
    `${parent}.${name}`, `${singular(parent)}.${name}`, `${kind}.${name}`, `${kind}.${singular(name)}`,
    `${kind}.${parent}`, `${kind}.${singular(parent)}`, singular(parent), name, singular(name), name.split('_').at(-1),
  ]
  for (const place of places) {
    const word = place && words(`${place}.${code}`, '')
    if (word) return word
  }
  return words(code, '') || undefined
}

// --- Changes as a person thinks of them. ---

/**
 * Puts together what belongs together: amount and currency, kind and id of another record, the members of a set, the
 * fields of one day. A record's own id says nothing.
 */
export function together(changes: readonly Difference[]): Difference[] {
  const pairs = [['minor', 'currency'], ['kind', 'id']] as const
  let rest = gathered(changes.filter((change) => change.field !== 'id'))
  for (const [one, other] of pairs) rest = paired(rest, one, other)
  return rest
}

function paired(changes: Difference[], one: string, other: string): Difference[] {
  const byField = new Map(changes.map((change) => [change.field, change]))
  return changes.flatMap((change) => {
    const name = lastOf(change.field)
    const parent = parentOf(change.field)
    const partner = byField.get(`${parent}.${name === one ? other : one}`)
    if (!parent || !partner || (name !== one && name !== other)) return [change]
    if (name === other) return []
    return [difference(parent, bothParts(change.before, partner.before, one, other), bothParts(change.after, partner.after, one, other))]
  })
}

const bothParts = (a: unknown, b: unknown, one: string, other: string) => (a === undefined && b === undefined ? undefined : { [one]: a, [other]: b })

const difference = (field: string, before: unknown, after: unknown): Difference => ({ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) })

/** Sets are kept by id (`persons.<id>`), special days by date (`days.<date>.kind`): both are shown as lists. */
function gathered(changes: Difference[]): Difference[] {
  const done: Difference[] = []
  const lists = new Map<string, { before: Map<string, unknown>; after: Map<string, unknown> }>()
  for (const change of changes) {
    const parts = pathOf(change.field)
    const at = parts.findIndex((part) => isUuid(part) || day.test(part))
    if (at < 1) {
      done.push(change)
      continue
    }
    const field = parts.slice(0, at).join('.')
    const key = parts[at] as string
    const inner = parts.slice(at + 1).join('.')
    const list = lists.get(field) ?? { before: new Map(), after: new Map() }
    if (!lists.has(field)) {
      lists.set(field, list)
      done.push({ field })
    }
    put(list.before, key, inner, change.before)
    put(list.after, key, inner, change.after)
  }
  return done.map((change) => {
    const list = lists.get(change.field)
    return list ? difference(change.field, listed(list.before), listed(list.after)) : change
  })
}

function put(into: Map<string, unknown>, key: string, inner: string, value: unknown) {
  if (value === undefined) return
  if (!inner) into.set(key, key)
  else into.set(key, { ...(into.get(key) as Fields | undefined), date: key, [inner]: value })
}

const listed = (from: Map<string, unknown>) => (from.size === 0 ? undefined : [...from.values()])

// --- Lists: what came, what went, what changed. ---

/** `title` tells which item of the list has changed: a text of it, or the id of whom it is about. */
export type ItemChange = { title: string | undefined; changes: Difference[] }
export type ListChange = { removed: unknown[]; added: unknown[]; changed: ItemChange[] }

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const keys = ['id', 'no', 'number', 'absence_id', 'commitment_id', 'person_id', 'employee_id', 'date', 'code', 'stem', 'version'] as const

/** By what an item of a list is known again when it has changed. */
function identity(item: unknown): string {
  if (!isFields(item)) return JSON.stringify(item)
  if (isFields(item.commitment)) return identity(item.commitment)
  if (isFields(item.thread_clock)) return identity({ ...item.thread_clock, no: undefined })
  const key = keys.find((name) => item[name] !== undefined)
  return key ? `${key}=${JSON.stringify(item[key])}` : JSON.stringify(item)
}

const titles = ['text', 'what', 'name', 'stem', 'topic', 'date', 'person_id', 'employee_id'] as const

function titleOf(item: unknown): string | undefined {
  if (!isFields(item)) return undefined
  if (isFields(item.commitment)) return titleOf(item.commitment)
  if (isFields(item.thread_clock)) return titleOf(item.thread_clock)
  const found = titles.map((name) => item[name]).find((value) => typeof value === 'string' && value !== '')
  return found as string | undefined
}

export function listChange(before: readonly unknown[], after: readonly unknown[]): ListChange {
  const old = new Map(before.map((item) => [identity(item), item]))
  const now = new Set(after.map(identity))
  const change: ListChange = { removed: before.filter((item) => !now.has(identity(item))), added: [], changed: [] }
  for (const item of after) {
    const was = old.get(identity(item))
    if (was === undefined) change.added.push(item)
    else if (!same(was, item)) change.changed.push({ title: titleOf(item), changes: differences(was, item) })
  }
  return editions(change, before)
}

/** Editions follow one another: of a new one only what differs from the last is told. */
function editions(change: ListChange, before: readonly unknown[]): ListChange {
  const last = before.at(-1)
  const [added, ...more] = change.added
  if (!isFields(last) || !isFields(added) || more.length > 0 || last.version === undefined || added.version === undefined) return change
  return { ...change, added: [], changed: [...change.changed, { title: undefined, changes: differences(last, added) }] }
}

/** The fields in which two values differ, by path. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (!isFields(before) || !isFields(after)) return same(before, after) ? [] : [difference(path, before, after)]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => differences(before[name], after[name], path ? `${path}.${name}` : name))
}

/** What differs between two moments: every step between them, with what was before the first and after the last of them. */
export function between(steps: readonly { revision: number; changes: readonly Difference[] }[], earlier: number, later: number): Difference[] {
  const found = new Map<string, Difference>()
  for (const step of steps) {
    if (step.revision <= earlier || step.revision > later) continue
    for (const change of step.changes) {
      const first = found.get(change.field) ?? change
      found.set(change.field, difference(change.field, first.before, change.after))
    }
  }
  return [...found.values()].filter((change) => !same(change.before, change.after)).toSorted((a, b) => a.field.localeCompare(b.field))
}
