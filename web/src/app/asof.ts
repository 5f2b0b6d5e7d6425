import { useNavigate, useSearch } from '@tanstack/react-router'

/** The past instant of which the page speaks (RFC 3339), or undefined for now. It is part of every address. */
export function useAsOf(): string | undefined {
  return (useSearch({ strict: false }) as { as_of?: string }).as_of
}

/** What is over cannot be changed: no command is offered while a page speaks of a past day. */
export function useMayChange(): boolean {
  return useAsOf() === undefined
}

export function useGoTo() {
  const navigate = useNavigate()
  return (instant: string | undefined) =>
    navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, as_of: instant }) } as never)
}
