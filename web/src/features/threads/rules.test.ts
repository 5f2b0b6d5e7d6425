import { describe, expect, test } from 'vitest'

import { deadlineSteps, judgements, obstacle, owesAnswer } from './rules'

const party = (employee_id: string, state: string, more = {}) => ({ employee_id, state, waiting: ['asked', 'seen', 'returned'].includes(state), ...more })
const thread = (kind: string, state: string, parties = [party('addressee', 'asked')], more = {}) => ({
  kind, state, author_id: 'author', parties, accepted_by_ids: [] as string[], disputes: [] as { arbiter_id?: string; state: string }[], ...more,
})

describe('answers', () => {
  test('are owed by addressees of questions and proposals whose clock runs', () => {
    expect(owesAnswer(thread('question', 'asked'), 'addressee')).toBe(true)
    expect(owesAnswer(thread('question', 'asked'), 'author')).toBe(false)
    expect(owesAnswer(thread('notice', 'asked'), 'addressee')).toBe(false)
    expect(owesAnswer(thread('question', 'answered', [party('addressee', 'answered')]), 'addressee')).toBe(false)
  })

  test('are judged by the author alone, and accepted once', () => {
    const answered = party('addressee', 'answered')
    expect(judgements(thread('question', 'answered', [answered]), answered, 'author')).toEqual({ accept: true, giveBack: true })
    expect(judgements(thread('question', 'answered', [answered]), answered, 'addressee')).toEqual({ accept: false, giveBack: false })
    const accepted = party('addressee', 'accepted')
    expect(judgements(thread('question', 'answered', [accepted]), accepted, 'author')).toEqual({ accept: false, giveBack: true })
    expect(judgements(thread('question', 'closed', [answered]), answered, 'author').giveBack).toBe(false)
  })
})

test('a deadline is accepted by the other side, and refused by either', () => {
  const moved = party('addressee', 'seen', { proposed_reply_by: '2026-12-01T10:00:00Z', proposed_by_id: 'addressee' })
  const asked = thread('question', 'asked', [moved])
  expect(deadlineSteps(asked, moved, 'author')).toEqual({ propose: true, accept: true, refuse: true })
  expect(deadlineSteps(asked, moved, 'addressee')).toEqual({ propose: true, accept: false, refuse: true })
  expect(deadlineSteps(asked, moved, 'somebody')).toEqual({ propose: false, accept: false, refuse: false })
})

describe('agreements', () => {
  const parties = [party('author', 'accepted'), party('addressee', 'asked')]

  test('are accepted once by each party while proposed', () => {
    expect(obstacle('acceptAgreement', thread('agreement', 'proposed', parties), 'addressee')).toBeUndefined()
    expect(obstacle('acceptAgreement', thread('agreement', 'proposed', parties, { accepted_by_ids: ['author'] }), 'author')).toBe('alreadyAccepted')
    expect(obstacle('acceptAgreement', thread('agreement', 'declined', parties), 'addressee')).toBe('notProposed')
    expect(obstacle('declineAgreement', thread('agreement', 'proposed', parties), 'reader')).toBe('partiesOnly')
  })

  test('in force are replaced, not closed', () => {
    expect(obstacle('close', thread('agreement', 'agreed', parties), 'author')).toBe('inForce')
    expect(obstacle('supersede', thread('agreement', 'agreed', parties), 'author')).toBeUndefined()
    expect(obstacle('revise', thread('agreement', 'superseded', parties), 'author')).toBe('superseded')
  })
})

describe('disputes', () => {
  test('are opened by the parties, one at a time', () => {
    expect(obstacle('openDispute', thread('question', 'asked'), 'addressee')).toBeUndefined()
    expect(obstacle('openDispute', thread('question', 'asked'), 'reader')).toBe('partiesOnly')
    expect(obstacle('openDispute', thread('question', 'asked', undefined, { dispute_state: 'opened' }), 'author')).toBe('disputed')
  })

  test('are ruled by the arbiter they were given to', () => {
    const arbitrated = thread('question', 'asked', undefined, { dispute_state: 'under_arbitration', disputes: [{ arbiter_id: 'arbiter', state: 'under_arbitration' }] })
    expect(obstacle('ruleDispute', arbitrated, 'arbiter')).toBeUndefined()
    expect(obstacle('ruleDispute', arbitrated, 'author')).toBe('arbiterOnly')
    expect(obstacle('ruleDispute', thread('question', 'asked', undefined, { dispute_state: 'opened' }), 'author')).toBe('noArbiter')
    expect(obstacle('appointArbiter', thread('question', 'asked'), 'author')).toBe('noDispute')
  })
})

test('only the author closes a thread', () => {
  expect(obstacle('close', thread('question', 'answered'), 'author')).toBeUndefined()
  expect(obstacle('close', thread('question', 'answered'), 'addressee')).toBe('authorOnly')
  expect(obstacle('close', thread('question', 'closed'), 'author')).toBe('closed')
})
