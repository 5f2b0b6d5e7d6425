import { Skeleton, type SelectProps } from '@mantine/core'
import { useState, type ReactNode } from 'react'

import { useRead } from '@/api/hooks'

import { ClientField } from './fields'

type Props = Omit<SelectProps, 'value' | 'onChange' | 'data' | 'error'> & { value: string | null; onChange: (value: string | null) => void; error?: ReactNode }

/** A client field that is opened with a client of whom only the id is known, such as one from the address or a draft. */
export function KnownClientField(props: Props) {
  // Only the client it is opened with has to be looked up: a later choice brings its own name.
  const [first] = useState(props.value)
  const known = useRead('/v1/counterparties/{id}', { path: { id: first ?? '' } }, { enabled: Boolean(first), staleTime: 300_000 })
  if (first && known.isPending) return <Skeleton height={60} radius="md" aria-busy="true" />
  return <ClientField {...props} {...(known.data ? { name: known.data.name } : {})} />
}
