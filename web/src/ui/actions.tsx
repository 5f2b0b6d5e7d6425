import { ActionIcon, Button, Menu, Text } from '@mantine/core'
import { IconDots, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useMayChange } from '@/app/asof'

export type Action = {
  label: string
  icon?: Icon
  onClick: () => void
  /** Why it is not possible now. An action that can never be this person's is left out of the list instead. */
  impossible?: string | false | undefined
  danger?: boolean
  /** Only shows something: possible on a past day, too. */
  reads?: boolean
}

/** The one most likely next action as the primary button, the others in a menu, each saying why it is not possible now. */
export function Actions({ of, label, compact }: { of: Action[]; label?: string; compact?: boolean }) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const actions = of.map((action) => (mayChange || action.reads ? action : { ...action, impossible: t('pastReadOnly') }))
  const primary = compact ? undefined : actions.find((action) => !action.impossible)
  const others = actions.filter((action) => action !== primary)
  return (
    <>
      {primary && (
        <Button leftSection={primary.icon && <primary.icon size={18} aria-hidden />} onClick={primary.onClick} {...(primary.danger ? { color: 'red.9' } : {})}>
          {primary.label}
        </Button>
      )}
      {others.length > 0 && (
        <Menu width={300}>
          <Menu.Target>
            <ActionIcon variant={compact ? 'subtle' : 'default'} size={compact ? 'md' : 'lg'} aria-label={label ?? t('moreActions')}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((action) => (
              <Menu.Item key={action.label} disabled={Boolean(action.impossible)} leftSection={action.icon && <action.icon size={16} aria-hidden />} onClick={action.onClick} {...(action.danger ? { c: 'var(--mantine-color-error)' } : {})}>
                {action.label}
                {action.impossible && (
                  <Text size="xs" c="dimmed">
                    {action.impossible}
                  </Text>
                )}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}
