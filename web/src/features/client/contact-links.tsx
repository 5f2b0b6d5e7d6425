import { Anchor, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useWords } from '@/i18n'

import classes from './client.module.css'

/** Ways to reach somebody, each a click away from the call or the letter. */
export function ContactLinks({ of }: { of: Schema<'ContactDetails'> }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const none = !of.phones?.length && !of.emails?.length && !of.messengers?.length && !of.websites?.length
  if (none) return <Text size="sm" c="dimmed">{t('facts.noContacts')}</Text>
  return (
    <ul className={classes.list}>
      {of.phones?.map((phone) => (
        <li key={`${phone.raw}/${phone.ext ?? ''}`}>
          <PhoneLink phone={phone} />
        </li>
      ))}
      {of.emails?.map((email) => (
        <li key={email.address}>
          <Anchor href={`mailto:${email.address}`} size="sm">
            {email.address}
          </Anchor>
          <Note of={email.note} />
        </li>
      ))}
      {of.messengers?.map((one) => (
        <li key={`${one.kind}/${one.account}`}>
          <Text size="sm" span>
            {words(`messenger.kind.${one.kind}`)}: {one.account}
          </Text>
          <Note of={one.note} />
        </li>
      ))}
      {of.websites?.map((site) => (
        <li key={site}>
          <Anchor href={/^https?:/.test(site) ? site : `https://${site}`} target="_blank" rel="noreferrer" size="sm">
            {site.replace(/^https?:\/\//, '')}
          </Anchor>
        </li>
      ))}
    </ul>
  )
}

export function PhoneLink({ phone }: { phone: Schema<'Phone'> }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const dialled = phone.e164 ?? phone.raw.replace(/[^\d+]/g, '')
  const about = [phone.kind && words(`phone.kind.${phone.kind}`), phone.note].filter(Boolean).join(', ')
  return (
    <>
      <Anchor href={`tel:${dialled}${phone.ext ? `,${phone.ext}` : ''}`} size="sm">
        {phone.raw}
        {phone.ext && ` ${t('facts.ext', { ext: phone.ext })}`}
      </Anchor>
      <Note of={about} />
    </>
  )
}

function Note({ of }: { of: string | undefined }) {
  if (!of) return null
  return (
    <Text size="xs" c="dimmed" span>
      {' '}
      {of}
    </Text>
  )
}
