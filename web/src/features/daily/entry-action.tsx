import { Text, Textarea } from '@mantine/core'
import { IconMessagePlus, IconMessageReply, type Icon } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { useCommand, type CommandPath, type Schema } from '@/api/hooks'
import { CommandDrawer } from '@/ui/form'
import { done } from '@/ui/notify'

type Entry = Schema<'DailyReportEntry'>

type StepName = 'acknowledge' | 'answer' | 'nudge' | 'accept' | 'start' | 'reportDone' | 'verify' | 'finishStep' | 'finishItem'

/** What can be done with an entry without leaving the report. */
export type EntryStep = {
  name: StepName
  path: CommandPath
  /** Ticked off like a line of a list; otherwise a button beside it. */
  tick: boolean
  icon: Icon
  /** The body's field for what is said; a step without one is done at once. */
  text?: 'text' | 'result' | 'remark'
  optional?: boolean
}

const steps: Record<StepName, EntryStep> = {
  acknowledge: { name: 'acknowledge', path: '/v1/messages/{id}/acknowledge', tick: true, icon: IconMessageReply },
  answer: { name: 'answer', path: '/v1/threads/{id}/answer', tick: false, icon: IconMessageReply, text: 'text' },
  nudge: { name: 'nudge', path: '/v1/threads/{id}/comment', tick: false, icon: IconMessagePlus, text: 'text' },
  accept: { name: 'accept', path: '/v1/assignments/{id}/accept', tick: true, icon: IconMessageReply },
  start: { name: 'start', path: '/v1/assignments/{id}/start', tick: true, icon: IconMessageReply },
  reportDone: { name: 'reportDone', path: '/v1/assignments/{id}/report-done', tick: true, icon: IconMessageReply, text: 'result' },
  verify: { name: 'verify', path: '/v1/assignments/{id}/verify', tick: true, icon: IconMessageReply, text: 'remark', optional: true },
  finishStep: { name: 'finishStep', path: '/v1/negotiations/{id}/finish-step', tick: true, icon: IconMessageReply, text: 'result' },
  finishItem: { name: 'finishItem', path: '/v1/work-items/{id}/finish', tick: true, icon: IconMessageReply, text: 'result' },
}

/** The next step of an entry, if it can be taken from here. */
export function stepOf(entry: Entry, section: string): EntryStep | undefined {
  switch (section) {
    case 'messages':
      return entry.state === 'routed' ? steps.acknowledge : undefined
    case 'questions_to_answer':
      return steps.answer
    case 'questions_unanswered':
      return steps.nudge
    case 'assignments_to_do':
      return { issued: steps.accept, accepted: steps.start, returned_for_rework: steps.start, in_progress: steps.reportDone }[entry.state]
    case 'assignments_to_check':
      return entry.state === 'reported_done' ? steps.verify : undefined
    case 'negotiations_and_schedule':
      return entry.group === 'next_step' ? steps.finishStep : entry.group === 'work_item' ? steps.finishItem : undefined
  }
  return undefined
}

export function EntryAction({ entry, step, onClose }: { entry: Entry; step: EntryStep; onClose: () => void }) {
  return step.text ? <Say entry={entry} step={step} field={step.text} onClose={onClose} /> : <AtOnce entry={entry} step={step} onClose={onClose} />
}

function Say({ entry, step, field, onClose }: { entry: Entry; step: EntryStep; field: 'text' | 'result' | 'remark'; onClose: () => void }) {
  const { t } = useTranslation('daily')
  const body = (values: { said: string }) => ({ [field]: values.said, ...(step.name === 'finishStep' ? { step: entry.step } : {}) })
  return (
    <CommandDrawer
      name={`daily/${step.name}/${entry.id}/${entry.step ?? 0}`}
      title={t(`step.${step.name}`)}
      opened
      onClose={onClose}
      path={step.path}
      id={entry.id}
      initial={{ said: '' }}
      body={(values) => (step.optional && !values.said ? {} : body(values)) as never}
      submit={t(`step.${step.name}`)}
      success={t(`done.${step.name}`)}
    >
      {(form) => (
        <>
          <Text fw={600}>{entry.title}</Text>
          <Textarea label={t(`say.${field}`)} required={!step.optional} data-autofocus {...form.getInputProps('said')} />
        </>
      )}
    </CommandDrawer>
  )
}

/** A tick: done at once, with a word that it was. */
function AtOnce({ entry, step, onClose }: { entry: Entry; step: EntryStep; onClose: () => void }) {
  const { t } = useTranslation('daily')
  const { mutate } = useCommand(step.path)
  useEffect(() => {
    mutate({ id: entry.id, body: {} as never }, { onSuccess: () => done(t(`done.${step.name}`)), onSettled: onClose })
    // One tick is one command, whatever is drawn again meanwhile.
    // eslint-disable-next-line react/exhaustive-deps
  }, [])
  return null
}
