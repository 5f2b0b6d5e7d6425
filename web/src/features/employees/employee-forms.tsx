import { Checkbox, Group, NumberInput, Select, Text, Textarea, TextInput } from '@mantine/core'
import { IconAddressBook, IconArrowsTransferUp, IconCalendarPlus, IconClockEdit, IconDoorEnter, IconDoorExit, IconKey, IconScale, IconShieldMinus, IconShieldPlus, IconSignature, IconLogin2, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Body, CommandPath, Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { DayField, EmployeeField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'

import { AbsenceFields, absenceBody } from './absence-fields'
import { NewAccount, NewPassword } from './account'
import { choice } from './choice'
import { CalendarField, DepartmentField, ZoneField } from './fields'
import { dayIn } from './rules'

type Detail = Schema<'EmployeeDetail'>

const active = (one: Detail) => one.active
const roles = ['administrator', 'manager', 'employee', 'compliance_reviewer']

/** What can be done with an employee, the likeliest first: the operation that the roles must allow, and for whom it makes sense. */
export const forms = {
  rehire: { operation: 'rehire-employee', icon: IconDoorEnter, fits: (one: Detail) => !one.active },
  planAbsence: { operation: 'plan-absence', icon: IconCalendarPlus, fits: active },
  transfer: { operation: 'transfer-employee', icon: IconArrowsTransferUp, fits: active },
  contacts: { operation: 'change-employee-contacts', icon: IconAddressBook, fits: active },
  schedule: { operation: 'change-employee-schedule', icon: IconClockEdit, fits: active },
  limits: { operation: 'set-authority-limits', icon: IconScale, fits: active },
  rename: { operation: 'rename-employee', icon: IconSignature, fits: active },
  grant: { operation: 'grant-role', icon: IconShieldPlus, fits: (one: Detail) => one.active && one.roles.length < roles.length },
  revoke: { operation: 'revoke-role', icon: IconShieldMinus, fits: (one: Detail) => one.active && one.roles.length > 0 },
  account: { operation: 'create-account', icon: IconLogin2, fits: active },
  password: { operation: 'reset-password', icon: IconKey, fits: (one: Detail) => one.active && Boolean(one.login) },
  dismiss: { operation: 'dismiss-employee', icon: IconDoorExit, fits: active },
} satisfies Record<string, { operation: string; icon: Icon; fits: (one: Detail) => boolean }>

export type FormName = keyof typeof forms

type Props = { of: Detail; onClose: () => void }

const screens: Record<FormName, (props: Props) => ReactNode> = {
  rehire: Rehire, planAbsence: PlanAbsence, transfer: Transfer, contacts: Contacts, schedule: Schedule, limits: Limits, rename: Rename, grant: Grant, revoke: Revoke, account: NewAccount, password: NewPassword, dismiss: Dismiss,
}

export function EmployeeForm({ name, ...props }: Props & { name: FormName }) {
  const Screen = screens[name]
  return <Screen {...props} />
}

type FrameProps<P extends CommandPath, V extends Record<string, unknown>> = Props & {
  name: FormName
  path: P
  initial: V
  body: (values: V) => Body<P>
  danger?: boolean
  children: (form: Form<V>) => ReactNode
}

/** The drawer that all forms about one employee share. */
function Frame<P extends CommandPath, V extends Record<string, unknown>>({ of: one, name, onClose, danger, ...form }: FrameProps<P, V>) {
  const { t } = useTranslation('employees')
  return (
    <CommandDrawer
      {...form}
      name={`employees/${name}/${one.id}`}
      title={`${t(`action.${name}`)}: ${one.name}`}
      opened
      onClose={onClose}
      id={one.id}
      submit={t(`submit.${name as 'transfer'}`)}
      success={t(`done.${name as 'transfer'}`)}
      {...(danger ? { danger } : {})}
    />
  )
}

const today = () => dayIn(Intl.DateTimeFormat().resolvedOptions().timeZone)

function PlanAbsence(props: Props) {
  const initial = { kind: 'vacation', from: '', to: '', substitute_id: null as string | null }
  return (
    <Frame {...props} name="planAbsence" path="/v1/employees/{id}/plan-absence" initial={initial} body={absenceBody}>
      {(form) => <AbsenceFields form={form} />}
    </Frame>
  )
}

function Transfer(props: Props) {
  const { t } = useTranslation('employees')
  const { of: one } = props
  const initial = { position: one.position ?? '', department_id: one.department_id ?? null, head_id: one.head_id ?? null }
  return (
    <Frame {...props} name="transfer" path="/v1/employees/{id}/transfer" initial={initial} body={(values) => given(values)}>
      {(form) => (
        <>
          <TextInput label={t('position')} data-autofocus {...form.getInputProps('position')} />
          <DepartmentField label={t('department')} {...choice(form, 'department_id')} />
          <EmployeeField label={t('head')} {...choice(form, 'head_id')} />
        </>
      )}
    </Frame>
  )
}

function Contacts(props: Props) {
  const { t } = useTranslation('employees')
  return (
    <Frame {...props} name="contacts" path="/v1/employees/{id}/change-contacts" initial={{ phone: props.of.phone ?? '', email: props.of.email ?? '' }} body={(values) => given(values)}>
      {(form) => (
        <>
          <TextInput type="tel" label={t('phone')} data-autofocus {...form.getInputProps('phone')} />
          <TextInput type="email" label={t('email')} {...form.getInputProps('email')} />
        </>
      )}
    </Frame>
  )
}

function Schedule(props: Props) {
  const { t } = useTranslation('employees')
  const initial = { time_zone: props.of.time_zone as string | null, calendar_id: props.of.calendar_id ?? null }
  return (
    <Frame {...props} name="schedule" path="/v1/employees/{id}/change-schedule" initial={initial} body={({ time_zone, calendar_id }) => ({ time_zone: time_zone ?? '', ...given({ calendar_id }) })}>
      {(form) => (
        <>
          <ZoneField label={t('timeZone')} allowDeselect={false} data-autofocus {...choice(form, 'time_zone')} />
          <CalendarField label={t('calendar')} description={t('calendarHint')} {...choice(form, 'calendar_id')} />
        </>
      )}
    </Frame>
  )
}

type LimitValues = { max_discount_bp: number | string; max_payment_term_days: number | string; max_commitment: { amount: number | string; currency: string }; may_grant_exclusivity: boolean }

function limitsBody({ max_discount_bp, max_payment_term_days, max_commitment, may_grant_exclusivity }: LimitValues): Schema<'SetAuthorityLimits'> {
  return {
    max_discount_bp: Math.round(Number(max_discount_bp) * 100),
    max_payment_term_days: Number(max_payment_term_days),
    max_commitment: { minor: Math.round(Number(max_commitment.amount) * 100), currency: max_commitment.currency },
    may_grant_exclusivity,
  }
}

function Limits(props: Props) {
  const { t } = useTranslation('employees')
  const { of: one } = props
  const initial: LimitValues = {
    max_discount_bp: one.max_discount_bp / 100,
    max_payment_term_days: one.max_payment_term_days,
    max_commitment: { amount: one.max_commitment_minor / 100, currency: one.max_commitment_currency || 'RUB' },
    may_grant_exclusivity: one.may_grant_exclusivity,
  }
  return (
    <Frame {...props} name="limits" path="/v1/employees/{id}/set-limits" initial={initial} body={limitsBody}>
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('limits.hint')}
          </Text>
          <NumberInput label={t('limits.discountField')} min={0} max={100} decimalScale={2} decimalSeparator="," data-autofocus {...form.getInputProps('max_discount_bp')} />
          <NumberInput label={t('limits.termField')} min={0} max={3650} allowDecimal={false} {...form.getInputProps('max_payment_term_days')} />
          <Group align="flex-start" wrap="nowrap">
            <NumberInput
              label={t('limits.commitment')}
              min={0}
              decimalScale={2}
              decimalSeparator=","
              thousandSeparator=" "
              flex={1}
              {...form.getInputProps('max_commitment.amount')}
              error={form.errors['max_commitment.amount'] ?? form.errors['max_commitment.minor'] ?? form.errors.max_commitment}
            />
            <Select label={t('limits.currency')} data={['RUB', 'USD', 'EUR', 'CNY']} allowDeselect={false} w={100} {...form.getInputProps('max_commitment.currency')} />
          </Group>
          <Checkbox label={t('limits.exclusivity')} {...form.getInputProps('may_grant_exclusivity', { type: 'checkbox' })} />
        </>
      )}
    </Frame>
  )
}

