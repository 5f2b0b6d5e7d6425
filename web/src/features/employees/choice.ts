import type { ReactNode } from 'react'

import type { Form } from '@/ui/form'

/** What a field that speaks of values, not of events, needs of a form. */
export function choice<V extends Record<string, unknown>, K extends keyof V & string>(form: Form<V>, name: K): { value: V[K]; onChange: (value: V[K]) => void; error: ReactNode } {
  return { value: form.values[name], onChange: (value) => form.setFieldValue(name, value as never), error: form.errors[name] }
}
