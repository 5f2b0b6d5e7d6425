import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

import { inNameOf } from '@/api/client'

const place = 'letopis.acting_for'
const watchers = new Set<() => void>()

/** The absent colleague for whom this tab acts. Each tab chooses for itself. */
let absent = sessionStorage.getItem(place) ?? undefined
inNameOf(absent)

function change(id: string | undefined) {
  absent = id
  if (id) sessionStorage.setItem(place, id)
  else sessionStorage.removeItem(place)
  inNameOf(id)
  for (const changed of watchers) changed()
}

export function useActingFor(): string | undefined {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    () => absent,
  )
}

/** Acts for a colleague, or for oneself again. What was answered to one is not shown to the other. */
export function useActFor() {
  const client = useQueryClient()
  return (id: string | undefined) => {
    change(id)
    // What the screen shows is asked for anew, and what is not on it is forgotten.
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' && query.getObserversCount() === 0 })
    void client.resetQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  }
}

/** Whoever signs in or out acts for nobody. */
export const actForNobody = () => change(undefined)
