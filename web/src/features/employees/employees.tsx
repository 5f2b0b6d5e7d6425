import { Badge, Button, Checkbox, Group, Text } from '@mantine/core'
import { IconPlus, IconSearchOff, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { usePages, type Params, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { Colleague, Face, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { SearchBox } from '@/ui/search-box'
import { Empty, Shown } from '@/ui/states'
import { DataTable, type Column } from '@/ui/table'

import { Away } from './away'
import classes from './employees.module.css'
import { DepartmentField } from './fields'
import { Hire } from './hire'

type Employee = Schema<'EmployeeItem'>
type Query = NonNullable<Params<'/v1/employees'>['query']>

/** The directory: who works here, where, how they are reached, who is away and who stands in. */
export function Employees() {
  const { t } = useTranslation('employees')
  const { q, department, former } = useParams()
  const set = useSetParams()
  const mayChange = useMayChange()
  const mayHire = useMay()('hire-employee')
  const query: Query = { ...(q ? { text: q } : {}), ...(department ? { department } : {}), ...(former ? { former: true } : {}) }
  const found = usePages('/v1/employees', { query }, { keepPrevious: true })
  const columns = useColumns()
  return (
    <Page
      title={t('title')}
      subtitle={found.data && (found.hasNextPage ? t('firstShown', { count: found.items.length }) : t('count', { count: found.items.length }))}
      actions={
        mayHire && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => set({ new: '1' })}>
            {t('hire.action')}
          </Button>
        )
      }
    >
      <PresentOnly />
      <Group gap="sm">
        <SearchBox label={t('find')} placeholder={t('findHint')} />
        <DepartmentField aria-label={t('department')} placeholder={t('anyDepartment')} value={department ?? null} onChange={(id) => set({ department: id ?? undefined })} flex="1 1 240px" maw={360} />
        <Checkbox label={t('former')} checked={former !== undefined} onChange={(event) => set({ former: event.currentTarget.checked ? '1' : undefined })} />
      </Group>
      <Shown of={found} rows={10}>
        {() =>
          found.items.length > 0 ? (
            <DataTable label={t('title')} rows={found.items} columns={columns} rowKey={(one) => one.id} rowHeight={60} more={found} />
          ) : (
            <Empty
              icon={q || department ? IconSearchOff : IconUsers}
              title={t('none')}
              hint={t('noneHint')}
              action={
                <Button variant="default" onClick={() => set({ q: undefined, department: undefined })}>
                  {t('clear')}
                </Button>
              }
            />
          )
        }
      </Shown>
      {mayHire && <Hire />}
    </Page>
  )
}

function useColumns(): Column<Employee>[] {
  const { t } = useTranslation('employees')
  return [
    { key: 'name', header: t('column.name'), width: 'minmax(240px, 2fr)', phone: 'title', cell: (one) => <Name of={one} /> },
    { key: 'department', header: t('department'), width: 'minmax(140px, 1.2fr)', wrap: true, cell: (one) => one.department_name },
    { key: 'head', header: t('head'), width: 'minmax(150px, 1.2fr)', phone: 'none', cell: (one) => <Colleague id={one.head_id} name={one.head_name} short /> },
    { key: 'contacts', header: t('column.contacts'), width: 'minmax(190px, 1.6fr)', cell: (one) => <Contacts of={one} /> },
    { key: 'away', header: t('column.away'), width: 'minmax(190px, 1.4fr)', cell: (one) => <Away of={one} /> },
  ]
}

function Name({ of: one }: { of: Employee }) {
  const { t } = useTranslation('employees')
  return (
    <Group gap={10} wrap="nowrap">
      <Face id={one.id} name={one.name} size={32} />
      <div className={classes.stacked}>
        <span>
          <RecordLink kind="employee" id={one.id} fw={600}>
            {one.name}
          </RecordLink>{' '}
          {!one.active && <Badge color="gray">{t('left')}</Badge>}
        </span>
        {one.position && (
          <Text span fz="xs" fw={400} c="dimmed" title={one.position}>
            {one.position}
          </Text>
        )}
      </div>
    </Group>
  )
}

function Contacts({ of: one }: { of: Employee }) {
  return (
    <div className={`${classes.stacked} ${classes.plain}`}>
      {one.phone && <a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone}</a>}
      {one.email && <a href={`mailto:${one.email}`}>{one.email}</a>}
    </div>
  )
}
