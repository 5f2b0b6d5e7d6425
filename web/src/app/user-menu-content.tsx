import { Menu, Stack, Text } from '@mantine/core'
import { IconLogout, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useWords } from '@/i18n'
import { Face } from '@/ui/links'

import { LookControls } from './look-controls'
import { PersonalSteps } from './personal-steps'
import { useMe, useSigning } from './session'

function useMyName(): string {
  const me = useMe()
  const who = useRead('/v1/employees/{id}', { path: { id: me.employee_id } }, { staleTime: 300_000 })
  return who.data?.name ?? me.login
}

export function MyFace() {
  return <Face id={useMe().employee_id} name={useMyName()} size={30} />
}

export function UserMenuContent() {
  const { t } = useTranslation()
  const words = useWords()
  const me = useMe()
  const { signOut } = useSigning()
  return (
    <>
      <Stack gap={2} px="sm" py={6}>
        <Text fw={600}>{useMyName()}</Text>
        <Text size="xs" c="dimmed">
          {me.roles.map((role) => words(`role.${role}`, words(role))).join(', ')}
        </Text>
      </Stack>
      <Menu.Divider />
      <Stack gap={8} px="sm" py={6}>
        <LookControls />
      </Stack>
      <Menu.Divider />
      <PersonalSteps />
      <Menu.Item component={Link} to="/settings" closeMenuOnClick leftSection={<IconSettings size={16} aria-hidden />}>
        {t('settings')}
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
        {t('signOut')}
      </Menu.Item>
    </>
  )
}
