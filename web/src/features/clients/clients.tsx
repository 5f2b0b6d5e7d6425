import { Badge, Button, Group, Text, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconBuilding, IconPlus, IconSearchOff, IconUsers } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useWords, type Words } from '@/i18n'
import { StateBadge } from '@/ui/badge'
import { ExportMenu } from '@/ui/export-menu'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'
import { useSay, When } from '@/ui/time'

import classes from './clients.module.css'
import { conditions, filterOf, queryOf, wholeFilter } from './filter'
import { FilterBar } from './filter-bar'
import { NewClient } from './new-client'

type Client = Schema<'ClientItem'>

/** The register of clients: found by a few letters, filtered, and entered without making a second card of one client. */
export function Clients() {
  const { t } = useTranslation('clients')
  const params = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const filter = filterOf(params)
  const found = usePages('/v1/counterparties', { query: queryOf(filter) }, { keepPrevious: true })
  const columns = useColumns()
  const filtered = conditions(filter).length > 0 || filter.q !== undefined

  return (
    <Page
      title={t('title')}
      subtitle={found.data && (found.hasNextPage ? t('firstShown', { count: found.items.length }) : t('count', { count: found.items.length }))}
      actions={
        <>
          <ExportMenu of="/v1/exports/counterparties" operation="export-counterparties" params={{ query: queryOf(filter) }} />
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
            {t('new.action')}
          </Button>
        </>
      }
    >
      <PresentOnly />
      <FilterBar filter={filter} />
      <Shown of={found} rows={10}>
        {() =>
          found.items.length > 0 ? (
            <DataTable
              label={t('title')}
              rows={found.items}
              columns={columns}
              rowKey={(client) => client.id}
              rowHeight={60}
              more={found}
              // The best match comes first while there is a text: there is no other order then.
              {...(filter.q ? {} : { sort: { by: filter.sort ?? 'name', set: (by: string) => set({ sort: by === 'name' ? undefined : by }), descending: filter.sort === 'newest' } })}
            />
          ) : filtered ? (
            <Empty
              icon={IconSearchOff}
              title={t('none.filtered')}
              hint={t('none.filteredHint')}
              action={
                <Button variant="default" onClick={() => set(wholeFilter({}))}>
                  {t('filter.clear')}
                </Button>
              }
            />
          ) : (
            <Empty icon={IconBuilding} title={t('none.title')} hint={t('none.hint')} />
          )
        }
      </Shown>
      <NewClient />
    </Page>
  )
}

function useColumns(): Column<Client>[] {
  const { t } = useTranslation('clients')
  return [
    { key: 'name', header: t('column.name'), width: 'minmax(226px, 2.6fr)', sort: 'name', phone: 'title', cell: (client) => <Name of={client} /> },
    { key: 'state', header: t('column.state'), width: '146px', cell: (client) => <Standing of={client} /> },
    { key: 'responsible', header: t('column.responsible'), width: 'minmax(150px, 1.4fr)', cell: (client) => <Colleague id={client.responsible_id} name={client.responsible_name} short /> },
    { key: 'region', header: t('column.region'), width: 'minmax(120px, 1fr)', cell: (client) => <Stacked first={client.region} second={client.segment} /> },
    { key: 'people', header: t('column.people'), width: '52px', end: true, cell: (client) => <People count={client.people} /> },
    { key: 'marks', header: t('column.marks'), width: '164px', wrap: true, cell: (client) => <Marks of={client} /> },
    { key: 'dates', header: t('column.dates'), width: '142px', sort: 'newest', cell: (client) => <Dates of={client} /> },
  ]
}

export const rolesOf = (roles: string[], words: Words) => roles.map((role) => words(`counterparty.role.${role}`)).join(', ')

function Stacked({ first, second }: { first: string | undefined; second: string | undefined }) {
  return (
    <div className={classes.stacked}>
      {first && <span>{first}</span>}
      {second && (
        <Text span inherit fz="xs" c="dimmed">
          {second}
        </Text>
      )}
    </div>
  )
}

function Name({ of: client }: { of: Client }) {
  const { t } = useTranslation('clients')
  return (
    <div className={classes.stacked}>
      <RecordLink kind="counterparty" id={client.id} fw={600}>
        {client.name}
      </RecordLink>
      <Text span fz="xs" fw={400} c="dimmed">
        {client.inn ? t('innKpp', { inn: client.inn, context: client.kpp ? 'kpp' : 'inn', kpp: client.kpp }) : t('noInn')}
      </Text>
    </div>
  )
}

function People({ count }: { count: number }) {
  const { t } = useTranslation('clients')
  return (
    <Group component="span" gap={4} wrap="nowrap" display="inline-flex" c={count === 0 ? 'dimmed' : undefined}>
      <IconUsers size={14} aria-hidden />
      <span aria-hidden>{count}</span>
      <VisuallyHidden>{t('people', { count })}</VisuallyHidden>
    </Group>
  )
}

/** Where it stands, and what it is to us. */
function Standing({ of: client }: { of: Client }) {
  const words = useWords()
  return (
    <div className={classes.stacked}>
      <StateBadge of={`counterparty.state.${client.state}`} />
      <Text span inherit fz="xs" c="dimmed" title={rolesOf(client.roles, words)}>
        {rolesOf(client.roles, words)}
      </Text>
    </div>
  )
}

function Dates({ of: client }: { of: Client }) {
  const said = useSay()
  return (
    <div className={classes.stacked}>
      <span>{said(client.registered_at, 'date')}</span>
      <Text span inherit fz="xs" c="dimmed">
        <When at={client.changed_at} />
      </Text>
    </div>
  )
}

function Marks({ of: client }: { of: Client }) {
  const { t } = useTranslation('clients')
  return (
    <div className={classes.marks}>
      {client.key_account && <Badge color="accent">{t('mark.key')}</Badge>}
      {client.has_duplicates && (
        <Badge color="orange" component={Link} to={`/clients/duplicates?client=${client.id}` as '/clients/duplicates'} style={{ cursor: 'pointer' }}>
          {t('mark.duplicates')}
        </Badge>
      )}
      {client.requisites_doubtful && (
        <Tooltip label={t('mark.doubtfulHint')}>
          <Badge color="red">{t('mark.doubtful')}</Badge>
        </Tooltip>
      )}
    </div>
  )
}

