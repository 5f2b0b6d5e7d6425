// A company in which every text is hostile: one record of each kind at least, and every command on it that takes a text.
// The skeletons say what a command needs beside its texts; kit/fill.mjs fills those in.

import { randomUUID } from 'node:crypto'

import { signedIn, signedOut } from './kit/api.mjs'
import { exactly, makeFiller } from './kit/fill.mjs'
import { until } from './kit/server.mjs'

const password = 'quite-a-hostile-one'
const day = 86_400_000

const instant = (days) => new Date(Date.now() + days * day).toISOString()
const date = (days) => instant(days).slice(0, 10)

/**
 * Everybody and everything, by the server's own list of roles. `people` are logins by role, `ids` those of screens.mjs,
 * `records` what was made, by its kind.
 */
export async function hostileCompany(server) {
  const nobody = signedOut(server.url)
  const document = await nobody.get('/v1/openapi.json')
  const filler = makeFiller(document)
  const token = new URL(server.setUp).hash.slice('#token='.length)
  await filler.give(nobody, 'set-up', {}, { login: 'founder', password, token })
  const founder = await signedIn(server.url, 'founder', password)
  const company = new Company(server.url, filler, founder)
  await company.hireAll(rolesOf(document))
  for (const part of [departments, calendars, employees, clients, persons, duplicates, groups, influence, messages, rules, negotiations, assignments, threads, time, reminders]) await part(company)
  const { people, ids, records } = company
  return { filler, people, ids: { ...ids, pastInstant: new Date().toISOString() }, records, password }
}

function rolesOf({ paths, components }) {
  const { $ref } = paths['/v1/employees/{id}/grant-role'].post.requestBody.content['application/json'].schema
  return components.schemas[$ref.split('/').at(-1)].properties.role.enum
}

class Company {
  people = {}
  by = {}
  records = new Map()
  ids = {}

  constructor(url, filler, founder) {
    Object.assign(this, { url, filler, founder })
  }

  /** Gives a command in somebody's name; to a record by its id. */
  async give(who, name, path, skeleton) {
    const known = typeof path === 'string'
    const { id, stream } = await this.filler.give(who, name, known ? { id: path } : {}, known ? skeleton : path)
    const kind = stream.slice(0, -id.length - 1)
    this.records.set(kind, (this.records.get(kind) ?? new Set()).add(id))
    return id
  }

  async hireAll(roles) {
    this.calendar = await this.give(this.founder, 'define-working-calendar', { holidays: 'none', hours: week })
    this.department = await this.give(this.founder, 'found-department', {})
    for (const role of roles) this.by[role] = await this.hire(role.replaceAll('_', '-'), role)
    Object.assign(this, { manager: this.by.manager, employee: this.by.employee, reviewer: this.by.compliance_reviewer, admin: this.by.administrator })
    this.ids.employee = this.employee.me.employee_id
  }

  async hire(login, role) {
    const id = await this.give(this.founder, 'hire-employee', { hired_on: '2026-01-12', login, name: { first: 'Анна', last: 'Аннина' }, department_id: this.department, calendar_id: this.calendar, time_zone: 'Europe/Moscow' })
    await this.give(this.founder, 'grant-role', id, { role })
    await this.filler.give(this.founder, 'create-account', {}, { employee_id: id, login, password })
    this.people[role] = login
    return signedIn(this.url, login, password)
  }
}

const idOf = ({ me }) => me.employee_id
const week = { monday: [{ from: '09:00', to: '18:00' }] }


async function departments(it) {
  const { founder, department } = it
  const inner = await it.give(founder, 'found-department', { parent_id: department })
  await it.give(founder, 'rename-department', inner, {})
  await it.give(founder, 'move-department', inner, {})
  await it.give(founder, 'appoint-department-head', department, { head_id: idOf(it.manager) })
  await it.give(founder, 'close-department', inner, {})
}

async function calendars(it) {
  const { founder, calendar } = it
  await it.give(founder, 'rename-working-calendar', calendar, {})
  await it.give(founder, 'set-calendar-week', calendar, { from: date(7), hours: week })
  await it.give(founder, 'set-calendar-days', calendar, { days: [{ date: date(20), kind: 'day_off' }, { date: date(21), kind: 'working', hours: week.monday }] })
  await it.give(founder, 'clear-calendar-days', calendar, { days: [date(21)] })
  const former = await it.give(founder, 'define-working-calendar', { holidays: 'none', hours: week })
  await it.give(founder, 'retire-working-calendar', former, {})
}

