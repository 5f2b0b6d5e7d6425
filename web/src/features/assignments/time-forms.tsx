import { Anchor, Group, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { today } from '@/ui/day'
import { fieldOf } from '@/ui/field-of'
import { DayField } from '@/ui/fields'
import { toLocal } from '@/ui/local-time'
import { CommandDrawer, given, type Form } from '@/ui/form'
import { useSay } from '@/ui/time'

import { MinutesField } from './minutes-field'

export type TimeEntry = Schema<'TimeEntry'>

type Values = { date: string; minutes: number; from: string; to: string; assignment_id: string; comment: string }

/** A clock time of a day, as an instant; the other part alone says nothing. */
const clock = (date: string, time: string) => (date && time ? new Date(`${date}T${time}`).toISOString() : undefined)

function bodyOf(values: Values) {
  const from = clock(values.date, values.from)
  const to = clock(values.date, values.to)
  return { ...given({ assignment_id: values.assignment_id, comment: values.comment, from, to, minutes: values.minutes || undefined }), date: values.date }
}

const timeOf = (instant: string | undefined) => (instant ? toLocal(instant).slice(11) : '')

type Props = { onClose: () => void; assignment?: { id: string; title: string } }

/** Working time, entered when it has been worked. */
export function EnterTime({ onClose, assignment }: Props) {
  const { t } = useTranslation('assignments')
  const initial: Values = { date: today(), minutes: 0, from: '', to: '', assignment_id: assignment?.id ?? '', comment: '' }
  return (
    <CommandDrawer name={`time/enter/${assignment?.id ?? ''}`} title={t('time.enter')} opened onClose={onClose} path="/v1/time-entries" initial={initial} body={bodyOf} submit={t('time.enterSubmit')} success={t('time.entered')}>
      {(form) => <TimeFields form={form} fixed={assignment?.title} />}
    </CommandDrawer>
  )
}

/** What was entered stays to be read; the correction says why. */
export function CorrectTime({ of, onClose }: { of: TimeEntry; onClose: () => void }) {
  const { t } = useTranslation('assignments')
  const initial = { date: of.date, minutes: of.minutes, from: timeOf(of.from), to: timeOf(of.to), assignment_id: of.assignment_id ?? '', comment: of.comment ?? '', reason: '' }
  const subject = of.subject_id && of.subject_kind ? { subject: { id: of.subject_id, kind: of.subject_kind } } : {}
  return (
    <CommandDrawer
      name={`time/correct/${of.sheet_id}/${of.no}`}
      title={t('time.correct')}
      opened
      onClose={onClose}
      path="/v1/time-sheets/{id}/correct"
      id={of.sheet_id}
      initial={initial}
      body={({ reason, ...values }) => ({ ...bodyOf(values), ...subject, no: of.no, reason })}
      submit={t('time.correctSubmit')}
      success={t('time.corrected')}
    >
      {(form) => (
        <>
          <TimeFields form={form as unknown as Form<Values>} fixed={of.assignment_title} />
          <Textarea label={t('field.reasonOfChange')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

export function WithdrawTime({ of, onClose }: { of: TimeEntry; onClose: () => void }) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  return (
    <CommandDrawer
      name={`time/withdraw/${of.sheet_id}/${of.no}`}
      title={t('time.withdraw')}
      opened
      onClose={onClose}
      path="/v1/time-sheets/{id}/withdraw"
      id={of.sheet_id}
      initial={{ reason: '' }}
      body={(values) => ({ ...values, no: of.no })}
      submit={t('time.withdrawSubmit')}
      success={t('time.withdrawn')}
      danger
    >
      {(form) => (
        <>
          <Text size="sm">
            {say(of.date, 'date')} · {of.assignment_title ?? t('time.other')} · {of.comment}
          </Text>
          <Textarea label={t('field.reason')} withAsterisk data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function TimeFields({ form, fixed }: { form: Form<Values>; fixed?: string | undefined }) {
  const { t } = useTranslation('assignments')
  const [clocked, setClocked] = useState(Boolean(form.values.from))
  const leaveClock = () => {
    form.setValues({ from: '', to: '' } as Partial<Values>)
    setClocked(false)
  }
  return (
    <>
      {fixed ? <Text fw={600}>{fixed}</Text> : <AssignmentField {...fieldOf(form, 'assignment_id')} />}
      <DayField label={t('field.day')} required {...fieldOf(form, 'date')} />
      {clocked ? (
        <Group grow align="flex-start">
          <TextInput type="time" label={t('field.from')} withAsterisk {...form.getInputProps('from')} />
          <TextInput type="time" label={t('field.to')} withAsterisk {...form.getInputProps('to')} />
        </Group>
      ) : (
        <MinutesField label={t('field.spent')} required {...fieldOf(form, 'minutes')} />
      )}
      <Anchor
        component="button"
        type="button"
        size="sm"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => {
          if (clocked) return leaveClock()
          form.setFieldValue('minutes', 0)
          setClocked(true)
        }}
      >
        {t(clocked ? 'time.byLength' : 'time.byClock')}
      </Anchor>
      <Textarea label={t('field.comment')} {...form.getInputProps('comment')} />
    </>
  )
}

/** One's own open assignments; time may be spent on nothing of them, too. */
function AssignmentField({ value, onChange, error }: { value: string; onChange: (value: string | null) => void; error?: React.ReactNode }) {
  const { t } = useTranslation('assignments')
  const { employee_id: me } = useMe()
  const found = useRead('/v1/assignments', { query: { executor: me, open: true, limit: 200 } })
  const data = (found.data?.items ?? []).map((one) => ({ value: one.id, label: one.title }))
  return <Select label={t('field.assignment')} description={t('field.assignmentHint')} data={data} value={value || null} onChange={onChange} error={error} searchable clearable />
}
