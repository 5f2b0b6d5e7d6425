import { Alert, Badge, Group, Stack, Text, Title } from '@mantine/core'
import { IconHandStop, IconPaperclip, IconUserQuestion } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useLang, useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { Facts } from '@/ui/facts'
import { Colleague } from '@/ui/links'
import { Due, When, useSay } from '@/ui/time'

import { Commitments } from './commitments'
import { patternsOf } from './marks'
import { isOver, latestHits, recordOf, reviewTones, verdictOf, type Attachment, type Detail, type Hit } from './model'
import classes from './negotiations.module.css'
import { More } from './more'
import { Marked, saidShare, useSaidHit } from './said'
import { Steps } from './steps'
import { Versions } from './versions-view'

/** What a negotiation came to, what the screening found in it, and what the review said. */
export function RecordView({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const record = recordOf(of)
  const hits = latestHits(of.screening_hits)
  const patterns = patternsOf(hits)
  // Whoever reviews a corrected record looks at the correction first.
  const again = of.blocked && of.review !== 'stopped'
  if (!of.recorded_at || !record) return null
  return (
    <Stack gap="md">
      {again && <Corrections of={of} />}
      {hits.length > 0 && (
        <Panel title={t('hitsTitle')} aside={<Text size="sm" c="dimmed">{t('rulesVersion', { version: of.rules_version })}</Text>}>
          <Hits of={hits} />
        </Panel>
      )}
      <Panel title={t('form.result')}>
        <Text component="div" className={classes.text}>
          <Marked text={record.summary} patterns={patterns} />
        </Text>
        <Positions theirs={record.their_positions ?? []} ours={record.our_positions ?? []} patterns={patterns} />
        {record.legal_approval && <Facts of={[[t('field.legal'), record.legal_approval]]} />}
      </Panel>
      <Panel title={t('form.commitments')}>
        <Commitments of={of} hits={hits} />
      </Panel>
      <Panel title={t('form.steps')}>
        <Steps of={of} />
      </Panel>
      {(record.attachments ?? []).length > 0 && (
        <Panel title={t('attachments')}>
          <Attachments of={record.attachments ?? []} />
        </Panel>
      )}
      <Review of={of} hits={of.screening_hits} />
      {!again && <Corrections of={of} />}
    </Stack>
  )
}

function Corrections({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  if (of.corrections === 0) return null
  return (
    <Panel title={t('versions.title')}>
      <Versions id={of.id} />
    </Panel>
  )
}

export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.panel} aria-label={title}>
      <Group justify="space-between" mb="sm" align="baseline">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      <Stack gap="sm">{children}</Stack>
    </section>
  )
}

