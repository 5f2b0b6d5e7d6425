import { useRead } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useWords } from '@/i18n'

import { RecordLink } from './links'

type State = { [field: string]: unknown }

const text = (...values: unknown[]) => values.find((value) => typeof value === 'string' && value !== '') as string | undefined
const part = (state: State, name: string) => (state[name] ?? {}) as State

// What a record calls itself, from its fields. A kind that is not listed has no name of its own.
const selfNames: Record<string, (state: State) => string | undefined> = {
  counterparty: (state) => text(part(state, 'record').short_name, part(state, 'record').legal_name),
  contact_person: (state) => fullName(part(state, 'details')),
  employee: (state) => text(state.display_name),
  department: (state) => text(state.name),
  working_calendar: (state) => text(state.name),
  audience_group: (state) => text(state.name),
  assignment: (state) => text(state.title),
  negotiation: (state) => text(state.topic),
  thread: (state) => text(state.subject),
  message: (state) => text(state.subject, state.topic),
  work_item: (state) => text(state.text),
  reminder: (state) => text(state.text),
  login_name: (state) => text(state.login, state.name),
  requisite: (state) => text(state.key),
  timesheet: (state) => text(state.month),
  daily_report: (state) => text(state.date),
}

const fullName = (details: State) => text([details.last_name, details.first_name, details.patronymic].filter(Boolean).join(' '))

/** Names change seldom; a colleague's new name may be a few minutes late here. */
const staleTime = 300_000

/** The name of any record: colleagues from the one list that all fields share, others from the record itself. */
export function useName(kind: string | undefined, id: string | undefined): string | undefined {
  const isEmployee = kind === 'employee'
  const employees = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime, enabled: isEmployee && Boolean(id) })
  const listed = employees.data?.items.find((one) => one.id === id)?.name
  const wanted = Boolean(kind && id && kind in selfNames) && (!isEmployee || (employees.isFetched && !listed))
  const asOf = useAsOf()
  const record = useRead('/v1/records/{kind}/{id}', { path: { kind: kind ?? '', id: id ?? '' }, ...(asOf ? { query: { as_of: asOf } } : {}) }, { staleTime, enabled: wanted })
  if (listed) return listed
  return record.data && kind ? selfNames[kind]?.(record.data.state as State) : undefined
}

/** A record by its name, as a link; by its kind and the end of its id where it has no name. */
export function RecordName({ kind, id }: { kind: string; id: string }) {
  const words = useWords()
  const name = useName(kind, id)
  return (
    <RecordLink kind={kind} id={id} underline="always">
      {name ?? `${words(`kind.${kind}`, kind)} …${id.slice(-6)}`}
    </RecordLink>
  )
}
