import type { Schema } from '@/api/hooks'

type Message = Pick<Schema<'MessageDetail'>, 'state' | 'addressee_id' | 'taken_by_id' | 'matched'>
type Employee = Pick<Schema<'EmployeeItem'>, 'id' | 'head_id' | 'department_id'>
type Department = Pick<Schema<'DepartmentNode'>, 'id' | 'head_id' | 'parent_id'>

export type Step = 'acknowledge' | 'begin' | 'become' | 'route' | 'reroute' | 'unmatch' | 'spam' | 'lose' | 'reopen'

/** Why a step cannot be taken now: a key of the texts. */
export type Obstacle = 'notRouted' | 'alreadyTaken' | 'alreadyBegun' | 'closed' | 'notClosed' | 'notAddressee' | 'notConcerned' | 'alreadyRouted' | 'notMatched'

const closed = (message: Message) => ['resolved', 'lost', 'spam'].includes(message.state)

/** Whether somebody stands above an employee: a head in the line of heads, or the head of the department or of one above it. */
export function standsAbove(who: string, employee: string, employees: Employee[], departments: Department[]): boolean {
  const people = new Map(employees.map((one) => [one.id, one]))
  const seen = new Set<string>()
  for (let head = people.get(employee)?.head_id; head && !seen.has(head); head = people.get(head)?.head_id) {
    if (head === who) return true
    seen.add(head)
  }
  const places = new Map(departments.map((one) => [one.id, one]))
  for (let place = places.get(people.get(employee)?.department_id ?? ''); place && !seen.has(place.id); place = places.get(place.parent_id ?? '')) {
    if (place.head_id === who) return true
    seen.add(place.id)
  }
  return false
}

/** What keeps a person from a step with a message; the same rules as the server's, so that nobody has to try in vain. */
export function obstacle(step: Step, message: Message, me: string, above: boolean): Obstacle | undefined {
  const addressee = above || message.addressee_id === me
  const concerned = addressee || !message.addressee_id || message.taken_by_id === me
  switch (step) {
    case 'route':
      return message.state === 'registered' ? undefined : 'alreadyRouted'
    case 'unmatch':
      return message.matched ? undefined : 'notMatched'
    case 'reopen':
      if (!closed(message)) return 'notClosed'
      return concerned ? undefined : 'notConcerned'
  }
  if (closed(message)) return 'closed'
  switch (step) {
    case 'reroute':
      if (!message.addressee_id) return 'notRouted'
      return concerned ? undefined : 'notConcerned'
    case 'spam':
    case 'lose':
      return concerned ? undefined : 'notConcerned'
  }
  if (message.state === 'registered') return 'notRouted'
  if (step === 'acknowledge' && message.state !== 'routed') return 'alreadyTaken'
  if (step === 'begin' && message.state === 'in_progress') return 'alreadyBegun'
  return addressee ? undefined : 'notAddressee'
}