function Rename(props: Props) {
  const { t } = useTranslation('employees')
  const { of: one } = props
  const initial = { name: { last: one.last_name, first: one.first_name, patronymic: one.patronymic ?? '' }, display_name: one.name === one.full_name ? '' : one.name }
  return (
    <Frame
      {...props}
      name="rename"
      path="/v1/employees/{id}/rename"
      initial={initial}
      body={({ name, display_name }) => ({ name: { last: name.last, first: name.first, ...given({ patronymic: name.patronymic }) }, ...given({ display_name }) })}
    >
      {(form) => (
        <>
          <TextInput label={t('name.last')} required data-autofocus {...form.getInputProps('name.last')} />
          <TextInput label={t('name.first')} required {...form.getInputProps('name.first')} />
          <TextInput label={t('name.patronymic')} {...form.getInputProps('name.patronymic')} />
          <TextInput label={t('name.display')} description={t('name.displayHint')} {...form.getInputProps('display_name')} />
        </>
      )}
    </Frame>
  )
}

type RoleBody = Schema<'GrantRole'>

function RoleField({ form, among }: { form: Form<{ role: string }>; among: string[] }) {
  const { t } = useTranslation('employees')
  const words = useWords()
  return <Select label={t('role')} data={among.map((value) => ({ value, label: words(`employee.role.${value}`) }))} allowDeselect={false} data-autofocus {...form.getInputProps('role')} />
}

