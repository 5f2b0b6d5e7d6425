import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertAccessible } from './kit/axe.mjs'
import { inPage, open, ownServer, signedInTo, until } from './kit/test.mjs'

ownServer()

// A name that no other run has: two cards of one name are suspected to be one.
let made = 0
const newName = (what) => `${what} ${Date.now().toString(36)}${(made++).toString(36)}`

/** An organisation's INN with a right check digit. */
function newInn() {
  const digits = Array.from({ length: 9 }, (_, i) => (i === 0 ? 7 : Math.floor(Math.random() * 10)))
  const sum = [2, 4, 10, 3, 5, 9, 4, 6, 8].reduce((all, weight, i) => all + weight * digits[i], 0)
  return [...digits, (sum % 11) % 10].join('')
}

const register = async (api, body) => (await api.post('/v1/counterparties', { kind: 'organisation', ...body })).id

/** Two clients about whom somebody asks whether they are one. */
async function newPair({ key = false } = {}) {
  const api = await signedInTo('orlova')
  const name = newName('Чудо-Юдо')
  const left = await register(api, { legal_name: `ООО «${name}»`, region: 'Урал', comment: 'Первая', key_account: key })
  const right = await register(api, { legal_name: `АО «${name}»`, region: 'Сибирь', phones: [{ raw: '+7 900 555-44-33' }] })
  const { id } = await api.post('/v1/duplicates', { left_id: left, right_id: right })
  const card = (client) => api.get(`/v1/counterparties/${client}`)
  return { api, id, left, right, names: { left: `ООО «${name}»`, right: `АО «${name}»` }, card }
}

const pairOf = (page, names) => page.getByRole('region', { name: `${names.left} — ${names.right}` }).or(page.getByRole('region', { name: `${names.right} — ${names.left}` }))
// The word that something was done is there for a few seconds only: it is waited for from before the press on.
const press = (page, button, word) => Promise.all([page.getByText(word, { exact: true }).first().waitFor(), button.click()])

test('the list of clients opens, is sorted by the server and leads to a card', inPage({ as: 'orlova' }, async (page) => {
  await open(page, '/clients')
  const rows = page.getByRole('table', { name: 'Клиенты' }).getByRole('row')
  await rows.nth(1).waitFor()
  await page.getByRole('button', { name: 'Упорядочить: Внесён, изменён' }).click()
  await page.waitForURL(/sort=newest/)
  const api = await signedInTo('orlova')
  const { items } = await api.get('/v1/counterparties?sort=newest&limit=1')
  await rows.nth(1).getByRole('link', { name: items[0].name }).waitFor()
  await rows.nth(1).getByRole('link', { name: items[0].name }).click()
  await page.waitForURL(new RegExp(`/clients/${items[0].id}`))
}))

test('a client is found by a part of the name, and what is being typed is never eaten', inPage({ as: 'orlova' }, async (page) => {
  const api = await signedInTo('orlova')
  const name = newName('Жар-Птица')
  const id = await register(api, { legal_name: `ООО «${name}»` })
  await open(page, '/clients')
  const search = page.getByRole('searchbox', { name: 'Найти клиента' })
  const heard = page.waitForResponse((answer) => answer.url().includes('/v1/counterparties?') && answer.url().includes('q='))
  await search.pressSequentially(name.slice(0, 12))
  // Somebody else changes the register while the person types on.
  await api.post(`/v1/counterparties/${id}/change`, { region: 'Центр' })
  await heard
  await search.pressSequentially(name.slice(12))
  await page.getByRole('link', { name: `ООО «${name}»` }).waitFor()
  assert.equal(await search.inputValue(), name)
  await page.waitForURL((url) => url.searchParams.get('q') === name)
}))

