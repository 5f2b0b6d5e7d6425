import type { Schema } from '@/api/hooks'

export type Line = Schema<'WorkScheduleItem'>

export const states = ['planned', 'done', 'not_done', 'cancelled'] as const
export const steps = ['finish', 'move', 'miss', 'cancel'] as const
export type Step = (typeof steps)[number]

/** Why a line cannot be changed: the server's rules, said before anything is sent. */
export function whyNot(of: Pick<Line, 'state' | 'responsible_id' | 'author_id'>, me: string): 'closed' | 'foreign' | undefined {
  if (of.state !== 'planned') return 'closed'
  return me === of.responsible_id || me === of.author_id ? undefined : 'foreign'
}

/** Lines by their day; within a day those that wait for somebody come first. */
export function byDay(lines: Line[]): Map<string, Line[]> {
  const days = new Map<string, Line[]>()
  for (const line of lines) days.set(line.due_date, [...(days.get(line.due_date) ?? []), line])
  for (const [day, ofDay] of days) days.set(day, ofDay.toSorted((a, b) => Number(a.state !== 'planned') - Number(b.state !== 'planned')))
  return days
}

type Params = Record<string, string | undefined>

export const filterNames = ['responsible', 'counterparty', 'state', 'overdue'] as const

/** What the views ask the server, by the address. */
export function queryOf(params: Params, me: string) {
  return {
    ...(params.responsible ? { responsible: params.responsible === 'me' ? me : params.responsible } : {}),
    ...(params.counterparty ? { counterparty: params.counterparty } : {}),
    ...(params.state ? { state: [params.state as (typeof states)[number]] } : {}),
    ...(params.overdue ? { overdue: true } : {}),
  }
}
