import { Anchor, Button, Text } from '@mantine/core'
import { IconUrgent, IconUserShare } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommand, useRead } from '@/api/hooks'
import { useSay } from '@/ui/time'

import { useActFor, useActingFor } from './acting'
import { useMay } from './session'
import classes from './shell.module.css'

/** What is not as usual about the person's rights, on every page: for whom they act, what they may read beyond them. */
export function StandingBanners() {
  const may = useMay()
  return (
    <>
      <Acting />
      {may('list-emergency-accesses') && <OwnEmergency />}
      {may('review-emergency-access') && <Unreviewed />}
    </>
  )
}

function Acting() {
  const { t } = useTranslation('second-person')
  const acting = useActingFor()
  const actFor = useActFor()
  const standsIn = useRead('/v1/me/stands-in-for', {}, { enabled: Boolean(acting) })
  const absent = standsIn.data?.find((one) => one.employee_id === acting)
  const over = Boolean(acting && standsIn.data && !absent)
  useEffect(() => {
    if (over) actFor(undefined)
  })
  if (!acting) return null
  return (
    <div className={classes.banner} role="status" data-testid="acting-banner">
      <IconUserShare size={18} aria-hidden />
      <Text span fw={650} inherit>
        {t('acting.banner', { name: absent?.employee_name ?? '…' })}
      </Text>
      <Button size="compact-sm" ml="auto" onClick={() => actFor(undefined)}>
        {t('acting.back')}
      </Button>
    </div>
  )
}

function OwnEmergency() {
  const { t } = useTranslation('second-person')
  const said = useSay()
  const client = useQueryClient()
  const mine = useRead('/v1/emergency-accesses', { query: { view: 'mine', limit: 5 } })
  const end = useCommand('/v1/emergency-accesses/{id}/end')
  const items = mine.data?.items ?? []
  const first = items.map((one) => one.until).toSorted()[0]
  useEffect(() => {
    if (!first) return
    // Rights change with the minute: whatever the page shows is asked for anew.
    const over = setTimeout(() => void client.invalidateQueries(), Math.max(0, Date.parse(first) - Date.now()) + 1000)
    return () => clearTimeout(over)
  }, [first, client])
  return items.map((one) => (
    <div key={one.id} className={classes.emergency} role="alert" data-testid="emergency-banner">
      <IconUrgent size={18} aria-hidden />
      <Text span inherit>
        {t('emergency.banner', { until: said(one.until, 'time'), reason: one.reason })}
      </Text>
      <Button size="compact-sm" ml="auto" variant="white" color="red.9" loading={end.isPending} onClick={() => end.mutate({ id: one.id, body: {} })}>
        {t('emergency.end')}
      </Button>
    </div>
  ))
}

function Unreviewed() {
  const { t } = useTranslation('second-person')
  const found = useRead('/v1/emergency-accesses', { query: { view: 'unreviewed', limit: 50 } })
  const count = found.data?.items.length ?? 0
  if (count === 0) return null
  return (
    <div className={classes.offline} role="status" data-testid="unreviewed-banner">
      <IconUrgent size={18} aria-hidden />
      <Anchor component={Link} to="/emergency" search={{ view: 'unreviewed' } as never} inherit c="inherit" underline="always">
        {t('emergency.unreviewed', { count })}
      </Anchor>
    </div>
  )
}
