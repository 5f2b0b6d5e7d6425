import { describe, expect, test } from 'vitest'

import type { Words } from '@/i18n'

import { between, differences, fieldLabel, listChange, recordKindOf, together, valueWord } from './change-logic'

const all: Record<string, string> = {
  'field.review': 'контроль', 'field.by': 'чья', 'field.negotiation.review.by': 'проверить до', 'field.legal_name': 'наименование', 'field.days': 'дни', 'field.kind': 'вид', 'field.state': 'состояние',
  'assignment.state.issued': 'выдано', 'counterparty.kind.organisation': 'организация', 'phone.kind.mobile': 'мобильный', 'thread.party.asked': 'не прочитано', 'commitment.state.kept': 'выполнена',
  'working_calendar.day.shortened': 'сокращённый', 'employee.role.manager': 'руководитель', 'employee.absence.vacation': 'отпуск', R1: 'скидка выше полномочий', 'channel.call': 'звонок', 'review.state.queued': 'ждут контроля',
}
const words: Words = (key, otherwise) => all[key] ?? otherwise ?? key
const plain = (at: string) => at

describe('names of fields', () => {
  test('the rarer meaning of a name goes first', () => {
    expect(fieldLabel('review.by', 'negotiation', words, plain)).toBe('проверить до')
    expect(fieldLabel('review.state', 'negotiation', words, plain)).toBe('контроль · состояние')
  })

  test('what only holds others is left out, days are told', () => {
    expect(fieldLabel('record.legal_name', 'counterparty', words, plain)).toBe('наименование')
    expect(fieldLabel('days.2027-06-11.kind', 'working_calendar', words, () => '11 июня')).toBe('дни · 11 июня · вид')
  })
})

test.each([
  ['issued', 'state', 'assignment', 'выдано'],
  ['organisation', 'record.kind', 'counterparty', 'организация'],
  ['mobile', 'record.contact_details.phones.kind', 'counterparty', 'мобильный'],
  ['asked', 'parties.state', 'thread', 'не прочитано'],
  ['kept', 'promises.state', 'negotiation', 'выполнена'],
  ['shortened', 'days.2027-06-11.kind', 'working_calendar', 'сокращённый'],
  ['manager', 'roles', 'employee', 'руководитель'],
  ['vacation', 'absences.absence.kind', 'employee', 'отпуск'],
  ['R1', 'versions.fatal_rules', 'screening_rules', 'скидка выше полномочий'],
  ['call', 'details.preferred_channel', 'contact_person', 'звонок'],
  ['queued', 'review.state', 'negotiation', 'ждут контроля'],
])('the code %s of %s of %s has its word', (code, field, kind, word) => {
  expect(valueWord(code, field, kind, words)).toBe(word)
})

test('a text is not taken for a code', () => {
  expect(valueWord('Обзвонить клиентов', 'title', 'assignment', words)).toBeUndefined()
})

test('an id belongs to the kind of its field', () => {
  expect(recordKindOf('record.commitments.owner_id')).toBe('employee')
  expect(recordKindOf('parent', 'department')).toBe('department')
  expect(recordKindOf('holder', 'requisite')).toBe('counterparty')
  expect(recordKindOf('id', 'assignment')).toBeUndefined()
})

describe('what belongs together', () => {
  test('amount and currency, kind and id of another record', () => {
    const changes = [
      { field: 'id', after: 'x' },
      { field: 'limits.max_commitment.currency', after: 'RUB' },
      { field: 'limits.max_commitment.minor', before: 100, after: 200 },
      { field: 'subject.id', after: 'a' },
      { field: 'subject.kind', after: 'assignment' },
    ]
    expect(together(changes)).toEqual([
      { field: 'limits.max_commitment', before: { minor: 100, currency: undefined }, after: { minor: 200, currency: 'RUB' } },
      { field: 'subject', after: { kind: 'assignment', id: 'a' } },
    ])
  })

  test('the members of a set and the fields of a day', () => {
    const id = '6b46596b-1b87-5e1f-90c2-3dc189992364'
    const changes = [
      { field: 'days.2027-06-11.kind', after: 'shortened' },
      { field: 'days.2027-06-11.shortened_by_min', after: 60 },
      { field: `persons.${id}`, after: true },
    ]
    expect(together(changes)).toEqual([
      { field: 'days', after: [{ date: '2027-06-11', kind: 'shortened', shortened_by_min: 60 }] },
      { field: 'persons', after: [id] },
    ])
  })
})

describe('lists', () => {
  test('tell what came, what went and what changed', () => {
    const change = listChange([{ no: 1, text: 'a' }, { no: 2, text: 'b' }], [{ no: 2, text: 'c' }, { no: 3, text: 'd' }])
    expect(change.removed).toEqual([{ no: 1, text: 'a' }])
    expect(change.added).toEqual([{ no: 3, text: 'd' }])
    expect(change.changed).toEqual([{ title: 'c', changes: [{ field: 'text', before: 'b', after: 'c' }] }])
  })

  test('of a new edition only what differs from the last', () => {
    const change = listChange([{ version: 1, hours: 8 }], [{ version: 1, hours: 8 }, { version: 2, hours: 4 }])
    expect(change.added).toEqual([])
    expect(change.changed[0]?.changes).toEqual([{ field: 'version', before: 1, after: 2 }, { field: 'hours', before: 8, after: 4 }])
  })
})

test('two values differ by path', () => {
  expect(differences({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 }, d: 4 })).toEqual([{ field: 'a.c', before: 2, after: 3 }, { field: 'd', after: 4 }])
})

test('between two moments stands what was before the first step and after the last', () => {
  const steps = [
    { revision: 0, changes: [{ field: 'state', after: 'issued' }] },
    { revision: 1, changes: [{ field: 'state', before: 'issued', after: 'accepted' }] },
    { revision: 2, changes: [{ field: 'state', before: 'accepted', after: 'issued' }, { field: 'result', after: 'x' }] },
    { revision: 3, changes: [{ field: 'result', before: 'x', after: 'y' }] },
  ]
  expect(between(steps, 0, 2)).toEqual([{ field: 'result', after: 'x' }])
  expect(between(steps, 1, 3)).toEqual([{ field: 'result', after: 'y' }, { field: 'state', before: 'accepted', after: 'issued' }])
})
