import { Badge, Grid, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import {
  IconBan, IconBriefcase, IconBriefcaseOff, IconCertificate, IconCheckbox, IconCircleCheck, IconGavel, IconHistory, IconInbox, IconListDetails, IconMoodEmpty, IconPhone, IconTransfer, IconTagOff,
} from '@tabler/icons-react'
import { useNavigate, useParams as useRouteParams } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useMay } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { Facts } from '@/ui/facts'
import { Files } from '@/ui/files'
import { later } from '@/ui/later'
import { RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PastRecord } from '@/ui/past-record'
import { Empty, Shown } from '@/ui/states'
import { useSay, When } from '@/ui/time'

import { ChangeMenu, type ActionGroup } from './change-menu'
import { ContactLinks } from './contact-links'
import { Consents, usePeriod } from './facts-panel'
import { History } from './history'
import { DecisionRoles } from './people'
import { personContacts } from './person-contacts'
import type { PersonFormName } from './person-forms'
import classes from './client.module.css'

const PersonForm = later(() => import('./person-forms').then((m) => m.PersonForm))

type Card = Schema<'PersonCard'>

/** A person at a client: who, where, how to reach them and whether one may, and what they took part in. */
export function PersonCard() {
  const { id = '' } = useRouteParams({ strict: false })
  return useAsOf() ? <PastRecord kind="contact_person" id={id} /> : <PresentPerson id={id} />
}

function PresentPerson({ id }: { id: string }) {
  const { t } = useTranslation('client')
  const card = useRead('/v1/contact-persons/{id}', { path: { id } })
  if (card.data) return <Person card={card.data} />
  return (
    <Page title={t('person.title')} crumbs={[{ label: t('clients'), to: '/clients' }]}>
      {card.error?.problem.status === 404 ? <Empty icon={IconMoodEmpty} title={t('person.notFound')} hint={t('notFoundHint')} /> : <Shown of={card} shape="card">{() => null}</Shown>}
    </Page>
  )
}

function Person({ card }: { card: Card }) {
  const { t } = useTranslation('client')
  const current = card.employments.filter((one) => !one.to)
  const employer = current[0] ?? card.employments[0]
  return (
    <Page
      title={card.full_name}
      crumbs={[{ label: t('clients'), to: '/clients' }, ...(employer ? [{ label: employer.counterparty_name, to: `/clients/${employer.counterparty_id}` }] : [])]}
      badges={
        <>
          {card.do_not_contact && <Badge color="red" leftSection={<IconBan size={12} aria-hidden />}>{t('people.doNotContact')}</Badge>}
          {current.length === 0 && <Badge color="gray">{t('people.former')}</Badge>}
        </>
      }
      subtitle={[card.details.position, card.details.department].filter(Boolean).join(', ')}
      actions={<PersonActions card={card} />}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4, xl: 3 }}>
          <PersonFacts card={card} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8, xl: 9 }}>
          <Stack gap="lg">
            <Files kind="contact_person" id={card.id} level={2} />
            <PersonHistory card={card} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

/** What is recorded is recorded at a client: one of those the person works or worked for. */
function PersonHistory({ card }: { card: Card }) {
  const { t } = useTranslation('client')
  const asked = useParams()
  const set = useSetParams()
  const employers = [...new Map(card.employments.map((one) => [one.counterparty_id, one.counterparty_name]))]
  const chosen = employers.find(([id]) => id === asked.client)?.[0] ?? card.employments.find((one) => !one.to)?.counterparty_id ?? employers[0]?.[0]
  return (
    <Stack gap="sm">
      <Title order={2}>{t('person.history')}</Title>
      {employers.length > 1 && (
        <SegmentedControl aria-label={t('person.atWhich')} value={chosen ?? ''} onChange={(client) => set({ client })} data={employers.map(([value, label]) => ({ value, label }))} style={{ alignSelf: 'flex-start' }} />
      )}
      {chosen ? <History client={chosen} person={card.id} /> : <Empty icon={IconHistory} title={t('person.nowhere')} hint={t('person.nowhereHint')} />}
    </Stack>
  )
}

