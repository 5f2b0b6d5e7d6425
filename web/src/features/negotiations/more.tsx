import { Anchor, Collapse, Stack } from '@mantine/core'
import type { ReactNode } from 'react'

/** Fields that are seldom needed, shown on demand. */
export function More({ label, open, onToggle, children }: { label: string; open: boolean; onToggle: () => void; children: ReactNode }) {
  return (
    <div>
      <Anchor component="button" type="button" size="sm" aria-expanded={open} onClick={onToggle}>
        {label}
      </Anchor>
      <Collapse expanded={open}>
        <Stack gap="sm" mt="sm">
          {children}
        </Stack>
      </Collapse>
    </div>
  )
}
