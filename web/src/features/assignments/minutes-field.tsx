import { Group, Input, NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Props = { label: string; value: number; onChange: (minutes: number) => void; error?: ReactNode; required?: boolean }

const whole = (value: string | number) => Math.max(0, Math.trunc(Number(value)) || 0)

/** A length of time as people say it: hours and minutes. */
export function MinutesField({ label, value, onChange, error, required }: Props) {
  const { t } = useTranslation('assignments')
  const hours = Math.floor(value / 60)
  const minutes = value % 60
  const shown = (part: number) => (value === 0 ? '' : part)
  return (
    <Input.Wrapper label={label} error={error} withAsterisk={required ?? false} labelElement="div">
      <Group gap="xs" wrap="nowrap" role="group" aria-label={label}>
        <NumberInput aria-label={`${label}: ${t('field.hours')}`} placeholder={`0${t('field.hoursUnit')}`} suffix={t('field.hoursUnit')} min={0} allowDecimal={false} value={shown(hours)} onChange={(typed) => onChange(whole(typed) * 60 + minutes)} w={120} error={Boolean(error)} />
        <NumberInput aria-label={`${label}: ${t('field.minutes')}`} placeholder={`0${t('field.minutesUnit')}`} suffix={t('field.minutesUnit')} min={0} step={15} allowDecimal={false} value={shown(minutes)} onChange={(typed) => onChange(hours * 60 + whole(typed))} w={120} error={Boolean(error)} />
      </Group>
    </Input.Wrapper>
  )
}
