import { Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconClockHour4 } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { toLocal } from '@/ui/local-time'
import { useSay } from '@/ui/time'

import { useAsOf, useGoTo } from './asof'

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** Chooses the instant of which the pages speak. */
export function AsOfButton() {
  const { t } = useTranslation()
  const said = useSay()
  const asOf = useAsOf()
  const goTo = useGoTo()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [latest, setLatest] = useState('')

  const show = () => {
    const now = new Date().toISOString()
    setLatest(toLocal(now))
    setTyped(toLocal(asOf ?? now))
    setOpen(!open)
  }
  const go = (instant: string | undefined) => {
    setOpen(false)
    void goTo(instant)
  }

  return (
    <Popover opened={open} onChange={setOpen} withArrow shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" h={34} px={10} onClick={show} aria-label={t('asOf.choose')} aria-expanded={open} >
          <IconClockHour4 size={16} aria-hidden />
          <Text span inherit visibleFrom="lg" fw={400} ml={8}>
            {asOf ? t('asOf.then', { date: said(asOf, 'date') }) : t('asOf.now')}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const instant = new Date(typed)
            if (!Number.isNaN(instant.getTime())) go(instant.toISOString())
          }}
        >
          <Stack gap="sm" w={260}>
            <TextInput type="datetime-local" label={t('asOf.instant')} value={typed} max={latest} onChange={(event) => setTyped(event.currentTarget.value)} required withAsterisk={false} />
            <Group gap={6}>
              {([['yesterday', 1], ['week', 7], ['month', 30]] as const).map(([name, days]) => (
                <Button key={name} size="compact-xs" variant="default" onClick={() => go(daysAgo(days))}>
                  {t(`asOf.${name}`)}
                </Button>
              ))}
            </Group>
            <Group justify="flex-end" gap="xs">
              {asOf && (
                <Button size="xs" variant="default" onClick={() => go(undefined)}>
                  {t('asOf.back')}
                </Button>
              )}
              <Button size="xs" type="submit">
                {t('asOf.show')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
