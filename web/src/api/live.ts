import type { QueryClient } from '@tanstack/react-query'

import { grownOld } from './hooks'
import { follow, type LiveEvent } from './stream'

/** How long changes are collected before answers are asked for again. */
const collectFor = 150

/** Keeps the answers on the screen up to date. Returns the function that stops it. */
export function keepUpToDate(client: QueryClient, onConnection: (up: boolean) => void): () => void {
  let pending = new Map<string, Set<string>>()
  let all = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = () => {
    timer = undefined
    const changed = pending
    const everything = all
    pending = new Map()
    all = false
    void client.invalidateQueries({
      predicate: (query) =>
        everything || [...changed].some(([projection, keys]) => grownOld(query.queryKey, projection, [...keys])),
    })
  }

  const hear = (event: LiveEvent) => {
    if (event.kind === 'up' || event.kind === 'down') return onConnection(event.kind === 'up')
    if (event.kind === 'lost') all = true
    else {
      const keys = pending.get(event.projection) ?? new Set()
      for (const key of event.keys) keys.add(key)
      pending.set(event.projection, keys)
    }
    timer ??= setTimeout(flush, collectFor)
  }

  const leave = listen(hear)
  return () => {
    clearTimeout(timer)
    leave()
  }
}

function listen(hear: (event: LiveEvent) => void): () => void {
  if (typeof SharedWorker === 'undefined') return follow(hear)
  const worker = new SharedWorker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'letopis-live' })
  worker.port.addEventListener('message', (message: MessageEvent<LiveEvent>) => hear(message.data))
  worker.port.start()
  const leave = () => worker.port.postMessage('leave')
  // A page in the browser's back-forward cache must not hold the stream open, and comes back with old answers.
  const join = (event: PageTransitionEvent) => {
    if (!event.persisted) return
    worker.port.postMessage('join')
    hear({ kind: 'lost' })
  }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', join)
  return () => {
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', join)
    leave()
    worker.port.close()
  }
}
