import { Loader, Select, TextInput, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

import { toLocal } from './local-time'

type Choice = { value: string | null; onChange: (value: string | null) => void; error?: React.ReactNode }
type Look = Omit<SelectProps, 'value' | 'onChange' | 'data' | 'error'>

/** An instant, typed in the person's own zone and kept in UTC. The browser's own control: keyboard and phones know it. */
export function InstantField(props: { label: string; value: string; onChange: (instant: string) => void; error?: React.ReactNode; required?: boolean; description?: string }) {
  return (
    <TextInput
      type="datetime-local"
      label={props.label}
      value={toLocal(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : '')}
      error={props.error}
      withAsterisk={props.required ?? false}
      {...(props.description ? { description: props.description } : {})}
    />
  )
}

/** A plain day, the same everywhere. */
export function DayField(props: { label: string; value: string; onChange: (day: string) => void; error?: React.ReactNode; required?: boolean }) {
  return (
    <TextInput type="date" label={props.label} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)} error={props.error} withAsterisk={props.required ?? false} />
  )
}

/** A colleague, found by name. */
export function EmployeeField({ value, onChange, error, ...look }: Choice & Look) {
  const { t } = useTranslation()
  const found = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  const data = (found.data?.items ?? []).map((one) => ({ value: one.id, label: one.position ? `${one.name}, ${one.position}` : one.name }))
  return (
    <Select {...look} data={data} value={value || null} onChange={onChange} error={error} searchable clearable nothingFoundMessage={t('nothingFound')} rightSection={found.isPending ? <Loader size={14} /> : undefined} />
  )
}

/** A client, found on the server by name, INN, phone or e-mail as it is typed. `name` is that of the value given at first. */
export function ClientField({ value, onChange, error, name, ...look }: Choice & Look & { name?: string }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(name ?? '')
  const [chosen, setChosen] = useState<{ value: string; label: string } | undefined>(value && name ? { value, label: name } : undefined)
  const [asked] = useDebouncedValue(typed.trim(), 200)
  const looking = asked.length >= 2 && asked !== chosen?.label
  const found = useRead('/v1/search', { query: { q: asked, limit: 20 } }, { enabled: looking, keepPrevious: true })
  const hits = (looking ? (found.data ?? []) : []).filter((hit) => hit.kind === 'client').map((hit) => ({ value: hit.id, label: hit.title }))
  const all = chosen && !hits.some((hit) => hit.value === chosen.value) ? [chosen, ...hits] : hits
  const data = all.filter((one, i) => all.findIndex((other) => other.value === one.value) === i)
  const choose = (id: string | null) => {
    setChosen(data.find((one) => one.value === id))
    onChange(id)
  }
  return (
    <Select
      {...look}
      data={data}
      value={value || null}
      onChange={choose}
      error={error}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={looking && !found.isFetching ? t('nothingFound') : t('typeToSearch')}
      rightSection={found.isFetching ? <Loader size={14} /> : undefined}
    />
  )
}

/** A contact person, of one client if it is given. */
export function PersonField({ value, onChange, error, client, ...look }: Choice & Look & { client?: string | undefined }) {
  const { t } = useTranslation()
  const found = useRead('/v1/contact-persons', { query: { limit: 200, ...(client ? { client } : {}) } }, { enabled: client !== undefined && client !== '' })
  const data = (found.data?.items ?? []).map((one) => ({ value: one.id, label: one.full_name }))
  return <Select {...look} data={data} value={value || null} onChange={onChange} error={error} searchable clearable nothingFoundMessage={t('nothingFound')} />
}

