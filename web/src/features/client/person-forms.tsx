import { Alert, Select, Text, Textarea, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Body, CommandPath, Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { ClientField, DayField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'

import { consentBody, ConsentFields, consentValues, OpenConsentField } from './consents'
import { contactBody, ContactFields, contactValues } from './contact-fields'
import { changedOnly, today } from './form-kit'
import { personContacts } from './person-contacts'

type Card = Schema<'PersonCard'>
type Props = { card: Card; onClose: () => void }
type Channel = NonNullable<Schema<'PersonDetails'>['preferred_channel']>
type DecisionRole = Schema<'DecisionRole'>['role']

const channels: Channel[] = ['email', 'sms', 'call', 'messenger', 'letter']
const decisionRoles: DecisionRole[] = ['decision_maker', 'economic_buyer', 'technical_evaluator', 'influencer', 'gatekeeper', 'user', 'champion', 'opponent']
const names = ['last_name', 'first_name', 'patronymic'] as const

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** A new person to talk to at a client. */
export function RegisterPerson({ client, clientName, onClose }: { client: string; clientName: string; onClose: () => void }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const initial = {
    last_name: '', first_name: '', patronymic: '', position: '', department: '', from: '', birthday: '', preferred_channel: null as Channel | null, comment: '',
    phones: [{ raw: '', ext: '', kind: 'mobile' as const, note: '' }], emails: [{ address: '', note: '' }], messengers: [], websites: [],
  }
  const body = ({ phones, emails, messengers, websites, ...values }: typeof initial) => ({ counterparty_id: client, ...given(values), ...given(contactBody({ phones, emails, messengers, websites })) })
  return (
    <CommandDrawer name={`client/person/${client}`} title={t('people.register')} opened onClose={onClose} path="/v1/contact-persons" initial={initial} body={body} submit={t('people.registerSubmit')} success={t('people.registered')} late>
      {(form) => (
        <>
          <Text fw={600}>{clientName}</Text>
          {names.map((name, i) => (
            <TextInput key={name} label={capital(words(`field.${name}`))} {...(i === 0 ? { 'data-autofocus': true } : {})} {...form.getInputProps(name)} />
          ))}
          <PositionFields form={form as never} />
          <DayField label={t('form.worksSince')} {...fieldOf(form, 'from')} />
          <ContactFields form={form as never} />
          <DayField label={capital(words('field.birthday'))} {...fieldOf(form, 'birthday')} />
          <ChannelField form={form as never} />
          <Textarea label={capital(words('field.comment'))} {...form.getInputProps('comment')} />
        </>
      )}
    </CommandDrawer>
  )
}

type Inputs = { getInputProps: (path: string) => object }

function PositionFields({ form }: { form: Inputs }) {
  const words = useWords()
  return (
    <>
      <TextInput label={capital(words('field.position'))} {...form.getInputProps('position')} />
      <TextInput label={capital(words('field.department'))} {...form.getInputProps('department')} />
    </>
  )
}

function ChannelField({ form }: { form: Inputs }) {
  const words = useWords()
  return <Select label={capital(words('field.preferred_channel'))} data={channels.map((channel) => ({ value: channel, label: words(`channel.${channel}`) }))} clearable {...form.getInputProps('preferred_channel')} />
}

function ReasonField({ form, required }: { form: Inputs; required?: boolean }) {
  const { t } = useTranslation('client')
  return <Textarea label={t('form.reason')} required={required ?? false} {...form.getInputProps('reason')} />
}

const forms = {
  changePerson: Change, changePersonContacts: ChangeContacts, employ: Employ, move: Move, dismiss: Dismiss, giveDecisionRole: GiveDecisionRole, withdrawDecisionRole: WithdrawDecisionRole,
  givePersonConsent: GiveConsent, withdrawPersonConsent: WithdrawConsent, refuseContact: RefuseContact, allowContact: AllowContact,
}

export type PersonFormName = keyof typeof forms

export function PersonForm({ form, ...props }: Props & { form: PersonFormName }) {
  const Shown = forms[form]
  const [card] = useState(props.card)
  return <Shown card={card} onClose={props.onClose} />
}

type DrawerProps<P extends CommandPath, V extends Record<string, unknown>> = Props & {
  of: PersonFormName
  path: P
  initial: V
  body: (values: V) => Body<P>
  danger?: boolean
  children?: (form: Form<V>) => ReactNode
}

function Drawer<P extends CommandPath, V extends Record<string, unknown>>({ card, onClose, of, danger, children, ...rest }: DrawerProps<P, V>) {
  const { t } = useTranslation('client')
  return (
    <CommandDrawer {...rest} name={`person/${of}/${card.id}`} title={t(`do.${of}`)} opened onClose={onClose} kind="contact_person" id={card.id} revision={card.revision} submit={t(`submit.${of}`)} success={t(`done.${of}`)} late {...(danger ? { danger } : {})}>
      {(form) => (
        <>
          <Text fw={600}>{card.full_name}</Text>
          {children?.(form)}
        </>
      )}
    </CommandDrawer>
  )
}

function Change({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const known = card.details as Record<string, unknown>
  const fields = [...names, 'position', 'department', 'birthday', 'language', 'preferred_channel', 'comment']
  const seen = Object.fromEntries(fields.map((name) => [name, String(known[name] ?? '')])) as Record<string, string>
  return (
    <Drawer
      card={card}
      onClose={onClose}
      of="changePerson"
      path="/v1/contact-persons/{id}/change"
      initial={{ ...seen, seen } as Record<string, string> & { seen: Record<string, string> }}
      body={({ seen: base, ...values }) => changedOnly(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? ''])) as Record<string, string>, base as unknown as Record<string, string>)}
    >
      {(form) => (
        <>
          {names.map((name) => (
            <TextInput key={name} label={capital(words(`field.${name}`))} {...form.getInputProps(name)} />
          ))}
          <PositionFields form={form} />
          <DayField label={capital(words('field.birthday'))} {...fieldOf(form, 'birthday')} />
          <TextInput label={capital(words('field.language'))} description={t('form.languageHint')} {...form.getInputProps('language')} />
          <ChannelField form={form} />
          <Textarea label={capital(words('field.comment'))} {...form.getInputProps('comment')} />
        </>
      )}
    </Drawer>
  )
}

