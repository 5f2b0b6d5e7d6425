import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

type Search = Record<string, string | undefined>

/** The address's parameters: filters, tabs and the open form live there, so that a link shows what its sender saw. */
export function useParams(): Search {
  return useSearch({ strict: false }) as Search
}

/** Sets parameters and removes those that are undefined or empty. Filters replace the address, tabs may push. */
export function useSetParams() {
  const navigate = useNavigate()
  return useCallback(
    (change: Search, { push = false } = {}) => {
      const search = (before: Search) =>
        Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== ''))
      void navigate({ to: '.', search, replace: !push, resetScroll: false } as never)
    },
    [navigate],
  )
}
