import { Alert, Anchor, Badge, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconLock, IconScale } from '@tabler/icons-react'
import { Link, useParams as useRoute } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommand, useRead, type Schema } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Facts } from '@/ui/facts'
import { Files } from '@/ui/files'
import { later } from '@/ui/later'
import { Colleague, RecordLink } from '@/ui/links'
import { RecordName } from '@/ui/names'
import { Page } from '@/ui/page'
import { PastRecord } from '@/ui/past-record'
import { Empty, ErrorNote, Loading } from '@/ui/states'
import { useSay, When } from '@/ui/time'

import { Chronicle } from './chronicle'
import { Composer } from './composer'
import { Parties } from './parties'
import { partyOf } from './rules'
import classes from './threads.module.css'
import { ThreadActions } from './thread-actions'
import { ThreadState } from './threads'

const ThreadForms = later(() => import('./thread-forms').then((m) => m.ThreadForms))

type Detail = Schema<'ThreadDetail'>

/** One matter between colleagues: what was said in order, who has to answer until when, and what can be done. */
export function Thread() {
  const { id } = useRoute({ strict: false }) as { id: string }
  const past = useAsOf() !== undefined
  return past ? <PastRecord kind="thread" id={id} /> : <Present key={id} id={id} />
}

function Present({ id }: { id: string }) {
  const { t } = useTranslation('threads')
  const thread = useRead('/v1/threads/{id}', { path: { id } })
  const crumbs = [{ label: t('title'), to: '/threads' }]
  const status = thread.error?.problem.status
  // Who takes no part is not even told whether there is such a thread.
  if (status === 403 || status === 404) {
    return (
      <Page title={t('foreign.title')} crumbs={crumbs}>
        <Empty icon={IconLock} title={t('foreign.text')} hint={t('foreign.hint')} action={<Anchor component={Link} to="/threads">{t('foreign.back')}</Anchor>} />
      </Page>
    )
  }
  if (!thread.data) {
    return (
      <Page title={t('one')} crumbs={crumbs} busy={thread.isPending}>
        {thread.error ? <ErrorNote error={thread.error} retry={() => void thread.refetch()} /> : <Loading shape="card" />}
      </Page>
    )
  }
  return <Conversation of={thread.data} />
}

/** Opening a thread as its addressee is reading it: recorded once for each time an answer is asked for. */
function useSeen(thread: Detail) {
  const { employee_id: me } = useMe()
  const { mutate } = useCommand('/v1/threads/{id}/see')
  const party = partyOf(thread, me)
  const unread = party?.state === 'asked' || party?.state === 'returned'
  const asking = thread.parties.find((one) => one.employee_id === me)?.clock
  const told = useRef<number>(undefined)
  useEffect(() => {
    if (!unread || told.current === asking) return
    told.current = asking
    mutate({ id: thread.id, body: {} })
  }, [unread, asking, thread.id, mutate])
}

function Conversation({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const words = useWords()
  useSeen(thread)
  return (
    <Page
      title={thread.subject}
      crumbs={[{ label: t('title'), to: '/threads' }]}
      badges={
        <>
          <Badge color="gray">{words(`thread.kind.${thread.kind}`)}</Badge>
          <ThreadState of={thread} />
        </>
      }
      actions={<ThreadActions of={thread} />}
      subtitle={
        <Group gap={8}>
          {t('openedBy')} <Colleague id={thread.author_id} name={thread.author_name} /> <When at={thread.opened_at} />
        </Group>
      }
    >
      <Ended of={thread} />
      <DisputeNote of={thread} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            {thread.kind === 'agreement' && <AgreementText of={thread} />}
            <Chronicle of={thread} />
            <Composer of={thread} />
            <Files kind="thread" id={thread.id} level={2} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <Parties of={thread} />
            <About of={thread} />
          </Stack>
        </Grid.Col>
      </Grid>
      <ThreadForms of={thread} />
    </Page>
  )
}

function Ended({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const state = thread.state
  if (state !== 'closed' && state !== 'superseded' && state !== 'declined') return null
  return (
    <Alert color="gray" role="note" title={t(`ended.${state}`)}>
      {thread.closed_words && <Text size="sm">{thread.closed_words}</Text>}
      {thread.successor_id && (
        <Text size="sm">
          {t('successor')} <RecordName kind="thread" id={thread.successor_id} />
        </Text>
      )}
    </Alert>
  )
}

function DisputeNote({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const words = useWords()
  const dispute = thread.disputes.at(-1)
  if (!dispute) return null
  const ruled = dispute.state === 'ruled'
  return (
    <Alert color={ruled ? 'teal' : 'red'} icon={<IconScale size={20} aria-hidden />} role="note" title={`${t('disputeIs', { state: words(`thread.dispute.${dispute.state}`) })}`}>
      <Stack gap={4} fz="sm">
        <span>
          {dispute.opened_by_name}: {dispute.reason}
        </span>
        {dispute.arbiter_id && (
          <Group gap={6} fz="sm">
            {t('column.arbiter')}: <Colleague id={dispute.arbiter_id} name={dispute.arbiter_name} />
          </Group>
        )}
        {dispute.ruling && (
          <span>
            {t('ruling')}: {dispute.ruling}
          </span>
        )}
      </Stack>
    </Alert>
  )
}

/** The text that is agreed on, as it stands now; how it came about is in the chronicle. */
function AgreementText({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const said = useSay()
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-labelledby="agreement-text">
      <Title order={2} fz="md" id="agreement-text" mb={4}>
        {t('agreementText', { number: thread.version ?? 1 })}
      </Title>
      <div className={classes.text}>{thread.text}</div>
      {thread.concluded_at && (
        <Text size="xs" c="dimmed" mt={6}>
          {t('holdsSince', { date: said(thread.concluded_at) })}
        </Text>
      )}
    </Paper>
  )
}

function About({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const { t: common } = useTranslation()
  const other = thread.context_kind && thread.context_kind !== 'counterparty' && thread.context_id
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-labelledby="about-thread">
      <Title order={2} fz="md" id="about-thread" mb="xs">
        {t('about')}
      </Title>
      <Stack gap="sm">
        <Facts
          of={[
            [t('column.client'), thread.counterparty_id && <RecordLink key="client" kind="counterparty" id={thread.counterparty_id}>{thread.counterparty_name}</RecordLink>],
            [t('aboutRecord'), other && <RecordName key="record" kind={thread.context_kind ?? ''} id={other} />],
            [t('open.cc'), thread.cc_ids.length > 0 && <Stack key="cc" gap={2}>{thread.cc_ids.map((one) => <RecordName key={one} kind="employee" id={one} />)}</Stack>],
          ]}
        />
        <Text size="sm" c="dimmed">
          {t('participantsOnly')}
        </Text>
        <Anchor component={Link} to={`/trail/thread/${thread.id}`} size="sm">
          {common('whoChanged')}
        </Anchor>
      </Stack>
    </Paper>
  )
}
