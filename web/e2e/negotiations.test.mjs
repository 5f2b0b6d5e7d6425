import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, logins, open, ownServer, signIn, signedInTo, until } from './kit/test.mjs'

ownServer()

const hour = 3_600_000
const ago = (hours) => new Date(Date.now() - hours * hour).toISOString()

/** A client of Sokolov's on whose card there is somebody to talk with. */
async function someClient(api) {
  const { items } = await api.get(`/v1/negotiations?participant=${api.me.employee_id}&state=recorded&limit=50`)
  for (const { counterparty_id: id, counterparty_name: name } of items) {
    const people = await api.get(`/v1/contact-persons?client=${id}`)
    if (people.items.length > 0) return { id, name, person: people.items[0] }
  }
  throw new Error('nobody to negotiate with')
}

/** A negotiation that was held and waits for its record. */
async function heldNegotiation(api, client, topic) {
  const id = randomUUID()
  await api.post(`/v1/negotiations/${id}/hold`, {
    counterparty_id: client.id, topic, channel: 'meeting', our_participant_ids: [api.me.employee_id], held_from: ago(3), held_to: ago(2),
  })
  return id
}

const recordOf = (api, client, topic) => ({
  topic, stage: 'bargaining', our_participant_ids: [api.me.employee_id], their_participants: [{ person_id: client.person.id, name: client.person.full_name }],
  summary: 'Обсудили условия.',
  commitments: [{ by: 'us', kind: 'other', topic: `Образцы, ${topic}`, text: 'Привезём образцы' }],
  next_steps: [{ what: 'Собрать образцы', who_id: api.me.employee_id, when: new Date(Date.now() + 48 * hour).toISOString().slice(0, 10) }],
})

async function recordedNegotiation(api, client, topic) {
  const id = await heldNegotiation(api, client, topic)
  await api.post(`/v1/negotiations/${id}/record`, recordOf(api, client, topic))
  return id
}

const drawer = (page) => page.getByRole('dialog')
const press = (within, name) => within.getByRole('button', { name, exact: true }).click()

async function choose(page, label, option) {
  await drawer(page).getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).first().click()
}

/** An action from the page's menu, or its primary button if it is that. */
async function act(page, name) {
  const button = page.getByRole('main').getByRole('button', { name, exact: true })
  if (await button.count()) return button.click()
  await page.getByRole('button', { name: 'Другие действия' }).first().click()
  await page.getByRole('menuitem', { name }).click()
}

/** Takes a record for review; from then on the verdicts stand beside it. */
async function claim(page) {
  await act(page, 'Взять на проверку')
  await page.getByRole('main').getByRole('button', { name: 'Вернуть в очередь' }).waitFor()
}

async function fillRecord(page, { client, summary, discount, subject }) {
  await choose(page, 'Со стороны клиента', client.person.full_name)
  await drawer(page).getByLabel('К чему пришли').fill(summary)
  await press(drawer(page), 'Мы пообещали')
  await choose(page, 'Вид', 'скидка')
  await drawer(page).getByLabel('О чём', { exact: false }).fill(subject)
  await drawer(page).getByLabel('Что обещано').fill(`Скидка ${discount} %`)
  await drawer(page).getByLabel('Процент').fill(String(discount))
  await drawer(page).getByLabel('Следующих шагов нет').check()
}

test('a negotiation is planned, held and recorded with a commitment', inPage({ as: logins.employee }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const topic = `Расширение поставок ${Date.now()}`
  await open(page, `/negotiations?new=1&counterparty=${client.id}`)
  await drawer(page).getByLabel('Тема').fill(topic)
  await press(drawer(page), 'Запланировать')
  await page.getByRole('heading', { level: 1, name: topic }).waitFor()
  await page.getByText('Переговоры ещё впереди').waitFor()

  await act(page, 'Отметить проведёнными')
  await press(drawer(page), 'Переговоры прошли')
  await page.getByText('Итог ещё не записан').waitFor()

  await act(page, 'Записать итог')
  await fillRecord(page, { client, summary: 'Клиент готов брать больше.', discount: 3, subject: `Скидка, ${topic}` })
  await press(drawer(page), 'Сохранить запись')
  await page.getByRole('main').getByText('Клиент готов брать больше.').waitFor()
  await page.getByText(`Скидка, ${topic}`).waitFor()
  const { items } = await api.get(`/v1/negotiations?text=${encodeURIComponent(topic)}`)
  assert.equal(items[0].state, 'recorded')
}))

