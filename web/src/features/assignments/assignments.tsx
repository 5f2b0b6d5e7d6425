import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { ExportMenu } from '@/ui/export-menu'
import { ChipParam, EmployeeParam, MoreFilters, PeriodParam, SelectParam } from '@/ui/filters'
import { KnownClientField } from '@/ui/known-client-field'
import { later } from '@/ui/later'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { SearchBox } from '@/ui/search-box'
import { Loading } from '@/ui/states'

import { usePriorities, useStates } from './choices'
import { queryOf } from './assignments-query'
import { AssignmentList } from './list'

const SheetView = later(() => import('./time-sheet').then((m) => m.SheetView), <Loading />)
const NewAssignment = later(() => import('./new-assignment').then((m) => m.NewAssignment))
const Board = later(() => import('./board').then((m) => m.Board), <Loading />)

const views = ['list', 'board', 'time'] as const
type View = (typeof views)[number]

/** What colleagues have asked of each other: as a list, as a board by state, and the working time that went into it. */
export function Assignments() {
  const { t } = useTranslation('assignments')
  const params = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const { employee_id: me } = useMe()
  const view: View = views.find((one) => one === params.view) ?? 'list'
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <SegmentedControl aria-label={t('view.label')} size="sm" value={view} onChange={(chosen) => set({ view: chosen === 'list' ? undefined : chosen }, { push: true })} data={views.map((value) => ({ value, label: t(`view.${value}`) }))} />
          {view !== 'time' && <ExportMenu of="/v1/exports/assignments" operation="export-assignments" params={{ query: { ...queryOf(params, me), ...(params.overdue ? { overdue: true } : {}) } }} />}
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
            {t('new.action')}
          </Button>
        </>
      }
    >
      <PresentOnly />
      {view !== 'time' && <Filters board={view === 'board'} />}
      {view === 'list' && <AssignmentList />}
      {view === 'board' && <Board />}
      {view === 'time' && <SheetView />}
      <NewAssignment />
    </Page>
  )
}

/** The few that everybody needs in sight, the others behind a button. */
function Filters({ board }: { board: boolean }) {
  const { t } = useTranslation('assignments')
  const priorities = usePriorities()
  const states = useStates()
  const hidden = ['counterparty', 'priority', 'from', 'until', ...(board ? [] : ['closed']), 'executor', 'issuer', 'state'].filter(Boolean)
  return (
    <Group gap="sm">
      <SearchBox label={t('filter.text')} />
      <Group gap={6}>
        <ChipParam name="executor" value="me" label={t('filter.mine')} />
        <ChipParam name="issuer" value="me" label={t('filter.byMe')} />
        {!board && <ChipParam name="state" value="reported_done" label={t('filter.toCheck')} />}
        <ChipParam name="overdue" label={t('filter.overdue')} />
        {!board && <ChipParam name="closed" label={t('filter.closed')} />}
      </Group>
      <MoreFilters names={hidden}>
        <EmployeeParam name="executor" label={t('filter.executor')} />
        <EmployeeParam name="issuer" label={t('filter.issuer')} />
        {!board && <SelectParam name="state" label={t('filter.state')} data={states} />}
        <SelectParam name="priority" label={t('filter.priority')} data={priorities} />
        <ClientParam />
        <PeriodParam from={t('filter.dueFrom')} until={t('filter.dueUntil')} />
      </MoreFilters>
    </Group>
  )
}

function ClientParam() {
  const { t } = useTranslation('assignments')
  const client = useParams().counterparty ?? null
  const set = useSetParams()
  return <KnownClientField label={t('filter.client')} value={client} onChange={(id) => set({ counterparty: id ?? undefined })} comboboxProps={{ withinPortal: false }} />
}
