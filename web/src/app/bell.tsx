import { ActionIcon, Indicator } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { Suspense, lazy, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { note } from '@/ui/notify'

const WaitingReminders = lazy(() => import('./waiting-reminders').then((m) => ({ default: m.WaitingReminders })))

/** What the bell and its drawer ask for: one answer for both. */
export const waitingOnly = { query: { view: 'waiting', limit: 50 } } as const

/** Reminders that have fired and were not seen: a number on the bell, a note when one comes, the list in a drawer. */
export function Bell() {
  const { t } = useTranslation()
  const [open, { open: show, close }] = useDisclosure()
  const waiting = useRead('/v1/reminders', waitingOnly)
  const items = waiting.data?.items ?? []
  useNotes(waiting.data?.items)
  return (
    <>
      <Indicator disabled={items.length === 0} label={items.length > 49 ? '49+' : items.length} size={16} offset={4} color="red.8">
        <ActionIcon size="lg" onClick={show} aria-label={t('bell.open', { count: items.length })}>
          <IconBell size={18} aria-hidden />
        </ActionIcon>
      </Indicator>
      {open && (
        <Suspense fallback={null}>
          <WaitingReminders onClose={close} />
        </Suspense>
      )}
    </>
  )
}

/** A note in the corner for each reminder that fires while the page is open. */
function useNotes(items: Schema<'ReminderItem'>[] | undefined) {
  const words = useWords()
  const known = useRef<Set<string>>(undefined)
  useEffect(() => {
    if (!items) return
    const now = items.map((item) => `${item.id}#${item.occurrence}`)
    if (known.current) {
      items.forEach((item, i) => {
        if (!known.current?.has(now[i] ?? '')) note({ message: words(item.text, item.text), icon: <IconBell size={18} />, autoClose: 10_000 })
      })
    }
    known.current = new Set(now)
  }, [items, words])
}
