import { expect, test } from 'vitest'

import { decisionNode, linksOn, questionsOf, stanceOf, stanceOfPerson, type InfluenceMap } from './influence'

const link = (id: string, from: string, rest: object) => ({ id, from_person_id: from, kind: 'approves', state: 'hypothesis', strength: 3, attitude_to_us: 1, confidence: 50, evidence: {}, since: '2026-01-01', ...rest })

const map = {
  on: '2026-11-23',
  people: [
    { id: 'a', name: 'Абрамов', decision_roles: [], attitude_to_us: 2 },
    { id: 'b', name: 'Белов', decision_roles: [], attitude_to_us: 0 },
  ],
  topics: ['Обслуживание', 'Счёт'],
  decisions: ['Выбор исполнителя'],
  links: [link('1', 'a', { to_decision: 'Выбор исполнителя', topic: 'Обслуживание' }), link('2', 'a', { to_person_id: 'b' }), link('3', 'a', { to_person_id: 'b', topic: 'Счёт' })],
  unlinked: [],
  ways: [],
} as unknown as InfluenceMap

test('an attitude is a word', () => {
  expect([-2, -1, 0, 1, 2].map(stanceOf)).toEqual(['against', 'ratherAgainst', 'neutral', 'ratherFor', 'for'])
})

test('nobody knows the attitude of a person who influences nobody', () => {
  expect(stanceOfPerson(map, 'a')).toBe('for')
  expect(stanceOfPerson(map, 'b')).toBe('unknown')
})

test('a topic keeps its own links and those on every topic', () => {
  expect(linksOn(map, 'обслуживание').map((one) => one.id)).toEqual(['1', '2'])
  expect(linksOn(map, 'выбор исполнителя').map((one) => one.id)).toEqual(['1', '2'])
  expect(linksOn(map, 'счет').map((one) => one.id)).toEqual(['2', '3'])
  expect(linksOn(map, undefined)).toHaveLength(3)
})

test('one can ask about topics and decisions', () => {
  expect(questionsOf(map)).toEqual(['Выбор исполнителя', 'Обслуживание', 'Счёт'])
  expect(decisionNode(' Счёт ')).toBe(decisionNode('счет'))
})
