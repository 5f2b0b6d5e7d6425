import { Drawer, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconArrowForwardUp, IconBan, IconBellPlus, IconCalendarShare, IconCheck, IconCircle, IconHistory, IconX, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { Facts } from '@/ui/facts'
import { Colleague, Face, RecordLink } from '@/ui/links'
import { RecordName } from '@/ui/names'
import { shortName } from '@/ui/short'
import { useSay } from '@/ui/time'

import { LineStep } from './forms'
import { steps, whyNot, type Line, type Step } from './lines'
import classes from './schedule.module.css'

const stepIcons: Record<Step, Icon> = { finish: IconCheck, move: IconCalendarShare, miss: IconX, cancel: IconBan }
const stateIcons: Record<string, Icon> = { planned: IconCircle, done: IconCheck, not_done: IconX, cancelled: IconBan }

export type Opener = { open: (of: Line) => void; actions: (of: Line) => Action[]; shown: ReactNode }

/** What can be done with the lines of a screen: each is opened and changed in a drawer. One for all of them. */
export function useLines(lines: Line[]): Opener {
  const { t } = useTranslation('schedule')
  const { employee_id: me } = useMe()
  const [openId, setOpenId] = useState<string>()
  const [acting, setActing] = useState<{ of: Line; step: Step }>()
  const why = { closed: t('why.closed'), foreign: t('why.foreign') }
  const actions = (of: Line): Action[] =>
    steps.map((step) => {
      const no = whyNot(of, me)
      return { label: t(`step.${step}`), icon: stepIcons[step], onClick: () => setActing({ of, step }), impossible: no && why[no], ...(step === 'cancel' ? { danger: true } : {}) }
    })
  // By its id, so that a line that has changed is shown as it is now.
  const opened = lines.find((one) => one.id === openId)
  const shown = (
    <>
      <Details of={opened} actions={actions} onClose={() => setOpenId(undefined)} />
      {acting && <LineStep key={`${acting.of.id}/${acting.step}`} {...acting} onClose={() => setActing(undefined)} />}
    </>
  )
  return { open: (of) => setOpenId(of.id), actions, shown }
}

function Details({ of, actions, onClose }: { of: Line | undefined; actions: (of: Line) => Action[]; onClose: () => void }) {
  const { t } = useTranslation('schedule')
  const { t: common } = useTranslation()
  const navigate = useNavigate()
  const say = useSay()
  const go = (to: string, search = {}) => () => void navigate({ to, search } as never)
  return (
    <Drawer opened={of !== undefined} onClose={onClose} title={t('line')} closeButtonProps={{ 'aria-label': common('close') }}>
      {of && (
        <Stack gap="md">
          <Text fw={600}>{of.text}</Text>
          <Group gap="xs">
            <StateBadge of={`work_item.state.${of.state}`} tone={tones[of.state] ?? 'neutral'} />
            {of.overdue && <StateBadge of="overdue" tone="bad" label={t('overdue')} />}
          </Group>
          <Group gap="xs">
            <Actions
              of={[
                ...actions(of),
                { label: t('do.remind'), icon: IconBellPlus, onClick: go('/reminders', { new: '1', subject_kind: 'work_item', subject_id: of.id }) },
                { label: common('whoChanged'), icon: IconHistory, onClick: go(`/trail/work_item/${of.id}`), reads: true },
              ]}
            />
          </Group>
          <Facts
            of={[
              [t('field.day'), say(of.due_date, 'day')],
              [t('field.client'), <RecordLink key="c" kind="counterparty" id={of.counterparty_id}>{of.counterparty_name}</RecordLink>],
              [t('field.responsible'), <Colleague key="r" id={of.responsible_id} name={of.responsible_name} />],
              [t('field.original'), of.moved > 0 && `${say(of.original_due_date, 'date')} · ${t('moved', { count: of.moved })}`],
              [t('field.moveReason'), of.moved > 0 && of.move_reason],
              [t(of.state === 'done' ? 'field.result' : 'field.reason'), of.result],
              [t('field.author'), <RecordName key="a" kind="employee" id={of.author_id} />],
              [t('field.planned'), say(of.planned_at)],
              [t('field.closed'), say(of.closed_at)],
            ]}
          />
        </Stack>
      )}
    </Drawer>
  )
}

const tones: Record<string, 'active' | 'good' | 'bad' | 'neutral'> = { planned: 'active', done: 'good', not_done: 'bad', cancelled: 'neutral' }

export function LineState({ of }: { of: Line }) {
  return <StateBadge of={`work_item.state.${of.state}`} tone={tones[of.state] ?? 'neutral'} />
}

/** A line in the week: what, for whom, by whom, and how it stands. */
export function LineCard({ of, opener }: { of: Line; opener: Opener }) {
  const { t } = useTranslation('schedule')
  return (
    <li className={classes.card} data-late={of.overdue} data-state={of.state}>
      <Group gap={2} wrap="nowrap" align="flex-start" justify="space-between">
        <UnstyledButton className={classes.text} onClick={() => opener.open(of)}>
          {of.text}
        </UnstyledButton>
        <Actions compact label={t('actionsOf', { text: of.text })} of={opener.actions(of)} />
      </Group>
      <RecordLink kind="counterparty" id={of.counterparty_id} fz="xs" c="dimmed">
        {of.counterparty_name}
      </RecordLink>
      <Mark of={of} />
      <Group gap={6} wrap="nowrap" title={of.responsible_name}>
        <Face id={of.responsible_id} name={of.responsible_name} size={20} />
        <Text size="xs" c="dimmed" className={classes.cut}>
          {shortName(of.responsible_name)}
        </Text>
      </Group>
    </li>
  )
}

/** How a line stands, by icon and word; that it is planned goes without saying. */
function Mark({ of }: { of: Line }) {
  const { t } = useTranslation('schedule')
  const words = useWords()
  if (of.state === 'planned' && !of.overdue && of.moved === 0) return null
  const MarkIcon = of.overdue ? IconAlertTriangle : of.moved > 0 && of.state === 'planned' ? IconArrowForwardUp : (stateIcons[of.state] ?? IconCircle)
  const word = of.overdue ? t('overdue') : of.moved > 0 && of.state === 'planned' ? t('moved', { count: of.moved }) : words(`work_item.state.${of.state}`)
  return (
    <Text size="xs" component="span" className={classes.mark} {...(of.overdue ? { c: 'var(--app-late)', fw: 600 } : of.state === 'done' ? { c: 'var(--app-good)' } : { c: 'dimmed' })}>
      <MarkIcon size={13} aria-hidden /> {word}
    </Text>
  )
}

/** A line in the month: one row that opens it. */
export function LineRow({ of, opener }: { of: Line; opener: Opener }) {
  const { t } = useTranslation('schedule')
  const words = useWords()
  const RowIcon = of.overdue ? IconAlertTriangle : (stateIcons[of.state] ?? IconCircle)
  const state = of.overdue ? t('overdue') : words(`work_item.state.${of.state}`)
  return (
    <li>
      <UnstyledButton className={classes.row} data-late={of.overdue} data-state={of.state} title={`${of.text} · ${of.counterparty_name} · ${of.responsible_name}`} onClick={() => opener.open(of)}>
        <RowIcon size={13} aria-hidden />
        <span className={classes.hidden}>{state}: </span>
        <span className={classes.cut}>{of.text}</span>
      </UnstyledButton>
    </li>
  )
}
