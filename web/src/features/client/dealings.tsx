import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconChecklist, IconHeartHandshake, IconInbox, IconMessages, IconPlus, IconScale, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { Colleague, RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { Due, useSay, When } from '@/ui/time'

import classes from './client.module.css'

type Props = { client: string; name: string }

/** What the two sides promised, and the talks in which they did. */
export function NegotiationsTab({ client, name }: Props) {
  const { t } = useTranslation('client')
  const negotiations = usePages('/v1/negotiations', { query: { counterparty: client } })
  return (
    <Stack gap="lg">
      <PresentOnly />
      <Commitments client={client} />
      <Section title={t('dealings.negotiations')} action={<Begin to="/negotiations" label={t('do.negotiation')} client={client} name={name} />}>
        <Listed of={negotiations} columns={useNegotiationColumns()} label={t('dealings.negotiations')} icon={IconHeartHandshake} empty={t('dealings.noNegotiations')} hint={t('dealings.noNegotiationsHint')} />
      </Section>
    </Stack>
  )
}

export function AssignmentsTab({ client, name }: Props) {
  const { t } = useTranslation('client')
  const assignments = usePages('/v1/assignments', { query: { counterparty: client } })
  const threads = usePages('/v1/threads', { query: { counterparty: client } })
  const messages = usePages('/v1/messages', { query: { counterparty: client } })
  const begin = (to: string, label: string) => <Begin to={to} label={label} client={client} name={name} />
  return (
    <Stack gap="lg">
      <PresentOnly />
      <Section title={t('dealings.assignments')} action={begin('/assignments', t('do.assignment'))}>
        <Listed of={assignments} columns={useAssignmentColumns()} label={t('dealings.assignments')} icon={IconChecklist} empty={t('dealings.noAssignments')} hint={t('dealings.noAssignmentsHint')} />
      </Section>
      <Section title={t('dealings.threads')} action={begin('/threads', t('do.thread'))}>
        <Listed of={threads} columns={useThreadColumns()} label={t('dealings.threads')} icon={IconMessages} empty={t('dealings.noThreads')} hint={t('dealings.noThreadsHint')} />
      </Section>
      <Section title={t('dealings.messages')} action={begin('/messages', t('do.message'))}>
        <Listed of={messages} columns={useMessageColumns()} label={t('dealings.messages')} icon={IconInbox} empty={t('dealings.noMessages')} hint={t('dealings.noMessagesHint')} />
      </Section>
    </Stack>
  )
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{title}</Title>
        {action}
      </Group>
      {children}
    </section>
  )
}

/** Begins a record of this client: the form of its own screen opens with the client filled in. */
function Begin({ to, label, client, name }: { to: string; label: string; client: string; name: string }) {
  const navigate = useNavigate()
  const mayChange = useMayChange()
  return (
    <Button variant="default" size="xs" leftSection={<IconPlus size={16} aria-hidden />} disabled={!mayChange} onClick={() => void navigate({ to, search: { new: '1', counterparty: client, counterparty_name: name } } as never)}>
      {label}
    </Button>
  )
}

type Paged<R> = { items: R[]; data: unknown; error: unknown; isPending: boolean; refetch: () => unknown; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

function Listed<R extends { id: string }>(props: { of: Paged<R>; columns: Column<R>[]; label: string; icon: Icon; empty: string; hint: string }) {
  return (
    <Shown of={props.of} rows={3}>
      {() =>
        props.of.items.length === 0 ? (
          <Empty icon={props.icon} title={props.empty} hint={props.hint} />
        ) : (
          <DataTable label={props.label} rows={props.of.items} rowKey={(row) => row.id} columns={props.columns} more={props.of} rowHeight={60} />
        )
      }
    </Shown>
  )
}

const sides = ['us', 'them'] as const

function Commitments({ client }: { client: string }) {
  const { t } = useTranslation('client')
  const asked = useParams()
  const set = useSetParams()
  const side = sides.find((one) => one === asked.side)
  const commitments = usePages('/v1/commitments', { query: { counterparty: client, ...(side ? { side } : {}) } }, { keepPrevious: true })
  const columns = useCommitmentColumns()
  const items = overdueFirst(commitments.items)
  return (
    <Section
      title={t('dealings.commitments')}
      action={
        <SegmentedControl
          aria-label={t('dealings.whose')}
          value={side ?? 'all'}
          onChange={(chosen) => set({ side: chosen === 'all' ? undefined : chosen })}
          data={[{ value: 'all', label: t('dealings.all') }, ...sides.map((one) => ({ value: one, label: t(`dealings.${one}`) }))]}
        />
      }
    >
      <Listed of={{ ...commitments, items }} columns={columns} label={t('dealings.commitments')} icon={IconScale} empty={t('dealings.noCommitments')} hint={t('dealings.noCommitmentsHint')} />
    </Section>
  )
}

const stillOpen = (one: Schema<'CommitmentItem'>) => one.state === 'open' || one.state === 'disputed'

const rank = (one: Schema<'CommitmentItem'>) => (one.overdue ? 0 : stillOpen(one) ? 1 : 2)

/** What is late, then what is still to be kept by its day, then what is settled. */
function overdueFirst(items: Schema<'CommitmentItem'>[]) {
  return items.toSorted((a, b) => rank(a) - rank(b) || (a.due_at ?? '9').localeCompare(b.due_at ?? '9'))
}

/** Two facts that belong together, one above the other: a narrow screen has room for four columns of such. */
function Two({ top, below }: { top: ReactNode; below: ReactNode }) {
  return (
    <>
      <div className={classes.line}>{top}</div>
      <Text size="xs" c="dimmed" component="div" className={classes.line}>
        {below}
      </Text>
    </>
  )
}

function useCommitmentColumns(): Column<Schema<'CommitmentItem'>>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  return [
    { key: 'text', header: t('column.commitment'), width: 'minmax(160px, 3fr)', phone: 'title', wrap: true, cell: (one) => <RecordLink kind={one.source_kind} id={one.source_id}>{one.text}</RecordLink> },
    { key: 'side', header: t('column.sideAndKind'), width: 'minmax(110px, 1fr)', cell: (one) => <Two top={t(`dealings.by.${one.side as 'us'}`)} below={[words(`commitment.kind.${one.kind}`), one.value_text].filter(Boolean).join(': ')} /> },
    { key: 'owner', header: t('column.owner'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.owner_id} name={one.owner_name} short /> },
    { key: 'state', header: t('column.stateAndDue'), width: '262px', cell: (one) => <Two top={<StateBadge of={`commitment.state.${one.state}`} />} below={one.settled_at ? <When at={one.settled_at} /> : <Due at={one.due_at} overdue={one.overdue} />} /> },
  ]
}

