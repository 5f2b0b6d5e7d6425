import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconLink, IconUserQuestion } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useCommand, useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useParams, useSetParams } from '@/ui/params'
import { done } from '@/ui/notify'

type Hit = Schema<'SearchHit'>

/** An unknown sender: whom it could be by the number, the address or the name, each linked with one click. */
export function Suggestions({ of: message }: { of: Schema<'MessageDetail'> }) {
  const { t } = useTranslation('messages')
  const set = useSetParams()
  const mayChange = useMayChange()
  const params = useParams()
  const hits = useSuggested(message)
  return (
    <Alert color="orange" icon={<IconUserQuestion size={20} aria-hidden />} title={t('match.unknown')} role="note">
      <Stack gap="xs">
        {hits.length > 0 && <Text size="sm">{t('match.like')}</Text>}
        {hits.map((hit) => (
          <Suggestion key={hit.id} of={hit} message={message.id} />
        ))}
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={!mayChange} onClick={() => set({ do: 'match' })} aria-expanded={params.do === 'match'}>
            {t('match.find')}
          </Button>
          <Button size="xs" variant="subtle" component={Link} to="/clients" search={{ new: '1' } as never} disabled={!mayChange}>
            {t('match.register')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

/** Exact numbers and addresses come first; a name alone is only a hint. */
function useSuggested(message: Schema<'MessageDetail'>): Hit[] {
  const contact = message.from_email || message.from_phone || ''
  const name = message.from_name ?? ''
  const byContact = useRead('/v1/search', { query: { q: contact, limit: 5 } }, { enabled: contact.length > 3 })
  const byName = useRead('/v1/search', { query: { q: name, limit: 5 } }, { enabled: name.length > 3 })
  const all = [...(byContact.data ?? []), ...(byName.data ?? [])].filter((hit) => hit.client_id || hit.kind === 'person')
  return all.filter((hit, i) => all.findIndex((other) => other.id === hit.id) === i).slice(0, 4)
}

function Suggestion({ of: hit, message }: { of: Hit; message: string }) {
  const { t } = useTranslation('messages')
  const mayChange = useMayChange()
  const match = useCommand('/v1/messages/{id}/match')
  const person = hit.kind === 'person'
  const body = { ...(hit.client_id ? { counterparty_id: hit.client_id } : {}), ...(person ? { person_id: hit.id } : {}) }
  const name = person && hit.client_name ? `${hit.title}, ${hit.client_name}` : hit.title
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        size="xs"
        variant="light"
        flex="none"
        leftSection={<IconLink size={14} aria-hidden />}
        loading={match.isPending}
        disabled={!mayChange}
        aria-label={t('match.linkWith', { name })}
        onClick={() => match.mutate({ id: message, body }, { onSuccess: () => done(t('match.done')) })}
      >
        {t('match.link')}
      </Button>
      <Text size="sm" component="div">
        {name}
        <Text span size="xs" c="dimmed">
          {' '}
          {t(hit.match >= 2000 ? 'match.exact' : 'match.byName')}
        </Text>
      </Text>
    </Group>
  )
}
