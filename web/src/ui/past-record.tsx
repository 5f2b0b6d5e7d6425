import { Paper } from '@mantine/core'
import { IconMoodEmpty } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useDetailWords } from '@/i18n'

import { fieldLabel } from './change-logic'
import { Value } from './changes'
import { Facts } from './facts'
import { Files } from './files'
import { Page } from './page'
import { Empty, ErrorNote, Loading } from './states'
import { useSay } from './time'

/** The kinds whose pages show the files beside the record. */
const withFiles = ['assignment', 'contact_person', 'message', 'negotiation', 'thread']

/** Any record as it stood at the instant the page speaks of: its fields by their names, folded from its events. */
export function PastRecord({ kind, id }: { kind: string; id: string }) {
  const { t } = useTranslation()
  const words = useDetailWords()
  const said = useSay()
  const asOf = useAsOf()
  const record = useRead('/v1/records/{kind}/{id}', { path: { kind, id }, query: { as_of: asOf ?? '' } }, { enabled: asOf !== undefined })
  const name = words(`kind.${kind}`, kind)
  const title = name.charAt(0).toUpperCase() + name.slice(1)

  if (record.error?.problem.status === 404) {
    return (
      <Page title={title}>
        <Empty icon={IconMoodEmpty} title={t('past.notYet')} hint={t('past.notYetHint', { date: said(asOf) })} />
      </Page>
    )
  }
  return (
    <Page title={title} subtitle={record.data && t('past.revision', { number: record.data.revision + 1 })} actions={<Link to={`/trail/${kind}/${id}` as '/'}>{t('whoChanged')}</Link>}>
      {record.isPending && <Loading shape="text" />}
      {record.error && <ErrorNote error={record.error} retry={() => void record.refetch()} />}
      {record.data && (
        <Paper withBorder p="lg" radius="lg">
          <Facts
            columns={2}
            of={Object.entries(record.data.state as Record<string, unknown>).filter(([field]) => field !== 'id').map(([field, value]) => [
              fieldLabel(field, kind, words, said),
              <Value key={field} of={value} field={field} kind={kind} />,
            ])}
          />
        </Paper>
      )}
      {record.data && withFiles.includes(kind) && <Files kind={kind} id={id} level={2} />}
    </Page>
  )
}
