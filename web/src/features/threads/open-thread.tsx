import { SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/app/session'
import { ColleaguesField } from '@/ui/colleagues-field'
import { fieldOf, required } from '@/ui/field-of'
import { InstantField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { KnownClientField } from '@/ui/known-client-field'
import { useParams, useSetParams } from '@/ui/params'

const kinds = ['question', 'proposal', 'agreement', 'notice'] as const
type Kind = (typeof kinds)[number]

/** Asks colleagues, proposes something, agrees on something or informs. The client and the addressee may come with the address. */
export function OpenThread() {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const navigate = useNavigate()
  const set = useSetParams()
  const params = useParams()
  const { counterparty = '', addressee, about, about_kind } = params
  const made = useRef('')
  const close = () => {
    // What was just opened is shown; a form that was only closed leaves the list as it was.
    if (made.current) void navigate({ to: '/threads/$id', params: { id: made.current }, search: {} as never })
    else set({ new: undefined, counterparty: undefined, addressee: undefined, about: undefined, about_kind: undefined, kind: undefined })
  }
  const asked = params.kind as Kind
  const initial = {
    kind: (kinds.includes(asked) ? asked : 'question') as Kind, addressee_ids: addressee ? [addressee] : ([] as string[]), cc_ids: [] as string[], counterparty_id: counterparty, subject: '', text: '', reply_by: '',
  }
  const ref = about && about_kind ? { ref: { kind: about_kind, id: about } } : {}
  return (
    <CommandDrawer
      name={`threads/open/${counterparty}${about ?? ''}`}
      title={t('open.title')}
      opened
      onClose={close}
      path="/v1/threads"
      initial={initial}
      body={({ counterparty_id, reply_by, ...values }) => {
        const context = { ...ref, ...given({ counterparty_id }) }
        const due = values.kind === 'notice' ? '' : reply_by
        return required({ ...values, reply_by: due, context: Object.keys(context).length > 0 ? context : undefined }, 'addressee_ids', 'subject', 'text') as never
      }}
      submit={t('open.submit')}
      success={t('open.done')}
      onDone={(receipt) => {
        made.current = receipt.id
      }}
    >
      {(form) => (
        <>
          <Stack gap={4}>
            <SegmentedControl aria-label={t('column.kind')} data={kinds.map((value) => ({ value, label: t(`open.kind.${value}`) }))} {...form.getInputProps('kind')} />
            <Text size="xs" c="dimmed">
              {t(`open.means.${form.values.kind}`)}
            </Text>
          </Stack>
          <ColleaguesField label={t('open.addressees')} withAsterisk data-autofocus openOnFocus={false} without={[me]} {...fieldOf(form, 'addressee_ids')} />
          <TextInput label={t('column.subject')} withAsterisk {...form.getInputProps('subject')} />
          <Textarea label={t(`open.text.${form.values.kind}`)} withAsterisk minRows={4} {...form.getInputProps('text')} />
          {form.values.kind !== 'notice' && <InstantField label={t('open.replyBy')} description={t('open.replyByHint')} {...fieldOf(form, 'reply_by')} />}
          <KnownClientField label={t('column.client')} {...fieldOf(form, 'counterparty_id')} />
          <ColleaguesField label={t('open.cc')} description={t('open.ccHint')} without={[me, ...form.values.addressee_ids]} {...fieldOf(form, 'cc_ids')} />
        </>
      )}
    </CommandDrawer>
  )
}
