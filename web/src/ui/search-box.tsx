import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useParams, useSetParams } from './params'

/** A list's text filter, kept in the address. What is being typed is the field's own: no answer that comes meanwhile can eat it. */
export function SearchBox({ label, param = 'q', placeholder }: { label: string; param?: string; placeholder?: string }) {
  const { t } = useTranslation()
  const set = useSetParams()
  const inAddress = useParams()[param] ?? ''
  const [typed, setTyped] = useState(inAddress)
  const [asked] = useDebouncedValue(typed.trim(), 250)
  const sent = useRef(inAddress)
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => {
    if (asked === sent.current) return
    sent.current = asked
    set({ [param]: asked || undefined })
  }, [asked, param, set])

  // The address changed by itself: a saved filter, a link, the way back.
  useEffect(() => {
    if (inAddress === sent.current || document.activeElement === input.current) return
    sent.current = inAddress
    setTyped(inAddress)
  }, [inAddress])

  return (
    <TextInput
      ref={input}
      type="search"
      aria-label={label}
      placeholder={placeholder ?? label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed && <CloseButton size="sm" aria-label={t('clearFilters')} onClick={() => setTyped('')} />}
      flex="1 1 240px"
      maw={420}
    />
  )
}
