import { Alert, Anchor, Badge, Divider, Group, Stack, Text, Title } from '@mantine/core'
import { IconFile, IconUserQuestion } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { Facts } from '@/ui/facts'
import { Files } from '@/ui/files'
import { Colleague, RecordLink } from '@/ui/links'
import { Empty, Shown } from '@/ui/states'
import { useMinutes, useSay, When } from '@/ui/time'

import { MessageActions } from './actions'
import { Channel } from './channel'
import { AckBy, isLate } from './inbox'
import classes from './messages.module.css'
import { Suggestions } from './suggestions'

type Message = Schema<'MessageDetail'>

/** One message: what it says, from whom, how long it has waited, what became of it, and what can be done. */
export function Reading({ id }: { id: string }) {
  const { t } = useTranslation('messages')
  const message = useRead('/v1/messages/{id}', { path: { id } })
  if (message.error?.problem.status === 404) return <Empty icon={IconUserQuestion} title={t('gone')} hint={t('goneHint')} />
  return (
    <Shown of={message} shape="text" rows={10}>
      {(data) => <Words of={data} />}
    </Shown>
  )
}

function Words({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const { t: common } = useTranslation()
  const words = useWords()
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} style={{ flex: '1 1 240px', minWidth: 0 }}>
          <Title order={2} style={{ overflowWrap: 'anywhere' }}>
            {message.subject || t('noSubject', { channel: words(`message.channel.${message.channel}`) })}
          </Title>
          <Group gap={8} fz="sm">
            <StateBadge of={`message.state.${message.state}`} />
            {message.urgency !== 'normal' && <Badge color={message.urgency === 'high' ? 'red' : 'gray'}>{t('urgencyIs', { level: words(`message.urgency.${message.urgency}`) })}</Badge>}
            <Channel of={message.channel} />
            <When at={message.received_at} />
            <AckBy of={message} />
          </Group>
        </Stack>
        <Group gap="xs" className="no-print">
          <MessageActions of={message} />
        </Group>
      </Group>
      {!message.matched && <Suggestions of={message} />}
      <Sender of={message} />
      <div className={classes.text}>{message.text || <Text c="dimmed">{t('noText')}</Text>}</div>
      {message.truncated && <Alert color="yellow">{t('truncated')}</Alert>}
      <MailFiles of={message} />
      <Files kind="message" id={message.id} level={3} />
      <Divider />
      <Circumstances of={message} />
      <Outcome of={message} />
      <Clocks of={message} />
      <Handovers of={message} />
      <Text size="sm">
        <Anchor component={Link} to={`/trail/message/${message.id}`}>
          {common('whoChanged')}
        </Anchor>
      </Text>
    </Stack>
  )
}

function Sender({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const client = message.counterparty_id && (
    <RecordLink kind="counterparty" id={message.counterparty_id}>
      {message.counterparty_name || t('client')}
    </RecordLink>
  )
  const person = message.person_id && (
    <RecordLink kind="contact_person" id={message.person_id}>
      {message.person_name || t('person')}
    </RecordLink>
  )
  return (
    <Facts
      columns={2}
      of={[
        [t('client'), client],
        [t('person'), person],
        [t('sender'), message.from_raw],
        [t('addressee'), message.addressee_id && <Colleague key="addressee" id={message.addressee_id} name={message.addressee_name} />],
      ]}
    />
  )
}

function Circumstances({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const words = useWords()
  const said = useSay()
  return (
    <Facts
      columns={2}
      of={[
        [t('matchRule'), message.matched && message.match_rule && words(message.match_rule)],
        [t('takenBy'), message.taken_by_id && <Colleague key="taken" id={message.taken_by_id} name={message.taken_by_name} />],
        [t('topic'), message.topic],
        [t('intent'), message.intent && words(`message.intent.${message.intent}`)],
        [t('callbackBy'), message.callback_by && said(message.callback_by)],
        [t('advertSource'), message.advert_source],
        [t('answersTo'), message.answers_to_id && <RecordLink key="answers" kind="message" id={message.answers_to_id}>{t('answersToLink')}</RecordLink>],
      ]}
    />
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} fz="sm" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

type File = { name: string; mime: string; size: number; sha256: string }

function MailFiles({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const files = Array.isArray(message.files) ? (message.files as File[]) : []
  if (files.length === 0) return null
  return (
    <Part title={t('files', { count: files.length })}>
      <ul className={classes.plain}>
        {files.map((file) => (
          <li key={file.sha256}>
            <Group gap={6} fz="sm">
              <IconFile size={16} aria-hidden />
              {file.name}
              <Text span inherit c="dimmed">
                {t('kilobytes', { count: Math.max(1, Math.round(file.size / 1024)) })}
              </Text>
            </Group>
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Outcome({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const words = useWords()
  const kind = message.became_kind ?? ''
  const became = message.became_id ? (
    <RecordLink kind={kind} id={message.became_id}>
      {words(`message.outcome.${kind}`, words(`kind.${kind}`))}
    </RecordLink>
  ) : (
    message.state === 'resolved' && words('message.outcome.none')
  )
  const lastWords = message.last_words !== message.outcome && message.last_words
  if (!became && !message.outcome && !lastWords) return null
  return (
    <Part title={t('cameOfIt')}>
      <Facts columns={2} of={[[t('became'), became], [t('outcome'), message.outcome], [t('lastWords'), lastWords]]} />
    </Part>
  )
}

/** When it came in, was handed over, noticed and closed, with the working time in between. */
function Clocks({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const minutes = useMinutes()
  const late = isLate(message) || (message.overdue && message.acknowledged_at !== undefined)
  const waiting = message.waiting_minutes !== undefined && message.state === 'routed' ? t('clock.waits', { time: minutes(message.waiting_minutes) }) : undefined
  const took = (spent: number | undefined) => (spent === undefined ? undefined : t('clock.took', { time: minutes(spent) }))
  const lateText = late ? t('clock.late') : undefined
  const closed = ['lost', 'spam'].includes(message.state) ? 'clock.closed' : 'clock.resolved'
  return (
    <Part title={t('clock.title')}>
      <ol className={classes.clocks}>
        <Clock label={t('clock.received')} at={message.received_at} />
        <Clock label={t('clock.routed')} at={message.routed_at} note={waiting} />
        <Clock label={t('clock.acknowledged')} at={message.acknowledged_at} note={[took(message.ack_minutes), lateText].filter(Boolean).join(', ')} late={late} />
        <Clock label={t(closed)} at={message.closed_at} note={took(message.resolution_minutes)} />
      </ol>
    </Part>
  )
}

function Clock({ label, at, note, late }: { label: string; at: string | undefined; note?: string | undefined; late?: boolean }) {
  const { t } = useTranslation('messages')
  const said = useSay()
  return (
    <li className={classes.clock} data-late={late}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {at ? said(at) : t('clock.notYet')}
      {note && (
        <Text size="xs" c={late ? 'var(--app-late)' : 'dimmed'}>
          {note}
        </Text>
      )}
    </li>
  )
}

function Handovers({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  if (message.handovers.length < 2) return null
  return (
    <Part title={t('handovers')}>
      <ol className={classes.plain}>
        {message.handovers.map((hop) => (
          <li key={hop.event_id}>
            <Text size="sm" component="div">
              <When at={hop.at} /> · {hop.from_name && `${hop.from_name} → `}
              <Colleague id={hop.to_id} name={hop.to_name} />
              {hop.reason && (
                <Text span inherit c="dimmed">
                  {' '}
                  «{hop.reason}»
                </Text>
              )}
            </Text>
          </li>
        ))}
      </ol>
    </Part>
  )
}
