import type { Schema } from '@/api/hooks'

/** What the left side of the card shows, today or on a past day. */
export type ClientFacts = {
  name: string
  state: string
  stateSince?: string | undefined
  record: Schema<'CounterpartyRecord'>
  roles: Schema<'RolePeriod'>[]
  responsibleId?: string | undefined
  parentId?: string | undefined
  mergedInto?: string | undefined
  keyAccount: boolean
  doubtful: boolean
  accounts: Schema<'BankAccount'>[]
  signatories: Schema<'Signatory'>[]
  consents: { channel: string; scope: string; on?: string | undefined; withdrawn?: string | undefined }[]
  external: Schema<'ExternalReference'>[]
}

export function presentFacts(card: Schema<'ClientCard'>): ClientFacts {
  return {
    name: card.name,
    state: card.state,
    stateSince: card.state_since,
    record: card.record,
    roles: card.role_facts,
    responsibleId: card.responsible_id,
    parentId: card.parent_id,
    keyAccount: card.key_account,
    doubtful: card.requisites_doubtful,
    accounts: card.bank_accounts,
    signatories: card.signatories,
    consents: card.consents.map(({ channel, scope, on, given_at, withdrawn_at }) => ({ channel, scope, on: on ?? given_at, withdrawn: withdrawn_at })),
    external: card.external_ids,
  }
}

type PastState = {
  state?: string
  record?: Schema<'CounterpartyRecord'> & { contact_details?: Schema<'ContactDetails'> }
  roles?: Schema<'RolePeriod'>[]
  responsible?: string
  parent?: string
  merged_into?: string
  key_account?: boolean
  accounts?: Schema<'BankAccount'>[]
  signatories?: Schema<'Signatory'>[]
  consents?: Schema<'ConsentPeriod'>[]
  external?: { source: string; id: string }[]
}

/** The record as its events left it: the same facts, but without what other records add to the card. */
export function pastFacts(state: unknown): ClientFacts {
  const past = (state ?? {}) as PastState
  const { contact_details, ...fields } = past.record ?? ({ kind: 'organisation', legal_name: '' } as NonNullable<PastState['record']>)
  const record = { ...fields, ...contact_details }
  return {
    name: record.short_name || record.legal_name,
    state: past.state ?? '',
    record,
    roles: past.roles ?? [],
    responsibleId: past.responsible,
    parentId: past.parent,
    mergedInto: past.merged_into,
    keyAccount: past.key_account ?? false,
    doubtful: false,
    accounts: past.accounts ?? [],
    signatories: past.signatories ?? [],
    consents: (past.consents ?? []).map(({ channel, scope, on }) => ({ channel, scope, on })),
    external: (past.external ?? []).map(({ source, id }) => ({ source, external_id: id })),
  }
}

/** A period or right that has ended by the day. */
export const over = (until: string | undefined, day: string) => until !== undefined && until !== '' && until <= day
