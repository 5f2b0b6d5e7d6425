import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

/** Writes down a call, as whoever answers the phone does. */
async function call(login, more = {}) {
  const api = await signedInTo(login)
  const subject = `Проверка связи ${Math.random().toString(36).slice(2, 8)}`
  const receipt = await api.post('/v1/messages', { channel: 'call', from_raw: '+7 900 555-01-02', subject, text: 'Просят перезвонить.', ...more })
  return { api, id: receipt.id, subject }
}

const step = async (page, name) => {
  const button = page.getByRole('button', { name, exact: true })
  if (await button.isVisible()) return button.click()
  await page.getByRole('button', { name: 'Действия с сообщением' }).click()
  await page.getByRole('menuitem', { name }).click()
}

const choose = async (page, label, typed) => {
  await page.getByRole('dialog').getByLabel(label).first().fill(typed)
  await page.getByRole('option', { name: typed }).first().click()
}

test('a message is handed to a colleague, with a note', inPage({ as: 'orlova' }, async (page) => {
  const { api, id, subject } = await call('orlova')
  await open(page, '/messages?state=registered')
  await page.getByRole('link', { name: new RegExp(subject) }).click()
  await page.getByRole('heading', { name: subject }).waitFor()
  await step(page, 'Передать коллеге')
  await choose(page, 'Кому', 'Соколов')
  await page.getByLabel('Пояснение коллеге').fill('Перезвоните до обеда.')
  await page.getByRole('dialog').getByRole('button', { name: 'Передать коллеге' }).click()
  await page.getByText('Сообщение передано').waitFor()
  const message = await api.get(`/v1/messages/${id}`)
  assert.equal(message.state, 'routed')
  const sokolov = await signedInTo('sokolov')
  await until(async () => (await sokolov.get('/v1/threads?kind=notice')).items.some((thread) => thread.subject.includes(subject) && thread.context_id === id))
}))

test('the sender of a message is linked to a client', inPage({ as: 'orlova' }, async (page) => {
  const { api, id } = await call('orlova')
  const name = `ООО «Абонент ${Math.random().toString(36).slice(2, 8)}»`
  const client = { name, ...(await api.post('/v1/counterparties', { kind: 'organisation', legal_name: name, responsible_employee_id: api.me.employee_id })) }
  await until(async () => (await api.get(`/v1/counterparties?q=${encodeURIComponent(name)}`)).items.length === 1, { what: 'the client can be found' })
  await open(page, `/messages/${id}`)
  await page.getByRole('note').getByRole('button', { name: 'Найти клиента' }).click()
  await choose(page, 'Клиент', client.name)
  await page.getByRole('dialog').getByRole('button', { name: 'Связать' }).click()
  await page.getByText('Отправитель определён').waitFor()
  await page.getByRole('region', { name: 'Сообщение' }).getByRole('link', { name: client.name }).waitFor()
  assert.equal((await api.get(`/v1/messages/${id}`)).counterparty_id, client.id)
}))

test('a message becomes an assignment and is closed with a link to it', inPage({ as: 'orlova' }, async (page) => {
  const { api, id, subject } = await call('sokolov')
  const me = (await signedInTo('orlova')).me.employee_id
  await api.post(`/v1/messages/${id}/route`, { addressee_id: me })
  await open(page, `/messages/${id}`)
  await step(page, 'Превратить в…')
  await choose(page, 'Кому поручить', 'Соколов')
  await page.getByLabel('Ожидаемый результат').fill('Клиенту перезвонили, время согласовано.')
  await page.getByRole('button', { name: 'Выдать задание' }).click()
  await page.getByText('Задание выдано, сообщение закрыто').waitFor()
  await page.getByRole('region', { name: 'Сообщение' }).getByRole('link', { name: 'задание' }).waitFor()
  const message = await api.get(`/v1/messages/${id}`)
  assert.equal(message.state, 'resolved')
  assert.equal(message.became_kind, 'assignment')
  assert.equal((await (await signedInTo('orlova')).get(`/v1/assignments/${message.became_id}`)).title, subject)
}))

test('what is missing is said at its field', inPage({ as: 'orlova', allow: [/status of 422/] }, async (page) => {
  await open(page, '/messages?new=1')
  await page.getByRole('button', { name: 'Записать', exact: true }).click()
  const sender = page.getByLabel('Номер, адрес или имя отправителя')
  await until(async () => (await sender.getAttribute('aria-invalid')) === 'true')
}))

test('a visit is written down and opens', inPage({ as: 'sokolov' }, async (page) => {
  await open(page, '/messages?new=1')
  await page.getByRole('dialog').getByLabel('Как поступило').click()
  await page.getByRole('option', { name: 'Личный визит' }).click()
  await page.getByLabel('Номер, адрес или имя отправителя').fill('Иван, сосед')
  await page.getByLabel('О чём').fill('Зашёл узнать о ремонте')
  await page.getByRole('button', { name: 'Записать', exact: true }).click()
  await page.getByText('Обращение записано').waitFor()
  await page.waitForURL(/\/messages\/[0-9a-f-]{36}/)
  await page.getByRole('heading', { name: 'Зашёл узнать о ремонте' }).waitFor()
}))

test('the text of a message is shown as it is, never run', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await call('orlova', { text: '<img src=x onerror="document.title=1"><b>жирный</b>' })
  await open(page, `/messages/${id}`)
  await page.getByRole('region', { name: 'Сообщение' }).getByText('<b>жирный</b>').waitFor()
  assert.equal(await page.locator('main img').count(), 0)
}))

test('the arrow keys go through the list', inPage({ as: 'orlova' }, async (page) => {
  await open(page, '/messages?all=1')
  const list = page.getByRole('navigation', { name: 'Список сообщений' })
  await list.getByRole('link').first().click()
  await page.waitForURL(/\/messages\/[0-9a-f-]{36}/)
  const first = page.url()
  await list.locator('[aria-current=page]:focus').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.waitForURL((address) => address.href !== first)
  await list.locator('[aria-current=page]:focus').waitFor()
  await page.keyboard.press('ArrowUp')
  await page.waitForURL(first)
}))

test('on a phone the list gives way to the message and comes back', inPage({ as: 'orlova', device: 'phone' }, async (page) => {
  await open(page, '/messages')
  await page.getByRole('navigation', { name: 'Список сообщений' }).getByRole('link').first().click()
  await page.getByRole('link', { name: 'К списку сообщений' }).click()
  await page.getByRole('navigation', { name: 'Список сообщений' }).waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen')
}))

test('what others may not do says why', inPage({ as: 'orlova' }, async (page) => {
  const gromov = await signedInTo('gromov')
  const { id } = await call('orlova', { addressee_id: gromov.me.employee_id })
  await open(page, `/messages/${id}`)
  await page.getByRole('button', { name: 'Действия с сообщением' }).click()
  await page.getByRole('menuitem', { name: /Принять к сведению/ }).getByText('только адресат').waitFor()
}))

for (const variant of [{ lang: 'ru', scheme: 'light' }, { lang: 'en', scheme: 'dark' }]) {
  test(`forms of messages are accessible (${variant.lang}, ${variant.scheme})`, inPage({ as: 'orlova', ...variant }, async (page) => {
    const { id } = await call('orlova')
    for (const query of ['?do=route', '?do=match', '?do=classify', '?do=become&as=negotiation']) {
      await open(page, `/messages/${id}${query}`)
      await page.getByRole('dialog').waitFor()
      await assertAccessible(page)
    }
  }))
}
