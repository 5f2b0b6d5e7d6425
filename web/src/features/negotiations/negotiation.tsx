import { Anchor, Badge, Grid, Stack, Text } from '@mantine/core'
import { IconClipboardText, IconGavel, IconHistory } from '@tabler/icons-react'
import { Link, useParams as useRouteParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useMay } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { Facts } from '@/ui/facts'
import { Files } from '@/ui/files'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { PastRecord } from '@/ui/past-record'
import { Empty, ErrorNote, Loading } from '@/ui/states'
import { Due, When, useSay } from '@/ui/time'

import { latestHits, reviewTones, theirsOf, type Detail } from './model'
import classes from './negotiations.module.css'
import { Ours, Theirs } from './people'
import { RecordView, Stopped } from './record-view'
import { StepForms, useStepForm, useSteps } from './use-steps'

export function Negotiation() {
  const { id } = useRouteParams({ strict: false }) as { id: string }
  return useAsOf() === undefined ? <Present id={id} /> : <PastRecord kind="negotiation" id={id} />
}

function Present({ id }: { id: string }) {
  const { t } = useTranslation('negotiations')
  const { t: common } = useTranslation()
  const found = useRead('/v1/negotiations/{id}', { path: { id } })
  const crumbs = [{ label: common('nav.negotiations'), to: '/negotiations' }]
  if (found.data) return <Known of={found.data} crumbs={crumbs} />
  return (
    <Page title={t('one')} crumbs={crumbs} busy={found.isPending}>
      {found.isPending ? <Loading shape="card" /> : <ErrorNote error={found.error} retry={() => void found.refetch()} />}
    </Page>
  )
}

function Known({ of, crumbs }: { of: Detail; crumbs: { label: string; to: string }[] }) {
  const form = useStepForm()
  const steps = useSteps(of, form.open)
  return (
    <Page title={of.topic} crumbs={crumbs} badges={<Marks of={of} />} actions={<Actions of={steps} />}>
      <Stopped of={of} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4, xl: 3 }}>
          <About of={of} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8, xl: 9 }}>
          <Stack gap="lg">
            {of.recorded_at ? <RecordView of={of} /> : <NoRecord of={of} />}
            <Files kind="negotiation" id={of.id} level={2} />
          </Stack>
        </Grid.Col>
      </Grid>
      <StepForms of={of} step={form.step} onClose={form.close} />
    </Page>
  )
}

/** The state of the negotiation, of its review, and what is amiss. */
export function Marks({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  return (
    <>
      <StateBadge of={`negotiation.state.${of.state}`} />
      {of.review && of.review !== 'not_required' && <StateBadge of={`review.state.${of.review}`} tone={reviewTones[of.review as 'queued'] ?? 'neutral'} label={t(`reviewState.${of.review as 'queued'}`)} />}
      {of.late && <Badge color="orange">{t(of.recorded_at ? 'mark.recordedLate' : 'mark.lateRecord')}</Badge>}
    </>
  )
}

export function About({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const { t: common } = useTranslation()
  const words = useWords()
  const may = useMay()
  const hits = latestHits(of.screening_hits)
  const unrecorded = of.state === 'held'
  return (
    <Stack gap="md" className={classes.panel}>
      <Facts
        of={[
          [t('field.client'), <RecordLink key="c" kind="counterparty" id={of.counterparty_id}>{of.counterparty_name}</RecordLink>],
          [t('field.when'), <Times key="w" of={of} />],
          [t('field.recordBy'), unrecorded && of.record_by && <Due key="b" at={of.record_by} overdue={of.late} />],
          [t('field.channel'), words(`negotiation.channel.${of.channel}`)],
          [t('field.stage'), of.stage && words(`negotiation.stage.${of.stage}`)],
          [t('field.author'), <Colleague key="a" id={of.author_id} name={of.author_name} />],
          [t('field.ours'), <Ours key="o" ids={of.our_participant_ids} />],
          [t('field.theirs'), theirsOf(of).length > 0 && <Theirs key="t" of={theirsOf(of)} hits={hits} />],
          [t('field.recorded'), of.recorded_at && <When key="r" at={of.recorded_at} dimmed={false} />],
          [t('field.corrected'), of.corrected_at && <When key="d" at={of.corrected_at} dimmed={false} />],
          [t('field.cancelWhy'), of.cancel_reason],
        ]}
      />
      <Stack gap={4} className="no-print">
        {may('get-review-desk') && of.review && of.review !== 'not_required' && (
          <Anchor component={Link} to={`/review/${of.id}` as '/'} size="sm">
            <IconGavel size={16} aria-hidden /> {t('onDesk')}
          </Anchor>
        )}
        <Anchor component={Link} to={`/trail/negotiation/${of.id}` as '/'} size="sm">
          <IconHistory size={16} aria-hidden /> {common('whoChanged')}
        </Anchor>
      </Stack>
    </Stack>
  )
}

function Times({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const said = useSay()
  const [from, to] = of.held_from ? [of.held_from, of.held_to] : [of.planned_from, of.planned_to]
  if (!from) return null
  const moved = of.held_from && of.planned_from && of.held_from !== of.planned_from
  const sameDay = to && said(from, 'date') === said(to, 'date')
  return (
    <div>
      {said(from)} – {said(to, sameDay ? 'time' : 'datetime')}
      <Text size="xs" c="dimmed">
        <When at={from} />
        {moved && ` · ${t('plannedAt', { at: said(of.planned_from) })}`}
      </Text>
    </div>
  )
}

/** Before there is a record, what comes next. */
function NoRecord({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const said = useSay()
  const hints = {
    planned: t('noRecord.planned', { at: said(of.planned_from) }),
    held: t('noRecord.held', { by: said(of.record_by) }),
    cancelled: t('noRecord.cancelled'),
  }
  return <Empty icon={IconClipboardText} title={t(`noRecord.${of.state as 'held'}Title`)} hint={hints[of.state as 'held']} />
}
