import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { useRead, type Schema } from '@/api/hooks'
import { useSigning } from '@/app/session'
import { done } from '@/ui/notify'
import { ErrorNote, Shown } from '@/ui/states'
import { When } from '@/ui/time'

/** Where the person is signed in, to end what they do not know. */
export function Sessions() {
  const { t } = useTranslation('admin')
  const { signedOut } = useSigning()
  const sessions = useRead('/v1/sessions', {}, { staleTime: 0 })
  const everywhere = useMutation({ mutationFn: async () => orFail(await http.DELETE('/v1/sessions')), onSuccess: signedOut })
  return (
    <>
      <Shown of={sessions} rows={2}>
        {(list) => (list ?? []).map((one) => <Row key={one.id} of={one} />)}
      </Shown>
      {everywhere.error && <ErrorNote error={everywhere.error} />}
      <Group>
        <Button variant="default" loading={everywhere.isPending} onClick={() => everywhere.mutate()}>
          {t('settings.everywhere')}
        </Button>
      </Group>
    </>
  )
}

function Row({ of: session }: { of: Schema<'SessionInfo'> }) {
  const { t } = useTranslation('admin')
  const client = useQueryClient()
  const device = session.device || t('settings.unknownDevice')
  const ending = useMutation({
    mutationFn: async () => orFail(await http.DELETE('/v1/sessions/{id}', { params: { path: { id: session.id } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['/v1/sessions'] })
      done(t('settings.ended'))
    },
  })
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Stack gap={0}>
          <Text size="sm" fw={500}>
            {device}
          </Text>
          <Text size="sm" c="dimmed">
            {t('settings.seen')}: <When at={session.last_seen_at} />
          </Text>
        </Stack>
        {session.current ? (
          <Badge variant="light" flex="none">
            {t('settings.here')}
          </Badge>
        ) : (
          <Button size="xs" variant="default" flex="none" loading={ending.isPending} aria-label={t('settings.endOf', { device })} onClick={() => ending.mutate()}>
            {t('settings.end')}
          </Button>
        )}
      </Group>
      {ending.error && <ErrorNote error={ending.error} />}
    </Stack>
  )
}
