import { ActionIcon, Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommand, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { DayField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { done } from '@/ui/notify'
import { useParams, useSetParams } from '@/ui/params'
import { ErrorNote } from '@/ui/states'
import { useSay } from '@/ui/time'

import classes from './admin.module.css'
import { addMonths, isFree, sayHours, thisMonth, weeksOf } from './calendar-logic'
import type { Calendar } from './calendars'

type Day = Schema<'CalendarDay'>

/** The special days of a calendar, month by month: days are marked, then it is said what is special about them. */
export function DayEditor({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation('admin')
  const may = useMay()
  const mayChange = useMayChange()
  const [marked, setMarked] = useState<string[]>([])
  const [editing, setEditing] = useState(false)
  const editable = calendar.active && mayChange && may('set-calendar-days')
  const toggle = (date: string) => setMarked(marked.includes(date) ? marked.filter((one) => one !== date) : [...marked, date].toSorted())
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-labelledby="days">
      <Stack gap="sm">
        <Title order={3} id="days">
          {t('calendars.days')}
        </Title>
        <Text size="sm" c="dimmed">
          {editable && t('calendars.daysHint')} {calendar.holidays === 'ru' && t('calendars.ruHint')}
        </Text>
        <Month calendar={calendar} marked={marked} {...(editable ? { onToggle: toggle } : {})} />
        {editable && <Marked calendar={calendar} marked={marked} onEdit={() => setEditing(true)} onDone={() => setMarked([])} />}
        <Upcoming days={calendar.days} />
      </Stack>
      {editing && (
        <SetDays
          calendar={calendar}
          dates={marked}
          onClose={(sent) => {
            setEditing(false)
            if (sent) setMarked([])
          }}
        />
      )}
    </Paper>
  )
}

function Month({ calendar, marked, onToggle }: { calendar: Calendar; marked: string[]; onToggle?: (date: string) => void }) {
  const { t } = useTranslation('admin')
  const said = useSay()
  const lang = useLang()
  const setParams = useSetParams()
  const month = useParams().month ?? thisMonth()
  const short = new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' })
  const special = new Map(calendar.days.map((day) => [day.date, day]))
  return (
    <div>
      <Group gap="xs" mb="xs">
        <ActionIcon aria-label={t('calendars.monthBack')} onClick={() => setParams({ month: addMonths(month, -1) })}>
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <Text fw={600} aria-live="polite">
          {said(`${month}-01`, 'month')}
        </Text>
        <ActionIcon aria-label={t('calendars.monthNext')} onClick={() => setParams({ month: addMonths(month, 1) })}>
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <div className={classes.month}>
        {Array.from({ length: 7 }, (_, i) => (
          <span key={i} className={classes.weekday} aria-hidden>
            {short.format(new Date(Date.UTC(1970, 0, 5 + i)))}
          </span>
        ))}
        {weeksOf(month)
          .flat()
          .map((date, i) => (date ? <DayCell key={date} date={date} day={special.get(date)} free={isFree(calendar.weeks, date)} marked={marked.includes(date)} {...(onToggle ? { onToggle } : {})} /> : <span key={`gap-${i}`} />))}
      </div>
    </div>
  )
}

function DayCell(props: { date: string; day: Day | undefined; free: boolean; marked: boolean; onToggle?: (date: string) => void }) {
  const { date, day } = props
  const said = useSay()
  const words = useWords()
  const { t } = useTranslation('admin')
  const what = day ? [words(`working_calendar.day.${day.kind}`), day.name].filter(Boolean).join(', ') : props.free ? t('calendars.dayOff') : ''
  return (
    <button type="button" className={classes.day} data-kind={day?.kind} data-free={!day && props.free} aria-pressed={props.marked} aria-label={[said(date, 'day'), what].filter(Boolean).join(', ')} disabled={!props.onToggle} onClick={() => props.onToggle?.(date)} title={what}>
      {Number(date.slice(8))}
      {day && <span className={classes.dayMark}>{day.name || words(`working_calendar.day.${day.kind}`)}</span>}
    </button>
  )
}

function Marked({ calendar, marked, onEdit, onDone }: { calendar: Calendar; marked: string[]; onEdit: () => void; onDone: () => void }) {
  const { t } = useTranslation('admin')
  const clearing = useCommand('/v1/working-calendars/{id}/clear-days')
  const special = marked.filter((date) => calendar.days.some((day) => day.date === date))
  const clear = () =>
    clearing.mutate(
      { id: calendar.id, body: { days: special } },
      {
        onSuccess: () => {
          done(t('calendars.cleared'))
          onDone()
        },
      },
    )
  return (
    <Stack gap="xs">
      <Group gap="sm" mih={36}>
        <Text size="sm" aria-live="polite">
          {marked.length > 0 ? t('calendars.chosen', { count: marked.length }) : t('calendars.choose')}
        </Text>
        {marked.length > 0 && (
          <>
            <Button size="xs" onClick={onEdit}>
              {t('calendars.make')}
            </Button>
            {special.length > 0 && (
              <Button size="xs" variant="default" loading={clearing.isPending} onClick={clear}>
                {t('calendars.clear')}
              </Button>
            )}
            <Button size="xs" variant="subtle" onClick={onDone}>
              {t('calendars.unmark')}
            </Button>
          </>
        )}
      </Group>
      {clearing.error && <ErrorNote error={clearing.error} />}
    </Stack>
  )
}

function Upcoming({ days }: { days: Day[] }) {
  const { t } = useTranslation('admin')
  const words = useWords()
  const said = useSay()
  const setParams = useSetParams()
  return (
    <div>
      <Text size="sm" fw={600}>
        {t('calendars.upcoming')}
      </Text>
      {days.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('calendars.noDays')}
        </Text>
      )}
      {days.map((day) => (
        <Group key={day.date} gap="xs" fz="sm">
          <Button variant="transparent" size="compact-sm" px={0} onClick={() => setParams({ month: day.date.slice(0, 7) })}>
            {said(day.date, 'date')}
          </Button>
          <span>{[words(`working_calendar.day.${day.kind}`), day.name, ...detailsOf(day, t, said)].filter(Boolean).join(' · ')}</span>
        </Group>
      ))}
    </div>
  )
}

