import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCalendarClock, IconCheck, IconCornerUpLeft, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { StateBadge, type Tone } from '@/ui/badge'
import { Colleague } from '@/ui/links'
import { useSetParams } from '@/ui/params'
import { Due, useMinutes, useSay, When } from '@/ui/time'

import { deadlineSteps, judgements } from './rules'
import classes from './threads.module.css'

type Detail = Schema<'ThreadDetail'>
type Party = Schema<'ThreadParty'>

const tones: Record<string, Tone> = { asked: 'waiting', seen: 'active', answered: 'good', accepted: 'good', returned: 'bad', declined: 'bad' }

/** The addressees: where the thread stands with each, and the clock that runs. */
export function Parties({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-labelledby="parties">
      <Title order={2} fz="md" id="parties" mb="sm">
        {t(thread.kind === 'agreement' ? 'parties' : 'addressees')}
      </Title>
      <ul className={classes.parties}>
        {thread.parties.map((party) => (
          <li key={party.employee_id} className={classes.party} aria-label={party.employee_name}>
            <PartyLine of={party} thread={thread} />
          </li>
        ))}
      </ul>
    </Paper>
  )
}

function PartyLine({ of: party, thread }: { of: Party; thread: Detail }) {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const actions = usePartyActions(party, thread)
  const awaited = judgements(thread, party, me).accept || deadlineSteps(thread, party, me).accept
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="4px 8px">
        <Colleague id={party.employee_id} name={party.employee_name} />
        <StateBadge of={`thread.party.${party.state}`} tone={tones[party.state] ?? 'neutral'} />
      </Group>
      <PartyClock of={party} notice={thread.kind === 'notice'} />
      {party.proposed_reply_by && <Proposal of={party} thread={thread} />}
      {actions.length > 0 && (
        <Group gap="xs" className="no-print">
          <Actions of={actions} label={t('partyActions', { name: party.employee_name })} compact={!awaited} />
        </Group>
      )}
    </Stack>
  )
}

function PartyClock({ of: party, notice }: { of: Party; notice: boolean }) {
  const { t } = useTranslation('threads')
  const minutes = useMinutes()
  const took = party.minutes === undefined ? undefined : t('answeredIn', { time: minutes(party.minutes) })
  return (
    <Text size="xs" c="dimmed" component="div">
      <Group gap="2px 10px">
        {party.waiting && !notice && <Due at={party.reply_by} overdue={party.overdue} />}
        {party.waiting && party.waiting_minutes !== undefined && <span>{t('waits', { time: minutes(party.waiting_minutes) })}</span>}
        {party.answered_at && (
          <span>
            {took ?? t('answeredAt')} <When at={party.answered_at} />
          </span>
        )}
        {party.late && <span className={classes.late}>{t('answeredLate')}</span>}
        {party.seen_at && (
          <span>
            {t('seenAt')} <When at={party.seen_at} />
          </span>
        )}
        {party.clock > 1 && <span>{t('askedAgain', { number: party.clock })}</span>}
      </Group>
    </Text>
  )
}

function Proposal({ of: party, thread }: { of: Party; thread: Detail }) {
  const { t } = useTranslation('threads')
  const said = useSay()
  const who = party.proposed_by_id === thread.author_id ? thread.author_name : party.employee_name
  return (
    <Text size="sm">
      {t('proposes', { who, date: said(party.proposed_reply_by) })}
      {party.proposed_reason && (
        <Text span inherit c="dimmed">
          {' '}
          «{party.proposed_reason}»
        </Text>
      )}
    </Text>
  )
}

/** Only what is this person's part is offered: of others' answers and deadlines there is nothing to do. */
function usePartyActions(party: Party, thread: Detail): Action[] {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const set = useSetParams()
  const acceptAnswer = useAtOnce('/v1/threads/{id}/accept-answer')
  const acceptDeadline = useAtOnce('/v1/threads/{id}/accept-deadline')
  const judge = judgements(thread, party, me)
  const move = deadlineSteps(thread, party, me)
  const given = { id: thread.id, body: { addressee_id: party.employee_id } }
  const open = (step: string) => () => set({ do: step, who: party.employee_id })
  return [
    ...(judge.accept ? [{ label: t('do.acceptAnswer'), icon: IconCheck, onClick: () => acceptAnswer.run(given, t('done.acceptAnswer')) }] : []),
    ...(move.accept ? [{ label: t('do.acceptDeadline'), icon: IconCheck, onClick: () => acceptDeadline.run(given, t('done.acceptDeadline')) }] : []),
    ...(judge.giveBack ? [{ label: t('do.returnAnswer'), icon: IconCornerUpLeft, onClick: open('returnAnswer') }] : []),
    ...(move.propose ? [{ label: t('do.proposeDeadline'), icon: IconCalendarClock, onClick: open('proposeDeadline') }] : []),
    ...(move.refuse ? [{ label: t(party.proposed_by_id === me ? 'do.withdrawDeadline' : 'do.refuseDeadline'), icon: IconX, onClick: open('refuseDeadline') }] : []),
  ]
}
