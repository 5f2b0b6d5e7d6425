import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight, IconClockPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { useLang } from '@/i18n'
import { isWeekend, today } from '@/ui/day'
import { EmployeeField } from '@/ui/fields'
import { RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { useMinutes, useSay } from '@/ui/time'

import classes from './assignments.module.css'
import { Entries } from './entries'
import { brief, daysOf, neighbour, rowsOf } from './sheet'
import { EnterTime } from './time-forms'

type Sheet = Schema<'TimeSheet'>

/** A month of somebody's working time, by assignment and day. */
export function SheetView() {
  const { t } = useTranslation('assignments')
  const params = useParams()
  const { employee_id: me } = useMe()
  const month = /^\d{4}-\d{2}$/.test(params.month ?? '') ? (params.month as string) : today().slice(0, 7)
  const employee = params.employee ?? me
  const sheet = useRead('/v1/time-sheet', { query: { month, employee } }, { keepPrevious: true })
  const phone = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches, { getInitialValueInEffect: false })
  const [entering, setEntering] = useState(false)
  const mayChange = useMayChange()
  const enter = (
    <Button leftSection={<IconClockPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => setEntering(true)}>
      {t('time.enter')}
    </Button>
  )
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <MonthAndPerson month={month} employee={employee} />
        {employee === me && enter}
      </Group>
      <Shown of={sheet} shape="card">
        {(data) =>
          data.entries.length === 0 ? (
            <Empty icon={IconClockPlus} title={t('time.none')} hint={t('time.noneHint')} action={employee === me && enter} />
          ) : (
            <>
              <Totals of={data} />
              {!phone && <Table of={data} month={month} />}
              <Paper withBorder p="md" radius="lg" component="section" aria-labelledby="entries">
                <Title order={2} fz="md" id="entries" mb="xs">
                  {t('time.entries')}
                </Title>
                <Entries of={data.entries} show="assignment" />
              </Paper>
            </>
          )
        }
      </Shown>
      {entering && <EnterTime onClose={() => setEntering(false)} />}
    </Stack>
  )
}

function MonthAndPerson({ month, employee }: { month: string; employee: string }) {
  const { t } = useTranslation('assignments')
  const set = useSetParams()
  const say = useSay()
  const go = (step: number) => set({ month: neighbour(month, step) })
  const name = say(`${month}-01`, 'month')
  return (
    <Group gap="sm" align="flex-end">
      <Group gap={4} wrap="nowrap">
        <ActionIcon variant="default" size="lg" aria-label={t('time.previous')} onClick={() => go(-1)}>
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <Title order={2} fz="md" miw={150} ta="center" aria-live="polite">
          {name.charAt(0).toUpperCase() + name.slice(1)}
        </Title>
        <ActionIcon variant="default" size="lg" aria-label={t('time.next')} onClick={() => go(1)}>
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <EmployeeField label={t('time.whose')} value={employee} onChange={(id) => set({ employee: id ?? undefined })} w={300} maw="100%" />
    </Group>
  )
}

function Totals({ of }: { of: Sheet }) {
  const { t } = useTranslation('assignments')
  const minutes = useMinutes()
  return (
    <Group gap="sm">
      <Text size="sm">
        {t('time.total')}: <b>{minutes(of.minutes)}</b>
      </Text>
      <Text size="sm" c="dimmed">
        {t('time.days', { count: of.days.length })}
      </Text>
      {of.late_entries > 0 && <Badge color="orange">{t('time.lateEntries', { count: of.late_entries })}</Badge>}
    </Group>
  )
}

function Table({ of, month }: { of: Sheet; month: string }) {
  const { t } = useTranslation('assignments')
  const lang = useLang()
  const say = useSay()
  const days = daysOf(month)
  const now = today()
  const rows = rowsOf(of.entries, t('time.other'))
  const sums = new Map(of.days.map((day) => [day.date, day.minutes]))
  const weekday = new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' })
  const marks = (day: string) => ({ 'data-free': isWeekend(day), 'data-today': day === now })
  return (
    // A wide month is scrolled; the keyboard gets there too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.sheetScroll} role="region" aria-label={t('time.table')} tabIndex={0}>
      <table className={classes.sheet}>
        <thead>
          <tr>
            <th scope="row">{t('field.assignment')}</th>
            {days.map((day) => (
              <th key={day} scope="col" {...marks(day)} aria-label={say(day, 'date')}>
                <span aria-hidden>
                  {Number(day.slice(8))}
                  <br />
                  {weekday.format(new Date(day))}
                </span>
              </th>
            ))}
            <th scope="col" data-sum>
              {t('time.sum')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" title={row.title}>
                {row.assignment ? (
                  <RecordLink kind="assignment" id={row.assignment}>
                    {row.title}
                  </RecordLink>
                ) : (
                  row.title
                )}
              </th>
              {days.map((day) => (
                <td key={day} {...marks(day)}>
                  {row.byDay.has(day) && brief(row.byDay.get(day) ?? 0)}
                </td>
              ))}
              <td data-sum>{brief(row.total)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">
              <b>{t('time.sum')}</b>
            </th>
            {days.map((day) => (
              <td key={day} {...marks(day)}>
                {sums.has(day) && <b>{brief(sums.get(day) ?? 0)}</b>}
              </td>
            ))}
            <td data-sum>{brief(of.minutes)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  )
}
