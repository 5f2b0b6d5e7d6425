import { Button, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowRight, IconNetwork, IconPlus } from '@tabler/icons-react'
import { Fragment, lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'
import { DayField } from '@/ui/fields'
import { later } from '@/ui/later'
import { RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Loading, Shown } from '@/ui/states'

import { linksOn, namesOf, questionsOf, stanceOf, type Edge, type InfluenceMap } from './influence'
import type { InfluenceStep } from './influence-forms'
import { InfluenceTable, StanceBadge } from './influence-table'
import classes from './client.module.css'

const InfluenceForm = later(() => import('./influence-forms').then((m) => m.InfluenceForm))

const Graph = lazy(() => import('./influence-graph').then((it) => ({ default: it.InfluenceGraph })))

type Props = { client: string; people: Schema<'PersonItem'>[] }

/** Who moves whom at a client: as a drawing, and the same as a table. */
export function Influence({ client, people }: Props) {
  const { t } = useTranslation('client')
  const asked = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const phone = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches, { getInitialValueInEffect: false })
  const view = asked.view === 'graph' || asked.view === 'table' ? asked.view : phone ? 'table' : 'graph'
  const [step, setStep] = useState<{ name: InfluenceStep; link?: Edge }>()
  const map = useRead('/v1/counterparties/{id}/influence', { path: { id: client }, query: { ...(asked.topic ? { topic: asked.topic } : {}), ...(asked.on ? { on: asked.on } : {}) } }, { keepPrevious: true })
  return (
    <section aria-label={t('influence.title')}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('influence.title')}</Title>
        <Button variant="default" size="xs" leftSection={<IconPlus size={16} aria-hidden />} disabled={!mayChange || people.length === 0} onClick={() => setStep({ name: 'suppose' })}>
          {t('influence.suppose')}
        </Button>
      </Group>
      <Shown of={map} shape="card" rows={1}>
        {(found) => (
          <Stack gap="sm">
            <Group gap="sm" align="flex-end">
              <SegmentedControl
                aria-label={t('influence.view')}
                value={view}
                onChange={(chosen) => set({ view: chosen })}
                data={[{ value: 'graph', label: t('influence.graph') }, { value: 'table', label: t('influence.table') }]}
              />
              {view === 'graph' && (
                <SegmentedControl
                  aria-label={t('influence.direction')}
                  value={asked.dir ?? 'down'}
                  onChange={(chosen) => set({ dir: chosen === 'down' ? undefined : chosen })}
                  data={[{ value: 'down', label: t('influence.down') }, { value: 'right', label: t('influence.right') }]}
                />
              )}
              <Select label={t('influence.topic')} placeholder={t('influence.anyTopic')} data={questionsOf(found)} value={asked.topic ?? null} onChange={(topic) => set({ topic: topic ?? undefined })} clearable w={260} maw="100%" />
              <DayField label={t('influence.on')} value={asked.on ?? found.on} onChange={(on) => set({ on })} />
            </Group>
            <MapOrTable map={found} topic={asked.topic} view={view} direction={asked.dir === 'right' ? 'right' : 'down'} onStep={(name, link) => setStep({ name, link })} />
            {asked.topic && <Ways of={found} topic={asked.topic} />}
          </Stack>
        )}
      </Shown>
      {step && <InfluenceForm {...step} client={client} people={people} onClose={() => setStep(undefined)} />}
    </section>
  )
}

function MapOrTable(props: { map: InfluenceMap; topic: string | undefined; view: 'graph' | 'table'; direction: 'down' | 'right'; onStep: (name: InfluenceStep, link: Edge) => void }) {
  const { t } = useTranslation('client')
  const { map } = props
  const links = linksOn(map, props.topic)
  if (links.length === 0) {
    const teach = map.links.length === 0
    return <Empty icon={IconNetwork} title={t(teach ? 'influence.none' : 'influence.noneOnTopic')} hint={t(teach ? 'influence.noneHint' : 'influence.noneOnTopicHint')} />
  }
  return (
    <>
      {props.view === 'graph' ? (
        <Suspense fallback={<Loading shape="card" rows={0} />}>
          <Graph map={map} links={links} direction={props.direction} />
        </Suspense>
      ) : (
        <InfluenceTable map={map} links={links} onStep={props.onStep} />
      )}
      <Unlinked of={map} />
    </>
  )
}

function Unlinked({ of: map }: { of: InfluenceMap }) {
  const { t } = useTranslation('client')
  const names = namesOf(map)
  if (map.unlinked.length === 0) return null
  return (
    <Text size="sm" c="dimmed" component="div">
      {t('influence.unlinked')}{' '}
      {map.unlinked.map((id, i) => (
        <Fragment key={id}>
          {i > 0 && ', '}
          <RecordLink kind="contact_person" id={id}>{names.get(id) ?? '…'}</RecordLink>
        </Fragment>
      ))}
    </Text>
  )
}

/** Through whom a decision can be had, the shortest way first. */
function Ways({ of: map, topic }: { of: InfluenceMap; topic: string }) {
  const { t } = useTranslation('client')
  const words = useWords()
  const names = namesOf(map)
  return (
    <div>
      <Title order={3} mb="xs">{t('influence.ways', { topic })}</Title>
      {map.ways.length === 0 ? (
        <Text size="sm" c="dimmed">{t('influence.noWays')}</Text>
      ) : (
        <ol className={classes.list}>
          {map.ways.map((way) => (
            <li key={way.people.join('/') + way.kind}>
              <Text size="sm" component="div" className={classes.way}>
                {way.people.map((id) => (
                  <Fragment key={id}>
                    <RecordLink kind="contact_person" id={id}>{names.get(id) ?? '…'}</RecordLink>
                    <IconArrowRight size={14} aria-hidden />
                  </Fragment>
                ))}
                <span>{words(`influence.kind.${way.kind}`)}</span>
                <StanceBadge stance={stanceOf(way.attitude_to_us)} />
                <Text span size="xs" c="dimmed">{t('influence.strengthOf', { strength: way.strength })}</Text>
              </Text>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
