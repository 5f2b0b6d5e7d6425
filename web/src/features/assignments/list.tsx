import { Button, Group, Text } from '@mantine/core'
import { IconChecklist, IconFlag, IconFlagFilled, IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages } from '@/api/hooks'
import { useMe } from '@/app/session'
import { Actions } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { Colleague, RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { shortName, useShortDay } from '@/ui/short'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { useSay, When } from '@/ui/time'

import classes from './assignments.module.css'
import { filterNames, queryOf } from './assignments-query'
import type { Item, Priority } from './rules'
import { useMoves, useStepRunner } from './steps'

/** The server lists by due time. What is late but reported waits for its issuer, so what is overdue is asked for by itself and stands first. */
function useList() {
  const params = useParams()
  const { employee_id: me } = useMe()
  const query = queryOf(params, me)
  const late = usePages('/v1/assignments', { query: { ...query, overdue: true } }, { keepPrevious: true })
  const all = usePages('/v1/assignments', { query }, { keepPrevious: true, enabled: !params.overdue })
  const others = params.overdue ? [] : all.items.filter((one) => !one.overdue)
  const more = late.hasNextPage || params.overdue ? late : all
  return { late, all: params.overdue ? late : all, rows: [...late.items, ...(late.hasNextPage ? [] : others)], more }
}

export function AssignmentList() {
  const { t } = useTranslation('assignments')
  const { late, all, rows, more } = useList()
  const { run, form } = useStepRunner()
  const columns = useColumns(useMoves(run))
  return (
    <>
      <Shown of={late} rows={10}>
        {() => (
          <Shown of={all} rows={10}>
            {() => (rows.length === 0 ? <Nothing /> : <DataTable label={t('title')} rows={rows} columns={columns} rowKey={(row) => row.id} rowHeight={66} more={more} />)}
          </Shown>
        )}
      </Shown>
      {form}
    </>
  )
}

export function Nothing() {
  const { t } = useTranslation('assignments')
  const params = useParams()
  const set = useSetParams()
  const filtered = filterNames.some((name) => params[name]) || params.q
  const clear = () => set({ ...Object.fromEntries(filterNames.map((name) => [name, undefined])), q: undefined })
  if (!filtered) return <Empty icon={IconChecklist} title={t('none.title')} hint={t('none.hint')} action={<Button onClick={() => set({ new: '1' })}>{t('new.action')}</Button>} />
  return (
    <Empty
      icon={IconSearchOff}
      title={t('none.filtered')}
      hint={t('none.filteredHint')}
      action={
        <Button variant="default" onClick={clear}>
          {t('filter.clear')}
        </Button>
      }
    />
  )
}

function useColumns(moves: ReturnType<typeof useMoves>): Column<Item>[] {
  const { t } = useTranslation('assignments')
  return [
    { key: 'title', header: t('column.title'), width: 'minmax(240px, 3fr)', phone: 'title', cell: (row) => <Title of={row} /> },
    { key: 'people', header: t('column.people'), width: 'minmax(200px, 1fr)', cell: (row) => <People of={row} /> },
    { key: 'state', header: t('column.state'), width: '190px', cell: (row) => <StateBadge of={`assignment.state.${row.state}`} /> },
    { key: 'priority', header: t('column.priority'), width: '104px', cell: (row) => <PriorityMark of={row.priority} /> },
    { key: 'due', header: t('column.due'), width: '204px', cell: (row) => <Times of={row} /> },
    { key: 'steps', header: t('column.steps'), width: '44px', end: true, cell: (row) => <Actions compact label={t('board.move', { title: row.title })} of={moves(row)} /> },
  ]
}

function Title({ of }: { of: Item }) {
  return (
    <div className={classes.stacked}>
      <RecordLink kind="assignment" id={of.id} fw={600} className={classes.title}>
        {of.title}
      </RecordLink>
      {of.counterparty_id && (
        <RecordLink kind="counterparty" id={of.counterparty_id} fz="xs" fw={400} c="dimmed">
          {of.counterparty_name}
        </RecordLink>
      )}
    </div>
  )
}

function People({ of }: { of: Item }) {
  return (
    <div className={classes.stacked}>
      <Text span fz="xs" c="dimmed" title={of.issuer_name}>
        <RecordLink kind="employee" id={of.issuer_id} c="inherit">
          {shortName(of.issuer_name)}
        </RecordLink>{' '}
        →
      </Text>
      <Colleague id={of.assignee_id} name={shortName(of.assignee_name)} />
    </div>
  )
}

/** Until when: late in red with the word for it. */
export function DueBy({ of }: { of: Item }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  const day = useShortDay()
  return (
    <Text span inherit title={say(of.due_at)} {...(of.overdue ? { fw: 600, c: 'var(--app-late)' } : {})}>
      {t(of.overdue ? 'overdueSince' : 'dueBy', { date: day(of.due_at) })}
    </Text>
  )
}

/** Until when, and since when. */
function Times({ of }: { of: Item }) {
  const { t } = useTranslation('assignments')
  return (
    <div className={classes.stacked}>
      <DueBy of={of} />
      <Text span fz="xs" c="dimmed">
        {t('issuedAt')} <When at={of.issued_at} />
      </Text>
    </div>
  )
}

const flags: Record<string, { icon: typeof IconFlag; color: string }> = {
  urgent: { icon: IconFlagFilled, color: 'var(--app-late)' }, high: { icon: IconFlag, color: 'var(--app-soon)' },
}

/** What comes first stands out; the usual does not. */
export function PriorityMark({ of }: { of: string }) {
  const { t } = useTranslation('assignments')
  const flag = flags[of]
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex" c={flag?.color ?? 'dimmed'}>
      {flag && <flag.icon size={14} aria-hidden />}
      {t(`priority.${of as Priority}`)}
    </Group>
  )
}
