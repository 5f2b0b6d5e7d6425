import { Checkbox, Radio, Stack, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useLang, useWords } from '@/i18n'
import { sayValue } from '@/ui/changes'
import { CommandDrawer, given, type Form } from '@/ui/form'
import { useSay } from '@/ui/time'

import { choices, likelySurvivor, type Pair, type Side, type StepName } from './pair'

/** Asking again needs no form. */
export type FormStep = Exclude<StepName, 'ask'>

type Props = { pair: Pair; onClose: () => void }

/** The form of one answer to a pair. */
export function PairStep({ pair, step, onClose }: Props & { step: FormStep }) {
  switch (step) {
    case 'merge':
    case 'propose':
      return <Merge pair={pair} step={step} onClose={onClose} />
    case 'approve':
      return <Approve pair={pair} onClose={onClose} />
    case 'link':
      return <Link pair={pair} onClose={onClose} />
    case 'reject':
      return <Reject pair={pair} onClose={onClose} />
    case 'unmerge':
      return <Unmerge pair={pair.id} survivor={survivorOf(pair).name} loser={otherOf(pair, survivorOf(pair).id).name} onClose={onClose} />
  }
}

const survivorOf = (pair: Pair) => (pair.survivor_id === pair.right.id ? pair.right : pair.left)
const otherOf = (pair: Pair, id: string) => (id === pair.left.id ? pair.right : pair.left)

type MergeValues = { survivor_id: string; take_from_loser: string[] }

function Merge({ pair, step, onClose }: Props & { step: 'merge' | 'propose' }) {
  const { t } = useTranslation('clients')
  return (
    <CommandDrawer
      name={`duplicates/${step}/${pair.id}`}
      title={t(`dup.step.${step}`)}
      opened
      onClose={onClose}
      path={step === 'merge' ? '/v1/duplicates/{id}/merge' : '/v1/duplicates/{id}/propose-merge'}
      id={pair.id}
      initial={{ survivor_id: likelySurvivor(pair), take_from_loser: [] as string[] }}
      body={(values) => {
        // Whoever changed the survivor may have ticked fields that the other choice does not have.
        const offered = new Set(choicesOf(pair, values.survivor_id).map((one) => one.field))
        return { survivor_id: values.survivor_id, ...given({ take_from_loser: values.take_from_loser.filter((field) => offered.has(field)) }) }
      }}
      submit={t(`dup.step.${step}`)}
      success={t(`dup.done.${step}`)}
    >
      {(form) => <MergeFields pair={pair} form={form} />}
    </CommandDrawer>
  )
}

function choicesOf(pair: Pair, survivor: string) {
  const stays = survivor === pair.left.id ? pair.left : pair.right
  return choices(stays, otherOf(pair, survivor))
}

