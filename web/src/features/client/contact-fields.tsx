import { ActionIcon, Button, Fieldset, Group, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import type { Form } from '@/ui/form'

import { filled } from './form-kit'

type Phone = Schema<'Phone'>
type Email = Schema<'Email'>
type Messenger = Schema<'Messenger'>

/** Websites are plain texts to the API; a form needs rows it can name. */
export type ContactValues = { phones: Phone[]; emails: Email[]; messengers: Messenger[]; websites: string[] }

export const contactValues = (of: Schema<'ContactDetails'>): ContactValues => ({ phones: of.phones ?? [], emails: of.emails ?? [], messengers: of.messengers ?? [], websites: of.websites ?? [] })

const phoneKinds = ['work', 'mobile', 'home', 'fax', 'other'] as const
const messengerKinds = ['telegram', 'whatsapp', 'viber', 'vk', 'max', 'skype', 'other'] as const

/** What is sent: the dialled form belongs to the writing it was made from, and is found anew where that has changed. */
export function contactBody(values: ContactValues, seen: Phone[] = []) {
  const same = (phone: Phone) => seen.find((one) => one.raw === phone.raw)?.e164
  const phones = filled(values.phones, 'raw').map(({ raw, ext, kind, note }) => {
    const e164 = same({ raw })
    return { raw, ...(e164 ? { e164 } : {}), ...(ext ? { ext } : {}), ...(kind ? { kind } : {}), ...(note ? { note } : {}) }
  })
  const emails = filled(values.emails, 'address').map(({ address, note }) => ({ address, ...(note ? { note } : {}) }))
  const messengers = filled(values.messengers, 'account').map(({ kind, account, note }) => ({ kind, account, ...(note ? { note } : {}) }))
  return { phones, emails, messengers, websites: values.websites.filter((site) => site.trim() !== '') }
}

/** Phones, addresses, messengers and sites, each a list to add to and take from. */
export function ContactFields<V extends Record<string, unknown> & ContactValues>({ form: given }: { form: Form<V> }) {
  // The fields are known; the rest of the form's values is its owner's.
  const form = given as unknown as Form<ContactValues>
  const { t } = useTranslation('client')
  const words = useWords()
  const options = (prefix: string, kinds: readonly string[]) => kinds.map((kind) => ({ value: kind, label: words(`${prefix}.${kind}`) }))
  const { phones, emails, messengers, websites } = form.values
  return (
    <>
      <Rows label={t('form.phones')} add={t('form.addPhone')} count={phones.length} onAdd={() => form.insertListItem('phones', { raw: '', ext: '', kind: 'work', note: '' })} onRemove={(i) => form.removeListItem('phones', i)}>
        {(i) => (
          <Group gap="xs" grow preventGrowOverflow={false} align="flex-start">
            <TextInput label={t('form.phone')} type="tel" miw={170} {...form.getInputProps(`phones.${i}.raw`)} />
            <Select label={t('form.kind')} data={options('phone.kind', phoneKinds)} w={130} {...form.getInputProps(`phones.${i}.kind`)} />
            <TextInput label={t('form.ext')} w={90} {...form.getInputProps(`phones.${i}.ext`)} />
          </Group>
        )}
      </Rows>
      <Rows label={t('form.emails')} add={t('form.addEmail')} count={emails.length} onAdd={() => form.insertListItem('emails', { address: '', note: '' })} onRemove={(i) => form.removeListItem('emails', i)}>
        {(i) => (
          <Group gap="xs" grow align="flex-start">
            <TextInput label={t('form.email')} type="email" {...form.getInputProps(`emails.${i}.address`)} />
            <TextInput label={t('form.note')} {...form.getInputProps(`emails.${i}.note`)} />
          </Group>
        )}
      </Rows>
      <Rows label={t('form.messengers')} add={t('form.addMessenger')} count={messengers.length} onAdd={() => form.insertListItem('messengers', { kind: 'telegram', account: '', note: '' })} onRemove={(i) => form.removeListItem('messengers', i)}>
        {(i) => (
          <Group gap="xs" grow align="flex-start">
            <Select label={t('form.messenger')} data={options('messenger.kind', messengerKinds)} {...form.getInputProps(`messengers.${i}.kind`)} />
            <TextInput label={t('form.account')} {...form.getInputProps(`messengers.${i}.account`)} />
          </Group>
        )}
      </Rows>
      <Rows label={t('form.websites')} add={t('form.addWebsite')} count={websites.length} onAdd={() => form.insertListItem('websites', '')} onRemove={(i) => form.removeListItem('websites', i)}>
        {(i) => <TextInput label={t('form.website')} type="url" {...form.getInputProps(`websites.${i}`)} />}
      </Rows>
    </>
  )
}

function Rows(props: { label: string; add: string; count: number; onAdd: () => void; onRemove: (index: number) => void; children: (index: number) => ReactNode }) {
  const { t } = useTranslation('client')
  return (
    <Fieldset legend={props.label} p="sm">
      <Stack gap="sm">
        {Array.from({ length: props.count }, (_, i) => (
          <Group key={i} gap="xs" align="flex-end" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>{props.children(i)}</div>
            <ActionIcon aria-label={t('form.removeRow', { label: props.label, number: i + 1 })} onClick={() => props.onRemove(i)} mb={4}>
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={props.onAdd} style={{ alignSelf: 'flex-start' }}>
          {props.add}
        </Button>
      </Stack>
    </Fieldset>
  )
}
