import { Group, Paper, Select, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { between } from '@/ui/change-logic'
import { Changes } from '@/ui/changes'
import { useParams, useSetParams } from '@/ui/params'
import { useSay } from '@/ui/time'

import classes from './trail.module.css'
import { numberOf, type Step } from './trail-logic'

/** Two steps chosen, and what differs between the record as it was after each. */
export function Compare({ steps, kind }: { steps: readonly Step[]; kind: string }) {
  const { t } = useTranslation('trail')
  const said = useSay()
  const setParams = useSetParams()
  const numbers = (useParams().compare ?? '').split(',').map(Number)
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)]
  const data = steps.map((step) => ({ value: String(numberOf(step)), label: `${numberOf(step)} · ${said(step.recorded_at)} · ${step.headline}` }))
  const found = between(steps.map((step) => ({ ...step, revision: numberOf(step) })), from, to)
  const choose = (one: number, other: string | null) => setParams({ compare: [one, Number(other ?? one)].toSorted((a, b) => a - b).join(',') })
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-labelledby="compare-title" data-testid="compare">
      <Title order={2} fz="md" id="compare-title">
        {t('between')}
      </Title>
      <Group gap="sm" my="sm" grow preventGrowOverflow={false}>
        <Select label={t('from')} data={data} value={String(from)} onChange={(value) => choose(to, value)} allowDeselect={false} searchable className={classes.filter} />
        <Select label={t('to')} data={data} value={String(to)} onChange={(value) => choose(from, value)} allowDeselect={false} searchable className={classes.filter} />
      </Group>
      {found.length > 0 ? (
        <Changes of={found} kind={kind} />
      ) : (
        <Text size="sm" c="dimmed">
          {t('noDifference')}
        </Text>
      )}
    </Paper>
  )
}
