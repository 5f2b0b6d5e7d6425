import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useDetailWords } from '@/i18n'

import { Refused, useAttempt } from './attempt'
import { Front } from './front'
import { useSigning } from './session'

export function SignIn() {
  const { t } = useTranslation()
  const { signIn } = useSigning()
  const { attempt, busy, failure, wait } = useAttempt()
  const refused = useRefused()
  const ways = useRead('/v1/sign-in-ways')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await attempt(() => signIn(login.trim(), password)))) setPassword('')
  }

  return (
    <Front title={t('signIn.title')}>
      {refused && <RefusedElsewhere code={refused} />}
      {ways.data?.setup && <Alert>{t('signIn.notSetUp')}</Alert>}
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput label={t('signIn.login')} value={login} onChange={(e) => setLogin(e.currentTarget.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus withAsterisk={false} />
          <PasswordInput
            label={t('signIn.password')}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          />
          <Refused failure={failure} wait={wait} text={(refusal) => (refusal.problem.status === 401 ? t('signIn.wrong') : undefined)} />
          <Button type="submit" loading={busy} disabled={wait > 0} fullWidth>
            {t('signIn.submit')}
          </Button>
        </Stack>
      </form>
      {ways.data?.oidc && (
        <Button component="a" href="/v1/oidc/start" variant="default" fullWidth>
          {t('signIn.provider')}
        </Button>
      )}
    </Front>
  )
}

/** The code with which the identity provider's sign-in came back; it is taken out of the address, to be told once. */
function useRefused() {
  const navigate = useNavigate()
  const [code] = useState(() => new URLSearchParams(location.search).get('refused'))
  useEffect(() => {
    if (code) void navigate({ to: '.', search: (search) => ({ ...search, refused: undefined }), replace: true })
  }, [code, navigate])
  return code
}

function RefusedElsewhere({ code }: { code: string }) {
  const { t } = useTranslation()
  const words = useDetailWords()
  return (
    <Alert color="red" role="alert">
      {words(`refusal.${code}`, t('failed', { code }))}
    </Alert>
  )
}
