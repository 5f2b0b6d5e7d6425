import { IconArrowBackUp, IconCalendarDue, IconCheck, IconClockQuestion, IconEdit, IconEyeCheck, IconPlayerPlay, IconSend, IconUserShare, IconUsersPlus, IconX, type Icon } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useMe } from '@/app/session'
import type { Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { later } from '@/ui/later'

import { isAbove, moves, steps, whyNot, type Asker, type Detail, type Item, type Step } from './rules'

const StepForm = later(() => import('./step-forms').then((m) => m.StepForm))

export const stepIcons: Record<Step, Icon> = {
  accept: IconCheck, start: IconPlayerPlay, reportDone: IconSend, verify: IconEyeCheck, return: IconArrowBackUp, askForTime: IconClockQuestion,
  changeDue: IconCalendarDue, reassign: IconUserShare, revise: IconEdit, helpers: IconUsersPlus, decline: IconX, cancel: IconX,
}

/** Who asks, as the rules need it: whether they are above the issuer follows from the heads of all colleagues. */
export function useAsker() {
  const { employee_id: me } = useMe()
  const colleagues = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  const heads = new Map(colleagues.data?.items.map((one) => [one.id, one.head_id]))
  return (of: Item): Asker => ({ me, aboveIssuer: isAbove(me, of.issuer_id, (id) => heads.get(id)) })
}

/** Says why a step is not possible now. */
export function useWhyNot() {
  const { t } = useTranslation('assignments')
  const asker = useAsker()
  return (step: Step, of: Item): string | undefined => {
    const why = whyNot(step, of, asker(of))
    if (!why) return undefined
    return why === 'state' ? t(`when.${step}`) : t(`why.${why}`, { assignee: of.assignee_name, issuer: of.issuer_name })
  }
}

type Chosen = { of: Item | Detail; step: Step; revision?: number | undefined }

/** Takes steps: at once where nothing is to be said, otherwise by a form. One for a whole screen. */
export function useStepRunner() {
  const { t } = useTranslation('assignments')
  const [chosen, setChosen] = useState<Chosen>()
  const accept = useAtOnce('/v1/assignments/{id}/accept')
  const start = useAtOnce('/v1/assignments/{id}/start')
  const run = (of: Item | Detail, step: Step, revision?: number) => {
    if (step === 'accept') accept.run({ id: of.id, body: {} }, t('done.accept'))
    else if (step === 'start') start.run({ id: of.id, body: {} }, t('done.start'))
    else setChosen({ of, step, revision })
  }
  const form = chosen && <StepForm key={`${chosen.of.id}/${chosen.step}`} {...chosen} onClose={() => setChosen(undefined)} />
  return { run, form }
}

/** Every step of an assignment, the possible ones first to act on. */
export function useStepActions(run: (of: Item | Detail, step: Step, revision?: number) => void) {
  const { t } = useTranslation('assignments')
  const why = useWhyNot()
  return (of: Item | Detail, revision?: number): Action[] =>
    steps.map((step) => ({
      label: t(step === 'changeDue' && of.asked_due_at ? 'step.answerTime' : `step.${step}`),
      icon: stepIcons[step],
      onClick: () => run(of, step, revision),
      impossible: why(step, of),
      ...(step === 'cancel' ? { danger: true } : {}),
    }))
}

/** Where a card may go on the board; if nowhere, why. */
export function useMoves(run: (of: Item, step: Step) => void) {
  const { t } = useTranslation('assignments')
  const why = useWhyNot()
  return (of: Item): Action[] => {
    const able = (Object.keys(moves) as Step[]).filter((step) => !why(step, of))
    if (able.length === 0) return [{ label: t('board.nowhere'), onClick: () => {}, impossible: why('reportDone', of) ?? why('verify', of) }]
    return able.map((step) => ({ label: t(`step.${step}`), icon: stepIcons[step], onClick: () => run(of, step), ...(step === 'cancel' ? { danger: true } : {}) }))
  }
}
