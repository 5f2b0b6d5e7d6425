import { instantsOf } from '@/ui/filters'

import type { Priority, State } from './rules'

type Params = Record<string, string | undefined>

/** The filters that live in the address, apart from the text. */
export const filterNames = ['executor', 'issuer', 'state', 'priority', 'overdue', 'closed', 'counterparty', 'from', 'until'] as const

/** What the list asks the server, by the address. Without a state only what is still open. */
export function queryOf(params: Params, me: string) {
  const person = (value: string | undefined) => (value === 'me' ? me : value)
  const due = instantsOf(params.from, params.until)
  return {
    ...(params.executor ? { executor: person(params.executor) as string } : {}),
    ...(params.issuer ? { issuer: person(params.issuer) as string } : {}),
    ...(params.state ? { state: [params.state as State] } : params.closed ? {} : { open: true }),
    ...(params.priority ? { priority: [params.priority as Priority] } : {}),
    ...(params.counterparty ? { counterparty: params.counterparty } : {}),
    ...(due.from ? { due_from: due.from } : {}),
    ...(due.until ? { due_until: due.until } : {}),
    ...(params.q ? { text: params.q } : {}),
  }
}
