import { Alert, Anchor, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import type { Schema } from '@/api/hooks'
import { useDetailWords } from '@/i18n'
import { done } from '@/ui/notify'

import { Refused, useAttempt } from './attempt'

type CodeProps = { label: string; hint?: string; submit: string; send: (code: string) => Promise<unknown> }

/** Asks for a code of the authenticator app. */
export function CodeForm({ label, hint, submit, send }: CodeProps) {
  const { attempt, busy, failure, wait } = useAttempt()
  const [code, setCode] = useState('')
  useDetailWords()
  const give = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await attempt(() => send(code.trim())))) setCode('')
  }
  return (
    <form onSubmit={give}>
      <Stack gap="md">
        <TextInput label={label} description={hint} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} required autoFocus withAsterisk={false} />
        <Refused failure={failure} wait={wait} />
        <Button type="submit" loading={busy} disabled={wait > 0}>
          {submit}
        </Button>
      </Stack>
    </form>
  )
}

type Enrolment = Schema<'Enrolment'>

/** Sets a second factor up: the secret, a first code. `onCodes` gets the recovery codes, which are shown once. */
export function Enrol({ onCodes }: { onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation()
  const { attempt, busy, failure, wait } = useAttempt()
  const [enrolment, setEnrolment] = useState<Enrolment>()
  useDetailWords()
  const begin = () => attempt(async () => setEnrolment(orFail<Enrolment>(await http.POST('/v1/second-factor/begin'))))
  const confirm = async (code: string) => {
    const answer = orFail(await http.POST('/v1/second-factor/confirm', { body: { code } }))
    onCodes(answer.recovery_codes ?? [])
  }
  if (!enrolment) {
    return (
      <Stack gap="md">
        <Refused failure={failure} wait={wait} />
        <Button loading={busy} disabled={wait > 0} onClick={() => void begin()}>
          {t('signIn.enrol')}
        </Button>
      </Stack>
    )
  }
  return (
    <Stack gap="md">
      <Text size="sm">{t('signIn.secretHint')}</Text>
      <Copied label={t('signIn.secret')} text={enrolment.secret} />
      <Copied label={t('signIn.uri')} text={enrolment.uri}>
        {/* On the phone that has the app, following it is enough. */}
        <Anchor href={enrolment.uri} inherit underline="always">
          {enrolment.uri}
        </Anchor>
      </Copied>
      <CodeForm label={t('signIn.firstCode')} submit={t('signIn.confirm')} send={confirm} />
    </Stack>
  )
}

/** The recovery codes, shown this once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="teal" role="status">
        {t('signIn.recoveryHint')}
      </Alert>
      <Copied label={t('signIn.recovery')} text={codes.join('\n')} />
      <Button onClick={onDone}>{t('signIn.recoverySaved')}</Button>
    </Stack>
  )
}

function Copied({ label, text, children = text }: { label: string; text: string; children?: ReactNode }) {
  const { t } = useTranslation()
  const id = useId()
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    done(t('signIn.copied'))
  }
  return (
    <Stack gap={4} role="group" aria-labelledby={id}>
      <Group justify="space-between" wrap="nowrap">
        <Text id={id} size="sm" fw={500}>
          {label}
        </Text>
        {'clipboard' in navigator && (
          <Button size="compact-xs" variant="default" flex="none" leftSection={<IconCopy size={14} aria-hidden />} aria-label={`${t('signIn.copy')}: ${label}`} onClick={() => void copy()}>
            {t('signIn.copy')}
          </Button>
        )}
      </Group>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {children}
      </Code>
    </Stack>
  )
}
