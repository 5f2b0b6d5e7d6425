import { ActionIcon, Autocomplete, Button, Checkbox, Drawer, Group, MultiSelect, Pill, Popover, Select, Stack, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconBookmarkPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { EmployeeField } from '@/ui/fields'
import { useSetParams } from '@/ui/params'
import { SearchBox } from '@/ui/search-box'

import classes from './clients.module.css'
import { conditions, sameFilter, wholeFilter, type Filter, type FilterName } from './filter'
import { useSavedFilters } from './saved-filters'

/** The text, the order, all conditions in a drawer that a phone has too, the saved filters, and what is set now. */
export function FilterBar({ filter }: { filter: Filter }) {
  const { t } = useTranslation('clients')
  const set = useSetParams()
  const [open, setOpen] = useState(false)
  const count = conditions(filter).length
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <SearchBox label={t('filter.text')} placeholder={t('filter.textHint')} />
        <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />} onClick={() => setOpen(true)} aria-expanded={open}>
          {count > 0 ? t('filter.openWith', { count }) : t('filter.open')}
        </Button>
        <Select
          aria-label={t('filter.sort')}
          data={[
            { value: 'name', label: t('filter.byName') },
            { value: 'newest', label: t('filter.newest') },
          ]}
          value={filter.sort ?? 'name'}
          onChange={(sort) => set({ sort: sort === 'newest' ? sort : undefined })}
          allowDeselect={false}
          disabled={filter.q !== undefined}
          w={180}
        />
      </Group>
      <Saved filter={filter} />
      {count > 0 && <Conditions filter={filter} />}
      <Drawer opened={open} onClose={() => setOpen(false)} title={t('filter.title')} size="sm" closeButtonProps={{ 'aria-label': t('filter.close') }}>
        <Fields filter={filter} />
        <Group justify="space-between" mt="lg">
          <Button variant="subtle" onClick={() => set(wholeFilter({}))} disabled={count === 0 && !filter.q}>
            {t('filter.clear')}
          </Button>
          <Button onClick={() => setOpen(false)}>{t('filter.show')}</Button>
        </Group>
      </Drawer>
    </Stack>
  )
}

const roles = ['customer', 'partner', 'supplier', 'competitor', 'authority', 'other']
const kinds = ['organisation', 'sole_trader', 'natural_person']
const states = ['prospect', 'active', 'dormant', 'closed', 'merged']

function Fields({ filter }: { filter: Filter }) {
  const { t } = useTranslation('clients')
  const set = useSetParams()
  const words = useWords()
  const me = useMe()
  const known = useKnownPlaces()
  const choices = (values: string[], prefix: string) => values.map((value) => ({ value, label: words(`${prefix}.${value}`) }))
  return (
    <Stack gap="sm">
      <Select label={t('filter.role')} data={choices(roles, 'counterparty.role')} value={filter.role ?? null} onChange={(role) => set({ role: role ?? undefined })} clearable data-autofocus />
      <Select label={t('filter.kind')} data={choices(kinds, 'counterparty.kind')} value={filter.kind ?? null} onChange={(kind) => set({ kind: kind ?? undefined })} clearable />
      <MultiSelect
        label={t('filter.state')}
        description={t('filter.stateHint')}
        data={choices(states, 'counterparty.state')}
        value={filter.state?.split(',') ?? []}
        onChange={(chosen) => set({ state: chosen.join(',') || undefined })}
        clearable
      />
      <EmployeeField label={t('filter.responsible')} value={filter.responsible ?? null} onChange={(id) => set({ responsible: id ?? undefined })} />
      {filter.responsible !== me.employee_id && (
        <Button variant="light" size="compact-sm" onClick={() => set({ responsible: me.employee_id })} style={{ alignSelf: 'flex-start' }}>
          {t('filter.mine')}
        </Button>
      )}
      <PlaceField label={t('filter.region')} name="region" filter={filter} known={known.regions} />
      <PlaceField label={t('filter.segment')} name="segment" filter={filter} known={known.segments} />
      {(['key', 'duplicates', 'doubtful'] as const).map((name) => (
        <Checkbox key={name} label={t(`filter.${name}`)} checked={filter[name] !== undefined} onChange={(event) => set({ [name]: event.currentTarget.checked ? '1' : undefined })} />
      ))}
    </Stack>
  )
}

// Regions and segments are words of the company's own: those in use are suggested, any other may be typed.
function useKnownPlaces() {
  const some = useRead('/v1/counterparties', { query: { limit: 500 } }, { staleTime: 600_000 })
  const items = some.data?.items ?? []
  return { regions: distinct(items.map((one) => one.region)), segments: distinct(items.map((one) => one.segment)) }
}

const distinct = (values: (string | undefined)[]) => [...new Set(values.filter((value) => value !== undefined))].toSorted((a, b) => a.localeCompare(b))

