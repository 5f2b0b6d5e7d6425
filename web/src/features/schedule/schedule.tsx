import { ActionIcon, Alert, Anchor, Button, Group, SegmentedControl, Title } from '@mantine/core'
import { IconAlertTriangle, IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay, useMe } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { isDay, today } from '@/ui/day'
import { ChipParam, EmployeeParam, MoreFilters, PeriodParam, SelectParam } from '@/ui/filters'
import { KnownClientField } from '@/ui/known-client-field'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'

import { daysShown, step, type Span } from './calendar'
import { PlanLine } from './forms'
import { CalendarView } from './grid'
import { filterNames, queryOf, states } from './lines'
import { ListView } from './list'
import { Summary } from './summary'

type View = Span | 'list' | 'summary'

/** The plan of work: what is to be done on which day, for which client, by whom. */
export function Schedule() {
  const { t } = useTranslation('schedule')
  const params = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const may = useMay()
  const views: View[] = ['week', 'month', 'list', ...(may('report-work-schedule') ? (['summary'] as const) : [])]
  const view = views.find((one) => one === params.view) ?? 'week'
  const anchor = isDay(params.date) ? params.date : today()
  const calendar = view === 'week' || view === 'month'
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <SegmentedControl aria-label={t('view.label')} size="sm" value={view} onChange={(chosen) => set({ view: chosen === 'week' ? undefined : chosen }, { push: true })} data={views.map((value) => ({ value, label: t(`view.${value}`) }))} />
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
            {t('new.action')}
          </Button>
        </>
      }
    >
      <PresentOnly />
      <Group justify={calendar ? 'space-between' : 'flex-start'} gap="sm">
        {calendar && <Steps span={view} anchor={anchor} />}
        <Filters calendar={calendar} />
      </Group>
      {calendar && !params.overdue && <Late />}
      {calendar && <CalendarView span={view} anchor={anchor} />}
      {view === 'list' && <ListView />}
      {view === 'summary' && <Summary />}
      <PlanLine />
    </Page>
  )
}

function Steps({ span, anchor }: { span: Span; anchor: string }) {
  const { t } = useTranslation('schedule')
  const set = useSetParams()
  const go = (count: number) => set({ date: step(span, anchor, count) })
  return (
    <Group gap={4}>
      <ActionIcon variant="default" size="lg" aria-label={t(`previous.${span}`)} onClick={() => go(-1)}>
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <Button variant="default" onClick={() => set({ date: undefined })}>
        {t('goToday')}
      </Button>
      <ActionIcon variant="default" size="lg" aria-label={t(`next.${span}`)} onClick={() => go(1)}>
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
      <SpanName span={span} anchor={anchor} />
    </Group>
  )
}

function SpanName({ span, anchor }: { span: Span; anchor: string }) {
  const lang = useLang()
  const days = daysShown(span, anchor)
  const format = new Intl.DateTimeFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', span === 'month' ? { month: 'long', year: 'numeric', timeZone: 'UTC' } : { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
  const name = span === 'month' ? format.format(new Date(anchor)) : format.formatRange(new Date(days[0] as string), new Date(days.at(-1) as string))
  return (
    <Title order={2} fz="md" ml="xs" aria-live="polite">
      {name.charAt(0).toUpperCase() + name.slice(1)}
    </Title>
  )
}

/** What was left behind does not stand in the days to come: it is told of. */
function Late() {
  const { t } = useTranslation('schedule')
  const params = useParams()
  const set = useSetParams()
  const { employee_id: me } = useMe()
  const found = useRead('/v1/work-items', { query: { ...queryOf(params, me), overdue: true, limit: 500 } })
  const count = found.data?.items.length ?? 0
  if (count === 0) return null
  return (
    <Alert color="red" p="xs" icon={<IconAlertTriangle size={18} aria-hidden />}>
      {t('lateLines', { count })}{' '}
      <Anchor component="button" fz="inherit" onClick={() => set({ view: 'list', overdue: '1' }, { push: true })}>
        {t('showLate')}
      </Anchor>
    </Alert>
  )
}

function Filters({ calendar }: { calendar: boolean }) {
  const { t } = useTranslation('schedule')
  const words = useWords()
  const choices = states.map((value) => ({ value, label: words(`work_item.state.${value}`) }))
  return (
    <Group gap="sm">
      <Group gap={6}>
        <ChipParam name="responsible" value="me" label={t('filter.mine')} />
        <ChipParam name="overdue" label={t('filter.overdue')} />
      </Group>
      <MoreFilters names={[...filterNames, ...(calendar ? [] : ['from', 'until'])]}>
        <EmployeeParam name="responsible" label={t('field.responsible')} />
        <ClientParam />
        <SelectParam name="state" label={t('filter.state')} data={choices} />
        {!calendar && <PeriodParam from={t('filter.from')} until={t('filter.until')} />}
      </MoreFilters>
    </Group>
  )
}

function ClientParam() {
  const { t } = useTranslation('schedule')
  const client = useParams().counterparty ?? null
  const set = useSetParams()
  return <KnownClientField label={t('field.client')} value={client} onChange={(id) => set({ counterparty: id ?? undefined })} comboboxProps={{ withinPortal: false }} />
}
