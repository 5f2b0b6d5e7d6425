import { IconCircleCheck, IconEdit, IconGavel, IconLock, IconMoodSad, IconReplace, IconScale, IconUserPlus, IconX, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { useSetParams } from '@/ui/params'

import { isParty, obstacle, type Step } from './rules'

type Detail = Schema<'ThreadDetail'>

const icons: Record<Step, Icon> = {
  close: IconLock, addAddressee: IconUserPlus, acceptAgreement: IconCircleCheck, declineAgreement: IconX, revise: IconEdit, supersede: IconReplace,
  openDispute: IconMoodSad, appointArbiter: IconScale, ruleDispute: IconGavel,
}

/** What can be done with the thread as a whole. The answer itself is written at the foot of the page. */
export function ThreadActions({ of: thread }: { of: Detail }) {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const set = useSetParams()
  const accept = useAtOnce('/v1/threads/{id}/accept-agreement')
  const step = (name: Step, onClick: () => void = () => set({ do: name, who: undefined })): Action => {
    const reason = obstacle(name, thread, me)
    return { label: t(`do.${name}`), icon: icons[name], onClick, impossible: reason && t(`why.${reason}`) }
  }
  const agreement = [
    step('acceptAgreement', () => accept.run({ id: thread.id, body: { version: thread.version ?? 1 } }, t('done.acceptAgreement'))),
    step('declineAgreement'),
    step('revise'),
    step('supersede'),
  ]
  const dispute: Step[] = thread.dispute_state && thread.dispute_state !== 'ruled' ? ['ruleDispute', 'appointArbiter'] : ['openDispute']
  const actions = [
    ...(thread.kind === 'agreement' ? agreement : []),
    ...(dispute.includes('ruleDispute') ? dispute.map((name) => step(name)) : []),
    ...(isParty(thread, me) ? [step('close'), step('addAddressee')] : []),
    ...(dispute.includes('openDispute') ? [step('openDispute')] : []),
  ]
  // While an answer is being waited for, writing is the next step, and it has its place at the foot of the page.
  const next = thread.kind === 'agreement' ? 'acceptAgreement' : dispute.includes('ruleDispute') ? 'ruleDispute' : 'close'
  const likely = obstacle(next, thread, me) === undefined && (next !== 'close' || thread.state === 'answered')
  return <Actions of={actions} label={t('actions')} compact={!likely} />
}
