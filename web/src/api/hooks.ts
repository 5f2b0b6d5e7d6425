import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryKey,
} from '@tanstack/react-query'

import { http, newKey, orFail, type components, type paths } from './client'
import type { Failure } from './problem'
import { reads } from './reads.gen'

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export type ReadPath = { [P in keyof paths]: paths[P] extends { get: { responses: { 200: unknown } } } ? P : never }[keyof paths]
type Operation<P extends ReadPath> = paths[P] extends { get: infer G } ? G : never
type Part<O, Name extends string> = O extends { parameters: infer Ps } ? (Name extends keyof Ps ? Ps[Name] : undefined) : undefined
export type Answer<P extends ReadPath> =
  Operation<P> extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never

export type Params<P extends ReadPath> = {
  path?: Part<Operation<P>, 'path'>
  query?: Part<Operation<P>, 'query'>
}

type Options = { enabled?: boolean; keepPrevious?: boolean; staleTime?: number }

/** The key of an answer: its path, then its parameters. */
export const keyOf = (path: string, params: object = {}): QueryKey => [path, params]

async function read<P extends ReadPath>(path: P, params: Params<P>, signal: AbortSignal): Promise<Answer<P>> {
  // The path and its parameters belong together by Params<P>; openapi-fetch cannot see that through the generic.
  const answer = await (http.GET as unknown as Fetch)(path, { params, signal })
  return orFail(answer) as Answer<P>
}
type Fetch = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>

/** An answer of the API, kept up to date by the live stream. */
export function useRead<P extends ReadPath>(path: P, params: Params<P> = {}, options: Options = {}) {
  return useQuery<Answer<P>, Failure>({
    queryKey: keyOf(path, params),
    queryFn: ({ signal }) => read(path, params, signal),
    enabled: options.enabled ?? true,
    ...(options.staleTime === undefined ? {} : { staleTime: options.staleTime }),
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })
}

type Paged = { items?: unknown[]; next?: string }
export type PagedPath = { [P in ReadPath]: Answer<P> extends { items: unknown[] } ? P : never }[ReadPath]
export type ItemOf<P extends PagedPath> = Answer<P> extends { items: (infer I)[] } ? I : never

/** A list that is fetched page by page as it is scrolled. `items` is what has come so far. */
export function usePages<P extends PagedPath>(path: P, params: Params<P> = {}, options: Options & { limit?: number } = {}) {
  const found = useInfiniteQuery<Paged, Failure, { pages: Paged[] }, QueryKey, string>({
    queryKey: [...keyOf(path, params), 'pages'],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...(params.query as unknown as object), limit: options.limit ?? 100, ...(pageParam ? { cursor: pageParam } : {}) }
      return (await read(path, { ...params, query } as unknown as Params<P>, signal)) as Paged
    },
    getNextPageParam: (last) => last.next || undefined,
    enabled: options.enabled ?? true,
    ...(options.keepPrevious ? { placeholderData: keepPreviousData } : {}),
  })
  const items = (found.data?.pages ?? []).flatMap((page) => page.items ?? []) as ItemOf<P>[]
  return { ...found, items }
}

export type CommandPath = {
  [P in keyof paths]: paths[P] extends { post: { requestBody: { content: { 'application/json': unknown } } } } ? P : never
}[keyof paths]
export type Body<P extends CommandPath> = paths[P] extends { post: { requestBody: { content: { 'application/json': infer B } } } } ? B : never

export type Given<P extends CommandPath> = {
  body: Body<P>
  /** The record's id, when the path has one. */
  id?: string
  /** The revision that the person has seen: somebody else's change in between is refused. */
  revision?: number
  /** When it happened, if not now; the reason is required for what lies more than a day back. */
  occurredAt?: string
  reason?: string
  /** Given again with the same key, a command has no second effect. */
  key?: string
}

export type Receipt = Schema<'Receipt'>

/** Sends a command. Afterwards every answer on the screen that could hold the record is asked for again. */
export function useCommand<P extends CommandPath>(path: P) {
  const client = useQueryClient()
  return useMutation<Receipt, Failure, Given<P>>({
    mutationFn: (given) => send(path, given),
    // Not waited for: what was sent is done, whatever is read anew meanwhile.
    onSuccess: () => {
      void client.invalidateQueries()
    },
    // Passing faults are retried with the same key.
    retry: (count, failure) => failure.passing && failure.problem.status !== 429 && count < 2,
  })
}

export async function send<P extends CommandPath>(path: P, given: Given<P>): Promise<Receipt> {
  given.key ??= newKey()
  const headers: Record<string, string> = { 'Idempotency-Key': given.key }
  if (given.revision !== undefined) headers['If-Match'] = `"${given.revision}"`
  const query: Record<string, string> = {}
  if (given.occurredAt) query.occurred_at = given.occurredAt
  if (given.reason) query.reason = given.reason
  const params = { ...(given.id === undefined ? {} : { path: { id: given.id } }), query }
  const answer = await (http.POST as unknown as Fetch)(path, { params, headers, body: given.body })
  return orFail(answer) as Receipt
}

/** Does an answer of this key come from the read model, and if the keys of the changed rows are known, from one of them? */
export function grownOld(queryKey: QueryKey, projection: string, changed: readonly string[]): boolean {
  const [path, params] = queryKey as [string, Params<ReadPath> | undefined]
  if (!reads[path]?.includes(projection)) return false
  // The history is touched under the client's id: another client's history is as it was.
  const id = (params?.path as { id?: string } | undefined)?.id
  if (projection !== 'history' || !id) return true
  return changed.some((key) => key.endsWith('/*') || key.endsWith(`/${id}`))
}