async function employees(it) {
  const { founder, employee } = it
  const id = idOf(employee)
  const name = { first: 'Анна', last: 'Аннина' }
  await it.give(founder, 'change-employee-contacts', id, {})
  await it.give(founder, 'rename-employee', id, { name })
  await it.give(founder, 'transfer-employee', id, { department_id: it.department, head_id: idOf(it.manager) })
  await it.give(founder, 'change-employee-schedule', id, { calendar_id: it.calendar, time_zone: 'Europe/Moscow' })
  await it.give(founder, 'set-authority-limits', id, { max_commitment: { currency: 'RUB', minor: 100 }, max_discount_bp: 100, max_payment_term_days: 10, may_grant_exclusivity: false })
  const former = await it.give(founder, 'hire-employee', { hired_on: '2026-01-12', name })
  await it.give(founder, 'plan-absence', former, { from: date(30), to: date(40), kind: 'vacation', substitute_id: idOf(it.manager) })
  const { absences } = await founder.get(`/v1/employees/${former}`)
  const absence = absences[0].id
  await it.give(founder, 'change-absence', former, { absence_id: absence, from: date(31), to: date(41), kind: 'training' })
  await it.give(founder, 'cancel-absence', former, { absence_id: absence })
  await it.give(founder, 'dismiss-employee', former, { left_on: date(0) })
  await it.give(founder, 'plan-absence', id, { from: date(30), to: date(40), kind: 'vacation' })
  await it.filler.give(it.manager, 'create-token', {}, { expires_in_days: 1, scopes: ['read'] })
}

const reached = { phones: [{ raw: '+7 900 000-00-01' }], emails: [{ address: 'a@pwned.example' }], messengers: [{ kind: 'telegram' }], websites: ['https://pwned.example'] }
const consent = { channel: 'email' }

/** A client of the manager's. */
const newClient = (it, more) => it.give(it.manager, 'register-counterparty', { kind: 'organisation', responsible_employee_id: idOf(it.manager), country: 'RU', time_zone: 'Europe/Moscow', ...more })

async function clients(it) {
  const { manager } = it
  const account = { account: exactly('40702810200000000001'), bik: exactly('044525225') }
  const id = await newClient(it, { ...reached, extra: { key: '' }, roles: ['customer'], state: 'prospect' })
  it.client = it.ids.client = id
  await it.give(manager, 'activate-counterparty', id, {})
  await it.give(manager, 'add-counterparty-role', id, { role: 'partner' })
  await it.give(manager, 'remove-counterparty-role', id, { role: 'partner', until: date(0) })
  await it.give(manager, 'add-bank-account', id, account)
  await it.give(manager, 'close-bank-account', id, { ...account, until: date(0) })
  await it.give(manager, 'add-signatory', id, {})
  await it.give(manager, 'withdraw-signatory', id, { number: 1, valid_until: date(1) })
  await it.give(manager, 'change-counterparty', id, { country: 'RU', time_zone: 'Europe/Moscow', extra: { key: '' } })
  await it.give(manager, 'change-counterparty-contacts', id, reached)
  await it.give(manager, 'give-counterparty-consent', id, consent)
  await it.give(manager, 'withdraw-counterparty-consent', id, consent)
  await it.give(manager, 'identify-counterparty', id, {})
  await it.give(manager, 'join-counterparty', id, { parent_counterparty_id: await newClient(it) })
  await it.give(manager, 'entrust-counterparty', id, { responsible_employee_id: idOf(it.employee) })
  await it.give(manager, 'mark-key-account', id, { key_account: true })
  const resting = await newClient(it, { state: 'active' })
  await it.give(manager, 'rest-counterparty', resting, {})
  await it.give(manager, 'close-counterparty', resting, {})
  await it.give(manager, 'reopen-counterparty', resting, { to: 'active' })
}

