import assert from 'node:assert/strict'
import { test } from 'node:test'

import { demoPassword } from './kit/api.mjs'
import { openPage } from './kit/browser.mjs'
import { startEmptyServer } from './kit/server.mjs'
import { explain, inPage, logins, open, ownServer, screenReady, theBrowser, until } from './kit/test.mjs'
import { codeOf } from './kit/totp.mjs'

// Wrong passwords make others with the same login wait; so does a second factor, and an end of all sessions ends theirs.
ownServer()

async function fillIn(page, login, password) {
  await page.getByLabel('Логин').fill(login)
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
}

const userMenu = (page) => page.getByRole('button', { name: 'Меню пользователя' })

test('whoever is not signed in is asked for it, and then comes where they wanted', inPage({}, async (page) => {
  await open(page, '/clients')
  await fillIn(page, logins.manager, demoPassword)
  await userMenu(page).waitFor()
  await page.waitForURL('/clients')
}))

test('signing in leads to the daily report, and out again', inPage({}, async (page) => {
  await open(page, '/sign-in')
  await fillIn(page, logins.manager, demoPassword)
  await userMenu(page).click()
  await page.waitForURL('/')
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.getByLabel('Логин').waitFor()
  const session = await page.request.get('/v1/session')
  assert.equal(session.status(), 401)
}))

test('a wrong password is refused in Russian, the login stays, and after the wait the right one is taken', inPage({ allow: [/status of 4(01|29)/] }, async (page) => {
  await open(page, '/sign-in')
  await fillIn(page, logins.manager, 'not the password')
  await page.getByRole('alert').filter({ hasText: /пароль/i }).waitFor()
  assert.equal(await page.getByLabel('Логин').inputValue(), logins.manager)
  // Too early, the page says how long to wait; the button is to be had again after that.
  const early = page.getByRole('alert').filter({ hasText: 'Теперь можно попробовать ещё раз' })
  await fillIn(page, logins.manager, demoPassword)
  await userMenu(page).or(early).waitFor()
  if (await early.isVisible()) await fillIn(page, logins.manager, demoPassword)
  await userMenu(page).waitFor()
}))

test('after several wrong passwords the page counts the seconds down and opens the way again', inPage({ allow: [/status of 4(01|29)/] }, async (page) => {
  const login = 'tarasov'
  await open(page, '/sign-in')
  const waiting = page.getByRole('alert').filter({ hasText: 'Слишком много попыток' })
  const enter = page.getByRole('button', { name: 'Войти', exact: true })
  // The wait doubles with each wrong one, so a few are enough for the page to be faster than the wait.
  await until(async () => {
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/v1/session') && answer.request().method() === 'POST')
    await fillIn(page, login, 'not the password')
    return (await answered).status() === 429
  })
  const seconds = async () => Number(/через (\d+) с/.exec(await waiting.allInnerTexts())?.[1] ?? 0)
  const first = await seconds()
  assert.ok(first >= 1)
  assert.equal(await enter.isDisabled(), true)
  await until(async () => (await seconds()) < first, { what: 'the seconds go down' })
  await page.getByRole('alert').filter({ hasText: 'Теперь можно попробовать ещё раз' }).waitFor({ timeout: 30_000 })
  await fillIn(page, login, demoPassword)
  await userMenu(page).waitFor()
}))

// --- The second factor. ---

const shown = (page, name) => page.getByRole('group', { name, exact: true }).locator('pre').innerText()

/** Sets the second factor up on the page as it is; returns the secret and the recovery codes. */
async function enrol(page) {
  await page.getByRole('button', { name: 'Настроить второй фактор' }).click()
  const secret = await shown(page, 'Ключ')
  assert.match(await page.getByRole('link', { name: /^otpauth:/ }).getAttribute('href'), new RegExp(`secret=${secret}$`))
  await page.getByLabel('Шесть цифр из приложения').fill('000000')
  await page.getByRole('button', { name: 'Подтвердить' }).click()
  await page.getByRole('alert').filter({ hasText: /код/i }).waitFor()
  await until(() => page.getByRole('button', { name: 'Подтвердить' }).isEnabled())
  await until(async () => {
    await page.getByLabel('Шесть цифр из приложения').fill(codeOf(secret))
    await page.getByRole('button', { name: 'Подтвердить' }).click()
    const over = page.getByRole('button', { name: 'Коды сохранены' })
    await over.or(page.getByText('Теперь можно попробовать ещё раз')).first().waitFor()
    return over.isVisible()
  })
  const codes = (await shown(page, 'Коды восстановления')).split('\n').map((line) => line.trim()).filter(Boolean)
  assert.equal(codes.length, 10)
  await page.getByRole('button', { name: 'Коды сохранены' }).click()
  return { secret, codes }
}

async function giveCode(page, code) {
  await page.getByRole('heading', { name: 'Код подтверждения' }).waitFor()
  await page.getByLabel('Код', { exact: true }).fill(code)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
}

async function signOut(page) {
  await userMenu(page).click()
  await page.getByRole('menuitem', { name: 'Выйти' }).click()
  await page.getByLabel('Логин').waitFor()
}

