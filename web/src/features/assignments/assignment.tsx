import { Alert, Anchor, Badge, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp, IconBellPlus, IconClockPlus, IconClockQuestion, IconHistory, IconSubtask } from '@tabler/icons-react'
import { Link, useNavigate, useParams as useRouteParams } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useAsOf, useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { Facts } from '@/ui/facts'
import { Files } from '@/ui/files'
import { later } from '@/ui/later'
import { Colleague, RecordLink } from '@/ui/links'
import { RecordName } from '@/ui/names'
import { Page } from '@/ui/page'
import { PastRecord } from '@/ui/past-record'
import { ErrorNote, Loading, Shown } from '@/ui/states'
import { Due, useMinutes, useSay, When } from '@/ui/time'

import classes from './assignments.module.css'
import { Chain } from './chain'
import { Entries } from './entries'
import { PriorityMark } from './list'
import { takesPart, type Detail, type Item, type Step } from './rules'
import { useStepActions, useStepRunner, useWhyNot } from './steps'

const EnterTime = later(() => import('./time-forms').then((m) => m.EnterTime))

/** One assignment: what is asked for, how it goes, and what the person looking at it can do next. */
export function Assignment() {
  const { id } = useRouteParams({ strict: false }) as { id: string }
  return useAsOf() === undefined ? <Present id={id} /> : <PastRecord kind="assignment" id={id} />
}

