import { Alert, Button, Group, Loader, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { newKey } from '@/api/client'
import { send, type Receipt, type Schema } from '@/api/hooks'
import type { Failure } from '@/api/problem'
import { RecordLink } from '@/ui/links'
import { done } from '@/ui/notify'
import { useFailureText } from '@/ui/states'

import type { Kind } from './become'

type Props = { message: Schema<'MessageDetail'>; kind: Kind; record: string; outcome: string; onClose: () => void }

/** The last step: the message is closed with a reference to what it became. Tried again, it has no second effect. */
export function Finish({ message, kind, record, outcome, onClose }: Props) {
  const { t } = useTranslation('messages')
  const { t: common } = useTranslation()
  const client = useQueryClient()
  const text = useFailureText()
  const keys = useRef({ begin: newKey(), resolve: newKey() })
  const became = kind === 'none' ? { kind } : { kind, ref: { kind, id: record } }
  const close = useMutation<Receipt, Failure>({
    mutationFn: async () => {
      // Only what somebody has taken up can be closed.
      if (message.state === 'routed' && kind !== 'none') await send('/v1/messages/{id}/begin', { id: message.id, body: {}, key: keys.current.begin })
      return send('/v1/messages/{id}/resolve', { id: message.id, body: { outcome, became }, key: keys.current.resolve })
    },
    onSuccess: async () => {
      done(t(`become.done.${kind}`))
      onClose()
      await client.invalidateQueries()
    },
  })
  const { mutate } = close
  const started = useRef(false)
  useEffect(() => {
    if (started.current) return
    started.current = true
    mutate()
  }, [mutate])

  return (
    <Modal opened onClose={onClose} title={t('do.become')} closeButtonProps={{ 'aria-label': common('close') }}>
      {close.error ? (
        <Alert color="red" role="alert" title={text(close.error)}>
          <Stack gap="xs">
            {kind !== 'none' && (
              <Text size="sm">
                {t('become.halfDone')}{' '}
                <RecordLink kind={kind} id={record}>
                  {t('become.openRecord')}
                </RecordLink>
              </Text>
            )}
            <Button size="xs" loading={close.isPending} onClick={() => mutate()}>
              {common('tryAgain')}
            </Button>
          </Stack>
        </Alert>
      ) : (
        <Group gap="sm" role="status">
          <Loader size="sm" /> {t('become.closing')}
        </Group>
      )}
    </Modal>
  )
}
