import { Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Body, CommandPath, Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { ClientField, DayField, EmployeeField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'

import { ConsentFields, consentBody, consentValues, OpenConsentField } from './consents'
import { contactBody, ContactFields, contactValues } from './contact-fields'
import { changedOnly, today } from './form-kit'

type Card = Schema<'ClientCard'>
type Props = { card: Card; onClose: () => void }

const roles = ['customer', 'partner', 'competitor', 'supplier', 'authority', 'other'] as const
const kinds = ['organisation', 'sole_trader', 'natural_person'] as const

const forms = {
  change: Change, changeContacts: ChangeContacts, entrust: Entrust, join: Join, identify: Identify, activate: Activate, rest: Rest, close: Close, reopen: Reopen, addRole: AddRole,
  removeRole: RemoveRole, markKey: MarkKey, unmarkKey: UnmarkKey, addAccount: AddAccount, closeAccount: CloseAccount, addSignatory: AddSignatory, withdrawSignatory: WithdrawSignatory,
  giveConsent: GiveConsent, withdrawConsent: WithdrawConsent,
}

export type ClientFormName = keyof typeof forms

export function ClientForm({ form, ...props }: Props & { form: ClientFormName }) {
  const Shown = forms[form]
  // What the person began with stays, whatever comes in from others meanwhile: that is for the conflict to show.
  const [card] = useState(props.card)
  return <Shown card={card} onClose={props.onClose} />
}

type DrawerProps<P extends CommandPath, V extends Record<string, unknown>> = Props & {
  of: ClientFormName
  path: P
  initial: V
  body: (values: V) => Body<P>
  danger?: boolean
  late?: boolean
  children?: (form: Form<V>) => ReactNode
}

/** A command on the client's card: its texts are found by its name. */
function Drawer<P extends CommandPath, V extends Record<string, unknown>>({ card, onClose, of, danger, late = true, children, ...rest }: DrawerProps<P, V>) {
  const { t } = useTranslation('client')
  return (
    <CommandDrawer
      {...rest}
      name={`client/${of}/${card.id}`}
      title={t(`do.${of}`)}
      opened
      onClose={onClose}
      kind="counterparty"
      id={card.id}
      revision={card.revision}
      submit={t(`submit.${of}`)}
      success={t(`done.${of}`)}
      late={late}
      {...(danger ? { danger } : {})}
    >
      {(form) => (
        <>
          <Text fw={600}>{card.name}</Text>
          {children?.(form)}
        </>
      )}
    </CommandDrawer>
  )
}

// Fields that belong together share a line.
const lines = [['legal_name'], ['short_name'], ['inn', 'kpp', 'ogrn'], ['legal_address'], ['actual_address'], ['postal_address'], ['industry_okved', 'segment'], ['region', 'source'], ['time_zone', 'country']] as const
const texts = lines.flat()

function Change({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const known = card.record as Record<string, unknown>
  const seen = Object.fromEntries(['kind', ...texts, 'since', 'comment'].map((name) => [name, String(known[name] ?? '')])) as Record<string, string>
  return (
    <Drawer
      card={card}
      onClose={onClose}
      of="change"
      path="/v1/counterparties/{id}/change"
      // What was seen when the typing began travels with the draft: only what was typed is sent.
      initial={{ ...seen, seen } as Record<string, string> & { seen: Record<string, string> }}
      body={({ seen: base, ...values }) => changedOnly(values as Record<string, string>, base as unknown as Record<string, string>)}
    >
      {(form) => (
        <>
          <Select label={t('form.kindOfClient')} data={kinds.map((kind) => ({ value: kind, label: words(`counterparty.kind.${kind}`) }))} allowDeselect={false} {...form.getInputProps('kind')} />
          {lines.map((names) => (
            <Group key={names[0]} gap="sm" grow align="flex-start">
              {names.map((name) => (
                <TextInput key={name} label={capital(words(`field.${name}`))} {...form.getInputProps(name)} />
              ))}
            </Group>
          ))}
          <DayField label={t('facts.since')} {...fieldOf(form, 'since')} />
          <Textarea label={capital(words('field.comment'))} {...form.getInputProps('comment')} />
        </>
      )}
    </Drawer>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function ChangeContacts({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="changeContacts" path="/v1/counterparties/{id}/change-contacts" initial={contactValues(card.record)} body={(values) => contactBody(values, card.record.phones)}>
      {(form) => <ContactFields form={form} />}
    </Drawer>
  )
}

function Entrust({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  return (
    <Drawer card={card} onClose={onClose} of="entrust" path="/v1/counterparties/{id}/entrust" initial={{ responsible_employee_id: (card.responsible_id ?? null) as string | null, reason: '' }} body={(values) => given(values)}>
      {(form) => (
        <>
          <EmployeeField label={t('facts.responsible')} description={t('form.nobodyHint')} {...fieldOf(form, 'responsible_employee_id')} />
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

function Join({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  return (
    <Drawer card={card} onClose={onClose} of="join" path="/v1/counterparties/{id}/join" initial={{ parent_counterparty_id: (card.parent_id ?? null) as string | null }} body={(values) => given(values)}>
      {(form) => <ClientField label={t('facts.head')} description={t('form.headHint')} {...(card.parent_name ? { name: card.parent_name } : {})} {...fieldOf(form, 'parent_counterparty_id')} />}
    </Drawer>
  )
}

function Identify({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  return (
    <Drawer card={card} onClose={onClose} of="identify" path="/v1/counterparties/{id}/identify" initial={{ source: '', external_id: '' }} body={(values) => values}>
      {(form) => (
        <>
          <TextInput label={t('form.system')} description={t('form.systemHint')} required data-autofocus {...form.getInputProps('source')} />
          <TextInput label={t('form.externalId')} required {...form.getInputProps('external_id')} />
        </>
      )}
    </Drawer>
  )
}

function ReasonField({ form, required }: { form: Form<never> | { getInputProps: (path: never) => object }; required?: boolean }) {
  const { t } = useTranslation('client')
  return <Textarea label={t('form.reason')} required={required ?? false} {...(form as { getInputProps: (path: string) => object }).getInputProps('reason')} />
}

function Activate(props: Props) {
  return <WithReason {...props} of="activate" path="/v1/counterparties/{id}/activate" />
}

function Rest(props: Props) {
  return <WithReason {...props} of="rest" path="/v1/counterparties/{id}/rest" />
}

function Close(props: Props) {
  return <WithReason {...props} of="close" path="/v1/counterparties/{id}/close" required danger />
}

function WithReason({ required, ...props }: Props & { of: ClientFormName; path: '/v1/counterparties/{id}/activate' | '/v1/counterparties/{id}/rest' | '/v1/counterparties/{id}/close'; required?: boolean; danger?: boolean }) {
  return (
    <Drawer {...props} initial={{ reason: '' }} body={(values) => (required ? values : given(values))}>
      {(form) => <ReasonField form={form} required={required ?? false} />}
    </Drawer>
  )
}

function Reopen({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <Drawer card={card} onClose={onClose} of="reopen" path="/v1/counterparties/{id}/reopen" initial={{ to: 'active' as 'active' | 'prospect', reason: '' }} body={(values) => given(values)}>
      {(form) => (
        <>
          <Select label={t('form.toState')} data={['active', 'prospect'].map((state) => ({ value: state, label: words(`counterparty.state.${state}`) }))} allowDeselect={false} {...form.getInputProps('to')} />
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

type Role = (typeof roles)[number]

function AddRole({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const free = roles.filter((role) => !card.roles.includes(role))
  return (
    <Drawer card={card} onClose={onClose} of="addRole" path="/v1/counterparties/{id}/add-role" initial={{ role: (free[0] ?? 'customer') as Role, since: today() }} body={(values) => given(values)}>
      {(form) => (
        <>
          <Select label={t('form.role')} data={free.map((role) => ({ value: role, label: words(`counterparty.role.${role}`) }))} allowDeselect={false} {...form.getInputProps('role')} />
          <DayField label={t('form.since')} {...fieldOf(form, 'since')} />
        </>
      )}
    </Drawer>
  )
}

function RemoveRole({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <Drawer card={card} onClose={onClose} of="removeRole" path="/v1/counterparties/{id}/remove-role" initial={{ role: (card.roles[0] ?? 'customer') as Role, until: today() }} body={(values) => values}>
      {(form) => (
        <>
          <Select label={t('form.role')} data={card.roles.map((role) => ({ value: role, label: words(`counterparty.role.${role}`) }))} allowDeselect={false} {...form.getInputProps('role')} />
          <DayField label={t('form.until')} required {...fieldOf(form, 'until')} />
        </>
      )}
    </Drawer>
  )
}

function MarkKey(props: Props) {
  return <Key {...props} of="markKey" key_account />
}

function UnmarkKey(props: Props) {
  return <Key {...props} of="unmarkKey" key_account={false} />
}

function Key({ key_account, ...props }: Props & { of: ClientFormName; key_account: boolean }) {
  const { t } = useTranslation('client')
  return (
    <Drawer {...props} path="/v1/counterparties/{id}/mark-key" initial={{ reason: '' }} body={(values) => ({ key_account, ...given(values) })}>
      {(form) => (
        <>
          {key_account && <Text size="sm">{t('form.keyHint')}</Text>}
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

function AddAccount({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const initial = { account: '', bik: '', bank: '', correspondent_account: '', currency: '', since: today() }
  return (
    <Drawer card={card} onClose={onClose} of="addAccount" path="/v1/counterparties/{id}/add-bank-account" initial={initial} body={(values) => ({ ...given(values), account: values.account, bik: values.bik })}>
      {(form) => (
        <>
          <TextInput label={t('form.bankAccount')} required data-autofocus inputMode="numeric" {...form.getInputProps('account')} />
          <TextInput label={t('form.bik')} required inputMode="numeric" {...form.getInputProps('bik')} />
          <TextInput label={t('form.bank')} {...form.getInputProps('bank')} />
          <TextInput label={t('form.correspondent')} inputMode="numeric" {...form.getInputProps('correspondent_account')} />
          <TextInput label={t('form.currency')} description={t('form.currencyHint')} maxLength={3} {...form.getInputProps('currency')} />
          <DayField label={t('form.since')} {...fieldOf(form, 'since')} />
        </>
      )}
    </Drawer>
  )
}

function closedAccount(values: { which: string; until: string; reason: string }) {
  const [bik = '', account = ''] = values.which.split('/')
  return { bik, account, until: values.until, ...given({ reason: values.reason }) }
}

function CloseAccount({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const open = card.bank_accounts.filter((one) => !one.until)
  const data = open.map((one) => ({ value: `${one.bik}/${one.account}`, label: [one.account, one.bank].filter(Boolean).join(', ') }))
  return (
    <Drawer card={card} onClose={onClose} of="closeAccount" path="/v1/counterparties/{id}/close-bank-account" initial={{ which: data[0]?.value ?? '', until: today(), reason: '' }} body={closedAccount}>
      {(form) => (
        <>
          <Select label={t('form.bankAccount')} data={data} allowDeselect={false} {...form.getInputProps('which')} />
          <DayField label={t('form.closedOn')} required {...fieldOf(form, 'until')} />
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

function AddSignatory({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const initial = { person_id: null as string | null, name: '', position: '', authority_document: '', valid_from: today(), valid_until: '' }
  const people = card.people.filter((one) => one.current)
  return (
    <Drawer card={card} onClose={onClose} of="addSignatory" path="/v1/counterparties/{id}/add-signatory" initial={initial} body={(values) => ({ ...given(values), name: values.name, authority_document: values.authority_document })}>
      {(form) => (
        <>
          {people.length > 0 && (
            <Select
              label={t('form.signatoryPerson')}
              data={people.map((one) => ({ value: one.id, label: one.full_name }))}
              clearable
              {...form.getInputProps('person_id')}
              onChange={(id) => {
                const chosen = people.find((one) => one.id === id)
                form.setValues({ person_id: id, ...(chosen ? { name: chosen.full_name, position: chosen.position ?? '' } : {}) })
              }}
            />
          )}
          <TextInput label={t('form.name')} required {...form.getInputProps('name')} />
          <TextInput label={t('form.position')} {...form.getInputProps('position')} />
          <TextInput label={t('form.authority')} description={t('form.authorityHint')} required {...form.getInputProps('authority_document')} />
          <DayField label={t('form.validFrom')} {...fieldOf(form, 'valid_from')} />
          <DayField label={t('form.validUntil')} {...fieldOf(form, 'valid_until')} />
        </>
      )}
    </Drawer>
  )
}

function WithdrawSignatory({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const data = card.signatories.filter((one) => !one.valid_until || one.valid_until > today()).map((one) => ({ value: String(one.number), label: `${one.name}, ${one.authority_document}` }))
  const initial = { number: data[0]?.value ?? '', valid_until: today(), reason: '' }
  return (
    <Drawer card={card} onClose={onClose} of="withdrawSignatory" path="/v1/counterparties/{id}/withdraw-signatory" initial={initial} body={(values) => ({ number: Number(values.number), valid_until: values.valid_until, ...given({ reason: values.reason }) })}>
      {(form) => (
        <>
          <Select label={t('form.signatory')} data={data} allowDeselect={false} {...form.getInputProps('number')} />
          <DayField label={t('form.lastDay')} required {...fieldOf(form, 'valid_until')} />
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

function GiveConsent({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="giveConsent" path="/v1/counterparties/{id}/give-consent" initial={consentValues()} body={consentBody}>
      {(form) => <ConsentFields form={form} />}
    </Drawer>
  )
}

function WithdrawConsent({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="withdrawConsent" path="/v1/counterparties/{id}/withdraw-consent" initial={consentValues(card.consents.find((one) => !one.withdrawn_at))} body={consentBody}>
      {(form) => (
        <Stack gap="md">
          <OpenConsentField consents={card.consents} form={form} />
        </Stack>
      )}
    </Drawer>
  )
}
