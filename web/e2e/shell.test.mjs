// The frame of all screens: header, navigation, palette, past days, the live stream.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { after, test } from 'node:test'

import { openPage } from './kit/browser.mjs'
import { inPage, logins, open, ownServer, screenReady, signedInTo, theBrowser, theServer, until } from './kit/test.mjs'

ownServer()

const palette = (page) => page.getByRole('dialog').getByRole('textbox', { name: 'Поиск и команды' })

// --- The palette. ---

test('the palette opens with Ctrl+K in either keyboard layout', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/clients')
  for (const key of ['k', 'л']) {
    await page.evaluate((pressed) => document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyK', key: pressed, ctrlKey: true, bubbles: true })), key)
    await palette(page).waitFor()
    await page.keyboard.press('Escape')
    await palette(page).waitFor({ state: 'detached' })
  }
}))

const cyrillic = 'йцукенгшщзхъфывапролджэячсмитьбюё'
const latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"

/** The keys of a Russian word, pressed while the layout is English. */
const wrongLayout = (word) => [...word.toLowerCase()].map((char) => latin[cyrillic.indexOf(char)] ?? char).join('')

/** A client with a word of its own in the name. */
async function someClient() {
  const orlova = await signedInTo(logins.manager)
  const word = [...String(Date.now())].map((digit) => 'абвгдежзик'[Number(digit)]).join('')
  const { id } = await orlova.post('/v1/counterparties', { kind: 'organisation', legal_name: `Общество ${word}`, responsible_employee_id: orlova.me.employee_id })
  return { id, word, orlova }
}

test('a client typed in the wrong layout is found, and opened from the keyboard', inPage({ as: logins.manager }, async (page) => {
  const { id, word } = await someClient()
  await open(page, '/')
  await page.keyboard.press('Control+KeyK')
  await palette(page).fill(wrongLayout(word))
  await page.getByRole('dialog').getByText(`Общество ${word}`).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === `/clients/${id}`)
}))

// --- A past day. ---

test('a past day is told by a banner, changes nothing, and leads back', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/admin?tab=tokens')
  const command = page.getByRole('button', { name: 'Создать ключ' })
  const banner = page.getByTestId('as-of-banner')
  assert.equal(await command.isEnabled(), true)
  await page.getByRole('button', { name: 'По состоянию на' }).click()
  await page.getByRole('button', { name: 'неделю назад' }).click()
  await banner.waitFor()
  await until(() => command.isDisabled(), { what: 'the command is disabled' })
  await page.getByRole('link', { name: 'Клиенты', exact: true }).click()
  await banner.waitFor()
  await banner.getByRole('button', { name: 'Вернуться в сегодня' }).click()
  await banner.waitFor({ state: 'detached' })
  assert.equal(new URL(page.url()).searchParams.has('as_of'), false)
}))

// --- Looks. ---

test('language, theme and density are switched and kept', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/clients')
  const html = page.locator('html')
  await page.getByRole('button', { name: 'Меню пользователя' }).click()
  await page.getByRole('radiogroup', { name: 'Оформление' }).getByText('Тёмное').click()
  await page.getByRole('radiogroup', { name: 'Плотность' }).getByText('Плотно').click()
  await page.getByRole('radiogroup', { name: 'Язык' }).getByText('English').click()
  await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor()
  assert.equal(await html.getAttribute('lang'), 'en')
  assert.equal(await html.getAttribute('data-mantine-color-scheme'), 'dark')
  await page.getByRole('button', { name: 'User menu' }).click()
  assert.equal(await page.getByRole('radio', { name: 'Compact' }).isChecked(), true)
}))

// --- The keyboard. ---

const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')

test('the keyboard goes through the header in its order, and past it', inPage({ as: logins.manager }, async (page) => {
  await open(page, '/clients')
  const order = ['К содержанию', 'Летопись', 'Поиск и команды', 'По состоянию на', 'Switch to English', 'Тёмное оформление', /^Напоминания/, 'Меню пользователя']
  for (const expected of order) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    assert.ok(typeof expected === 'string' ? now === expected : expected.test(now), `${now} instead of ${expected}`)
  }
  await page.reload()
  await screenReady(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await until(() => page.evaluate(() => document.activeElement?.id === 'screen'), { what: 'the screen has the focus' })
}))