async function persons(it) {
  const { manager, client } = it
  const make = () => it.give(manager, 'register-contact-person', { ...reached, counterparty_id: client, preferred_channel: 'email' })
  const id = await make()
  it.person = it.ids.person = id
  it.other = await make()
  await it.give(manager, 'change-contact-person', id, {})
  await it.give(manager, 'change-person-contacts', id, reached)
  await it.give(manager, 'employ-person', id, { counterparty_id: await newClient(it) })
  await it.give(manager, 'give-person-consent', id, consent)
  await it.give(manager, 'withdraw-person-consent', id, consent)
  await it.give(manager, 'refuse-contact', id, {})
  await it.give(manager, 'allow-contact', id, {})
  await it.give(manager, 'give-decision-role', id, { counterparty_id: client, role: 'decision_maker' })
  const leaver = await make()
  const elsewhere = await newClient(it)
  await it.give(manager, 'move-person', leaver, { counterparty_id: elsewhere, from: date(0) })
  const role = { counterparty_id: client, role: 'gatekeeper', topic: exactly('pwned') }
  await it.give(manager, 'give-decision-role', id, role)
  await it.give(manager, 'withdraw-decision-role', id, role)
  await it.give(manager, 'dismiss-person', leaver, { counterparty_id: elsewhere, to: date(0) })
}

async function duplicates(it) {
  const { manager } = it
  const pair = async () => {
    const [left, right] = [await newClient(it), await newClient(it)]
    return { left, id: await it.give(manager, 'flag-duplicate', { left_id: left, right_id: right }) }
  }
  await pair()
  const rejected = await pair()
  await it.give(manager, 'reject-duplicate', rejected.id, {})
  const linked = await pair()
  await it.give(manager, 'link-branch', linked.id, { head_id: linked.left })
  const merged = await pair()
  await it.give(manager, 'merge-counterparties', merged.id, { survivor_id: merged.left })
  const parted = await pair()
  await it.give(manager, 'merge-counterparties', parted.id, { survivor_id: parted.left })
  await it.give(manager, 'unmerge-counterparties', parted.id, {})
}

async function groups(it) {
  const { manager } = it
  const id = await it.give(manager, 'create-audience-group', { kind: 'counterparty_group' })
  await it.give(manager, 'rename-audience-group', id, {})
  await it.give(manager, 'add-group-members', id, { counterparty_ids: [it.client] })
  const former = await it.give(manager, 'create-audience-group', { kind: 'person_group' })
  await it.give(manager, 'close-audience-group', former, {})
}

async function influence(it) {
  const { manager } = it
  const seen = { attitude_to_us: 1, confidence: 50, strength: 2, evidence: {} }
  const suppose = (more) => it.give(manager, 'suppose-influence', { ...seen, counterparty_id: it.client, kind: 'recommends', since: date(-1), ...more })
  const id = await suppose({ from_person_id: it.person })
  await it.give(manager, 'confirm-influence', id, { confidence: 80, evidence: {}, on: date(0) })
  await it.give(manager, 'revise-influence', id, { ...seen, on: date(0) })
  const outdated = await suppose({ from_person_id: it.other })
  await it.give(manager, 'outdate-influence', outdated, { until: date(0) })
}

async function messages(it) {
  const { manager, employee } = it
  const file = { mime: 'text/plain', sha256: 'a1'.repeat(32), size: 5 }
  const make = (more) => it.give(manager, 'register-message', { addressee_id: idOf(manager), channel: 'email', mail: {}, attachments: [file], ...more })
  const id = await make({ counterparty_id: it.client })
  it.ids.message = id
  await it.give(manager, 'classify-message', id, { urgency: 'high', intent: 'question' })
  const called = await make({ channel: 'call', callback_by: instant(1) })
  await it.give(manager, 'match-message', called, { counterparty_id: it.client })
  await it.give(manager, 'unmatch-message', called, {})
  await it.give(manager, 'reroute-message', called, { addressee_id: idOf(employee) })
  const done = await make({ counterparty_id: it.client })
  await it.give(manager, 'begin-message', done, {})
  await it.give(manager, 'resolve-message', done, { became: { kind: 'none' } })
  await it.give(manager, 'reopen-message', done, {})
  await it.give(manager, 'lose-message', await make(), {})
  await it.give(manager, 'mark-message-spam', await make(), {})
}

