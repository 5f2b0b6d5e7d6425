import { ActionIcon, Badge, Button, Group, Text, ThemeIcon, Tooltip } from '@mantine/core'
import { IconChevronDown, IconClockExclamation, IconHistory } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useAsOf, useGoTo } from '@/app/asof'
import { useWords } from '@/i18n'
import { Changes } from '@/ui/changes'
import { addressOf, RecordLink } from '@/ui/links'
import { useSay } from '@/ui/time'

import { corrects, countTypes, type Item } from './chronicle'
import classes from './client.module.css'
import { lookOf } from './kinds'

// What Letopis does by itself has an actor without a card.
const system = '00000000-0000-0000-0000-000000000000'

/** One event: what kind, when, who, what, and what was said. */
export function HistoryItem({ item }: { item: Item }) {
  const words = useWords()
  const said = useSay()
  const look = lookOf(item.kind)
  return (
    <div className={classes.item} data-kind={item.kind}>
      <ThemeIcon variant="light" color={look.color} radius="xl" size={32}>
        <look.icon size={18} aria-hidden />
      </ThemeIcon>
      <div className={classes.itemText}>
        <Group gap={8} className={classes.itemHead}>
          <Badge color={look.color}>{words(`kind.${item.kind}`, item.kind)}</Badge>
          <time dateTime={item.occurred_at}>{said(item.occurred_at, 'time')}</time>
          <Actor item={item} />
          {item.late && <Late item={item} />}
        </Group>
        <Text component="div" size="sm" className={classes.headline}>
          <ToRecord item={item}>{item.headline}</ToRecord>
        </Text>
        {item.quote && !item.headline.includes(item.quote) && (
          <blockquote className={classes.quote}>{item.quote}</blockquote>
        )}
        {item.reason && <Reason item={item} />}
        {corrects(item) && <Correction item={item} />}
      </div>
      <Moment item={item} />
    </div>
  )
}

/** What the event is about; the client's own events lead to their trail, for the client's card is here. */
function ToRecord({ item, children }: { item: Item; children: string }) {
  const to = item.kind === 'counterparty' ? `/trail/counterparty/${item.record_id}` : addressOf(item.kind, item.record_id)
  return (
    <Link to={to} className={classes.plainLink}>
      {children}
    </Link>
  )
}

function Actor({ item }: { item: Item }) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <span>
      {item.actor_id === system || item.source === 'policy' ? item.actor_name : <RecordLink kind="employee" id={item.actor_id} c="inherit">{item.actor_name}</RecordLink>}
      {item.on_behalf_of && <> · {t('history.onBehalf')}</>}
      {item.source !== 'ui' && item.source !== 'policy' && <> · {words(`source.${item.source}`, item.source)}</>}
    </span>
  )
}

/** Both clocks: when it happened and when it was entered. */
function Late({ item }: { item: Item }) {
  const { t } = useTranslation('client')
  const said = useSay()
  return (
    <Group gap={4} component="span" display="inline-flex" className={classes.late}>
      <IconClockExclamation size={14} aria-hidden />
      {t('history.late', { occurred: said(item.occurred_at), recorded: said(item.recorded_at) })}
    </Group>
  )
}

function Reason({ item }: { item: Item }) {
  const { t } = useTranslation('client')
  if (item.headline.includes(item.reason ?? '')) return null
  return (
    <Text size="xs" c="dimmed">
      {t('history.reason', { reason: item.reason })}
    </Text>
  )
}

/** What was replaced, struck through beside what replaced it: the record's trail knows both. */
function Correction({ item }: { item: Item }) {
  const asOf = useAsOf()
  const path = { kind: item.kind, id: item.record_id }
  const trail = useRead('/v1/records/{kind}/{id}/trail', { path, ...(asOf ? { query: { as_of: asOf } } : {}) }, { staleTime: 60_000 })
  const step = trail.data?.steps.find((one) => one.event_id === item.event_id)
  if (!step || step.changes.length === 0) return null
  return (
    <div className={classes.correction}>
      <Changes of={step.changes} />
    </div>
  )
}

function Moment({ item }: { item: Item }) {
  const { t } = useTranslation('client')
  const goTo = useGoTo()
  const said = useSay()
  return (
    <Tooltip label={t('history.moment')}>
      <ActionIcon className="no-print" aria-label={t('history.momentOf', { date: said(item.recorded_at) })} onClick={() => void goTo(item.recorded_at)}>
        <IconHistory size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

/** Many events of one kind in a row, as one line until somebody wants them. */
export function Fold({ items, onOpen }: { items: Item[]; onOpen: () => void }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const kinds = countTypes(items)
    .map(([type, count]) => (count === 1 ? words(`event.${type}`, type) : `${words(`event.${type}`, type)} (${count})`))
    .join(', ')
  return (
    <Button variant="subtle" color="gray" fullWidth justify="start" h="auto" py={8} className={classes.fold} leftSection={<IconChevronDown size={16} aria-hidden />} onClick={onOpen}>
      <span className={classes.foldText}>{t('history.fold', { count: items.length, kinds })}</span>
    </Button>
  )
}
