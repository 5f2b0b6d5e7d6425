import { Button, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useSay } from '@/ui/time'

import { useAsOf, useGoTo } from './asof'
import classes from './shell.module.css'

/** Says that the page speaks of the past, that nothing can be changed there, and offers the way back. */
export function AsOfBanner() {
  const { t } = useTranslation()
  const said = useSay()
  const asOf = useAsOf()
  const goTo = useGoTo()
  if (!asOf) return null
  return (
    <div className={classes.banner} role="status" data-testid="as-of-banner">
      <IconHistory size={18} aria-hidden />
      <Text span fw={650} inherit>
        {t('asOf.banner', { date: said(asOf) })}
      </Text>
      <Text span inherit>
        {t('asOf.readOnly')}
      </Text>
      <Button size="compact-sm" ml="auto" onClick={() => void goTo(undefined)}>
        {t('asOf.back')}
      </Button>
    </div>
  )
}
