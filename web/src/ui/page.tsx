import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import classes from './ui.module.css'

type Crumb = { label: string; to: string }

/** The frame of every screen: its title, where it belongs, its state and what can be done. */
export function Page(props: { title: string; subtitle?: ReactNode; badges?: ReactNode; actions?: ReactNode; crumbs?: Crumb[]; busy?: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  useDocumentTitle(`${props.title} · ${t('product')}`)
  return (
    <Stack gap="md" className={classes.page} aria-busy={props.busy || undefined}>
      <Stack gap={4}>
        {props.crumbs && (
          <Breadcrumbs fz="xs" separatorMargin={6}>
            {props.crumbs.map((crumb) => (
              <Anchor key={crumb.to} component={Link} to={crumb.to} fz="xs">
                {crumb.label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Group gap="xs" className={classes.title}>
            <Title order={1}>{props.title}</Title>
            {props.badges}
          </Group>
          {props.actions && (
            <Group gap="xs" className="no-print">
              {props.actions}
            </Group>
          )}
        </Group>
        {props.subtitle && (
          <Text component="div" c="dimmed" size="sm">
            {props.subtitle}
          </Text>
        )}
      </Stack>
      {props.children}
    </Stack>
  )
}