type Translate = ReturnType<typeof useTranslation<'admin'>>['t']

function detailsOf(day: Day, t: Translate, said: ReturnType<typeof useSay>): string[] {
  return [
    day.shortened_by_min ? t('calendars.shortened', { minutes: day.shortened_by_min }) : '',
    day.moved_from ? t('calendars.movedInstead', { date: said(day.moved_from, 'date') }) : '',
    sayHours(day.hours),
  ]
}

const kinds = ['day_off', 'working', 'shortened'] as const
type DayValues = { kind: (typeof kinds)[number]; name: string; minutes: number | string; movedFrom: string; from: string; to: string; reason: string }

/** What a kind of day needs, and nothing else. */
function dayOf(date: string, values: DayValues): Day {
  const common = { date, kind: values.kind, ...given({ name: values.name }) }
  if (values.kind === 'shortened') return { ...common, shortened_by_min: Number(values.minutes) }
  if (values.kind === 'day_off') return common
  if (values.movedFrom) return { ...common, moved_from: values.movedFrom }
  return { ...common, ...(values.from && values.to ? { hours: [{ from: values.from, to: values.to }] } : {}) }
}

function SetDays({ calendar, dates, onClose }: { calendar: Calendar; dates: string[]; onClose: (sent: boolean) => void }) {
  const { t } = useTranslation('admin')
  const words = useWords()
  const said = useSay()
  const initial: DayValues = { kind: 'day_off', name: '', minutes: 60, movedFrom: '', from: '', to: '', reason: '' }
  return (
    <CommandDrawer
      name={`calendars/days/${calendar.id}`}
      title={t('calendars.make')}
      opened
      onClose={() => onClose(false)}
      path="/v1/working-calendars/{id}/set-days"
      id={calendar.id}
      initial={initial}
      body={(values) => ({ days: dates.map((date) => dayOf(date, values)), ...given({ reason: values.reason }) })}
      submit={t('calendars.make')}
      success={t('calendars.daysSet')}
      onDone={() => onClose(true)}
    >
      {(form) => (
        <>
          <Text size="sm">{dates.map((date) => said(date, 'date')).join(', ')}</Text>
          <Select label={t('calendars.kind')} allowDeselect={false} data={kinds.map((value) => ({ value, label: words(`working_calendar.day.${value}`) }))} {...form.getInputProps('kind')} />
          <TextInput label={t('calendars.dayName')} {...form.getInputProps('name')} />
          {form.values.kind === 'shortened' && <NumberInput label={t('calendars.shorter')} min={1} max={1440} required {...form.getInputProps('minutes')} />}
          {form.values.kind === 'working' && (
            <>
              <DayField label={t('calendars.movedFrom')} {...fieldOf(form, 'movedFrom')} />
              <Text size="xs" c="dimmed">
                {t('calendars.movedFromHint')}
              </Text>
              {!form.values.movedFrom && (
                <Group grow>
                  <TextInput type="time" label={t('calendars.hoursFrom')} {...form.getInputProps('from')} />
                  <TextInput type="time" label={t('calendars.hoursTo')} {...form.getInputProps('to')} />
                </Group>
              )}
            </>
          )}
          <TextInput label={t('calendars.reason')} {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}