function Present({ id }: { id: string }) {
  const { t } = useTranslation('assignments')
  const found = useRead('/v1/assignments/{id}', { path: { id } })
  const of = found.data
  if (!of) {
    return (
      <Page title={t('one')} crumbs={[{ label: t('title'), to: '/assignments' }]}>
        {found.isPending ? <Loading shape="card" /> : <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      </Page>
    )
  }
  return <Shown of={found}>{(data) => <Card of={data} />}</Shown>
}

function Card({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  const { t: common } = useTranslation()
  // The revision that the person sees: what others do meanwhile is shown before it is overwritten.
  const trail = useRead('/v1/records/{kind}/{id}/trail', { path: { kind: 'assignment', id: of.id } })
  const revision = trail.data?.steps.at(-1)?.revision
  const { run, form } = useStepRunner()
  const why = useWhyNot()
  const mayChange = useMayChange()
  const actions = useAllActions(of, run, revision)
  const canReturn = mayChange && !why('return', of)
  return (
    <Page
      title={of.title}
      crumbs={[{ label: t('title'), to: '/assignments' }]}
      badges={
        <>
          <StateBadge of={`assignment.state.${of.state}`} />
          {of.overdue && <Badge color="red">{t('overdue')}</Badge>}
        </>
      }
      actions={
        <>
          {canReturn && (
            <Button variant="default" leftSection={<IconArrowBackUp size={18} aria-hidden />} onClick={() => run(of, 'return', revision)}>
              {t('step.return')}
            </Button>
          )}
          <Actions of={actions.filter((action) => !(canReturn && action.label === t('step.return')))} />
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <Panel>
              <About of={of} />
            </Panel>
            <Anchor component={Link} to={`/trail/assignment/${of.id}` as '/'} size="sm">
              {common('whoChanged')}
            </Anchor>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <Asked of={of} onAnswer={why('changeDue', of) ? undefined : () => run(of, 'changeDue', revision)} />
            <Panel title={t('section.what')}>
              <What of={of} />
            </Panel>
            <Panel title={t('section.chain')}>
              <Shown of={trail} shape="text" rows={4}>
                {({ steps }) => <Chain steps={steps} />}
              </Shown>
            </Panel>
            <TimePanel of={of} />
            <Parts of={of} />
            <Panel>
              <Files kind="assignment" id={of.id} level={2} />
            </Panel>
          </Stack>
        </Grid.Col>
      </Grid>
      {form}
    </Page>
  )
}

/** The steps, and what one does about an assignment without changing it. */
function useAllActions(of: Detail, run: (of: Item | Detail, step: Step, revision?: number) => void, revision: number | undefined): Action[] {
  const { t } = useTranslation('assignments')
  const navigate = useNavigate()
  const go = (to: string, search: object) => () => void navigate({ to, search } as never)
  const { t: common } = useTranslation()
  const stepActions = useStepActions(run)(of, revision)
  const client = of.counterparty_id ? { counterparty: of.counterparty_id, counterparty_name: of.counterparty_name } : {}
  const about = { new: '1', subject_kind: 'assignment', subject_id: of.id }
  return [
    ...stepActions.filter((action) => !action.impossible),
    { label: t('do.part'), icon: IconSubtask, onClick: go('/assignments', { new: '1', parent: of.id, ...client }) },
    { label: t('do.remind'), icon: IconBellPlus, onClick: go('/reminders', about) },
    { label: common('whoChanged'), icon: IconHistory, onClick: go(`/trail/assignment/${of.id}`, {}), reads: true },
    ...stepActions.filter((action) => action.impossible),
  ]
}

function Panel({ title, action, children }: { title?: string; action?: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder p="md" radius="lg" component="section" {...(title ? { 'aria-label': title } : {})}>
      {title && (
        <Group justify="space-between" mb="sm">
          <Title order={2} fz="md">
            {title}
          </Title>
          {action}
        </Group>
      )}
      {children}
    </Paper>
  )
}

function About({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  const minutes = useMinutes()
  const [letter, ...others] = of.context as { kind: string; id: string }[]
  return (
    <Facts
      of={[
        [t('field.assignee'), <Colleague key="a" id={of.assignee_id} name={of.assignee_name} />],
        [t('field.helpers'), of.co_executor_ids.length > 0 && <Helpers key="h" ids={of.co_executor_ids} />],
        [t('field.issuer'), <Colleague key="i" id={of.issuer_id} name={of.issuer_name} />],
        [t('field.client'), of.counterparty_id && <RecordLink key="c" kind="counterparty" id={of.counterparty_id}>{of.counterparty_name}</RecordLink>],
        [t('field.due'), <DueFact key="d" of={of} />],
        [t('field.verifyBy'), of.state === 'reported_done' && of.verify_by && <span key="v">{say(of.verify_by)} · <When at={of.verify_by} /></span>],
        [t('field.priority'), <PriorityMark key="p" of={of.priority} />],
        [t('field.issued'), <span key="s">{say(of.issued_at)} · <When at={of.issued_at} /></span>],
        [t('field.reported'), of.reported_at && `${say(of.reported_at)}${of.on_time === undefined ? '' : ` · ${t(of.on_time ? 'inTime' : 'late')}`}`],
        [t('field.verified'), say(of.verified_at)],
        [t('field.planned'), of.planned_min > 0 && minutes(of.planned_min)],
        [t('field.actual'), of.actual_min > 0 && minutes(of.actual_min)],
        [t('field.returns'), of.returns > 0 && t('returned', { count: of.returns })],
        [t('field.parent'), of.parent_id && <RecordName key="pa" kind="assignment" id={of.parent_id} />],
        [t('field.follows'), letter && <Stack key="f" gap={2}>{[letter, ...others].map((ref) => <RecordName key={ref.id} {...ref} />)}</Stack>],
      ]}
    />
  )
}

function Helpers({ ids }: { ids: string[] }) {
  return (
    <Stack gap={2}>
      {ids.map((id) => (
        <RecordName key={id} kind="employee" id={id} />
      ))}
    </Stack>
  )
}

function DueFact({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  return (
    <>
      <div>
        {say(of.due_at)}
        {of.overdue && (
          <Text span inherit c="var(--app-late)" fw={600}>
            {' '}
            · {t('overdue')}
          </Text>
        )}
      </div>
      {of.due_changes > 0 && (
        <Text size="xs" c="dimmed">
          {t('dueMoved', { count: of.due_changes, date: say(of.original_due_at) })}
        </Text>
      )}
    </>
  )
}

/** A request for more time waits for an answer until the due time is changed. */
function Asked({ of, onAnswer }: { of: Detail; onAnswer: (() => void) | undefined }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  const mayChange = useMayChange()
  if (!of.asked_due_at) return null
  return (
    <Alert color="orange" icon={<IconClockQuestion size={20} aria-hidden />} title={t('asked', { name: of.assignee_name, date: say(of.asked_due_at) })}>
      <Group justify="space-between">
        <Text size="sm">{of.asked_reason}</Text>
        {onAnswer && (
          <Button size="xs" disabled={!mayChange} onClick={onAnswer}>
            {t('step.answerTime')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

const text = (said: string) => <Text size="sm" className={classes.said}>{said}</Text>

function What({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  return <Facts of={[[t('field.description'), of.description && text(of.description)], [t('field.expected'), text(of.expected_result)], [t('field.result'), of.result && text(of.result)]]} />
}

function TimePanel({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  const { employee_id: me } = useMe()
  const minutes = useMinutes()
  const mayChange = useMayChange()
  const [entering, setEntering] = useState(false)
  const mayEnter = takesPart(of, me)
  return (
    <Panel
      title={t('section.time')}
      action={
        <Group gap="sm">
          {mayEnter && (
            <Anchor component={Link} to={'/assignments?view=time' as '/'} size="sm">
              {t('time.mySheet')}
            </Anchor>
          )}
          <Button size="xs" variant="default" leftSection={<IconClockPlus size={16} aria-hidden />} disabled={!mayEnter || !mayChange} onClick={() => setEntering(true)}>
            {t('time.enter')}
          </Button>
        </Group>
      }
    >
      {!mayEnter && (
        <Text size="xs" c="dimmed">
          {t('time.onlyParticipants')}
        </Text>
      )}
      {of.time_entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('time.noneHere')}
        </Text>
      ) : (
        <>
          <Text size="sm" mb={4}>
            {t('time.total')}: <b>{minutes(of.actual_min)}</b>
            {of.planned_min > 0 && ` ${t('time.ofPlanned', { planned: minutes(of.planned_min) })}`}
          </Text>
          <Entries of={of.time_entries} show="employee" />
        </>
      )}
      {entering && <EnterTime assignment={{ id: of.id, title: of.title }} onClose={() => setEntering(false)} />}
    </Panel>
  )
}

type Part = Schema<'AssignmentItem'>

function Parts({ of }: { of: Detail }) {
  const { t } = useTranslation('assignments')
  if (of.parts.length === 0) return null
  return (
    <Panel title={t('section.parts')}>
      <Stack gap="xs">
        {of.parts.map((part: Part) => (
          <Group key={part.id} gap="sm" justify="space-between">
            <RecordLink kind="assignment" id={part.id} size="sm">
              {part.title}
            </RecordLink>
            <Group gap="sm">
              <Text size="sm" component="div">
                <Colleague id={part.assignee_id} name={part.assignee_name} />
              </Text>
              <StateBadge of={`assignment.state.${part.state}`} />
              <Text size="sm" component="div">
                <Due at={part.due_at} overdue={part.overdue} />
              </Text>
            </Group>
          </Group>
        ))}
      </Stack>
    </Panel>
  )
}
