type Params = { [name: string]: string | undefined }

/** `working_calendar.days_set` is an event of working calendars. */
export const kindOfType = (type: string) => type.slice(0, type.indexOf('.'))

const list = (text: string | undefined) => text?.split(',').filter(Boolean) ?? []

/** The begin of a day in the reader's own zone. */
const begin = (day: string, add = 0) => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + add).toISOString()
}

/** What the address asks of the log. On a past day nothing is shown that was recorded later. */
export function eventQuery(params: Params, asOf: string | undefined) {
  const until = params.until ? begin(params.until, 1) : undefined
  // "Recorded before" leaves out the instant itself, which the past day includes.
  const end = asOf && new Date(Date.parse(asOf) + 1).toISOString()
  const bound = [until, end].filter((one) => one !== undefined).toSorted()[0]
  return {
    ...(list(params.kind).length > 0 ? { kind: list(params.kind) } : {}),
    ...(list(params.type).length > 0 ? { type: list(params.type) } : {}),
    ...(list(params.id).length > 0 ? { id: list(params.id) } : {}),
    ...(params.actor ? { actor: params.actor } : {}),
    ...(params.record ? { record: params.record } : {}),
    ...(params.from ? { from: begin(params.from) } : {}),
    ...(bound ? { until: bound } : {}),
  }
}
