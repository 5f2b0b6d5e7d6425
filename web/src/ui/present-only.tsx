import { Alert } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useAsOf } from '@/app/asof'

/** On a screen that only has the present, says so to whoever is looking at a past day. */
export function PresentOnly() {
  const { t } = useTranslation()
  if (useAsOf() === undefined) return null
  return (
    <Alert color="yellow" icon={<IconInfoCircle size={20} aria-hidden />} role="note">
      {t('asOf.presentOnly')}
    </Alert>
  )
}
