import {
  IconAlertOctagon, IconArrowForwardUp, IconArrowsExchange, IconCheck, IconLink, IconLinkOff, IconPlayerPlay, IconRefresh, IconTags, IconTransform, IconUserOff, type Icon,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { Actions, type Action } from '@/ui/actions'
import { useAtOnce } from '@/ui/at-once'
import { later } from '@/ui/later'
import { useParams, useSetParams } from '@/ui/params'

import { obstacle, standsAbove, type Step } from './rules'

const Classify = later(() => import('./forms').then((m) => m.Classify))
const Hand = later(() => import('./forms').then((m) => m.Hand))
const Match = later(() => import('./forms').then((m) => m.Match))
const Reasoned = later(() => import('./forms').then((m) => m.Reasoned))
const Become = later(() => import('./become').then((m) => m.Become))

type Message = Schema<'MessageDetail'>

const icons: Record<Step | 'match' | 'classify', Icon> = {
  acknowledge: IconCheck, begin: IconPlayerPlay, become: IconTransform, route: IconArrowForwardUp, reroute: IconArrowsExchange, match: IconLink,
  unmatch: IconLinkOff, classify: IconTags, spam: IconAlertOctagon, lose: IconUserOff, reopen: IconRefresh,
}

/** Whether the person stands above the addressee, who may then be acted for. */
function useAbove(addressee: string | undefined): boolean {
  const { employee_id: me } = useMe()
  const asked = addressee !== undefined && addressee !== me
  const employees = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000, enabled: asked })
  const departments = useRead('/v1/departments', {}, { staleTime: 300_000, enabled: asked })
  if (!asked || !employees.data || !departments.data) return false
  return standsAbove(me, addressee, employees.data.items, departments.data)
}

/** What can be done with a message where it stands; the form of the chosen step is named in the address (`do`). */
export function MessageActions({ of: message }: { of: Message }) {
  const { t } = useTranslation('messages')
  const set = useSetParams()
  const actions = useActions(message, (step) => set({ do: step }))
  // To whom it is not addressed nothing is the next step; corrections wait in the menu.
  const steps = actions.slice(0, actions.findIndex((action) => action.icon === icons.match))
  const likely = !message.matched || steps.some((action) => !action.impossible)
  return (
    <>
      <Actions of={actions} label={t('actions')} compact={!likely} />
      <Forms of={message} onClose={() => set({ do: undefined, as: undefined })} />
    </>
  )
}

function useActions(message: Message, open: (step: string) => void): Action[] {
  const { t } = useTranslation('messages')
  const { employee_id: me } = useMe()
  const above = useAbove(message.addressee_id)
  const acknowledge = useAtOnce('/v1/messages/{id}/acknowledge')
  const begin = useAtOnce('/v1/messages/{id}/begin')
  const step = (name: Step, onClick: () => void = () => open(name), danger = false): Action => {
    const reason = obstacle(name, message, me, above)
    return { label: t(`do.${name}`), icon: icons[name], onClick, impossible: reason && t(`why.${reason}`), danger }
  }
  const always = (name: 'match' | 'classify', label: string): Action => ({ label, icon: icons[name], onClick: () => open(name) })
  const unrouted = message.state === 'registered'
  return [
    ...(unrouted ? [step('route')] : []),
    step('acknowledge', () => acknowledge.run({ id: message.id, body: {} }, t('done.acknowledge'))),
    step('become'),
    step('begin', () => begin.run({ id: message.id, body: {} }, t('done.begin'))),
    ...(unrouted ? [] : [step('reroute')]),
    always('match', t(message.matched ? 'do.rematch' : 'do.match')),
    ...(message.matched ? [step('unmatch')] : []),
    always('classify', t('do.classify')),
    step('spam', undefined, true),
    step('lose', undefined, true),
    step('reopen'),
  ]
}

function Forms({ of: message, onClose }: { of: Message; onClose: () => void }) {
  const step = useParams().do
  const props = { of: message, onClose }
  switch (step) {
    case 'route':
    case 'reroute':
      return <Hand {...props} again={step === 'reroute'} />
    case 'match':
      return <Match {...props} />
    case 'classify':
      return <Classify {...props} />
    case 'unmatch':
    case 'spam':
    case 'lose':
    case 'reopen':
      return <Reasoned {...props} step={step} />
    case 'become':
      return <Become {...props} />
  }
  return null
}
