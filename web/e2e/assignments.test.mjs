// Assignments: issued, moved along their way on the board and on their own page, verified or returned; working time.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { inPage, logins, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

let count = 0
const unique = (title) => `${title} ${Date.now().toString(36)}${(count += 1)}`
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString()

/** An assignment that the manager gives the employee, brought as far as `until` names. */
async function issued(title, steps = []) {
  const [manager, employee] = await Promise.all([signedInTo(logins.manager), signedInTo(logins.employee)])
  const body = { title, expected_result: 'Сделано и показано', assignee_id: employee.me.employee_id, due_at: inDays(3) }
  const { id } = await manager.post('/v1/assignments', body)
  for (const [path, said] of steps) await employee.post(`/v1/assignments/${id}/${path}`, said)
  await until(async () => (await manager.get(`/v1/assignments?text=${encodeURIComponent(title)}`)).items.length > 0, { what: 'the assignment in the list' })
  return { id, manager, employee }
}

const reported = (title) => issued(title, [['start', {}], ['report-done', { result: 'Все три филиала сверены' }]])
const toast = (page, text) => page.getByText(text, { exact: true }).waitFor()
const menuOf = (page, title) => page.getByRole('button', { name: `Переместить: ${title}` })

async function stateOf({ manager, id }, state) {
  const now = async () => (await manager.get(`/v1/assignments/${id}`)).state
  await until(async () => (await now()) === state, { what: `state ${state}` })
}

test('an assignment is issued by the form and opens', inPage({ as: logins.manager }, async (page) => {
  const title = unique('Сверить остатки')
  await open(page, '/assignments')
  await page.getByRole('button', { name: 'Выдать задание' }).first().click()
  const form = page.getByRole('dialog', { name: 'Новое задание' })
  await form.getByLabel('Что сделать').fill(title)
  await form.getByLabel('Как понять, что сделано').fill('Остатки сходятся')
  await form.getByRole('combobox', { name: 'Исполнитель' }).fill('Соколов')
  await page.getByRole('option', { name: /Соколов Дмитрий/ }).click()
  await form.getByRole('button', { name: 'Выдать', exact: true }).click()
  await page.waitForURL(/\/assignments\/[0-9a-f-]{36}$/)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await page.getByRole('region', { name: 'Как шло' }).getByText('Новое задание').waitFor()
}))

test('what was reported is returned with the reason, and the assignee has it back', inPage({ as: logins.manager }, async (page) => {
  const title = unique('Проверить смету')
  const it = await reported(title)
  await open(page, `/assignments/${it.id}`)
  await page.getByRole('button', { name: 'Вернуть на доработку' }).click()
  const form = page.getByRole('dialog', { name: 'Вернуть на доработку' })
  await form.getByText('Все три филиала сверены').waitFor()
  await form.getByLabel('Что доработать').fill('Нет филиала в Твери')
  await form.getByRole('button', { name: 'Вернуть', exact: true }).click()
  await toast(page, 'Задание возвращено на доработку')
  await page.getByText('возвращено на доработку').first().waitFor()
  await stateOf(it, 'returned_for_rework')

  const report = await it.employee.post('/v1/daily-report', {})
  const toDo = report.sections.find(({ section }) => section === 'assignments_to_do')
  assert.ok(toDo.items.some(({ id, state }) => id === it.id && state === 'returned_for_rework'), 'the assignee has it to do again')
}))

test('the assignee sees the reason of the return and reports again', inPage({ as: logins.employee }, async (page) => {
  const title = unique('Обновить прайс')
  const it = await reported(title)
  await it.manager.post(`/v1/assignments/${it.id}/return`, { reason: 'Забыты скидки' })
  await stateOf(it, 'returned_for_rework')
  await open(page, `/assignments?executor=me&q=${encodeURIComponent(title)}`)
  await page.getByRole('link', { name: title }).click()
  await page.getByRole('region', { name: 'Как шло' }).getByText('Забыты скидки').waitFor()
  await page.getByRole('button', { name: 'Доложить о выполнении' }).click()
  await page.getByLabel('Что получилось').fill('Скидки внесены')
  await page.getByRole('button', { name: 'Доложить', exact: true }).click()
  await toast(page, 'Задание отправлено на проверку')
  await stateOf(it, 'reported_done')
}))

test('the issuer verifies; the assignee is told why they cannot', inPage({ as: logins.employee }, async (page) => {
  const title = unique('Собрать отзывы')
  const it = await reported(title)
  await open(page, `/assignments/${it.id}`)
  await page.getByRole('button', { name: 'Другие действия' }).click()
  const verify = page.getByRole('menuitem', { name: /Подтвердить выполнение/ })
  assert.match(await verify.innerText(), /Свою работу никто не проверяет сам/)
  assert.ok(await verify.isDisabled())
}))

