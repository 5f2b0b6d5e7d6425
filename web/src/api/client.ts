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

let absent: string | undefined

/** The absent colleague for whom every request is from now on; nobody for oneself. */
export function inNameOf(colleague: string | undefined) {
  absent = colleague
}

/** What is asked for oneself whomever one stands in for: who is signed in, and whom one may stand in for. */
const forOneself = ['/v1/session', '/v1/session/password', '/v1/session/second-factor', '/v1/me/stands-in-for']

let onSignedOut: () => void = () => {}

/** Called once a request is refused because the session has ended. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then
}

let onLacking: () => void = () => {}

/** Called once a request is refused because the session lacks its second factor. */
export function whenLacking(then: () => void) {
  onLacking = then
}

const lacking = ['second_factor.code_needed', 'second_factor.enrolment_needed']

/** A refusal may tell that the session is over or lacks something; a wrong password or code tells neither. */
export async function noteRefusal(path: string, response: Response) {
  if (response.status !== 401 && response.status !== 403) return
  const code = await codeOf(response.clone())
  if (lacking.includes(code)) onLacking()
  else if (response.status === 401 && path !== 'POST /v1/session' && !code.startsWith('second_factor.')) onSignedOut()
}

async function codeOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string }
  return problem.code ?? ''
}

export const http = createClient<paths>({ baseUrl: location.origin, querySerializer: { array: { style: 'form', explode: false } } })

http.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    request.headers.set('X-Time-Zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
    if (absent && !forOneself.includes(new URL(request.url).pathname)) request.headers.set('X-On-Behalf-Of', absent)
    if (request.method === 'GET' && lastWrite > 0) request.headers.set('X-After', String(lastWrite))
    return request
  },
  async onResponse({ request, response }) {
    const position = Number(response.headers.get('X-Position'))
    if (position > 0) noteWrite(position)
    await noteRefusal(`${request.method} ${new URL(request.url).pathname}`, response)
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
  if (problem && typeof problem === 'object' && 'code' in problem) {
    throw new Failure(problem, Number(answer.response.headers.get('Retry-After')) || 0)
  }
  throw new Failure({ title: '', status: answer.response.status, detail: String(answer.error ?? ''), code: 'unavailable' })
}

/** A key that makes repeating a request harmless. `crypto.randomUUID` needs HTTPS or localhost; an office LAN has neither. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
