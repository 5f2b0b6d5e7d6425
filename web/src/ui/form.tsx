import type { UseFormReturnType } from '@mantine/form'
import { Suspense, lazy, type ComponentType, type ReactNode } from 'react'

import type { Body, CommandPath, Receipt } from '@/api/hooks'

export type Values = Record<string, unknown>
export type Form<V extends Values> = UseFormReturnType<V>

export type CommandFormProps<P extends CommandPath, V extends Values> = {
  /** Names the draft: the command and the record, such as `assignments/issue` or `assignments/return/<id>`. */
  name: string
  path: P
  id?: string
  /** The record's kind and the revision that the person has seen; needed for a conflict to be shown. */
  kind?: string
  revision?: number
  initial: V
  /** What is sent. Empty optional values are left out by `given`. */
  body: (values: V) => Body<P>
  submit: string
  /** Said when it is done. */
  success?: string
  onDone?: (receipt: Receipt) => void
  onCancel?: () => void
  /** Offers to say when it really happened, and why it is recorded late. */
  late?: boolean
  danger?: boolean
  children: (form: Form<V>) => ReactNode
}

export type DrawerProps<P extends CommandPath, V extends Values> = CommandFormProps<P, V> & { title: string; opened: boolean; onClose: () => void; size?: string }

// Most visits open no form: what makes them work is fetched with the first that is opened. The types of a form's path and
// values are the caller's; what is fetched takes any.
const Drawer = lazy(async () => ({ default: (await import('./command-drawer')).CommandDrawer as ComponentType<object> }))
const Inline = lazy(async () => ({ default: (await import('./command-form')).CommandForm as ComponentType<object> }))

/** A command's form in a drawer; see command-drawer. */
export function CommandDrawer<P extends CommandPath, V extends Values>(props: DrawerProps<P, V>) {
  if (!props.opened) return null
  return (
    <Suspense fallback={null}>
      <Drawer {...props} />
    </Suspense>
  )
}

/** A command's form on the page; see command-form. */
export function CommandForm<P extends CommandPath, V extends Values>(props: CommandFormProps<P, V>) {
  return (
    <Suspense fallback={null}>
      <Inline {...props} />
    </Suspense>
  )
}

type Given<V> = { [K in keyof V as V[K] extends undefined ? never : K]: Exclude<V[K], null> }

/** Leaves out what was not filled in: the API takes absent, not empty. */
export function given<V extends object>(values: V): Given<V> {
  const filled = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
  return Object.fromEntries(filled) as Given<V>
}
