import { Alert, Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { asFailure, type Failure } from '@/api/problem'
import { useFailureText } from '@/ui/states'

import { LangButton, ThemeButton } from './looks'
import { useSigning } from './session'
import classes from './shell.module.css'

export function SignIn() {
  const { t } = useTranslation()
  const { signIn } = useSigning()
  const failureText = useFailureText()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  useDocumentTitle(`${t('signIn.title')} · ${t('product')}`)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailure(undefined)
    try {
      await signIn(login.trim(), password)
    } catch (error) {
      setFailure(asFailure(error))
      setPassword('')
    } finally {
      setBusy(false)
    }
  }

  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w={380} maw="100%" gap="lg">
        <Stack gap={4}>
          <Text className={classes.wordmark} fz={30}>
            {t('product')}
          </Text>
          <Text c="dimmed">{t('signIn.promise')}</Text>
        </Stack>
        <Paper withBorder p="lg" radius="lg">
          <form onSubmit={submit}>
            <Stack gap="md">
              <Title order={1} fz="lg">
                {t('signIn.title')}
              </Title>
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
              {failure && (
                <Alert color="red" role="alert">
                  {failure.problem.status === 401 ? t('signIn.wrong') : failureText(failure)}
                </Alert>
              )}
              <Button type="submit" loading={busy} fullWidth>
                {t('signIn.submit')}
              </Button>
            </Stack>
          </form>
        </Paper>
        <Group justify="center" gap="xs">
          <LangButton />
          <ThemeButton />
        </Group>
      </Stack>
    </Center>
  )
}