// --- The phone. ---

test('on a phone the menu opens, leads to a screen and is closed again', inPage({ as: logins.manager, device: 'phone' }, async (page) => {
  await open(page, '/clients')
  const menu = page.getByRole('button', { name: 'Меню', exact: true })
  const entry = page.getByRole('link', { name: 'Сотрудники' })
  assert.equal(await menu.getAttribute('aria-expanded'), 'false')
  await menu.click()
  await entry.click()
  await page.getByRole('heading', { level: 1, name: 'Сотрудники' }).waitFor()
  assert.equal(await menu.getAttribute('aria-expanded'), 'false')
  await until(async () => !(await inSight(entry)), { what: 'the menu is out of sight' })
}))

const inSight = async (locator) => {
  const box = await locator.boundingBox()
  return box !== null && box.x + box.width > 0 && (await locator.isVisible())
}

// --- The connection. ---

const offline = (page) => page.getByText('Нет связи с сервером. На экране')

test('a lost connection is told, and when it is back', inPage({ as: logins.manager, allow: [/ERR_INTERNET_DISCONNECTED/] }, async (page, { context }) => {
  await open(page, '/clients')
  await context.setOffline(true)
  await offline(page).waitFor()
  await context.setOffline(false)
  await offline(page).waitFor({ state: 'detached' })
}))

const relays = []
after(() => Promise.all(relays.map((relay) => relay.close())))

/** Stands between browser and server and counts the streams that are open: no page is told of what a shared worker asks. */
async function countingRelay() {
  const { url } = await theServer()
  const streams = { open: 0, most: 0 }
  const server = createServer((asked, answer) => {
    const onward = request(new URL(asked.url, url), { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers)
      got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
    answer.on('close', () => onward.destroy())
    if (asked.url !== '/v1/changes') return
    streams.most = Math.max(streams.most, ++streams.open)
    answer.on('close', () => streams.open--)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  relays.push({ close })
  return { url: `http://127.0.0.1:${server.address().port}`, streams }
}

test('a change appears in two tabs by itself, and both share one stream', async () => {
  const relay = await countingRelay()
  const { id, word, orlova } = await someClient()
  const { page, context, close } = await openPage(await theBrowser(), relay.url, { as: logins.manager })
  const second = await context.newPage()
  for (const tab of [page, second]) {
    await open(tab, `/trail/counterparty/${id}`)
    await tab.getByText(`Общество ${word}`).first().waitFor()
  }
  await until(() => relay.streams.open === 1, { what: 'a stream is open' })
  await orlova.post(`/v1/counterparties/${id}/change`, { region: 'Поволжье' })
  for (const tab of [page, second]) await tab.getByText('Поволжье').first().waitFor()
  assert.equal(relay.streams.most, 1, 'one stream for the browser')
  await close()
})

test('ten tabs are open, and all answer', async () => {
  const relay = await countingRelay()
  const { page, context, close } = await openPage(await theBrowser(), relay.url, { as: logins.manager })
  const tabs = [page]
  for (let i = 1; i < 10; i++) tabs.push(await context.newPage())
  for (const tab of tabs) await open(tab, '/settings')
  for (const tab of tabs) await tab.getByRole('link', { name: 'Управление' }).click()
  await Promise.all(tabs.map((tab) => tab.getByRole('tree').or(tab.getByText('Показать закрытые')).waitFor()))
  assert.equal(relay.streams.most, 1, 'one stream for ten tabs')
  await close()
})

test('a reminder that fires shows on the bell and is read there', inPage({ as: logins.employee }, async (page) => {
  const sokolov = await signedInTo(logins.employee)
  await open(page, '/settings')
  const text = `Позвонить ${Date.now()}`
  await sokolov.post('/v1/reminders', { text, fire_at: new Date(Date.now() + 1500).toISOString() })
  await page.getByRole('alert').filter({ hasText: text }).waitFor({ timeout: 30_000 })
  await page.getByRole('button', { name: /^Напоминания: [1-9]/ }).click()
  const waiting = page.getByRole('dialog').getByText(text)
  await waiting.waitFor()
  await page.getByRole('dialog').locator('.mantine-Paper-root').filter({ hasText: text }).getByRole('button', { name: 'Отметить прочитанным' }).click()
  await waiting.waitFor({ state: 'detached' })
}))
