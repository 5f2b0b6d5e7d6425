// A long list costs as much as a short one: the page holds only what is seen of it.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'

import { inPage, logins, open, signedInTo, theServer, until, ownServer } from './kit/test.mjs'

ownServer()

const maxNodes = 1000
const clientCount = 3000
const letterCount = 5000

const code = (number) => `E2E-${String(number).padStart(5, '0')}`
const mailbox = (number) => `client${number}@long-list.example`
const writer = 7

// Names before all others in the alphabet: the list is made of them from its top.
function clientList() {
  const rows = Array.from({ length: clientCount }, (_, i) => `${code(i)};ООО «Абаканская поставка ${i}»;${mailbox(i)};Центр`)
  return ['Код;Наименование;E-mail;Регион', ...rows].join('\n')
}

// Two letters a day and no more: a page may fold a long run of the same kind into one line.
function letters() {
  const from = Date.now() - (letterCount / 2) * 86_400_000
  return Array.from({ length: letterCount }, (_, i) => letter(i, new Date(from + i * 43_200_000))).join('\n')
}

function letter(number, at) {
  return `From ${mailbox(writer)} Mon Nov  2 10:00:00 2026
From: <${mailbox(writer)}>
To: info@company.example
Subject: Вопрос ${number}
Date: ${at.toUTCString().replace('GMT', '+0000')}
Message-ID: <letter-${number}@long-list.example>
Content-Type: text/plain; charset=utf-8

Когда привезут заказ ${number}?
`
}

async function importText(server, kind, name, text) {
  const folder = await mkdtemp(join(tmpdir(), 'letopis-e2e-list-'))
  try {
    const file = join(folder, name)
    await writeFile(file, text)
    await server.import(kind, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

let client

before(async () => {
  const server = await theServer()
  await importText(server, 'counterparties', 'clients.csv', clientList())
  const api = await signedInTo(logins.manager)
  const find = async () => (await api.get(`/v1/counterparties?external_id=${code(writer)}`)).items[0]
  await until(find, { within: 60_000, what: 'the imported clients' })
  client = await find()
  await importText(server, 'mail', 'letters.mbox', letters())
  const lastOne = async () => (await api.get(`/v1/counterparties/${client.id}/history?text=${letterCount - 1}`)).items.length > 0
  await until(lastOne, { within: 60_000, what: 'the letters in the history' })
})

// How much of a list has come, by what the server sent: independent of how the page shows it.
function watchPages(page, path) {
  const seen = { rows: new Set(), complete: false }
  page.on('response', async (answer) => {
    if (new URL(answer.url()).pathname !== path || !answer.ok()) return
    const { items, next } = await answer.json().catch(pageHasGone)
    for (const item of items) seen.rows.add(item.id ?? item.event_id)
    seen.complete ||= !next
  })
  return seen
}

// A test that failed closes its page, with answers under way.
const pageHasGone = () => ({ items: [], next: 'unknown' })

// Runs in the page: the list's nodes, after it was scrolled as far as it goes.
function scrollAndCount() {
  const list = document.querySelector('[data-virtual]')
  if (!list) return 0
  let scroller = list
  // What scrolls sideways only counts as "auto" too.
  while (scroller && (scroller.scrollHeight <= scroller.clientHeight || !/auto|scroll/.test(getComputedStyle(scroller).overflowY))) {
    scroller = scroller.parentElement
  }
  scroller ??= document.scrollingElement
  scroller.scrollTop = scroller.scrollHeight
  return list.querySelectorAll('*').length
}

async function assertStaysSmall(page, path, seen, atLeast) {
  await open(page, path)
  await page.locator('[data-virtual]').first().waitFor()
  let most = 0
  const scrolledToItsEnd = async () => {
    most = Math.max(most, await page.evaluate(scrollAndCount))
    assert.ok(most <= maxNodes, `${most} nodes after ${seen.rows.size} rows, ${maxNodes} allowed`)
    return seen.complete
  }
  await until(scrolledToItsEnd, { within: 120_000, what: `the end of ${path}; ${seen.rows.size} rows came` })
  await scrolledToItsEnd()
  assert.ok(most > 0, 'the list is empty')
  assert.ok(seen.rows.size >= atLeast, `${seen.rows.size} rows came, at least ${atLeast} expected`)
}

test(`the list of ${clientCount} clients holds few nodes`, inPage({ as: logins.manager }, async (page) => {
  const seen = watchPages(page, '/v1/counterparties')
  await assertStaysSmall(page, '/clients', seen, clientCount)
}))

test(`a history of ${letterCount} events holds few nodes`, inPage({ as: logins.manager }, async (page) => {
  const seen = watchPages(page, `/v1/counterparties/${client.id}/history`)
  await assertStaysSmall(page, `/clients/${client.id}?tab=history`, seen, letterCount)
}))