function PersonFacts({ card }: { card: Card }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  const { details } = card
  const consents = card.consents.map(({ channel, scope, on, given_at, withdrawn_at }) => ({ channel, scope, on: on ?? given_at, withdrawn: withdrawn_at }))
  return (
    <Paper withBorder p="md" radius="lg" className={classes.aside}>
      <Part title={t('facts.reach')}>
        {card.do_not_contact && <Text size="sm" c="var(--app-late)" mb={6}>{t('person.doNotContactHint')}</Text>}
        <ContactLinks of={personContacts(card)} />
      </Part>
      <Part title={t('person.work')}>
        <Employments of={card.employments} />
      </Part>
      {card.decision_roles.length > 0 && (
        <Part title={t('person.decisionRoles')}>
          <Text size="sm" component="div"><DecisionRoles of={card.decision_roles} /></Text>
        </Part>
      )}
      <Part title={t('person.about')}>
        <Facts
          of={[
            [capital(words('field.preferred_channel')), details.preferred_channel && words(`channel.${details.preferred_channel}`)],
            [capital(words('field.birthday')), said(details.birthday, 'date')],
            [capital(words('field.language')), details.language],
            [capital(words('field.comment')), details.comment],
            [t('person.registered'), <When key="registered" at={card.registered_at} />],
          ]}
        />
      </Part>
      {consents.length > 0 && (
        <Part title={t('facts.consents')}>
          <Consents of={consents} />
        </Part>
      )}
    </Paper>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} fz="sm" mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Employments({ of }: { of: Schema<'EmploymentItem'>[] }) {
  const { t } = useTranslation('client')
  const period = usePeriod()
  if (of.length === 0) return <Text size="sm" c="dimmed">{t('person.nowhere')}</Text>
  return (
    <ul className={classes.list}>
      {of.map((one) => (
        <li key={`${one.counterparty_id}/${one.from ?? ''}`} className={one.to ? classes.over : undefined}>
          <RecordLink kind="counterparty" id={one.counterparty_id} size="sm">
            {one.counterparty_name}
          </RecordLink>
          <Text size="xs" c="dimmed">
            {[one.position, one.department, period(one.from, one.to)].filter(Boolean).join(', ')}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function PersonActions({ card }: { card: Card }) {
  const { t } = useTranslation('client')
  const navigate = useNavigate()
  const [form, setForm] = useState<PersonFormName>()
  const employer = card.employments.find((one) => !one.to)
  const begin = (to: string) => () =>
    void navigate({ to, search: { new: '1', counterparty: employer?.counterparty_id, counterparty_name: employer?.counterparty_name, person: card.id, person_name: card.full_name } } as never)
  const unemployed = !employer && t('why.noEmployer')
  const actions: Action[] = [
    { label: t('do.message'), icon: IconInbox, onClick: begin('/messages'), impossible: unemployed },
    { label: t('do.negotiation'), icon: IconGavel, onClick: begin('/negotiations'), impossible: unemployed },
    { label: t('do.trail'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/contact_person/${card.id}` }), reads: true },
  ]
  return (
    <>
      <ChangeMenu groups={usePersonGroups(card, setForm)} />
      <Actions of={actions} />
      {form && <PersonForm form={form} card={card} onClose={() => setForm(undefined)} />}
    </>
  )
}

function usePersonGroups(card: Card, open: (form: PersonFormName) => void): ActionGroup[] {
  const { t } = useTranslation('client')
  const may = useMay()
  const unemployed = !card.employments.some((one) => !one.to) && t('why.noEmployer')
  const act = (form: PersonFormName, operation: string, icon: NonNullable<Action['icon']>, impossible?: string | false): Action[] =>
    may(operation) ? [{ label: t(`do.${form}`), icon, onClick: () => open(form), impossible }] : []
  return [
    { title: t('group.details'), actions: [...act('changePerson', 'change-contact-person', IconListDetails), ...act('changePersonContacts', 'change-person-contacts', IconPhone)] },
    {
      title: t('person.work'),
      actions: [
        ...act('move', 'move-person', IconTransfer, unemployed),
        ...act('employ', 'employ-person', IconBriefcase),
        ...act('dismiss', 'dismiss-person', IconBriefcaseOff, unemployed),
        ...act('giveDecisionRole', 'give-decision-role', IconGavel, unemployed),
        ...act('withdrawDecisionRole', 'withdraw-decision-role', IconTagOff, card.decision_roles.length === 0 && t('why.noRole')),
      ],
    },
    {
      title: t('facts.consents'),
      actions: [
        ...act('givePersonConsent', 'give-person-consent', IconCheckbox),
        ...act('withdrawPersonConsent', 'withdraw-person-consent', IconCertificate, !card.consents.some((one) => !one.withdrawn_at) && t('why.noConsent')),
        ...act('refuseContact', 'refuse-contact', IconBan, card.do_not_contact && t('why.refused')),
        ...act('allowContact', 'allow-contact', IconCircleCheck, !card.do_not_contact && t('why.notRefused')),
      ],
    },
  ]
}
