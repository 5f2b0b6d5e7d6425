import type { Schema } from '@/api/hooks'

export type Step = Schema<'TrailStep'>

/** Steps are counted from one, as people do; revisions from zero. */
export const numberOf = (step: Step) => Number(step.revision) + 1

/** The steps that touched a field and were taken by a person; of the changes only those of the field. */
export function filtered(steps: readonly Step[], field: string | undefined, person: string | undefined): Step[] {
  return steps
    .filter((step) => !person || step.actor_id === person || step.on_behalf_of === person)
    .map((step) => (field ? { ...step, changes: step.changes.filter((change) => change.field === field) } : step))
    .filter((step) => !field || step.changes.length > 0)
}

export const fieldsOf = (steps: readonly Step[]): string[] => [...new Set(steps.flatMap((step) => step.changes.map((change) => change.field)))].filter((field) => field !== 'id')

export function peopleOf(steps: readonly Step[]): { value: string; label: string }[] {
  const names = new Map(steps.map((step) => [step.actor_id, step.actor_name]))
  return [...names].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label))
}

/** Steps of one day, in the order in which they were given. */
export function byDay(steps: readonly Step[], dayOf: (instant: string) => string): { day: string; steps: Step[] }[] {
  const days: { day: string; steps: Step[] }[] = []
  for (const step of steps) {
    const day = dayOf(step.recorded_at)
    const last = days.at(-1)
    if (last?.day === day) last.steps.push(step)
    else days.push({ day, steps: [step] })
  }
  return days
}

/** It was recorded later than it happened: both clocks are shown. A second is the time that recording takes. */
export const bothClocks = (step: { occurred_at: string; recorded_at: string }) => Math.abs(Date.parse(step.recorded_at) - Date.parse(step.occurred_at)) > 60_000
