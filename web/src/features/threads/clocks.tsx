import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconClockHour4 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages, type Params, type Schema } from '@/api/hooks'
import { RecordLink } from '@/ui/links'
import { Empty, ErrorNote, Loading } from '@/ui/states'
import { useMinutes, useSay } from '@/ui/time'

import classes from './threads.module.css'

type Clock = Schema<'ResponseClock'>
type Query = NonNullable<Params<'/v1/reports/response-times/clocks'>['query']>

/** Each time an answer was waited for: who waited for whom, since when, and how it ended. */
export function Clocks({ query, own }: { query: Query; own?: boolean }) {
  const { t } = useTranslation('threads')
  const { t: common } = useTranslation()
  // Both answers have the same shape; one's own clocks need no right.
  const found = usePages(own ? '/v1/me/response-clocks' : '/v1/reports/response-times/clocks', { query }, { keepPrevious: true, limit: 50 })
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />
  if (found.isPending) return <Loading />
  if (found.items.length === 0) return <Empty icon={IconClockHour4} title={t('report.nobody')} hint={t('report.nobodyHint')} />
  return (
    <Stack gap="sm">
      <ul className={classes.parties}>
        {found.items.map((clock) => (
          <li key={clock.id} className={classes.party}>
            <Line of={clock} own={own ?? false} />
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {common('more')}
        </Button>
      )}
    </Stack>
  )
}

const endings = ['answered', 'accepted', 'declined', 'closed', 'replaced', 'rerouted', 'lost', 'spam', 'resolved', 'acknowledged'] as const
type Ending = (typeof endings)[number]

function Line({ of: clock, own }: { of: Clock; own: boolean }) {
  const { t } = useTranslation('threads')
  const said = useSay()
  const minutes = useMinutes()
  const how = endings.includes(clock.how as Ending) ? t(`report.how.${clock.how as Ending}`) : clock.how
  const people = [clock.asker_name, own ? undefined : clock.employee_name].filter(Boolean).join(' → ')
  return (
    <Stack gap={2}>
      <Group gap="xs" fz="sm">
        <RecordLink kind={clock.kind === 'message' ? 'message' : 'thread'} id={clock.record_id}>
          {t(`report.clockOf.${clock.kind as 'message'}`)}
        </RecordLink>
        {people && <span>{people}</span>}
        {clock.late && <Badge color="red">{t('report.lateMark')}</Badge>}
        {clock.overdue && !clock.late && <Badge color="orange">{t('report.overdueMark')}</Badge>}
      </Group>
      <Text size="xs" c="dimmed">
        {said(clock.started_at)} → {clock.stopped_at ? said(clock.stopped_at) : t('report.running')}
        {how && ` · ${how}`} · {minutes(clock.minutes ?? clock.minutes_now)}
        {clock.due_at && ` · ${t('report.dueAt', { date: said(clock.due_at) })}`}
      </Text>
    </Stack>
  )
}
