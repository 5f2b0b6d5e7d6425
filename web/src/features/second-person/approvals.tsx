import { Group, Stack, Tabs, Text } from '@mantine/core'
import { IconChecks, IconUserCheck, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useDetailWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { StateBadge } from '@/ui/badge'
import { Colleague } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { When } from '@/ui/time'

import { AnswerForm } from './answer-form'
import { fieldsOf } from './payload'
import classes from './second-person.module.css'

type Approval = Schema<'ApprovalItem'>
const views = ['to_decide', 'mine', 'all'] as const

/** What takes two people: what waits for my word, and what I have asked for. */
export function Approvals() {
  const { t } = useTranslation('second-person')
  const params = useParams()
  const set = useSetParams()
  const view = views.find((one) => one === params.view) ?? 'to_decide'
  return (
    <Page title={t('approvals')}>
      <PresentOnly />
      <Tabs value={view} onChange={(chosen) => set({ view: chosen === 'to_decide' ? undefined : (chosen ?? undefined) }, { push: true })} keepMounted={false}>
        <Tabs.List mb="md">
          {views.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`view.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {views.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <List view={one} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function List({ view }: { view: (typeof views)[number] }) {
  const { t } = useTranslation('second-person')
  const found = usePages('/v1/approvals', { query: { view } })
  const [open, setOpen] = useState<{ of: Approval; step: 'approve' | 'refuse' }>()
  return (
    <>
      <Shown of={found}>
        {() =>
          found.items.length === 0 ? (
            <Empty icon={IconUserCheck} title={t(`none.${view}`)} hint={t('none.hint')} />
          ) : (
            <Stack gap="sm" component="ul" className={classes.list}>
              {found.items.map((one) => (
                <Item key={one.id} of={one} decides={view === 'to_decide'} onStep={(step) => setOpen({ of: one, step })} />
              ))}
            </Stack>
          )
        }
      </Shown>
      {open && <AnswerForm id={open.of.id} step={open.step} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function Item({ of, decides, onStep }: { of: Approval; decides: boolean; onStep: (step: 'approve' | 'refuse') => void }) {
  const { t } = useTranslation('second-person')
  const words = useDetailWords()
  const { employee_id: me } = useMe()
  const withdraw = useAtOnce('/v1/approvals/{id}/withdraw')
  const name = t(`operation.${of.operation}` as 'operation.grant-role')
  const actions: Action[] = decides
    ? [
        { label: t('approve.action'), icon: IconChecks, onClick: () => onStep('approve') },
        ...(of.state === 'pending' ? [{ label: t('refuse.action'), icon: IconX, danger: true, onClick: () => onStep('refuse') }] : []),
      ]
    : of.requester_id === me && of.state === 'pending'
      ? [{ label: t('withdraw.action'), icon: IconX, onClick: () => withdraw.run({ id: of.id, body: {} }, t('withdraw.done')) }]
      : []
  return (
    <li className={classes.item} data-testid="approval">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4} className={classes.grow}>
          <Group gap="xs">
            <Text fw={600}>{of.target_name ? `${name}: ${of.target_name}` : name}</Text>
            <StateBadge of={`approval.state.${of.state}`} />
          </Group>
          <dl className={classes.fields}>
            {fieldsOf(of.payload, words).map(([field, value]) => (
              <div key={field}>
                <dt>{field}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Text size="sm">«{of.reason}»</Text>
          <Group gap="xs" fz="sm">
            <Colleague id={of.requester_id} name={of.requester_name} />
            {of.in_name_of_name && <span>{t('inNameOf', { name: of.in_name_of_name })}</span>}
            <When at={of.asked_at} />
          </Group>
          {of.decider_name && (
            <Text size="sm">
              {t('decided', { name: of.decider_name })}
              {of.answer && ` «${of.answer}»`}
            </Text>
          )}
          {of.failure && (
            <Text size="sm" c="var(--mantine-color-error)">
              {words(`refusal.${of.failure}`)}
            </Text>
          )}
        </Stack>
        {actions.length > 0 && (
          <Group gap="xs">
            <Actions of={actions} label={t('actionsOf', { name })} />
          </Group>
        )}
      </Group>
    </li>
  )
}
