// The HTTP API for what a test has to arrange or to check beside the page.
//
//   const api = await signedIn(server.url, 'orlova')
//   const { items } = await api.get('/v1/messages?open=true&limit=1')
//   await api.post(`/v1/messages/${items[0].id}/acknowledge`, {})

import { randomUUID } from 'node:crypto'

export const demoPassword = 'letopis-demo'

/** Who is who in the demo company. */
export const logins = { administrator: 'belov', manager: 'orlova', reviewer: 'zimina', employee: 'sokolov' }

// The position of the last write that this file has seen, by the API or by a page. Every question waits until the answer
// includes it: what has just been done is there, however busy the machine is.
let written = 0

/** Notes the position that an answer's headers tell. */
export function noteWritten(position) {
  written = Math.max(written, Number(position ?? 0) || 0)
}

export async function signedIn(url, login, password = demoPassword) {
  const { cookie, me } = await openSession(url, login, password)
  return {
    me,
    get: async (path) => read(await ask(url + path, cookie)),
    post: async (path, body) => read(await send(url + path, command(body, { cookie, 'idempotency-key': randomUUID() }))),
    /** Like post, with the refusals too. */
    try: async (path, body) => answered(await request(url + path, command(body, { cookie, 'idempotency-key': randomUUID() }))),
  }
}

/** The API for nobody in particular, for what is there before anybody can sign in. */
export const signedOut = (url) => ({
  get: async (path) => read(await ask(url + path, '')),
  try: async (path, body) => answered(await request(url + path, command(body, {}))),
})

async function openSession(url, login, password) {
  const answer = await send(`${url}/v1/session`, command({ login, password }))
  const cookie = answer.headers.getSetCookie().map((set) => set.split(';')[0]).join('; ')
  return { cookie, me: await answer.json() }
}

function command(body, headers) {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

// A read model that is further behind than the server waits for says "not yet", and is asked again.
async function ask(address, cookie, tries = 10) {
  const headers = { cookie, ...(written > 0 ? { 'x-after': String(written) } : {}) }
  const answer = await fetch(address, { headers })
  if (answer.status !== 503 || tries === 0) return checked(answer, `GET ${address}`)
  await answer.arrayBuffer()
  return ask(address, cookie, tries - 1)
}

const send = async (address, options) => checked(await request(address, options), `${options.method} ${address}`)

async function request(address, options) {
  const answer = await fetch(address, options)
  noteWritten(answer.headers.get('x-position'))
  return answer
}

const answered = async (answer) => ({ ok: answer.ok, status: answer.status, body: await read(answer) })

async function checked(answer, what) {
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`)
  return answer
}

// Not every answer has a body.
async function read(answer) {
  const text = await answer.text()
  return text ? JSON.parse(text) : undefined
}
