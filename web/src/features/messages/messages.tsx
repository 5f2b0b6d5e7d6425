import { Anchor, Button, Grid, Paper } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconInbox, IconPlus } from '@tabler/icons-react'
import { Link, useParams as useRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useAsOf, useMayChange } from '@/app/asof'
import { ExportMenu } from '@/ui/export-menu'
import { later } from '@/ui/later'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PastRecord } from '@/ui/past-record'
import { PresentOnly } from '@/ui/present-only'
import { Empty } from '@/ui/states'

import { Filters, useFilter } from './filters'
import { Inbox } from './inbox'
import classes from './messages.module.css'
import { Reading } from './reading'

const RecordMessage = later(() => import('./record-message').then((m) => m.RecordMessage))

/** Incoming messages: the list, and beside it (on a phone instead of it) the one being read. */
export function Messages() {
  const { id } = useRoute({ strict: false }) as { id?: string }
  const past = useAsOf() !== undefined
  if (past && id) return <PastRecord kind="message" id={id} />
  return <Desk id={id} />
}

function Desk({ id }: { id: string | undefined }) {
  const { t } = useTranslation('messages')
  const phone = useMediaQuery('(max-width: 62em)', matchMedia('(max-width: 62em)').matches, { getInitialValueInEffect: false })
  const filter = useFilter()
  const mayChange = useMayChange()
  const params = useParams()
  const set = useSetParams()
  return (
    <Page
      title={t('title')}
      actions={
        !(phone && id) && (
          <>
            <ExportMenu of="/v1/exports/messages" operation="export-messages" params={{ query: filter }} />
            <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} variant={id ? 'default' : 'filled'} onClick={() => set({ new: '1' }, { push: true })}>
              {t('record.open')}
            </Button>
          </>
        )
      }
    >
      <PresentOnly />
      {!(phone && id) && <Filters />}
      <Grid gap="md">
        {!(phone && id) && (
          <Grid.Col span={{ base: 12, md: 5, xl: 4 }}>
            <Inbox filter={filter} chosen={id} />
          </Grid.Col>
        )}
        {(!phone || id) && (
          <Grid.Col span={{ base: 12, md: 7, xl: 8 }}>
            {phone && (
              <Anchor component={Link} to="/messages" search={true as never} size="sm" mb="xs" display="inline-flex" style={{ gap: 6, alignItems: 'center' }}>
                <IconArrowLeft size={16} aria-hidden />
                {t('toList')}
              </Anchor>
            )}
            <Paper withBorder radius="lg" p={phone ? 'md' : 'lg'} component="section" aria-label={t('reading')} className={phone ? undefined : classes.pane}>
              {id ? <Reading key={id} id={id} /> : <Empty icon={IconInbox} title={t('choose')} hint={t('chooseHint')} />}
            </Paper>
          </Grid.Col>
        )}
      </Grid>
      {params.new === '1' && <RecordMessage />}
    </Page>
  )
}
