import { Button, Text, UnstyledButton } from '@mantine/core'
import { IconCalendarOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages } from '@/api/hooks'
import { useMe } from '@/app/session'
import { Actions } from '@/ui/actions'
import { today } from '@/ui/day'
import { Colleague, RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { shortName, useShortDay } from '@/ui/short'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'

import { LineState, useLines, type Opener } from './line'
import { queryOf, type Line } from './lines'
import classes from './schedule.module.css'

/** Overdue lines first, then from today on; with a period of one's own just that period. */
function useList() {
  const params = useParams()
  const { employee_id: me } = useMe()
  const query = queryOf(params, me)
  const period = { ...(params.from ? { from: params.from } : {}), ...(params.until ? { until: params.until } : {}) }
  const own = Boolean(params.from || params.until || params.state)
  const late = usePages('/v1/work-items', { query: { ...query, ...period, overdue: true } }, { keepPrevious: true })
  const rest = usePages('/v1/work-items', { query: { ...query, ...(own ? period : { from: today() }) } }, { keepPrevious: true, enabled: !params.overdue })
  const others = params.overdue ? [] : rest.items.filter((one) => !one.overdue)
  return { late, rest: params.overdue ? late : rest, rows: [...late.items, ...(late.hasNextPage ? [] : others)], more: late.hasNextPage || params.overdue ? late : rest }
}

export function ListView() {
  const { t } = useTranslation('schedule')
  const set = useSetParams()
  const { late, rest, rows, more } = useList()
  const opener = useLines(rows)
  const columns = useColumns(opener)
  const nothing = <Empty icon={IconCalendarOff} title={t('none.title')} hint={t('none.hint')} action={<Button onClick={() => set({ new: '1' })}>{t('new.action')}</Button>} />
  return (
    <>
      <Shown of={late} rows={8}>
        {() => <Shown of={rest} rows={8}>{() => (rows.length === 0 ? nothing : <DataTable label={t('title')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={58} more={more} />)}</Shown>}
      </Shown>
      {opener.shown}
    </>
  )
}

function useColumns(opener: Opener): Column<Line>[] {
  const { t } = useTranslation('schedule')
  return [
    {
      key: 'text', header: t('column.text'), width: 'minmax(220px, 2.4fr)', phone: 'title', wrap: true,
      cell: (row) => (
        <UnstyledButton fw={600} fz="inherit" c="var(--mantine-color-anchor)" onClick={() => opener.open(row)}>
          {row.text}
        </UnstyledButton>
      ),
    },
    { key: 'day', header: t('column.day'), width: '190px', cell: (row) => <DayOf of={row} /> },
    { key: 'client', header: t('column.client'), width: 'minmax(150px, 1.4fr)', wrap: true, cell: (row) => <RecordLink kind="counterparty" id={row.counterparty_id}>{row.counterparty_name}</RecordLink> },
    { key: 'who', header: t('column.responsible'), width: 'minmax(160px, 1fr)', cell: (row) => <Colleague id={row.responsible_id} name={shortName(row.responsible_name)} /> },
    { key: 'state', header: t('column.state'), width: '130px', cell: (row) => <LineState of={row} /> },
    { key: 'steps', header: t('column.steps'), width: '44px', end: true, cell: (row) => <Actions compact label={t('actionsOf', { text: row.text })} of={opener.actions(row)} /> },
  ]
}

function DayOf({ of }: { of: Line }) {
  const { t } = useTranslation('schedule')
  const day = useShortDay()
  return (
    <div className={classes.stacked}>
      <Text span inherit {...(of.overdue ? { c: 'var(--app-late)', fw: 600 } : {})}>
        {of.overdue ? t('overdueSince', { date: day(of.due_date) }) : day(of.due_date)}
      </Text>
      {of.moved > 0 && (
        <Text span fz="xs" c="dimmed" title={of.move_reason}>
          {t('movedFrom', { date: day(of.original_due_date) })}
        </Text>
      )}
    </div>
  )
}
