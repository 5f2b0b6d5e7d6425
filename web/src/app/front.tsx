import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { LangButton, ThemeButton } from './looks'
import classes from './shell.module.css'

/** The page of whoever is not signed in, or not wholly. */
export function Front({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  useDocumentTitle(`${title} · ${t('product')}`)
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
          <Stack gap="md">
            <Title order={1} fz="lg">
              {title}
            </Title>
            {children}
          </Stack>
        </Paper>
        <Group justify="center" gap="xs">
          <LangButton />
          <ThemeButton />
        </Group>
      </Stack>
    </Center>
  )
}
