import { Alert, Button, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommand, type CommandPath } from '@/api/hooks'

import { done } from './notify'
import { useFailureText } from './states'

/** Commands that can take a second person, by their path, with the operation's id in the API's document. */
const operations: { [path in CommandPath]?: string } = {
  '/v1/employees/{id}/grant-role': 'grant-role',
  '/v1/screening-rules': 'publish-screening-rules',
}

type Props = { path: CommandPath; id: string | undefined; body: unknown; onDone: () => void }

/** Says that a command takes two people, and asks the second one with the words that were typed. */
export function AskSecondPerson({ path, id, body, onDone }: Props) {
  const { t } = useTranslation('second-person')
  const text = useFailureText()
  const [reason, setReason] = useState('')
  const ask = useCommand('/v1/approvals')
  const operation = operations[path]
  if (!operation) return null
  const send = () =>
    ask.mutate(
      { body: { operation, payload: body as { [name: string]: unknown }, reason, ...(id ? { target_id: id } : {}) } },
      {
        onSuccess: () => {
          done(t('ask.asked'))
          onDone()
        },
      },
    )
  return (
    <Alert color="orange" role="alert" title={t('ask.title')}>
      <Stack gap="sm" align="flex-start">
        <Textarea w="100%" label={t('ask.reason')} withAsterisk value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={ask.error && text(ask.error)} />
        <Button onClick={send} loading={ask.isPending} disabled={!reason.trim()}>
          {t('ask.ask')}
        </Button>
      </Stack>
    </Alert>
  )
}
