import assert from 'node:assert/strict'
import { test } from 'node:test'

import { demoPassword } from './kit/api.mjs'
import { inPage, open, ownServer, screenReady, signedInTo, until } from './kit/test.mjs'

ownServer()

const random = () => Math.random().toString(36).slice(2, 8)

/** A thread from one colleague to another. */
async function ask(from, to, more = {}) {
  const [asker, addressee] = await Promise.all([signedInTo(from), signedInTo(to)])
  const subject = `Когда выезд ${random()}`
  const receipt = await asker.post('/v1/threads', { kind: 'question', addressee_ids: [addressee.me.employee_id], subject, text: 'Когда инженер поедет к клиенту?', ...more })
  return { id: receipt.id, subject, asker, addressee }
}

const pick = async (page, label, typed) => {
  await page.getByRole('dialog').getByRole('combobox', { name: label }).or(page.getByRole('dialog').getByLabel(label)).first().fill(typed)
  await page.getByRole('option', { name: new RegExp(typed) }).first().click()
}

const item = async (page, menu, name) => {
  await page.getByRole('button', { name: menu }).click()
  await page.getByRole('menuitem', { name }).click()
}

test('a colleague is asked a question', inPage({ as: 'orlova' }, async (page) => {
  const subject = `Смета готова? ${random()}`
  await open(page, '/threads?new=1')
  await pick(page, 'Кому', 'Соколов')
  await page.keyboard.press('Escape')
  await page.getByLabel('Тема').fill(subject)
  await page.getByRole('dialog').getByRole('textbox', { name: 'Вопрос' }).fill('Клиент ждёт смету. Когда она будет?')
  await page.getByRole('dialog').getByRole('button', { name: 'Отправить' }).click()
  await page.waitForURL(/\/threads\/[0-9a-f-]{36}/)
  await page.getByRole('heading', { level: 1, name: subject }).waitFor()
  const sokolov = await signedInTo('sokolov')
  assert.ok((await sokolov.get('/v1/me/answers-owed')).some((owed) => owed.subject === subject))
}))

test('a question is answered with Ctrl+Enter, and opening it marked it as read', inPage({ as: 'sokolov' }, async (page) => {
  const { id, subject, asker } = await ask('orlova', 'sokolov')
  await open(page, '/threads')
  await page.getByRole('link', { name: subject }).click()
  await page.getByLabel('Ваш ответ').fill('Завтра в десять.')
  await until(async () => (await asker.get(`/v1/threads/${id}`)).parties[0].state === 'seen')
  await page.keyboard.press('Control+Enter')
  await page.getByText('Ответ отправлен').waitFor()
  await page.getByRole('feed').getByText('Завтра в десять.').waitFor()
  assert.equal(await page.getByLabel('Ваш ответ').count(), 0, 'no answer is owed any more')
  assert.equal((await asker.get(`/v1/threads/${id}`)).state, 'answered')
}))

test('a question is answered from the daily report', inPage({ as: 'sokolov' }, async (page) => {
  const { id, subject, asker } = await ask('orlova', 'sokolov')
  await open(page, '/')
  const section = page.getByRole('region', { name: 'Вопросы, на которые нужно ответить' })
  const all = section.getByRole('button', { name: /Показать все/ })
  const answer = section.getByRole('button', { name: `Ответить: ${subject}` })
  await answer.or(all).first().waitFor()
  if (!(await answer.isVisible())) await all.click()
  await answer.click()
  await page.getByRole('dialog').getByLabel('Текст').fill('Во вторник.')
  await page.getByRole('dialog').getByRole('button', { name: 'Ответить' }).click()
  await page.getByText('Ответ отправлен').waitFor()
  assert.equal((await asker.get(`/v1/threads/${id}`)).parties[0].state, 'answered')
}))

test('an answer is returned with what is missing, and asked for again', inPage({ as: 'orlova' }, async (page) => {
  const { id, addressee, asker } = await ask('orlova', 'sokolov')
  await addressee.post(`/v1/threads/${id}/answer`, { text: 'Скоро.' })
  await open(page, `/threads/${id}`)
  await page.getByRole('button', { name: 'Принять ответ' }).waitFor()
  await item(page, /^Действия: Соколов/, 'Вернуть ответ')
  await page.getByLabel('Чего не хватает').fill('Назовите день и час.')
  await page.getByRole('dialog').getByRole('button', { name: 'Вернуть ответ' }).click()
  await page.getByText('Ответ возвращён').waitFor()
  await page.getByRole('feed').getByText('Назовите день и час.').waitFor()
  const [party] = (await asker.get(`/v1/threads/${id}`)).parties
  assert.equal(party.state, 'returned')
  assert.equal(party.clock, 2)
}))

