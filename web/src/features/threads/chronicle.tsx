import { Badge, Text, Title } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Feed } from '@/ui/feed'
import { Face, RecordLink } from '@/ui/links'
import { When } from '@/ui/time'

import classes from './threads.module.css'

type Entry = Schema<'ThreadEntry'>

/** What happened in the thread, in order: who, what, and the words that were said. */
export function Chronicle({ of: thread }: { of: Schema<'ThreadDetail'> }) {
  const { t } = useTranslation('threads')
  return (
    <section aria-labelledby="chronicle">
      <Title order={2} fz="md" id="chronicle" mb={4}>
        {t('chronicle')}
      </Title>
      <Feed label={t('chronicle')} items={thread.entries} itemKey={(entry) => entry.event_id} estimate={84}>
        {(entry) => <Line of={entry} kind={thread.kind} />}
      </Feed>
    </section>
  )
}

const deeds = [
  'seen', 'answered', 'answer_accepted', 'answer_returned', 'answer_overdue', 'commented', 'addressee_added', 'deadline_proposed', 'deadline_changed', 'deadline_refused', 'closed',
  'agreement_revised', 'agreement_accepted', 'agreement_concluded', 'agreement_declined', 'agreement_superseded', 'dispute_opened', 'arbitration_begun', 'dispute_ruled',
] as const
type Deed = (typeof deeds)[number]

/** In the present tense, which in Russian fits everybody: «отвечает», «возвращает ответ». */
function useDeed(entry: Entry, kind: string): string {
  const { t } = useTranslation('threads')
  const words = useWords()
  const deed = entry.type.replace(/^thread\./, '')
  if (deed === 'opened') return t(`opens.${kind as 'question'}`)
  return deeds.includes(deed as Deed) ? t(`deed.${deed as Deed}`) : words(`event.${entry.type}`)
}

function Line({ of: entry, kind }: { of: Entry; kind: string }) {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const deed = useDeed(entry, kind)
  const overdue = entry.type === 'thread.answer_overdue'
  const concerns = entry.addressee_id !== undefined && entry.addressee_id !== entry.by_id
  return (
    <div className={classes.entry} data-quiet={!entry.text}>
      {overdue ? <IconClockExclamation size={28} aria-hidden className={classes.late} /> : <Face id={entry.by_id} name={entry.by_name} size={28} />}
      <div className={classes.said}>
        <div className={classes.head}>
          {!overdue && (
            <RecordLink kind="employee" id={entry.by_id} fw={600} c="inherit">
              {entry.by_name}
            </RecordLink>
          )}
          <Text span inherit {...(overdue ? { className: classes.late } : { c: 'dimmed' })}>
            {deed}
            {concerns && entry.addressee_name && `: ${entry.addressee_name}`}
          </Text>
          {entry.version !== undefined && entry.version > 0 && <Badge color="gray">{t('version', { number: entry.version })}</Badge>}
          <Text span size="xs">
            <When at={entry.at} />
          </Text>
        </div>
        {entry.text && (
          <div className={`${classes.quote} ${classes.text}`} data-mine={entry.by_id === me}>
            {entry.text}
          </div>
        )}
      </div>
    </div>
  )
}
