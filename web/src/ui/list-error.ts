import type { ReactNode } from 'react'

/** The server finds fault with one of a list (`addressee_ids.1`); the field shows it as its own. */
export function listError(errors: Record<string, ReactNode>, name: string): ReactNode {
  const key = Object.keys(errors).find((one) => one === name || one.startsWith(`${name}.`))
  return key && errors[key]
}
