import { ActionIcon, Anchor, Collapse, Group, NumberInput, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useWords } from '@/i18n'
import { DayField, EmployeeField, InstantField } from '@/ui/fields'

import { kinds } from './model'
import classes from './negotiations.module.css'
import { noValue, ofKind, unitsOf, type CommitmentFields, type Unit, type ValueFields } from './record-values'
import { useChoices } from './choices'

type Props = { no: number; of: CommitmentFields; onChange: (of: CommitmentFields) => void; onRemove: () => void; errors: Record<string, ReactNode> }

/** One promise: who gives it, what kind it is, in words and as a value. */
export function CommitmentEditor({ no, of, onChange, onRemove, errors }: Props) {
  const { t } = useTranslation('negotiations')
  const choices = useChoices()
  const at = (field: string) => errors[`commitments.${no}.${field}`]
  const set = (part: Partial<CommitmentFields>) => onChange({ ...of, ...part })
  const [more, setMore] = useState(Boolean(of.sentence || of.condition))
  return (
    <div className={classes.item} role="group" aria-label={t('form.commitmentNo', { no: no + 1 })}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <SegmentedControl
            aria-label={t('field.by')}
            value={of.by}
            onChange={(by) => set({ by: by as CommitmentFields['by'] })}
            data={[
              { value: 'us', label: t('form.byUs') },
              { value: 'them', label: t('form.byThem') },
            ]}
          />
          <ActionIcon aria-label={t('form.removeCommitment', { no: no + 1 })} onClick={onRemove}>
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </Group>
        <div className={classes.two}>
          <Select label={t('field.kind')} data={choices('commitment.kind', kinds)} value={of.kind} allowDeselect={false} onChange={(kind) => kind && onChange(ofKind(of, kind as CommitmentFields['kind']))} error={at('kind')} />
          <TextInput label={t('field.about')} placeholder={t('form.aboutExample')} withAsterisk value={of.topic} onChange={(event) => set({ topic: event.currentTarget.value })} error={at('topic')} />
        </div>
        <Textarea label={t('field.promise')} withAsterisk minRows={1} value={of.text} onChange={(event) => set({ text: event.currentTarget.value })} error={at('text')} />
        <ValueEditor units={unitsOf(of.kind)} of={of.value} onChange={(value) => set({ value })} at={at} />
        <div className={classes.two}>
          <InstantField label={t('field.due')} value={of.due_at} onChange={(due) => set({ due_at: due })} error={at('due_at')} />
          <EmployeeField label={t('field.owner')} value={of.owner_id || null} onChange={(owner) => set({ owner_id: owner ?? '' })} error={at('owner_id')} />
        </div>
        <div>
          <Anchor component="button" type="button" size="sm" aria-expanded={more} onClick={() => setMore(!more)}>
            {t('form.sentenceAndCondition')}
          </Anchor>
          <Collapse expanded={more}>
            <Stack gap="sm" mt="xs">
              <Textarea label={t('field.sentence')} minRows={1} value={of.sentence} onChange={(event) => set({ sentence: event.currentTarget.value })} error={at('sentence')} />
              <TextInput label={t('field.condition')} value={of.condition} onChange={(event) => set({ condition: event.currentTarget.value })} error={at('condition')} />
            </Stack>
          </Collapse>
        </div>
      </Stack>
    </div>
  )
}

type ValueProps = { units: readonly Unit[]; of: ValueFields; onChange: (of: ValueFields) => void; at: (field: string) => ReactNode }

function ValueEditor({ units, of, onChange, at }: ValueProps) {
  const { t } = useTranslation('negotiations')
  const required = !units.includes('none')
  const error = at('value') ?? at('value.money') ?? at('value.basis_points') ?? at('value.days') ?? at('value.date') ?? at('value.text')
  const unit = of.unit
  return (
    <div className={classes.two}>
      {units.length > 1 && (
        <Select label={t('field.measure')} data={units.map((one) => ({ value: one, label: t(`unit.${one}`) }))} value={unit} allowDeselect={false} onChange={(next) => next && onChange(noValue(next as Unit))} />
      )}
      {unit === 'date' && <DayField label={t('field.day')} value={of.date} required={required} onChange={(date) => onChange({ ...of, date })} error={error} />}
      {unit === 'text' && <TextInput label={t('field.valueText')} value={of.text} onChange={(event) => onChange({ ...of, text: event.currentTarget.value })} error={error} />}
      {(unit === 'money' || unit === 'percent' || unit === 'days') && (
        <Amount unit={unit} of={of} onChange={onChange} required={required} error={error} />
      )}
      {unit === 'none' && error && <Text size="sm" c="var(--mantine-color-error)">{error}</Text>}
    </div>
  )
}

function Amount({ unit, of, onChange, required, error }: { unit: 'money' | 'percent' | 'days'; of: ValueFields; onChange: (of: ValueFields) => void; required: boolean; error: ReactNode }) {
  const { t } = useTranslation('negotiations')
  const currency = useWords()(`currency.${of.currency}`, of.currency === 'RUB' ? '₽' : of.currency)
  return (
    <NumberInput
      label={t(`amount.${unit}`)}
      value={of.amount}
      onChange={(amount) => onChange({ ...of, amount })}
      error={error}
      min={0}
      decimalScale={unit === 'days' ? 0 : 2}
      decimalSeparator=","
      allowedDecimalSeparators={[',', '.']}
      thousandSeparator=" "
      {...(unit === 'percent' ? { max: 100, suffix: ' %' } : unit === 'money' ? { suffix: ` ${currency}` } : {})}
      withAsterisk={required}
      hideControls
    />
  )
}
