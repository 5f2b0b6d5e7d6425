import { Anchor, Badge, Button, Group, Stack, Switch, Text, Title } from '@mantine/core'
import { IconAddressBook, IconBan, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'
import { later } from '@/ui/later'
import { RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'

import { PhoneLink } from './contact-links'
import { Influence } from './influence-section'
import classes from './client.module.css'

const RegisterPerson = later(() => import('./person-forms').then((m) => m.RegisterPerson))

type Person = Schema<'PersonItem'>
type Props = { client: string; clientName: string; people: Person[] }

/** Who there is to talk to, and who moves whom. */
export function People({ client, clientName, people }: Props) {
  const { t } = useTranslation('client')
  const asked = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const columns = usePeopleColumns(client)
  const former = people.filter((one) => !one.current).length
  const shown = people.filter((one) => one.current || asked.former)
  return (
    <Stack gap="xl">
      <PresentOnly />
      <section aria-label={t('people.title')}>
        <Group justify="space-between" mb="xs">
          <Title order={2}>{t('people.title')}</Title>
          <Group gap="md">
            {former > 0 && <Switch label={t('people.showFormer', { count: former })} checked={Boolean(asked.former)} onChange={(event) => set({ former: event.currentTarget.checked ? '1' : undefined })} />}
            <Button variant="default" size="xs" leftSection={<IconPlus size={16} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: 'person' })}>
              {t('people.register')}
            </Button>
          </Group>
        </Group>
        {shown.length === 0 ? (
          <Empty icon={IconAddressBook} title={t('people.none')} hint={t('people.noneHint')} />
        ) : (
          <DataTable label={t('people.title')} rows={shown} rowKey={(one) => one.id} columns={columns} rowHeight={68} />
        )}
      </section>
      <Influence client={client} people={people} />
      {asked.new === 'person' && <RegisterPerson client={client} clientName={clientName} onClose={() => set({ new: undefined })} />}
    </Stack>
  )
}

function usePeopleColumns(client: string): Column<Person>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  return [
    {
      key: 'name',
      header: t('column.person'),
      width: 'minmax(160px, 2fr)',
      phone: 'title',
      wrap: true,
      cell: (one) => <RecordLink kind="contact_person" id={one.id}>{one.full_name}</RecordLink>,
    },
    { key: 'position', header: t('column.position'), width: 'minmax(120px, 1.6fr)', wrap: true, cell: (one) => [one.position, one.department].filter(Boolean).join(', ') },
    { key: 'role', header: t('column.decisionRole'), width: 'minmax(120px, 1.4fr)', wrap: true, cell: (one) => <DecisionRoles of={one.decision_roles.filter((role) => role.counterparty_id === client)} /> },
    {
      key: 'contacts',
      header: t('column.contacts'),
      width: 'minmax(190px, 2.2fr)',
      cell: (one) => (
        <>
          {one.contacts.phones?.[0] && <PhoneLink phone={{ raw: one.contacts.phones[0].raw, ...(one.contacts.phones[0].e164 ? { e164: one.contacts.phones[0].e164 } : {}) }} />}
          {one.contacts.emails?.[0] && (
            <Anchor href={`mailto:${one.contacts.emails[0].address}`} inherit className={classes.mail} title={one.contacts.emails[0].address}>
              {one.contacts.emails[0].address}
            </Anchor>
          )}
        </>
      ),
    },
    {
      key: 'may',
      header: t('column.mayContact'),
      width: 'minmax(120px, 1fr)',
      wrap: true,
      cell: (one) =>
        one.do_not_contact ? (
          <Badge color="red" leftSection={<IconBan size={12} aria-hidden />}>{t('people.doNotContact')}</Badge>
        ) : !one.current ? (
          <Badge color="gray">{t('people.former')}</Badge>
        ) : (
          <Text span inherit c="dimmed">{one.preferred_channel ? words(`channel.${one.preferred_channel}`) : ''}</Text>
        ),
    },
  ]
}

export function DecisionRoles({ of }: { of: Schema<'DecisionRole'>[] }) {
  const words = useWords()
  return (
    <>
      {of.map((role) => (
        <div key={`${role.role}/${role.topic ?? ''}`}>
          {words(`decision_role.${role.role}`)}
          {role.topic && `: ${role.topic}`}
        </div>
      ))}
    </>
  )
}
