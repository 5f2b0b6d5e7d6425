// Stored scripts: every text of a whole company is hostile (hostile.mjs), and everybody looks at everything. Nothing of it
// may run, ask, open or become an element.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { logins } from './kit/api.mjs'
import { openPage, screenReady, signIn } from './kit/browser.mjs'
import { mark, payloads, plain } from './kit/payloads.mjs'
import { startEmptyServer } from './kit/server.mjs'
import { explain, theBrowser } from './kit/test.mjs'
import { hostileCompany } from './hostile.mjs'
import { pathOf, screens } from './screens.mjs'

// How many fields must hold a payload, and how many payloads must be harmful to a page that takes them for more than text.
const leastFields = 240
const leastHarmful = 50

let server
let company

before(async () => {
  server = await startEmptyServer()
  company = await hostileCompany(server)
})
after(() => server?.stop())

// --- What is looked for. ---

/** Runs in the page: what a payload has done to it. */
function traces(root = document) {
  const elements = [...root.querySelectorAll('*')]
  const handlers = elements.filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on')))
  const strangers = root.querySelectorAll('[data-pwned], img[src=x], iframe, object, embed, base, math, animate, meta[http-equiv=refresh], link[href*="pwned"]')
  const links = elements.filter((one) => ['href', 'src', 'action', 'formaction', 'xlink:href'].some((name) => /^\s*(j\s*a\s*v\s*a|vb)script:|^\s*data:(?!image\/)/i.test(one.getAttribute(name) ?? '')))
  const found = [...new Set([...handlers, ...strangers, ...links])].map((one) => `element: ${one.outerHTML.slice(0, 200)}`)
  return '__pwned' in window ? ['a payload ran', ...found] : found
}

// A word without an end must not push what is beside it out of sight either.
const overflow = () => (document.documentElement.scrollWidth > innerWidth ? [`the page is ${document.documentElement.scrollWidth} pixels wide`] : [])

async function assertUnharmed({ page, watch }) {
  const found = [...(await page.evaluate(traces)), ...(await page.evaluate(overflow)), ...watch.unexpected()]
  if (found.length > 0) throw new Error(`a payload did something:\n  ${found.join('\n  ')}`)
}

const shows = (page) => page.evaluate((word) => document.querySelector('main').innerText.includes(word), mark)

// --- That all this can fail. ---

describe('the test itself', () => {
  test('most payloads harm a page that believes them', async () => {
    const { page, close } = await openPage(await theBrowser(), server.url)
    const harmful = await page.evaluate(harmfulOf, { payloads, source: traces.toString() })
    await close()
    assert.ok(harmful >= leastHarmful, `${harmful} of ${payloads.length}`)
  })

  test('what runs, asks, opens or becomes an element is noticed', async () => {
    const opened = await openPage(await theBrowser(), server.url)
    const { page, watch, close } = opened
    for (const [payload, notice] of [[plain, /a payload ran/], [plain, /element: <img/], [`<img src=y onerror="alert('pwned')">`, /dialog: alert pwned/], ['<img src="https://pwned.example/i">', /another host: https:\/\/pwned/]]) {
      await page.goto('about:blank')
      watch.forget()
      await page.evaluate((text) => { document.body.innerHTML = text }, payload)
      await noticed(opened, notice)
    }
    // In the application the policy stops what would run, and says so.
    await page.goto('/sign-in')
    await screenReady(page)
    watch.forget()
    await page.evaluate((text) => document.querySelector('main').insertAdjacentHTML('beforeend', text), plain)
    await noticed(opened, /Content Security Policy/)
    assert.equal(await page.evaluate(() => '__pwned' in window), false)
    await close()
  })
})

async function noticed(opened, notice) {
  await opened.page.waitForLoadState('networkidle')
  await assert.rejects(assertUnharmed(opened), notice)
}

// Runs in a blank page, in a document that runs nothing: as markup, within an attribute, and as an address.
function harmfulOf({ payloads: all, source }) {
  const tracesOf = new Function(`return ${source}`)()
  const harm = (markup) => tracesOf(new DOMParser().parseFromString(`<body>${markup}</body>`, 'text/html')).length > 0
  return all.filter((one) => harm(one) || harm(`<p title="${one}">`) || harm(`<p title='${one}'>`) || harm(`<a href="${one}">`)).length
}

// --- The company. ---

test('texts are hostile wherever the commands take them', (t) => {
  const { filler } = company
  const refused = filler.refused()
  const known = new Set([...filler.taken, ...refused])
  t.diagnostic(`${filler.taken.size} of ${filler.offered().length} fields hold a payload`)
  t.diagnostic(`refused: ${refused.join('; ')}`)
  t.diagnostic(`not tried: ${filler.offered().filter((field) => !known.has(field)).join('; ')}`)
  assert.ok(filler.taken.size >= leastFields, `${filler.taken.size} fields`)
})

// --- The crawl. ---

const pages = { counterparty: '/clients', contact_person: '/people', message: '/messages', thread: '/threads', assignment: '/assignments', negotiation: '/negotiations', employee: '/employees' }

const roleOf = { [logins.administrator]: 'administrator', [logins.manager]: 'manager', [logins.reviewer]: 'compliance_reviewer', [logins.employee]: 'employee' }

// Who asks for things and who does them see texts on more screens than anybody: they go to all of them.
const everywhere = ['manager', 'employee']

