import { ActionIcon, Menu, Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { later } from '@/ui/later'

const MyFace = later(() => import('./user-menu-content').then((m) => m.MyFace), <Skeleton circle h={30} />)
const UserMenuContent = later(() => import('./user-menu-content').then((m) => m.UserMenuContent))

/** The menu is there at once; who one is and what one can choose come after the first screen. */
export function UserMenu() {
  const { t } = useTranslation()
  return (
    <Menu width={280} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon size="lg" radius="xl" aria-label={t('userMenu')}>
          <MyFace />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <UserMenuContent />
      </Menu.Dropdown>
    </Menu>
  )
}
