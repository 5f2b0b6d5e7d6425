import { Group, Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of the card under its heading. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" radius="lg" aria-label={title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} fz="md">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Paper>
  )
}
