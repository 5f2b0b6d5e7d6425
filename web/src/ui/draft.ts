import { useSession } from '@/app/session'

/** What was typed into a form and not sent yet, per person: it survives a reload, a conflict and signing out. */
export type Drafts = { read: <V>() => V | undefined; write: (values: unknown) => void; clear: () => void }

export function useDraft(form: string): Drafts {
  const { data } = useSession()
  const key = `letopis.draft.${data?.employee_id ?? ''}.${form}`
  return {
    read: <V>() => {
      try {
        const text = sessionStorage.getItem(key)
        return text ? (JSON.parse(text) as V) : undefined
      } catch {
        return undefined
      }
    },
    write: (values) => {
      // A full or forbidden storage must not keep anybody from typing.
      try {
        sessionStorage.setItem(key, JSON.stringify(values))
      } catch {
        /* the form itself still holds the text */
      }
    },
    clear: () => sessionStorage.removeItem(key),
  }
}
