import { Button, Chip, Group, Popover, Select, Stack, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAdjustmentsHorizontal, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { EmployeeField } from './fields'
import { useParams, useSetParams } from './params'

/** A filter that is on or off. */
export function ChipParam({ name, value = '1', label }: { name: string; value?: string; label: string }) {
  const params = useParams()
  const set = useSetParams()
  return (
    <Chip size="xs" radius="md" checked={params[name] === value} onChange={(checked) => set({ [name]: checked ? value : undefined })}>
      {label}
    </Chip>
  )
}

export function SelectParam({ name, label, data }: { name: string; label: string; data: { value: string; label: string }[] }) {
  const { t } = useTranslation()
  const value = useParams()[name] ?? null
  const set = useSetParams()
  return <Select label={label} data={data} value={value} onChange={(chosen) => set({ [name]: chosen ?? undefined })} clearable placeholder={t('all')} comboboxProps={{ withinPortal: false }} />
}

export function EmployeeParam({ name, label }: { name: string; label: string }) {
  const { t } = useTranslation()
  const value = useParams()[name]
  const set = useSetParams()
  return <EmployeeField label={label} value={value && value !== 'me' ? value : null} onChange={(chosen) => set({ [name]: chosen ?? undefined })} placeholder={t('all')} comboboxProps={{ withinPortal: false }} />
}

/** A period as days in the address: `from` and `until`, both included. */
export function PeriodParam({ from, until }: { from: string; until: string }) {
  const params = useParams()
  const set = useSetParams()
  const day = (name: 'from' | 'until', label: string) => (
    <TextInput type="date" label={label} value={params[name] ?? ''} onChange={(event) => set({ [name]: event.currentTarget.value })} style={{ flex: 1 }} miw={0} />
  )
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      {day('from', from)}
      {day('until', until)}
    </Group>
  )
}

/** The days of a period as instants of the reader's zone; the last day is included, the API's end is not. */
export function instantsOf(from: string | undefined, until: string | undefined): { from?: string; until?: string } {
  const start = from && new Date(`${from}T00:00:00`)
  const end = until && new Date(`${until}T00:00:00`)
  if (end) end.setDate(end.getDate() + 1)
  return {
    ...(start && !Number.isNaN(start.getTime()) ? { from: start.toISOString() } : {}),
    ...(end && !Number.isNaN(end.getTime()) ? { until: end.toISOString() } : {}),
  }
}

/** The filters that are not always in sight, behind a button that tells how many of them are set. */
export function MoreFilters({ names, children }: { names: string[]; children: ReactNode }) {
  const { t } = useTranslation()
  const params = useParams()
  const set = useSetParams()
  const phone = useMediaQuery('(max-width: 48em)', false)
  const count = names.filter((name) => params[name]).length
  return (
    <Group gap={4} wrap="nowrap">
      <Popover width={phone ? 320 : 340} position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}>
            {count > 0 ? `${t('filters')}: ${count}` : t('filters')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('filters')}>
          <Stack gap="sm">{children}</Stack>
        </Popover.Dropdown>
      </Popover>
      {count > 0 && (
        <Button variant="subtle" leftSection={<IconX size={16} aria-hidden />} px="xs" onClick={() => set(Object.fromEntries(names.map((name) => [name, undefined])))}>
          {t('clearFilters')}
        </Button>
      )}
    </Group>
  )
}
