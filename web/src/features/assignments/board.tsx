import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { Face, RecordLink } from '@/ui/links'
import { useParams } from '@/ui/params'
import { shortName } from '@/ui/short'
import { Shown } from '@/ui/states'
import ui from '@/ui/ui.module.css'

import classes from './assignments.module.css'
import { queryOf } from './assignments-query'
import { DueBy, Nothing, PriorityMark } from './list'
import type { Item } from './rules'
import { useMoves, useStepRunner } from './steps'

type ColumnOf = Schema<'AssignmentColumn'>

/** Open assignments in columns by state. Cards are moved by their menu, which the keyboard and a finger reach as well as a mouse. */
export function Board() {
  const params = useParams()
  const { employee_id: me } = useMe()
  const { state: _, ...query } = { state: undefined, ...queryOf({ ...params, closed: undefined }, me) }
  const board = useRead('/v1/assignment-board', { query: { ...query, ...(params.overdue ? { overdue: true } : {}), limit: 50 } }, { keepPrevious: true })
  const { run, form } = useStepRunner()
  const moves = useMoves(run)
  return (
    <>
      <Shown of={board} shape="card">
        {({ columns }) =>
          columns.every((column) => column.count === 0) ? (
            <Nothing />
          ) : (
            <div className={`${ui.board} ${classes.board}`}>
              {columns.map((column) => (
                <BoardColumn key={column.state} of={column} moves={moves} />
              ))}
            </div>
          )
        }
      </Shown>
      {form}
    </>
  )
}

function BoardColumn({ of, moves }: { of: ColumnOf; moves: (of: Item) => Action[] }) {
  const { t } = useTranslation('assignments')
  const words = useWords()
  const name = words(`assignment.state.${of.state}`)
  // The server sorts by due time; what is overdue comes before what is late but reported.
  const items = of.items.toSorted((a, b) => Number(b.overdue) - Number(a.overdue))
  return (
    <section className={ui.column} aria-labelledby={`column-${of.state}`}>
      <Group gap="xs" mb="xs" px={4} wrap="nowrap">
        <Title order={2} fz="sm" id={`column-${of.state}`}>
          {name.charAt(0).toUpperCase() + name.slice(1)}
        </Title>
        <Badge color="gray" aria-label={t('count', { count: of.count })}>
          {of.count}
        </Badge>
      </Group>
      <Stack gap="xs" component="ul" className={classes.cards}>
        {items.map((item) => (
          <Card key={item.id} of={item} actions={moves(item)} />
        ))}
      </Stack>
      {of.count === 0 && (
        <Text size="sm" c="dimmed" px={4}>
          {t('board.empty')}
        </Text>
      )}
      {of.count > items.length && (
        <Text size="xs" c="dimmed" mt="xs" px={4}>
          {t('board.first', { shown: items.length, count: of.count })}
        </Text>
      )}
    </section>
  )
}

function Card({ of, actions }: { of: Item; actions: Action[] }) {
  const { t } = useTranslation('assignments')
  return (
    <Paper component="li" withBorder p="xs" radius="md" className={classes.card} data-late={of.overdue}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap={4}>
        <RecordLink kind="assignment" id={of.id} fw={600} fz="xs" className={classes.cardTitle}>
          {of.title}
        </RecordLink>
        <Actions compact label={t('board.move', { title: of.title })} of={actions} />
      </Group>
      {of.counterparty_id && (
        <RecordLink kind="counterparty" id={of.counterparty_id} fz="xs" c="dimmed" className={classes.cardClient}>
          {of.counterparty_name}
        </RecordLink>
      )}
      {(of.priority === 'urgent' || of.priority === 'high') && (
        <Text size="xs" component="div">
          <PriorityMark of={of.priority} />
        </Text>
      )}
      {of.returns > 0 && (
        <Text size="xs" c="var(--app-soon)">
          {t('returned', { count: of.returns })}
        </Text>
      )}
      <Text size="xs" component="div" mt={4}>
        <DueBy of={of} />
      </Text>
      <Group gap={6} wrap="nowrap" mt={4} title={of.assignee_name}>
        <Face id={of.assignee_id} name={of.assignee_name} size={22} />
        <Text size="xs" c="dimmed" className={classes.cut}>
          {shortName(of.assignee_name)}
        </Text>
      </Group>
    </Paper>
  )
}
