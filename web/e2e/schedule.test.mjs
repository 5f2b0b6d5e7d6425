// The work schedule and reminders.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inPage, logins, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

let count = 0
const unique = (text) => `${text} ${Date.now().toString(36)}${(count += 1)}`
const toast = (page, text) => page.getByText(text, { exact: true }).waitFor()
const dayIn = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

async function plannedLine(text, days = 1) {
  const api = await signedInTo(logins.employee)
  const client = (await api.get('/v1/counterparties?limit=1')).items[0]
  const { id } = await api.post('/v1/work-items', { text, counterparty_id: client.id, responsible_id: api.me.employee_id, due_date: dayIn(days) })
  const lines = async () => (await api.get('/v1/work-items?limit=500&from=' + dayIn(0))).items
  await until(async () => (await lines()).some((line) => line.id === id), { what: 'the line on the schedule' })
  return { id, api, line: async () => (await lines()).find((line) => line.id === id) }
}

const menuOf = (page, text) => page.getByRole('button', { name: `Действия: ${text}` })

test('a line is put on the schedule and stands under its day', inPage({ as: logins.employee }, async (page) => {
  const text = unique('Отвезти образцы')
  const api = await signedInTo(logins.employee)
  const client = (await api.get('/v1/counterparties?limit=1')).items[0]
  await open(page, `/schedule?new=1&counterparty=${client.id}&counterparty_name=${encodeURIComponent(client.name)}&day=${dayIn(7)}`)
  const form = page.getByRole('dialog', { name: 'Новая работа' })
  await form.getByLabel('Что сделать').fill(text)
  await form.getByRole('button', { name: 'Запланировать' }).click()
  await toast(page, 'Работа запланирована')
  await open(page, `/schedule?date=${dayIn(7)}`)
  const day = page.getByRole('region').filter({ has: page.locator(`#day-${dayIn(7)}`) })
  await day.getByRole('button', { name: text, exact: true }).waitFor()
}))

test('a line is moved to another day with the reason', inPage({ as: logins.employee }, async (page) => {
  const text = unique('Показать каталог')
  const it = await plannedLine(text)
  await open(page, '/schedule?view=list&responsible=me')
  await menuOf(page, text).click()
  await page.getByRole('menuitem', { name: 'Перенести' }).click()
  const form = page.getByRole('dialog', { name: 'Перенести' })
  await form.getByLabel('Новый день').fill(dayIn(5))
  await form.getByLabel('Почему переносите').fill('Клиент в отпуске')
  await form.getByRole('button', { name: 'Перенести' }).click()
  await toast(page, 'Работа перенесена')
  await until(async () => (await it.line())?.due_date === dayIn(5), { what: 'the new day' })
  await page.getByRole('button', { name: text, exact: true }).click()
  await page.getByRole('dialog', { name: 'Работа по графику' }).getByText('Клиент в отпуске').waitFor()
}))

test('a line is finished with its result', inPage({ as: logins.employee }, async (page) => {
  const text = unique('Забрать акты')
  const it = await plannedLine(text)
  await open(page, '/schedule?view=list&responsible=me')
  await menuOf(page, text).click()
  await page.getByRole('menuitem', { name: 'Отметить выполненной' }).click()
  await page.getByLabel('Что получилось').fill('Акты подписаны')
  await page.getByRole('button', { name: 'Выполнена', exact: true }).click()
  await toast(page, 'Работа выполнена')
  await until(async () => (await it.line())?.state === 'done', { what: 'the result' })
}))

test("somebody else's line says why it cannot be changed", inPage({ as: logins.reviewer }, async (page) => {
  const text = unique('Уточнить адрес')
  const { api } = await plannedLine(text)
  await open(page, `/schedule?view=list&responsible=${api.me.employee_id}`)
  await menuOf(page, text).click()
  const finish = page.getByRole('menuitem', { name: /Отметить выполненной/ })
  assert.match(await finish.innerText(), /ответственный за работу/)
}))

test('only heads have the summary', inPage({ as: logins.employee }, async (page) => {
  await open(page, '/schedule')
  await page.getByText('Список', { exact: true }).waitFor()
  assert.equal(await page.getByText('Сводка', { exact: true }).count(), 0)
}))

test('a reminder is set and waits among those ahead', inPage({ as: logins.employee }, async (page) => {
  const text = unique('Позвонить в бухгалтерию')
  await open(page, '/reminders')
  await page.getByRole('button', { name: 'Поставить напоминание' }).first().click()
  const form = page.getByRole('dialog', { name: 'Новое напоминание' })
  await form.getByLabel('О чём напомнить').fill(text)
  await form.getByRole('button', { name: 'Поставить', exact: true }).click()
  await toast(page, 'Напоминание поставлено')
  await page.getByRole('tab', { name: 'Впереди' }).click()
  await page.getByText(text).waitFor()
  await menuOf(page, text).click()
  await page.getByRole('menuitem', { name: 'Отменить' }).click()
  await toast(page, 'Напоминание отменено')
  await page.getByText(text).waitFor({ state: 'detached' })
}))

/** A reminder whose time has come. */
async function firedReminder(text) {
  const api = await signedInTo(logins.employee)
  const { id } = await api.post('/v1/reminders', { text, fire_at: new Date(Date.now() + 1000).toISOString() })
  const waiting = async () => (await api.get('/v1/reminders?view=waiting&limit=500')).items
  await until(async () => (await waiting()).some((one) => one.id === id), { within: 30_000, what: 'the reminder to fire' })
  return { id, waiting }
}

test('a reminder that has fired is put off, and then ended', inPage({ as: logins.employee }, async (page) => {
  const text = unique('Перезвонить клиенту')
  const { id, waiting } = await firedReminder(text)
  await open(page, '/reminders')
  await page.getByRole('button', { name: `Отложить: ${text}` }).click()
  const form = page.getByRole('dialog', { name: 'Отложить' })
  await form.getByRole('button', { name: 'на 3 часа' }).click()
  await form.getByRole('button', { name: 'Отложить', exact: true }).click()
  await toast(page, 'Напоминание отложено')
  await until(async () => !(await waiting()).some((one) => one.id === id && one.state === 'fired'), { what: 'the snooze' })

  await page.getByRole('tab', { name: 'Впереди' }).click()
  await menuOf(page, text).click()
  await page.getByRole('menuitem', { name: 'Прекратить' }).click()
  await toast(page, 'Больше не напомнит')
  await page.getByText(text).waitFor({ state: 'detached' })
}))

test('a reminder set from an assignment is linked to it', inPage({ as: logins.manager }, async (page) => {
  const api = await signedInTo(logins.manager)
  const of = (await api.get('/v1/assignments?open=true&limit=1')).items[0]
  await open(page, `/assignments/${of.id}`)
  await page.getByRole('button', { name: 'Другие действия' }).click()
  await page.getByRole('menuitem', { name: 'Поставить напоминание' }).click()
  const form = page.getByRole('dialog', { name: 'Новое напоминание' })
  await form.getByRole('link', { name: of.title }).waitFor()
  const text = unique('Спросить, как идёт')
  await form.getByLabel('О чём напомнить').fill(text)
  await form.getByRole('button', { name: 'Поставить', exact: true }).click()
  await toast(page, 'Напоминание поставлено')
}))
