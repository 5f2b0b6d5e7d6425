import { Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { EmployeeField, InstantField, PersonField } from '@/ui/fields'
import { fieldOf, required } from '@/ui/field-of'
import { CommandDrawer } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'
import { useParams, useSetParams } from '@/ui/params'

import { channels, intents, useChoices } from './channel'
import { Urgency } from './forms'

/** A call, a visit or a letter, written down by whoever took it. */
export function RecordMessage() {
  const { t } = useTranslation('messages')
  const choices = useChoices()
  const navigate = useNavigate()
  const set = useSetParams()
  const { counterparty = '', person = '' } = useParams()
  const made = useRef('')
  const close = () => {
    // What was just written down is shown; a form that was only closed leaves the list as it was.
    if (made.current) void navigate({ to: '/messages/$id', params: { id: made.current }, search: {} as never })
    else set({ new: undefined, person: undefined })
  }
  return (
    <CommandDrawer
      name={`messages/record/${counterparty}`}
      title={t('record.title')}
      opened
      onClose={close}
      path="/v1/messages"
      initial={{
        channel: 'call', from_raw: '', from_name: '', subject: '', text: '', topic: '', intent: '', urgency: 'normal', addressee_id: '', counterparty_id: counterparty, person_id: person,
        received_at: '', callback_by: '',
      }}
      body={(values) => required(values, 'from_raw') as never}
      submit={t('record.submit')}
      success={t('record.done')}
      onDone={(receipt) => { made.current = receipt.id }}
    >
      {(form) => (
        <>
          <Select label={t('channel')} data={choices('message.channel', channels)} allowDeselect={false} withAsterisk data-autofocus {...form.getInputProps('channel')} />
          <TextInput label={t('record.from')} description={t('record.fromHint')} withAsterisk {...form.getInputProps('from_raw')} />
          <TextInput label={t('record.name')} {...form.getInputProps('from_name')} />
          <KnownClientField label={t('client')} {...fieldOf(form, 'counterparty_id')} onChange={(id) => form.setValues({ counterparty_id: id ?? '', person_id: '' })} />
          {form.values.counterparty_id && <PersonField label={t('person')} client={form.values.counterparty_id} {...fieldOf(form, 'person_id')} />}
          <TextInput label={t('record.subject')} {...form.getInputProps('subject')} />
          <Textarea label={t('record.text')} minRows={4} {...form.getInputProps('text')} />
          <EmployeeField label={t('record.addressee')} description={t('record.addresseeHint')} {...fieldOf(form, 'addressee_id')} />
          <Urgency {...form.getInputProps('urgency')} />
          <Stack gap="md">
            <Select label={t('intent')} data={choices('message.intent', intents)} clearable {...form.getInputProps('intent')} value={form.values.intent || null} onChange={(intent) => form.setFieldValue('intent', intent ?? '')} />
            <TextInput label={t('topic')} {...form.getInputProps('topic')} />
            <InstantField label={t('record.receivedAt')} description={t('record.receivedHint')} {...fieldOf(form, 'received_at')} />
            <InstantField label={t('callbackBy')} {...fieldOf(form, 'callback_by')} />
          </Stack>
        </>
      )}
    </CommandDrawer>
  )
}
