import type { ReactNode } from 'react'

import { given, type Form } from './form'
import { listError } from './list-error'

/** What a field of the kit needs of a form; a fault with one entry of a list is shown as the list's own. */
export function fieldOf<V extends Record<string, unknown>, K extends keyof V & string>(form: Form<V>, name: K): { value: V[K]; onChange: (value: V[K] | null) => void; onBlur: () => void; error?: ReactNode } {
  const { onChange, onBlur, value } = form.getInputProps(name as never)
  return { value: value as V[K], onChange, onBlur, error: listError(form.errors, name) }
}

/**
 * What was filled in, and of what was not, only the required fields: the server then says of each that it is missing, where
 * for an absent one it could only find fault with the whole.
 */
export function required<V extends Record<string, unknown>>(values: V, ...names: (keyof V & string)[]) {
  return { ...given(values), ...Object.fromEntries(names.map((name) => [name, values[name] ?? ''])) }
}