function Grant(props: Props) {
  const { t } = useTranslation('employees')
  const lacking = roles.filter((role) => !props.of.roles.includes(role))
  return (
    <Frame {...props} name="grant" path="/v1/employees/{id}/grant-role" initial={{ role: lacking.includes('employee') ? 'employee' : (lacking[0] ?? '') }} body={(values) => values as RoleBody}>
      {(form) => (
        <>
          <RoleField form={form} among={lacking} />
          <Text size="sm" c="dimmed">
            {t('roleHint')}
          </Text>
        </>
      )}
    </Frame>
  )
}

function Revoke(props: Props) {
  return (
    <Frame {...props} name="revoke" path="/v1/employees/{id}/revoke-role" initial={{ role: props.of.roles[0] ?? '' }} body={(values) => values as RoleBody} danger>
      {(form) => <RoleField form={form} among={props.of.roles} />}
    </Frame>
  )
}

function Dismiss(props: Props) {
  const { t } = useTranslation('employees')
  return (
    <Frame {...props} name="dismiss" path="/v1/employees/{id}/dismiss" initial={{ left_on: today(), reason: '' }} body={({ left_on, reason }) => ({ left_on, ...given({ reason }) })} danger>
      {(form) => (
        <>
          <Text size="sm">{t('dismissHint')}</Text>
          <DayField label={t('leftOn')} required {...choice(form, 'left_on')} />
          <Textarea label={t('reason')} {...form.getInputProps('reason')} />
        </>
      )}
    </Frame>
  )
}

function Rehire(props: Props) {
  const { t } = useTranslation('employees')
  return (
    <Frame {...props} name="rehire" path="/v1/employees/{id}/rehire" initial={{ hired_on: today() }} body={(values) => values}>
      {(form) => (
        <>
          <Text size="sm">{t('rehireHint')}</Text>
          <DayField label={t('hiredOn')} required {...choice(form, 'hired_on')} />
        </>
      )}
    </Frame>
  )
}
