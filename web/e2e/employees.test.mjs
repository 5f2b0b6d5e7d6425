import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, ownServer, signedInTo, theServer, until } from './kit/test.mjs'

ownServer()

let made = 0
// Names begin with a letter, and no two runs have the same.
const unique = () => `${Date.now().toString(36)}${(made++).toString(36)}`

/** A fresh employee, whose absences and roles are nobody else's test. */
async function newEmployee(more = {}) {
  const api = await signedInTo('orlova')
  const last = `Пробный-${unique()}`
  const { id } = await api.post('/v1/employees', { name: { last, first: 'Пётр' }, hired_on: '2026-01-12', position: 'Стажёр', ...more })
  return { id, api, name: `${last} Пётр`, read: () => api.get(`/v1/employees/${id}`) }
}

// The word that something was done is there for a few seconds only: it is waited for from before the press on.
const press = (page, button, word) => Promise.all([page.getByText(word, { exact: true }).first().waitFor(), button.click()])
const choose = async (page, name) => {
  await page.getByRole('button', { name: 'Другие действия' }).click()
  await page.getByRole('menuitem', { name }).click()
}

test('the directory opens and is filtered by text and department', inPage({ as: 'sokolov' }, async (page) => {
  await open(page, '/employees')
  assert.equal(await page.getByRole('button', { name: 'Принять сотрудника' }).count(), 0, 'an employee does not hire')
  await page.getByRole('searchbox', { name: 'Найти сотрудника' }).fill('Орлова')
  await page.waitForURL(/q=/)
  await page.getByRole('link', { name: 'Орлова Марина Сергеевна' }).first().waitFor()
  await page.getByRole('searchbox', { name: 'Найти сотрудника' }).fill('')
  await page.getByRole('combobox', { name: 'Подразделение' }).click()
  await page.getByRole('option', { name: /Отдел качества/ }).click()
  await page.waitForURL(/department=/)
  await page.getByRole('link', { name: 'Зимина Ольга Павловна' }).first().waitFor()
  await page.getByRole('link', { name: 'Орлова Марина Сергеевна' }).first().waitFor({ state: 'hidden' })
}))

test('an employee is hired; a wrong field is told', inPage({ as: 'orlova', allow: [/status of 422/] }, async (page) => {
  const last = `Новиков-${unique()}`
  await open(page, '/employees')
  await page.getByRole('button', { name: 'Принять сотрудника' }).click()
  const form = page.getByRole('dialog', { name: 'Новый сотрудник' })
  await form.getByLabel('Фамилия').fill(last)
  await form.getByRole('textbox', { name: 'Имя', exact: true }).fill('Илья')
  await form.getByLabel('Должность').fill('Стажёр')
  await form.getByLabel('Рабочая почта').fill('не адрес')
  await form.getByRole('button', { name: 'Принять сотрудника' }).click()
  await form.getByText('Это не адрес электронной почты').waitFor()
  await form.getByLabel('Рабочая почта').fill('novikov@severny-service.example')
  await assertAccessible(page)
  await form.getByRole('button', { name: 'Принять сотрудника' }).click()
  await page.waitForURL(/\/employees\/[0-9a-f-]{36}/)
  await page.getByRole('heading', { level: 1, name: `${last} Илья` }).waitFor()
  await page.getByText('novikov@severny-service.example').waitFor()
}))