test('what the server finds wrong with a record stands at its fields', inPage({ as: logins.employee, allow: [/status of 422/] }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const id = await heldNegotiation(api, client, `Неполная запись ${Date.now()}`)
  await open(page, `/negotiations/${id}`)
  await act(page, 'Записать итог')
  await choose(page, 'Со стороны клиента', client.person.full_name)
  await drawer(page).getByLabel('К чему пришли').fill('Поговорили.')
  await press(drawer(page), 'Мы пообещали')
  await choose(page, 'Вид', 'скидка')
  await drawer(page).getByLabel('О чём').fill('Скидка')
  await drawer(page).getByLabel('Что обещано').fill('Сделаем дешевле')
  await press(drawer(page), 'Сохранить запись')
  await drawer(page).getByText('Перечислите или подтвердите, что ничего нет').waitFor()
  await drawer(page).getByText('Заполните это поле').first().waitFor()
}))

test('the review stops a negotiation, its author corrects it, and it is approved', inPage({ as: logins.employee }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const topic = `Условия скидки ${Date.now()}`
  const id = await heldNegotiation(api, client, topic)

  await open(page, `/negotiations/${id}`)
  await act(page, 'Записать итог')
  await fillRecord(page, { client, summary: 'Гарантируем поставку в любой срок.', discount: 25, subject: `Скидка, ${topic}` })
  await press(drawer(page), 'Сохранить запись')
  await page.getByText('Больше, чем разрешено автору: обещано 25 %, предел 10 %').first().waitFor({ timeout: 20_000 })
  await page.locator('mark', { hasText: 'Гарантируем' }).waitFor()

  await signIn(page, logins.reviewer)
  await open(page, '/review')
  await page.getByRole('navigation', { name: 'Очередь на проверку' }).getByRole('link', { name: topic }).click()
  await page.waitForURL(`**/review/${id}`)
  await page.getByRole('article', { name: topic }).locator('mark', { hasText: '25 %' }).first().waitFor()
  await claim(page)
  await act(page, 'Остановить')
  await drawer(page).getByLabel('Что не так').fill('Скидка выше полномочий, гарантия без юриста.')
  await drawer(page).getByLabel('Что сделать автору').fill('Уменьшите скидку до 5 % и уберите гарантию.')
  await press(drawer(page), 'Остановить')
  await page.getByText('Переговоры остановлены', { exact: true }).waitFor()

  await signIn(page, logins.employee)
  await open(page, '/')
  const section = page.getByRole('region', { name: 'Переговоры и график работ' })
  const all = section.getByRole('button', { name: /Показать все/ })
  if (await all.count()) await all.click()
  await section.getByRole('listitem').filter({ hasText: topic }).getByText('остановлены контролем').waitFor()
  await section.getByRole('link', { name: topic }).click()
  await page.getByRole('alert').getByText('Уменьшите скидку до 5 % и уберите гарантию.').waitFor()
  await act(page, 'Исправить запись')
  await drawer(page).getByLabel('Почему исправляете').fill('По указанию проверяющего')
  await drawer(page).getByLabel('К чему пришли').fill('Поставим в обычный срок.')
  await drawer(page).getByLabel('Что обещано').fill('Скидка 5 %')
  await drawer(page).getByLabel('Процент').fill('5')
  await press(drawer(page), 'Исправить запись')
  await page.getByText('исправлено, ждёт повторной проверки').waitFor({ timeout: 20_000 })

  await signIn(page, logins.reviewer)
  await open(page, `/review/${id}`)
  await page.locator('del', { hasText: 'Гарантируем' }).waitFor()
  await page.locator('ins', { hasText: 'Поставим' }).waitFor()
  await page.locator('del', { hasText: '25' }).first().waitFor()
  await claim(page)
  await act(page, 'Одобрить')
  await press(drawer(page), 'Одобрить')
  await page.getByText('Эта запись проверки не ждёт.').waitFor()
  const after = await api.get(`/v1/negotiations/${id}`)
  assert.equal(after.review, 'approved')
  assert.equal(after.blocked, false)
  assert.equal(after.commitments[0].state, 'open')
}))

