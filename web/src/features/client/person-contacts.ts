import type { Schema } from '@/api/hooks'

type Card = Schema<'PersonCard'>

const note = (point: { note?: string }) => (point.note ? { note: point.note } : {})

/** The card lists ways with their history; those in force are what is edited. */
export function personContacts(card: Card): Schema<'ContactDetails'> {
  const now = card.contacts.filter((point) => !point.until)
  const of = (channel: string) => now.filter((point) => point.channel === channel)
  return {
    phones: of('phone').map((point) => ({
      raw: point.raw ?? point.value, ...(point.value.startsWith('+') ? { e164: point.value } : {}), ...(point.ext ? { ext: point.ext } : {}), ...(point.kind ? { kind: point.kind as 'work' } : {}), ...note(point),
    })),
    emails: of('email').map((point) => ({ address: point.value, ...note(point) })),
    messengers: of('messenger').map((point) => ({ kind: (point.kind ?? 'other') as 'other', account: point.value, ...note(point) })),
    websites: of('website').map((point) => point.value),
  }
}
