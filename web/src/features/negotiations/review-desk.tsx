import { Badge, Button, Group, Kbd, Stack, Text } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconGavel, IconListCheck, IconLock } from '@tabler/icons-react'
import { Link, useNavigate, useParams as useRouteParams } from '@tanstack/react-router'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, usePages, type Schema } from '@/api/hooks'
import { useMay } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { later } from '@/ui/later'
import { RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { Due, When } from '@/ui/time'

import { Metrics } from './metrics'
import { latestHits, theirsOf, type Detail } from './model'
import { Marks } from './negotiation'
import classes from './negotiations.module.css'
import { Theirs } from './people'
import { RecordView, Stopped } from './record-view'
import { StepForms, useReviewSteps, useStepForm } from './use-steps'

const RulesDrawer = later(() => import('./rules').then((m) => m.RulesDrawer))

type Waiting = Schema<'ReviewDeskItem'>

export function ReviewDesk() {
  const { t } = useTranslation()
  const may = useMay()
  return may('get-review-desk') ? <Desk /> : <Page title={t('nav.review')}><NotForYou /></Page>
}

function NotForYou() {
  const { t } = useTranslation('negotiations')
  return (
    <Empty
      icon={IconLock}
      title={t('desk.denied')}
      hint={t('desk.deniedHint')}
      action={
        <Button component={Link} to={'/negotiations?mine=1&blocked=1' as '/'} variant="default">
          {t('desk.myStopped')}
        </Button>
      }
    />
  )
}

function Desk() {
  const { t } = useTranslation('negotiations')
  const { t: common } = useTranslation()
  const { id: asked } = useRouteParams({ strict: false }) as { id?: string }
  const narrow = useMediaQuery('(max-width: 62em)', matchMedia('(max-width: 62em)').matches, { getInitialValueInEffect: false })
  const queue = usePages('/v1/review-desk')
  const [rules, setRules] = useState(false)
  const waiting = queue.items
  // Beside the queue there is room for the first of it; where there is none, it is chosen.
  const id = asked ?? (narrow ? undefined : waiting[0]?.id)
  useWalking(waiting, id)
  return (
    <Page
      title={common('nav.review')}
      subtitle={queue.data && t('desk.waiting', { count: waiting.length })}
      actions={
        <Button variant="default" leftSection={<IconListCheck size={18} aria-hidden />} onClick={() => setRules(true)}>
          {t('rules.open')}
        </Button>
      }
    >
      <PresentOnly />
      {!(narrow && asked) && <Metrics />}
      <Shown of={queue}>
        {() => (
          <div className={classes.desk}>
            {!(narrow && asked) && <Queue of={waiting} chosen={id} />}
            {id ? <Pane key={id} id={id} queue={waiting} narrow={narrow ?? false} /> : waiting.length === 0 && !narrow && <Empty icon={IconGavel} title={t('desk.emptyPane')} hint={t('desk.emptyPaneHint')} />}
          </div>
        )}
      </Shown>
      <RulesDrawer opened={rules} onClose={() => setRules(false)} />
    </Page>
  )
}

/** Goes through the queue by J and K, whatever the keyboard's layout, while nothing is being typed. */
function useWalking(queue: Waiting[], id: string | undefined) {
  const navigate = useNavigate()
  const go = (step: number) => () => {
    if (document.querySelector('[role=dialog], [role=menu]')) return
    const next = neighbour(queue, id, step)
    if (next) void navigate({ to: `/review/${next}`, resetScroll: false } as never)
  }
  useHotkeys([
    ['J', go(1), { usePhysicalKeys: true }],
    ['K', go(-1), { usePhysicalKeys: true }],
  ])
}

/** The next or previous in the queue; for a record that has left it, the first. */
function neighbour(queue: Waiting[], id: string | undefined, step: number): string | undefined {
  const at = queue.findIndex((one) => one.id === id)
  return at < 0 ? queue[0]?.id : queue[at + step]?.id
}

function Queue({ of, chosen }: { of: Waiting[]; chosen: string | undefined }) {
  const { t } = useTranslation('negotiations')
  if (of.length === 0) return <Empty icon={IconGavel} title={t('desk.empty')} hint={t('desk.emptyHint')} />
  return (
    <div>
      <nav aria-label={t('desk.queue')} className={classes.queue}>
        {of.map((one) => (
          <Line key={one.id} of={one} chosen={one.id === chosen} />
        ))}
      </nav>
      <Text size="xs" c="dimmed" mt={6} visibleFrom="md">
        <Kbd size="xs">J</Kbd> {t('desk.next')} · <Kbd size="xs">K</Kbd> {t('desk.previous')}
      </Text>
    </div>
  )
}

/** Arrow keys inside the queue. */
function walk(event: KeyboardEvent<HTMLAnchorElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const here = event.currentTarget
  const target = event.key === 'ArrowDown' ? here.nextElementSibling : here.previousElementSibling
  if (!(target instanceof HTMLElement)) return
  event.preventDefault()
  target.focus()
}

function Line({ of, chosen }: { of: Waiting; chosen: boolean }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  return (
    <Link to={`/review/${of.id}` as '/'} className={classes.waiting} aria-current={chosen} resetScroll={false} onKeyDown={walk}>
      <Text size="sm" fw={600} lineClamp={2} component="span">
        {of.topic}
      </Text>
      <Text size="xs" c="dimmed" component="span" className={classes.facts}>
        <span>{of.author_name}</span>
        <span>{of.counterparty_name}</span>
      </Text>
      <Text size="xs" c="dimmed" component="span" className={classes.facts}>
        <span>
          {t('desk.waits')} <When at={of.queued_at} />
        </span>
        {of.review_by && <Due at={of.review_by} overdue={of.overdue} />}
      </Text>
      <Group gap={4} component="span" mt={4}>
        <Badge color="orange">{words(`review.reason.${of.review_reason}`)}</Badge>
        {of.fatal_hits > 0 && <Badge color="red">{t('desk.fatal', { count: of.fatal_hits })}</Badge>}
        {of.corrections > 0 && <Badge color="violet">{t('desk.corrected')}</Badge>}
        {of.reviewer_name && <Badge color="accent">{t('desk.claimedBy', { name: of.reviewer_name })}</Badge>}
      </Group>
    </Link>
  )
}

function Pane({ id, queue, narrow }: { id: string; queue: Waiting[]; narrow: boolean }) {
  const found = useRead('/v1/negotiations/{id}', { path: { id } })
  return <Shown of={found} shape="card">{(of) => <Record of={of} queue={queue} narrow={narrow} />}</Shown>
}

function Record({ of, queue, narrow }: { of: Detail; queue: Waiting[]; narrow: boolean }) {
  const { t } = useTranslation('negotiations')
  const form = useStepForm()
  const steps = useReviewSteps(of, form.open)
  const decided = !queue.some((one) => one.id === of.id)
  return (
    <Stack gap="md" miw={0} component="article" aria-label={of.topic}>
      {narrow && (
        <div>
          <Button component={Link} to="/review" variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={16} aria-hidden />}>
            {t('desk.back')}
          </Button>
        </div>
      )}
      <div className={classes.panel}>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div className={classes.headline}>
            <Text component="h2" fw={650} fz="lg" m={0}>
              <RecordLink kind="negotiation" id={of.id} c="inherit">
                {of.topic}
              </RecordLink>
            </Text>
            <Group gap={6} mt={4}>
              <Marks of={of} />
            </Group>
          </div>
          <Group gap="xs">
            <Verdicts steps={steps} />
          </Group>
        </Group>
        <Heading of={of} />
        {decided && <Decided of={of} next={queue[0]} />}
      </div>
      <Stopped of={of} />
      <RecordView of={of} />
      <StepForms of={of} step={form.step} onClose={form.close} />
    </Stack>
  )
}

