import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, logins, open, ownServer, signedInTo } from './kit/test.mjs'

ownServer()

/** A client whose card the employee has opened. */
async function openedClient() {
  const sokolov = await signedInTo(logins.employee)
  const { items } = await sokolov.get('/v1/counterparties?limit=1')
  await sokolov.get(`/v1/counterparties/${items[0].id}`)
  return { client: items[0], sokolov }
}

const opened = (page) => page.getByRole('row').filter({ hasText: 'Открыта карточка клиента' }).filter({ hasText: 'Соколов' }).first()

test('a reviewer learns on the card who looked at the client', inPage({ as: logins.reviewer }, async (page) => {
  const { client } = await openedClient()
  await open(page, `/clients/${client.id}`)
  await page.getByRole('tab', { name: 'Кто смотрел' }).click()
  await page.waitForURL(/tab=looked/)
  await opened(page).waitFor()
  await assertAccessible(page)
}))

test('on a phone entries are cards', inPage({ as: logins.reviewer, device: 'phone' }, async (page) => {
  const { client } = await openedClient()
  await open(page, `/clients/${client.id}?tab=looked`)
  await opened(page).waitFor()
  for (const path of [undefined, '/admin?tab=access', '/admin?tab=access&view=report']) {
    if (path) await open(page, path)
    await page.getByRole('row').filter({ hasText: 'Соколов' }).first().waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path ?? 'the card'} is wider than the screen`)
  }
}))

test('an employee learns of their own readings only', inPage({ as: logins.employee }, async (page) => {
  const { client, sokolov } = await openedClient()
  const zimina = await signedInTo(logins.reviewer)
  await zimina.get(`/v1/counterparties/${client.id}`)
  await open(page, `/clients/${client.id}?tab=looked`)
  await opened(page).waitFor()
  assert.equal(await page.getByRole('row').filter({ hasText: 'Зимина' }).count(), 0)
  const { items } = await sokolov.get('/v1/access-log?limit=500')
  assert.ok(items.length > 0 && items.every((item) => item.employee_id === sokolov.me.employee_id))
}))

test('from an employee to what they look at, narrowed by what it was', inPage({ as: logins.reviewer }, async (page) => {
  const { sokolov } = await openedClient()
  await sokolov.get('/v1/threads')
  await open(page, `/employees/${sokolov.me.employee_id}`)
  await page.getByRole('button', { name: 'Другие действия' }).click()
  await page.getByRole('menuitem', { name: 'Что смотрел' }).click()
  await page.waitForURL(/tab=access/)
  await opened(page).waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: /^Отбор/ }).click()
  await page.getByRole('combobox', { name: 'Что смотрели' }).click()
  await page.getByRole('option', { name: 'внутренняя переписка' }).click()
  await page.waitForURL(/resource=correspondence/)
  await page.getByRole('row').filter({ hasText: 'Просмотрена внутренняя переписка списком' }).first().waitFor()
  await opened(page).waitFor({ state: 'hidden' })
}))

test('the report by day leads to the readings that it counts', inPage({ as: logins.reviewer }, async (page) => {
  await openedClient()
  await open(page, '/admin?tab=access&view=report')
  const day = page.getByRole('row').filter({ hasText: 'Соколов' }).first()
  await day.waitFor()
  await assertAccessible(page)
  await day.getByRole('button', { name: /показать просмотры/ }).click()
  await page.waitForURL((url) => url.searchParams.has('from') && !url.searchParams.has('view'))
  await opened(page).waitFor()
}))
