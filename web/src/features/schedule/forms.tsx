import { Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { CommandPath } from '@/api/hooks'
import { useMe } from '@/app/session'
import { isDay, isWeekend, plusDays, today } from '@/ui/day'
import { fieldOf } from '@/ui/field-of'
import { DayField, EmployeeField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'
import { useParams, useSetParams } from '@/ui/params'
import { useSay } from '@/ui/time'

import type { Line, Step } from './lines'

/** The form that `?new=1` opens: a day, a client, an employee and the work. */
export function PlanLine() {
  const { t } = useTranslation('schedule')
  const params = useParams()
  const set = useSetParams()
  const { employee_id: me } = useMe()
  if (params.new !== '1') return null
  const close = () => set({ new: undefined, day: undefined, counterparty_name: undefined, ...(params.counterparty_name ? { counterparty: undefined } : {}) })
  const responsible = params.responsible && params.responsible !== 'me' ? params.responsible : me
  const initial = { text: '', counterparty_id: params.counterparty ?? '', responsible_id: responsible, due_date: isDay(params.day) ? params.day : nextWorkday(today()) }
  return (
    <CommandDrawer name="schedule/plan" title={t('new.title')} opened onClose={close} path="/v1/work-items" initial={initial} body={given} submit={t('new.submit')} success={t('new.done')} late>
      {(form) => (
        <>
          <Textarea label={t('field.text')} placeholder={t('field.textExample')} withAsterisk data-autofocus {...form.getInputProps('text')} />
          <KnownClientField label={t('field.client')} withAsterisk {...fieldOf(form, 'counterparty_id')} />
          <EmployeeField label={t('field.responsible')} withAsterisk {...fieldOf(form, 'responsible_id')} />
          <DayField label={t('field.day')} required {...fieldOf(form, 'due_date')} />
        </>
      )}
    </CommandDrawer>
  )
}

function nextWorkday(day: string): string {
  const next = plusDays(day, 1)
  return isWeekend(next) ? nextWorkday(next) : next
}

const paths: Record<Step, CommandPath> = { finish: '/v1/work-items/{id}/finish', move: '/v1/work-items/{id}/move', miss: '/v1/work-items/{id}/miss', cancel: '/v1/work-items/{id}/cancel' }

/** A line's step: each says what came of it, or why. */
export function LineStep({ of, step, onClose }: { of: Line; step: Step; onClose: () => void }) {
  const { t } = useTranslation('schedule')
  const say = useSay()
  const field = step === 'finish' ? 'result' : 'reason'
  const overdue = of.due_date < today()
  const initial = { [field]: '', ...(step === 'move' ? { due_date: nextWorkday(overdue ? today() : of.due_date) } : {}) }
  return (
    <CommandDrawer
      name={`schedule/${step}/${of.id}`}
      title={t(`step.${step}`)}
      opened
      onClose={onClose}
      path={paths[step]}
      id={of.id}
      kind="work_item"
      initial={initial}
      body={(values) => given(values) as never}
      submit={t(`submit.${step}`)}
      success={t(`done.${step}`)}
      late={step !== 'move'}
      {...(step === 'cancel' ? { danger: true } : {})}
    >
      {(form) => (
        <>
          <Text fw={600}>{of.text}</Text>
          <Text size="sm" c="dimmed">
            {of.counterparty_name} · {say(of.due_date, 'date')}
          </Text>
          {step === 'move' && <DayField label={t('field.newDay')} required {...(fieldOf(form, 'due_date') as { value: string; onChange: (day: string) => void })} />}
          <Textarea label={t(`say.${step}`)} withAsterisk data-autofocus={step !== 'move' || undefined} {...form.getInputProps(field)} />
        </>
      )}
    </CommandDrawer>
  )
}
