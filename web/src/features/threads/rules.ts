import type { Schema } from '@/api/hooks'

type Thread = Pick<Schema<'ThreadDetail'>, 'kind' | 'state' | 'author_id' | 'accepted_by_ids' | 'dispute_state'> & {
  parties: Pick<Schema<'ThreadParty'>, 'employee_id' | 'state' | 'waiting' | 'proposed_reply_by' | 'proposed_by_id'>[]
  disputes: Pick<Schema<'ThreadDispute'>, 'arbiter_id' | 'state'>[]
}
type Party = Thread['parties'][number]

export type Step = 'close' | 'addAddressee' | 'acceptAgreement' | 'declineAgreement' | 'revise' | 'supersede' | 'openDispute' | 'appointArbiter' | 'ruleDispute'

/** Why a step cannot be taken now: a key of the texts. */
export type Obstacle = 'authorOnly' | 'partiesOnly' | 'closed' | 'inForce' | 'notProposed' | 'alreadyAccepted' | 'superseded' | 'disputed' | 'noDispute' | 'ruled' | 'noArbiter' | 'arbiterOnly'

export const partyOf = (thread: Thread, who: string): Party | undefined => thread.parties.find((party) => party.employee_id === who)

/** The author and the addressees; those in copy and the arbiter are not. */
export const isParty = (thread: Thread, who: string) => thread.author_id === who || partyOf(thread, who) !== undefined

/** Whether somebody's answer is waited for. An agreement is accepted or declined, a notice only read. */
export const owesAnswer = (thread: Thread, who: string) => ['question', 'proposal'].includes(thread.kind) && partyOf(thread, who)?.waiting === true

/** What keeps a person from a step; the same rules as the server's, so that nobody has to try in vain. */
export function obstacle(step: Step, thread: Thread, me: string): Obstacle | undefined {
  const ended: Obstacle | undefined = thread.state === 'superseded' ? 'superseded' : thread.state === 'closed' ? 'closed' : undefined
  switch (step) {
    case 'close':
      if (thread.author_id !== me) return 'authorOnly'
      return thread.state === 'agreed' ? 'inForce' : ended
    case 'addAddressee':
      if (!isParty(thread, me)) return 'partiesOnly'
      return ['asked', 'answered', 'proposed'].includes(thread.state) ? undefined : (ended ?? 'notProposed')
    case 'acceptAgreement':
    case 'declineAgreement':
      if (!partyOf(thread, me)) return 'partiesOnly'
      if (thread.state !== 'proposed') return ended ?? 'notProposed'
      return step === 'acceptAgreement' && thread.accepted_by_ids.includes(me) ? 'alreadyAccepted' : undefined
    case 'revise':
    case 'supersede':
      return partyOf(thread, me) ? ended : 'partiesOnly'
  }
  return disputeObstacle(step, thread, me)
}

function disputeObstacle(step: 'openDispute' | 'appointArbiter' | 'ruleDispute', thread: Thread, me: string): Obstacle | undefined {
  const running = thread.dispute_state === 'opened' || thread.dispute_state === 'under_arbitration'
  const arbiter = thread.disputes.at(-1)?.arbiter_id
  if (step === 'openDispute') {
    if (!isParty(thread, me)) return 'partiesOnly'
    return running ? 'disputed' : undefined
  }
  if (!running) return thread.dispute_state === 'ruled' ? 'ruled' : 'noDispute'
  if (step === 'appointArbiter') return isParty(thread, me) || arbiter === me ? undefined : 'partiesOnly'
  if (thread.dispute_state === 'opened') return 'noArbiter'
  return arbiter === me ? undefined : 'arbiterOnly'
}

/** The author judges what an addressee has answered: accepts it once, or asks for more. */
export function judgements(thread: Thread, party: Party, me: string): { accept: boolean; giveBack: boolean } {
  const mine = thread.author_id === me && thread.state !== 'closed' && ['question', 'proposal'].includes(thread.kind)
  return { accept: mine && party.state === 'answered', giveBack: mine && (party.state === 'answered' || party.state === 'accepted') }
}

/** The author and the addressee move a deadline together: one proposes, the other decides. */
export function deadlineSteps(thread: Thread, party: Party, me: string): { propose: boolean; accept: boolean; refuse: boolean } {
  const mine = party.waiting && thread.kind !== 'notice' && (thread.author_id === me || party.employee_id === me)
  const proposed = mine && party.proposed_reply_by !== undefined
  return { propose: mine, accept: proposed && party.proposed_by_id !== me, refuse: proposed }
}
