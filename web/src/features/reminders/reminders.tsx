import { ActionIcon, Badge, Button, Group, Tabs, Text, Tooltip } from '@mantine/core'
import { IconBell, IconBellOff, IconBellZ, IconCalendarShare, IconCheck, IconHistory, IconPlus, IconX, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { StateBadge } from '@/ui/badge'
import { ChipParam } from '@/ui/filters'
import { Colleague } from '@/ui/links'
import { RecordName } from '@/ui/names'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { useSay, When } from '@/ui/time'

import { MoveForm, NewReminder, SnoozeForm } from './forms'
import classes from './reminders.module.css'
import { steps, views, whyNot, type Reminder, type Step } from './rules'

const icons: Record<Step, Icon> = { acknowledge: IconCheck, snooze: IconBellZ, move: IconCalendarShare, dismiss: IconBellOff, cancel: IconX }

/** What one wanted to be reminded of: what waits, what comes, what was missed. */
export function Reminders() {
  const { t } = useTranslation('reminders')
  const params = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const view = views.find((one) => one === params.view) ?? 'waiting'
  return (
    <Page
      title={t('title')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
          {t('new.action')}
        </Button>
      }
    >
      <PresentOnly />
      <Tabs value={view} onChange={(chosen) => set({ view: chosen === 'waiting' ? undefined : (chosen ?? undefined) }, { push: true })} keepMounted={false}>
        <Group justify="space-between" gap="sm" mb="md">
          <Tabs.List className={classes.tabs}>
            {views.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`view.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <ChipParam name="authored" label={t('authored')} />
        </Group>
        {views.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <List view={one} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <NewReminder />
    </Page>
  )
}

function List({ view }: { view: (typeof views)[number] }) {
  const { t } = useTranslation('reminders')
  const params = useParams()
  const set = useSetParams()
  const found = usePages('/v1/reminders', { query: { view, ...(params.authored ? { authored: true } : {}) } }, { keepPrevious: true })
  const { actions, form } = useSteps()
  const columns = useColumns(actions)
  return (
    <>
      <Shown of={found}>
        {() =>
          found.items.length === 0 ? (
            <Empty icon={IconBell} title={t(`none.${view}`)} hint={t('none.hint')} action={<Button variant="default" onClick={() => set({ new: '1' })}>{t('new.action')}</Button>} />
          ) : (
            <DataTable label={t(`view.${view}`)} rows={found.items} columns={columns} rowKey={(row) => row.id} rowHeight={66} more={found} />
          )
        }
      </Shown>
      {form}
    </>
  )
}

/** Steps of reminders: at once, or by a form that asks for the time. */
function useSteps() {
  const { t } = useTranslation('reminders')
  const { t: common } = useTranslation()
  const { employee_id: me } = useMe()
  const navigate = useNavigate()
  const [open, setOpen] = useState<{ of: Reminder; step: 'snooze' | 'move' }>()
  const acknowledge = useAtOnce('/v1/reminders/{id}/acknowledge')
  const dismiss = useAtOnce('/v1/reminders/{id}/dismiss')
  const cancel = useAtOnce('/v1/reminders/{id}/cancel')
  const atOnce = { acknowledge, dismiss, cancel }
  const run = (of: Reminder, step: Step) => {
    if (step === 'snooze' || step === 'move') setOpen({ of, step })
    else atOnce[step].run({ id: of.id, body: {} }, t(`done.${step}`))
  }
  const actions = (of: Reminder): Action[] => [
    ...steps.map((step) => {
      const why = whyNot(step, of, me)
      return { label: t(`step.${step}`), icon: icons[step], onClick: () => run(of, step), impossible: why && t(`why.${why}`), ...(step === 'dismiss' || step === 'cancel' ? { danger: true } : {}) }
    }),
    { label: common('whoChanged'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/reminder/${of.id}` } as never), reads: true },
  ]
  const close = () => setOpen(undefined)
  const form = open && (open.step === 'snooze' ? <SnoozeForm of={open.of} onClose={close} /> : <MoveForm of={open.of} onClose={close} />)
  return { actions, form }
}

