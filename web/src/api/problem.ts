import type { components } from './api.gen'

export type Problem = components['schemas']['Problem']

/** A refusal or a technical failure of a request. Status 0 and code `offline` mean that there was no answer. */
export class Failure extends Error {
  readonly problem: Problem
  /** After how many seconds it may be tried again, where the server says so. */
  readonly retryAfter: number

  constructor(problem: Problem, retryAfter = 0) {
    super(problem.detail || problem.code)
    this.name = 'Failure'
    this.problem = problem
    this.retryAfter = retryAfter
  }

  /** Worth trying again as it is. */
  get passing(): boolean {
    return this.problem.status === 0 || this.problem.status === 503 || this.problem.status === 429
  }

  /** Somebody else has changed the record since it was read. */
  get conflict(): boolean {
    return this.problem.code === 'revision_mismatch'
  }
}

export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure({ title: '', status: 500, detail: String(error), code: 'internal' })
}

/** `body.phones[0].raw` → `phones.0.raw`: how @mantine/form names the field. */
export function fieldPath(location: string): string {
  return location.replace(/^(body|query)\./, '').replace(/\[(\d+)\]/g, '.$1')
}