/** While a record is in one's hands both verdicts stand side by side; before that, taking it is the one thing to do. */
function Verdicts({ steps }: { steps: ReturnType<typeof useReviewSteps> }) {
  const [claim, approve, stop, release] = steps
  if (!claim || !approve || !stop || !release) return null
  if (approve.impossible) return <Actions of={steps} />
  return (
    <>
      <Actions of={[approve]} />
      <Button color="red" variant="light" leftSection={stop.icon && <stop.icon size={18} aria-hidden />} onClick={stop.onClick}>
        {stop.label}
      </Button>
      <Button variant="default" leftSection={release.icon && <release.icon size={18} aria-hidden />} onClick={release.onClick}>
        {release.label}
      </Button>
    </>
  )
}

function Heading({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  return (
    <div className={classes.sides} style={{ marginTop: 12 }}>
      <div>
        <Text size="xs" c="dimmed">{t('field.client')}</Text>
        <RecordLink kind="counterparty" id={of.counterparty_id}>{of.counterparty_name}</RecordLink>
        <Text size="sm" c="dimmed">
          {[words(`negotiation.channel.${of.channel}`), of.stage && words(`negotiation.stage.${of.stage}`)].filter(Boolean).join(' · ')} · <When at={of.at} />
        </Text>
      </div>
      <div>
        <Text size="xs" c="dimmed">{t('field.author')}</Text>
        <RecordLink kind="employee" id={of.author_id}>{of.author_name}</RecordLink>
      </div>
      <div>
        <Text size="xs" c="dimmed">{t('field.theirs')}</Text>
        <Theirs of={theirsOf(of)} hits={latestHits(of.screening_hits)} />
      </div>
    </div>
  )
}

function Decided({ of, next }: { of: Detail; next: Waiting | undefined }) {
  const { t } = useTranslation('negotiations')
  if (of.review === 'queued' || of.review === 'claimed') return null
  return (
    <Group mt="md" gap="sm">
      <Text size="sm" c="dimmed">{t('desk.notWaiting')}</Text>
      {next && (
        <Button component={Link} to={`/review/${next.id}` as '/'} size="compact-sm" variant="light">
          {t('desk.takeNext')}
        </Button>
      )}
    </Group>
  )
}
