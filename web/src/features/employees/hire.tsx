import { Group, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { DayField, EmployeeField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { addressOf } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'

import { choice } from './choice'
import { CalendarField, DepartmentField, ZoneField } from './fields'
import { dayIn } from './rules'

const start = () => ({
  name: { last: '', first: '', patronymic: '' },
  position: '',
  department_id: null as string | null,
  head_id: null as string | null,
  hired_on: dayIn(Intl.DateTimeFormat().resolvedOptions().timeZone),
  email: '',
  phone: '',
  login: '',
  time_zone: 'Europe/Moscow' as string | null,
  calendar_id: null as string | null,
})

/** Puts a person into the register; an account to sign in with is opened from the card. */
export function Hire() {
  const { t } = useTranslation('employees')
  const params = useParams()
  const set = useSetParams()
  const navigate = useNavigate()
  const gone = useRef(false)
  if (params.new !== '1') return null
  return (
    <CommandDrawer
      name="employees/hire"
      title={t('hire.title')}
      opened
      // Once the employee is there, the card is on the way: the list's address must not come back.
      onClose={() => !gone.current && set({ new: undefined })}
      path="/v1/employees"
      initial={start()}
      body={({ name, hired_on, ...rest }) => ({ name: { last: name.last, first: name.first, ...given({ patronymic: name.patronymic }) }, hired_on, ...given(rest) })}
      submit={t('hire.action')}
      success={t('hire.done')}
      onDone={(receipt) => {
        gone.current = true
        void navigate({ to: addressOf('employee', receipt.id) })
      }}
    >
      {(form) => (
        <>
          <TextInput label={t('name.last')} required data-autofocus {...form.getInputProps('name.last')} />
          <Group grow align="flex-start">
            <TextInput label={t('name.first')} required {...form.getInputProps('name.first')} />
            <TextInput label={t('name.patronymic')} {...form.getInputProps('name.patronymic')} />
          </Group>
          <TextInput label={t('position')} {...form.getInputProps('position')} />
          <DepartmentField label={t('department')} {...choice(form, 'department_id')} />
          <EmployeeField label={t('head')} {...choice(form, 'head_id')} />
          <DayField label={t('hiredOn')} required {...choice(form, 'hired_on')} />
          <Group grow align="flex-start">
            <TextInput type="tel" label={t('phone')} {...form.getInputProps('phone')} />
            <TextInput type="email" label={t('email')} {...form.getInputProps('email')} />
          </Group>
          <TextInput label={t('login')} description={t('loginHint')} {...form.getInputProps('login')} />
          <Group grow align="flex-start">
            <ZoneField label={t('timeZone')} allowDeselect={false} {...choice(form, 'time_zone')} />
            <CalendarField label={t('calendar')} {...choice(form, 'calendar_id')} />
          </Group>
        </>
      )}
    </CommandDrawer>
  )
}
