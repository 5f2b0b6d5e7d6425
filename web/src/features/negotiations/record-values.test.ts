import { describe, expect, test } from 'vitest'

import type { NegotiationRecord } from './model'
import { newCommitment, ofKind, recordFields, sentRecord } from './record-values'

const record: NegotiationRecord = {
  topic: 'Условия договора',
  stage: 'bargaining',
  our_participant_ids: ['we'],
  their_participants: [{ name: 'Иванова Анна', person_id: 'they', position: 'Директор' }],
  summary: 'Договорились',
  their_positions: ['Дешевле', 'Быстрее'],
  commitments: [
    { id: 'a', by: 'us', kind: 'discount', topic: 'Скидка', text: 'Скидка 7,5 %', value: { basis_points: 750 }, owner_id: 'we', due_at: '2026-11-25T12:00:00Z' },
    { id: 'b', by: 'them', kind: 'price', topic: 'Цена', text: '1 050,10 ₽', value: { money: { minor: 105010, currency: 'RUB' } }, owner_id: 'we' },
  ],
  next_steps: [{ no: 3, what: 'Отправить договор', who_id: 'we', when: '2026-11-27' }],
}

describe('the form of a record', () => {
  test('gives back what it was filled with', () => {
    expect(sentRecord(recordFields(record))).toEqual(record)
  })
  test('leaves out what was not filled in', () => {
    const bare = { ...record, commitments: [], next_steps: [], their_positions: [], no_commitments: true, no_next_steps: true }
    const { commitments: _, next_steps: __, their_positions: ___, ...rest } = bare
    expect(sentRecord(recordFields(bare))).toEqual(rest)
  })
  test('a confirmation is not sent beside what it denies', () => {
    expect(sentRecord({ ...recordFields(record), no_commitments: true }).no_commitments).toBeUndefined()
  })
  test('positions are a line each', () => {
    expect(sentRecord({ ...recordFields(record), our_positions: ' Качество \n\n Сроки ' }).our_positions).toEqual(['Качество', 'Сроки'])
  })
})

describe('a commitment of another kind', () => {
  test('takes the measure that its kind needs', () => {
    expect(ofKind(newCommitment('us', 'we'), 'discount').value.unit).toBe('percent')
    expect(ofKind(newCommitment('us', 'we'), 'delivery').value.unit).toBe('date')
  })
  test('keeps what was typed in the same measure', () => {
    const typed = { ...newCommitment('us', 'we'), value: { unit: 'days' as const, amount: 10, currency: 'RUB', date: '', text: '' } }
    expect(ofKind(typed, 'payment_term').value.amount).toBe(10)
    expect(ofKind(typed, 'price').value).toMatchObject({ unit: 'money', amount: '' })
  })
})
