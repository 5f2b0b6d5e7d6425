import { Select, type SelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

import { departmentChoices } from './rules'
import { useZones } from './zones'

type Props = Omit<SelectProps, 'data'>

export function DepartmentField(props: Props) {
  const { t } = useTranslation()
  const found = useRead('/v1/departments', {}, { staleTime: 300_000 })
  const data = departmentChoices((found.data ?? []).filter((one) => one.active || one.id === props.value))
  return <Select searchable clearable nothingFoundMessage={t('nothingFound')} {...props} data={data} />
}

export function ZoneField(props: Props) {
  const { t } = useTranslation()
  const zones = useZones()
  return <Select searchable limit={80} nothingFoundMessage={t('nothingFound')} {...props} data={zones.choices(props.value ?? undefined)} />
}

/** The working calendar; without one the built-in calendar holds. */
export function CalendarField(props: Props) {
  const { t } = useTranslation('employees')
  const found = useRead('/v1/working-calendars', {}, { staleTime: 300_000 })
  const data = (found.data ?? []).filter((one) => one.active || one.id === props.value).map((one) => ({ value: one.id, label: one.name }))
  return <Select clearable placeholder={t('builtInCalendar')} {...props} data={data} />
}