test('an absence is planned with a substitute, changed and cancelled', inPage({ as: 'orlova' }, async (page) => {
  const { id, read } = await newEmployee()
  await open(page, `/employees/${id}`)
  await page.getByRole('button', { name: 'Внести отсутствие' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Первый день').fill('2031-07-07')
  await form.getByLabel('Последний день').fill('2031-07-20')
  await form.getByRole('combobox', { name: 'Кто замещает' }).fill('Соколов')
  await page.getByRole('option', { name: /Соколов Дмитрий/ }).click()
  await assertAccessible(page)
  await press(page, form.getByRole('button', { name: 'Внести отсутствие' }), 'Отсутствие внесено')
  const absences = page.getByRole('region', { name: 'Отсутствия' })
  await absences.getByText(/7 июл. 2031 г. — 20 июл. 2031 г. · отпуск/).waitFor()
  await absences.getByRole('link', { name: /Соколов/ }).waitFor()

  await absences.getByRole('button', { name: /^Действия: отпуск/ }).click()
  await page.getByRole('menuitem', { name: 'Изменить отсутствие' }).click()
  await form.getByLabel('Последний день').fill('2031-07-14')
  await press(page, form.getByRole('button', { name: 'Сохранить' }), 'Отсутствие изменено')
  assert.equal((await read()).absences[0].to, '2031-07-14')

  await absences.getByRole('button', { name: /^Действия: отпуск/ }).click()
  await page.getByRole('menuitem', { name: 'Отменить отсутствие' }).click()
  await press(page, form.getByRole('button', { name: 'Отменить отсутствие' }), 'Отсутствие отменено')
  await absences.getByText('Отсутствий не намечено.').waitFor()
}))

test('a refusal is told in words: days that overlap', inPage({ as: 'orlova', allow: [/status of 4\d\d/] }, async (page) => {
  const { id, api } = await newEmployee()
  await api.post(`/v1/employees/${id}/plan-absence`, { kind: 'vacation', from: '2031-03-03', to: '2031-03-10' })
  await open(page, `/employees/${id}`)
  await page.getByRole('button', { name: 'Внести отсутствие' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Первый день').fill('2031-03-10')
  await form.getByLabel('Последний день').fill('2031-03-12')
  await form.getByRole('button', { name: 'Внести отсутствие' }).click()
  await form.getByText(/На эти дни уже намечено другое отсутствие/).waitFor()
}))

test('who stands beside an employee plans no absence for them', inPage({ as: 'sokolov' }, async (page) => {
  const api = await signedInTo('orlova')
  await open(page, `/employees/${api.me.employee_id}`)
  await page.getByRole('heading', { name: 'Отсутствия' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Внести отсутствие' }).count(), 0)
  await page.getByRole('button', { name: 'Другие действия' }).click()
  await page.getByText('Отсутствие вносит сам сотрудник или его руководитель').waitFor()
}))

test('a manager transfers, reaches, limits, renames and dismisses, and takes back', inPage({ as: 'orlova' }, async (page) => {
  const { id, read } = await newEmployee()
  await open(page, `/employees/${id}`)
  const form = page.getByRole('dialog')

  await choose(page, 'Перевести')
  await form.getByLabel('Должность').fill('Инженер')
  await form.getByRole('combobox', { name: 'Подразделение' }).click()
  await page.getByRole('option', { name: /Отдел качества/ }).click()
  await press(page, form.getByRole('button', { name: 'Перевести' }), 'Перевод записан')

  await choose(page, 'Изменить телефон и почту')
  await form.getByLabel('Рабочий телефон').fill('+7 900 000-91-91')
  await press(page, form.getByRole('button', { name: 'Сохранить' }), 'Телефон и почта изменены')

  await choose(page, 'Изменить пределы полномочий')
  await form.getByLabel('Скидка до, %').fill('7,5')
  await form.getByLabel('Отсрочка платежа до, дней').fill('45')
  await form.getByLabel('Обязательства на сумму до').fill('100000')
  await press(page, form.getByRole('button', { name: 'Сохранить' }), 'Пределы полномочий изменены')

  await choose(page, 'Изменить режим работы')
  await form.getByRole('combobox', { name: 'Часовой пояс' }).fill('Владивосток')
  await page.getByRole('option', { name: /Владивосток/ }).click()
  await press(page, form.getByRole('button', { name: 'Сохранить' }), 'Режим работы изменён')

  await choose(page, 'Изменить имя')
  await form.getByLabel('Отчество').fill('Ильич')
  await press(page, form.getByRole('button', { name: 'Сохранить' }), 'Имя изменено')

  const card = await read()
  assert.deepEqual(
    [card.position, card.department_name, card.phone, card.max_discount_bp, card.max_payment_term_days, card.max_commitment_minor, card.time_zone, card.patronymic],
    ['Инженер', 'Отдел качества', '+7 900 000-91-91', 750, 45, 10_000_000, 'Asia/Vladivostok', 'Ильич'],
  )

  await choose(page, 'Уволить')
  await form.getByLabel('Причина').fill('По собственному желанию')
  await press(page, form.getByRole('button', { name: 'Уволить' }), 'Увольнение записано')
  await page.getByRole('button', { name: 'Принять снова' }).click()
  await press(page, form.getByRole('button', { name: 'Принять снова' }), 'Сотрудник снова работает')
  assert.equal((await read()).active, true)
}))

test('an administrator grants a role and opens access; the employee signs in', inPage({ as: 'belov', allow: [/status of 4\d\d/] }, async (page) => {
  const { id } = await newEmployee()
  const login = `p${unique()}`
  await open(page, `/employees/${id}`)
  const form = page.getByRole('dialog')
  await choose(page, 'Выдать роль')
  await press(page, form.getByRole('button', { name: 'Выдать роль' }), 'Роль выдана')

  await choose(page, 'Открыть доступ в программу')
  await form.getByLabel('Имя для входа').fill(login)
  await form.getByLabel(/^Пароль/).fill('коротко')
  await form.getByRole('button', { name: 'Открыть доступ' }).click()
  await form.getByText('В пароле должно быть от 12 до 128 знаков').waitFor()
  await assertAccessible(page)
  await form.getByLabel(/^Пароль/).fill('password123456')
  await form.getByRole('button', { name: 'Открыть доступ' }).click()
  await form.getByText('Такой пароль подберут в первую очередь').waitFor()
  await form.getByLabel(/^Пароль/).fill('quite-a-long-one')
  await press(page, form.getByRole('button', { name: 'Открыть доступ' }), 'Доступ открыт')
  assert.deepEqual((await signedInTo(login, 'quite-a-long-one')).me.roles, ['employee'])

  await choose(page, 'Назначить новый пароль')
  await form.getByLabel(/^Пароль/).fill('another-long-one')
  await press(page, form.getByRole('button', { name: 'Назначить пароль' }), 'Пароль назначен, открытые сеансы завершены')
  const { url } = await theServer()
  await until(async () => (await fetch(`${url}/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password: 'another-long-one' }) })).ok)

  await choose(page, 'Снять роль')
  await press(page, form.getByRole('button', { name: 'Снять роль' }), 'Роль снята')
}))

test('a card shows what is to be done and leads there', inPage({ as: 'orlova' }, async (page) => {
  const { id, api } = await newEmployee()
  await api.post('/v1/assignments', { assignee_id: id, title: 'Навести порядок', expected_result: 'Порядок', due_at: '2036-01-15T12:00:00Z' })
  await open(page, `/employees/${id}`)
  const todo = page.getByRole('region', { name: 'Что нужно сделать сейчас' })
  await todo.getByRole('link', { name: 'Навести порядок' }).waitFor()
  await todo.getByRole('link', { name: '1 невыполненное задание' }).click()
  await page.waitForURL(new RegExp(`/assignments\\?assignee=${id}`))
}))

test('a card of a past day shows what the register said then', inPage({ as: 'orlova' }, async (page) => {
  const { id } = await newEmployee({ position: 'Писарь' })
  await open(page, `/employees/${id}?as_of=${encodeURIComponent(new Date().toISOString())}`)
  await page.getByText('Писарь').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Внести отсутствие' }).count(), 0)
}))