// Whoever else is there comes to each page and to all screens of their own, but not to every tab and form: what draws those
// is the same for all. What is to be seen there only by some is waited for only with them.
function screensFor(role) {
  const seen = new Set()
  const all = screens.filter(({ as, name }) => as && name !== 'offline').map((screen) => {
    const path = pathOf(screen, company.ids)
    const theirs = roleOf[screen.as] === role
    return { path, page: path.split('?')[0], theirs, state: theirs ? screen.state : undefined, ready: theirs ? screen.ready : undefined }
  })
  return all.filter(({ page, theirs }) => {
    const another = seen.has(page)
    seen.add(page)
    return theirs || !another || everywhere.includes(role)
  })
}

// Each record has its page; who sees most of clients sees all of them. The trails of the rest are the administrator's to see.
function recordsFor(role) {
  const cards = role === 'manager' ? [...company.records].flatMap(([kind, ids]) => (pages[kind] ? [...ids].map((id) => ({ path: `${pages[kind]}/${id}`, full: true })) : [])) : []
  const trails = ['manager', 'administrator'].includes(role) ? [...company.records].map(([kind, [id]]) => ({ path: `/trail/${kind}/${id}` })) : []
  return [...cards, ...trails]
}

// Forms that are filled with what is there.
const formsFor = (role) => (role === 'manager' ? [
  ...['route', 'match', 'classify', 'become&as=negotiation'].map((what) => ({ path: `/messages/${company.ids.message}?do=${what}`, ready: '[role=dialog]' })),
  { path: `/threads/${company.ids.thread}?do=addAddressee`, ready: '[role=dialog]' },
  ...[`/clients/${company.ids.client}`, `/people/${company.ids.person}`, `/employees/${company.ids.employee}`, `/assignments/${company.ids.assignment}`].map((path) => ({ path, state: firstAction, ready: '[role=dialog] form' })),
] : [])

async function firstAction(page) {
  await page.getByRole('main').getByRole('button', { name: 'Другие действия' }).first().click()
  await page.getByRole('menuitem').and(page.locator(':not([data-disabled])')).first().click()
}

const searchesFor = (role) => (role === 'manager' ? [
  { path: `/clients?q=${encodeURIComponent(plain)}` },
  { path: `/events?q=${encodeURIComponent(plain)}` },
  { path: `/api-reference?op=${encodeURIComponent(plain)}` },
  { path: `/clients?tab=${encodeURIComponent(plain)}&region=${encodeURIComponent(plain)}` },
] : [])

const partOf = (path) => path.split(/[/?]/)[1]

/** Goes there within the application, as a link would; a screen that shows the same component is loaded anew. */
async function visit(page, { path, state, ready }) {
  const heading = await page.$('main h1')
  // What lies over the page, such as the palette, would stay over the next one.
  if (!heading || (await page.$('[role=dialog]')) || partOf(new URL(page.url()).pathname) === partOf(path)) {
    await page.goto(path)
  } else {
    await page.evaluate((to) => history.pushState({}, '', to), path)
    await page.waitForFunction((old) => !old.isConnected, heading)
  }
  await screenReady(page)
  await state?.(page)
  if (ready) await page.locator(ready).first().waitFor()
}

// Neighbours are of different parts of the application, so that most of the way needs no loading.
function mixed(all) {
  const parts = new Map()
  for (const screen of all) parts.set(partOf(screen.path), [...(parts.get(partOf(screen.path)) ?? []), screen])
  const rows = [...parts.values()]
  return Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, i) => rows.map((row) => row[i]).filter(Boolean)).flat()
}

async function crawl(role, login) {
  // Not everybody may see everything.
  const opened = await openPage(await theBrowser(), server.url, { allow: [/status of 40[34]/] })
  const { page } = opened
  const showing = []
  try {
    await signIn(page, login, company.password)
    for (const screen of mixed([...screensFor(role), ...recordsFor(role), ...formsFor(role), ...searchesFor(role)])) {
      await visit(page, screen)
      await assertUnharmed(opened)
      const shown = await shows(page)
      if (shown) showing.push(screen.path)
      assert.ok(shown || !screen.full, 'a card shows its texts')
    }
    for (const look of [waiting, search]) {
      await look(page, role)
      await assertUnharmed(opened)
    }
    return showing.length
  } catch (error) {
    throw await explain(error, opened, `xss ${role}`)
  } finally {
    await opened.close()
  }
}

// The reminders that have fired meanwhile.
async function waiting(page, role) {
  if (role === 'administrator') return // has no work of the kind, and no bell
  await page.getByRole('button', { name: /^Напоминания: [1-9]/ }).click()
  await page.getByRole('dialog').getByText(mark).first().waitFor()
  await page.keyboard.press('Escape')
}

// The palette finds by words, so it is asked for one that all payloads have.
async function search(page, role) {
  await page.keyboard.press('Control+KeyK')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(mark)
  // Whoever has no clients, or none but those of a case, finds none.
  if (!['administrator', 'auditor', 'service_engineer'].includes(role)) await dialog.getByText(mark).first().waitFor()
}

// On how many screens of a role there must be hostile texts.
const leastShowing = { manager: 110, employee: 45 }
const leastOfOthers = 6

test('nobody is harmed by what others wrote', { concurrency: 2 }, async (t) => {
  const visits = Object.entries(company.people).map(([role, login]) =>
    t.test(role, async (own) => {
      const count = await crawl(role, login)
      own.diagnostic(`${count} screens show hostile texts`)
      const least = leastShowing[role] ?? leastOfOthers
      assert.ok(count >= least, `${count} screens show hostile texts, at least ${least} expected`)
    }),
  )
  await Promise.all(visits)
})
