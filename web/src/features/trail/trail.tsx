import { Alert, Button, Group, Paper, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core'
import { IconExternalLink, IconFilterOff, IconGitCompare, IconHistory, IconPrinter } from '@tabler/icons-react'
import { Link, useParams as useRoute } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useDetailWords } from '@/i18n'
import { fieldLabel } from '@/ui/change-logic'
import { Changes } from '@/ui/changes'
import { addressOf } from '@/ui/links'
import { useName } from '@/ui/names'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { Compare } from './compare'
import { StepRow } from './step'
import classes from './trail.module.css'
import { byDay, fieldsOf, filtered, peopleOf, type Step } from './trail-logic'

/** The audit trail of any record: who, when, by which door, why, and each field before and after. */
export function Trail() {
  const { t } = useTranslation('trail')
  const { kind = '', id = '' } = useRoute({ strict: false }) as { kind?: string; id?: string }
  const words = useDetailWords()
  const asOf = useAsOf()
  const params = useParams()
  const setParams = useSetParams()
  const name = useName(kind, id)
  const trail = useTrail(kind, id)
  const kindWord = words(`kind.${kind}`, kind)
  const count = trail.data?.steps.length
  const screen = addressOf(kind, id)
  const comparing = params.compare !== undefined

  return (
    <Page
      title={t('titleOf', { name: name ?? kindWord })}
      subtitle={[name && capital(kindWord), count !== undefined && t('steps', { count })].filter(Boolean).join(' · ')}
      actions={
        <>
          {!screen.startsWith('/trail/') && (
            <Button component={Link} to={screen} variant="default" leftSection={<IconExternalLink size={16} aria-hidden />}>
              {t('toRecord')}
            </Button>
          )}
          {(count ?? 0) > 1 && (
            <Button variant="default" leftSection={<IconGitCompare size={16} aria-hidden />} onClick={() => setParams({ compare: comparing ? undefined : `1,${count}` })}>
              {t(comparing ? 'closeCompare' : 'compare')}
            </Button>
          )}
          <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => print()}>
            {t('print')}
          </Button>
        </>
      }
    >
      {asOf && <PastNote asOf={asOf} kind={kind} id={id} />}
      <Shown of={trail}>
        {({ steps }) => (
          <>
            {comparing && <Compare steps={steps} kind={kind} />}
            <Filters steps={steps} kind={kind} />
            <Steps steps={steps} kind={kind} id={id} />
          </>
        )}
      </Shown>
    </Page>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The trail, asked for again as soon as the log has a newer event of the record. */
function useTrail(kind: string, id: string) {
  const asOf = useAsOf()
  const trail = useRead('/v1/records/{kind}/{id}/trail', { path: { kind, id }, ...(asOf ? { query: { as_of: asOf } } : {}) })
  const newest = useRead('/v1/events', { query: { record: id, limit: 1 } }, { enabled: !asOf }).data?.items[0]?.position
  const last = trail.data?.steps.at(-1)?.position
  const { refetch } = trail
  const grown = newest !== undefined && last !== undefined && newest > last
  useEffect(() => {
    if (grown) void refetch()
  }, [grown, refetch])
  return trail
}

function Filters({ steps, kind }: { steps: readonly Step[]; kind: string }) {
  const { t } = useTranslation('trail')
  const { t: common } = useTranslation()
  const words = useDetailWords()
  const said = useSay()
  const params = useParams()
  const setParams = useSetParams()
  const fields = fieldsOf(steps)
    .map((value) => ({ value, label: fieldLabel(value, kind, words, (at) => said(at, 'date')) }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
  return (
    <Group gap="sm" align="flex-end" className="no-print">
      <Select label={t('field')} placeholder={t('anyField')} data={distinct(fields)} value={params.field ?? null} onChange={(field) => setParams({ field: field ?? undefined })} searchable clearable nothingFoundMessage={common('nothingFound')} className={classes.filter} />
      <Select label={t('person')} placeholder={t('anyPerson')} data={peopleOf(steps)} value={params.who ?? null} onChange={(who) => setParams({ who: who ?? undefined })} searchable clearable nothingFoundMessage={common('nothingFound')} className={classes.filter} />
      <SegmentedControl aria-label={t('order')} value={params.order ?? 'new'} onChange={(order) => setParams({ order: order === 'new' ? undefined : order })} data={[{ value: 'new', label: t('newFirst') }, { value: 'old', label: t('oldFirst') }]} />
    </Group>
  )
}

/** Two fields may have the same name; each must still be told from the other. */
function distinct(fields: { value: string; label: string }[]) {
  const labels = fields.map((field) => field.label)
  return fields.map((field) => (labels.filter((label) => label === field.label).length > 1 ? { ...field, label: `${field.label} (${field.value})` } : field))
}

function Steps({ steps, kind, id }: { steps: readonly Step[]; kind: string; id: string }) {
  const { t } = useTranslation('trail')
  const { t: common } = useTranslation()
  const said = useSay()
  const params = useParams()
  const setParams = useSetParams()
  const chosen = Number(params.step ?? 0)
  useEffect(() => {
    if (chosen) document.getElementById(`step-${chosen}`)?.scrollIntoView({ block: 'center' })
  }, [chosen])
  const found = filtered(steps, params.field, params.who)
  const shown = params.order === 'old' ? found : found.toReversed()
  if (shown.length === 0) {
    return (
      <Empty
        icon={IconFilterOff}
        title={t('noMatch')}
        hint={t('noMatchHint')}
        action={
          <Button variant="default" onClick={() => setParams({ field: undefined, who: undefined })}>
            {common('clearFilters')}
          </Button>
        }
      />
    )
  }
  return byDay(shown, (at) => said(at, 'day')).map(({ day, steps: ofDay }) => (
    <section key={day} aria-label={day}>
      <Title order={2} fz="sm" c="dimmed" mb="xs">
        {capital(day)}
      </Title>
      <ol className={classes.steps}>
        {ofDay.map((step) => (
          <StepRow key={step.event_id} step={step} kind={kind} id={id} chosen={chosen === Number(step.revision) + 1} last={steps.length} />
        ))}
      </ol>
    </section>
  ))
}

/** With a past instant chosen the trail ends there, and the record's fields as of then stand above it. */
function PastNote({ asOf, kind, id }: { asOf: string; kind: string; id: string }) {
  const { t } = useTranslation('trail')
  const said = useSay()
  const record = useRead('/v1/records/{kind}/{id}', { path: { kind, id }, query: { as_of: asOf } })
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<IconHistory size={20} aria-hidden />} role="note">
        {t('endsAt', { date: said(asOf) })}
      </Alert>
      {record.data && (
        <Paper component="section" withBorder p="md" radius="md" aria-labelledby="state-then">
          <Title order={2} fz="md" mb="xs" id="state-then">
            {t('stateThen')}
          </Title>
          <Text component="div" size="sm">
            <Changes of={Object.entries(record.data.state as object).map(([field, after]) => ({ field, after: after as unknown }))} kind={kind} most={8} />
          </Text>
        </Paper>
      )}
    </Stack>
  )
}
