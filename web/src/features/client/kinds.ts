import {
  IconAddressBook, IconBell, IconBuilding, IconCalendarTime, IconChecklist, IconCopy, IconEye, IconFileImport, IconHeartHandshake, IconInbox, IconMessages, IconNetwork,
  IconFile, IconPoint, IconUsersGroup, IconClockHour4, type Icon,
} from '@tabler/icons-react'

/** The kinds of which a client's history consists, in the order of the filter. */
export const kinds = [
  { kind: 'message', icon: IconInbox, color: 'blue' },
  { kind: 'negotiation', icon: IconHeartHandshake, color: 'grape' },
  { kind: 'assignment', icon: IconChecklist, color: 'teal' },
  { kind: 'thread', icon: IconMessages, color: 'orange' },
  { kind: 'work_item', icon: IconCalendarTime, color: 'pink' },
  { kind: 'attachment', icon: IconFile, color: 'lime' },
  { kind: 'counterparty', icon: IconBuilding, color: 'indigo' },
  { kind: 'contact_person', icon: IconAddressBook, color: 'cyan' },
  { kind: 'influence', icon: IconNetwork, color: 'violet' },
  { kind: 'duplicate', icon: IconCopy, color: 'yellow' },
  { kind: 'access', icon: IconEye, color: 'gray' },
] as const satisfies { kind: string; icon: Icon; color: string }[]

const others: Record<string, { icon: Icon; color: string }> = {
  reminder: { icon: IconBell, color: 'gray' },
  audience_group: { icon: IconUsersGroup, color: 'gray' },
  file_import: { icon: IconFileImport, color: 'gray' },
  timesheet: { icon: IconClockHour4, color: 'gray' },
}

/** How a kind looks; beside it always stands its word. */
export function lookOf(kind: string): { icon: Icon; color: string } {
  return kinds.find((one) => one.kind === kind) ?? others[kind] ?? { icon: IconPoint, color: 'gray' }
}
