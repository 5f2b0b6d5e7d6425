import { Text, ThemeIcon } from '@mantine/core'
import { IconArrowBackUp, IconBellRinging, IconCalendarDue, IconCheck, IconClockQuestion, IconEdit, IconEyeCheck, IconPlayerPlay, IconPlus, IconSend, IconUserShare, IconUsersPlus, IconX, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useDetailWords } from '@/i18n'
import { Changes } from '@/ui/changes'
import { RecordLink } from '@/ui/links'
import { useSay, When } from '@/ui/time'

import classes from './assignments.module.css'

type TrailStep = Schema<'TrailStep'>

const looks: Record<string, { icon: Icon; color: string }> = {
  issued: { icon: IconPlus, color: 'violet' }, accepted: { icon: IconCheck, color: 'accent' }, started: { icon: IconPlayerPlay, color: 'accent' }, declined: { icon: IconX, color: 'red' },
  reported_done: { icon: IconSend, color: 'orange' }, returned: { icon: IconArrowBackUp, color: 'red' }, verified: { icon: IconEyeCheck, color: 'teal' }, cancelled: { icon: IconX, color: 'gray' },
  reassigned: { icon: IconUserShare, color: 'violet' }, due_changed: { icon: IconCalendarDue, color: 'orange' }, time_asked: { icon: IconClockQuestion, color: 'orange' }, revised: { icon: IconEdit, color: 'gray' },
  co_executors_set: { icon: IconUsersPlus, color: 'gray' }, verification_reminded: { icon: IconBellRinging, color: 'gray' },
}

/** Of these a person wants to know from what to what; of the others the step says it all. */
const changing = ['due_changed', 'reassigned', 'revised', 'co_executors_set']
const told = ['title', 'description', 'expected_result', 'priority', 'planned_effort', 'due', 'assignee', 'co_executors']

/** The whole way of an assignment, the latest step first. */
export function Chain({ steps }: { steps: TrailStep[] }) {
  return (
    <ol className={classes.chain} reversed>
      {steps.toReversed().map((step) => (
        <ChainStep key={step.event_id} of={step} />
      ))}
    </ol>
  )
}

function ChainStep({ of }: { of: TrailStep }) {
  const { t } = useTranslation('assignments')
  const words = useDetailWords()
  const say = useSay()
  const type = of.type.slice(of.type.indexOf('.') + 1)
  const look = looks[type] ?? { icon: IconCheck, color: 'gray' }
  const name = words(`event.${of.type}`, of.headline)
  const late = Date.parse(of.recorded_at) - Date.parse(of.occurred_at) > 60_000
  const changes = changing.includes(type) ? of.changes.filter((change) => told.includes(change.field.split(/[.[]/)[0] ?? '')) : []
  return (
    <li className={classes.step}>
      <ThemeIcon variant="light" color={look.color} radius="xl" size={28}>
        <look.icon size={16} aria-hidden />
      </ThemeIcon>
      <div>
        <Text size="sm" fw={600}>
          {name.charAt(0).toUpperCase() + name.slice(1)}
        </Text>
        <Text size="xs" c="dimmed">
          <RecordLink kind="employee" id={of.actor_id} c="inherit">
            {of.actor_name}
          </RecordLink>{' '}
          · {say(of.occurred_at)} · <When at={of.occurred_at} />
        </Text>
        {late && (
          <Text size="xs" c="var(--app-soon)">
            {t('chain.recordedLater', { date: say(of.recorded_at) })}
          </Text>
        )}
        {type !== 'issued' && of.quote && (
          <Text size="sm" className={classes.said} mt={2}>
            {of.quote}
          </Text>
        )}
        {of.reason && of.reason !== of.quote && (
          <Text size="sm" className={classes.said} mt={2}>
            {of.reason}
          </Text>
        )}
        {changes.length > 0 && (
          <Text size="sm" component="div" mt={2}>
            <Changes of={changes} kind="assignment" />
          </Text>
        )}
      </div>
    </li>
  )
}
