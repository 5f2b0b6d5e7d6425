import { Badge, Button, Text } from '@mantine/core'
import { IconInbox, IconPaperclip } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useLang } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, ErrorNote, Loading } from '@/ui/states'
import { useNextPage, useTopOffset } from '@/ui/table'
import { relative, When } from '@/ui/time'

import { Channel } from './channel'
import type { Filter } from './filters'
import classes from './messages.module.css'

type Message = Schema<'MessageItem'>
type Row = { kind: 'group'; id: string; text: string } | { kind: 'message'; id: string; message: Message }

/** What waits beyond its deadline first, then the newest. Only the rows in sight are in the page. */
export function Inbox({ filter, chosen }: { filter: Filter; chosen: string | undefined }) {
  const { t } = useTranslation('messages')
  const late = usePages('/v1/messages', { query: { ...filter, open: true, overdue: true } }, { keepPrevious: true })
  const all = usePages('/v1/messages', { query: filter }, { keepPrevious: true })
  const failed = all.error ?? late.error
  if (failed) return <ErrorNote error={failed} retry={() => { void all.refetch(); void late.refetch() }} />
  if (all.isPending || late.isPending) return <Loading rows={8} />
  const rows = arrange(late.items, all.items, t('group.late', { count: late.items.length }), t('group.rest'))
  if (rows.length === 0) return <Nothing />
  return <Rows rows={rows} chosen={chosen} more={late.hasNextPage ? late : all} busy={all.isFetching} />
}

const heading = (id: string, text: string): Row => ({ kind: 'group', id, text })

/** Without anything late there is nothing to set apart. */
function arrange(late: Message[], all: Message[], lateText: string, restText: string): Row[] {
  const row = (message: Message): Row => ({ kind: 'message', id: message.id, message })
  if (late.length === 0) return all.map(row)
  const first = new Set(late.map((message) => message.id))
  const rest = all.filter((message) => !first.has(message.id))
  return [heading('late', lateText), ...late.map(row), ...(rest.length > 0 ? [heading('rest', restText), ...rest.map(row)] : [])]
}

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

// Coming from the list to a message changes the screen's address and with it its component: who was walking through the
// list goes on walking in the new one.
let walking = false

function Rows({ rows, chosen, more, busy }: { rows: Row[]; chosen: string | undefined; more: Pages; busy: boolean }) {
  const { t } = useTranslation('messages')
  const { parent, margin } = useTopOffset()
  const navigate = useNavigate()
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? 33 : 92),
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  useNextPage(items.at(-1)?.index, rows.length, more)
  const at = rows.findIndex((row) => row.id === chosen)
  const focused = useRef('')
  useEffect(() => {
    if (!walking || !chosen || focused.current === chosen) return
    const link = parent.current?.querySelector<HTMLElement>(`[data-id="${chosen}"]`)
    if (!link) return
    focused.current = chosen
    link.focus({ preventScroll: true })
    link.scrollIntoView({ block: 'nearest' })
  })

  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    const here = (event.target as HTMLElement).closest('[data-index]')?.getAttribute('data-index')
    const from = at >= 0 ? at : Number(here ?? -1) - step
    let to = from + step
    while (rows[to]?.kind === 'group') to += step
    const next = rows[to]
    if (!next) return
    event.preventDefault()
    walking = true
    virtual.scrollToIndex(to, { align: 'auto' })
    void navigate({ to: '/messages/$id', params: { id: next.id }, search: true, replace: Boolean(chosen), resetScroll: false } as never)
  }

  return (
    <nav className={classes.inbox} aria-label={t('list')} aria-busy={busy || undefined}>
      <div ref={parent} role="presentation" onKeyDown={walk}>
        <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} data-virtual>
          {items.map((item) => {
            const row = rows[item.index] as Row
            return (
              <li key={item.key} ref={virtual.measureElement} data-index={item.index} className={classes.row} style={{ top: item.start - margin }}>
                {row.kind === 'group' ? <div className={classes.group}>{row.text}</div> : <MessageRow of={row.message} chosen={row.id === chosen} />}
              </li>
            )
          })}
        </ul>
      </div>
    </nav>
  )
}

function MessageRow({ of: message, chosen }: { of: Message; chosen: boolean }) {
  const { t } = useTranslation('messages')
  const waits = message.state === 'registered' || message.state === 'routed'
  return (
    <Link
      to="/messages/$id"
      params={{ id: message.id }}
      search={true as never}
      resetScroll={false}
      className={classes.link}
      data-id={message.id}
      data-late={isLate(message)}
      data-chosen={chosen}
      onClick={() => { walking = true }}
    >
      <span className={classes.line}>
        <Text span inherit fw={waits ? 650 : 500} className={classes.one}>
          {message.counterparty_name || message.person_name || message.from_name || message.from_raw}
        </Text>
        <Text span size="xs">
          <When at={message.received_at} />
        </Text>
      </span>
      <span className={classes.one}>
        {message.subject || message.excerpt}
        {message.subject && message.excerpt && (
          <Text span inherit c="dimmed">
            {' '}
            — {message.excerpt}
          </Text>
        )}
      </span>
      <span className={classes.facts}>
        <Channel of={message.channel} />
        {message.urgency === 'high' && <Badge color="red">{t('urgent')}</Badge>}
        <StateBadge of={`message.state.${message.state}`} />
        <AckBy of={message} />
        {!message.matched && <Badge color="orange">{t('unknownSender')}</Badge>}
        {message.addressee_name && <span>{t('to', { name: message.addressee_name })}</span>}
        {message.attachments > 0 && (
          <span>
            <IconPaperclip size={13} aria-hidden /> {t('files', { count: message.attachments })}
          </span>
        )}
      </span>
    </Link>
  )
}

export const isLate = (message: Pick<Message, 'state' | 'overdue'>) => message.overdue && message.state === 'routed'

/** Until when somebody has to take notice: hours matter here, so it is said in relation to now. */
export function AckBy({ of: message }: { of: Pick<Message, 'state' | 'overdue' | 'acknowledge_by'> }) {
  const { t } = useTranslation('messages')
  const lang = useLang()
  if (message.state !== 'routed' || !message.acknowledge_by) return null
  const when = relative(message.acknowledge_by, lang)
  return message.overdue ? (
    <Text span inherit c="var(--app-late)" fw={600}>
      {t('ackLate', { when })}
    </Text>
  ) : (
    <span>{t('ackBy', { when })}</span>
  )
}

const narrowing = ['text', 'addressee', 'unmatched', 'overdue', 'channel', 'intent', 'urgency', 'state', 'from', 'until', 'counterparty', 'became']

function Nothing() {
  const { t } = useTranslation('messages')
  const { t: common } = useTranslation()
  const params = useParams()
  const set = useSetParams()
  const narrowed = narrowing.some((name) => params[name])
  return narrowed ? (
    <Empty
      icon={IconInbox}
      title={t('nothing')}
      hint={t('nothingHint')}
      action={
        <Button variant="default" onClick={() => set(Object.fromEntries(narrowing.map((name) => [name, undefined])))}>
          {common('clearFilters')}
        </Button>
      }
    />
  ) : (
    <Empty icon={IconInbox} title={t('empty')} hint={t('emptyHint')} />
  )
}
