import { Anchor, Badge, Button, Group, MultiSelect, Pill, Text, Title } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useDetailWords, useLang } from '@/i18n'
import { Feed } from '@/ui/feed'
import { DayField, EmployeeField } from '@/ui/fields'
import { addressOf, Colleague, RecordLink } from '@/ui/links'
import { useName } from '@/ui/names'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, ErrorNote, Loading } from '@/ui/states'
import { useSay } from '@/ui/time'

import { eventQuery, kindOfType } from './events-logic'
import classes from './trail.module.css'
import { bothClocks } from './trail-logic'

type Item = Schema<'HistoryItem'>

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** All types of events that there are words for. */
function useTypes(): string[] {
  const { i18n } = useTranslation()
  const all = i18n.getResourceBundle(i18n.language, 'details.gen') as Record<string, string> | undefined
  return Object.keys(all ?? {})
    .filter((key) => key.startsWith('event.'))
    .map((key) => key.slice('event.'.length))
}

/** The log of all events, the newest first; with filters it is the part that somebody asks about. */
export function Events() {
  const { t } = useTranslation('trail')
  const { t: common } = useTranslation()
  const said = useSay()
  const params = useParams()
  const setParams = useSetParams()
  const query = eventQuery(params, useAsOf())
  const found = usePages('/v1/events', { query }, { keepPrevious: true })
  const ids = query.id?.length
  const clear = () => setParams({ kind: undefined, type: undefined, actor: undefined, from: undefined, until: undefined, record: undefined, id: undefined })

  return (
    <Page title={t('events.title')} subtitle={ids ? t('events.byIds', { count: ids }) : t('events.subtitle')}>
      <Filters />
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && found.items.length === 0 && (
        <Empty icon={IconFilterOff} title={t('events.none')} hint={t('events.noneHint')} action={<Button variant="default" onClick={clear}>{common('clearFilters')}</Button>} />
      )}
      {found.items.length > 0 && (
        <Feed label={t('events.feed')} items={found.items} itemKey={(item) => item.event_id} estimate={86} more={found} busy={found.isFetchingNextPage}>
          {(item, index) => {
            const day = said(item.recorded_at, 'day')
            const before = found.items[index - 1]
            return (
              <>
                {(!before || said(before.recorded_at, 'day') !== day) && (
                  <Title order={2} fz="sm" c="dimmed" className={classes.eventDay}>
                    {capital(day)}
                  </Title>
                )}
                <Row item={item} />
              </>
            )
          }}
        </Feed>
      )}
    </Page>
  )
}

function Filters() {
  const { t } = useTranslation('trail')
  const words = useDetailWords()
  const lang = useLang()
  const params = useParams()
  const setParams = useSetParams()
  const list = (name: string) => params[name]?.split(',').filter(Boolean) ?? []
  const set = (name: string) => (values: string[]) => setParams({ [name]: values.join(',') })
  const types = useTypes()
  const kinds = [...new Set(types.map(kindOfType))]
  const chosen = list('kind')
  const byLabel = (a: { label: string }, b: { label: string }) => a.label.localeCompare(b.label, lang)
  const kindData = kinds.map((value) => ({ value, label: capital(words(`kind.${value}`, value)) })).toSorted(byLabel)
  const typeData = types
    .filter((type) => chosen.length === 0 || chosen.includes(kindOfType(type)))
    .map((value) => ({ value, label: capital(words(`event.${value}`, value)) }))
    .toSorted(byLabel)
  return (
    <>
      <Group gap="sm" align="flex-end" className="no-print">
        <MultiSelect size="sm" label={t('events.kind')} data={kindData} value={chosen} onChange={set('kind')} searchable clearable className={classes.grow} />
        <MultiSelect size="sm" label={t('events.type')} data={typeData} value={list('type')} onChange={set('type')} searchable clearable className={classes.grow} />
        <EmployeeField label={t('events.actor')} value={params.actor ?? null} onChange={(actor) => setParams({ actor: actor ?? undefined })} className={classes.grow} />
        <DayField label={t('events.from')} value={params.from ?? ''} onChange={(from) => setParams({ from })} />
        <DayField label={t('events.until')} value={params.until ?? ''} onChange={(until) => setParams({ until })} />
      </Group>
      {(params.record || params.id) && (
        <Group gap="xs">
          {params.record && <RecordPill kind={chosen[0]} id={params.record} />}
          {params.id && (
            <Pill withRemoveButton onRemove={() => setParams({ id: undefined })} removeButtonProps={{ 'aria-label': t('events.ids') }}>
              {t('events.ids')}
            </Pill>
          )}
        </Group>
      )}
    </>
  )
}

function RecordPill({ kind, id }: { kind: string | undefined; id: string }) {
  const { t } = useTranslation('trail')
  const { t: common } = useTranslation()
  const setParams = useSetParams()
  const name = useName(kind, id)
  return (
    <Pill withRemoveButton onRemove={() => setParams({ record: undefined })} removeButtonProps={{ 'aria-label': `${common('remove')}: ${t('events.record')}`, 'aria-hidden': false, tabIndex: 0 }}>
      {t('events.record')}: {name ?? `…${id.slice(-6)}`}
    </Pill>
  )
}

const hasScreen = (kind: string) => !addressOf(kind, '').startsWith('/trail/')

function Row({ item }: { item: Item }) {
  const { t } = useTranslation('trail')
  const words = useDetailWords()
  const said = useSay()
  return (
    <div className={classes.event}>
      <Group gap="xs" wrap="nowrap" align="flex-start" justify="space-between">
        <Text size="sm" className={classes.body}>
          {item.headline}
        </Text>
        <Badge color="gray" visibleFrom="sm">
          {words(`kind.${item.kind}`, item.kind)}
        </Badge>
      </Group>
      {item.quote && <blockquote className={classes.quote}>{item.quote}</blockquote>}
      <div className={classes.meta}>
        <time dateTime={item.recorded_at}>{said(item.recorded_at, 'time')}</time>
        <Colleague id={item.actor_id} name={item.actor_name} link={item.source !== 'policy'} />
        <span>{words(`event.${item.type}`, item.type)}</span>
        {bothClocks(item) && <span>{t('occurred', { date: said(item.occurred_at) })}</span>}
        {item.late && (
          <Badge color="orange" size="xs">
            {t('events.late')}
          </Badge>
        )}
        {hasScreen(item.kind) && (
          <RecordLink kind={item.kind} id={item.record_id} c="inherit">
            {t('toRecord')}
          </RecordLink>
        )}
        <Anchor component={Link} to={`/trail/${item.kind}/${item.record_id}`} search={{ step: String(item.revision + 1) } as never} inherit c="inherit">
          {t('events.trail')}
        </Anchor>
      </div>
    </div>
  )
}
