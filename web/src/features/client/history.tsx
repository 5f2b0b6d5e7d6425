import { Button, Stack, Title, VisuallyHidden } from '@mantine/core'
import { IconHistory, IconSearchOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { ExportMenu } from '@/ui/export-menu'
import { Feed } from '@/ui/feed'
import { useParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { chronicle } from './chronicle'
import { localDay } from './form-kit'
import { Fold, HistoryItem } from './history-item'
import { HistoryFilters, useNoFilters, wholeDays } from './history-filters'
import classes from './client.module.css'

type Props = {
  client: string
  /** Whose part in it alone is shown: on a person's card. */
  person?: string
  people?: { id: string; full_name: string }[]
}

/** Everything that happened with a client, or that one person took part in, the newest first. */
export function History({ client, person, people }: Props) {
  const { t } = useTranslation('client')
  const said = useSay()
  const asOf = useAsOf()
  const asked = useParams()
  const clear = useNoFilters()
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const filtered = Boolean(asked.kind || asked.q || asked.from || asked.until || (asked.person && !person))

  const query = {
    ...(asked.kind ? { kind: asked.kind.split(',') } : {}),
    ...(asked.q ? { text: asked.q } : {}),
    ...(person || asked.person ? { person: person ?? asked.person } : {}),
    ...wholeDays(asked.from, asked.until),
    ...(asOf ? { as_of: asOf } : {}),
  }
  const history = usePages('/v1/counterparties/{id}/history', { path: { id: client }, query } as never, { keepPrevious: true })
  const pages = history.data
  const lines = useMemo(
    // Whoever asks for words or kinds wants to see each of them.
    () => chronicle(history.items, { dayOf: localDay, opened, fold: !asked.kind && !asked.q }),
    // The list of items is made anew each time, the pages are not.
    // eslint-disable-next-line react/exhaustive-deps
    [pages, opened, asked.kind, asked.q],
  )

  return (
    <Stack gap="sm">
      <VisuallyHidden>
        <Title order={2}>{t('tab.history')}</Title>
      </VisuallyHidden>
      <HistoryFilters people={person ? undefined : people}>
        <ExportMenu of="/v1/exports/counterparties/{id}/history" operation="export-counterparty-history" params={{ path: { id: client }, query } as never} />
      </HistoryFilters>
      <Shown of={history}>
        {() =>
          lines.length === 0 ? (
            <Empty
              icon={filtered ? IconSearchOff : IconHistory}
              title={t(filtered ? 'history.nothing' : 'history.empty')}
              hint={t(filtered ? 'history.nothingHint' : 'history.emptyHint')}
              action={filtered && <Button variant="default" onClick={clear}>{t('history.clear')}</Button>}
            />
          ) : (
            <div className={classes.chronicle} data-stale={history.isPlaceholderData || undefined}>
              <Feed label={t('tab.history')} items={lines} itemKey={(line) => line.key} estimate={84} busy={history.isFetchingNextPage} more={history}>
                {(line) => (
                  <>
                    {line.day && (
                      <Title order={3} className={classes.day}>
                        {said(line.day, 'day')}
                      </Title>
                    )}
                    {line.item && <HistoryItem item={line.item} />}
                    {line.folded && <Fold items={line.folded} onOpen={() => setOpened(new Set([...opened, line.key]))} />}
                  </>
                )}
              </Feed>
            </div>
          )
        }
      </Shown>
    </Stack>
  )
}
