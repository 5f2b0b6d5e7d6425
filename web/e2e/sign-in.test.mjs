import assert from 'node:assert/strict'
import { test } from 'node:test'

import { demoPassword } from './kit/api.mjs'
import { inPage, logins, open, ownServer } from './kit/test.mjs'

// Wrong passwords make others with the same login wait.
ownServer()

async function fillIn(page, login, password) {
  await page.getByLabel('Логин').fill(login)
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти' }).click()
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

test('the form speaks English to those who chose it', inPage({ lang: 'en' }, async (page) => {
  await open(page, '/sign-in')
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  assert.doesNotMatch(await page.locator('main').innerText(), /[а-яё]/i)
}))
