// The one list of screens. Tests of accessibility, counts of nodes and pictures go through all of them; a new screen is
// added here and nowhere else.
//
//   { name, path, as, state, ready, allow }
//
// `path` may be a function of the demo's ids, `as` is the login that has most to see there, `state` brings the screen into
// a state, `ready` is what must then be visible, `allow` are messages that the state provokes.

import { logins, signedIn } from './kit/api.mjs'
import { screenReady, settled } from './kit/browser.mjs'

const { administrator, manager, reviewer, employee } = logins

const tabs = (name, path, as, keys) =>
  keys.map((key) => ({ name: `${name}-${key}`, path: (ids) => `${typeof path === 'function' ? path(ids) : path}?tab=${key}`, as }))

const form = '[role=dialog] form'

export const screens = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'set-up', path: '/setup#token=none' },
  { name: 'set-up-without-token', path: '/setup' },
  { name: 'daily', path: '/', as: manager },
  { name: 'clients', path: '/clients', as: manager },
  { name: 'client-new', path: '/clients?new=1', as: manager, ready: form },
  { name: 'duplicates', path: '/clients/duplicates', as: manager },
  { name: 'duplicates-answered', path: '/clients/duplicates?tab=answered', as: manager },
  { name: 'merge-log', path: '/clients/duplicates?tab=log', as: manager },
  ...tabs('client', (ids) => `/clients/${ids.client}`, manager, ['history', 'people', 'negotiations', 'assignments', 'files', 'looked']),
  { name: 'person', path: (ids) => `/people/${ids.person}`, as: manager },
  { name: 'messages', path: '/messages', as: manager },
  { name: 'message-new', path: '/messages?new=1', as: manager, ready: form },
  { name: 'message', path: (ids) => `/messages/${ids.message}`, as: manager },
  ...tabs('threads', '/threads', manager, ['owed', 'awaited', 'all', 'agreements', 'disputes']),
  { name: 'thread-new', path: '/threads?new=1', as: manager, ready: form },
  { name: 'thread', path: (ids) => `/threads/${ids.thread}`, as: manager },
  { name: 'response-times', path: '/reports/response-times', as: manager },
  { name: 'response-times-mine', path: '/reports/response-times?view=mine', as: manager },
  { name: 'assignments-list', path: '/assignments?view=list', as: manager },
  { name: 'assignments-board', path: '/assignments?view=board', as: manager },
  { name: 'assignments-time', path: '/assignments?view=time', as: manager },
  { name: 'assignment-new', path: '/assignments?new=1', as: manager, ready: form },
  { name: 'assignment', path: (ids) => `/assignments/${ids.assignment}`, as: manager },
  { name: 'negotiations', path: '/negotiations', as: manager },
  { name: 'negotiation-new', path: (ids) => `/negotiations?new=1&counterparty=${ids.client}`, as: manager, ready: form },
  { name: 'negotiation', path: (ids) => `/negotiations/${ids.negotiation}`, as: manager },
  { name: 'review-desk', path: '/review', as: reviewer },
  { name: 'review', path: (ids) => `/review/${ids.review}`, as: reviewer },
  ...['week', 'month', 'list', 'summary'].map((view) => ({ name: `schedule-${view}`, path: `/schedule?view=${view}`, as: manager })),
  { name: 'reminders', path: '/reminders', as: employee },
  { name: 'reminder-new', path: '/reminders?new=1', as: employee, ready: form },
  { name: 'trail', path: (ids) => `/trail/counterparty/${ids.client}`, as: manager },
  { name: 'events', path: '/events', as: manager },
  { name: 'employees', path: '/employees', as: administrator },
  { name: 'employee-new', path: '/employees?new=1', as: administrator, ready: form },
  { name: 'former-employees', path: '/employees?former=1', as: administrator },
  { name: 'employee', path: (ids) => `/employees/${ids.employee}`, as: administrator },
  ...tabs('admin', '/admin', administrator, ['departments', 'calendars', 'screening', 'accounts', 'access', 'tokens']),
  { name: 'access-report', path: '/admin?tab=access&view=report', as: reviewer },
  { name: 'approvals', path: '/approvals', as: administrator },
  { name: 'emergency', path: '/emergency', as: reviewer },
  { name: 'emergency-form', path: '/emergency?new=1', as: administrator, ready: '[role=dialog] textarea' },
  { name: 'settings', path: '/settings', as: employee },
  { name: 'second-factor', path: '/settings', as: employee, state: beginSecondFactor, ready: 'main a[href^="otpauth:"]' },
  { name: 'api-reference', path: '/api-reference', as: administrator },
  { name: 'palette', path: '/clients', as: manager, state: openPalette, ready: '[role=dialog] input' },
  { name: 'as-of', path: (ids) => `/clients/${ids.client}?as_of=${ids.pastInstant}`, as: manager, ready: '[data-testid=as-of-banner]' },
  {
    name: 'offline',
    path: '/clients',
    as: manager,
    state: goOffline,
    ready: 'main > [role=status]:not([aria-busy])',
    allow: [/ERR_INTERNET_DISCONNECTED/],
  },
]

