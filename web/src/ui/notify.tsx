import { IconCheck } from '@tabler/icons-react'
import type { NotificationData } from '@mantine/notifications'
import i18next from 'i18next'

/** Shows a note in the corner. What shows notes is fetched after the first screen. */
export function note(data: NotificationData) {
  void import('@mantine/notifications').then(({ notifications }) => notifications.show({ closeButtonProps: { 'aria-label': i18next.t('close') }, ...data }))
}

/** Says that something was done, without taking the person from their work. */
export function done(message: string) {
  note({ message, color: 'teal', icon: <IconCheck size={18} />, autoClose: 4000 })
}
