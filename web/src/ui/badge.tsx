import { Badge } from '@mantine/core'

import { useWords } from '@/i18n'

export type Tone = 'neutral' | 'active' | 'waiting' | 'good' | 'bad' | 'warn'

const colors: Record<Tone, string> = { neutral: 'gray', active: 'accent', waiting: 'violet', good: 'teal', bad: 'red', warn: 'orange' }

// States by what they mean to the reader; a state that is not listed is neutral.
const tones: Record<string, Tone> = {
  'assignment.state.issued': 'waiting', 'assignment.state.accepted': 'active', 'assignment.state.in_progress': 'active', 'assignment.state.declined': 'bad',
  'assignment.state.reported_done': 'warn', 'assignment.state.returned_for_rework': 'bad', 'assignment.state.verified': 'good',
  'message.state.received': 'waiting', 'message.state.routed': 'waiting', 'message.state.acknowledged': 'active', 'message.state.in_progress': 'active', 'message.state.resolved': 'good', 'message.state.lost': 'bad',
  'negotiation.state.planned': 'waiting', 'negotiation.state.held': 'warn', 'negotiation.state.recorded': 'good', 'negotiation.review.queued': 'warn', 'negotiation.review.in_review': 'active',
  'negotiation.review.approved': 'good', 'negotiation.review.stopped': 'bad', 'negotiation.review.corrected': 'warn',
  'commitment.state.open': 'active', 'commitment.state.kept': 'good', 'commitment.state.broken': 'bad', 'commitment.state.waived': 'neutral',
  'counterparty.state.prospect': 'waiting', 'counterparty.state.active': 'good', 'counterparty.state.dormant': 'warn', 'duplicate.state.candidate': 'warn', 'duplicate.state.merge_proposed': 'warn',
  'thread.state.open': 'active', 'thread.state.closed': 'neutral', 'work_item.state.planned': 'active', 'work_item.state.done': 'good', 'work_item.state.missed': 'bad',
}

/** A state in its word and, beside the word, its colour. `of` is the word's key, such as `assignment.state.issued`. */
export function StateBadge({ of, tone, label }: { of: string; tone?: Tone; label?: string }) {
  const words = useWords()
  return <Badge color={colors[tone ?? tones[of] ?? 'neutral']}>{label ?? words(of)}</Badge>
}
