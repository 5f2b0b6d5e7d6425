import { Select, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { DayField } from '@/ui/fields'
import { given, type Form } from '@/ui/form'

import { today } from './form-kit'

type Consent = Schema<'ConsentPeriod'>
type Channel = Consent['channel']
export type ConsentValues = { channel: Channel; scope: string; on: string; proof: string; text_shown: string }

const channels: Channel[] = ['email', 'sms', 'call', 'messenger', 'letter']
const scopes = ['advertising', 'service']

/** A new consent, or the one that is withdrawn. */
export const consentValues = (of?: Consent): ConsentValues => ({ channel: of?.channel ?? 'email', scope: of?.scope ?? 'advertising', on: today(), proof: '', text_shown: '' })

export const consentBody = ({ channel, scope, ...rest }: ConsentValues) => ({ channel, scope, ...given(rest) })

export function ConsentFields({ form }: { form: Form<ConsentValues> }) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <>
      <Select label={t('form.channel')} data={channels.map((channel) => ({ value: channel, label: words(`channel.${channel}`) }))} allowDeselect={false} {...form.getInputProps('channel')} />
      <Select label={t('form.scope')} data={scopes.map((scope) => ({ value: scope, label: words(`consent.scope.${scope}`) }))} allowDeselect={false} {...form.getInputProps('scope')} />
      <DayField label={t('form.givenOn')} {...fieldOf(form, 'on')} />
      <TextInput label={t('form.proof')} description={t('form.proofHint')} {...form.getInputProps('proof')} />
      <Textarea label={t('form.textShown')} {...form.getInputProps('text_shown')} />
    </>
  )
}

const name = (channel: string, scope: string) => `${channel}/${scope}`

/** Which of the consents in force is withdrawn. */
export function OpenConsentField({ consents, form }: { consents: Consent[]; form: Form<ConsentValues> }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const data = consents
    .filter((one) => !one.withdrawn_at)
    .map((one) => ({ value: name(one.channel, one.scope), label: `${words(`channel.${one.channel}`)}, ${words(`consent.scope.${one.scope}`, one.scope)}` }))
  return (
    <>
      <Select
        label={t('form.consent')}
        data={data}
        allowDeselect={false}
        value={name(form.values.channel, form.values.scope)}
        onChange={(chosen) => {
          const [channel, scope] = (chosen ?? '/').split('/') as [Channel, string]
          form.setValues({ channel, scope })
        }}
      />
      <DayField label={t('form.withdrawnOn')} {...fieldOf(form, 'on')} />
      <TextInput label={t('form.proof')} description={t('form.withdrawProofHint')} {...form.getInputProps('proof')} />
    </>
  )
}
