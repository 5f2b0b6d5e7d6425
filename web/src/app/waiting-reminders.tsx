import { Button, Drawer, Group, Paper, Stack, Text } from '@mantine/core'
import { IconBellCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useCommand, useRead, type Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { RecordLink } from '@/ui/links'
import { Empty, Shown } from '@/ui/states'
import { When } from '@/ui/time'

import { useMayChange } from './asof'
import { waitingOnly } from './bell'

export function WaitingReminders({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const waiting = useRead('/v1/reminders', waitingOnly)
  return (
    <Drawer opened onClose={onClose} title={t('bell.title')} size="md" closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack gap="sm">
        <Shown of={waiting}>
          {(page) =>
            page.items.length === 0 ? (
              <Empty icon={IconBellCheck} title={t('bell.none')} hint={t('bell.noneHint')} />
            ) : (
              page.items.map((item) => <Waiting key={item.id} item={item} onFollow={onClose} />)
            )
          }
        </Shown>
        <Button component={Link} to="/reminders" variant="default" onClick={onClose}>
          {t('bell.all')}
        </Button>
      </Stack>
    </Drawer>
  )
}

function Waiting({ item, onFollow }: { item: Schema<'ReminderItem'>; onFollow: () => void }) {
  const { t } = useTranslation()
  const words = useWords()
  const acknowledge = useCommand('/v1/reminders/{id}/acknowledge')
  const mayChange = useMayChange()
  return (
    <Paper withBorder p="sm" radius="md">
      <Stack gap={6}>
        <Text size="sm">{words(item.text, item.text)}</Text>
        <Group gap="sm" justify="space-between">
          <Text size="xs" c="dimmed">
            <When at={item.fired_at} />
            {item.subject_id && item.subject_kind && (
              <>
                {' · '}
                <RecordLink kind={item.subject_kind} id={item.subject_id} onClick={onFollow}>
                  {words(`kind.${item.subject_kind}`)}
                </RecordLink>
              </>
            )}
          </Text>
          <Button size="compact-xs" variant="light" disabled={!mayChange} loading={acknowledge.isPending} onClick={() => acknowledge.mutate({ id: item.id, body: {} })}>
            {t('bell.seen')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