async function rules(it) {
  const { reviewer, manager } = it
  const { current } = await reviewer.get('/v1/screening-rules')
  const parameters = { ...current, price_floors: [{ floor: { currency: 'RUB', minor: 100 } }], forbidden_stems: [{ group: 'penalty', stem: 'штраф' }] }
  await it.filler.give(reviewer, 'publish-screening-rules', {}, { parameters }, manager)
  it.criterion = (await reviewer.get('/v1/screening-rules')).current.criteria[0].code
}

async function negotiations(it) {
  const { manager, employee, reviewer, client } = it
  const ours = { our_participant_ids: [idOf(employee)] }
  const talk = { ...ours, channel: 'meeting', counterparty_id: client }
  const planned = { ...talk, planned_from: instant(1), planned_to: instant(1.1), stage: 'proposal', their_participants: [{}] }
  const moved = await it.give(employee, 'plan-negotiation', planned)
  await it.give(employee, 'reschedule-negotiation', moved, { planned_from: instant(2), planned_to: instant(2.1) })
  const cancelled = await it.give(employee, 'plan-negotiation', planned)
  await it.give(employee, 'cancel-negotiation', cancelled, {})

  const promise = (kind, value) => ({ by: 'us', kind, due_at: instant(9), owner_id: idOf(employee), value })
  const record = {
    ...ours, stage: 'proposal', their_participants: [{ person_id: it.person }], attachments: [{ mime: 'text/plain', sha256: 'b2'.repeat(32), size: 5 }],
    commitments: [promise('discount', { basis_points: 4000 }), promise('scope', {}), promise('other', {}), promise('term', {}), promise('other', {})],
    next_steps: [{ when: date(3), who_id: idOf(employee) }, { when: date(4), who_id: idOf(employee) }],
  }
  const held = await it.give(employee, 'plan-negotiation', planned)
  await it.give(employee, 'hold-negotiation', held, { ...talk, held_from: instant(-0.2), held_to: instant(-0.1) })
  await it.give(employee, 'record-negotiation', held, record)
  it.ids.negotiation = held
  // Nobody had planned that one.
  await it.give(employee, 'record-negotiation', randomUUID(), { ...record, talk: { ...talk, held_from: instant(-0.2), held_to: instant(-0.1) } })
  const commitments = await commitmentsOf(employee, held)
  await it.give(employee, 'finish-negotiation-step', held, { step: 1 })
  await it.give(employee, 'keep-commitment', held, { commitment_id: commitments[1] })
  await it.give(employee, 'break-commitment', held, { commitment_id: commitments[2] })
  await it.give(manager, 'waive-commitment', held, { commitment_id: commitments[3] })
  await it.give(manager, 'hand-over-commitment', held, { commitment_id: commitments[4], owner_id: idOf(manager) })
  await it.give(employee, 'supersede-commitment', held, { commitment_id: commitments[0], successor_id: commitments[4] })
  await it.give(employee, 'correct-negotiation', held, record)

  const judged = async (name, more) => {
    const id = await it.give(employee, 'plan-negotiation', planned)
    await it.give(employee, 'hold-negotiation', id, { ...talk, held_from: instant(-0.2), held_to: instant(-0.1) })
    await it.give(employee, 'record-negotiation', id, record)
    await underReview(reviewer, id)
    await it.give(reviewer, 'claim-negotiation-review', id, {})
    if (name) await it.give(reviewer, name, id, { scores: [{ criterion: exactly(it.criterion), score: 3 }], dismissed_hits: [{ hit: 1 }], ...more })
    return id
  }
  await judged('stop-negotiation', { correct_by: instant(2) })
  await judged('approve-negotiation', {})
  it.ids.review = await judged()
}

const commitmentsOf = async (api, id) => (await api.get(`/v1/negotiations/${id}`)).record.commitments.map((one) => one.id)

// A policy opens the review when the record is there.
const underReview = (reviewer, id) => until(async () => (await reviewer.get('/v1/review-desk')).items.some((one) => one.negotiation_id === id || one.id === id), { what: 'the record is under review' })

