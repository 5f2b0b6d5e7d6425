import { Badge, Button, Group, Text } from '@mantine/core'
import { IconHeartHandshake, IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { ExportMenu } from '@/ui/export-menu'
import { ChipParam, MoreFilters, PeriodParam, SelectParam, instantsOf } from '@/ui/filters'
import { KnownClientField } from '@/ui/known-client-field'
import { later } from '@/ui/later'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { SearchBox } from '@/ui/search-box'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { Due, When, useSay } from '@/ui/time'

import { isOver, reviewTones, reviews, stages, states, type Item } from './model'
import { useChoices } from './choices'

const HoldForm = later(() => import('./talk-forms').then((m) => m.HoldForm))
const PlanForm = later(() => import('./talk-forms').then((m) => m.PlanForm))

const filters = ['mine', 'client', 'state', 'stage', 'review', 'blocked', 'unrecorded', 'from', 'until', 'text'] as const

function useQueryOf(params: Record<string, string | undefined>) {
  const me = useMe()
  return {
    ...(params.mine ? { participant: me.employee_id } : {}),
    ...(params.client ? { counterparty: params.client } : {}),
    ...(params.state ? { state: [params.state as 'held'] } : {}),
    ...(params.stage ? { stage: [params.stage as 'needs'] } : {}),
    ...(params.review ? { review: [params.review as 'queued'] } : {}),
    ...(params.blocked ? { blocked: true } : {}),
    ...(params.unrecorded ? { unrecorded: true } : {}),
    ...instantsOf(params.from, params.until),
    ...(params.text ? { text: params.text } : {}),
  }
}

/** Version 4, from random bytes: the id of a negotiation that begins here. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export function Negotiations() {
  const { t } = useTranslation('negotiations')
  const { t: common } = useTranslation()
  const params = useParams()
  const set = useSetParams()
  const navigate = useNavigate()
  const mayChange = useMayChange()
  const query = useQueryOf(params)
  const found = usePages('/v1/negotiations', { query }, { keepPrevious: true })
  const columns = useColumns()
  const [unplanned] = useState(newId)
  const filtered = filters.some((name) => params[name])
  const close = () => set({ new: undefined, counterparty: undefined, counterparty_name: undefined })
  const goTo = (id: string) => void navigate({ to: '/negotiations/$id', params: { id } } as never)

  return (
    <Page
      title={common('nav.negotiations')}
      actions={
        <>
          <ExportMenu of="/v1/exports/negotiations" operation="export-negotiations" params={{ query }} />
          <Button variant="default" disabled={!mayChange} onClick={() => set({ new: 'held' })}>
            {t('hold.unplanned')}
          </Button>
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
            {t('plan.title')}
          </Button>
        </>
      }
    >
      <PresentOnly />
      <Filters />
      <Shown of={{ data: found.data, error: found.error, isPending: found.isPending, refetch: found.refetch }}>
        {() =>
          found.items.length === 0 ? (
            <Empty icon={IconHeartHandshake} title={t(filtered ? 'empty.filtered' : 'empty.title')} hint={t(filtered ? 'empty.filteredHint' : 'empty.hint')} />
          ) : (
            <DataTable label={common('nav.negotiations')} rows={found.items} columns={columns} rowKey={(row) => row.id} rowHeight={58} more={found} />
          )
        }
      </Shown>
      {params.new === '1' && (
        <PlanForm opened onClose={close} onPlanned={goTo} client={params.counterparty} />
      )}
      {params.new === 'held' && <HoldForm opened onClose={close} id={unplanned} onHeld={() => goTo(unplanned)} />}
    </Page>
  )
}

const more = ['client', 'state', 'stage', 'review', 'from', 'until']

function Filters() {
  const { t } = useTranslation('negotiations')
  const choices = useChoices()
  return (
    <Group gap="xs">
      <SearchBox label={t('filter.text')} param="text" />
      <ChipParam name="mine" label={t('filter.mine')} />
      <ChipParam name="blocked" label={t('filter.blocked')} />
      <ChipParam name="unrecorded" label={t('filter.unrecorded')} />
      <MoreFilters names={more}>
        <ClientParam />
        <SelectParam name="state" label={t('field.state')} data={choices('negotiation.state', states)} />
        <SelectParam name="stage" label={t('field.stage')} data={choices('negotiation.stage', stages)} />
        <SelectParam name="review" label={t('field.review')} data={choices('review.state', reviews)} />
        <PeriodParam from={t('filter.from')} until={t('filter.until')} />
      </MoreFilters>
    </Group>
  )
}

function ClientParam() {
  const { t } = useTranslation('negotiations')
  const value = useParams().client ?? null
  const set = useSetParams()
  return <KnownClientField label={t('field.client')} value={value} onChange={(client) => set({ client: client ?? undefined })} comboboxProps={{ withinPortal: false }} />
}

function useColumns(): Column<Item>[] {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  return [
    {
      key: 'topic',
      header: t('field.topic'),
      width: 'minmax(200px, 2fr)',
      phone: 'title',
      wrap: true,
      cell: (row) => (
        <RecordLink kind="negotiation" id={row.id} fw={600}>
          {row.topic}
        </RecordLink>
      ),
    },
    {
      key: 'client',
      header: t('field.client'),
      width: 'minmax(120px, 1.2fr)',
      cell: (row) => (
        <RecordLink kind="counterparty" id={row.counterparty_id} c="inherit">
          {row.counterparty_name}
        </RecordLink>
      ),
    },
    {
      key: 'state',
      header: t('field.state'),
      width: 'minmax(185px, 1fr)',
      cell: (row) => (
        <>
          <StateBadge of={`negotiation.state.${row.state}`} />
          {row.stage && (
            <Text size="xs" c="dimmed">
              {words(`negotiation.stage.${row.stage}`)}
            </Text>
          )}
        </>
      ),
    },
    { key: 'review', header: t('field.review'), width: 'minmax(165px, 1fr)', cell: (row) => <ReviewCell row={row} /> },
    {
      key: 'people',
      header: t('field.people'),
      width: 'minmax(150px, 1.2fr)',
      cell: (row) => (
        <>
          <Colleague id={row.author_id} name={row.author_name} short />
          {row.our_participant_ids.length > 1 && (
            <Text size="xs" c="dimmed">
              {t('andMore', { count: row.our_participant_ids.length - 1 })}
            </Text>
          )}
        </>
      ),
    },
    { key: 'when', header: t('field.when'), width: '185px', cell: (row) => <WhenCell row={row} /> },
  ]
}

function ReviewCell({ row }: { row: Item }) {
  const { t } = useTranslation('negotiations')
  if (!row.review) return row.late ? <Badge color="red">{t('mark.lateRecord')}</Badge> : null
  const stopped = row.review === 'stopped'
  return (
    <>
      {row.review !== 'not_required' && <StateBadge of={`review.state.${row.review}`} tone={reviewTones[row.review as 'queued'] ?? 'neutral'} />}
      <Text component="div" size="xs" c="dimmed">
        {stopped && row.correct_by ? (
          <Due at={row.correct_by} overdue={isOver(row.correct_by)} />
        ) : (
          [row.blocked ? t('mark.blocked') : '', row.hits > 0 ? t('mark.hits', { count: row.hits }) : '', row.late ? t('mark.recordedLate') : ''].filter(Boolean).join(' · ')
        )}
      </Text>
    </>
  )
}

function WhenCell({ row }: { row: Item }) {
  const said = useSay()
  return (
    <>
      {said(row.at, 'datetime')}
      <Text component="div" size="xs" c="dimmed">
        {row.state === 'held' && row.record_by ? <Due at={row.record_by} overdue={row.late} /> : <When at={row.at} />}
      </Text>
    </>
  )
}