test('a typed answer outlives a reload, and signing out and in again', inPage({ as: 'sokolov' }, async (page) => {
  const { id } = await ask('orlova', 'sokolov')
  const text = 'Начал писать ответ и отвлёкся'
  await open(page, `/threads/${id}`)
  await page.getByLabel('Ваш ответ').fill(text)
  await page.reload()
  await screenReady(page)
  assert.equal(await page.getByLabel('Ваш ответ').inputValue(), text)
  await page.getByRole('button', { name: 'Меню пользователя' }).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.getByLabel('Логин').fill('sokolov')
  await page.getByLabel('Пароль', { exact: true }).fill(demoPassword)
  await page.getByRole('button', { name: 'Войти' }).click()
  await page.getByRole('button', { name: 'Меню пользователя' }).waitFor()
  await open(page, `/threads/${id}`)
  assert.equal(await page.getByLabel('Ваш ответ').inputValue(), text)
}))

test('an agreement holds once everybody has accepted it', inPage({ as: 'sokolov' }, async (page) => {
  const { id, asker } = await ask('orlova', 'sokolov', { kind: 'agreement', text: 'Выезжаем вдвоём.' })
  await open(page, `/threads/${id}`)
  await page.getByRole('button', { name: 'Принять договорённость' }).click()
  await page.getByText('Договорённость принята').first().waitFor()
  await until(async () => (await asker.get(`/v1/threads/${id}`)).state === 'agreed')
  await page.getByText('принято всеми').waitFor()
}))

test('a new deadline is proposed and agreed to', inPage({ as: 'orlova' }, async (page) => {
  const { id, addressee, asker } = await ask('orlova', 'sokolov')
  const later = new Date(Date.now() + 7 * 86_400_000)
  later.setMilliseconds(0)
  await addressee.post(`/v1/threads/${id}/propose-deadline`, { addressee_id: addressee.me.employee_id, reply_by: later.toISOString(), reason: 'Жду поставщика' })
  await open(page, `/threads/${id}`)
  await page.getByText('«Жду поставщика»').waitFor()
  await page.getByRole('button', { name: 'Согласиться со сроком' }).click()
  await page.getByText('Новый срок согласован').waitFor()
  assert.equal(new Date((await asker.get(`/v1/threads/${id}`)).parties[0].reply_by).getTime(), later.getTime())
}))

test('a dispute is opened, given to an arbiter and ruled', inPage({ as: 'orlova' }, async (page) => {
  const { id, asker } = await ask('orlova', 'sokolov')
  await open(page, `/threads/${id}`)
  await item(page, 'Действия с перепиской', 'Открыть спор')
  await page.getByLabel('О чём спор').fill('Кто едет первым.')
  await page.getByRole('dialog').getByRole('button', { name: 'Открыть спор' }).click()
  await page.getByText('Спор открыт').waitFor()
  await item(page, 'Действия с перепиской', 'Назначить, кто рассудит')
  await pick(page, 'Кто рассудит', 'Зимина')
  await page.getByRole('dialog').getByRole('button', { name: 'Назначить, кто рассудит' }).click()
  await page.getByText('Спор передан на рассмотрение').waitFor()
  assert.equal((await asker.get(`/v1/threads/${id}`)).dispute_state, 'under_arbitration')
  const zimina = await signedInTo('zimina')
  await zimina.post(`/v1/threads/${id}/rule-dispute`, { ruling: 'Первым едет инженер.' })
  await page.getByRole('note').getByText('Первым едет инженер.').waitFor()
}))

test('who takes no part is told so', inPage({ as: 'zimina', allow: [/status of 40[34]/] }, async (page) => {
  const { id } = await ask('orlova', 'sokolov')
  await open(page, `/threads/${id}`)
  await page.getByText('Внутреннюю переписку видят только её участники').waitFor()
}))

test('response times have numbers, and each number its clocks', inPage({ as: 'orlova' }, async (page) => {
  await open(page, '/reports/response-times')
  const table = page.getByRole('table', { name: 'Сроки ответов' })
  const number = table.getByRole('button', { name: /^Ответили, / }).first()
  const count = Number((await number.innerText()).match(/\d+/)[0])
  assert.ok(count > 0)
  await number.click()
  const clocks = page.getByRole('dialog').getByRole('listitem')
  await clocks.first().waitFor()
  assert.equal(await clocks.count(), Math.min(count, 50))
}))

test('who may not see the report sees their own response times', inPage({ as: 'sokolov' }, async (page) => {
  await open(page, '/reports/response-times')
  await page.getByText('Отчёт по сотрудникам видят руководители').waitFor()
  await page.getByRole('link', { name: 'Вопрос' }).first().waitFor()
}))
