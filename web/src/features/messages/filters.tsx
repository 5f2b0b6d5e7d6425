import { Chip, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Params } from '@/api/hooks'
import { useMe } from '@/app/session'
import { ChipParam, EmployeeParam, instantsOf, MoreFilters, PeriodParam, SelectParam } from '@/ui/filters'
import { useParams, useSetParams } from '@/ui/params'
import { SearchBox } from '@/ui/search-box'

import { channels, intents, urgencies, useChoices } from './channel'

export type Filter = NonNullable<Params<'/v1/messages'>['query']>

const hidden = ['channel', 'intent', 'urgency', 'from', 'until', 'counterparty']

/** What the address asks for. Without a word about it only what is still open is shown. */
export function useFilter(): Filter {
  const params = useParams()
  const me = useMe()
  const addressee = params.addressee === 'me' ? me.employee_id : params.addressee
  const known = Object.entries({ addressee, counterparty: params.counterparty, text: params.text, became: params.became }).filter(([, value]) => value)
  const sets = (['channel', 'intent', 'urgency', 'state'] as const).filter((name) => params[name]).map((name) => [name, params[name]?.split(',')])
  return {
    ...Object.fromEntries(known),
    ...Object.fromEntries(sets),
    ...instantsOf(params.from, params.until),
    ...(params.all === '1' || params.state ? {} : { open: true }),
    ...(params.unmatched === '1' ? { unmatched: true } : {}),
    ...(params.overdue === '1' ? { overdue: true } : {}),
  }
}

export function Filters() {
  const { t } = useTranslation('messages')
  const choices = useChoices()
  const params = useParams()
  const set = useSetParams()
  return (
    <Group gap="xs">
      <SearchBox param="text" label={t('search')} />
      <Group gap={6} role="group" aria-label={t('quick')}>
        <Chip size="xs" radius="md" checked={params.all !== '1'} onChange={(open) => set({ all: open ? undefined : '1' })}>
          {t('filter.open')}
        </Chip>
        <ChipParam name="addressee" value="me" label={t('filter.mine')} />
        <ChipParam name="state" value="registered" label={t('filter.notRouted')} />
        <ChipParam name="unmatched" label={t('filter.unmatched')} />
        <ChipParam name="overdue" label={t('filter.overdue')} />
      </Group>
      <MoreFilters names={params.addressee && params.addressee !== 'me' ? [...hidden, 'addressee'] : hidden}>
        <EmployeeParam name="addressee" label={t('addressee')} />
        <SelectParam name="channel" label={t('channel')} data={choices('message.channel', channels)} />
        <SelectParam name="intent" label={t('intent')} data={choices('message.intent', intents)} />
        <SelectParam name="urgency" label={t('urgency')} data={choices('message.urgency', urgencies)} />
        <PeriodParam from={t('receivedFrom')} until={t('receivedUntil')} />
      </MoreFilters>
    </Group>
  )
}
