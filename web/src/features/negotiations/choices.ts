import { useRead } from '@/api/hooks'
import { useWords } from '@/i18n'

/** The choices of a code, in words. */
export function useChoices() {
  const words = useWords()
  return (prefix: string, codes: readonly string[]) => codes.map((code) => ({ value: code, label: words(`${prefix}.${code}`) }))
}

/** The revision that the person sees: a command upon it is refused if somebody has changed the record since. */
export function useRevision(id: string): number | undefined {
  return useRead('/v1/records/{kind}/{id}', { path: { kind: 'negotiation', id } }).data?.revision
}
