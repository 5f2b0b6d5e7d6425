// How the application looks is no secret and stays.
const looks = new Set(['letopis.lang', 'letopis.color-scheme', 'letopis.density'])

const ours = (storage: Storage, wanted: (key: string) => boolean) => Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '').filter(wanted)

const drafts = () => ours(sessionStorage, (key) => key.startsWith('letopis.draft.'))
const saved = () => ours(localStorage, (key) => key.startsWith('letopis.') && !looks.has(key))

/** What this browser keeps of what was typed: drafts of forms, and filters with a name. */
export const keptHere = () => ({ drafts: drafts().length, saved: saved().length })

export function eraseKept() {
  for (const key of drafts()) sessionStorage.removeItem(key)
  for (const key of saved()) localStorage.removeItem(key)
}
