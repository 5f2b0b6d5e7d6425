import { Button, Group, Stack, Tabs, Text } from '@mantine/core'
import { IconGavel, IconPlayerStop, IconUrgent } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useMay, useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { StateBadge } from '@/ui/badge'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { OpenForm, ReviewForm } from './emergency-forms'
import classes from './second-person.module.css'

type Emergency = Schema<'EmergencyItem'>
const views = ['all', 'open', 'unreviewed'] as const

/** Who has read beyond their rights, why, and what was found of it. */
export function EmergencyAccesses() {
  const { t } = useTranslation('second-person')
  const may = useMay()
  const params = useParams()
  const set = useSetParams()
  const view = views.find((one) => one === params.view) ?? 'all'
  const action = may('open-emergency-access') && (
    <Button color="red.9" leftSection={<IconUrgent size={18} aria-hidden />} onClick={() => set({ new: '1' })}>
      {t('emergency.open')}
    </Button>
  )
  return (
    <Page title={t('emergency.title')} actions={action}>
      <PresentOnly />
      <Tabs value={view} onChange={(chosen) => set({ view: chosen === 'all' ? undefined : (chosen ?? undefined) }, { push: true })} keepMounted={false}>
        <Tabs.List mb="md">
          {views.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`emergency.view.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {views.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <List view={one} />
          </Tabs.Panel>
        ))}
      </Tabs>
      {params.new === '1' && <OpenForm client={params.client} onClose={() => set({ new: undefined, client: undefined })} />}
    </Page>
  )
}

function List({ view }: { view: (typeof views)[number] }) {
  const { t } = useTranslation('second-person')
  const found = usePages('/v1/emergency-accesses', { query: { view } })
  const [reviewed, setReviewed] = useState<string>()
  return (
    <>
      <Shown of={found}>
        {() =>
          found.items.length === 0 ? (
            <Empty icon={IconUrgent} title={t('emergency.none')} hint={t('emergency.hint')} />
          ) : (
            <Stack gap="sm" component="ul" className={classes.list}>
              {found.items.map((one) => (
                <Item key={one.id} of={one} onReview={() => setReviewed(one.id)} />
              ))}
            </Stack>
          )
        }
      </Shown>
      {reviewed && <ReviewForm id={reviewed} onClose={() => setReviewed(undefined)} />}
    </>
  )
}

function Item({ of, onReview }: { of: Emergency; onReview: () => void }) {
  const { t } = useTranslation('second-person')
  const words = useWords()
  const said = useSay()
  const actions = useActions(of, onReview)
  return (
    <li className={classes.item} data-testid="emergency">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4} className={classes.grow}>
          <Group gap="xs">
            <Colleague id={of.employee_id} name={of.employee_name} />
            <StateBadge of={`emergency_access.state.${of.state}`} />
            {of.verdict && <StateBadge of={of.verdict} />}
          </Group>
          <Text size="sm">
            {of.counterparty_id ? (
              <RecordLink kind="counterparty" id={of.counterparty_id}>
                {of.counterparty_name || words('kind.counterparty')}
              </RecordLink>
            ) : (
              t('emergency.everything')
            )}
            {' · '}
            {t('emergency.times', { from: said(of.opened_at), to: said(of.ended_at ?? of.until) })}
          </Text>
          <Text size="sm">«{of.reason}»</Text>
          {of.remark && (
            <Text size="sm">
              {of.reviewer_name}: «{of.remark}»
            </Text>
          )}
        </Stack>
        {actions.length > 0 && <Actions of={actions} label={t('actionsOf', { name: of.employee_name })} />}
      </Group>
    </li>
  )
}

function useActions(of: Emergency, onReview: () => void): Action[] {
  const { t } = useTranslation('second-person')
  const may = useMay()
  const { employee_id: me } = useMe()
  const end = useAtOnce('/v1/emergency-accesses/{id}/end')
  const stop = useAtOnce('/v1/emergency-accesses/{id}/stop')
  const over = of.state === 'ended' || of.state === 'expired'
  if (of.state === 'open' && of.employee_id === me) return [{ label: t('emergency.end'), icon: IconPlayerStop, onClick: () => end.run({ id: of.id, body: {} }, t('emergency.ended')) }]
  if (of.state === 'open' && may('stop-emergency-access')) {
    return [{ label: t('emergency.stop'), icon: IconPlayerStop, danger: true, onClick: () => stop.run({ id: of.id, body: {} }, t('emergency.ended')) }]
  }
  if (over && of.employee_id !== me && may('review-emergency-access')) return [{ label: t('review.action'), icon: IconGavel, onClick: onReview }]
  return []
}
