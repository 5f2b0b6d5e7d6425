import { Alert, Button, Drawer, Group, Select, SegmentedControl, Stack, Switch, Text, Title } from '@mantine/core'
import { IconClockHour4, IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead, type Params, type Schema } from '@/api/hooks'
import { useMay, useMe } from '@/app/session'
import { EmployeeParam, instantsOf, MoreFilters, PeriodParam } from '@/ui/filters'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { useMinutes } from '@/ui/time'

import { Clocks } from './clocks'
import classes from './threads.module.css'

type Group_ = Schema<'ResponseTimes'>
export type ReportQuery = NonNullable<Params<'/v1/reports/response-times'>['query']>
type By = NonNullable<ReportQuery['by']>

const groupings: By[] = ['employee', 'department', 'kind']
const kinds = ['message', 'question', 'proposal', 'agreement'] as const
export const measures = ['asked', 'answered', 'late', 'overdue', 'unanswered', 'without_reply'] as const
export type Measure = (typeof measures)[number]

/** How fast people react to clients and to colleagues; each number can be opened down to the clocks it was made of. */
export function ResponseTimes() {
  const { t } = useTranslation('threads')
  const may = useMay()
  const allowed = may('get-response-times')
  const { view } = useParams()
  const set = useSetParams()
  const mine = !allowed || view === 'mine'
  return (
    <Page
      title={t(mine ? 'report.mineTitle' : 'report.title')}
      actions={
        allowed && (
          <SegmentedControl
            aria-label={t('report.title')}
            value={mine ? 'mine' : 'company'}
            onChange={(value) => set({ view: value === 'mine' ? 'mine' : undefined }, { push: true })}
            data={[{ value: 'company', label: t('report.company') }, { value: 'mine', label: t('report.mine') }]}
          />
        )
      }
    >
      <PresentOnly />
      {!allowed && (
        <Alert color="blue" icon={<IconLock size={20} aria-hidden />} role="note" title={t('report.notAllowed')}>
          {t('report.notAllowedHint')}
        </Alert>
      )}
      {mine ? <Mine /> : <Report />}
    </Page>
  )
}

function Mine() {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const { kind, from, until } = useParams()
  const query = { ...(kind ? { kind: [kind] } : {}), ...instantsOf(from, until) }
  return (
    <Stack gap="md">
      <Group gap="xs" align="flex-end">
        <Period />
        <KindFilter />
      </Group>
      <Title order={2} fz="md">
        {t('report.mine')}
      </Title>
      <Clocks key={me} query={query} own />
    </Stack>
  )
}

function useQuery(): ReportQuery {
  const { by, kind, employee, asker, department, from, until, recompute } = useParams()
  const named = Object.entries({ employee, asker, department }).filter(([, value]) => value)
  return {
    by: groupings.includes(by as By) ? (by as By) : 'employee',
    ...(kind ? { kind: [kind] } : {}),
    ...Object.fromEntries(named),
    ...instantsOf(from, until),
    ...(recompute === '1' ? { recompute: true } : {}),
  }
}

function Report() {
  const query = useQuery()
  const report = useRead('/v1/reports/response-times', { query }, { keepPrevious: true })
  return (
    <Stack gap="md">
      <ReportFilters />
      <Shown of={report}>{(groups) => (groups.length === 0 ? <Nobody /> : <Numbers of={groups} query={query} />)}</Shown>
      <Behind query={query} groups={report.data ?? []} />
    </Stack>
  )
}

function Nobody() {
  const { t } = useTranslation('threads')
  return <Empty icon={IconClockHour4} title={t('report.nobody')} hint={t('report.nobodyHint')} />
}

const hidden = ['department', 'employee', 'asker', 'from', 'until', 'recompute']

