import { ActionIcon, Button, Group, Input, MultiSelect, Stack, Text, TextInput } from '@mantine/core'
import { IconTrash, IconUserPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { ColleaguesField } from '@/ui/colleagues-field'
import { Colleague, RecordLink } from '@/ui/links'
import { listError } from '@/ui/list-error'

import type { Hit, Negotiator } from './model'
import classes from './negotiations.module.css'

/** Colleagues' names by their ids. */
export function useNames(): (id: string | undefined) => string | undefined {
  const found = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  return (id) => found.data?.items.find((one) => one.id === id)?.name
}

type ListChoice<V> = { label: string; value: V; onChange: (value: V) => void; errors: Record<string, ReactNode> }

export function OursField({ label, value, onChange, errors }: ListChoice<string[]>) {
  return <ColleaguesField label={label} value={value} onChange={onChange} withAsterisk error={listError(errors, 'our_participant_ids')} />
}

const at = (person: string) => `person/${person}`

/** Those of the client's card are chosen; whoever is not on it is named. */
export function TheirsField({ label, client, value, onChange, errors, required }: ListChoice<Negotiator[]> & { client: string | null; required?: boolean }) {
  const { t } = useTranslation('negotiations')
  const found = useRead('/v1/contact-persons', { query: { limit: 200, client: client ?? '' } }, { enabled: Boolean(client) })
  const known = value.filter((one) => one.person_id)
  const others = value.filter((one) => !one.person_id)
  const people = [...(found.data?.items ?? []).map((one) => ({ id: one.id, name: one.full_name })), ...known.map((one) => ({ id: one.person_id as string, name: one.name }))]
  const data = people.filter((one, i) => people.findIndex((other) => other.id === one.id) === i).map((one) => ({ value: at(one.id), label: one.name }))
  const choose = (keys: string[]) => {
    const chosen = keys.map((key) => known.find((one) => at(one.person_id as string) === key) ?? { person_id: key.slice(7), name: data.find((one) => one.value === key)?.label ?? '' })
    onChange([...chosen, ...others])
  }
  const change = (i: number, part: Partial<Negotiator>) => onChange([...known, ...others.map((one, j) => (i === j ? { ...one, ...part } : one))])
  return (
    <Stack gap="xs">
      <MultiSelect
        label={label}
        description={client ? t('form.theirsHint') : t('form.theirsClientFirst')}
        data={data}
        value={known.map((one) => at(one.person_id as string))}
        onChange={choose}
        disabled={!client}
        searchable
        withAsterisk={required ?? false}
        nothingFoundMessage={t('form.noPeople')}
      />
      {others.map((one, i) => (
        <Group key={i} gap="xs" align="flex-start" wrap="nowrap">
          <TextInput className={classes.grow} label={t('form.theirName')} value={one.name} onChange={(event) => change(i, { name: event.currentTarget.value })} error={errors[`their_participants.${known.length + i}.name`]} />
          <TextInput className={classes.grow} label={t('form.theirPosition')} value={one.position ?? ''} onChange={(event) => change(i, { position: event.currentTarget.value })} />
          <ActionIcon mt={26} aria-label={t('form.removePerson', { name: one.name })} onClick={() => onChange(value.filter((other) => other !== one))}>
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {errors['their_participants'] && <Input.Error>{errors['their_participants']}</Input.Error>}
      <div>
        <Button variant="subtle" size="compact-sm" leftSection={<IconUserPlus size={16} aria-hidden />} disabled={!client} onClick={() => onChange([...value, { name: '' }])}>
          {t('form.addPerson')}
        </Button>
      </div>
    </Stack>
  )
}

export function Ours({ ids }: { ids: string[] }) {
  const nameOf = useNames()
  return (
    <Stack gap={4}>
      {ids.map((id) => (
        <Colleague key={id} id={id} name={nameOf(id)} />
      ))}
    </Stack>
  )
}

/** Their side. Whom the screening did not find on the client's card is marked. */
export function Theirs({ of, hits = [] }: { of: Negotiator[]; hits?: Hit[] }) {
  const { t } = useTranslation('negotiations')
  return (
    <Stack gap={4}>
      {of.map((who) => {
        const unknown = hits.some((hit) => hit.rule === 'R7' && hit.detail === who.name)
        return (
          <div key={who.person_id ?? who.name}>
            {who.person_id ? (
              <RecordLink kind="person" id={who.person_id}>
                {who.name}
              </RecordLink>
            ) : (
              <span>{who.name}</span>
            )}
            <Text size="xs" c="dimmed">
              {[who.position, unknown ? t('notOnCard') : ''].filter(Boolean).join(' · ')}
            </Text>
          </div>
        )
      })}
    </Stack>
  )
}