test('a hit that forbids approval is dismissed with a reason, and marks are given', inPage({ as: logins.reviewer }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const topic = `Согласованная скидка ${Date.now()}`
  const id = await heldNegotiation(api, client, topic)
  const commitments = [{ by: 'us', kind: 'discount', topic: `Скидка, ${topic}`, text: 'Скидка 20 %', value: { basis_points: 2000 } }]
  await api.post(`/v1/negotiations/${id}/record`, { ...recordOf(api, client, topic), commitments })
  await until(async () => (await api.get(`/v1/negotiations/${id}`)).review === 'queued', { within: 20_000, what: 'the screening' })

  await open(page, `/review/${id}`)
  await claim(page)
  await act(page, 'Одобрить')
  await drawer(page).getByLabel('Срабатывание неверно').first().check()
  await drawer(page).getByLabel('Почему срабатывание неверно').fill('Скидку согласовал директор.')
  await press(drawer(page), 'Поставить оценки')
  await drawer(page).getByRole('radiogroup', { name: 'полнота записи' }).getByText('4', { exact: true }).click()
  await drawer(page).getByLabel('Замечания').fill('Прикладывайте согласование.')
  await press(drawer(page), 'Одобрить')
  await page.getByRole('main').getByText('Прикладывайте согласование.').waitFor()
  const after = await api.get(`/v1/negotiations/${id}`)
  assert.equal(after.review, 'approved_with_remarks')
  assert.equal(after.verdict.scores[0].score, 4)
}))

test('a next step is finished with what came of it', inPage({ as: logins.employee }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const id = await recordedNegotiation(api, client, `Образцы ${Date.now()}`)
  await open(page, `/negotiations/${id}`)
  await page.getByRole('checkbox', { name: /Собрать образцы/ }).click()
  await drawer(page).getByLabel('Что получилось').fill('Собраны и отправлены.')
  await press(drawer(page), 'Отметить шаг выполненным')
  await page.getByRole('main').getByText('Собраны и отправлены.').waitFor()
  assert.ok((await api.get(`/v1/negotiations/${id}`)).steps[0].done_at)
}))

test('a commitment is kept, and then cannot be broken', inPage({ as: logins.employee }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const topic = `Обещание ${Date.now()}`
  const id = await recordedNegotiation(api, client, topic)
  await open(page, `/negotiations/${id}`)
  const menu = page.getByRole('button', { name: `Действия с договорённостью: Образцы, ${topic}` })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Отметить выполненной' }).click()
  await drawer(page).getByLabel('Откуда это известно').fill('Клиент подтвердил по телефону.')
  await press(drawer(page), 'Отметить выполненной')
  await page.getByRole('main').getByText('Клиент подтвердил по телефону.').waitFor()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Отметить нарушенной', disabled: true }).waitFor()
  assert.equal((await api.get(`/v1/negotiations/${id}`)).commitments[0].state, 'kept')
}))

