// A browser, and pages that are watched: whatever a page should not do while a test looks elsewhere fails the test.
// Tests take pages from kit/test.mjs; this file is for programs that are not tests, such as screenshots.mjs.
//
//   const browser = await launch()
//   const { page, watch, close } = await openPage(browser, server.url, { as: 'orlova', device: 'phone', lang: 'en' })
//   await open(page, '/messages')       // goes there and waits until the screen has its data
//   watch.assertClean()
//   await close()

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

import { demoPassword, noteWritten } from './api.mjs'

export const devices = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Workers load things that no page event tells of: what is not on this machine has no address at all.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

export function launch() {
  return chromium.launch({ executablePath: findChromium(), headless: true, args: flags })
}

function findChromium() {
  if (process.env.LETOPIS_CHROMIUM) return process.env.LETOPIS_CHROMIUM
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
  if (!found) throw new Error('no Chromium: install the package chromium, or name one in LETOPIS_CHROMIUM')
  return found
}

/**
 * A page in a context of its own. `as` is a login (nobody is signed in without it), `device` desktop or phone, `lang` ru or
 * en, `scheme` light or dark, `density` comfortable or compact; `allow` are patterns of messages that the test provokes.
 */
export async function openPage(browser, url, options = {}) {
  const { as, device = 'desktop', lang = 'ru', scheme = 'light', density = 'comfortable', allow = [] } = options
  const context = await browser.newContext({
    ...devices[device],
    baseURL: url,
    locale: lang === 'en' ? 'en-GB' : 'ru-RU',
    timezoneId: 'Europe/Moscow',
    colorScheme: scheme,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(10_000)
  await context.addInitScript(prefer, { 'letopis.lang': lang, 'letopis.color-scheme': scheme, 'letopis.density': density })
  const watch = watchContext(context, url, allow)
  const page = await context.newPage()
  if (as) await signIn(page, as)
  return { page, context, watch, close: () => context.close() }
}

// Runs in the page before its own scripts. A choice made later in the test must outlive a reload, so nothing is set twice.
// Blank pages and frames without an origin have no storage.
function prefer(choices) {
  if (location.origin === 'null') return
  for (const [key, value] of Object.entries(choices)) {
    if (localStorage.getItem(key) === null) localStorage.setItem(key, value)
  }
}

/** Signs in without the form: e2e/sign-in.test.mjs tests that one. */
export async function signIn(page, login, password = demoPassword) {
  // What an open page still asks under the former name would be refused: signing in again ends that session.
  await page.goto('about:blank')
  const answer = await page.context().request.post('/v1/session', { data: { login, password } })
  if (!answer.ok()) throw new Error(`${login} cannot sign in: ${answer.status()} ${await answer.text()}`)
}

/** Goes to a screen and waits until it has its data. */
export async function open(page, path) {
  await page.goto(path)
  await screenReady(page)
}

/** A screen is there when it has its heading and nothing in it is loading. */
export async function screenReady(page) {
  await page.locator('main h1').first().waitFor()
  await page.waitForFunction(() => {
    const main = document.querySelector('main')
    return main?.ariaBusy !== 'true' && !main?.querySelector('[aria-busy=true]')
  })
}

/** Fails if the page as it is now is wider than a telephone's screen. */
export async function assertFitsPhone(page) {
  const usual = page.viewportSize()
  await page.setViewportSize(devices.phone.viewport)
  // What is laid out anew by a script, not by a rule of style, comes a frame later.
  await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)) }))
  await screenReady(page)
  await settled(page)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  await page.setViewportSize(usual)
  if (width > devices.phone.viewport.width) throw new Error(`the page is ${width} pixels wide on a phone`)
}

/** Fonts are there and nothing moves: for pictures, and for contrasts that are measured. */
export async function settled(page) {
  await page.evaluate(() => document.fonts.ready.then(() => true))
  await page.waitForFunction(() => {
    const running = document.getAnimations().filter(({ playState }) => playState === 'running')
    return !running.some(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
  })
}

// The application asks who is signed in before it shows the form, and Chromium writes the answer "nobody" to its console.
const always = [/status of 401 .*\/v1\/session$/]

function watchContext(context, url, allow) {
  const origin = new URL(url).origin
  let noticed = []
  context.on('response', (answer) => noteWritten(answer.headers()['x-position']))
  context.on('request', (request) => {
    const to = request.url()
    if (!to.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(to)) noticed.push(`request to another host: ${to}`)
  })
  // Chromium writes violations of the content security policy and failed requests to the console too.
  context.on('console', (message) => {
    if (message.type() === 'error') noticed.push(`console: ${message.text()} ${message.location().url}`.trim())
  })
  // No page of ours asks like that; one that is left open would stop everything.
  context.on('dialog', (dialog) => {
    noticed.push(`dialog: ${dialog.type()} ${dialog.message()}`)
    void dialog.dismiss().catch(() => {})
  })
  context.on('weberror', (thrown) => noticed.push(`page error: ${thrown.error().stack ?? thrown.error()}`))
  const unexpected = (alsoAllow = []) => {
    const allowed = [...always, ...allow, ...alsoAllow]
    return noticed.filter((message) => !allowed.some((pattern) => pattern.test(message)))
  }
  return {
    unexpected,
    /** Begins anew, for a page that is used again. */
    forget: () => {
      noticed = []
    },
    /** Fails if something happened that is not allowed. */
    assertClean(alsoAllow) {
      const found = unexpected(alsoAllow)
      if (found.length > 0) throw new Error(`the page did what it should not:\n  ${found.join('\n  ')}`)
    },
  }
}
