import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'

import { Changes } from './changes'
import { Shown } from './states'
import { When } from './time'

/** What others did to the record since the person began: who, when, from what to what. What was typed stays. */
export function Conflict(props: { kind: string; id: string; seen: number; onAccept: (revision: number) => void }) {
  const { t } = useTranslation()
  const trail = useRead('/v1/records/{kind}/{id}/trail', { path: { kind: props.kind, id: props.id } }, { staleTime: 0 })
  return (
    <Alert color="orange" icon={<IconGitCompare size={20} />} title={t('conflict')} role="alert" data-testid="conflict">
      <Shown of={trail} shape="text" rows={2}>
        {({ steps }) => {
          const news = steps.filter((step) => step.revision > props.seen)
          const last = steps.at(-1)?.revision ?? props.seen
          return (
            <Stack gap="xs">
              {news.map((step) => (
                <div key={step.event_id}>
                  <Text size="sm">
                    {step.actor_name} · <When at={step.recorded_at} /> · {step.headline}
                  </Text>
                  <Changes of={step.changes} kind={props.kind} />
                </div>
              ))}
              <Group>
                <Button size="xs" onClick={() => props.onAccept(last)}>
                  {t('conflictGoOn')}
                </Button>
              </Group>
            </Stack>
          )
        }}
      </Shown>
    </Alert>
  )
}
