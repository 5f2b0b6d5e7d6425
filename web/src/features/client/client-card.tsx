import { Badge, Grid, Tabs } from '@mantine/core'
import { IconAlertTriangle, IconMoodEmpty, IconStarFilled } from '@tabler/icons-react'
import { useParams as useRouteParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useMay } from '@/app/session'
import { useWords } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { EmergencyOffer } from '@/ui/emergency-offer'
import { Files } from '@/ui/files'
import { later } from '@/ui/later'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, ErrorNote, Loading, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { ClientActions } from './client-actions'
import { pastFacts, presentFacts, type ClientFacts } from './facts'
import { FactsPanel, type Around } from './facts-panel'
import { localDay, today } from './form-kit'
import { History } from './history'
import classes from './client.module.css'

const AssignmentsTab = later(() => import('./dealings').then((m) => m.AssignmentsTab), <Loading />)
const NegotiationsTab = later(() => import('./dealings').then((m) => m.NegotiationsTab), <Loading />)
const LookedTab = later(() => import('@/ui/looked').then((m) => m.LookedTab), <Loading />)
const ContactReport = later(() => import('./contact-report').then((m) => m.ContactReport))

const People = lazy(() => import('./people').then((it) => ({ default: it.People })))

const tabs = ['history', 'people', 'negotiations', 'assignments', 'files', 'looked'] as const

/** A client: facts left, what happened right; today or as of a past day. */
export function ClientCard() {
  const { id = '' } = useRouteParams({ strict: false })
  const asOf = useAsOf()
  return asOf ? <PastClient id={id} asOf={asOf} /> : <PresentClient id={id} />
}

function PresentClient({ id }: { id: string }) {
  const { t } = useTranslation('client')
  const card = useRead('/v1/counterparties/{id}', { path: { id } }, { keepPrevious: false })
  const status = card.error?.problem.status
  if (status === 404 || status === 403) return <Unknown title={t(status === 404 ? 'notFound' : 'hidden')} hint={t(status === 404 ? 'notFoundHint' : 'hiddenHint')} id={id} />
  if (!card.data) {
    return (
      <Page title={t('client')}>
        <Shown of={card} shape="card">
          {() => null}
        </Shown>
      </Page>
    )
  }
  return <Card id={card.data.id} facts={presentFacts(card.data)} card={card.data} />
}

/** The facts of then; the names of colleagues and firms are those of today. */
function PastClient({ id, asOf }: { id: string; asOf: string }) {
  const { t } = useTranslation('client')
  const { t: common } = useTranslation()
  const said = useSay()
  const record = useRead('/v1/records/{kind}/{id}', { path: { kind: 'counterparty', id }, query: { as_of: asOf } })
  if (record.error?.problem.status === 404) return <Unknown title={common('past.notYet')} hint={common('past.notYetHint', { date: said(asOf) })} />
  if (!record.data) {
    return (
      <Page title={t('client')}>
        {record.error ? <ErrorNote error={record.error} retry={() => void record.refetch()} /> : <Loading shape="card" />}
      </Page>
    )
  }
  return <Card id={id} facts={pastFacts(record.data.state)} />
}

function Unknown({ title, hint, id }: { title: string; hint: string; id?: string }) {
  const { t } = useTranslation('client')
  return (
    <Page title={t('client')} crumbs={[{ label: t('clients'), to: '/clients' }]}>
      <Empty icon={IconMoodEmpty} title={title} hint={hint} {...(id ? { action: <EmergencyOffer client={id} /> } : {})} />
    </Page>
  )
}

function Card({ id, facts, card }: { id: string; facts: ClientFacts; card?: Schema<'ClientCard'> }) {
  const { t } = useTranslation('client')
  const asOf = useAsOf()
  const [contacts, setContacts] = useState(false)
  const day = asOf ? localDay(asOf) : today()
  return (
    <Page
      title={facts.name}
      crumbs={[{ label: t('clients'), to: '/clients' }]}
      badges={<Badges facts={facts} />}
      subtitle={<Subtitle facts={facts} />}
      actions={<ClientActions id={id} name={facts.name} facts={facts} card={card} onContacts={() => setContacts(true)} />}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4, xl: 3 }}>
          <FactsPanel id={id} facts={facts} {...(card ? { around: card satisfies Around } : {})} day={day} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8, xl: 9 }}>
          <CardTabs id={id} facts={facts} people={card?.people ?? []} />
        </Grid.Col>
      </Grid>
      {contacts && <ContactReport id={id} name={facts.name} onClose={() => setContacts(false)} />}
    </Page>
  )
}

function Badges({ facts }: { facts: ClientFacts }) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <>
      {facts.state && <StateBadge of={`counterparty.state.${facts.state}`} />}
      {facts.roles.filter((role) => !role.until).map((role) => <Badge key={role.role} color="gray">{words(`counterparty.role.${role.role}`)}</Badge>)}
      {facts.keyAccount && <Badge color="yellow" leftSection={<IconStarFilled size={11} aria-hidden />}>{t('keyAccount')}</Badge>}
      {facts.doubtful && <Badge color="orange" leftSection={<IconAlertTriangle size={12} aria-hidden />}>{t('doubtful')}</Badge>}
    </>
  )
}

function Subtitle({ facts }: { facts: ClientFacts }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  const parts = [
    facts.record.inn && t('innShort', { inn: facts.record.inn }),
    words(`counterparty.kind.${facts.record.kind}`),
    facts.stateSince && t('stateSince', { state: words(`counterparty.state.${facts.state}`), date: said(facts.stateSince, 'date') }),
  ]
  return <>{parts.filter(Boolean).join(' · ')}</>
}

function CardTabs({ id, facts, people }: { id: string; facts: ClientFacts; people: Schema<'PersonItem'>[] }) {
  const { t } = useTranslation('client')
  const asked = useParams()
  const set = useSetParams()
  const may = useMay()
  const offered = tabs.filter((one) => one !== 'looked' || may('list-access-log'))
  const tab = offered.find((one) => one === asked.tab) ?? 'history'
  // Each tab has its own filters in the address.
  const choose = (chosen: string | null) =>
    set({ tab: chosen === 'history' ? undefined : (chosen ?? undefined), kind: undefined, q: undefined, person: undefined, from: undefined, until: undefined, topic: undefined, on: undefined, view: undefined }, { push: true })
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <Tabs.List className={classes.tabs} mb="md">
        {offered.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`tab.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="history">
        <History client={id} people={people} />
      </Tabs.Panel>
      <Tabs.Panel value="people">
        <Suspense fallback={<Loading />}>
          <People client={id} clientName={facts.name} people={people} />
        </Suspense>
      </Tabs.Panel>
      <Tabs.Panel value="negotiations">
        <NegotiationsTab client={id} name={facts.name} />
      </Tabs.Panel>
      <Tabs.Panel value="assignments">
        <AssignmentsTab client={id} name={facts.name} />
      </Tabs.Panel>
      <Tabs.Panel value="files">
        <Files kind="counterparty" id={id} all />
      </Tabs.Panel>
      <Tabs.Panel value="looked">
        <LookedTab client={id} />
      </Tabs.Panel>
    </Tabs>
  )
}
