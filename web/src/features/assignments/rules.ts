import type { Schema } from '@/api/hooks'

export type Item = Schema<'AssignmentItem'>
export type Detail = Schema<'AssignmentDetail'>

export const states = ['issued', 'accepted', 'in_progress', 'reported_done', 'returned_for_rework', 'declined', 'verified', 'cancelled'] as const
export const priorities = ['urgent', 'high', 'normal', 'low'] as const
export type State = (typeof states)[number]
export type Priority = (typeof priorities)[number]

/** The most likely next step first: it becomes the primary button. */
export const steps = ['accept', 'verify', 'reportDone', 'start', 'changeDue', 'return', 'askForTime', 'reassign', 'revise', 'helpers', 'decline', 'cancel'] as const
export type Step = (typeof steps)[number]

/** The steps that put an assignment into another column of the board. */
export const moves: Partial<Record<Step, State>> = {
  accept: 'accepted', start: 'in_progress', reportDone: 'reported_done', verify: 'verified', return: 'returned_for_rework', decline: 'declined', cancel: 'cancelled',
}

const toDo: readonly State[] = ['issued', 'accepted', 'in_progress', 'returned_for_rework']
const open: readonly State[] = [...toDo, 'declined', 'reported_done']

type Rule = { who: 'assignee' | 'issuer' | 'verifier' | 'anyOfBoth'; in: readonly State[] }

const rules: Record<Step, Rule> = {
  accept: { who: 'assignee', in: ['issued'] },
  start: { who: 'assignee', in: ['issued', 'accepted', 'returned_for_rework'] },
  reportDone: { who: 'assignee', in: toDo },
  decline: { who: 'assignee', in: ['issued', 'accepted'] },
  askForTime: { who: 'assignee', in: toDo },
  verify: { who: 'verifier', in: ['reported_done'] },
  return: { who: 'verifier', in: ['reported_done'] },
  reassign: { who: 'issuer', in: [...toDo, 'declined'] },
  changeDue: { who: 'issuer', in: open },
  revise: { who: 'issuer', in: open },
  cancel: { who: 'issuer', in: open },
  helpers: { who: 'anyOfBoth', in: open },
}

/** Who asks: themselves, and whether they are above the issuer. */
export type Asker = { me: string; aboveIssuer: boolean }

export type Why = 'notAssignee' | 'notIssuer' | 'ownResult' | 'closed' | 'state'

type Of = Pick<Item, 'state' | 'assignee_id' | 'issuer_id' | 'co_executor_ids'>

/** Why a step is not possible: the server's rules, said before anything is sent. */
export function whyNot(step: Step, of: Of, asker: Asker): Why | undefined {
  const rule = rules[step]
  const state = of.state as State
  if (!rule.in.includes(state) && !open.includes(state)) return 'closed'
  return denied(rule.who, of, asker) ?? (rule.in.includes(state) ? undefined : 'state')
}

function denied(who: Rule['who'], of: Of, { me, aboveIssuer }: Asker): Why | undefined {
  const assignee = me === of.assignee_id
  const issuer = me === of.issuer_id || aboveIssuer
  switch (who) {
    case 'assignee':
      return assignee ? undefined : 'notAssignee'
    case 'anyOfBoth':
      return assignee || issuer ? undefined : 'notIssuer'
    case 'verifier':
      if (assignee || of.co_executor_ids.includes(me)) return 'ownResult'
      return issuer ? undefined : 'notIssuer'
    case 'issuer':
      return issuer ? undefined : 'notIssuer'
  }
}

/** Time is entered by those who take part. */
export const takesPart = (of: Of, me: string) => me === of.assignee_id || me === of.issuer_id || of.co_executor_ids.includes(me)

/** Is the person above the other, by each one's direct head? */
export function isAbove(me: string, other: string, headOf: (id: string) => string | undefined): boolean {
  const seen = new Set<string>()
  for (let at = headOf(other); at && !seen.has(at); at = headOf(at)) {
    if (at === me) return true
    seen.add(at)
  }
  return false
}
