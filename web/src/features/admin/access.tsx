import { Anchor, Badge, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMay } from '@/app/session'
import { useDetailWords } from '@/i18n'
import { ChipParam, EmployeeParam, instantsOf, MoreFilters, PeriodParam, SelectParam } from '@/ui/filters'
import { KnownClientField } from '@/ui/known-client-field'
import { Colleague } from '@/ui/links'
import { Looked, type LookedQuery } from '@/ui/looked'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { useSay } from '@/ui/time'

type Day = Schema<'AccessDay'>

const resources = [
  'clients', 'contact_details', 'segments', 'negotiations', 'interactions', 'correspondence', 'work', 'performance', 'reports', 'exports', 'directory', 'accounts',
  'access_log', 'emergency', 'approvals',
] as const
const ways = ['view', 'list', 'search', 'report', 'export'] as const
const filters = ['employee', 'client', 'resource', 'action', 'from', 'until']
const spans = ['1', '7', '30', '92'] as const

/** Who looked at what, reading by reading and summed up by day. */
export function AccessLog() {
  const { t } = useTranslation('access')
  const may = useMay()
  const set = useSetParams()
  const report = useParams().view === 'report' && may('report-access')
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Text size="sm" c="dimmed">
          {t('intro')}
        </Text>
        {may('report-access') && (
          <SegmentedControl
            aria-label={t('view')}
            value={report ? 'report' : 'log'}
            onChange={(view) => set({ view: view === 'report' ? view : undefined }, { push: true })}
            data={[{ value: 'log', label: t('log') }, { value: 'report', label: t('report') }]}
          />
        )}
      </Group>
      {report ? <Report /> : <Log />}
    </Stack>
  )
}

function useQuery(): LookedQuery {
  const { employee, client, resource, action, from, until } = useParams()
  const named = Object.entries({ employee, client }).filter(([, value]) => value)
  const one = <T extends string>(list: readonly T[], value: string | undefined) => list.find((item) => item === value)
  const [what, how] = [one(resources, resource), one(ways, action)]
  return { ...Object.fromEntries(named), ...(what ? { resource: what } : {}), ...(how ? { action: how } : {}), ...instantsOf(from, until) }
}

function Log() {
  const { t } = useTranslation('access')
  const words = useDetailWords()
  const may = useMay()
  const params = useParams()
  const set = useSetParams()
  const query = useQuery()
  return (
    <>
      <Group justify="flex-end" className="no-print">
        <MoreFilters names={filters}>
          <SelectParam name="resource" label={t('resource')} data={resources.map((value) => ({ value, label: words(`resource.${value}`) }))} />
          <SelectParam name="action" label={t('action')} data={ways.map((value) => ({ value, label: words(`way.${value}`) }))} />
          <EmployeeParam name="employee" label={t('employee')} />
          {may('search') && (
            <KnownClientField label={t('client')} value={params.client ?? null} onChange={(client) => set({ client: client ?? undefined })} comboboxProps={{ withinPortal: false }} />
          )}
          <PeriodParam from={t('from')} until={t('until')} />
        </MoreFilters>
      </Group>
      <Looked query={query} empty={t(Object.keys(query).length > 0 ? 'noneFiltered' : 'noneHint')} clients />
    </>
  )
}

function Report() {
  const { t } = useTranslation('access')
  const set = useSetParams()
  const { days, flagged, employee } = useParams()
  const span = spans.find((one) => one === days) ?? '7'
  const found = useRead('/v1/reports/access', { query: { days: Number(span), ...(flagged ? { flagged: true } : {}), ...(employee ? { employee } : {}) } }, { keepPrevious: true })
  const columns = useReportColumns()
  return (
    <>
      <Group gap="sm" align="flex-end" className="no-print">
        <Select label={t('days')} value={span} onChange={(chosen) => set({ days: chosen === '7' ? undefined : (chosen ?? undefined) })} data={spans.map((value) => ({ value, label: t(`day_${value}`) }))} allowDeselect={false} />
        <EmployeeParam name="employee" label={t('employee')} />
        <ChipParam name="flagged" label={t('flagged')} />
      </Group>
      <Text size="sm" c="dimmed">
        {t('reportHint')}
      </Text>
      <Shown of={found} rows={4}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon={IconEye} title={t('noDays')} hint={t('noDaysHint')} />
          ) : (
            <DataTable label={t('reportList')} rows={rows} rowKey={(row) => `${row.employee_id} ${row.date}`} columns={columns} />
          )
        }
      </Shown>
    </>
  )
}

function useReportColumns(): Column<Day>[] {
  const { t } = useTranslation('access')
  const words = useDetailWords()
  const said = useSay()
  const number = (key: string, header: string, cell: (row: Day) => number): Column<Day> => ({ key, header, width: '110px', end: true, phone: 'named', cell })
  return [
    { key: 'date', header: t('date'), width: '120px', phone: 'line', cell: (row) => <time dateTime={row.date}>{said(row.date, 'date')}</time> },
    { key: 'who', header: t('who'), width: 'minmax(160px, 2fr)', phone: 'title', cell: (row) => <Colleague id={row.employee_id} name={row.employee_name} /> },
    { key: 'reads', header: t('reads'), width: '110px', end: true, phone: 'named', cell: (row) => <Reads of={row} /> },
    number('clients', t('distinct'), (row) => row.clients),
    number('night', t('outOfHours'), (row) => row.out_of_hours),
    number('others', t('others'), (row) => row.other_departments),
    {
      key: 'flags', header: t('flags'), width: 'minmax(160px, 3fr)', wrap: true, phone: 'line',
      cell: (row) => (
        <Group gap={4}>
          {row.flags.map((flag) => (
            <Badge key={flag} color="orange">
              {words(`access.flag.${flag}`)}
            </Badge>
          ))}
        </Group>
      ),
    },
  ]
}

/** The number, and the way to the readings that it counts. */
function Reads({ of: row }: { of: Day }) {
  const { t } = useTranslation('access')
  const set = useSetParams()
  const open = () => set({ view: undefined, days: undefined, flagged: undefined, employee: row.employee_id, from: row.date, until: row.date }, { push: true })
  return (
    <Anchor component="button" type="button" inherit onClick={open} aria-label={t('ofDay', { name: row.employee_name, date: row.date })}>
      {row.reads}
    </Anchor>
  )
}
