import { expect, test } from 'vitest'

import { branches, mayLieIn } from './departments-logic'

const all = [
  { id: '1', name: 'Компания', active: true },
  { id: '2', name: 'Сервис', parent_id: '1', active: true },
  { id: '3', name: 'Продажи', parent_id: '1', active: true },
  { id: '4', name: 'Выезды', parent_id: '2', active: true },
]

test('a flat list becomes a tree, by name', () => {
  const [root] = branches(all)
  expect(root?.inside.map((branch) => branch.node.name)).toEqual(['Продажи', 'Сервис'])
  expect(root?.inside[1]?.inside[0]?.node.name).toBe('Выезды')
})

test('what lies in a department that is hidden is not lost', () => {
  expect(branches(all.filter((node) => node.id !== '2')).map((branch) => branch.node.id)).toEqual(['4', '1'])
})

test('a department may not lie in itself nor in what lies in it', () => {
  expect(mayLieIn(all, all[1] as (typeof all)[0]).map((node) => node.id)).toEqual(['1', '3'])
})
