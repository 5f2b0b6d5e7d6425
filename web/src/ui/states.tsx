import { Alert, Button, Center, Group, Paper, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconPlugConnectedX, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { asFailure, type Failure } from '@/api/problem'
import { useWords } from '@/i18n'

/** What a refusal says to a person: the word for its code, or the nearest general one. */
export function useFailureText() {
  const words = useWords()
  const { t } = useTranslation()
  return (failure: Failure) => {
    if (failure.problem.code === 'offline') return t('offline')
    return words(`refusal.${failure.problem.code}`, t('failed', { code: failure.problem.code }))
  }
}

/** The shape of what comes, so that nothing jumps when it has come. */
export function Loading({ shape = 'list', rows = 6 }: { shape?: 'list' | 'card' | 'text'; rows?: number }) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label={t('loading')}>
      {shape === 'card' && <Skeleton height={180} radius="md" />}
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={shape === 'text' ? 14 : 44} width={shape === 'text' ? `${90 - ((i * 17) % 40)}%` : '100%'} radius="md" />
      ))}
    </Stack>
  )
}

export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  const failure = asFailure(error)
  const text = useFailureText()(failure)
  const NoteIcon = failure.problem.status === 0 ? IconPlugConnectedX : IconAlertTriangle
  return (
    <Alert color="red" icon={<NoteIcon size={20} />} title={text} role="alert">
      <Group gap="sm">
        {failure.passing && <Text size="sm">{t('tryAgainHint')}</Text>}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('tryAgain')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

/** An empty page teaches the first step. */
export function Empty(props: { icon: Icon; title: string; hint?: ReactNode; action?: ReactNode }) {
  return (
    <Paper withBorder p="xl" radius="md">
      <Center>
        <Stack align="center" gap="xs" maw={440}>
          <ThemeIcon size={44} radius="xl" variant="light" color="gray">
            <props.icon size={24} aria-hidden />
          </ThemeIcon>
          <Text fw={600} ta="center">
            {props.title}
          </Text>
          {props.hint && (
            <Text c="dimmed" size="sm" ta="center">
              {props.hint}
            </Text>
          )}
          {props.action}
        </Stack>
      </Center>
    </Paper>
  )
}

type Asked<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }

/** Shows an answer, the shape of it while it comes, or what went wrong. */
export function Shown<T>({ of, shape = 'list', rows, children }: { of: Asked<T>; shape?: 'list' | 'card' | 'text'; rows?: number; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>
  if (of.isPending) return <Loading shape={shape} {...(rows === undefined ? {} : { rows })} />
  return <ErrorNote error={of.error} retry={() => void of.refetch()} />
}
