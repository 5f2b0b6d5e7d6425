import { useState } from 'react'

import { useMe } from '@/app/session'

import { filterOf, type Filter } from './filter'

export type SavedFilter = { name: string; filter: Filter }

const keyOf = (employee: string) => `letopis.client-filters.${employee}`

/** What is stored may be from an older version or damaged: only what can be used is taken. */
export function readSaved(text: string | null): SavedFilter[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(found)) return []
    return found.flatMap((one: Partial<SavedFilter> | null) => (typeof one?.name === 'string' && typeof one.filter === 'object' ? [{ name: one.name, filter: filterOf({ ...one.filter }) }] : []))
  } catch {
    return []
  }
}

/** A name is used once: saving under it again replaces the filter. */
export function withSaved(saved: SavedFilter[], name: string, filter: Filter): SavedFilter[] {
  return [...saved.filter((one) => one.name !== name), { name, filter }].toSorted((a, b) => a.name.localeCompare(b.name))
}

/** The filters that this person has named on this machine. */
export function useSavedFilters() {
  const key = keyOf(useMe().employee_id)
  const [saved, setSaved] = useState(() => readSaved(localStorage.getItem(key)))
  const write = (next: SavedFilter[]) => {
    setSaved(next)
    // A full or forbidden storage: the filter is there until the page is left.
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      /* nothing else depends on it */
    }
  }
  return {
    saved,
    save: (name: string, filter: Filter) => write(withSaved(saved, name, filter)),
    remove: (name: string) => write(saved.filter((one) => one.name !== name)),
  }
}
