import { Button, Chip, Collapse, Group, Select, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAdjustmentsHorizontal, IconX } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { DayField } from '@/ui/fields'
import { useParams, useSetParams } from '@/ui/params'
import { SearchBox } from '@/ui/search-box'

import classes from './client.module.css'
import { kinds } from './kinds'

const names = ['kind', 'q', 'person', 'from', 'until'] as const

export function useNoFilters() {
  const set = useSetParams()
  return () => set(Object.fromEntries(names.map((name) => [name, undefined])))
}

/** Days in the address become instants for the API: from the first minute of the one to the last of the other. */
export function wholeDays(from: string | undefined, until: string | undefined) {
  return {
    ...(from ? { from: new Date(`${from}T00:00:00`).toISOString() } : {}),
    ...(until ? { until: dayAfter(until).toISOString() } : {}),
  }
}

function dayAfter(day: string): Date {
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + 1)
  return at
}

/** What part of the history is shown; all of it lives in the address. */
export function HistoryFilters({ people, children }: { people: { id: string; full_name: string }[] | undefined; children?: ReactNode }) {
  const { t } = useTranslation('client')
  const { t: common } = useTranslation()
  const asked = useParams()
  const set = useSetParams()
  const clear = useNoFilters()
  const phone = useMediaQuery('(max-width: 48em)')
  const [open, setOpen] = useState(Boolean(asked.person || asked.from || asked.until))
  const any = names.some((name) => asked[name])
  return (
    <Stack gap="xs" className="no-print">
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <SearchBox label={t('history.search')} />
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />} aria-expanded={open} onClick={() => setOpen(!open)} aria-label={t('history.more')}>
          {phone ? null : t('history.more')}
        </Button>
        {any && (
          <Button variant="subtle" leftSection={<IconX size={16} aria-hidden />} onClick={clear} aria-label={common('clearFilters')}>
            {phone ? null : common('clearFilters')}
          </Button>
        )}
        {children}
      </Group>
      <Collapse expanded={open}>
        <Group gap="sm" align="flex-end">
          {people && <PersonFilter people={people} />}
          <DayField label={t('history.from')} value={asked.from ?? ''} onChange={(from) => set({ from })} />
          <DayField label={t('history.until')} value={asked.until ?? ''} onChange={(until) => set({ until })} />
        </Group>
      </Collapse>
      <Chip.Group multiple value={asked.kind?.split(',') ?? []} onChange={(chosen) => set({ kind: chosen.join(',') })}>
        <div className={classes.chips} role="group" aria-label={t('history.kinds')}>
          {kinds.map(({ kind }) => (
            <Chip key={kind} value={kind} size="xs" variant="light">
              {t(`kinds.${kind}`)}
            </Chip>
          ))}
        </div>
      </Chip.Group>
    </Stack>
  )
}

const option = (one: { id: string; name: string }) => ({ value: one.id, label: one.name })

function PersonFilter({ people }: { people: { id: string; full_name: string }[] }) {
  const { t } = useTranslation('client')
  const { person } = useParams()
  const set = useSetParams()
  const employees = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  const data = [
    { group: t('history.theirs'), items: people.map((one) => option({ id: one.id, name: one.full_name })) },
    { group: t('history.ours'), items: (employees.data?.items ?? []).map(option) },
  ].filter((group) => group.items.length > 0)
  return <Select label={t('history.person')} data={data} value={person ?? null} onChange={(chosen) => set({ person: chosen ?? undefined })} searchable clearable w={280} maw="100%" />
}
