import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer() // clients are registered and changed

const suffix = () => randomUUID().slice(0, 8)

/** A client of the test's own, so that it can run again and beside others. */
async function newClient(name = `ООО «Проба ${suffix()}»`) {
  const api = await signedInTo('orlova')
  const receipt = await api.post('/v1/counterparties', { kind: 'organisation', legal_name: name, short_name: name, roles: ['customer'], segment: 'Опт' })
  const id = receipt.id
  await until(() => api.get(`/v1/counterparties/${id}`).then(() => true, () => false), { what: 'the new client can be read' })
  return { api, id, name }
}

async function newPerson(api, client, last_name) {
  const receipt = await api.post('/v1/contact-persons', { counterparty_id: client, last_name, first_name: 'Пётр', position: 'Директор' })
  await until(async () => (await api.get(`/v1/counterparties/${client}`)).people.some((one) => one.id === receipt.id), { what: 'the person is on the card' })
  return receipt.id
}

/** A client of the demo company whose history has something of many kinds. */
async function busyClient() {
  const api = await signedInTo('orlova')
  const { items } = await api.get('/v1/negotiations?limit=500')
  for (const { counterparty_id } of items) {
    const history = await api.get(`/v1/counterparties/${counterparty_id}/history?limit=200`)
    if (history.items.some(({ kind }) => kind === 'message') && history.items.some(({ kind }) => kind === 'assignment')) return counterparty_id
  }
  throw new Error('no client of the demo company has a history with messages and assignments')
}

const changeMenu = (page) => page.getByRole('button', { name: 'Изменить', exact: true })

async function choose(page, command) {
  await changeMenu(page).click()
  await page.getByRole('menuitem', { name: command }).click()
}

test('the card shows how things stood, read-only, and leads back to today', inPage({ as: 'orlova' }, async (page) => {
  const { api, id, name } = await newClient()
  await until(() => Date.now() % 1000 < 500, { every: 20 })
  const before = new Date().toISOString()
  await api.post(`/v1/counterparties/${id}/change`, { segment: 'Розница' })

  await open(page, `/clients/${id}`)
  await page.getByText('Розница').first().waitFor()
  await open(page, `/clients/${id}?as_of=${encodeURIComponent(before)}`)
  await page.getByTestId('as-of-banner').waitFor()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.getByText('Опт', { exact: true }).waitFor()
  assert.equal(await page.getByText('Розница').count(), 0, 'neither the card nor the history knows what came later')
  assert.ok(await changeMenu(page).isDisabled())
  assert.equal(await page.getByRole('button', { name: 'Записать обращение' }).count(), 0)

  await page.getByRole('tab', { name: 'Люди и влияние' }).click()
  await page.getByText('Этот список показывает сегодняшнее состояние').waitFor()
  assert.ok(await page.getByRole('button', { name: 'Добавить контактное лицо' }).isDisabled())
  await page.getByRole('tab', { name: 'История' }).click()

  await page.getByTestId('as-of-banner').getByRole('button', { name: 'Вернуться в сегодня' }).click()
  await page.getByText('Розница').first().waitFor()
  assert.ok(await changeMenu(page).isEnabled())
}))

test('an event of the history leads to its moment', inPage({ as: 'orlova' }, async (page) => {
  const { api, id } = await newClient()
  await api.post(`/v1/counterparties/${id}/change`, { segment: 'Розница' })
  await open(page, `/clients/${id}`)
  const registered = page.getByRole('article').filter({ hasText: 'внесён в базу' })
  await registered.getByRole('button', { name: /Показать, как было на/ }).click()
  await page.getByTestId('as-of-banner').waitFor()
  await page.getByText('Опт', { exact: true }).waitFor()
  assert.match(page.url(), /as_of=/)
}))

test('a correction stands beside what it replaced', inPage({ as: 'orlova' }, async (page) => {
  const { api, id } = await newClient()
  await api.post(`/v1/counterparties/${id}/change`, { segment: 'Розница' })
  await open(page, `/clients/${id}`)
  await page.getByRole('feed').locator('del', { hasText: 'Опт' }).waitFor()
  await page.getByRole('feed').locator('ins', { hasText: 'Розница' }).waitFor()
}))

test('the history is filtered by kind and by words, in the address', inPage({ as: 'orlova' }, async (page) => {
  const id = await busyClient()
  await open(page, `/clients/${id}`)
  await page.getByRole('group', { name: 'Что показывать' }).getByText('Задания', { exact: true }).click()
  await page.waitForURL(/kind=assignment/)
  await page.locator('[role=feed] [data-kind=assignment]').first().waitFor()
  await until(async () => (await page.locator('[role=feed] [data-kind]:not([data-kind=assignment])').count()) === 0, { what: 'only assignments are shown' })

  await page.getByRole('searchbox', { name: 'Поиск в истории' }).fill('такихсловнетвистории')
  await page.getByText('Ничего не нашлось').waitFor()
  await page.getByRole('button', { name: 'Показать всё' }).click()
  await page.locator('[role=feed] [data-kind=message]').first().waitFor()
  assert.doesNotMatch(page.url(), /kind=|q=/)
}))