function MergeFields({ pair, form }: { pair: Pair; form: Form<MergeValues> }) {
  const { t } = useTranslation('clients')
  const common = useTranslation().t
  const words = useWords()
  const lang = useLang()
  const offered = choicesOf(pair, form.values.survivor_id)
  const say = (value: string, field: string) => (field === 'kind' ? words(`counterparty.kind.${value}`) : sayValue(value, field, words, lang, common('yes'), common('no')))
  const nameOf = (field: string) => (field.startsWith('extra.') ? field.slice(6) : words(`field.${field}`, field))
  return (
    <>
      <SideChoice label={t('dup.survivor')} hint={t('dup.survivorHint')} pair={pair} {...form.getInputProps('survivor_id')} />
      <Checkbox.Group label={t('dup.takeTitle')} description={offered.length > 0 ? t('dup.takeHint') : t('dup.takeNothing')} {...form.getInputProps('take_from_loser')}>
        <Stack gap="xs" mt="xs">
          {offered.map(({ field, own, other }) => (
            <Checkbox key={field} value={field} label={capital(t('dup.takeFrom', { field: nameOf(field), other: say(other, field) }))} description={t('dup.takeInstead', { own: say(own, field) })} />
          ))}
        </Stack>
      </Checkbox.Group>
    </>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function SideChoice({ label, hint, pair, ...input }: { label: string; hint: string; pair: Pair; value?: string; onChange?: (value: string) => void; error?: React.ReactNode }) {
  return (
    <Radio.Group label={label} description={hint} {...input}>
      <Stack gap="xs" mt="xs">
        {[pair.left, pair.right].map((side) => (
          <SideRadio key={side.id} side={side} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

function SideRadio({ side }: { side: Side }) {
  const { t } = useTranslation('clients')
  const said = useSay()
  const words = useWords()
  const numbers = side.record.inn && t('innKpp', { inn: side.record.inn, context: side.record.kpp ? 'kpp' : 'inn', kpp: side.record.kpp })
  const facts = [numbers, words(`counterparty.state.${side.state}`), t('dup.sideFacts', { date: said(side.registered_at, 'date'), count: side.people })]
  return <Radio value={side.id} label={side.name} description={facts.filter(Boolean).join(' · ')} />
}

function Approve({ pair, onClose }: Props) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const survivor = survivorOf(pair)
  return (
    <CommandDrawer
      name={`duplicates/approve/${pair.id}`}
      title={t('dup.step.approve')}
      opened
      onClose={onClose}
      path="/v1/duplicates/{id}/approve-merge"
      id={pair.id}
      initial={{}}
      body={() => ({})}
      submit={t('dup.step.approve')}
      success={t('dup.done.approve')}
    >
      {() => (
        <>
          <Text>{t('dup.approveText', { survivor: survivor.name, loser: otherOf(pair, survivor.id).name })}</Text>
          {pair.take_from_loser.length > 0 && <Text>{t('dup.take', { fields: pair.take_from_loser.map((field) => words(`field.${field}`, field)).join(', ') })}</Text>}
          <Text size="sm" c="dimmed">
            {t('dup.survivorHint')}
          </Text>
        </>
      )}
    </CommandDrawer>
  )
}

function Link({ pair, onClose }: Props) {
  const { t } = useTranslation('clients')
  return (
    <CommandDrawer
      name={`duplicates/link/${pair.id}`}
      title={t('dup.step.link')}
      opened
      onClose={onClose}
      path="/v1/duplicates/{id}/link-branch"
      id={pair.id}
      initial={{ head_id: likelySurvivor(pair) }}
      body={(values) => values}
      submit={t('dup.step.link')}
      success={t('dup.done.link')}
    >
      {(form) => <SideChoice label={t('dup.head')} hint={t('dup.headHint')} pair={pair} {...form.getInputProps('head_id')} />}
    </CommandDrawer>
  )
}

function Reject({ pair, onClose }: Props) {
  const { t } = useTranslation('clients')
  return (
    <CommandDrawer
      name={`duplicates/reject/${pair.id}`}
      title={t('dup.step.reject')}
      opened
      onClose={onClose}
      path="/v1/duplicates/{id}/reject"
      id={pair.id}
      initial={{ reason: '' }}
      body={(values) => given(values)}
      submit={t('dup.step.reject')}
      success={t('dup.done.reject')}
    >
      {(form) => <Textarea label={t('dup.rejectReason')} data-autofocus {...form.getInputProps('reason')} />}
    </CommandDrawer>
  )
}

export function Unmerge({ pair, survivor, loser, onClose }: { pair: string; survivor: string; loser: string; onClose: () => void }) {
  const { t } = useTranslation('clients')
  return (
    <CommandDrawer
      name={`duplicates/unmerge/${pair}`}
      title={t('dup.step.unmerge')}
      opened
      onClose={onClose}
      path="/v1/duplicates/{id}/unmerge"
      id={pair}
      initial={{ reason: '' }}
      body={(values) => values}
      submit={t('dup.step.unmerge')}
      success={t('dup.done.unmerge')}
    >
      {(form) => (
        <>
          <Text>{t('dup.unmergeText', { survivor, loser })}</Text>
          <Textarea label={t('dup.unmergeReason')} required data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}