function useNegotiationColumns(): Column<Schema<'NegotiationItem'>>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  return [
    { key: 'topic', header: t('column.topic'), width: 'minmax(160px, 3fr)', phone: 'title', wrap: true, cell: (one) => <RecordLink kind="negotiation" id={one.id}>{one.topic}</RecordLink> },
    { key: 'at', header: t('column.at'), width: '190px', cell: (one) => <Two top={said(one.at)} below={words(`negotiation.channel.${one.channel}`)} /> },
    { key: 'author', header: t('column.author'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.author_id} name={one.author_name} short /> },
    { key: 'state', header: t('column.stateAndStage'), width: '190px', cell: (one) => <Two top={<NegotiationState of={one} />} below={one.stage && words(`negotiation.stage.${one.stage}`)} /> },
  ]
}

/** What matters is how the review stands, where there is one. */
function NegotiationState({ of }: { of: Schema<'NegotiationItem'> }) {
  const reviewed = of.review && of.review !== 'not_required'
  return <StateBadge of={reviewed ? `review.state.${of.review}` : `negotiation.state.${of.state}`} tone={of.blocked ? 'bad' : of.late ? 'warn' : of.state === 'planned' ? 'waiting' : 'good'} />
}

function useAssignmentColumns(): Column<Schema<'AssignmentItem'>>[] {
  const { t } = useTranslation('client')
  return [
    { key: 'title', header: t('column.assignment'), width: 'minmax(160px, 3fr)', phone: 'title', wrap: true, cell: (one) => <RecordLink kind="assignment" id={one.id}>{one.title}</RecordLink> },
    { key: 'issuer', header: t('column.issuer'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.issuer_id} name={one.issuer_name} short /> },
    { key: 'assignee', header: t('column.assignee'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.assignee_id} name={one.assignee_name} short /> },
    { key: 'state', header: t('column.stateAndDue'), width: '262px', cell: (one) => <Two top={<StateBadge of={`assignment.state.${one.state}`} />} below={one.verified_at ? <When at={one.verified_at} /> : <Due at={one.due_at} overdue={one.overdue} />} /> },
  ]
}

function useThreadColumns(): Column<Schema<'ThreadItem'>>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  return [
    { key: 'subject', header: t('column.subject'), width: 'minmax(160px, 3fr)', phone: 'title', wrap: true, cell: (one) => <RecordLink kind="thread" id={one.id}>{one.subject}</RecordLink> },
    { key: 'author', header: t('column.author'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.author_id} name={one.author_name} short /> },
    { key: 'to', header: t('column.to'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Two top={one.addressee_names.join(', ')} below={words(`thread.kind.${one.kind}`)} /> },
    { key: 'state', header: t('column.stateAndReply'), width: '262px', cell: (one) => <Two top={<StateBadge of={`thread.state.${one.state}`} />} below={one.next_reply_by ? <Due at={one.next_reply_by} overdue={one.overdue} /> : <When at={one.changed_at} />} /> },
  ]
}

function useMessageColumns(): Column<Schema<'MessageItem'>>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  return [
    { key: 'subject', header: t('column.message'), width: 'minmax(160px, 3fr)', phone: 'title', wrap: true, cell: (one) => <RecordLink kind="message" id={one.id}>{one.subject || one.excerpt}</RecordLink> },
    { key: 'from', header: t('column.from'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Two top={<Sender of={one} />} below={words(`message.channel.${one.channel}`)} /> },
    { key: 'addressee', header: t('column.addressee'), width: 'minmax(130px, 1.6fr)', cell: (one) => <Colleague id={one.addressee_id} name={one.addressee_name} short /> },
    { key: 'state', header: t('column.stateAndReceived'), width: '262px', cell: (one) => <Two top={<StateBadge of={`message.state.${one.state}`} />} below={one.overdue && !one.closed_at ? <Due at={one.acknowledge_by} overdue /> : <When at={one.received_at} />} /> },
  ]
}

function Sender({ of }: { of: Schema<'MessageItem'> }) {
  if (!of.person_id || !of.person_name) return <>{of.from_name ?? of.from_raw}</>
  return (
    <RecordLink kind="contact_person" id={of.person_id} c="inherit">
      {of.person_name}
    </RecordLink>
  )
}
