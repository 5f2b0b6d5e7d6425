import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconPencil } from '@tabler/icons-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'

import { useMayChange } from '@/app/asof'
import type { Action } from '@/ui/actions'

import classes from './client.module.css'

export type ActionGroup = { title: string; actions: Action[] }

/** A card has two dozen commands: too many for one heap, so they stand in groups. */
export function ChangeMenu({ groups }: { groups: ActionGroup[] }) {
  const { t } = useTranslation('client')
  const { t: common } = useTranslation()
  const mayChange = useMayChange()
  return (
    <Menu width={320} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconPencil size={18} aria-hidden />} rightSection={<IconChevronDown size={16} aria-hidden />} disabled={!mayChange} title={mayChange ? undefined : common('pastReadOnly')}>
          {t('changeMenu')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        {groups
          .filter((group) => group.actions.length > 0)
          .map((group) => (
            <Fragment key={group.title}>
              <Menu.Label>{group.title}</Menu.Label>
              {group.actions.map((action) => (
                <Menu.Item key={action.label} disabled={Boolean(action.impossible)} leftSection={action.icon && <action.icon size={16} aria-hidden />} onClick={action.onClick} {...(action.danger && !action.impossible ? { c: 'var(--app-late)' } : {})}>
                  {action.label}
                  {action.impossible && (
                    <Text size="xs" c="dimmed">
                      {action.impossible}
                    </Text>
                  )}
                </Menu.Item>
              ))}
            </Fragment>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}
