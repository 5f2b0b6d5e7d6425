import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { changeLang, useLang } from '@/i18n'

/** Offers the other language in its own name. */
export function LangButton() {
  const { t } = useTranslation()
  const other = useLang() === 'ru' ? 'en' : 'ru'
  return (
    <Button variant="subtle" size="compact-md" px={6} lang={other} aria-label={t('otherLanguage')} onClick={() => void changeLang(other)}>
      {other.toUpperCase()}
    </Button>
  )
}

export function ThemeButton() {
  const { t } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  const now = useComputedColorScheme('light', { getInitialValueInEffect: false })
  return (
    <ActionIcon size="lg" aria-label={t(now === 'dark' ? 'lightTheme' : 'darkTheme')} onClick={() => setColorScheme(now === 'dark' ? 'light' : 'dark')}>
      {now === 'dark' ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
    </ActionIcon>
  )
}
