// The HTTP API for what a test has to arrange or to check beside the page.
//
//   const api = await signedIn(server.url, 'orlova')
//   const { items } = await api.get('/v1/messages?open=true&limit=1')
//   await api.post(`/v1/messages/${items[0].id}/acknowledge`, {})

import { randomUUID } from 'node:crypto'

export const demoPassword = 'letopis-demo'

/** Who is who in the demo company. */
export const logins = { administrator: 'belov', manager: 'orlova', reviewer: 'zimina', employee: 'sokolov' }

export async function signedIn(url, login) {
  const { cookie, me } = await openSession(url, login)
  return {
    me,
    get: async (path) => read(await send(url + path, { headers: { cookie } })),
    post: async (path, body) => read(await send(url + path, command(body, { cookie, 'idempotency-key': randomUUID() }))),
  }
}

async function openSession(url, login) {
  const answer = await send(`${url}/v1/session`, command({ login, password: demoPassword }))
  const cookie = answer.headers.getSetCookie().map((set) => set.split(';')[0]).join('; ')
  return { cookie, me: await answer.json() }
}

function command(body, headers) {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

async function send(address, options) {
  const answer = await fetch(address, options)
  if (!answer.ok) throw new Error(`${options.method ?? 'GET'} ${address}: ${answer.status} ${await answer.text()}`)
  return answer
}

// Not every answer has a body.
async function read(answer) {
  const text = await answer.text()
  return text ? JSON.parse(text) : undefined
}
