import { useSyncExternalStore } from 'react'

export type Density = 'comfortable' | 'compact'

const densityKey = 'letopis.density'
const listeners = new Set<() => void>()

const density = (): Density => (localStorage.getItem(densityKey) === 'compact' ? 'compact' : 'comfortable')

export function setDensity(value: Density) {
  localStorage.setItem(densityKey, value)
  for (const tell of listeners) tell()
}

/** How close lines stand, as chosen on this machine. */
export function useDensity(): Density {
  return useSyncExternalStore((tell) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  }, density)
}