function ChangeContacts({ card, onClose }: Props) {
  const reach = personContacts(card)
  return (
    <Drawer card={card} onClose={onClose} of="changePersonContacts" path="/v1/contact-persons/{id}/change-contacts" initial={contactValues(reach)} body={(values) => contactBody(values, reach.phones)}>
      {(form) => <ContactFields form={form} />}
    </Drawer>
  )
}

function Employ(props: Props) {
  return <Job {...props} of="employ" path="/v1/contact-persons/{id}/employ" />
}

/** Leaving one firm for another in one step. */
function Move(props: Props) {
  return <Job {...props} of="move" path="/v1/contact-persons/{id}/move" />
}

function Job(props: Props & { of: 'employ' | 'move'; path: '/v1/contact-persons/{id}/employ' | '/v1/contact-persons/{id}/move' }) {
  const { t } = useTranslation('client')
  const initial = { counterparty_id: null as string | null, position: '', department: '', from: today() }
  return (
    <Drawer {...props} initial={initial} body={(values) => ({ ...given(values), counterparty_id: values.counterparty_id ?? '' })}>
      {(form) => (
        <>
          {props.of === 'move' && <Alert color="blue" icon={<IconInfoCircle size={20} aria-hidden />} role="note">{t('form.moveHint')}</Alert>}
          <ClientField label={t('form.employer')} required data-autofocus {...fieldOf(form, 'counterparty_id')} />
          <PositionFields form={form} />
          <DayField label={t('form.worksSince')} {...fieldOf(form, 'from')} />
        </>
      )}
    </Drawer>
  )
}

