import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { changeLang, useLang, type Lang } from '@/i18n'

import { setDensity, useDensity, type Density } from './preferences'

/** Language, theme and density: chosen at once, kept on this machine. */
export function LookControls() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const density = useDensity()
  const lang = useLang()
  return (
    <>
      <SegmentedControl fullWidth aria-label={t('look.language')} value={lang} onChange={(value) => void changeLang(value as Lang)} data={[{ value: 'ru', label: 'Русский' }, { value: 'en', label: 'English' }]} />
      <SegmentedControl
        fullWidth
        aria-label={t('look.theme')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
        data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`look.${value}`) }))}
      />
      <SegmentedControl
        fullWidth
        aria-label={t('look.density')}
        value={density}
        onChange={(value) => setDensity(value as Density)}
        data={(['comfortable', 'compact'] as const).map((value) => ({ value, label: t(`look.${value}`) }))}
      />
    </>
  )
}