test('a contact person is registered from the card', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await newClient()
  const last = `Тестов${suffix()}`
  await open(page, `/clients/${id}?tab=people`)
  await page.getByRole('button', { name: 'Добавить контактное лицо' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Фамилия').fill(last)
  await form.getByLabel('Имя', { exact: true }).fill('Иван')
  await form.getByLabel('Должность').fill('Главный инженер')
  await form.getByLabel('Номер').fill('+7 900 123-45-67')
  await form.getByRole('button', { name: 'Добавить', exact: true }).click()
  await page.getByText('Контактное лицо добавлено').waitFor()
  const row = page.getByRole('table', { name: 'Контактные лица' }).getByRole('row').filter({ hasText: last })
  await row.getByText('Главный инженер').waitFor()
  assert.match(await row.getByRole('link', { name: '+7 900 123-45-67' }).getAttribute('href'), /^tel:\+?7?9001234567|^tel:\+79001234567/)

  await row.getByRole('link', { name: new RegExp(last) }).click()
  await page.getByRole('heading', { level: 1, name: `${last} Иван` }).waitFor()
}))

test('a supposed influence stands in the table and in the drawing', inPage({ as: 'orlova' }, async (page) => {
  const { api, id } = await newClient()
  const last = `Влиятельнов${suffix()}`
  await newPerson(api, id, last)
  await open(page, `/clients/${id}?tab=people&view=table`)
  await page.getByRole('button', { name: 'Предположить влияние' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('combobox', { name: 'Кто влияет' }).click()
  await page.getByRole('option', { name: new RegExp(last) }).click()
  await form.getByLabel('На какое решение').fill('Выбор поставщика')
  await form.getByText('за нас', { exact: true }).click()
  await form.getByLabel('На чём основано').fill('Сам сказал на встрече')
  await form.getByRole('button', { name: 'Предположить влияние' }).click()
  await page.getByText('Предположение записано').waitFor()

  const row = page.getByRole('table', { name: 'Карта влияния' }).getByRole('row').filter({ hasText: last })
  await row.getByText('решение: Выбор поставщика').waitFor()
  await row.getByText('за нас').waitFor()
  await row.getByText('предполагается').waitFor()
  await row.getByRole('button', { name: /Действия со связью/ }).click()
  await page.getByRole('menuitem', { name: 'Подтвердить влияние' }).click()
  await page.getByRole('dialog').getByLabel('На чём основано').fill('Показал приказ')
  await page.getByRole('dialog').getByRole('button', { name: 'Подтвердить влияние' }).click()
  await row.getByText('подтверждено').waitFor()

  await page.getByText('Схема', { exact: true }).click()
  await page.getByRole('group', { name: /Карта влияния, схема/ }).getByText('Выбор поставщика').waitFor()
  await assertAccessible(page)
}))

test('a change that meets another keeps its words, shows the difference and is sent on top', inPage({ as: 'orlova', allow: [/status of 409/, /status of 412/] }, async (page) => {
  const { api, id } = await newClient()
  await open(page, `/clients/${id}`)
  await choose(page, 'Изменить сведения')
  const form = page.getByRole('dialog')
  await form.getByLabel('Комментарий').fill('Любит точность')
  const other = await signedInTo('volkova')
  await other.post(`/v1/counterparties/${id}/change`, { segment: 'Розница' })

  await form.getByRole('button', { name: 'Сохранить' }).click()
  const conflict = page.getByTestId('conflict')
  await conflict.getByText('Розница').waitFor()
  assert.equal(await form.getByLabel('Комментарий').inputValue(), 'Любит точность')
  await conflict.getByRole('button', { name: 'Учесть и отправить моё поверх' }).click()
  await form.getByRole('button', { name: 'Сохранить' }).click()
  await page.getByText('Сведения изменены').first().waitFor()

  const { record } = await api.get(`/v1/counterparties/${id}`)
  assert.equal(record.comment, 'Любит точность')
  assert.equal(record.segment, 'Розница', 'what the other one did stays')
}))

test('contacts are shown once their purpose is said', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await newClient()
  await open(page, `/clients/${id}`)
  await page.getByRole('button', { name: 'Другие действия' }).click()
  await page.getByRole('menuitem', { name: 'Все контакты' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Просмотр контактов записывается').waitFor()
  assert.ok(await drawer.getByRole('button', { name: 'Показать контакты' }).isDisabled())
  await drawer.getByText('Договориться о встрече').click()
  await drawer.getByRole('button', { name: 'Показать контакты' }).click()
  await drawer.getByText('Контакты организации').waitFor()
}))

test('a new record begins with the client filled in', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await newClient()
  await open(page, `/clients/${id}`)
  await page.getByRole('button', { name: 'Записать обращение' }).first().click()
  await page.waitForURL((url) => url.pathname === '/messages' && url.searchParams.get('new') === '1' && url.searchParams.get('counterparty') === id)
}))

test('a relationship is closed with a reason and taken up again', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await newClient()
  await open(page, `/clients/${id}`)
  await choose(page, 'Закрыть отношения')
  await page.getByRole('dialog').getByLabel('Причина').fill('Переехали')
  await page.getByRole('dialog').getByRole('button', { name: 'Закрыть отношения' }).click()
  await page.getByRole('button', { name: 'Возобновить отношения' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Возобновить' }).click()
  await page.getByText('Отношения возобновлены').waitFor()
}))