function ReportFilters() {
  const { t } = useTranslation('threads')
  const { by, department, recompute } = useParams()
  const set = useSetParams()
  const departments = useRead('/v1/departments', {}, { staleTime: 300_000 })
  return (
    <Group gap="xs" align="flex-end">
      <SegmentedControl aria-label={t('report.by')} value={by ?? 'employee'} onChange={(value) => set({ by: value === 'employee' ? undefined : value })} data={groupings.map((value) => ({ value, label: t(`report.byIs.${value}`) }))} />
      <Period />
      <KindFilter />
      <MoreFilters names={hidden}>
        <Select
          label={t('report.department')}
          data={(departments.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={department ?? null}
          onChange={(value) => set({ department: value ?? undefined })}
          clearable
          searchable
          comboboxProps={{ withinPortal: false }}
        />
        <EmployeeParam name="employee" label={t('report.employee')} />
        <EmployeeParam name="asker" label={t('report.asker')} />
        <PeriodParam from={t('report.from')} until={t('report.until')} />
        <Switch label={t('report.recompute')} checked={recompute === '1'} onChange={(event) => set({ recompute: event.currentTarget.checked ? '1' : undefined })} />
      </MoreFilters>
    </Group>
  )
}

function KindFilter() {
  const { t } = useTranslation('threads')
  const { kind } = useParams()
  const set = useSetParams()
  return (
    <Select
      aria-label={t('report.kind')}
      placeholder={t('report.kind')}
      data={kinds.map((value) => ({ value, label: t(`report.kindIs.${value}`) }))}
      value={kind ?? null}
      onChange={(value) => set({ kind: value ?? undefined })}
      clearable
      w={200}
    />
  )
}

const days = { week: 7, month: 30, quarter: 91 } as const

const daysAgo = (count: number) => {
  const day = new Date()
  day.setDate(day.getDate() - count)
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
}

/** The usual periods up to today; other ones are set among the filters. */
function Period() {
  const { t } = useTranslation('threads')
  const { from, until } = useParams()
  const set = useSetParams()
  const usual = (Object.keys(days) as (keyof typeof days)[]).find((name) => from === daysAgo(days[name]))
  const chosen = until ? '' : from ? (usual ?? '') : 'all'
  const choose = (value: string) => set({ from: value === 'all' ? undefined : daysAgo(days[value as 'week']), until: undefined })
  return <SegmentedControl aria-label={t('report.periodLabel')} value={chosen} onChange={choose} data={(['week', 'month', 'quarter', 'all'] as const).map((value) => ({ value, label: t(`report.period.${value}`) }))} />
}

/** The group's name; kinds have no name of their own. */
export function useGroupName(query: ReportQuery) {
  const { t } = useTranslation('threads')
  return (group: Pick<Group_, 'key' | 'name'>) => (query.by === 'kind' ? t(`report.kindIs.${group.key as 'message'}`) : group.name || '—')
}

function Numbers({ of: groups, query }: { of: Group_[]; query: ReportQuery }) {
  const { t } = useTranslation('threads')
  const minutes = useMinutes()
  const name = useGroupName(query)
  const now = query.recompute === true
  const time = (value: number | undefined) => (value === undefined ? '—' : minutes(value))
  const columns: Column<Group_>[] = [
    { key: 'name', header: t('report.group'), width: 'minmax(180px, 2fr)', phone: 'title', cell: name },
    ...measures.map((measure): Column<Group_> => ({ key: measure, header: t(`report.${measure}`), width: 'minmax(96px, 1fr)', end: true, cell: (group) => <Count of={group} measure={measure} name={name(group)} /> })),
    { key: 'median', header: t('report.medianShort'), width: '116px', end: true, cell: (group) => <Time word={t('report.medianShort')} text={time(now ? group.median_now_min : group.median_min)} /> },
    { key: 'p90', header: t('report.p90Short'), width: '116px', end: true, cell: (group) => <Time word={t('report.p90Short')} text={time(now ? group.p90_now_min : group.p90_min)} /> },
  ]
  return (
    <>
      <DataTable label={t('report.table')} rows={groups} columns={columns} rowKey={(group) => group.key} rowHeight={40} />
      <Chart of={groups} query={query} />
    </>
  )
}

/** A number that opens what it was made of. On a phone, where there is no heading above it, its word stands beside it. */
function Count({ of: group, measure, name }: { of: Group_; measure: Measure; name: string }) {
  const { t } = useTranslation('threads')
  const set = useSetParams()
  const count = group[measure]
  const word = t(`report.${measure}`)
  const late = (measure === 'late' || measure === 'overdue') && count > 0
  const text = (
    <>
      <Text span inherit hiddenFrom="sm">
        {word}:&nbsp;
      </Text>
      {count}
    </>
  )
  if (count === 0) return <Text span inherit c="dimmed">{text}</Text>
  return (
    <Button variant="subtle" size="compact-sm" px={6} color={late ? 'red' : 'accent'} onClick={() => set({ key: group.key, measure }, { push: true })} aria-label={t('report.show', { measure: word, name, count })}>
      {text}
    </Button>
  )
}

function Time({ word, text }: { word: string; text: string }) {
  return (
    <>
      <Text span inherit hiddenFrom="sm">
        {word}{' '}
      </Text>
      {text}
    </>
  )
}

const shown = 15

/** Bars need no library: the median, and behind it what nine of ten answers took at most. */
function Chart({ of: groups, query }: { of: Group_[]; query: ReportQuery }) {
  const { t } = useTranslation('threads')
  const minutes = useMinutes()
  const name = useGroupName(query)
  const now = query.recompute === true
  const rows = groups
    .map((group) => ({ key: group.key, name: name(group), median: now ? group.median_now_min : group.median_min, p90: now ? group.p90_now_min : group.p90_min }))
    .filter((row) => row.median !== undefined)
    .slice(0, shown)
  const most = Math.max(1, ...rows.map((row) => row.p90 ?? row.median ?? 0))
  if (rows.length === 0) return null
  const part = (value: number) => `${(value / most) * 100}%`
  return (
    <section aria-labelledby="response-chart">
      <Title order={2} fz="md" id="response-chart" mb={4}>
        {t('report.chart')}
      </Title>
      <Group gap="md" mb="xs" fz="xs" c="dimmed">
        <span>
          <span className={`${classes.legend} ${classes.fill}`} aria-hidden />
          {t('report.median')}
        </span>
        <span>
          <span className={`${classes.legend} ${classes.fill}`} data-weak="true" aria-hidden />
          {t('report.p90')}
        </span>
      </Group>
      <dl className={classes.chart}>
        {rows.map((row) => (
          <Bars key={row.key} name={row.name} median={row.median ?? 0} p90={row.p90 ?? row.median ?? 0} part={part} text={minutes} />
        ))}
      </dl>
    </section>
  )
}

function Bars({ name, median, p90, part, text }: { name: string; median: number; p90: number; part: (value: number) => string; text: (minutes: number) => string }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd>
        {[median, p90].map((value, i) => (
          <div key={i} className={classes.bar}>
            <div style={{ flex: `0 1 calc(${part(value)} * 0.8)` }} className={classes.fill} data-weak={i === 1} />
            <Text span size="xs" c="dimmed">
              {text(value)}
            </Text>
          </div>
        ))}
      </dd>
    </>
  )
}

/** The clocks behind one number; which one is in the address. */
function Behind({ query, groups }: { query: ReportQuery; groups: Group_[] }) {
  const { t } = useTranslation('threads')
  const { t: common } = useTranslation()
  const { key, measure } = useParams()
  const set = useSetParams()
  const name = useGroupName(query)
  const group = groups.find((one) => one.key === key)
  const known = measures.includes(measure as Measure)
  if (!key || !known) return null
  const title = t('report.clocksOf', { measure: t(`report.${measure as Measure}`), name: group ? name(group) : key })
  return (
    <Drawer opened onClose={() => set({ key: undefined, measure: undefined })} title={title} size="xl" closeButtonProps={{ 'aria-label': common('close') }}>
      <Clocks query={{ ...query, key, measure: measure as Measure }} />
    </Drawer>
  )
}
