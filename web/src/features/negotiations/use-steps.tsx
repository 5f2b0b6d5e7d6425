import { IconArrowBackUp, IconCalendarTime, IconCheck, IconClipboardText, IconGavel, IconHandStop, IconPencil, IconUsersGroup, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useMay, useMe } from '@/app/session'
import { useWords } from '@/i18n'
import type { Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { later } from '@/ui/later'

import { isOver, tookPart, type Detail } from './model'
import { useRevision } from './choices'

const CancelForm = later(() => import('./talk-forms').then((m) => m.CancelForm))
const HoldForm = later(() => import('./talk-forms').then((m) => m.HoldForm))
const RescheduleForm = later(() => import('./talk-forms').then((m) => m.RescheduleForm))
const ApproveForm = later(() => import('./verdict-forms').then((m) => m.ApproveForm))
const StopForm = later(() => import('./verdict-forms').then((m) => m.StopForm))
const CorrectForm = later(() => import('./record-form').then((m) => m.CorrectForm))
const RecordForm = later(() => import('./record-form').then((m) => m.RecordForm))

export type StepName = 'reschedule' | 'hold' | 'record' | 'correct' | 'cancel' | 'approve' | 'stop'

/** What can be done with a negotiation now, the likeliest first, and why the rest cannot. */
export function useSteps(of: Detail, open: (form: StepName) => void): Action[] {
  const own = useOwnSteps(of, open)
  const review = useReviewSteps(of, open)
  const me = useMe()
  const reviewing = of.review === 'claimed' && of.reviewer_id === me.employee_id
  const awaited = of.review === 'queued' && !tookPart(me.employee_id, of)
  return reviewing || awaited ? [...review, ...own] : [...own, ...review]
}

function useOwnSteps(of: Detail, open: (form: StepName) => void): Action[] {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const mine = tookPart(me.employee_id, of)
  const words = useWords()
  const unless = (possible: boolean, why: string) => (!possible ? why : mine ? undefined : t('why.notParticipant'))
  const now = words(`negotiation.state.${of.state}`)
  const planned = unless(of.state === 'planned', t('why.notPlanned', { state: now }))
  const ahead = of.planned_from !== undefined && !isOver(of.planned_from)
  const steps = {
    reschedule: { label: t('reschedule.title'), icon: IconCalendarTime, onClick: () => open('reschedule'), impossible: planned },
    hold: { label: t('hold.title'), icon: IconUsersGroup, onClick: () => open('hold'), impossible: planned },
    record: { label: t('record.title'), icon: IconClipboardText, onClick: () => open('record'), impossible: unless(of.state === 'held' || of.state === 'planned', t('why.noRecord', { state: now })) },
    correct: { label: t('correct.title'), icon: IconPencil, onClick: () => open('correct'), impossible: of.review === 'claimed' ? t('why.underReview') : unless(of.state === 'recorded', t('why.notRecorded')) },
    cancel: { label: t('cancel.title'), icon: IconX, onClick: () => open('cancel'), impossible: planned, danger: true },
  }
  const { reschedule, hold, record, correct, cancel } = steps
  return ahead ? [reschedule, hold, record, correct, cancel] : [record, hold, correct, reschedule, cancel]
}

export function useReviewSteps(of: Detail, open: (form: StepName) => void): Action[] {
  const { t } = useTranslation('negotiations')
  const may = useMay()
  const claim = useAtOnce('/v1/negotiations/{id}/claim')
  const release = useAtOnce('/v1/negotiations/{id}/release')
  const why = useWhyNoReview(of)
  if (!may('claim-negotiation-review')) return []
  return [
    { label: t('claim.title'), icon: IconGavel, onClick: () => !claim.busy && claim.run({ id: of.id, body: {} }, t('claim.done')), impossible: why('claim') },
    { label: t('approve.title'), icon: IconCheck, onClick: () => open('approve'), impossible: why('verdict') },
    { label: t('stop.title'), icon: IconHandStop, onClick: () => open('stop'), impossible: why('verdict'), danger: true },
    { label: t('release.title'), icon: IconArrowBackUp, onClick: () => !release.busy && release.run({ id: of.id, body: {} }, t('release.done')), impossible: why('verdict') },
  ]
}

function useWhyNoReview(of: Detail) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const me = useMe()
  return (step: 'claim' | 'verdict'): string | undefined => {
    const yours = of.reviewer_id === me.employee_id
    if (of.state !== 'recorded') return t('why.notRecorded')
    if (tookPart(me.employee_id, of)) return t('why.reviewParticipant')
    if (of.review === 'claimed' && !yours) return t('why.claimedBy', { name: of.reviewer_name ?? '' })
    if (of.review === 'claimed') return step === 'claim' ? t('why.claimedByYou') : undefined
    if (of.review === 'queued') return step === 'claim' ? undefined : t('why.claimFirst')
    return t('why.notQueued', { state: of.review ? words(`review.state.${of.review}`) : t('review.awaits') })
  }
}

/** The form that is open, if one is. */
export function StepForms({ of, step, onClose }: { of: Detail; step: StepName | undefined; onClose: () => void }) {
  const revision = useRevision(of.id)
  const common = { of, opened: true, onClose }
  switch (step) {
    case 'reschedule':
      return <RescheduleForm {...common} revision={revision} />
    case 'hold':
      return <HoldForm {...common} id={of.id} revision={revision} />
    case 'record':
      return <RecordForm {...common} revision={revision} />
    case 'correct':
      return <CorrectForm {...common} revision={revision} />
    case 'cancel':
      return <CancelForm {...common} revision={revision} />
    case 'approve':
      return <ApproveForm {...common} />
    case 'stop':
      return <StopForm {...common} />
    default:
      return null
  }
}

export function useStepForm() {
  const [step, setStep] = useState<StepName>()
  return { step, open: setStep, close: () => setStep(undefined) }
}
