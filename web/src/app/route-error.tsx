import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Page } from '@/ui/page'
import { ErrorNote } from '@/ui/states'

/** A screen that failed; the rest of the application stands. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <Page title={t('screenFailed')}>
      <ErrorNote error={error} retry={reset} />
    </Page>
  )
}
