import { Badge, Text } from '@mantine/core'
import { IconArchive, IconCheck, IconHistory, IconScale } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useMay } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { RecordLink } from '@/ui/links'
import { DataTable, type Column } from '@/ui/table'
import { useSay } from '@/ui/time'

import { namesOf, stanceColors, stanceOf, type Edge, type InfluenceMap, type Stance } from './influence'
import type { InfluenceStep } from './influence-forms'

type Props = { map: InfluenceMap; links: Edge[]; onStep: (name: InfluenceStep, link: Edge) => void }

/** The same as the drawing, for those who read, search or do not see it; and where links are changed. */
export function InfluenceTable({ map, links, onStep }: Props) {
  const { t } = useTranslation('client')
  const columns = useInfluenceColumns(map, onStep)
  return <DataTable label={t('influence.title')} rows={links} rowKey={(link) => link.id} columns={columns} rowHeight={60} />
}

function useInfluenceColumns(map: InfluenceMap, onStep: Props['onStep']): Column<Edge>[] {
  const { t } = useTranslation('client')
  const words = useWords()
  const said = useSay()
  const names = namesOf(map)
  const person = (id: string) => <RecordLink kind="contact_person" id={id}>{names.get(id) ?? '…'}</RecordLink>
  return [
    { key: 'from', header: t('column.who'), width: 'minmax(130px, 2fr)', phone: 'title', wrap: true, cell: (link) => person(link.from_person_id) },
    { key: 'kind', header: t('column.how'), width: 'minmax(100px, 1.2fr)', wrap: true, cell: (link) => words(`influence.kind.${link.kind}`) },
    { key: 'to', header: t('column.whom'), width: 'minmax(130px, 2fr)', wrap: true, cell: (link) => (link.to_person_id ? person(link.to_person_id) : <span>{t('influence.decision', { decision: link.to_decision })}</span>) },
    { key: 'topic', header: t('column.topic'), width: 'minmax(90px, 1.2fr)', wrap: true, cell: (link) => link.topic ?? <Text span inherit c="dimmed">{t('influence.anyTopic')}</Text> },
    { key: 'strength', header: t('column.strength'), width: '70px', cell: (link) => t('influence.ofFive', { strength: link.strength }) },
    { key: 'stance', header: t('column.stance'), width: '120px', cell: (link) => <StanceBadge stance={stanceOf(link.attitude_to_us)} /> },
    { key: 'state', header: t('column.state'), width: 'minmax(120px, 1.2fr)', wrap: true, cell: (link) => <><StateBadge of={`influence.state.${link.state}`} tone={link.state === 'confirmed' ? 'good' : 'waiting'} /> <Text span size="xs" c="dimmed">{link.confidence} %</Text></> },
    { key: 'since', header: t('column.basis'), width: 'minmax(130px, 2fr)', wrap: true, cell: (link) => [said(link.since, 'date'), link.evidence.note].filter(Boolean).join(': ') },
    { key: 'actions', header: '', width: '40px', cell: (link) => <LinkActions link={link} label={t('influence.actions', { name: names.get(link.from_person_id) ?? '' })} onStep={onStep} /> },
  ]
}

function LinkActions({ link, label, onStep }: { link: Edge; label: string; onStep: Props['onStep'] }) {
  const { t } = useTranslation('client')
  const may = useMay()
  const navigate = useNavigate()
  return (
    <Actions
      compact
      label={label}
      of={[
        ...(may('confirm-influence') ? [{ label: t('influence.confirm'), icon: IconCheck, onClick: () => onStep('confirm', link), impossible: link.state === 'confirmed' && t('influence.confirmedAlready') }] : []),
        ...(may('revise-influence') ? [{ label: t('influence.revise'), icon: IconScale, onClick: () => onStep('revise', link) }] : []),
        ...(may('outdate-influence') ? [{ label: t('influence.outdate'), icon: IconArchive, onClick: () => onStep('outdate', link), danger: true }] : []),
        { label: t('do.trail'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/influence/${link.id}` }), reads: true },
      ]}
    />
  )
}

export function StanceBadge({ stance }: { stance: Stance }) {
  const { t } = useTranslation('client')
  return <Badge color={stanceColors[stance]}>{t(`stance.${stance}`)}</Badge>
}
