import { Badge, Button, Group, Select, Tabs, Text } from '@mantine/core'
import { IconMessages, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages, useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { ChipParam } from '@/ui/filters'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { SearchBox } from '@/ui/search-box'
import { Empty, ErrorNote, Loading, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { Due, useMinutes, When } from '@/ui/time'

import { OpenThread } from './open-thread'

const tabs = ['owed', 'awaited', 'all', 'agreements', 'disputes'] as const
type Tab = (typeof tabs)[number]

/** Internal correspondence: what I owe, what I wait for, and everything I take part in. */
export function Threads() {
  const { t } = useTranslation('threads')
  const params = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const tab = tabs.includes(params.tab as Tab) ? (params.tab as Tab) : 'owed'
  const owed = useRead('/v1/me/answers-owed')
  const awaited = useRead('/v1/me/answers-awaited')
  const counts: Partial<Record<Tab, Schema<'AwaitedAnswer'>[] | undefined>> = { owed: owed.data, awaited: awaited.data }
  const open = () => set({ new: '1' }, { push: true })
  return (
    <Page
      title={t('title')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={open}>
          {t('open.button')}
        </Button>
      }
    >
      <PresentOnly />
      <Tabs value={tab} onChange={(value) => set({ tab: value === 'owed' ? undefined : (value ?? undefined), state: undefined, kind: undefined, overdue: undefined, text: undefined }, { push: true })} keepMounted={false}>
        <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }} mb="md">
          {tabs.map((value) => (
            <Tabs.Tab key={value} value={value} rightSection={<Count of={counts[value]} />} style={{ flexShrink: 0 }}>
              {t(`tab.${value}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="owed">
          <Shown of={owed}>{(data) => <Answers of={data} who="author" nothing="owed" />}</Shown>
        </Tabs.Panel>
        <Tabs.Panel value="awaited">
          <Shown of={awaited}>{(data) => <Answers of={data} who="employee" nothing="awaited" onOpen={open} />}</Shown>
        </Tabs.Panel>
        <Tabs.Panel value="all">
          <All onOpen={open} />
        </Tabs.Panel>
        <Tabs.Panel value="agreements">
          <Agreements />
        </Tabs.Panel>
        <Tabs.Panel value="disputes">
          <Disputes />
        </Tabs.Panel>
      </Tabs>
      {params.new === '1' && <OpenThread />}
    </Page>
  )
}

function Count({ of: answers }: { of: Schema<'AwaitedAnswer'>[] | undefined }) {
  const { t } = useTranslation('threads')
  if (!answers?.length) return null
  const late = answers.filter((answer) => answer.overdue).length
  return (
    <Group gap={4} wrap="nowrap" component="span">
      <Badge color="gray">{answers.length}</Badge>
      {late > 0 && <Badge color="red">{t('late', { count: late })}</Badge>}
    </Group>
  )
}

type About = { kind: string; subject: string; counterparty_id?: string; counterparty_name?: string }

/** What a thread is about: its subject, and below it what kind it is of and which client it concerns. */
function Subject({ id, of: thread }: { id: string; of: About }) {
  const words = useWords()
  return (
    <>
      <RecordLink kind="thread" id={id} fw={550} lh="24px">
        {thread.subject}
      </RecordLink>
      <Text size="xs" c="dimmed" fw={400} component="div" truncate>
        {words(`thread.kind.${thread.kind}`)}
        {thread.counterparty_id && thread.counterparty_name && (
          <>
            {' · '}
            <RecordLink kind="counterparty" id={thread.counterparty_id} c="inherit" lh="26px">
              {thread.counterparty_name}
            </RecordLink>
          </>
        )}
      </Text>
    </>
  )
}

function Answers({ of: answers, who, nothing, onOpen }: { of: Schema<'AwaitedAnswer'>[]; who: 'author' | 'employee'; nothing: 'owed' | 'awaited'; onOpen?: () => void }) {
  const { t } = useTranslation('threads')
  const minutes = useMinutes()
  if (answers.length === 0) return <Nothing kind={nothing} {...(onOpen ? { onOpen } : {})} />
  const columns: Column<Schema<'AwaitedAnswer'>>[] = [
    { key: 'subject', header: t('column.subject'), width: 'minmax(160px, 2fr)', phone: 'title', cell: (row) => <Subject id={row.thread_id} of={row} /> },
    {
      key: 'who', header: t(who === 'author' ? 'column.author' : 'column.addressee'), width: 'minmax(170px, 1.4fr)',
      cell: (row) => (who === 'author' ? <Colleague id={row.author_id} name={row.author_name} /> : <Colleague id={row.employee_id} name={row.employee_name} />),
    },
    { key: 'state', header: t('column.state'), width: '120px', cell: (row) => <StateBadge of={`thread.party.${row.state}`} tone={row.state === 'returned' ? 'bad' : 'waiting'} /> },
    { key: 'waits', header: t('column.waits'), width: '130px', cell: (row) => t('waits', { time: minutes(row.waiting_minutes) }) },
    { key: 'due', header: t('column.due'), width: '240px', cell: (row) => <Due at={row.reply_by} overdue={row.overdue} /> },
  ]
  return <DataTable label={t(`tab.${nothing}`)} rows={answers} columns={columns} rowKey={(row) => `${row.thread_id}/${row.employee_id}`} rowHeight={58} />
}

const kinds = ['question', 'proposal', 'agreement', 'notice']
const states = ['asked', 'answered', 'proposed', 'agreed', 'declined', 'superseded', 'closed']

/** A closed set of codes as a filter of the address. */
function CodeFilter({ name, codes, prefix }: { name: 'kind' | 'state'; codes: string[]; prefix: string }) {
  const { t } = useTranslation('threads')
  const words = useWords()
  const value = useParams()[name] ?? null
  const set = useSetParams()
  return (
    <Select aria-label={t(`column.${name}`)} placeholder={t(`column.${name}`)} data={codes.map((code) => ({ value: code, label: words(`${prefix}.${code}`) }))} value={value} onChange={(code) => set({ [name]: code ?? undefined })} clearable w={180} />
  )
}

function All({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation('threads')
  const { kind, state, text, overdue, counterparty } = useParams()
  const query = {
    ...(kind ? { kind: [kind] } : {}), ...(state ? { state: [state] } : {}), ...(text ? { text } : {}), ...(overdue === '1' ? { overdue: true } : {}), ...(counterparty ? { counterparty } : {}),
  }
  const threads = usePages('/v1/threads', { query }, { keepPrevious: true })
  const columns: Column<Schema<'ThreadItem'>>[] = [
    { key: 'subject', header: t('column.subject'), width: 'minmax(160px, 2fr)', phone: 'title', cell: (row) => <Subject id={row.id} of={row} /> },
    { key: 'author', header: t('column.author'), width: 'minmax(160px, 1.3fr)', cell: (row) => <Colleague id={row.author_id} name={row.author_name} /> },
    { key: 'to', header: t('column.addressee'), width: 'minmax(150px, 1.3fr)', cell: (row) => <Whom names={row.addressee_names} /> },
    { key: 'state', header: t('column.state'), width: '140px', cell: (row) => <ThreadState of={row} /> },
    { key: 'due', header: t('column.due'), width: '240px', cell: (row) => (row.next_reply_by ? <Due at={row.next_reply_by} overdue={row.overdue} /> : <When at={row.changed_at} />) },
  ]
  return (
    <>
      <Group gap="xs" mb="md">
        <SearchBox param="text" label={t('search')} />
        <CodeFilter name="kind" codes={kinds} prefix="thread.kind" />
        <CodeFilter name="state" codes={states} prefix="thread.state" />
        <ChipParam name="overdue" label={t('overdueOnly')} />
      </Group>
      <Listed of={threads} nothing={<Nothing kind="all" onOpen={onOpen} />}>
        <DataTable label={t('tab.all')} rows={threads.items} columns={columns} rowKey={(row) => row.id} more={threads} rowHeight={58} />
      </Listed>
    </>
  )
}

/** On a phone there is no heading above that tells whom the names stand for. */
function Whom({ names }: { names: string[] }) {
  const { t } = useTranslation('threads')
  const all = names.join(', ')
  return (
    <>
      <span className="mantine-visible-from-sm">{all}</span>
      <span className="mantine-hidden-from-sm">{t('toWhom', { names: all })}</span>
    </>
  )
}

const threadTones: Record<string, 'waiting' | 'good' | 'bad' | 'neutral' | 'active'> = { asked: 'waiting', answered: 'active', proposed: 'waiting', agreed: 'good', declined: 'bad' }

/** A thread's state, and beside it a dispute about it. */
export function ThreadState({ of: thread }: { of: Pick<Schema<'ThreadItem'>, 'state' | 'dispute_state'> }) {
  const { t } = useTranslation('threads')
  return (
    <Group gap={4} wrap="nowrap" component="span">
      <StateBadge of={`thread.state.${thread.state}`} tone={threadTones[thread.state] ?? 'neutral'} />
      {thread.dispute_state && thread.dispute_state !== 'ruled' && <Badge color="red">{t('dispute')}</Badge>}
    </Group>
  )
}

function Agreements() {
  const { t } = useTranslation('threads')
  const { state, text } = useParams()
  const found = usePages('/v1/agreements', { query: { ...(state ? { state: [state] } : {}), ...(text ? { text } : {}) } }, { keepPrevious: true })
  const columns: Column<Schema<'AgreementItem'>>[] = [
    { key: 'subject', header: t('column.subject'), width: 'minmax(180px, 1.4fr)', phone: 'title', cell: (row) => <Subject id={row.id} of={row} /> },
    { key: 'text', header: t('column.text'), width: 'minmax(200px, 3fr)', wrap: true, cell: (row) => row.text },
    { key: 'version', header: t('column.version'), width: '90px', cell: (row) => t('version', { number: row.version ?? 1 }) },
    { key: 'state', header: t('column.state'), width: '140px', cell: (row) => <ThreadState of={row} /> },
    { key: 'accepted', header: t('column.accepted'), width: '130px', cell: (row) => t('acceptedOf', { done: row.accepted_by_ids.length, all: row.addressee_ids.length + 1 }) },
    { key: 'due', header: t('column.due'), width: '240px', cell: (row) => (row.concluded_at ? <>{t('since')} <When at={row.concluded_at} /></> : row.next_reply_by ? <Due at={row.next_reply_by} overdue={row.overdue} /> : <When at={row.changed_at} />) },
  ]
  return (
    <>
      <Group gap="xs" mb="md">
        <SearchBox param="text" label={t('search')} />
        <CodeFilter name="state" codes={['proposed', 'agreed', 'declined', 'superseded', 'closed']} prefix="thread.state" />
      </Group>
      <Listed of={found} nothing={<Nothing kind="agreements" />}>
        <DataTable label={t('tab.agreements')} rows={found.items} columns={columns} rowKey={(row) => row.id} more={found} rowHeight={58} />
      </Listed>
    </>
  )
}

function Disputes() {
  const { t } = useTranslation('threads')
  const found = usePages('/v1/disputes')
  const columns: Column<Schema<'ThreadDispute'>>[] = [
    { key: 'subject', header: t('column.subject'), width: 'minmax(160px, 1.4fr)', phone: 'title', cell: (row) => <RecordLink kind="thread" id={row.thread_id} fw={550}>{row.subject}</RecordLink> },
    { key: 'reason', header: t('column.disputed'), width: 'minmax(200px, 2fr)', wrap: true, cell: (row) => row.reason },
    { key: 'by', header: t('column.openedBy'), width: 'minmax(160px, 1.2fr)', cell: (row) => <Colleague id={row.opened_by_id} name={row.opened_by_name} /> },
    { key: 'arbiter', header: t('column.arbiter'), width: 'minmax(160px, 1.2fr)', cell: (row) => <Colleague id={row.arbiter_id} name={row.arbiter_name} /> },
    { key: 'state', header: t('column.state'), width: '140px', cell: (row) => <StateBadge of={`thread.dispute.${row.state}`} tone={row.state === 'ruled' ? 'good' : 'warn'} /> },
    { key: 'at', header: t('column.since'), width: '150px', cell: (row) => <When at={row.opened_at} /> },
  ]
  return (
    <Listed of={found} nothing={<Nothing kind="disputes" />}>
      <DataTable label={t('tab.disputes')} rows={found.items} columns={columns} rowKey={(row) => `${row.thread_id}/${row.no}`} more={found} rowHeight={58} />
    </Listed>
  )
}

function Listed({ of: pages, nothing, children }: { of: { isPending: boolean; error: unknown; items: unknown[]; refetch: () => unknown }; nothing: React.ReactNode; children: React.ReactNode }) {
  if (pages.error) return <ErrorNote error={pages.error} retry={() => void pages.refetch()} />
  if (pages.isPending) return <Loading />
  return pages.items.length === 0 ? nothing : children
}

function Nothing({ kind, onOpen }: { kind: Tab; onOpen?: () => void }) {
  const { t } = useTranslation('threads')
  const mayChange = useMayChange()
  return (
    <Empty
      icon={IconMessages}
      title={t(`nothing.${kind}`)}
      hint={t(`nothingHint.${kind}`)}
      {...(onOpen && mayChange ? { action: <Button variant="default" onClick={onOpen}>{t('open.button')}</Button> } : {})}
    />
  )
}