test('a filter is set, named, applied again and deleted', inPage({ as: 'orlova' }, async (page) => {
  await open(page, '/clients')
  await page.getByRole('button', { name: 'Отбор', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Отбор клиентов' })
  await drawer.getByLabel('Ключевые клиенты').check()
  await drawer.getByRole('combobox', { name: 'Регион' }).fill('Урал')
  await drawer.getByRole('combobox', { name: 'Регион' }).press('Enter')
  await page.waitForURL(/key=1/)
  await assertAccessible(page)
  await drawer.getByRole('button', { name: 'Показать' }).click()
  await drawer.waitFor({ state: 'hidden' })
  await page.waitForURL((url) => url.searchParams.get('region') === 'Урал')
  await page.getByRole('button', { name: 'Запомнить отбор' }).click()
  await page.getByLabel('Название отбора').fill('Уральские ключевые')
  await page.getByRole('button', { name: 'Запомнить', exact: true }).click()

  await page.getByRole('button', { name: 'Все', exact: true }).click()
  await page.waitForURL((url) => !url.searchParams.has('key') && !url.searchParams.has('region'))
  await page.reload()
  await page.getByRole('button', { name: 'Уральские ключевые', exact: true }).click()
  await page.waitForURL((url) => url.searchParams.get('key') === '1' && url.searchParams.get('region') === 'Урал')
  await page.getByRole('group', { name: 'Условия отбора' }).getByText('Регион: Урал').waitFor()

  await page.getByRole('button', { name: 'Снять условие: Регион: Урал' }).click()
  await page.waitForURL((url) => !url.searchParams.has('region'))
  await page.getByRole('button', { name: 'Удалить отбор «Уральские ключевые»' }).click()
  await page.getByRole('button', { name: 'Уральские ключевые', exact: true }).waitFor({ state: 'hidden' })
}))

test('on a phone all filters are there and nothing is wider than the screen', inPage({ as: 'orlova', device: 'phone' }, async (page) => {
  await open(page, '/clients')
  await page.getByRole('button', { name: 'Мои клиенты' }).click()
  await page.waitForURL(/responsible=/)
  await page.getByRole('button', { name: 'Отбор: 1' }).click()
  for (const label of ['Роль', 'Вид', 'Состояние', 'Ответственный', 'Регион', 'Сегмент']) await page.getByRole('dialog').getByLabel(label).first().waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the screen')
}))

test('a client is entered: a wrong number is told at its field, similar clients are shown', inPage({ as: 'orlova', allow: [/status of 422/] }, async (page) => {
  const api = await signedInTo('orlova')
  const name = newName('Колобок')
  await register(api, { legal_name: `ООО «${name}»` })
  await open(page, '/clients')
  await page.getByRole('button', { name: 'Завести клиента' }).click()
  const form = page.getByRole('dialog', { name: 'Новый клиент' })
  await form.getByLabel('Полное наименование').fill(`ООО «${name}»`)
  await form.getByTestId('similar').getByRole('link', { name: `ООО «${name}»` }).waitFor()
  await form.getByLabel('ИНН').fill('7707083890')
  await form.getByLabel('Электронная почта').fill('это не адрес')
  await form.getByRole('button', { name: 'Завести клиента' }).click()
  await form.getByText('В ИНН ошибка: проверьте число цифр и сами цифры').waitFor()
  await form.getByText('Это не адрес электронной почты').waitFor()
  assert.equal(await form.getByLabel('ИНН').getAttribute('aria-invalid'), 'true')
  await assertAccessible(page)

  const other = newName('Царевна-Лягушка')
  const inn = newInn()
  await form.getByLabel('Полное наименование').fill(`ООО «${other}»`)
  await form.getByLabel('ИНН').fill(inn)
  await form.getByLabel('Электронная почта').fill('lyagushka@boloto.example')
  await form.getByLabel('Телефон').fill('8 900 111-22-33')
  await form.getByRole('button', { name: 'Завести клиента' }).click()
  await page.waitForURL(/\/clients\/[0-9a-f-]{36}/)
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const card = await api.get(`/v1/counterparties/${id}`)
  assert.equal(card.record.inn, inn)
  assert.equal(card.responsible_id, api.me.employee_id)
  assert.equal(card.record.phones[0].e164, '+79001112233')

  await open(page, '/clients?new=1')
  await form.getByLabel('Полное наименование').fill('Другая')
  await form.getByLabel('ИНН').fill(inn)
  await form.getByRole('button', { name: 'Завести клиента' }).click()
  await form.getByText('Другой клиент уже внесён с такими ИНН и КПП.', { exact: false }).waitFor()
}))

test('two clients are merged, and parted again from the merge log', inPage({ as: 'orlova' }, async (page) => {
  const { left, right, names, card } = await newPair()
  await open(page, `/clients/duplicates?client=${left}`)
  const pair = pairOf(page, names)
  await pair.getByText('отмечено вручную').waitFor()
  await pair.getByRole('row', { name: /регион/i }).waitFor()
  await assertAccessible(page)
  await pair.getByRole('button', { name: 'Объединить' }).click()
  const form = page.getByRole('dialog', { name: 'Объединить' })
  await form.getByRole('radio', { name: names.left }).check()
  await form.getByLabel('Регион: Сибирь', { exact: false }).check()
  await assertAccessible(page)
  await press(page, form.getByRole('button', { name: 'Объединить' }), 'Карточки объединены')
  await page.getByText('Возможных повторов нет').waitFor()
  assert.equal((await card(right)).id, left, 'the other card stands for the survivor')
  assert.equal((await card(left)).record.region, 'Сибирь')
  assert.equal((await card(left)).record.phones[0].e164, '+79005554433')

  await page.getByRole('tab', { name: 'Журнал объединений' }).click()
  await page.getByRole('button', { name: `Разделить обратно: ${names.left}` }).click()
  const parting = page.getByRole('dialog', { name: 'Разделить обратно' })
  await parting.getByLabel('Почему объединять не следовало').fill('Это разные компании')
  await press(page, parting.getByRole('button', { name: 'Разделить обратно' }), 'Карточки разделены')
  await page.getByRole('row', { name: /разделены/ }).first().waitFor()
  assert.equal((await card(right)).id, right)
  assert.equal((await card(left)).record.region, 'Урал')
  await assertAccessible(page)
}))

test('a key account is merged by two people: an employee proposes', inPage({ as: 'sokolov' }, async (page) => {
  const { id, left, names, api } = await newPair({ key: true })
  await open(page, `/clients/duplicates?client=${left}`)
  const pair = pairOf(page, names)
  await pair.getByRole('button', { name: /^Что сделать с парой/ }).click()
  await page.getByText('Объединяет карточки руководитель. Вы можете предложить объединение').waitFor()
  await page.keyboard.press('Escape')
  await pair.getByRole('button', { name: 'Предложить объединение' }).click()
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Предложить объединение' }), 'Объединение предложено')
  await pair.getByText(/Соколов Дмитрий Андреевич предлагает объединить/).waitFor()
  const stateOf = async () => (await api.get(`/v1/duplicates?client=${left}&state=merge_proposed`)).items.map((one) => one.id)
  assert.deepEqual(await stateOf(), [id])
}))

test('a key account is merged by two people: another one approves, never the one who proposed', inPage({ as: 'orlova' }, async (page) => {
  const [own, foreign] = [await newPair({ key: true }), await newPair({ key: true })]
  await own.api.post(`/v1/duplicates/${own.id}/propose-merge`, { survivor_id: own.left })
  const sokolov = await signedInTo('sokolov')
  await sokolov.post(`/v1/duplicates/${foreign.id}/propose-merge`, { survivor_id: foreign.left })

  await open(page, `/clients/duplicates?client=${own.left}`)
  await pairOf(page, own.names).getByRole('button', { name: /^Что сделать с парой/ }).click()
  await page.getByText('Вы предложили это сами; утвердить должен другой сотрудник').waitFor()

  await open(page, `/clients/duplicates?client=${foreign.left}`)
  await pairOf(page, foreign.names).getByRole('button', { name: 'Утвердить объединение' }).click()
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Утвердить объединение' }), 'Карточки объединены')
  await until(async () => (await foreign.card(foreign.right)).id === foreign.left)
}))

test('two clients are told apart, and asked about again', inPage({ as: 'orlova' }, async (page) => {
  const { left, names } = await newPair()
  await open(page, `/clients/duplicates?client=${left}`)
  const pair = pairOf(page, names)
  await pair.getByRole('button', { name: /^Что сделать с парой/ }).click()
  await page.getByRole('menuitem', { name: 'Это разные клиенты' }).click()
  await page.getByLabel('Чем они отличаются').fill('Разные владельцы')
  await press(page, page.getByRole('dialog').getByRole('button', { name: 'Это разные клиенты' }), 'Отмечено: это разные клиенты')
  await page.getByRole('tab', { name: 'Решённые' }).click()
  await pair.getByText('Пояснение: Разные владельцы').waitFor()
  await press(page, pair.getByRole('button', { name: 'Вернуть на рассмотрение' }), 'Пара снова ждёт решения')
}))

test('a branch is put under its head organisation', inPage({ as: 'orlova' }, async (page) => {
  const { left, right, names, card } = await newPair()
  await open(page, `/clients/duplicates?client=${left}`)
  await pairOf(page, names).getByRole('button', { name: /^Что сделать с парой/ }).click()
  await page.getByRole('menuitem', { name: 'Признать филиалом' }).click()
  const form = page.getByRole('dialog', { name: 'Признать филиалом' })
  await form.getByRole('radio', { name: names.left }).check()
  await press(page, form.getByRole('button', { name: 'Признать филиалом' }), 'Филиал привязан к головной организации')
  await until(async () => (await card(right)).parent_id === left)
}))