function useEmployers(card: Card) {
  return card.employments.filter((one) => !one.to).map((one) => ({ value: one.counterparty_id, label: one.counterparty_name }))
}

function Dismiss({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const employers = useEmployers(card)
  return (
    <Drawer card={card} onClose={onClose} of="dismiss" path="/v1/contact-persons/{id}/dismiss" initial={{ counterparty_id: employers[0]?.value ?? '', to: today(), reason: '' }} body={({ reason, ...values }) => ({ ...values, ...given({ reason }) })} danger>
      {(form) => (
        <>
          <Select label={t('form.employer')} data={employers} allowDeselect={false} {...form.getInputProps('counterparty_id')} />
          <DayField label={t('form.lastWorkDay')} required {...fieldOf(form, 'to')} />
          <ReasonField form={form} />
        </>
      )}
    </Drawer>
  )
}

function GiveDecisionRole({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const employers = useEmployers(card)
  const initial = { counterparty_id: employers[0]?.value ?? '', role: 'decision_maker' as DecisionRole, topic: '', since: today() }
  return (
    <Drawer card={card} onClose={onClose} of="giveDecisionRole" path="/v1/contact-persons/{id}/give-decision-role" initial={initial} body={({ topic, since, ...values }) => ({ ...values, ...given({ topic, since }) })}>
      {(form) => (
        <>
          <Select label={t('form.atClient')} data={employers} allowDeselect={false} {...form.getInputProps('counterparty_id')} />
          <Select label={t('form.role')} data={decisionRoles.map((role) => ({ value: role, label: words(`decision_role.${role}`) }))} allowDeselect={false} {...form.getInputProps('role')} />
          <TextInput label={t('influence.topic')} description={t('influence.topicHint')} {...form.getInputProps('topic')} />
          <DayField label={t('form.since')} {...fieldOf(form, 'since')} />
        </>
      )}
    </Drawer>
  )
}

function WithdrawDecisionRole({ card, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const data = card.decision_roles.map((role, i) => ({ value: String(i), label: [words(`decision_role.${role.role}`), role.topic].filter(Boolean).join(': ') }))
  const body = (values: { which: string; until: string }) => {
    const role = card.decision_roles[Number(values.which)]
    return { counterparty_id: role?.counterparty_id ?? '', role: role?.role ?? 'user', ...given({ topic: role?.topic, until: values.until }) }
  }
  return (
    <Drawer card={card} onClose={onClose} of="withdrawDecisionRole" path="/v1/contact-persons/{id}/withdraw-decision-role" initial={{ which: '0', until: today() }} body={body}>
      {(form) => (
        <>
          <Select label={t('form.role')} data={data} allowDeselect={false} {...form.getInputProps('which')} />
          <DayField label={t('form.until')} {...fieldOf(form, 'until')} />
        </>
      )}
    </Drawer>
  )
}

function GiveConsent({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="givePersonConsent" path="/v1/contact-persons/{id}/give-consent" initial={consentValues()} body={consentBody}>
      {(form) => <ConsentFields form={form} />}
    </Drawer>
  )
}

function WithdrawConsent({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="withdrawPersonConsent" path="/v1/contact-persons/{id}/withdraw-consent" initial={consentValues(card.consents.find((one) => !one.withdrawn_at))} body={consentBody}>
      {(form) => <OpenConsentField consents={card.consents} form={form} />}
    </Drawer>
  )
}

function RefuseContact({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="refuseContact" path="/v1/contact-persons/{id}/refuse-contact" initial={{ reason: '' }} body={(values) => values} danger>
      {(form) => <ReasonField form={form} required />}
    </Drawer>
  )
}

function AllowContact({ card, onClose }: Props) {
  return (
    <Drawer card={card} onClose={onClose} of="allowContact" path="/v1/contact-persons/{id}/allow-contact" initial={{ reason: '' }} body={(values) => values}>
      {(form) => <ReasonField form={form} required />}
    </Drawer>
  )
}
