import { Group, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { DayField, EmployeeField } from '@/ui/fields'
import { given, type Form } from '@/ui/form'

import { choice } from './choice'

export type AbsenceValues = { kind: string; from: string; to: string; substitute_id: string | null }

const kinds = ['vacation', 'sick', 'business_trip', 'training', 'other']

export const absenceBody = ({ kind, from, to, substitute_id }: AbsenceValues) => ({ kind, from, to, ...given({ substitute_id }) }) as Schema<'PlanAbsence'>

export function AbsenceFields({ form }: { form: Form<AbsenceValues> }) {
  const { t } = useTranslation('employees')
  const words = useWords()
  return (
    <>
      <Select label={t('absence.kind')} data={kinds.map((value) => ({ value, label: words(`employee.absence.${value}`) }))} allowDeselect={false} required data-autofocus {...form.getInputProps('kind')} />
      <Group grow align="flex-start">
        <DayField label={t('absence.from')} required {...choice(form, 'from')} />
        <DayField label={t('absence.to')} required {...choice(form, 'to')} />
      </Group>
      <EmployeeField label={t('absence.substitute')} description={t('absence.substituteHint')} {...choice(form, 'substitute_id')} />
    </>
  )
}
