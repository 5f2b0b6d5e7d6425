import { ActionIcon, Badge, Button, Checkbox, Group, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title, Tooltip } from '@mantine/core'
import { IconBellQuestion, IconCalendarEvent, IconChecklist, IconEyeCheck, IconHourglass, IconInbox, IconRefresh, type Icon } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import type { Schema } from '@/api/hooks'
import type { Failure } from '@/api/problem'
import { useAsOf, useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { PresentOnly } from '@/ui/present-only'
import { Shown } from '@/ui/states'
import { Due, When, useSay } from '@/ui/time'

import classes from './daily.module.css'
import { EntryAction, stepOf, type EntryStep } from './entry-action'

type Report = Schema<'DailyReport'>
type Entry = Schema<'DailyReportEntry'>

const looks: Record<string, { icon: Icon; color: string }> = {
  messages: { icon: IconInbox, color: 'blue' },
  questions_to_answer: { icon: IconBellQuestion, color: 'orange' },
  questions_unanswered: { icon: IconHourglass, color: 'grape' },
  assignments_to_do: { icon: IconChecklist, color: 'teal' },
  assignments_to_check: { icon: IconEyeCheck, color: 'cyan' },
  negotiations_and_schedule: { icon: IconCalendarEvent, color: 'pink' },
}

// Answers the live stream refreshes: the report is formed anew from the same read models, and only the day's first and
// those asked for by a person are recorded.
async function form(firstOnly: boolean): Promise<Report> {
  return orFail<Report>(await http.POST('/v1/daily-report', { body: firstOnly ? { first_sign_in: true } : {} }))
}

/** The first page: the day's work. Who has none of the kind, as an administrator, begins with the people. */
export function DailyReport() {
  return useMay()('form-daily-report') ? <Today /> : <Navigate to="/employees" replace />
}

/** The day's work in the six sections of the customer's order; overdue first, ticked and answered in place. */
function Today() {
  const { t } = useTranslation('daily')
  const said = useSay()
  const lang = useLang()
  const past = useAsOf() !== undefined
  const client = useQueryClient()
  const key = ['/v1/daily-report', { lang }]
  const report = useQuery<Report, Failure>({ queryKey: key, queryFn: () => form(true) })
  const again = useMutation<Report, Failure>({ mutationFn: () => form(false), onSuccess: (formed) => client.setQueryData(key, formed) })
  const [acting, setActing] = useState<{ entry: Entry; step: EntryStep }>()
  const total = report.data?.sections.reduce((sum, section) => sum + section.count, 0) ?? 0

  return (
    <Page
      title={t('title')}
      subtitle={report.data && `${capital(said(report.data.date, 'day'))} · ${report.data.employee_name} · ${t('things', { count: total })}`}
      actions={
        <Tooltip label={t('formAgainHint')}>
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} loading={again.isPending} disabled={past} onClick={() => again.mutate()}>
            {t('formAgain')}
          </Button>
        </Tooltip>
      }
    >
      <PresentOnly />
      <Shown of={report} shape="card">
        {(data) => (
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
            {data.sections.map((section) => (
              <Section key={section.section} of={section} onAct={(entry, step) => setActing({ entry, step })} />
            ))}
          </SimpleGrid>
        )}
      </Shown>
      {acting && <EntryAction {...acting} onClose={() => setActing(undefined)} />}
    </Page>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function Section({ of: section, onAct }: { of: Schema<'DailyReportSection'>; onAct: (entry: Entry, step: EntryStep) => void }) {
  const { t } = useTranslation('daily')
  const [all, setAll] = useState(false)
  const look = looks[section.section] ?? { icon: IconInbox, color: 'gray' }
  const late = section.items.filter((item) => item.overdue).length
  const shown = all ? section.items : section.items.slice(0, 7)
  return (
    <Paper component="section" withBorder p="md" radius="lg" aria-labelledby={`section-${section.no}`} className={classes.section}>
      <Group justify="space-between" wrap="nowrap" mb="sm" align="flex-start">
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon variant="light" color={look.color} radius="md" size={32}>
            <look.icon size={19} aria-hidden />
          </ThemeIcon>
          <Title order={2} fz="md" id={`section-${section.no}`} title={section.title}>
            {t(`section.${section.section}`)}
          </Title>
        </Group>
        <Group gap={6} wrap="nowrap" className={classes.counts}>
          {late > 0 && <Badge color="red">{t('late', { count: late })}</Badge>}
          <Badge color={look.color} aria-label={t('things', { count: section.count })}>
            {section.count}
          </Badge>
        </Group>
      </Group>
      {section.count === 0 ? (
        <Text size="sm" c="dimmed">
          {t(`nothing.${section.section as 'messages'}`)}
        </Text>
      ) : (
        <Stack gap={2} component="ul" className={classes.entries}>
          {shown.map((entry) => (
            <Line key={`${entry.kind}/${entry.id}/${entry.step ?? 0}/${entry.person_id ?? ''}`} entry={entry} section={section.section} onAct={onAct} />
          ))}
        </Stack>
      )}
      {section.count > 7 && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(!all)}>
          {all ? t('fewer') : t('showAll', { count: section.count })}
        </Button>
      )}
    </Paper>
  )
}

function Line({ entry, section, onAct }: { entry: Entry; section: string; onAct: (entry: Entry, step: EntryStep) => void }) {
  const { t } = useTranslation('daily')
  const words = useWords()
  const mayChange = useMayChange()
  const step = stepOf(entry, section)
  return (
    <li className={classes.entry} data-late={entry.overdue}>
      {step?.tick ? (
        <Checkbox checked={false} readOnly disabled={!mayChange} aria-label={`${t(`step.${step.name}`)}: ${entry.title}`} onClick={() => onAct(entry, step)} mt={3} />
      ) : (
        <span className={classes.noTick} />
      )}
      <div className={classes.what}>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <RecordLink kind={entry.kind} id={entry.id} size="sm" lineClamp={2}>
            {entry.title}
          </RecordLink>
          {entry.new && <Badge color="accent">{t('new')}</Badge>}
        </Group>
        <Text size="xs" c="dimmed" component="div" className={classes.facts}>
          {entry.counterparty_id && (
            <RecordLink kind="counterparty" id={entry.counterparty_id} c="inherit">
              {entry.counterparty_name}
            </RecordLink>
          )}
          {entry.person_name && <span>{entry.person_name}</span>}
          <span>{entry.group && entry.kind === 'negotiation' ? t(`group.${entry.group as 'stopped'}`) : words(`${entry.kind}.state.${entry.state}`, words(`thread.party.${entry.state}`))}</span>
          {entry.due ? <Due at={entry.due} overdue={entry.overdue} /> : <When at={entry.since} />}
        </Text>
      </div>
      {step && !step.tick && (
        <Tooltip label={t(`step.${step.name}`)}>
          <ActionIcon disabled={!mayChange} onClick={() => onAct(entry, step)} aria-label={`${t(`step.${step.name}`)}: ${entry.title}`}>
            <step.icon size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
