import { Button, Text } from '@mantine/core'
import { IconArrowBackUp, IconGitMerge } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { StateBadge } from '@/ui/badge'
import { Colleague, RecordLink } from '@/ui/links'
import { useParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { When } from '@/ui/time'

import classes from './clients.module.css'
import { lastMerges } from './merges'
import { Unmerge } from './pair-step'

type Entry = Schema<'MergeItem'>

/** What was merged and parted, by whom; from here a merge is taken back. */
export function MergeLog() {
  const { t } = useTranslation('clients')
  const { client } = useParams()
  const found = usePages('/v1/merge-log', client ? { query: { client } } : {})
  const [parting, setParting] = useState<Entry>()
  const columns = useColumns(lastMerges(found.items), setParting)
  return (
    <>
      <Shown of={found}>
        {() =>
          found.items.length > 0 ? (
            <DataTable label={t('dup.tab.log')} rows={found.items} columns={columns} rowKey={(entry) => String(entry.position)} rowHeight={60} more={found} />
          ) : (
            <Empty icon={IconGitMerge} title={t('dup.none.log')} hint={t('dup.none.logHint')} />
          )
        }
      </Shown>
      {parting && <Unmerge pair={parting.pair_id} survivor={parting.survivor_name} loser={parting.loser_name} onClose={() => setParting(undefined)} />}
    </>
  )
}

function useColumns(standing: Set<number>, part: (entry: Entry) => void): Column<Entry>[] {
  const { t } = useTranslation('clients')
  const mayPart = useMay()('unmerge-counterparties')
  const mayChange = useMayChange()
  return [
    { key: 'what', header: t('dup.log.what'), width: '110px', cell: (entry) => <StateBadge of={`duplicate.state.${entry.action}`} tone={entry.action === 'merged' ? 'good' : 'neutral'} /> },
    {
      key: 'survivor',
      header: t('dup.log.survivor'),
      width: 'minmax(160px, 1.6fr)',
      phone: 'title',
      cell: (entry) => (
        <div className={classes.stacked}>
          <RecordLink kind="counterparty" id={entry.survivor_id} fw={600}>
            {entry.survivor_name}
          </RecordLink>
          <Text span fz="xs" fw={400} c="dimmed" title={entry.loser_name}>
            {t('dup.log.with', { name: entry.loser_name })}
          </Text>
        </div>
      ),
    },
    { key: 'reason', header: t('dup.log.reason'), width: 'minmax(140px, 1.4fr)', wrap: true, cell: (entry) => entry.reason },
    { key: 'who', header: t('dup.log.who'), width: 'minmax(150px, 1.2fr)', cell: (entry) => <Colleague id={entry.actor_id} name={entry.actor_name} short /> },
    { key: 'when', header: t('dup.log.when'), width: '150px', cell: (entry) => <When at={entry.at} /> },
    {
      key: 'do',
      header: t('dup.log.do'),
      width: '204px',
      cell: (entry) =>
        standing.has(entry.position) ? (
          <Button
            size="xs"
            variant="default"
            disabled={!mayPart || !mayChange}
            title={mayPart ? undefined : t('dup.why.unmergeRole')}
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            onClick={() => part(entry)}
            aria-label={`${t('dup.step.unmerge')}: ${entry.survivor_name}`}
          >
            {t('dup.step.unmerge')}
          </Button>
        ) : null,
    },
  ]
}
