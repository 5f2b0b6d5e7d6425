import type { Schema } from '@/api/hooks'

type Someone = Pick<Schema<'EmployeeItem'>, 'id' | 'head_id'>
type Absence = Pick<Schema<'EmployeeAbsence'>, 'from' | 'to'>

/** Does one stand above the other, through however many heads? */
export function isAbove(superior: string, employee: string, all: Someone[]): boolean {
  const heads = new Map(all.map((one) => [one.id, one.head_id]))
  const seen = new Set([employee])
  let head = heads.get(employee)
  // Two changes at once may make a circle: nobody is met twice.
  while (head && !seen.has(head)) {
    if (head === superior) return true
    seen.add(head)
    head = heads.get(head)
  }
  return false
}

/** Absences are a matter of the employee, of who stands above, and of managers and administrators. */
export function mayPlanAbsence(me: { employee_id: string; roles: string[] }, employee: string, all: Someone[]): boolean {
  return me.employee_id === employee || me.roles.includes('manager') || me.roles.includes('administrator') || isAbove(me.employee_id, employee, all)
}

/** Today as a plain day in a zone; in the reader's own one when it is not known. */
export function dayIn(zone: string, now = new Date()): string {
  try {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(now)
  } catch {
    return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' }).format(now)
  }
}

/** Absences that last or are to come, the first first, and those that are over, the last first. */
export function sortAbsences<A extends Absence>(absences: A[], today: string): { ahead: A[]; over: A[] } {
  const byDay = absences.toSorted((a, b) => a.from.localeCompare(b.from))
  return { ahead: byDay.filter((one) => one.to >= today), over: byDay.filter((one) => one.to < today).toReversed() }
}

type Department = Pick<Schema<'DepartmentNode'>, 'id' | 'name' | 'parent_id'>

/** Departments with those above them, since two directorates may have a "Sales" each; the company itself goes without saying. */
export function departmentChoices(all: Department[]): { value: string; label: string }[] {
  const byId = new Map(all.map((one) => [one.id, one]))
  const path = (one: Department): string[] => {
    const names: string[] = []
    const seen = new Set<string>()
    let at: Department | undefined = one
    while (at && !seen.has(at.id)) {
      seen.add(at.id)
      if (at.parent_id || at === one) names.unshift(at.name)
      at = at.parent_id ? byId.get(at.parent_id) : undefined
    }
    return names
  }
  return all.map((one) => ({ value: one.id, label: path(one).join(' / ') })).toSorted((a, b) => a.label.localeCompare(b.label))
}
