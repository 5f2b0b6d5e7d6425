import { describe, expect, test } from 'vitest'

import { obstacle, standsAbove } from './rules'

const message = (state: string, more = {}) => ({ state, matched: true, addressee_id: 'addressee', taken_by_id: 'taker', ...more })

describe('what can be done with a message', () => {
  test('the addressee takes notice once, and only of what was handed over', () => {
    expect(obstacle('acknowledge', message('routed'), 'addressee', false)).toBeUndefined()
    expect(obstacle('acknowledge', message('registered', { addressee_id: undefined }), 'addressee', false)).toBe('notRouted')
    expect(obstacle('acknowledge', message('in_progress'), 'addressee', false)).toBe('alreadyTaken')
  })

  test('a superior acts for the addressee, a colleague does not', () => {
    expect(obstacle('begin', message('routed'), 'boss', true)).toBeUndefined()
    expect(obstacle('begin', message('routed'), 'colleague', false)).toBe('notAddressee')
  })

  test('whoever took the message may hand it on, but not work on it', () => {
    expect(obstacle('reroute', message('routed'), 'taker', false)).toBeUndefined()
    expect(obstacle('become', message('acknowledged'), 'taker', false)).toBe('notAddressee')
  })

  test('what is closed can only be taken up again', () => {
    for (const step of ['acknowledge', 'begin', 'become', 'reroute', 'spam', 'lose'] as const) {
      expect(obstacle(step, message('resolved'), 'addressee', false), step).toBe('closed')
    }
    expect(obstacle('reopen', message('resolved'), 'addressee', false)).toBeUndefined()
    expect(obstacle('reopen', message('in_progress'), 'addressee', false)).toBe('notClosed')
    expect(obstacle('reopen', message('spam'), 'colleague', false)).toBe('notConcerned')
  })

  test('everybody takes in what was handed to nobody yet', () => {
    const fresh = message('registered', { addressee_id: undefined })
    expect(obstacle('route', fresh, 'colleague', false)).toBeUndefined()
    expect(obstacle('spam', fresh, 'colleague', false)).toBeUndefined()
    expect(obstacle('route', message('routed'), 'colleague', false)).toBe('alreadyRouted')
  })
})

describe('who stands above whom', () => {
  const employees = [
    { id: 'worker', head_id: 'chief', department_id: 'group' },
    { id: 'chief', head_id: 'director' },
    { id: 'director' },
  ]
  const departments = [{ id: 'group', head_id: 'leader', parent_id: 'division' }, { id: 'division', head_id: 'manager' }]

  test('heads and heads of departments, however far up', () => {
    for (const who of ['chief', 'director', 'leader', 'manager']) expect(standsAbove(who, 'worker', employees, departments), who).toBe(true)
    for (const who of ['worker', 'stranger']) expect(standsAbove(who, 'worker', employees, departments), who).toBe(false)
  })

  test('a circle of heads ends', () => {
    const circle = [{ id: 'a', head_id: 'b' }, { id: 'b', head_id: 'a' }]
    expect(standsAbove('c', 'a', circle, [])).toBe(false)
  })
})
