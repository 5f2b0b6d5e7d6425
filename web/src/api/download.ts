import { http, orFail, type paths } from './client'
import type { Params } from './hooks'

export type ExportPath = Extract<keyof paths, `/v1/exports/${string}`>

/** Saves a list as a file under the name that the server gives it. Tells how many rows it has, and whether that is not all. */
export async function download<P extends ExportPath>(path: P, params: Params<P>, format: 'csv' | 'xlsx'): Promise<{ rows: number; cut: boolean }> {
  const query = { ...(params.query as unknown as object), format }
  const answer = await (http.GET as unknown as Fetch)(path, { params: { ...params, query }, parseAs: 'blob' })
  const url = URL.createObjectURL(orFail<Blob>(answer as { data?: Blob; response: Response }))
  const link = document.createElement('a')
  link.href = url
  link.download = /filename="([^"]+)"/.exec(answer.response.headers.get('Content-Disposition') ?? '')?.[1] ?? ''
  link.click()
  URL.revokeObjectURL(url)
  return { rows: Number(answer.response.headers.get('X-Rows')), cut: answer.response.headers.get('X-Rows-Cut') === 'true' }
}

type Fetch = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
