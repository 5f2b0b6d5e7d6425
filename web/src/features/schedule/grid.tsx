import { ActionIcon, Anchor, Group, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { useLang } from '@/i18n'
import { isWeekend, today } from '@/ui/day'
import { useParams, useSetParams } from '@/ui/params'
import { Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { dayName, daysShown, isFree, type Span } from './calendar'
import { LineCard, LineRow, useLines, type Opener } from './line'
import { byDay, queryOf, type Line } from './lines'
import classes from './schedule.module.css'

/** The working calendar of whom the page is about. The built-in one of Russia is not among the calendars that the server lists. */
function useCalendar() {
  const { employee_id: me } = useMe()
  const asked = useParams().responsible
  const id = asked && asked !== 'me' ? asked : me
  const employee = useRead('/v1/employees/{id}', { path: { id } }, { staleTime: 300_000 })
  const calendars = useRead('/v1/working-calendars', {}, { staleTime: 300_000 })
  return calendars.data?.find((one) => one.id === employee.data?.calendar_id)
}

// More than these are asked for by a filter: nobody reads so many in a calendar.
const most = 500
const inDay = { week: 25, month: 4 }

/** A week or a month of the plan: days with their lines; on a phone an agenda of the days that have some. */
export function CalendarView({ span, anchor }: { span: Span; anchor: string }) {
  const { t } = useTranslation('schedule')
  const params = useParams()
  const { employee_id: me } = useMe()
  const days = daysShown(span, anchor)
  const query = { ...queryOf(params, me), from: days[0] as string, until: days.at(-1) as string, limit: most }
  const found = useRead('/v1/work-items', { query }, { keepPrevious: true })
  const opener = useLines(found.data?.items ?? [])
  return (
    <>
      <Shown of={found} shape="card" rows={2}>
        {({ items, next }) => (
          <>
            {next && <Text size="sm">{t('firstOnly', { count: most })}</Text>}
            <Days days={days} lines={items} span={span} anchor={anchor} opener={opener} />
          </>
        )}
      </Shown>
      {opener.shown}
    </>
  )
}

type DaysProps = { days: string[]; lines: Line[]; span: Span; anchor: string; opener: Opener }

function Days({ days, lines, span, anchor, opener }: DaysProps) {
  const { t } = useTranslation('schedule')
  const lang = useLang()
  const calendar = useCalendar()
  const found = byDay(lines)
  const names = new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' })
  // A weekend without work needs no room of its own.
  const tracks = span === 'week' ? days.map((day) => (isWeekend(day) && !found.has(day) ? 'minmax(0, 0.45fr)' : 'minmax(0, 1fr)')).join(' ') : undefined
  return (
    <>
      {span === 'month' && (
        <div className={classes.weekdays} aria-hidden>
          {days.slice(0, 7).map((day) => (
            <span key={day}>{names.format(new Date(day))}</span>
          ))}
        </div>
      )}
      <div className={classes.days} data-span={span} style={tracks ? ({ '--tracks': tracks } as React.CSSProperties) : undefined}>
        {days.map((day) => (
          <Day key={day} day={day} lines={found.get(day) ?? []} span={span} other={span === 'month' && day.slice(0, 7) !== anchor.slice(0, 7)} free={isFree(day, calendar)} name={dayName(day, calendar)} opener={opener} />
        ))}
      </div>
      {lines.length === 0 && (
        <Text c="dimmed" size="sm" ta="center">
          {t('none.span')}
        </Text>
      )}
    </>
  )
}

type DayProps = { day: string; lines: Line[]; span: Span; other: boolean; free: boolean; name: string | undefined; opener: Opener }

function Day({ day, lines, span, other, free, name, opener }: DayProps) {
  const { t } = useTranslation('schedule')
  const set = useSetParams()
  const say = useSay()
  const mayChange = useMayChange()
  const shown = lines.slice(0, inDay[span])
  const LineOf = span === 'week' ? LineCard : LineRow
  return (
    <section className={classes.day} aria-labelledby={`day-${day}`} data-free={free} data-other={other} data-today={day === today()} data-empty={lines.length === 0}>
      <Group justify="space-between" wrap="nowrap" gap={2} mb={4}>
        <DayTitle day={day} span={span} />
        <ActionIcon size="sm" className="no-print" disabled={!mayChange} aria-label={t('addOn', { date: say(day, 'date') })} onClick={() => set({ new: '1', day })}>
          <IconPlus size={15} aria-hidden />
        </ActionIcon>
      </Group>
      {(name || (free && !isWeekend(day))) && (
        <Text size="xs" c="dimmed" mb={4}>
          {name ?? t('dayOff')}
        </Text>
      )}
      <ul className={classes.lines}>
        {shown.map((line) => (
          <LineOf key={line.id} of={line} opener={opener} />
        ))}
      </ul>
      {lines.length > shown.length && (
        <Anchor component="button" size="xs" onClick={() => set({ view: 'list', from: day, until: day }, { push: true })}>
          {t('moreOfDay', { count: lines.length - shown.length })}
        </Anchor>
      )}
    </section>
  )
}

function DayTitle({ day, span }: { day: string; span: Span }) {
  const lang = useLang()
  const say = useSay()
  const { t } = useTranslation('schedule')
  const weekday = new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' }).format(new Date(day))
  const short = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(day))
  return (
    <Title order={2} fz="sm" fw={600} id={`day-${day}`} className={classes.dayTitle} aria-label={say(day, 'day')}>
      <span className={span === 'month' ? classes.phoneOnly : undefined}>{weekday}, </span>
      {span === 'month' && !day.endsWith('-01') ? (
        <>
          <span className={classes.deskOnly}>{Number(day.slice(8))}</span>
          <span className={classes.phoneOnly}>{short}</span>
        </>
      ) : (
        short
      )}
      {day === today() && <span className={classes.now}> {t('today')}</span>}
    </Title>
  )
}
