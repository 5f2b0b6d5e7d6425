import assert from 'node:assert/strict'
import { test } from 'node:test'

import { demoPassword } from './kit/api.mjs'
import { inPage, logins, open } from './kit/test.mjs'

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

test('a wrong password is refused in Russian, and the login stays', inPage({}, async (page) => {
  await open(page, '/sign-in')
  await fillIn(page, logins.manager, 'not the password')
  await page.getByRole('alert').filter({ hasText: /пароль/i }).waitFor()
  assert.equal(await page.getByLabel('Логин').inputValue(), logins.manager)
}))

test('the form speaks English to those who chose it', inPage({ lang: 'en' }, async (page) => {
  await open(page, '/sign-in')
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  assert.doesNotMatch(await page.locator('main').innerText(), /[а-яё]/i)
}))
