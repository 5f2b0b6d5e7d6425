import {
  IconAddressBook, IconArchive, IconBuildingBank, IconBuildingCommunity, IconCertificate, IconChecklist, IconHash, IconHeartHandshake, IconHistory, IconInbox,
  IconListDetails, IconMessageQuestion, IconMoon, IconPlayerPlay, IconRotate, IconStar, IconTag, IconTagOff, IconUserShare, IconWriting, IconWritingOff, IconPhone, IconCancel, IconCheckbox, IconX,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMay } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { later } from '@/ui/later'

import { ChangeMenu, type ActionGroup } from './change-menu'
import type { ClientFormName } from './client-forms'
import { over, type ClientFacts } from './facts'
import { today } from './form-kit'

const ClientForm = later(() => import('./client-forms').then((m) => m.ClientForm))

type Props = { id: string; name: string; facts: ClientFacts; card: Schema<'ClientCard'> | undefined; onContacts: () => void }

/** What can be done with a client: new records about it first, changes of the card in groups. */
export function ClientActions({ id, name, facts, card, onContacts }: Props) {
  const { t } = useTranslation('client')
  const navigate = useNavigate()
  const [form, setForm] = useState<ClientFormName>()
  const begin = (to: string) => () => void navigate({ to, search: { new: '1', counterparty: id, counterparty_name: name } } as never)
  const merged = facts.state === 'merged' ? t('why.merged') : undefined

  const dealings: Action[] = [
    { label: t('do.message'), icon: IconInbox, onClick: begin('/messages'), impossible: merged },
    { label: t('do.assignment'), icon: IconChecklist, onClick: begin('/assignments'), impossible: merged },
    { label: t('do.negotiation'), icon: IconHeartHandshake, onClick: begin('/negotiations'), impossible: merged },
    { label: t('do.thread'), icon: IconMessageQuestion, onClick: begin('/threads'), impossible: merged },
    { label: t('do.contacts'), icon: IconAddressBook, onClick: onContacts },
    { label: t('do.trail'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/counterparty/${id}` }), reads: true },
  ]
  // Whoever opens the card of a closed client most likely wants it back.
  const reopen: Action[] = facts.state === 'closed' ? [{ label: t('do.reopen'), icon: IconRotate, onClick: () => setForm('reopen') }] : []
  return (
    <>
      <ChangeMenu groups={useGroups(facts, card, setForm)} />
      <Actions of={[...reopen, ...dealings]} />
      {form && card && <ClientForm form={form} card={card} onClose={() => setForm(undefined)} />}
    </>
  )
}

function useGroups(facts: ClientFacts, card: Schema<'ClientCard'> | undefined, open: (form: ClientFormName) => void): ActionGroup[] {
  const { t } = useTranslation('client')
  const may = useMay()
  const merged = facts.state === 'merged' ? t('why.merged') : undefined
  const act = (form: ClientFormName, operation: string, icon: NonNullable<Action['icon']>, impossible?: string | false, danger?: boolean): Action[] =>
    may(operation) ? [{ label: t(`do.${form}`), icon, onClick: () => open(form), impossible: merged ?? impossible, ...(danger ? { danger } : {}) }] : []
  const openRoles = facts.roles.filter((role) => !role.until).length
  const given = facts.consents.some((one) => !one.withdrawn)
  const inState = (...states: string[]) => states.includes(facts.state)

  return [
    {
      title: t('group.details'),
      actions: [
        ...act('change', 'change-counterparty', IconListDetails),
        ...act('changeContacts', 'change-counterparty-contacts', IconPhone),
        ...act('entrust', 'entrust-counterparty', IconUserShare),
        ...act('join', 'join-counterparty', IconBuildingCommunity),
        ...act('identify', 'identify-counterparty', IconHash),
      ],
    },
    {
      title: t('group.relation'),
      actions: [
        ...act('activate', 'activate-counterparty', IconPlayerPlay, inState('prospect', 'dormant', 'merged') ? false : t(inState('closed') ? 'why.closedReopen' : 'why.active')),
        ...act('rest', 'rest-counterparty', IconMoon, inState('prospect', 'active', 'merged') ? false : t(inState('closed') ? 'why.closed' : 'why.dormant')),
        ...act('close', 'close-counterparty', IconArchive, inState('closed') && t('why.closed'), true),
        ...act('reopen', 'reopen-counterparty', IconRotate, !inState('closed', 'merged') && t('why.notClosed')),
        ...act('addRole', 'add-counterparty-role', IconTag, openRoles === 6 && t('why.allRoles')),
        ...act('removeRole', 'remove-counterparty-role', IconTagOff, openRoles === 0 && t('why.noRole')),
        ...act('markKey', 'mark-key-account', IconStar, facts.keyAccount && t('why.key')),
        ...act('unmarkKey', 'mark-key-account', IconX, !facts.keyAccount && t('why.notKey')),
      ],
    },
    {
      title: t('group.papers'),
      actions: [
        ...act('addAccount', 'add-bank-account', IconBuildingBank),
        ...act('closeAccount', 'close-bank-account', IconCancel, !facts.accounts.some((one) => !one.until) && t('why.noAccount')),
        ...act('addSignatory', 'add-signatory', IconWriting),
        ...act('withdrawSignatory', 'withdraw-signatory', IconWritingOff, !facts.signatories.some((one) => !over(one.valid_until, today())) && t('why.noSignatory')),
        ...act('giveConsent', 'give-counterparty-consent', IconCheckbox),
        ...act('withdrawConsent', 'withdraw-counterparty-consent', IconCertificate, !given && t('why.noConsent')),
      ],
    },
  ].map((group) => ({ ...group, actions: card ? group.actions : [] }))
}
