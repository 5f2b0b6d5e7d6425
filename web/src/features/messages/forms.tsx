import { Select, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { CommandPath, Schema } from '@/api/hooks'
import { EmployeeField, PersonField } from '@/ui/fields'
import { fieldOf } from '@/ui/field-of'
import { CommandDrawer, given } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'

import { intents, urgencies, useChoices } from './channel'
import { useNote } from './note'

type Message = Schema<'MessageDetail'>
type Props = { of: Message; onClose: () => void }

/** Hands the message to a colleague: for the first time, or on from whoever has it. */
export function Hand({ of: message, onClose, again }: Props & { again: boolean }) {
  return again ? <HandOn of={message} onClose={onClose} /> : <HandFirst of={message} onClose={onClose} />
}

function HandFirst({ of: message, onClose }: Props) {
  const { t } = useTranslation('messages')
  const note = useNote(message)
  return (
    <CommandDrawer
      name={`messages/route/${message.id}`}
      title={t('do.route')}
      opened
      onClose={onClose}
      path="/v1/messages/{id}/route"
      id={message.id}
      initial={{ addressee_id: '', note: '' }}
      body={({ addressee_id, note: text }) => {
        note.keep(addressee_id, text)
        return { addressee_id }
      }}
      submit={t('do.route')}
      success={t('done.route')}
      onDone={note.send}
    >
      {(form) => (
        <>
          <EmployeeField label={t('addressee')} withAsterisk data-autofocus openOnFocus={false} {...fieldOf(form, 'addressee_id')} />
          <Text size="sm" c="dimmed">
            {t('hand.clock')}
          </Text>
          <Textarea label={t('hand.note')} description={t('hand.noteHint')} {...form.getInputProps('note')} />
        </>
      )}
    </CommandDrawer>
  )
}

function HandOn({ of: message, onClose }: Props) {
  const { t } = useTranslation('messages')
  return (
    <CommandDrawer
      name={`messages/reroute/${message.id}`}
      title={t('do.reroute')}
      opened
      onClose={onClose}
      path="/v1/messages/{id}/reroute"
      id={message.id}
      initial={{ addressee_id: '', reason: '' }}
      body={(values) => values}
      submit={t('do.reroute')}
      success={t('done.route')}
    >
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('hand.now', { name: message.addressee_name ?? '' })}
          </Text>
          <EmployeeField label={t('hand.to')} withAsterisk data-autofocus openOnFocus={false} {...fieldOf(form, 'addressee_id')} />
          <Textarea label={t('hand.reason')} description={t('hand.reasonHint')} withAsterisk {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

/** Says who the sender is. */
export function Match({ of: message, onClose }: Props) {
  const { t } = useTranslation('messages')
  return (
    <CommandDrawer
      name={`messages/match/${message.id}`}
      title={t(message.matched ? 'do.rematch' : 'do.match')}
      opened
      onClose={onClose}
      path="/v1/messages/{id}/match"
      id={message.id}
      initial={{ counterparty_id: message.counterparty_id ?? '', person_id: message.person_id ?? '' }}
      body={given}
      submit={t('match.link')}
      success={t('match.done')}
    >
      {(form) => {
        const client = form.getInputProps('counterparty_id')
        return (
          <>
            <Text size="sm" c="dimmed">
              {t('sender')}: {message.from_raw}
            </Text>
            <KnownClientField
              label={t('client')}
              data-autofocus
              openOnFocus={false}
              {...client}
              value={form.values.counterparty_id || null}
              onChange={(id) => form.setValues({ counterparty_id: id ?? '', person_id: '' })}
            />
            <PersonField label={t('person')} description={form.values.counterparty_id ? undefined : t('match.clientFirst')} client={form.values.counterparty_id} {...fieldOf(form, 'person_id')} />
          </>
        )
      }}
    </CommandDrawer>
  )
}

/** Says what the message is about and how urgent it is. */
export function Classify({ of: message, onClose }: Props) {
  const { t } = useTranslation('messages')
  const choices = useChoices()
  return (
    <CommandDrawer
      name={`messages/classify/${message.id}`}
      title={t('do.classify')}
      opened
      onClose={onClose}
      path="/v1/messages/{id}/classify"
      id={message.id}
      initial={{ topic: message.topic ?? '', intent: message.intent ?? '', urgency: message.urgency }}
      body={(values) => given(values) as never}
      submit={t('classify.save')}
      success={t('done.classify')}
    >
      {(form) => (
        <>
          <TextInput label={t('topic')} data-autofocus {...form.getInputProps('topic')} />
          <Select label={t('intent')} data={choices('message.intent', intents)} clearable {...form.getInputProps('intent')} value={form.values.intent || null} onChange={(intent) => form.setFieldValue('intent', intent ?? '')} />
          <Urgency {...form.getInputProps('urgency')} />
        </>
      )}
    </CommandDrawer>
  )
}

/** How soon the message has to be noticed: the choice tells what it means. */
export function Urgency({ value, onChange }: { value?: string; onChange?: (value: string) => void }) {
  const { t } = useTranslation('messages')
  const choices = useChoices()
  return (
    <Stack gap={4} role="group" aria-label={t('urgency')}>
      <Text size="sm" fw={500}>
        {t('urgency')}
      </Text>
      <SegmentedControl data={choices('message.urgency', urgencies)} value={value ?? 'normal'} {...(onChange ? { onChange } : {})} aria-label={t('urgency')} />
      <Text size="xs" c="dimmed">
        {t(`urgencyMeans.${(value ?? 'normal') as 'normal'}`)}
      </Text>
    </Stack>
  )
}

type ReasonedStep = 'unmatch' | 'spam' | 'lose' | 'reopen'

const paths: Record<ReasonedStep, CommandPath> = {
  unmatch: '/v1/messages/{id}/unmatch', spam: '/v1/messages/{id}/mark-spam', lose: '/v1/messages/{id}/lose', reopen: '/v1/messages/{id}/reopen',
}

/** A step that only needs its reason. */
export function Reasoned({ of: message, onClose, step }: Props & { step: ReasonedStep }) {
  const { t } = useTranslation('messages')
  return (
    <CommandDrawer
      name={`messages/${step}/${message.id}`}
      title={t(`do.${step}`)}
      opened
      onClose={onClose}
      path={paths[step]}
      id={message.id}
      initial={{ reason: '' }}
      body={(values) => (step === 'spam' ? given(values) : values) as never}
      submit={t(`do.${step}`)}
      success={t(`done.${step}`)}
      danger={step === 'spam' || step === 'lose'}
    >
      {(form) => (
        <>
          <Text size="sm">{t(`reasoned.${step}`)}</Text>
          <Textarea label={t('reason')} withAsterisk={step !== 'spam'} data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}
