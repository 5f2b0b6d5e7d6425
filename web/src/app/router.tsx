import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams } from '@tanstack/react-router'

import { Loading } from '@/ui/states'

import { NotFound } from './not-found'
import { Root } from './root'
import { RouteError } from './route-error'

type Search = { as_of?: string } & { [name: string]: string | undefined }

const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
  // Whoever looks at a past day stays there until the way back is taken.
  search: { middlewares: [retainSearchParams(['as_of'])] },
})

// Each screen is a chunk of its own.
const page = <P extends string>(path: P, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name as never) })

const routes = [
  page('/', () => import('@/features/daily/daily-report'), 'DailyReport'),
  page('/sign-in', () => import('./home'), 'Home'),
  page('/setup', () => import('./home'), 'Home'),
  page('/clients', () => import('@/features/clients/clients'), 'Clients'),
  page('/clients/duplicates', () => import('@/features/clients/duplicates'), 'Duplicates'),
  page('/clients/$id', () => import('@/features/client/client-card'), 'ClientCard'),
  page('/people/$id', () => import('@/features/client/person-card'), 'PersonCard'),
  page('/messages', () => import('@/features/messages/messages'), 'Messages'),
  page('/messages/$id', () => import('@/features/messages/messages'), 'Messages'),
  page('/threads', () => import('@/features/threads/threads'), 'Threads'),
  page('/threads/$id', () => import('@/features/threads/thread'), 'Thread'),
  page('/reports/response-times', () => import('@/features/threads/response-times'), 'ResponseTimes'),
  page('/assignments', () => import('@/features/assignments/assignments'), 'Assignments'),
  page('/assignments/$id', () => import('@/features/assignments/assignment'), 'Assignment'),
  page('/negotiations', () => import('@/features/negotiations/negotiations'), 'Negotiations'),
  page('/negotiations/$id', () => import('@/features/negotiations/negotiation'), 'Negotiation'),
  page('/review', () => import('@/features/negotiations/review-desk'), 'ReviewDesk'),
  page('/review/$id', () => import('@/features/negotiations/review-desk'), 'ReviewDesk'),
  page('/schedule', () => import('@/features/schedule/schedule'), 'Schedule'),
  page('/reminders', () => import('@/features/reminders/reminders'), 'Reminders'),
  page('/trail/$kind/$id', () => import('@/features/trail/trail'), 'Trail'),
  page('/events', () => import('@/features/trail/events'), 'Events'),
  page('/employees', () => import('@/features/employees/employees'), 'Employees'),
  page('/employees/$id', () => import('@/features/employees/employee'), 'Employee'),
  page('/approvals', () => import('@/features/second-person/approvals'), 'Approvals'),
  page('/emergency', () => import('@/features/second-person/emergency'), 'EmergencyAccesses'),
  page('/admin', () => import('@/features/admin/admin'), 'Admin'),
  page('/settings', () => import('@/features/admin/settings'), 'Settings'),
  page('/api-reference', () => import('@/features/reference/reference'), 'Reference'),
]

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading />,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
  // Parameters are plain text in the address: ?q=7701 stays the text that was typed.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const filled = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(filled as [string, string][]).toString()
    return text ? `?${text}` : ''
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
