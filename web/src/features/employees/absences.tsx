import { Badge, Button, Text, Textarea } from '@mantine/core'
import { IconCalendarTime, IconCalendarOff, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { CommandDrawer, given } from '@/ui/form'
import { RecordLink } from '@/ui/links'
import { useSay } from '@/ui/time'

import { AbsenceFields, absenceBody } from './absence-fields'
import type { Detail } from './employee'
import classes from './employees.module.css'
import { Panel } from './panel'
import { dayIn, sortAbsences } from './rules'

type Absence = Schema<'EmployeeAbsence'>
type Acting = { absence: Absence; step: 'change' | 'cancel' }

/** Times away: those that last or are to come, and on demand those that are over. */
export function Absences({ of: one, mayPlan, onPlan }: { of: Detail; mayPlan: boolean; onPlan: () => void }) {
  const { t } = useTranslation('employees')
  const mayChange = useMayChange()
  const [all, setAll] = useState(false)
  const [acting, setActing] = useState<Acting>()
  const today = dayIn(one.time_zone)
  const { ahead, over } = sortAbsences(one.absences, today)
  const shown = all ? [...ahead, ...over] : ahead
  return (
    <Panel
      title={t('absence.title')}
      aside={
        mayPlan && (
          <Button size="compact-sm" variant="light" leftSection={<IconPlus size={14} aria-hidden />} disabled={!mayChange} onClick={onPlan}>
            {t('absence.add')}
          </Button>
        )
      }
    >
      {ahead.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('absence.none')}
        </Text>
      )}
      <ul className={classes.lines}>
        {shown.map((absence) => (
          <Line key={absence.id} of={absence} today={today} mayChange={mayPlan && absence.to >= today} onStep={(step) => setActing({ absence, step })} />
        ))}
      </ul>
      {over.length > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('absence.hideOver') : t('absence.showOver', { count: over.length })}
        </Button>
      )}
      {acting?.step === 'change' && <Change employee={one.id} of={acting.absence} onClose={() => setActing(undefined)} />}
      {acting?.step === 'cancel' && <Cancel employee={one.id} of={acting.absence} onClose={() => setActing(undefined)} />}
    </Panel>
  )
}

function Line({ of: absence, today, mayChange, onStep }: { of: Absence; today: string; mayChange: boolean; onStep: (step: Acting['step']) => void }) {
  const { t } = useTranslation('employees')
  const words = useWords()
  const said = useSay()
  const kind = words(`employee.absence.${absence.kind}`)
  const days = absence.from === absence.to ? said(absence.from, 'date') : t('absence.days', { from: said(absence.from, 'date'), to: said(absence.to, 'date') })
  const now = absence.from <= today && today <= absence.to
  return (
    <li className={classes.line}>
      <div>
        <Text size="sm" component="div" c={absence.to < today ? 'dimmed' : undefined}>
          {days} · {kind} {now && <Badge color="orange">{t('absence.now')}</Badge>}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {absence.substitute_id ? (
            <>
              {t('standsIn')}{' '}
              <RecordLink kind="employee" id={absence.substitute_id}>
                {absence.substitute_name}
              </RecordLink>
            </>
          ) : (
            t('nobodyStandsIn')
          )}
        </Text>
      </div>
      {mayChange && (
        <Actions
          compact
          label={t('absence.actions', { kind, days })}
          of={[
            { label: t('absence.change'), icon: IconCalendarTime, onClick: () => onStep('change') },
            { label: t('absence.cancel'), icon: IconCalendarOff, onClick: () => onStep('cancel'), danger: true },
          ]}
        />
      )}
    </li>
  )
}

function Change({ employee, of: absence, onClose }: { employee: string; of: Absence; onClose: () => void }) {
  const { t } = useTranslation('employees')
  return (
    <CommandDrawer
      name={`employees/change-absence/${absence.id}`}
      title={t('absence.change')}
      opened
      onClose={onClose}
      path="/v1/employees/{id}/change-absence"
      id={employee}
      initial={{ kind: absence.kind, from: absence.from, to: absence.to, substitute_id: absence.substitute_id ?? null }}
      body={(values) => ({ absence_id: absence.id, ...absenceBody(values) })}
      submit={t('absence.save')}
      success={t('absence.changed')}
    >
      {(form) => <AbsenceFields form={form} />}
    </CommandDrawer>
  )
}

function Cancel({ employee, of: absence, onClose }: { employee: string; of: Absence; onClose: () => void }) {
  const { t } = useTranslation('employees')
  return (
    <CommandDrawer
      name={`employees/cancel-absence/${absence.id}`}
      title={t('absence.cancel')}
      opened
      onClose={onClose}
      path="/v1/employees/{id}/cancel-absence"
      id={employee}
      initial={{ reason: '' }}
      body={(values) => ({ absence_id: absence.id, ...given(values) })}
      submit={t('absence.cancel')}
      success={t('absence.cancelled')}
      danger
    >
      {(form) => <Textarea label={t('reason')} data-autofocus {...form.getInputProps('reason')} />}
    </CommandDrawer>
  )
}
