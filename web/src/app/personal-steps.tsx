import { Menu } from '@mantine/core'
import { IconUrgent, IconUserShare } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

import { useActFor, useActingFor } from './acting'
import { useMay } from './session'

/** In the user's menu: for whom one may act today, and the way to read beyond one's rights. */
export function PersonalSteps() {
  const { t } = useTranslation('second-person')
  const acting = useActingFor()
  const actFor = useActFor()
  const may = useMay()
  const standsIn = useRead('/v1/me/stands-in-for')
  return (
    <>
      {(standsIn.data ?? [])
        .filter((one) => one.employee_id !== acting)
        .map((one) => (
          <Menu.Item key={one.id} closeMenuOnClick leftSection={<IconUserShare size={16} aria-hidden />} onClick={() => actFor(one.employee_id)}>
            {t('acting.start', { name: one.employee_name })}
          </Menu.Item>
        ))}
      {may('open-emergency-access') && (
        <Menu.Item component={Link} to="/emergency" search={{ new: '1' } as never} closeMenuOnClick leftSection={<IconUrgent size={16} aria-hidden />}>
          {t('emergency.open')}
        </Menu.Item>
      )}
    </>
  )
}
