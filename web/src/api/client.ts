import createClient from 'openapi-fetch'

import type { paths } from './api.gen'
import { Failure, type Problem } from './problem'

export type { components, paths } from './api.gen'

/** The position of the last own write: queries wait for it, so that a person sees what they have just done. */
let lastWrite = 0

export function noteWrite(position: number) {
  lastWrite = Math.max(lastWrite, position)
}

let language = 'ru'

/** The language in which the server words its sentences. */
export function speak(lang: string) {
  language = lang
}

let onSignedOut: () => void = () => {}

/** Called once a request is refused because the session has ended. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then
}

export const http = createClient<paths>({ baseUrl: location.origin, querySerializer: { array: { style: 'form', explode: false } } })

http.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    request.headers.set('X-Time-Zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
    if (request.method === 'GET' && lastWrite > 0) request.headers.set('X-After', String(lastWrite))
    return request
  },
  onResponse({ request, response }) {
    const position = Number(response.headers.get('X-Position'))
    if (position > 0) noteWrite(position)
    const signingIn = request.method === 'POST' && new URL(request.url).pathname === '/v1/session'
    if (response.status === 401 && !signingIn) onSignedOut()
    return response
  },
  onError() {
    return new Failure({ title: '', status: 0, detail: 'no connection', code: 'offline' })
  },
})

/** Turns an answer of openapi-fetch into its data, or throws a Failure. */
export function orFail<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.response.ok) return answer.data as T
  const problem = answer.error as Problem | undefined
  if (problem && typeof problem === 'object' && 'code' in problem) throw new Failure(problem)
  throw new Failure({ title: '', status: answer.response.status, detail: String(answer.error ?? ''), code: 'unavailable' })
}

/** A key that makes repeating a request harmless. `crypto.randomUUID` needs HTTPS or localhost; an office LAN has neither. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
