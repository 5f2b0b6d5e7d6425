import { Stack, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages, type Params, type Schema } from '@/api/hooks'

import { Colleague, RecordLink } from './links'
import { PresentOnly } from './present-only'
import { Empty, Shown } from './states'
import { DataTable, type Column } from './table'
import { useSay } from './time'
import classes from './ui.module.css'

type Item = Schema<'AccessItem'>
export type LookedQuery = NonNullable<Params<'/v1/access-log'>['query']>

/** Who looked at one client. */
export function LookedTab({ client }: { client: string }) {
  const { t } = useTranslation('access')
  return (
    <Stack gap="md">
      <PresentOnly />
      <Text size="sm" c="dimmed">
        {t('clientHint')}
      </Text>
      <Looked query={{ client }} empty={t('noneHint')} />
    </Stack>
  )
}

/** Entries of the access log; those about many clients tell about whom. */
export function Looked({ query, empty, clients = false }: { query: LookedQuery; empty: string; clients?: boolean }) {
  const { t } = useTranslation('access')
  const found = usePages('/v1/access-log', { query }, { keepPrevious: true })
  const columns = useColumns(clients)
  return (
    <Shown of={found} rows={4}>
      {() =>
        found.items.length === 0 ? (
          <Empty icon={IconEye} title={t('none')} hint={empty} />
        ) : (
          <DataTable label={t('list')} rows={found.items} rowKey={(row) => row.id} columns={columns} more={found} rowHeight={60} />
        )
      }
    </Shown>
  )
}

function useColumns(clients: boolean): Column<Item>[] {
  const { t } = useTranslation('access')
  const said = useSay()
  const about: Column<Item> = { key: 'clients', header: t('clients'), width: 'minmax(140px, 2fr)', wrap: true, phone: 'line', cell: (row) => <Clients of={row} /> }
  return [
    { key: 'when', header: t('when'), width: '180px', phone: 'line', cell: (row) => <time dateTime={row.at}>{said(row.at)}</time> },
    { key: 'who', header: t('who'), width: 'minmax(150px, 2fr)', wrap: true, phone: 'line', cell: (row) => <Who of={row} /> },
    { key: 'what', header: t('what'), width: 'minmax(180px, 3fr)', wrap: true, phone: 'title', cell: (row) => <What of={row} /> },
    ...(clients ? [about] : []),
    { key: 'why', header: t('why'), width: 'minmax(100px, 2fr)', wrap: true, phone: 'line', cell: (row) => row.purpose },
  ]
}

function Who({ of: row }: { of: Item }) {
  const { t } = useTranslation('access')
  return (
    <Stack gap={0} miw={0}>
      <Colleague id={row.employee_id} name={row.employee_name} short />
      {row.on_behalf_of && (
        <Text size="xs" c="dimmed" className={classes.cell}>
          {t('onBehalf', { name: row.on_behalf_of_name })}
        </Text>
      )}
    </Stack>
  )
}

function What({ of: row }: { of: Item }) {
  if (!row.record_kind || !row.record_id) return row.headline
  return (
    <RecordLink kind={row.record_kind} id={row.record_id}>
      {row.headline}
    </RecordLink>
  )
}

const shown = 2

function Clients({ of: row }: { of: Item }) {
  const { t } = useTranslation('access')
  const more = row.client_count - Math.min(row.clients.length, shown)
  return (
    <span>
      {row.clients.slice(0, shown).map((client, i) => (
        <span key={client.id}>
          {i > 0 && ', '}
          {client.name ? (
            <RecordLink kind="counterparty" id={client.id}>
              {client.name}
            </RecordLink>
          ) : (
            <Text span inherit c="dimmed">
              {t('unnamed')}
            </Text>
          )}
        </span>
      ))}
      {more > 0 && `, ${t('more', { count: more })}`}
    </span>
  )
}
