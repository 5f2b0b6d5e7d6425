import { Anchor, Button, Paper, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { Facts } from '@/ui/facts'
import { Colleague, RecordLink } from '@/ui/links'
import { useSay } from '@/ui/time'

import classes from './client.module.css'
import { ContactLinks } from './contact-links'
import { over, type ClientFacts } from './facts'

/** What other records add to the present card; the past has only what the client's own events say. */
export type Around = Pick<Schema<'ClientCard'>, 'responsible_name' | 'parent_name' | 'branches' | 'merged' | 'groups' | 'duplicates' | 'id'>

/** Everything that is known about a client; on a phone the less urgent half waits behind a button. */
export function FactsPanel({ id, facts, around, day }: { id: string; facts: ClientFacts; around?: Around; day: string }) {
  const { t } = useTranslation('client')
  const phone = useMediaQuery('(max-width: 48em)')
  const [all, setAll] = useState(false)
  return (
    <Paper withBorder p="md" radius="lg" className={classes.aside}>
      <Section title={t('facts.relation')}>
        <Relation facts={facts} around={around} brief={phone === true && !all} />
      </Section>
      <Section title={t('facts.reach')}>
        <ContactLinks of={facts.record} />
      </Section>
      {(!phone || all) && <Rest facts={facts} around={around} day={day} />}
      {phone && (
        <Button variant="default" size="xs" onClick={() => setAll(!all)} aria-expanded={all}>
          {t(all ? 'facts.less' : 'facts.all')}
        </Button>
      )}
      <Anchor component={Link} to={`/trail/counterparty/${id}`} size="sm">
        {t('do.trail')}
      </Anchor>
    </Paper>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <Title order={2} fz="sm" mb={6} id={id}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Relation({ facts, around, brief }: { facts: ClientFacts; around: Around | undefined; brief: boolean }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  const { record } = facts
  const responsible: [string, ReactNode] = [t('facts.responsible'), <Responsible key="responsible" id={facts.responsibleId} name={around?.responsible_name} />]
  if (brief) return <Facts of={[responsible]} />
  return (
    <Facts
      of={[
        responsible,
        [t('facts.roles'), facts.roles.length > 0 && <Roles key="roles" of={facts.roles} />],
        [t('facts.since'), said(record.since, 'date')],
        [t('facts.head'), facts.parentId && <Head key="head" id={facts.parentId} name={around?.parent_name} />],
        [words('field.segment'), record.segment],
        [words('field.region'), record.region],
        [t('facts.source'), record.source],
        [words('field.comment'), record.comment],
      ].map(([label, value]) => [capital(String(label)), value])}
    />
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The past knows ids; names are those of today. */
function Responsible({ id, name }: { id: string | undefined; name: string | undefined }) {
  const { t } = useTranslation('client')
  const employees = useRead('/v1/employees', { query: { limit: 500 } }, { enabled: Boolean(id && !name), staleTime: 300_000 })
  if (!id) return <>{t('facts.nobody')}</>
  return <Colleague id={id} name={name ?? employees.data?.items.find((one) => one.id === id)?.name ?? '…'} />
}

function Head({ id, name }: { id: string; name: string | undefined }) {
  const head = useRead('/v1/counterparties/{id}', { path: { id } }, { enabled: !name })
  return (
    <RecordLink kind="counterparty" id={id}>
      {name ?? head.data?.name ?? '…'}
    </RecordLink>
  )
}

function Roles({ of }: { of: Schema<'RolePeriod'>[] }) {
  const words = useWords()
  const period = usePeriod()
  return (
    <ul className={classes.list}>
      {of.map((role) => (
        <li key={`${role.role}/${role.since ?? ''}`} className={role.until ? classes.over : undefined}>
          {capital(words(`counterparty.role.${role.role}`))} <Text span size="xs" c="dimmed">{period(role.since, role.until)}</Text>
        </li>
      ))}
    </ul>
  )
}

/** «с 3 нояб. 2026 г. по 5 дек. 2026 г.» */
export function usePeriod() {
  const { t } = useTranslation('client')
  const said = useSay()
  return (from: string | undefined, until: string | undefined) =>
    [from && t('period.from', { date: said(from, 'date') }), until && t('period.until', { date: said(until, 'date') })].filter(Boolean).join(' ')
}

function Rest({ facts, around, day }: { facts: ClientFacts; around: Around | undefined; day: string }) {
  const { t } = useTranslation('client')
  return (
    <>
      <Section title={t('facts.requisites')}>
        <Requisites facts={facts} />
      </Section>
      {facts.accounts.length > 0 && (
        <Section title={t('facts.accounts')}>
          <Accounts of={facts.accounts} />
        </Section>
      )}
      {facts.signatories.length > 0 && (
        <Section title={t('facts.signatories')}>
          <Signatories of={facts.signatories} day={day} />
        </Section>
      )}
      {facts.consents.length > 0 && (
        <Section title={t('facts.consents')}>
          <Consents of={facts.consents} />
        </Section>
      )}
      {around && <Related of={around} />}
      {facts.external.length > 0 && (
        <Section title={t('facts.external')}>
          <Facts of={facts.external.map((one) => [one.source, <span key={one.external_id} className={classes.numbers}>{one.external_id}</span>])} />
        </Section>
      )}
    </>
  )
}

const number = (value: string | undefined) => value && <span className={classes.numbers}>{value}</span>

function Requisites({ facts: { record, doubtful } }: { facts: ClientFacts }) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <Stack gap="xs">
      {doubtful && <Text size="sm" c="var(--app-late)">{t('facts.doubtfulHint')}</Text>}
      <Facts
        of={[
          [t('facts.kind'), capital(words(`counterparty.kind.${record.kind}`))],
          [t('facts.legalName'), record.legal_name],
          ['ИНН', number(record.inn)],
          ['КПП', number(record.kpp)],
          ['ОГРН', number(record.ogrn)],
          [words('field.country'), record.country],
          [words('field.legal_address'), record.legal_address],
          [words('field.actual_address'), record.actual_address],
          [words('field.postal_address'), record.postal_address],
          [words('field.industry_okved'), record.industry_okved],
          [words('field.time_zone'), record.time_zone],
          ...Object.entries(record.extra ?? {}),
        ].map(([label, value]) => [nameOf(String(label), words), value as ReactNode])}
      />
    </Stack>
  )
}

// Abbreviations have words of their own in English.
const abbreviations: Record<string, string> = { ИНН: 'field.inn', КПП: 'field.kpp', ОГРН: 'field.ogrn' }
const nameOf = (label: string, words: (key: string) => string) => capital(abbreviations[label] ? words(abbreviations[label]) : label)

function Accounts({ of }: { of: Schema<'BankAccount'>[] }) {
  const { t } = useTranslation('client')
  const period = usePeriod()
  return (
    <ul className={classes.list}>
      {of.map((one) => (
        <li key={`${one.bik}/${one.account}/${one.since ?? ''}`} className={one.until ? classes.over : undefined}>
          <div className={classes.numbers}>{one.account}</div>
          <Text size="xs" c="dimmed">
            {[one.bank, t('facts.bik', { bik: one.bik }), one.correspondent_account && t('facts.correspondent', { account: one.correspondent_account }), one.currency].filter(Boolean).join(', ')}
          </Text>
          {one.until && <Text size="xs">{t('facts.closed', { period: period(undefined, one.until) })}</Text>}
        </li>
      ))}
    </ul>
  )
}

function Signatories({ of, day }: { of: Schema<'Signatory'>[]; day: string }) {
  const { t } = useTranslation('client')
  const period = usePeriod()
  return (
    <ul className={classes.list}>
      {of.map((one) => (
        <li key={one.number} className={over(one.valid_until, day) ? classes.over : undefined}>
          {one.person_id ? <RecordLink kind="contact_person" id={one.person_id} size="sm">{one.name}</RecordLink> : <Text size="sm" span>{one.name}</Text>}
          <Text size="xs" c="dimmed">
            {[one.position, one.authority_document, period(one.valid_from, one.valid_until)].filter(Boolean).join(', ')}
          </Text>
          {over(one.valid_until, day) && <Text size="xs">{t('facts.expired')}</Text>}
        </li>
      ))}
    </ul>
  )
}

export function Consents({ of }: { of: ClientFacts['consents'] }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  return (
    <ul className={classes.list}>
      {of.map((one) => (
        <li key={`${one.channel}/${one.scope}/${one.on ?? ''}`} className={one.withdrawn ? classes.over : undefined}>
          <Text size="sm">
            {capital(words(`channel.${one.channel}`))}: {words(`consent.scope.${one.scope}`, one.scope)}
          </Text>
          <Text size="xs" c="dimmed">
            {one.withdrawn ? t('facts.withdrawn', { date: said(one.withdrawn, 'date') }) : one.on && t('facts.given', { date: said(one.on, 'date') })}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Related({ of }: { of: Around }) {
  const { t } = useTranslation('client')
  const nothing = of.branches.length + of.merged.length + of.groups.length + of.duplicates === 0
  if (nothing) return null
  return (
    <Section title={t('facts.related')}>
      <Facts
        of={[
          [t('facts.branches'), of.branches.length > 0 && <Cards key="branches" of={of.branches} />],
          [t('facts.merged'), of.merged.length > 0 && <Stack key="merged" gap={2}>{of.merged.map((one) => <Text key={one.id} size="sm">{[one.name, one.inn, one.kpp].filter(Boolean).join(', ')}</Text>)}</Stack>],
          [t('facts.groups'), of.groups.map((one) => one.name).join(', ')],
          [
            t('facts.duplicates'),
            of.duplicates > 0 && (
              <Anchor key="duplicates" component={Link} to={`/clients/duplicates?client=${of.id}`} size="sm">
                {t('facts.duplicatesOpen', { count: of.duplicates })}
              </Anchor>
            ),
          ],
        ]}
      />
    </Section>
  )
}

function Cards({ of }: { of: { id: string; name: string }[] }) {
  return (
    <ul className={classes.list}>
      {of.map((one) => (
        <li key={one.id}>
          <RecordLink kind="counterparty" id={one.id} size="sm">
            {one.name}
          </RecordLink>
        </li>
      ))}
    </ul>
  )
}