async function assignments(it) {
  const { manager, employee } = it
  const issue = () => it.give(manager, 'issue-assignment', { assignee_id: idOf(employee), due_at: instant(5), counterparty_id: it.client, priority: 'high' })
  const id = await issue()
  it.assignment = it.ids.assignment = id
  await it.give(manager, 'revise-assignment', id, { priority: 'urgent' })
  await it.give(employee, 'accept-assignment', id, {})
  await it.give(employee, 'ask-for-assignment-time', id, { due_at: instant(7) })
  await it.give(manager, 'change-assignment-due', id, { due_at: instant(7) })
  await it.give(employee, 'start-assignment', id, {})
  await it.give(employee, 'report-assignment-done', id, {})
  await it.give(manager, 'return-assignment', id, {})
  const verified = await issue()
  await it.give(employee, 'accept-assignment', verified, {})
  await it.give(employee, 'start-assignment', verified, {})
  await it.give(employee, 'report-assignment-done', verified, {})
  await it.give(manager, 'verify-assignment', verified, {})
  const declined = await issue()
  await it.give(employee, 'decline-assignment', declined, {})
  await it.give(manager, 'reassign-assignment', declined, { assignee_id: idOf(it.reviewer) })
  await it.give(manager, 'cancel-assignment', await issue(), {})
}

async function threads(it) {
  const { manager, employee, reviewer } = it
  const to = idOf(employee)
  const open = (kind, more) => it.give(manager, 'open-thread', { addressee_ids: [to], cc_ids: [idOf(it.admin)], context: { counterparty_id: it.client }, kind, reply_by: instant(3), ...more })
  const id = await open('question')
  it.ids.thread = id
  await it.give(employee, 'comment-thread', id, {})
  await it.give(employee, 'propose-deadline', id, { addressee_id: to, reply_by: instant(4) })
  await it.give(manager, 'refuse-deadline', id, { addressee_id: to })
  await it.give(employee, 'answer-thread', id, {})
  await it.give(manager, 'return-answer', id, { addressee_id: to, reply_by: instant(5) })
  const closed = await open('question')
  await it.give(manager, 'close-thread', closed, {})
  await open('notice')
  const agreed = await open('agreement')
  await it.give(manager, 'revise-agreement', agreed, { reply_by: instant(4) })
  await it.give(employee, 'accept-agreement', agreed, { version: 2 })
  await it.give(employee, 'open-dispute', agreed, {})
  await it.give(manager, 'appoint-arbiter', agreed, { arbiter_id: idOf(reviewer) })
  await it.give(reviewer, 'rule-dispute', agreed, {})
  const declined = await open('agreement')
  await it.give(employee, 'decline-agreement', declined, {})
  const superseded = await open('agreement')
  await it.give(employee, 'accept-agreement', superseded, { version: 1 })
  await it.give(manager, 'supersede-agreement', superseded, {})
}

async function time(it) {
  const { employee } = it
  const worked = { assignment_id: it.assignment, date: date(0), minutes: 30 }
  const sheet = await it.give(employee, 'enter-time', worked)
  await it.give(employee, 'correct-time', sheet, { ...worked, minutes: 40, no: 1 })
  await it.give(employee, 'enter-time', worked)
  await it.give(employee, 'withdraw-time', sheet, { no: 2 })
  const item = (more) => it.give(it.manager, 'plan-work-item', { counterparty_id: it.client, due_date: date(1), responsible_id: idOf(it.manager), ...more })
  await item()
  await it.give(it.manager, 'move-work-item', await item(), { due_date: date(2) })
  await it.give(it.manager, 'finish-work-item', await item(), {})
  await it.give(it.manager, 'miss-work-item', await item(), {})
  await it.give(it.manager, 'cancel-work-item', await item(), {})
}

async function reminders(it) {
  for (const who of Object.values(it.by).filter(({ me }) => !me.denied.includes('schedule-reminder'))) {
    await it.give(who, 'schedule-reminder', { channels: ['in_app'], fire_at: instant(1), zone: 'Europe/Moscow', subject: { kind: 'counterparty', id: it.client } })
    await it.give(who, 'schedule-reminder', { channels: ['in_app'], fire_at: new Date(Date.now() + 1000).toISOString() })
  }
}
