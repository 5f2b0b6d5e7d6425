import { MultiSelect, type MultiSelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

type Props = Omit<MultiSelectProps, 'value' | 'onChange' | 'data'> & { value: string[]; onChange: (ids: string[]) => void; without?: string[] }

/** Several colleagues, found by name. */
export function ColleaguesField({ value, onChange, without, ...look }: Props) {
  const { t } = useTranslation()
  const found = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  const data = (found.data?.items ?? [])
    .filter((one) => !without?.includes(one.id))
    .map((one) => ({ value: one.id, label: one.position ? `${one.name}, ${one.position}` : one.name }))
  return <MultiSelect {...look} data={data} value={value} onChange={onChange} searchable hidePickedOptions nothingFoundMessage={t('nothingFound')} />
}
