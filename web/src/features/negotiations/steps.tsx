import { Checkbox, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMe } from '@/app/session'
import { CommandDrawer } from '@/ui/form'
import { Colleague } from '@/ui/links'
import { Due, When } from '@/ui/time'

import { tookPart, type Detail } from './model'
import classes from './negotiations.module.css'

type Step = Schema<'NegotiationStep'>

// A step is due by the end of its day where its reader is.
const isLate = (step: Step) => !step.done_at && step.due_date < new Date().toLocaleDateString('sv')

/** What follows from the talk; a step is ticked off with what came of it. */
export function Steps({ of }: { of: Detail }) {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const mayChange = useMayChange()
  const [finishing, setFinishing] = useState<Step>()
  if (of.steps.length === 0) return <Text c="dimmed">{t('noSteps')}</Text>
  return (
    <>
      <ul className={classes.list}>
        {of.steps.map((step) => {
          const mine = step.who_id === me.employee_id || tookPart(me.employee_id, of)
          return (
            <li key={step.no} className={`${classes.line} ${isLate(step) ? classes.late : ''}`}>
              <Checkbox mt={2} checked={Boolean(step.done_at)} readOnly disabled={Boolean(step.done_at) || !mine || !mayChange} onClick={() => setFinishing(step)} aria-label={`${t('step.finish')}: ${step.what}`} />
              <div className={classes.what}>
                <Text td={step.done_at ? 'line-through' : undefined}>{step.what}</Text>
                <Text component="div" size="xs" c="dimmed" className={classes.facts}>
                  <Colleague id={step.who_id} name={step.who_name} />
                  {step.done_at ? <span>{t('step.doneWhen')} <When at={step.done_at} /></span> : <Due at={step.due_date} overdue={isLate(step)} />}
                  {!step.done_at && !mine && <span>{t('why.foreignStep')}</span>}
                </Text>
                {step.result && <Text size="sm">{step.result}</Text>}
              </div>
            </li>
          )
        })}
      </ul>
      {finishing && (
        <CommandDrawer
          name={`negotiations/step/${of.id}/${finishing.no}`}
          title={t('step.finish')}
          opened
          onClose={() => setFinishing(undefined)}
          path="/v1/negotiations/{id}/finish-step"
          id={of.id}
          initial={{ result: '' }}
          body={({ result }) => ({ result, step: finishing.no })}
          submit={t('step.finish')}
          success={t('step.done')}
          late
        >
          {(form) => (
            <>
              <Text fw={600}>{finishing.what}</Text>
              <Textarea label={t('field.outcome')} withAsterisk data-autofocus {...form.getInputProps('result')} />
            </>
          )}
        </CommandDrawer>
      )}
    </>
  )
}
