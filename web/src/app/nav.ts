import {
  IconBell, IconBook2, IconBuilding, IconCalendarWeek, IconChecklist, IconClockHour4, IconCopy, IconGavel, IconHistory,
  IconInbox, IconMessages, IconSettings, IconSunHigh, IconUserCheck, IconUsers, IconHeartHandshake, IconUrgent, type Icon,
} from '@tabler/icons-react'

import type common from '@/i18n/ru/common.json'

export type NavItem = { to: string; text: keyof (typeof common)['nav']; icon: Icon; operation?: string }
export type NavGroup = { text: keyof (typeof common)['navGroup']; items: NavItem[] }

/** The screens in the order of a working day. An item that names an operation is there for those who may use it. */
export const nav: NavGroup[] = [
  {
    text: 'day',
    items: [
      { to: '/', text: 'daily', icon: IconSunHigh, operation: 'form-daily-report' },
      { to: '/messages', text: 'messages', icon: IconInbox, operation: 'list-messages' },
      { to: '/threads', text: 'threads', icon: IconMessages, operation: 'list-threads' },
      { to: '/assignments', text: 'assignments', icon: IconChecklist, operation: 'list-assignments' },
      { to: '/schedule', text: 'schedule', icon: IconCalendarWeek, operation: 'list-work-items' },
      { to: '/reminders', text: 'reminders', icon: IconBell, operation: 'list-reminders' },
    ],
  },
  {
    text: 'clients',
    items: [
      { to: '/clients', text: 'clients', icon: IconBuilding, operation: 'list-counterparties' },
      { to: '/clients/duplicates', text: 'duplicates', icon: IconCopy, operation: 'list-duplicates' },
      { to: '/negotiations', text: 'negotiations', icon: IconHeartHandshake, operation: 'list-negotiations' },
      { to: '/review', text: 'review', icon: IconGavel, operation: 'get-review-desk' },
    ],
  },
  {
    text: 'company',
    items: [
      { to: '/employees', text: 'employees', icon: IconUsers },
      { to: '/approvals', text: 'approvals', icon: IconUserCheck, operation: 'list-approvals' },
      { to: '/emergency', text: 'emergency', icon: IconUrgent, operation: 'list-emergency-accesses' },
      { to: '/reports/response-times', text: 'responseTimes', icon: IconClockHour4, operation: 'get-response-times' },
      { to: '/events', text: 'events', icon: IconHistory },
      { to: '/admin', text: 'admin', icon: IconSettings },
      { to: '/api-reference', text: 'reference', icon: IconBook2 },
    ],
  },
]