/** What the author has to do, and whether it was done already. */
export function Stopped({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  if (!of.blocked) return null
  const corrected = of.review !== 'stopped'
  return (
    <Alert color="red" icon={<IconHandStop size={20} aria-hidden />} title={t('stop.alert')} role="alert">
      <Stack gap={6}>
        <Text size="sm">
          <Text span inherit fw={600}>{t('stop.instruction')}: </Text>
          {of.instruction}
        </Text>
        <Text size="sm">
          <Text span inherit fw={600}>{t('stop.reason')}: </Text>
          {of.stop_reason}
        </Text>
        <Group gap="md" fz="sm">
          {of.reviewer_name && <Colleague id={of.reviewer_id} name={of.reviewer_name} />}
          <When at={of.stopped_at} />
          {corrected ? <Badge color="orange">{t('stop.corrected')}</Badge> : <Due at={of.correct_by} overdue={isOver(of.correct_by)} />}
        </Group>
      </Stack>
    </Alert>
  )
}

export function Hits({ of }: { of: Hit[] }) {
  const { t } = useTranslation('negotiations')
  const said = useSaidHit()
  return (
    <ul className={classes.list}>
      {of.map((hit) => (
        <li key={hit.event_id} className={classes.line}>
          <Badge variant="default">{hit.rule}</Badge>
          <Group gap={8} className={classes.what}>
            <Text size="sm">{said(hit)}</Text>
            {hit.fatal && <Badge color="red">{t('fatal')}</Badge>}
          </Group>
        </li>
      ))}
    </ul>
  )
}

function Positions({ theirs, ours, patterns }: { theirs: string[]; ours: string[]; patterns: RegExp[] }) {
  const { t } = useTranslation('negotiations')
  if (theirs.length + ours.length === 0) return null
  return (
    <div className={classes.sides}>
      {([['field.theirPositions', theirs], ['field.ourPositions', ours]] as const).map(([title, list]) => (
        <div key={title}>
          <Title order={3} fz="sm" mb={4}>
            {t(title)}
          </Title>
          {list.length === 0 && <Text size="sm" c="dimmed">{t('nothingNoted')}</Text>}
          {list.map((one) => (
            <Text key={one} size="sm">
              {/* What the client said is not screened. */}
              <Marked text={one} patterns={title === 'field.ourPositions' ? patterns : []} />
            </Text>
          ))}
        </div>
      ))}
    </div>
  )
}

function Attachments({ of }: { of: Attachment[] }) {
  const lang = useLang()
  const size = (bytes: number) => new Intl.NumberFormat(lang, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }).format(Math.ceil(bytes / 1024))
  return (
    <ul className={classes.list}>
      {of.map((file) => (
        <li key={file.sha256} className={classes.line}>
          <IconPaperclip size={18} aria-hidden />
          <div className={classes.what}>
            <Text size="sm">
              {file.name} · {size(file.size)}
            </Text>
            <Text size="xs" c="dimmed" title={file.sha256}>
              SHA-256 {file.sha256.slice(0, 16)}…
            </Text>
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Where the control stands, who holds it, until when, and what came of it. */
function Review({ of, hits }: { of: Detail; hits: Hit[] }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const lang = useLang()
  const said = useSay()
  // A verdict on an earlier version says nothing of this one.
  const verdict = of.decided_at ? verdictOf(of) : {}
  const latest = latestHits(hits)
  const earlier = hits.filter((hit) => !latest.includes(hit))
  const [open, setOpen] = useState(false)
  const waiting = of.review === 'queued' || of.review === 'claimed'
  return (
    <Panel title={t('review.title')}>
      <Facts
        columns={2}
        of={[
          [t('review.state'), of.review ? <StateBadge key="s" of={`review.state.${of.review}`} tone={reviewTones[of.review as 'queued'] ?? 'neutral'} /> : t('review.awaits')],
          [t('review.why'), of.review_reason && words(`review.reason.${of.review_reason}`)],
          [t('review.reviewer'), of.reviewer_name && <Colleague key="r" id={of.reviewer_id} name={of.reviewer_name} />],
          [t('review.queued'), of.queued_at && <When key="q" at={of.queued_at} dimmed={false} />],
          [t('review.by'), waiting && of.review_by && <Due key="b" at={of.review_by} overdue={isOver(of.review_by)} />],
          [t('review.decided'), of.decided_at && said(of.decided_at)],
          [t('review.score'), of.decided_at && (verdict.scores ?? []).length > 0 && saidShare(of.score_bp, lang)],
          [t('review.remarks'), of.remarks],
          [t('review.informed'), of.published_at && <span key="p"><When at={of.published_at} dimmed={false} />{of.published_unreviewed ? ` (${t('beforeReview')})` : ''}</span>],
        ]}
      />
      {(verdict.scores ?? []).length > 0 && (
        <More label={t('review.scores')} open={open} onToggle={() => setOpen(!open)}>
          <Facts columns={2} of={(verdict.scores ?? []).map((score) => [words(`review.criterion.${score.criterion}`, score.criterion), t('scoreOf', { score: score.score })])} />
        </More>
      )}
      {(verdict.dismissed_hits ?? []).map((dismissed) => (
        <Group key={dismissed.hit} gap={8} wrap="nowrap" align="flex-start">
          <IconUserQuestion size={18} aria-hidden />
          <Text size="sm">{t('review.dismissed', { no: dismissed.hit, reason: dismissed.reason })}</Text>
        </Group>
      ))}
      {earlier.length > 0 && <EarlierHits of={earlier} />}
    </Panel>
  )
}

function EarlierHits({ of }: { of: Hit[] }) {
  const { t } = useTranslation('negotiations')
  const [open, setOpen] = useState(false)
  return (
    <More label={t('earlierHits', { count: of.length })} open={open} onToggle={() => setOpen(!open)}>
      <Hits of={of} />
    </More>
  )
}