test('a second factor is set up, asked for, replaced by a recovery code, and turned off', inPage({ as: 'ermakov', allow: [/status of 4(01|09|22|29)/] }, async (page) => {
  await open(page, '/settings')
  const factor = page.getByRole('region', { name: 'Второй фактор' })
  await factor.getByText('Не настроен').waitFor()
  const { secret, codes } = await enrol(page)
  await factor.getByText('Осталось кодов восстановления: 10').waitFor()

  await signOut(page)
  await fillIn(page, 'ermakov', demoPassword)
  await page.getByRole('heading', { name: 'Код подтверждения' }).waitFor()
  const half = await page.request.get('/v1/counterparties')
  assert.equal((await half.json()).code, 'second_factor.code_needed', 'the password alone opens nothing')
  await giveCode(page, codeOf(secret, 1))
  await userMenu(page).waitFor()

  await signOut(page)
  await fillIn(page, 'ermakov', demoPassword)
  await giveCode(page, codes[0])
  await userMenu(page).waitFor()

  await open(page, '/settings')
  await factor.getByText('Осталось кодов восстановления: 9').waitFor()
  await factor.getByRole('button', { name: 'Отключить второй фактор' }).click()
  await factor.getByLabel('Нынешний пароль для отключения').fill(demoPassword)
  await factor.getByRole('button', { name: 'Отключить второй фактор' }).click()
  await factor.getByText('Не настроен').waitFor()
}))

// --- The first start. ---

test('the link of the first start makes the administrator, whose role needs a second factor', async (t) => {
  const server = await startEmptyServer('--require-totp')
  const opened = await openPage(await theBrowser(), server.url, { allow: [/status of 4(01|03|22|29)/] })
  try {
    await firstStart(opened.page, server)
    opened.watch.assertClean()
  } catch (error) {
    throw await explain(error, opened, t.name)
  } finally {
    await opened.close()
    await server.stop()
  }
})

async function firstStart(page, { setUp }) {
  const password = 'a long way from home'
  await open(page, '/sign-in')
  await page.getByText('Войти пока некому').waitFor()
  await open(page, '/setup')
  await page.getByText('В адресе нет ключа настройки').waitFor()

  await page.goto(setUp)
  await page.reload()
  await screenReady(page)
  await page.getByLabel('Фамилия, имя и отчество').fill('Первая Анна Ивановна')
  await page.getByLabel('Логин').fill('pervaya')
  const set = async (one, again) => {
    await page.getByLabel('Пароль', { exact: true }).fill(one)
    await page.getByLabel('Пароль ещё раз').fill(again)
    await page.getByRole('button', { name: 'Завести и войти' }).click()
  }
  await set(password, 'something else entirely')
  await page.getByText('Пароли не совпадают').waitFor()
  await set('password1234', 'password1234')
  await page.getByText('Такой пароль подберут в первую очередь').waitFor()
  await set(password, password)

  await page.getByRole('heading', { name: 'Второй фактор' }).waitFor()
  const { codes } = await enrol(page)
  await userMenu(page).waitFor()
  await open(page, '/settings')
  await page.getByText('Для вашей роли второй фактор обязателен').waitFor()
  await signOut(page)
  await fillIn(page, 'pervaya', password)
  await giveCode(page, 'aaaa-bbbb-cccc-dddd')
  await page.getByRole('alert').filter({ hasText: /код/i }).waitFor()
  await until(() => page.getByRole('button', { name: 'Войти', exact: true }).isEnabled())
  await until(async () => {
    await giveCode(page, codes[1])
    const again = page.getByText('Теперь можно попробовать ещё раз')
    await userMenu(page).or(again).first().waitFor()
    return userMenu(page).isVisible()
  })

  await signOut(page)
  await page.goto(setUp)
  await page.reload()
  await page.getByLabel('Фамилия, имя и отчество').fill('Вторая Анна Ивановна')
  await page.getByLabel('Логин').fill('vtoraya')
  await set(password, password)
  await page.getByRole('alert').waitFor()
}

// --- Sessions. ---

test('a person sees where they are signed in, ends one sign-in, and then all', inPage({ as: 'zhukov', allow: [/status of 401/] }, async (page, { server }) => {
  const elsewhere = () => openPageAs('zhukov', server)
  const [office, home] = [await elsewhere(), await elsewhere()]
  const status = async (other) => (await other.page.request.get('/v1/session')).status()
  await open(page, '/settings')
  const sessions = page.getByRole('region', { name: 'Где я вошёл' })
  await sessions.getByText('это устройство').waitFor()
  const ends = sessions.getByRole('button', { name: /^Завершить вход/ })
  await until(async () => (await ends.count()) === 2)
  await ends.first().click()
  await until(async () => (await ends.count()) === 1)
  const states = [await status(office), await status(home)].toSorted()
  assert.deepEqual(states, [200, 401])
  await sessions.getByRole('button', { name: 'Выйти на всех устройствах' }).click()
  await page.getByLabel('Логин').waitFor()
  assert.deepEqual([await status(office), await status(home)], [401, 401])
  await Promise.all([office.close(), home.close()])
}))

const openPageAs = async (as, { url }) => openPage(await theBrowser(), url, { as })

test('the form speaks English to those who chose it', inPage({ lang: 'en' }, async (page) => {
  await open(page, '/sign-in')
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  assert.doesNotMatch(await page.locator('main').innerText(), /[а-яё]/i)
}))
