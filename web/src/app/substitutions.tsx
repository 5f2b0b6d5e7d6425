import { Menu } from '@mantine/core'
import { IconUserShare } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

import { useActFor, useActingFor } from './acting'

/** In the user's menu: for whom one may act today. */
export function Substitutions() {
  const { t } = useTranslation()
  const acting = useActingFor()
  const actFor = useActFor()
  const standsIn = useRead('/v1/me/stands-in-for')
  return (standsIn.data ?? [])
    .filter((one) => one.employee_id !== acting)
    .map((one) => (
      <Menu.Item key={one.id} closeMenuOnClick leftSection={<IconUserShare size={16} aria-hidden />} onClick={() => actFor(one.employee_id)}>
        {t('acting.start', { name: one.employee_name })}
      </Menu.Item>
    ))
}