test('a planned negotiation is rescheduled and then cancelled', inPage({ as: logins.employee }, async (page) => {
  const api = await signedInTo(logins.employee)
  const client = await someClient(api)
  const topic = `Перенос ${Date.now()}`
  await open(page, `/negotiations?new=1&counterparty=${client.id}`)
  await drawer(page).getByLabel('Тема').fill(topic)
  await press(drawer(page), 'Запланировать')
  await page.getByRole('heading', { level: 1, name: topic }).waitFor()
  await act(page, 'Перенести')
  await drawer(page).getByLabel('Окончание').fill('2099-01-15T18:00')
  await drawer(page).getByLabel('Почему').fill('Клиент просил позже')
  await press(drawer(page), 'Перенести')
  await page.getByText(/2099/).first().waitFor()
  await act(page, 'Отменить переговоры')
  await drawer(page).getByLabel('Почему').fill('Клиент передумал')
  await press(drawer(page), 'Отменить переговоры')
  await page.getByRole('main').getByText('Клиент передумал').waitFor()
}))

test('the list is filtered by its address', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/negotiations?state=planned')
  const table = page.getByRole('table', { name: 'Переговоры' })
  await table.getByText('запланированы').first().waitFor()
  assert.equal(await table.getByText('записаны', { exact: true }).count(), 0)
  await open(page, '/negotiations?text=такого-нет')
  await page.getByText('Таких переговоров нет').waitFor()
}))

test('the queue is walked by keys in either layout, and the rules are told in words', inPage({ as: logins.reviewer }, async (page) => {
  const api = await signedInTo(logins.reviewer)
  const employee = await signedInTo(logins.employee)
  const client = await someClient(employee)
  const penalty = [{ by: 'us', kind: 'penalty', topic: `Штраф ${Date.now()}`, text: 'Заплатим за опоздание' }]
  for (const topic of ['Очередь, первые', 'Очередь, вторые']) {
    const id = await heldNegotiation(employee, client, topic)
    await employee.post(`/v1/negotiations/${id}/record`, { ...recordOf(employee, client, topic), commitments: penalty })
    await until(async () => (await employee.get(`/v1/negotiations/${id}`)).review === 'queued', { within: 20_000, what: 'the screening' })
  }
  const { items } = await api.get('/v1/review-desk')
  await open(page, '/review')
  await page.getByRole('article', { name: items[0].topic }).waitFor()
  await page.keyboard.press('KeyJ')
  await page.waitForURL(`**/review/${items[1].id}`)
  await page.getByRole('article', { name: items[1].topic }).waitFor()
  await page.keyboard.press('KeyK')
  await page.waitForURL(`**/review/${items[0].id}`)
  await press(page, 'По каким правилам отбираются')
  await drawer(page).getByText('Скидка или сумма больше, чем разрешено автору.').waitFor()
}))

test('whoever does not review is told so', inPage({ as: logins.employee }, async (page) => {
  await open(page, '/review')
  await page.getByText('Проверять переговоры вам не поручено').waitFor()
  await page.getByRole('link', { name: 'Мои остановленные переговоры' }).click()
  await page.waitForURL('**/negotiations?mine=1&blocked=1')
}))

for (const look of [{}, { scheme: 'dark' }, { lang: 'en' }, { device: 'phone' }]) {
  const name = Object.values(look).join(' ') || 'light'
  test(`the forms are accessible: ${name}`, inPage({ as: logins.employee, ...look }, async (page) => {
    const api = await signedInTo(logins.employee)
    const client = await someClient(api)
    const id = await heldNegotiation(api, client, `Доступность ${Date.now()}`)
    await open(page, `/negotiations/${id}`)
    await page.getByRole('main').getByRole('button', { name: look.lang === 'en' ? 'Record the result' : 'Записать итог' }).click()
    await press(drawer(page), look.lang === 'en' ? 'We promised' : 'Мы пообещали')
    await press(drawer(page), look.lang === 'en' ? 'Add a step' : 'Добавить шаг')
    await assertAccessible(page)
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    assert.equal(wider, false, 'nothing is wider than the screen')
  }))
}
