import type { Schema } from '@/api/hooks'

export type Reminder = Schema<'ReminderItem'>

export const views = ['waiting', 'upcoming', 'missed', 'all'] as const
export const repeats = ['none', 'daily', 'weekly', 'monthly', 'yearly'] as const
export const channels = ['in_app', 'email', 'sms'] as const
export const steps = ['acknowledge', 'snooze', 'move', 'dismiss', 'cancel'] as const
export type Step = (typeof steps)[number]

/** Records with a date that a reminder can follow. */
export const dated: readonly string[] = ['assignment', 'work_item', 'negotiation']

const possible: Record<Step, { byAuthor: boolean; in: readonly string[] }> = {
  acknowledge: { byAuthor: false, in: ['fired', 'snoozed'] },
  snooze: { byAuthor: false, in: ['fired', 'snoozed'] },
  dismiss: { byAuthor: false, in: ['scheduled', 'fired', 'acknowledged', 'snoozed'] },
  move: { byAuthor: true, in: ['scheduled', 'fired', 'acknowledged', 'snoozed'] },
  cancel: { byAuthor: true, in: ['scheduled', 'fired', 'acknowledged', 'snoozed'] },
}

export type Why = 'notMine' | 'ended' | 'notFired'

/** Why a step is not possible: the server's rules, said before anything is sent. */
export function whyNot(step: Step, of: Pick<Reminder, 'state' | 'recipient_id' | 'author_id' | 'next_at'>, me: string): Why | undefined {
  const rule = possible[step]
  // A reminder that was read and does not come again is over: there is nothing to end.
  const over = of.state === 'acknowledged' && !of.next_at && step !== 'move'
  if (of.state === 'dismissed' || of.state === 'cancelled' || over) return 'ended'
  if (me !== of.recipient_id && !(rule.byAuthor && me === of.author_id)) return 'notMine'
  return rule.in.includes(of.state) ? undefined : 'notFired'
}

/** When a reminder is put off to, from now: minutes, or an hour of the next day. */
export const snoozes = { minutes15: 15, hour: 60, hours3: 180, tomorrow: 'tomorrow', week: 7 * 24 * 60 - 1 } as const
export type Snooze = keyof typeof snoozes

export function snoozedTo(choice: Snooze, now = new Date()): string {
  const wait = snoozes[choice]
  if (typeof wait === 'number') return new Date(now.getTime() + wait * 60_000).toISOString()
  const morning = new Date(now)
  morning.setDate(morning.getDate() + 1)
  morning.setHours(9, 0, 0, 0)
  return morning.toISOString()
}
