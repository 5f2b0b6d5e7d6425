import { Stack, Text } from '@mantine/core'
import { IconEdit, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/app/session'
import { Actions } from '@/ui/actions'
import { later } from '@/ui/later'
import { Colleague, RecordLink } from '@/ui/links'
import { useShortDay } from '@/ui/short'
import { useMinutes, useSay } from '@/ui/time'

import classes from './assignments.module.css'
import type { TimeEntry } from './time-forms'

const CorrectTime = later(() => import('./time-forms').then((m) => m.CorrectTime))
const WithdrawTime = later(() => import('./time-forms').then((m) => m.WithdrawTime))

// What an entry said before; the API's document leaves the shape open.
type Correction = { event_id: string; at: string; reason: string; was: { minutes: number; date: string; comment?: string } }

/** Entries of working time; those taken back or corrected stay to be read. */
export function Entries({ of, show }: { of: TimeEntry[]; show: 'employee' | 'assignment' }) {
  const { t } = useTranslation('assignments')
  const { employee_id: me } = useMe()
  const [open, setOpen] = useState<{ entry: TimeEntry; what: 'correct' | 'withdraw' }>()
  const close = () => setOpen(undefined)
  return (
    <>
      <table className={classes.entries}>
        <thead>
          <tr>
            <th scope="col">{t('field.day')}</th>
            <th scope="col">{t(show === 'employee' ? 'time.who' : 'field.assignment')}</th>
            <th scope="col" className={classes.number}>
              {t('field.spent')}
            </th>
            <th scope="col">
              <span className={classes.hidden}>{t('column.steps')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((entry) => (
            <Row key={`${entry.sheet_id}/${entry.no}`} entry={entry} show={show} mine={entry.employee_id === me} onOpen={(what) => setOpen({ entry, what })} />
          ))}
        </tbody>
      </table>
      {open?.what === 'correct' && <CorrectTime of={open.entry} onClose={close} />}
      {open?.what === 'withdraw' && <WithdrawTime of={open.entry} onClose={close} />}
    </>
  )
}

function Row({ entry, show, mine, onOpen }: { entry: TimeEntry; show: 'employee' | 'assignment'; mine: boolean; onOpen: (what: 'correct' | 'withdraw') => void }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  const day = useShortDay()
  const minutes = useMinutes()
  const corrections = (entry.corrections ?? []) as Correction[]
  const gone = entry.withdrawn ? classes.withdrawn : undefined
  return (
    <tr>
      <td className={gone} title={say(entry.date, 'date')}>
        {day(entry.date)}
      </td>
      <td>
        <Stack gap={2}>
          <span className={gone}>{show === 'employee' ? <Colleague id={entry.employee_id} name={entry.employee_name} /> : entry.assignment_id ? <RecordLink kind="assignment" id={entry.assignment_id}>{entry.assignment_title}</RecordLink> : t('time.other')}</span>
          {entry.comment && (
            <Text size="xs" c="dimmed">
              {entry.comment}
            </Text>
          )}
          {entry.from && entry.to && (
            <Text size="xs" c="dimmed">
              {say(entry.from, 'time')}–{say(entry.to, 'time')}
            </Text>
          )}
          {entry.late && (
            <Text size="xs" c="var(--app-soon)">
              {t('time.late', { date: say(entry.entered_at) })}
            </Text>
          )}
          {corrections.map(({ event_id: event, was, at, reason }, i) => (
            <Text key={event} size="xs" c="dimmed">
              {t(entry.withdrawn && i === corrections.length - 1 ? 'time.wasWithdrawn' : 'time.was', { date: say(at), reason, before: `${say(was.date, 'date')}, ${minutes(was.minutes)}` })}
            </Text>
          ))}
        </Stack>
      </td>
      <td className={`${classes.number} ${gone ?? ''}`}>{minutes(entry.minutes)}</td>
      <td>
        {mine && !entry.withdrawn && (
          <Actions
            compact
            label={t('time.change', { date: say(entry.date, 'date') })}
            of={[
              { label: t('time.correct'), icon: IconEdit, onClick: () => onOpen('correct') },
              { label: t('time.withdraw'), icon: IconTrash, onClick: () => onOpen('withdraw'), danger: true },
            ]}
          />
        )}
      </td>
    </tr>
  )
}
