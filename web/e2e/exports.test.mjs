import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, signedInTo } from './kit/test.mjs'

/** Takes the list on the screen away, as people do, and gives the file's name and bytes. */
async function taken(page, form) {
  await page.getByRole('button', { name: 'Выгрузить' }).click()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: form }).click()])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

const linesOf = (bytes) => bytes.toString('utf8').trimEnd().split('\r\n')

test('the list of clients is taken away as it is filtered', inPage({ as: 'orlova' }, async (page) => {
  const api = await signedInTo('orlova')
  const { items } = await api.get('/v1/counterparties?sort=newest&limit=500&key_accounts=true')
  await open(page, '/clients?sort=newest&key=1')
  const words = items.length === 1 ? 'Выгружена 1 строка' : new RegExp(`^Выгружен[оы] ${items.length} строк`)
  // The word of it is there for a few seconds only: it is waited for from before the press on.
  const [{ name, bytes }] = await Promise.all([taken(page, 'Текст с разделителями'), page.getByText(words).waitFor()])
  assert.match(name, /^counterparties-\d{4}-\d{2}-\d{2}\.csv$/)
  const [header, ...rows] = linesOf(bytes)
  assert.ok(header.startsWith('\ufeffнаименование;вид;состояние;'))
  assert.ok(items.length > 0)
  assert.deepEqual(rows.map((row) => row.split(';').at(-1)), items.map(({ id }) => id))
}))

test('every list has its workbook, the history of a client too', inPage({ as: 'orlova' }, async (page) => {
  const api = await signedInTo('orlova')
  const [client] = (await api.get('/v1/counterparties?limit=1')).items
  for (const [path, name] of [
    ['/assignments', 'assignments'],
    ['/negotiations', 'negotiations'],
    ['/messages', 'messages'],
    [`/clients/${client.id}`, 'counterparty-history'],
  ]) {
    await open(page, path)
    const file = await taken(page, 'Книга Excel')
    assert.match(file.name, new RegExp(`^${name}-\\d{4}-\\d{2}-\\d{2}\\.xlsx$`))
    assert.equal(file.bytes.subarray(0, 4).toString('latin1'), 'PK\u0003\u0004')
  }
  await assertAccessible(page)
}))
