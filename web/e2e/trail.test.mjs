import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, logins, open, ownServer, screenReady, signedInTo, until } from './kit/test.mjs'

ownServer()

/** A client of this test alone: registered, renamed and put under a segment. */
async function changedClient() {
  const orlova = await signedInTo(logins.manager)
  const name = `ООО «Перемена ${Date.now()}»`
  const { id } = await orlova.post('/v1/counterparties', { kind: 'organisation', legal_name: name, since: '2026-01-15', responsible_employee_id: orlova.me.employee_id })
  await orlova.post(`/v1/counterparties/${id}/change`, { legal_name: `${name}, новое имя` })
  await orlova.post(`/v1/counterparties/${id}/change`, { segment: 'Крупный бизнес' })
  return { id, name, orlova }
}

const step = (page, number) => page.getByRole('listitem', { name: `Шаг ${number}`, exact: true })

test('the trail tells who changed what, from what to what', inPage({ as: logins.manager }, async (page) => {
  const { id, name } = await changedClient()
  await open(page, `/trail/counterparty/${id}`)
  await page.getByRole('heading', { level: 1, name: new RegExp(`Кто и что менял: ${name}`) }).waitFor()
  const renamed = step(page, 2)
  await renamed.getByText('Орлова Марина Сергеевна').first().waitFor()
  assert.equal(await renamed.getByRole('deletion').innerText(), name)
  assert.equal(await renamed.getByRole('insertion').innerText(), `${name}, новое имя`)
  assert.match(await renamed.innerText(), /полное наименование/)
  await step(page, 1).getByRole('link', { name: 'Орлова Марина Сергеевна' }).first().waitFor()
  assert.doesNotMatch(await page.locator('main').innerText(), /[0-9a-f]{8}-[0-9a-f]{4}-/, 'ids are shown as names')
}))

test('a step leads to the record as it was then, and back', inPage({ as: logins.manager }, async (page) => {
  const { id } = await changedClient()
  await open(page, `/trail/counterparty/${id}`)
  await page.getByRole('button', { name: 'Показать, как было в этот момент: Шаг 1', exact: true }).click()
  await page.waitForURL((url) => url.pathname === `/clients/${id}` && url.searchParams.has('as_of'))
  await page.getByTestId('as-of-banner').waitFor()
  await open(page, `/trail/counterparty/${id}${new URL(page.url()).search}`)
  await step(page, 1).waitFor()
  assert.equal(await step(page, 2).count(), 0, 'the trail ends at the past instant')
  await page.getByRole('heading', { name: 'Как запись выглядела в этот момент' }).waitFor()
}))

test('filters by field and person stand in the address; a step has a link of its own', inPage({ as: logins.manager }, async (page) => {
  const { id } = await changedClient()
  await open(page, `/trail/counterparty/${id}`)
  await page.getByRole('combobox', { name: 'Что менялось' }).click()
  await page.getByRole('option', { name: 'сегмент' }).click()
  await step(page, 3).waitFor()
  await until(async () => (await step(page, 2).count()) === 0)
  assert.equal(new URL(page.url()).searchParams.get('field'), 'record.segment')
  await open(page, `/trail/counterparty/${id}?step=2`)
  assert.equal(await step(page, 2).getAttribute('data-chosen'), 'true')
}))

test('two moments are compared', inPage({ as: logins.manager }, async (page) => {
  const { id, name } = await changedClient()
  await open(page, `/trail/counterparty/${id}`)
  await page.getByRole('button', { name: 'Сравнить два момента' }).click()
  const compared = page.getByTestId('compare')
  await compared.getByText('Крупный бизнес').waitFor()
  await compared.getByText(`${name}, новое имя`).waitFor()
  await open(page, `/trail/counterparty/${id}?compare=2,3`)
  await compared.getByText('Крупный бизнес').waitFor()
  assert.equal(await compared.getByRole('deletion').count(), 0, 'the name did not change between these two')
  await assertAccessible(page)
}))

test('a change made elsewhere appears in the open trail', inPage({ as: logins.manager }, async (page) => {
  const { id, orlova } = await changedClient()
  await open(page, `/trail/counterparty/${id}`)
  await step(page, 3).waitFor()
  await orlova.post(`/v1/counterparties/${id}/change`, { region: 'Урал' })
  await step(page, 4).getByText('Урал').waitFor()
}))

test('the log of events is filtered by the address, and leads to the trail', inPage({ as: logins.manager }, async (page) => {
  const { id, name } = await changedClient()
  await open(page, `/events?kind=counterparty&record=${id}`)
  const feed = page.getByRole('feed', { name: 'События' })
  await until(async () => (await feed.getByRole('article').count()) === 3)
  await page.getByText(`Запись: ${name}`).waitFor()
  await feed.getByRole('link', { name: 'Кто и что менял' }).first().click()
  await page.waitForURL((url) => url.pathname === `/trail/counterparty/${id}` && url.searchParams.get('step') === '3')
  await screenReady(page)
}))

test('the log shows the events behind a number of a report, and grows by itself', inPage({ as: logins.manager }, async (page) => {
  const { id, orlova } = await changedClient()
  const { items } = await orlova.get(`/v1/events?record=${id}`)
  await open(page, `/events?id=${items[0].event_id},${items[1].event_id}`)
  await page.getByText('2 события, из которых сложилось число отчёта').waitFor()
  await open(page, `/events?actor=${orlova.me.employee_id}`)
  const { name } = await changedClient()
  await page.getByRole('feed').getByText(name).first().waitFor()
}))
