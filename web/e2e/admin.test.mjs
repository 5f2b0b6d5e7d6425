import assert from 'node:assert/strict'
import { test } from 'node:test'

import { demoPassword } from './kit/api.mjs'
import { assertAccessible } from './kit/axe.mjs'
import { inPage, logins, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

const unique = () => String(Date.now())

test('a reviewer sees beforehand what changes, and has the rules published by a second one', inPage({ as: logins.reviewer, allow: [/status of 409/] }, async (page) => {
  const zimina = await signedInTo(logins.reviewer)
  const { current } = await zimina.get('/v1/screening-rules')
  const days = current.max_payment_days + 1
  await open(page, '/admin?tab=screening')
  await page.getByRole('button', { name: 'Подготовить новую редакцию' }).click()
  const preview = page.getByTestId('preview')
  await preview.getByText('Пока ничего не изменено').waitFor()
  await page.getByLabel('Наибольшая отсрочка платежа, дней').fill(String(days))
  await preview.getByRole('insertion').getByText(String(days)).waitFor()
  await page.getByLabel('Почему меняете правила').fill('Договорились с финансовым отделом')
  await page.getByRole('button', { name: 'Ввести в действие' }).click()
  await page.getByLabel('Зачем это нужно').fill('Просит финансовый отдел')
  await page.getByRole('button', { name: 'Запросить подтверждение' }).click()
  await page.getByText('Подтверждение запрошено').waitFor()
  const ermakov = await signedInTo('ermakov')
  const asked = (await ermakov.get('/v1/approvals')).items.find(({ reason }) => reason === 'Просит финансовый отдел')
  await ermakov.post(`/v1/approvals/${asked.id}/approve`, {})
  await open(page, '/admin?tab=screening')
  await page.getByRole('heading', { name: `Действует редакция ${current.version + 1}` }).waitFor()
  const after = await zimina.get('/v1/screening-rules')
  assert.deepEqual(after.current, { ...current, version: current.version + 1, max_payment_days: days }, 'nothing else has changed')
}))

test('who may not change the rules reads them', inPage({ as: logins.employee }, async (page) => {
  await open(page, '/admin?tab=screening')
  await page.getByText('Менять правила могут проверяющие').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Подготовить новую редакцию' }).count(), 0)
  assert.equal(await page.getByRole('tab', { name: 'Учётные записи' }).count(), 0)
}))

test('a key is shown once, works, and is revoked', inPage({ as: logins.employee }, async (page, { server }) => {
  const name = `Выгрузка ${unique()}`
  await open(page, '/admin?tab=tokens')
  await page.getByRole('button', { name: 'Создать ключ' }).click()
  await page.getByLabel('Для чего ключ').fill(name)
  await page.getByLabel('Сколько дней действует').fill('30')
  await page.locator('form').getByRole('button', { name: 'Создать ключ' }).click()
  const secret = await page.getByTestId('secret').innerText()
  await page.getByRole('cell', { name, exact: true }).waitFor()
  await assertAccessible(page)
  const withKey = () => fetch(`${server.url}/v1/session`, { headers: { authorization: `Bearer ${secret}` } })
  assert.equal((await (await withKey()).json()).login, logins.employee)
  await page.reload()
  await page.getByRole('cell', { name, exact: true }).waitFor()
  assert.equal(await page.getByText(secret).count(), 0, 'the secret is not shown again')
  await page.getByRole('button', { name: `Отозвать: ${name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Отозвать' }).click()
  await until(async () => (await page.getByRole('cell', { name, exact: true }).count()) === 0)
  assert.equal((await withKey()).status, 401)
}))

test('a key may only read unless its owner lets it change something', inPage({ as: logins.employee }, async (page, { server }) => {
  const remind = async (scope) => {
    const name = `Ключ ${unique()}`
    await open(page, '/admin?tab=tokens&new=1')
    await page.getByLabel('Для чего ключ').fill(name)
    await page.getByRole('radio', { name: scope }).check()
    await page.locator('form').getByRole('button', { name: 'Создать ключ' }).click()
    const secret = await page.getByTestId('secret').innerText()
    await page.getByRole('row').filter({ hasText: name }).getByText(scope).waitFor()
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ text: name, fire_at: '2036-01-15T12:00:00Z' })
    const reading = await fetch(`${server.url}/v1/reminders`, { headers })
    const writing = await fetch(`${server.url}/v1/reminders`, { method: 'POST', headers, body })
    return [reading.status, writing.status]
  }
  assert.deepEqual(await remind('Только читать'), [200, 403])
  assert.deepEqual(await remind('Читать и изменять'), [200, 201])
}))

test('a day off is put into a working calendar, and taken out again', inPage({ as: logins.manager }, async (page) => {
  const orlova = await signedInTo(logins.manager)
  const hours = { monday: [{ from: '09:00', to: '18:00' }] }
  const { id } = await orlova.post('/v1/working-calendars', { name: `Смена ${unique()}`, holidays: 'none', hours })
  const days = async () => (await orlova.get('/v1/working-calendars')).find((one) => one.id === id).days
  await open(page, `/admin?tab=calendars&id=${id}&month=2027-03`)
  await page.getByRole('button', { name: /^понедельник, 15 марта 2027/ }).click()
  await page.getByText('Отмечен 1 день').waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Изменить отмеченные дни' }).click()
  await page.getByLabel('Название праздника или причина').fill('День фирмы')
  await page.getByRole('dialog').getByRole('button', { name: 'Изменить отмеченные дни' }).click()
  await page.getByRole('button', { name: /^понедельник, 15 марта 2027.*выходной, День фирмы/ }).click()
  assert.deepEqual(await days(), [{ date: '2027-03-15', kind: 'day_off', name: 'День фирмы' }])
  await page.getByRole('button', { name: 'Сделать обычными' }).click()
  await page.getByText('Особых дней нет').waitFor()
  assert.deepEqual(await days(), [])
}))

test('a calendar is defined with its week', inPage({ as: logins.manager }, async (page) => {
  const orlova = await signedInTo(logins.manager)
  const name = `Вечерняя смена ${unique()}`
  await open(page, '/admin?tab=calendars&new=1')
  await page.getByLabel('Название').fill(name)
  await page.getByLabel('пятница: Конец').fill('16:30')
  await page.getByRole('dialog').getByRole('button', { name: 'Завести календарь' }).click()
  await page.getByRole('heading', { name }).waitFor()
  const made = (await orlova.get('/v1/working-calendars')).find((one) => one.name === name)
  assert.deepEqual(made.weeks[0].hours.friday, [{ from: '09:00', to: '13:00' }, { from: '14:00', to: '16:30' }])
}))

test('a department is founded, gets a head, is renamed and closed', inPage({ as: logins.manager }, async (page) => {
  const name = `Отдел ${unique()}`
  await open(page, '/admin?tab=departments&new=1')
  await page.getByLabel('Название').fill(name)
  await page.getByRole('combobox', { name: 'Входит в подразделение' }).fill('Коммерческая')
  await page.getByRole('option', { name: 'Коммерческая дирекция' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Создать подразделение' }).click()
  const row = page.getByRole('listitem').filter({ hasText: name }).last()
  const act = async (action) => {
    await row.getByRole('button', { name: /^Действия:/ }).click()
    await page.getByRole('menuitem', { name: action }).click()
  }
  await act('Назначить руководителя')
  await page.getByRole('combobox', { name: 'Руководитель' }).fill('Орлова')
  await page.getByRole('option', { name: /Орлова/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Назначить руководителя' }).click()
  await row.getByRole('link', { name: 'Орлова Марина Сергеевна' }).waitFor()
  await act('Переименовать')
  await page.getByLabel('Название').fill(`${name}, новый`)
  await page.getByRole('dialog').getByRole('button', { name: 'Переименовать' }).click()
  await row.getByText(`${name}, новый`).waitFor()
  await act('Закрыть подразделение')
  await page.getByRole('dialog').getByRole('button', { name: 'Закрыть подразделение' }).click()
  await until(async () => (await page.getByText(name).count()) === 0, { what: 'the closed department is gone from the tree' })
  await page.getByLabel('Показать закрытые').check()
  await row.getByText('закрыто').waitFor()
  await assertAccessible(page)
}))

/** A colleague who has just come, with a name to sign in with and no account. */
async function newcomer() {
  const belov = await signedInTo(logins.administrator)
  const login = `new${unique()}`
  const name = { last: `Новикова${unique()}`, first: 'Анна' }
  await belov.post('/v1/employees', { name, hired_on: '2026-11-02', login })
  return { login, surname: name.last }
}

test('an administrator gives an account; its owner signs in and changes the password', inPage({ as: logins.administrator, allow: [/status of 4\d\d/] }, async (page) => {
  const { login, surname } = await newcomer()
  await open(page, '/admin?tab=accounts')
  await page.getByLabel('Найти сотрудника').fill(surname)
  await page.getByRole('button', { name: `Действия: ${surname}` }).or(page.getByRole('button', { name: new RegExp(`^Действия: ${surname}`) })).first().click()
  await page.getByRole('menuitem', { name: 'Завести учётную запись' }).click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByLabel('Логин').inputValue(), login)
  await dialog.getByRole('button', { name: 'Придумать пароль' }).click()
  const password = await dialog.getByLabel('Первый пароль').inputValue()
  await dialog.getByRole('button', { name: 'Завести учётную запись' }).click()
  await page.getByText('Учётная запись заведена').waitFor()

  await page.context().clearCookies()
  await open(page, '/settings')
  const signIn = async (secret) => {
    await page.getByLabel('Логин').fill(login)
    await page.getByLabel('Пароль', { exact: true }).fill(secret)
    await page.getByRole('button', { name: 'Войти' }).click()
    await page.getByRole('heading', { name: 'Мои настройки' }).waitFor()
  }
  await signIn(password)
  await page.getByLabel('Нынешний пароль').fill(password)
  await page.getByLabel('Новый пароль *', { exact: true }).fill(`${demoPassword}-${login}`)
  await page.getByLabel('Новый пароль ещё раз').fill('something else')
  await page.getByRole('button', { name: 'Сменить пароль' }).click()
  await page.getByText('Пароли не совпадают').waitFor()
  await page.getByLabel('Новый пароль ещё раз').fill(`${demoPassword}-${login}`)
  await page.getByRole('button', { name: 'Сменить пароль' }).click()
  await page.getByRole('button', { name: 'Войти' }).waitFor()
  await signIn(`${demoPassword}-${login}`)
}))

// A wrong password makes the next sign-in with its login wait: nobody else signs in with this one.
test('settings: a wrong password is refused, drafts are erased', inPage({ as: 'tarasov', allow: [/status of 4\d\d/] }, async (page) => {
  await page.addInitScript(() => {
    if (location.origin !== 'null' && !sessionStorage.getItem('seen')) {
      sessionStorage.setItem('seen', '1')
      sessionStorage.setItem('letopis.draft.x.form', '{}')
    }
  })
  await open(page, '/settings')
  await page.getByText('1 черновик').waitFor()
  await page.getByRole('button', { name: 'Стереть черновики и отборы' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Стереть черновики и отборы' }).click()
  await page.getByText('0 черновиков').waitFor()
  await page.getByLabel('Нынешний пароль').fill('not the password')
  await page.getByLabel('Новый пароль *', { exact: true }).fill('long enough it is')
  await page.getByLabel('Новый пароль ещё раз').fill('long enough it is')
  await page.getByRole('button', { name: 'Сменить пароль' }).click()
  const refusal = page.getByRole('alert').or(page.locator('[aria-invalid=true]'))
  await refusal.first().waitFor()
  await page.getByRole('heading', { name: 'Мои настройки' }).waitFor()
}))

test('the API reference finds an operation and shows what it takes', inPage({ as: logins.employee }, async (page) => {
  await open(page, '/api-reference')
  const list = page.getByRole('navigation', { name: 'Операции' })
  await until(async () => (await list.getByRole('button').count()) > 150, { what: 'all operations are listed' })
  await page.getByLabel('Найти операцию').fill('issue-assignment')
  await list.getByRole('button', { name: 'Give an employee an assignment' }).click()
  await page.waitForURL(/op=issue-assignment/)
  const details = page.getByRole('article', { name: 'Give an employee an assignment' })
  await details.getByText('/v1/assignments', { exact: true }).waitFor()
  await details.getByText('curl -X POST').waitFor()
  await details.getByText('assignee_id', { exact: true }).first().waitFor()
  await assertAccessible(page)
  await open(page, '/api-reference?op=publish-screening-rules')
  await page.getByText('не для Ваших ролей').waitFor()
  await page.getByRole('button', { name: 'Показать поля: ScreeningParameters' }).click()
  await page.getByText('sampling_percent', { exact: true }).waitFor()
  await page.getByText('не больше 100').first().waitFor()
}))