function PlaceField({ label, name, filter, known }: { label: string; name: 'region' | 'segment'; filter: Filter; known: string[] }) {
  const set = useSetParams()
  const [typed, setTyped] = useState(filter[name] ?? '')
  const [before, setBefore] = useState(filter[name])
  if (before !== filter[name]) {
    setBefore(filter[name])
    setTyped(filter[name] ?? '')
  }
  const take = (value: string) => set({ [name]: value.trim() || undefined })
  return (
    <Autocomplete
      label={label}
      data={known}
      value={typed}
      onChange={setTyped}
      onOptionSubmit={take}
      onBlur={() => take(typed)}
      onKeyDown={(event) => event.key === 'Enter' && take(typed)}
      onClear={() => take('')}
      clearable
    />
  )
}

/** What is set now, each condition with a way to take it off. */
function Conditions({ filter }: { filter: Filter }) {
  const { t } = useTranslation('clients')
  const set = useSetParams()
  const say = useSayCondition()
  return (
    <Group gap={6} role="group" aria-label={t('filter.now')}>
      {conditions(filter).map((name) => (
        <Pill key={name} size="md" withRemoveButton onRemove={() => set({ [name]: undefined })} removeButtonProps={{ 'aria-label': t('filter.takeOff', { what: say(name, filter[name] ?? '') }), tabIndex: 0, 'aria-hidden': false }}>
          {say(name, filter[name] ?? '')}
        </Pill>
      ))}
      <Button variant="subtle" size="compact-sm" onClick={() => set(wholeFilter(filter.q ? { q: filter.q } : {}))}>
        {t('filter.clear')}
      </Button>
    </Group>
  )
}

function useSayCondition() {
  const { t } = useTranslation('clients')
  const words = useWords()
  const colleagues = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  return (name: FilterName, value: string) => {
    switch (name) {
      case 'role':
      case 'kind':
        return `${t(`filter.${name}`)}: ${words(`counterparty.${name}.${value}`)}`
      case 'state':
        return `${t('filter.state')}: ${value.split(',').map((one) => words(`counterparty.state.${one}`)).join(', ')}`
      case 'responsible':
        return `${t('filter.responsible')}: ${colleagues.data?.items.find((one) => one.id === value)?.name ?? '…'}`
      case 'region':
      case 'segment':
        return `${t(`filter.${name}`)}: ${value}`
      case 'key':
      case 'duplicates':
      case 'doubtful':
        return t(`filter.${name}`)
      default:
        return value
    }
  }
}

/** Ready-made filters and one's own, one press away. */
function Saved({ filter }: { filter: Filter }) {
  const { t } = useTranslation('clients')
  const set = useSetParams()
  const me = useMe()
  const { saved, save, remove } = useSavedFilters()
  const ready = [
    { name: t('saved.all'), filter: {} },
    { name: t('saved.mine'), filter: { responsible: me.employee_id } },
    { name: t('saved.key'), filter: { key: '1' } },
    { name: t('saved.duplicates'), filter: { duplicates: '1' } },
    { name: t('saved.newest'), filter: { sort: 'newest' } },
  ]
  const known = [...ready, ...saved].some((one) => sameFilter(one.filter, filter))
  return (
    <Group gap={6} role="group" aria-label={t('saved.title')} className={classes.choices}>
      {ready.map((one) => (
        <Choice key={one.name} name={one.name} chosen={sameFilter(one.filter, filter)} onClick={() => set(wholeFilter(one.filter))} />
      ))}
      {saved.map((one) => (
        <Button.Group key={`own/${one.name}`}>
          <Choice name={one.name} chosen={sameFilter(one.filter, filter)} onClick={() => set(wholeFilter(one.filter))} />
          <ActionIcon variant="default" size={26} aria-label={t('saved.remove', { name: one.name })} onClick={() => remove(one.name)}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Button.Group>
      ))}
      {!known && <SaveFilter onSave={(name) => save(name, filter)} />}
    </Group>
  )
}

function Choice({ name, chosen, onClick }: { name: string; chosen: boolean; onClick: () => void }) {
  return (
    <Button size="compact-sm" variant={chosen ? 'filled' : 'default'} aria-pressed={chosen} onClick={onClick}>
      {name}
    </Button>
  )
}

function SaveFilter({ onSave }: { onSave: (name: string) => void }) {
  const { t } = useTranslation('clients')
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const save = () => {
    if (!name.trim()) return
    onSave(name.trim())
    setOpen(false)
    setName('')
  }
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withinPortal shadow="md" position="bottom-start">
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" leftSection={<IconBookmarkPlus size={16} aria-hidden />} onClick={() => setOpen(!open)}>
          {t('saved.save')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save()
          }}
        >
          <Stack gap="xs">
            <TextInput label={t('saved.name')} description={t('saved.nameHint')} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={60} data-autofocus />
            <Button type="submit" size="xs" disabled={!name.trim()}>
              {t('saved.keep')}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