test('the issuer verifies what was reported', inPage({ as: logins.manager }, async (page) => {
  const it = await reported(unique('Подготовить стенд'))
  await open(page, `/assignments/${it.id}`)
  await page.getByRole('button', { name: 'Подтвердить выполнение' }).click()
  await page.getByRole('button', { name: 'Подтвердить', exact: true }).click()
  await toast(page, 'Выполнение подтверждено')
  await stateOf(it, 'verified')
}))

test('a card is moved on the board by the keyboard alone', inPage({ as: logins.employee }, async (page) => {
  const title = unique('Разложить образцы')
  const it = await issued(title)
  await open(page, `/assignments?view=board&q=${encodeURIComponent(title)}`)
  const card = (column) => page.getByRole('region', { name: column }).getByRole('link', { name: title })
  await card('Выдано').waitFor()
  await menuOf(page, title).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Принять задание' }).waitFor()
  // The menu itself has the focus at first; the arrow goes round its items.
  const chosen = async () => {
    await page.keyboard.press('ArrowDown')
    return page.evaluate(() => document.activeElement.textContent.includes('Начать работу'))
  }
  await until(chosen, { what: 'the arrow on the step' })
  await page.keyboard.press('Enter')
  await toast(page, 'Работа начата')
  await card('В работе').waitFor()
  await stateOf(it, 'in_progress')
}))

test('working time is entered, corrected and stands in the time sheet', inPage({ as: logins.employee }, async (page) => {
  const title = unique('Настроить терминал')
  const it = await issued(title, [['start', {}]])
  await open(page, `/assignments/${it.id}`)
  await page.getByRole('button', { name: 'Внести время' }).click()
  const form = page.getByRole('dialog', { name: 'Внести время' })
  await form.getByLabel('Затрачено: минуты').fill('5')
  await form.getByLabel('Что делали').fill('Подключение')
  await form.getByRole('button', { name: 'Внести', exact: true }).click()
  await toast(page, 'Время внесено')
  const time = page.getByRole('region', { name: 'Время' })
  await time.getByRole('row', { name: /Подключение/ }).getByText('5 мин').waitFor()

  await time.getByRole('button', { name: /^Изменить запись/ }).click()
  await page.getByRole('menuitem', { name: 'Исправить время' }).click()
  const correction = page.getByRole('dialog', { name: 'Исправить время' })
  await correction.getByLabel('Затрачено: минуты').fill('8')
  await correction.getByLabel('Почему меняете').fill('Ошибся в минутах')
  await correction.getByRole('button', { name: 'Исправить', exact: true }).click()
  await toast(page, 'Время исправлено')
  await time.getByText(/Ошибся в минутах/).waitFor()

  await page.getByRole('link', { name: 'Мой табель' }).click()
  const table = page.getByRole('region', { name: 'Табель по дням и заданиям' })
  await table.getByRole('row', { name: new RegExp(title) }).getByText('0:08').first().waitFor()
}))

test('Esc in a half-filled form asks before it throws words away', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/assignments?new=1')
  const title = page.getByRole('dialog').getByLabel('Что сделать')
  await title.fill('Начатое и не отправленное')
  await page.keyboard.press('Escape')
  const question = page.getByRole('alertdialog')
  await question.getByRole('button', { name: 'Продолжить' }).click()
  assert.equal(await title.inputValue(), 'Начатое и не отправленное')
  await title.press('Escape')
  await question.getByRole('button', { name: 'Закрыть, черновик оставить' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Выдать задание' }).first().click()
  assert.equal(await title.inputValue(), 'Начатое и не отправленное', 'the draft is there again')
  await title.press('Escape')
  await question.getByRole('button', { name: 'Выбросить' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}))

test('a request for time is answered by a new due time', inPage({ as: logins.manager }, async (page) => {
  const it = await issued(unique('Свести таблицу'), [['start', {}], ['ask-for-time', { due_at: inDays(6), reason: 'Ждём данные от склада' }]])
  await open(page, `/assignments/${it.id}`)
  await page.getByText('Ждём данные от склада').first().waitFor()
  await page.getByRole('button', { name: 'Ответить на просьбу о сроке' }).first().click()
  const form = page.getByRole('dialog', { name: 'Изменить срок' })
  await form.getByLabel('Почему').fill('Склад задержал данные')
  await form.getByRole('button', { name: 'Изменить срок' }).click()
  await toast(page, 'Срок изменён')
  await page.getByText(/срок перенесён 1 раз/).waitFor()
}))