// The physical key, as on a keyboard where it bears «л».
function openPalette(page) {
  return page.keyboard.press('Control+KeyK')
}

// Begun and never confirmed, it changes nothing for the others who look at this server.
function beginSecondFactor(page) {
  return page.locator('section[aria-labelledby=factor] button').first().click()
}

function goOffline(page) {
  return page.context().setOffline(true)
}

/** Goes to a screen, brings it into its state and waits until it stands still. */
export async function visit(page, screen, ids) {
  await page.context().setOffline(false)
  await page.goto(pathOf(screen, ids))
  await screenReady(page)
  await screen.state?.(page)
  if (screen.ready) await page.locator(screen.ready).first().waitFor()
  await settled(page)
}

export const pathOf = ({ path }, ids) => (typeof path === 'function' ? path(ids) : path)

/** Screens by who sees them: one signed-in page shows many. */
export function byLogin(chosen) {
  const groups = new Map()
  for (const screen of chosen) groups.set(screen.as, [...(groups.get(screen.as) ?? []), screen])
  return [...groups.entries()]
}

const first = async (api, path) => (await api.get(path)).items[0]

/** Records of the demo company that have something to show on each screen. */
export async function demoIds(url) {
  const [asManager, asReviewer, asEmployee] = await Promise.all([manager, reviewer, employee].map((who) => signedIn(url, who)))
  const negotiation = await busyNegotiation(asManager)
  const client = negotiation.counterparty_id
  const [card, person, message, thread, assignment, review] = await Promise.all([
    asManager.get(`/v1/counterparties/${client}`),
    first(asManager, `/v1/contact-persons?client=${client}`),
    first(asManager, `/v1/messages?counterparty=${client}`),
    first(asManager, '/v1/threads?kind=question'),
    first(asManager, `/v1/assignments?counterparty=${client}`),
    first(asReviewer, '/v1/review-desk'),
  ])
  return {
    client,
    person: person.id,
    message: message.id,
    thread: thread.id,
    assignment: assignment.id,
    negotiation: negotiation.id,
    review: review.id,
    employee: asEmployee.me.employee_id,
    pastInstant: halfwaySince(card.registered_at),
  }
}

const hasOne = (items, client) => items.some(({ counterparty_id: of }) => of === client)

// A client for all tabs of whose card there is something to see.
async function busyNegotiation(api) {
  const pages = ['/v1/negotiations', '/v1/assignments', '/v1/messages'].map((path) => api.get(`${path}?limit=500`))
  const [negotiations, ...others] = (await Promise.all(pages)).map(({ items }) => items)
  const busy = negotiations.find(({ counterparty_id: id }) => others.every((items) => hasOne(items, id)))
  if (!busy) throw new Error('no client of the demo company has negotiations, assignments and messages')
  return busy
}

function halfwaySince(instant) {
  return new Date((Date.parse(instant) + Date.now()) / 2).toISOString()
}
