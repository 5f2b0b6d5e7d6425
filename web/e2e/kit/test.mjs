// What a test of the web application is written with. A test file looks like this:
//
//   import assert from 'node:assert/strict'
//   import { test } from 'node:test'
//   import { inPage, open, signedInTo, ownServer } from './kit/test.mjs'
//
//   ownServer()      // this file changes data; without it the file shares a server with all others and only looks
//
//   test('a message is routed', inPage({ as: 'orlova' }, async (page) => {
//     await open(page, '/messages')
//     await page.getByRole('button', { name: 'Передать' }).click()
//     await page.getByRole('status').getByText('Передано').waitFor()
//     const orlova = await signedInTo('orlova')                 // the HTTP API, to arrange or to check
//     assert.equal((await orlova.get('/v1/messages?state=routed')).items.length, 2)
//   }))
//
// Options of inPage are those of openPage in browser.mjs; `allow: [/status of 409/]` lets a test provoke a conflict.
// Each test has a context of its own; those of a login share a sign-in while it lasts. Nothing waits for a time: locators wait
// for what they name, `until` asks again and again. A page that failed leaves its picture in test-results/failures.
//
//   node e2e/run.mjs                                 all files, on two cores
//   node e2e/run.mjs e2e/messages.test.mjs …         some
//   node --test e2e/messages.test.mjs                one alone; loads the demo first
//   LETOPIS_E2E_URL=http://… node --test …           on a server that runs already, such as that of `npm run dev`
//   LETOPIS_E2E_DEV=1 LETOPIS_E2E_URL=… node --test … the same for a file that changes data: what it changed stays

import { mkdirSync } from 'node:fs'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

import { signedIn } from './api.mjs'
import { launch, openPage, signIn } from './browser.mjs'
import { sharedServer, startServer } from './server.mjs'

export { logins } from './api.mjs'
export { open, screenReady, settled, signIn } from './browser.mjs'
export { until } from './server.mjs'

const failures = fileURLToPath(new URL('../../../test-results/failures/', import.meta.url))

let start = sharedServer
let server
let browser

/** Gives this file a server of its own. To be called at the top of a file whose tests change data. */
export function ownServer() {
  start = process.env.LETOPIS_E2E_DEV ? sharedServer : startServer
}

export const theServer = () => (server ??= start())
export const theBrowser = () => (browser ??= launch())

// A password costs the server a hash on purpose, so a sign-in that is still good is used again. Pages have theirs and the API
// has its own: a page that signs somebody else in ends the one that it had.
const ofApi = new Map()
const ofPages = new Map()

/** The HTTP API of this file's server, in the name of a login. */
export async function signedInTo(login, password) {
  const key = `${login} ${password}`
  const good = await ofApi.get(key)?.get('/v1/session').then(() => true, () => false)
  if (!good) ofApi.set(key, await signedIn((await theServer()).url, login, password))
  return ofApi.get(key)
}

async function enter({ page, context }, login) {
  if (ofPages.has(login)) {
    await context.addCookies(ofPages.get(login))
    if ((await context.request.get('/v1/session')).ok()) return
    await context.clearCookies()
  }
  await signIn(page, login)
  ofPages.set(login, await context.cookies())
}

after(async () => {
  const ended = await Promise.allSettled([end(browser, (it) => it.close()), end(server, (it) => it.stop())])
  const failed = ended.find(({ status }) => status === 'rejected')
  if (failed) throw failed.reason
})

// What never started has failed its tests already.
async function end(started, stop) {
  const it = await started?.catch(() => undefined)
  if (it) await stop(it)
}

/** A test's function that gets a page and what openPage gives beside it, and fails when the page misbehaves meanwhile. */
export function inPage(options, body) {
  return async (t) => {
    const opened = await openTestPage(options)
    try {
      await body(opened.page, opened)
      opened.watch.assertClean()
    } catch (error) {
      throw await explain(error, opened, t.name)
    } finally {
      await opened.close()
    }
  }
}

/** A page for several tests in turn; the caller closes it. */
export async function openTestPage({ as, ...options }) {
  const [running, launched] = await Promise.all([theServer(), theBrowser()])
  const opened = await openPage(launched, running.url, options)
  if (as) await enter(opened, as)
  return { ...opened, server: running }
}

/** Adds to an error what the page said and where its picture lies. */
export async function explain(error, { page, watch }, name) {
  mkdirSync(failures, { recursive: true })
  const picture = `${failures}${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`
  const taken = await page.screenshot({ path: picture }).then(() => `\npicture: ${picture}`, () => '')
  const news = watch.unexpected().filter((message) => !error.message.includes(message))
  const said = news.map((message) => `\n  ${message}`).join('')
  const message = `${error.message}\nat ${page.url()}${taken}${said && `\nmeanwhile:${said}`}`
  // As a cause the error would be printed a second time; what matters of it is the line of the test.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at .*\.test\.mjs/.test(line))
  return Object.assign(new Error(message), { stack: [message, ...frames].join('\n') })
}
