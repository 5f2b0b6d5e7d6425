import { expect, test } from 'vitest'

import { pairs, versionsOf } from './versions'

type Steps = Parameters<typeof versionsOf>[0]

const step = (type: string, changes: object[]) => ({ type, changes }) as unknown as Steps[number]

test('each correction leaves a version; what it did not touch stays', () => {
  const versions = versionsOf([
    step('negotiation.held', [{ field: 'topic', after: 'Цена' }]),
    step('negotiation.recorded', [{ field: 'record.summary', after: 'Обещали скидку' }, { field: 'record.topic', after: 'Цена' }]),
    step('negotiation.stopped', [{ field: 'review.state', after: 'stopped' }]),
    step('negotiation.corrected', [{ field: 'record.summary', before: 'Обещали скидку', after: 'Скидки не обещали' }, { field: 'record.commitments', before: [{}] }]),
  ])
  expect(versions.map(({ no, record }) => [no, record])).toEqual([
    [1, { summary: 'Обещали скидку', topic: 'Цена' }],
    [2, { summary: 'Скидки не обещали', topic: 'Цена' }],
  ])
})

test('elements of a list are compared by their key', () => {
  const one = { id: 'a', text: '25 %' }
  const changed = { id: 'a', text: '7 %' }
  const other = { id: 'b', text: 'Срок' }
  expect(pairs([one, other], [changed], ({ id }) => id)).toEqual([[one, changed], [other, undefined]])
})
