import { ActionIcon, Menu, Stack, Text } from '@mantine/core'
import { IconLogout, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useWords } from '@/i18n'
import { Face } from '@/ui/links'

import { useMe, useSigning } from './session'

const PersonalSteps = lazy(() => import('./personal-steps').then((m) => ({ default: m.PersonalSteps })))
const LookControls = lazy(() => import('./look-controls').then((m) => ({ default: m.LookControls })))

export function UserMenu() {
  const { t } = useTranslation()
  const words = useWords()
  const me = useMe()
  const who = useRead('/v1/employees/{id}', { path: { id: me.employee_id } }, { staleTime: 300_000 })
  const { signOut } = useSigning()
  const name = who.data?.name ?? me.login
  return (
    <Menu width={280} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size="lg" radius="xl" aria-label={t('userMenu')}>
          <Face id={me.employee_id} name={name} size={30} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap={2} px="sm" py={6}>
          <Text fw={600}>{name}</Text>
          <Text size="xs" c="dimmed">
            {me.roles.map((role) => words(`role.${role}`, words(role))).join(', ')}
          </Text>
        </Stack>
        <Menu.Divider />
        <Stack gap={8} px="sm" py={6}>
          <Suspense fallback={null}>
            <LookControls />
          </Suspense>
        </Stack>
        <Menu.Divider />
        <Suspense fallback={null}>
          <PersonalSteps />
        </Suspense>
        <Menu.Item component={Link} to="/settings" closeMenuOnClick leftSection={<IconSettings size={16} aria-hidden />}>
          {t('settings')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
