import { Anchor, Paper, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { RecordLink } from '@/ui/links'
import { useParams } from '@/ui/params'
import { Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { queryOf } from './lines'
import classes from './schedule.module.css'

type Sum = Schema<'WorkScheduleSum'>

/** How the plan is kept: by day, by employee, by client. */
export function Summary() {
  const { t } = useTranslation('schedule')
  const params = useParams()
  const { employee_id: me } = useMe()
  const query = { ...queryOf(params, me), ...(params.from ? { from: params.from } : {}), ...(params.until ? { until: params.until } : {}) }
  const report = useRead('/v1/reports/work-schedule', { query }, { keepPrevious: true })
  return (
    <Shown of={report} shape="card">
      {(data) => (
        <Stack gap="md" maw={960}>
          <Sums title={t('summary.employees')} rows={data.by_employee} kind="employee" />
          <Sums title={t('summary.clients')} rows={data.by_counterparty} kind="counterparty" />
          <Sums title={t('summary.days')} rows={data.by_day} />
        </Stack>
      )}
    </Shown>
  )
}

const columns = ['lines', 'planned', 'overdue', 'done', 'not_done', 'cancelled', 'moved'] as const

const first = 20

/** `kind` is what the rows are about; without it they are days. */
function Sums({ title, rows, kind }: { title: string; rows: Sum[]; kind?: string }) {
  const { t } = useTranslation('schedule')
  const say = useSay()
  const [all, setAll] = useState(false)
  const shown = all ? rows : rows.slice(0, first)
  return (
    <Paper withBorder p="md" radius="lg" component="section" aria-label={title} miw={0}>
      <Title order={2} fz="md" mb="xs">
        {title}
      </Title>
      {/* A table wider than a phone is scrolled; the keyboard gets there too. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={classes.scroll} role="region" aria-label={title} tabIndex={0}>
        <table className={classes.sums}>
          <thead>
            <tr>
              <th scope="col">
                <span className={classes.hidden}>{title}</span>
              </th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`summary.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.key}>
                <th scope="row">{kind ? <RecordLink kind={kind} id={row.key}>{row.name}</RecordLink> : say(row.key, 'date')}</th>
                {columns.map((column) => (
                  <td key={column} data-late={column === 'overdue' && row.overdue > 0} data-none={row[column] === 0}>
                    {row[column]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <Anchor component="button" size="sm" mt="xs" className="no-print" onClick={() => setAll(true)}>
          {t('summary.all', { count: rows.length })}
        </Anchor>
      )}
    </Paper>
  )
}
