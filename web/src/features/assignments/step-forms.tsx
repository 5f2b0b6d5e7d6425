import { Alert, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { CommandPath } from '@/api/hooks'
import { ColleaguesField } from '@/ui/colleagues-field'
import { fieldOf } from '@/ui/field-of'
import { EmployeeField, InstantField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { useSay } from '@/ui/time'

import { usePriorities } from './choices'
import { MinutesField } from './minutes-field'
import type { Detail, Item, Priority, Step } from './rules'

type Props = { of: Item | Detail; step: Step; revision?: number | undefined; onClose: () => void }

/** The form of a step that needs words, a time or a person. */
export function StepForm(props: Props) {
  switch (props.step) {
    case 'changeDue':
    case 'askForTime':
      return <DueForm {...props} />
    case 'reassign':
      return <ReassignForm {...props} />
    case 'revise':
      return <ReviseForm {...props} />
    case 'helpers':
      return <HelpersForm {...props} />
    default:
      return <SayForm {...props} />
  }
}

type Said = { path: CommandPath; field: 'result' | 'remark' | 'reason'; optional?: boolean; danger?: boolean }

const said: Partial<Record<Step, Said>> = {
  reportDone: { path: '/v1/assignments/{id}/report-done', field: 'result' },
  verify: { path: '/v1/assignments/{id}/verify', field: 'remark', optional: true },
  return: { path: '/v1/assignments/{id}/return', field: 'reason' },
  decline: { path: '/v1/assignments/{id}/decline', field: 'reason' },
  cancel: { path: '/v1/assignments/{id}/cancel', field: 'reason', danger: true },
}

/** What all forms of steps have in common. */
function useCommon({ of, step, revision, onClose }: Props) {
  const { t } = useTranslation('assignments')
  return {
    name: `assignments/${step}/${of.id}`, title: t(`step.${step}`), opened: true, onClose, id: of.id, kind: 'assignment', submit: t(`submit.${step}`), success: t(`done.${step}`),
    ...(revision === undefined ? {} : { revision }),
  }
}

function SayForm(props: Props) {
  const { t } = useTranslation('assignments')
  const common = useCommon(props)
  const { path, field, optional, danger } = said[props.step] as Said
  const { of } = props
  return (
    <CommandDrawer {...common} path={path} initial={{ [field]: '' }} body={(values) => given(values) as never} late {...(danger ? { danger } : {})}>
      {(form) => (
        <>
          <Text fw={600}>{of.title}</Text>
          {(props.step === 'verify' || props.step === 'return') && of.last_words && (
            <Alert color="gray" title={t('reported', { name: of.assignee_name })}>
              {of.last_words}
            </Alert>
          )}
          <Textarea label={t(`say.${props.step as 'return'}`)} description={t(`sayHint.${props.step as 'return'}`)} withAsterisk={!optional} data-autofocus {...form.getInputProps(field)} />
        </>
      )}
    </CommandDrawer>
  )
}

function DueForm(props: Props) {
  const { t } = useTranslation('assignments')
  const say = useSay()
  const common = useCommon(props)
  const { of, step } = props
  const answer = step === 'changeDue' && of.asked_due_at
  const path = step === 'changeDue' ? '/v1/assignments/{id}/change-due' : '/v1/assignments/{id}/ask-for-time'
  return (
    <CommandDrawer {...common} path={path} initial={{ due_at: answer || of.due_at, reason: '' }} body={(values) => given(values) as never}>
      {(form) => (
        <>
          <Text fw={600}>{of.title}</Text>
          <Text size="sm">{t('dueNow', { date: say(of.due_at) })}</Text>
          {answer && (
            <Alert color="orange" title={t('askedUntil', { date: say(of.asked_due_at) })}>
              {'asked_reason' in of ? of.asked_reason : undefined}
            </Alert>
          )}
          <InstantField label={t('field.newDue')} required {...fieldOf(form, 'due_at')} />
          <Textarea label={t('field.reason')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function ReassignForm(props: Props) {
  const { t } = useTranslation('assignments')
  const common = useCommon(props)
  return (
    <CommandDrawer {...common} path="/v1/assignments/{id}/reassign" initial={{ assignee_id: '', reason: '' }} body={given}>
      {(form) => (
        <>
          <Text fw={600}>{props.of.title}</Text>
          <Text size="sm">{t('assigneeNow', { name: props.of.assignee_name })}</Text>
          <EmployeeField label={t('field.newAssignee')} withAsterisk data-autofocus {...fieldOf(form, 'assignee_id')} />
          <Textarea label={t('field.reason')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function ReviseForm(props: Props) {
  const { t } = useTranslation('assignments')
  const priorities = usePriorities()
  const common = useCommon(props)
  const of = props.of as Detail
  const initial = {
    title: of.title, description: of.description ?? '', expected_result: of.expected_result, priority: of.priority as Priority, planned_effort_min: of.planned_min, reason: '',
  }
  return (
    <CommandDrawer {...common} path="/v1/assignments/{id}/revise" initial={initial} body={given}>
      {(form) => (
        <>
          <TextInput label={t('field.title')} withAsterisk {...form.getInputProps('title')} />
          <Textarea label={t('field.expected')} withAsterisk {...form.getInputProps('expected_result')} />
          <Textarea label={t('field.description')} {...form.getInputProps('description')} />
          <Select label={t('field.priority')} data={priorities} allowDeselect={false} {...form.getInputProps('priority')} />
          <MinutesField label={t('field.planned')} {...fieldOf(form, 'planned_effort_min')} />
          <Textarea label={t('field.reasonOfChange')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function HelpersForm(props: Props) {
  const { t } = useTranslation('assignments')
  const common = useCommon(props)
  const { of } = props
  return (
    <CommandDrawer {...common} path="/v1/assignments/{id}/set-co-executors" initial={{ co_executor_ids: of.co_executor_ids }} body={(values) => values}>
      {(form) => (
        <>
          <Text fw={600}>{of.title}</Text>
          <ColleaguesField label={t('field.helpers')} description={t('field.helpersHint')} without={[of.assignee_id]} {...fieldOf(form, 'co_executor_ids')} onChange={(ids) => form.setFieldValue('co_executor_ids', ids)} />
        </>
      )}
    </CommandDrawer>
  )
}