function useColumns(actions: (of: Reminder) => Action[]): Column<Reminder>[] {
  const { t } = useTranslation('reminders')
  const { employee_id: me } = useMe()
  return [
    { key: 'text', header: t('column.text'), width: 'minmax(220px, 2.4fr)', phone: 'title', wrap: true, cell: (row) => <Title of={row} /> },
    { key: 'when', header: t('column.when'), width: '230px', cell: (row) => <Times of={row} /> },
    { key: 'who', header: t('column.who'), width: 'minmax(150px, 1fr)', cell: (row) => (row.recipient_id === me ? t('me') : <Colleague id={row.recipient_id} name={row.recipient_name} />) },
    { key: 'repeat', header: t('column.repeat'), width: '140px', cell: (row) => <Repeat of={row} /> },
    { key: 'state', header: t('column.state'), width: '120px', cell: (row) => <State of={row} /> },
    { key: 'steps', header: t('column.steps'), width: '108px', end: true, cell: (row) => <Steps of={row} actions={actions(row)} /> },
  ]
}

/** The two steps that most reminders end with are one click away, the others in the menu. */
function Steps({ of, actions }: { of: Reminder; actions: Action[] }) {
  const { t } = useTranslation('reminders')
  const mayChange = useMayChange()
  const quick = actions.slice(0, 2).filter((action) => !action.impossible)
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      {mayChange &&
        quick.map((action) => (
          <Tooltip key={action.label} label={action.label}>
            <ActionIcon aria-label={`${action.label}: ${of.text}`} onClick={action.onClick}>
              {action.icon && <action.icon size={18} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        ))}
      <Actions compact label={t('actionsOf', { text: of.text })} of={actions.filter((action) => !quick.includes(action))} />
    </Group>
  )
}

function Title({ of }: { of: Reminder }) {
  return (
    <div className={classes.stacked}>
      <Text span inherit fw={600} className={classes.title} title={of.text}>
        {of.text}
      </Text>
      {of.subject_kind && of.subject_id && (
        <Text span fz="xs" fw={400}>
          <RecordName kind={of.subject_kind} id={of.subject_id} />
        </Text>
      )}
    </div>
  )
}

/** When it comes; of what came already, when that was. */
function Times({ of }: { of: Reminder }) {
  const { t } = useTranslation('reminders')
  const say = useSay()
  return (
    <div className={classes.stacked}>
      {of.next_at && <span>{say(of.next_at)}</span>}
      {of.fired_at && (
        <Text span {...(of.next_at ? { fz: 'xs' } : { inherit: true })} c="dimmed">
          {t('fired')} <When at={of.fired_at} />
        </Text>
      )}
    </div>
  )
}

function Repeat({ of }: { of: Reminder }) {
  const { t } = useTranslation('reminders')
  const words = useWords()
  return (
    <div className={classes.stacked}>
      <span>{of.relative ? t('followsDate') : words(`reminder.repeat.${of.repeat}`)}</span>
      {of.channels.some((one) => one !== 'in_app') && (
        <Text span fz="xs" c="dimmed">
          {of.channels.map((one) => words(`reminder.channel.${one}`)).join(', ')}
        </Text>
      )}
    </div>
  )
}

const tones: Record<string, 'warn' | 'active' | 'waiting' | 'neutral'> = { fired: 'warn', snoozed: 'waiting', scheduled: 'active' }

function State({ of }: { of: Reminder }) {
  const { t } = useTranslation('reminders')
  if (of.missed) return <Badge color="red">{t('missed')}</Badge>
  return <StateBadge of={`reminder.state.${of.state}`} tone={tones[of.state] ?? 'neutral'} />
}
