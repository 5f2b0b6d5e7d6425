import type { Params } from '@/api/hooks'

export type Search = Record<string, string | undefined>
type Query = NonNullable<Params<'/v1/counterparties'>['query']>

/** The filter's names in the address, in the order in which they are shown. */
export const filterNames = ['q', 'role', 'kind', 'state', 'responsible', 'region', 'segment', 'key', 'duplicates', 'doubtful', 'sort'] as const
export type FilterName = (typeof filterNames)[number]
export type Filter = Partial<Record<FilterName, string>>

/** What the address says about the filter; what else stands there is not the filter's. */
export function filterOf(search: Search): Filter {
  return Object.fromEntries(filterNames.flatMap((name) => (search[name] ? [[name, search[name]]] : [])))
}

/** All the filter's names, those that are not set with `undefined`: applying a filter takes the former one away. */
export function wholeFilter(filter: Filter): Search {
  return Object.fromEntries(filterNames.map((name) => [name, filter[name]]))
}

/** How many conditions a reader would count: the order is none, and the text stands in its own field. */
export const conditions = (filter: Filter): FilterName[] => filterNames.filter((name) => filter[name] && name !== 'sort' && name !== 'q')

export function queryOf({ key, duplicates, doubtful, state, sort, ...plain }: Filter): Query {
  return {
    ...plain,
    ...(state ? { state: state.split(',') } : {}),
    ...(key ? { key_accounts: true } : {}),
    ...(duplicates ? { has_duplicates: true } : {}),
    ...(doubtful ? { requisites_doubtful: true } : {}),
    ...(sort === 'newest' ? { sort } : {}),
  } as Query
}

export const sameFilter = (one: Filter, other: Filter) => filterNames.every((name) => (one[name] ?? '') === (other[name] ?? ''))
