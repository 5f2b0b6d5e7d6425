import '@mantine/spotlight/styles.layer.css'

import { Group, Loader, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, createSpotlight } from '@mantine/spotlight'
import { IconBuilding, IconHistory, IconPlus, IconSearch, IconUser, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { addressOf } from '@/ui/links'

import { useGoTo, useMayChange } from './asof'
import { otherLayout } from './layout'
import { nav } from './nav'
import { useMay } from './session'

type Entry = { id: string; group: string; label: string; hint?: string; icon: Icon; run: () => void }

const [store, actions] = createSpotlight()

/** Screens, commands, clients and people by a few letters, in either keyboard layout. Clients and people are found by the server. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const [asked] = useDebouncedValue(query.trim(), 150)
  const found = useHits(asked)
  const commands = useCommands()
  useEffect(() => actions.open(), [])

  const wanted = [query, otherLayout(query)].map((text) => text.trim().toLowerCase())
  const fitting = commands.filter((entry) => wanted.some((text) => entry.label.toLowerCase().includes(text)))
  const entries = [...found.entries, ...fitting]
  const groups = [...new Set(entries.map((entry) => entry.group))]

  return (
    <Spotlight.Root store={store} query={query} onQueryChange={setQuery} shortcut={null} onSpotlightClose={onClose} clearQueryOnClose={false} maxHeight="60vh" scrollable transitionProps={{ duration: 100 }} aria-label={t('search')}>
      <Spotlight.Search placeholder={t('search')} aria-label={t('search')} leftSection={found.busy ? <Loader size={18} /> : <IconSearch size={20} aria-hidden />} />
      <Spotlight.ActionsList>
        {entries.length === 0 && <Spotlight.Empty>{t(asked.length < 2 ? 'typeToSearch' : 'nothingFound')}</Spotlight.Empty>}
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {entries
              .filter((entry) => entry.group === group)
              .map((entry) => (
                <Spotlight.Action key={entry.id} onClick={entry.run}>
                  <Group gap="sm" wrap="nowrap">
                    <entry.icon size={18} aria-hidden />
                    <div>
                      <Text size="sm">{entry.label}</Text>
                      {entry.hint && (
                        <Text size="xs" opacity={0.85}>
                          {entry.hint}
                        </Text>
                      )}
                    </div>
                  </Group>
                </Spotlight.Action>
              ))}
          </Spotlight.ActionsGroup>
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function useHits(asked: string): { entries: Entry[]; busy: boolean } {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const enabled = useMay()('search') && asked.length >= 2
  const typed = useRead('/v1/search', { query: { q: asked, limit: 12 } }, { enabled, keepPrevious: true })
  // Somebody who typed "ctdth" meant «север».
  const none = enabled && typed.data?.length === 0
  const meant = useRead('/v1/search', { query: { q: otherLayout(asked), limit: 12 } }, { enabled: none && otherLayout(asked) !== asked })
  const hits = enabled ? (none ? meant.data : typed.data) ?? [] : []
  const entries = hits.map((hit) => ({
    id: `${hit.kind}/${hit.id}`,
    group: t(hit.kind === 'person' ? 'palette.people' : 'palette.clients'),
    label: hit.title,
    ...(hit.kind === 'person' && hit.client_name ? { hint: hit.client_name } : {}),
    icon: hit.kind === 'person' ? IconUser : IconBuilding,
    run: () => void navigate({ to: addressOf(hit.kind, hit.id) }),
  }))
  return { entries, busy: typed.isFetching }
}

function useCommands(): Entry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useMay()
  const mayChange = useMayChange()
  const goTo = useGoTo()
  const screens = nav
    .flatMap((group) => group.items)
    .filter((item) => !item.operation || may(item.operation))
    .map((item) => ({ id: item.to, group: t('palette.screens'), label: t(`nav.${item.text}`), icon: item.icon, run: () => void navigate({ to: item.to }) }))
  const forms = (Object.keys(places) as (keyof typeof places)[]).filter((form) => may(places[form].operation)).map((form) => ({
    id: `new/${form}`,
    group: t('palette.commands'),
    label: t(`palette.new.${form}`),
    icon: IconPlus,
    run: () => void navigate({ to: places[form].to, search: { new: '1' } } as never),
  }))
  const yesterday = {
    id: 'yesterday',
    group: t('palette.commands'),
    label: t('palette.yesterday'),
    icon: IconHistory,
    run: () => void goTo(new Date(Date.now() - 86_400_000).toISOString()),
  }
  return [...(mayChange ? forms : []), ...screens, yesterday]
}

const places = {
  client: { to: '/clients', operation: 'register-counterparty' },
  assignment: { to: '/assignments', operation: 'issue-assignment' },
  thread: { to: '/threads', operation: 'open-thread' },
  negotiation: { to: '/negotiations', operation: 'plan-negotiation' },
  message: { to: '/messages', operation: 'register-message' },
  workItem: { to: '/schedule', operation: 'plan-work-item' },
  reminder: { to: '/reminders', operation: 'schedule-reminder' },
} as const
