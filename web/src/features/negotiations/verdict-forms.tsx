import { Checkbox, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { InstantField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'

import { latestHits, type Detail, type Hit } from './model'
import classes from './negotiations.module.css'
import { More } from './more'
import { useSaidHit } from './said'

type Dismissed = { hit: number; reason: string }
type Marks = { scores: Record<string, number>; dismissed_hits: Dismissed[] }
type Props = { of: Detail; opened: boolean; onClose: () => void }

const nothingYet: Marks = { scores: {}, dismissed_hits: [] }

/** What both verdicts say beside their own words: marks, and which hits do not hold. */
function sentMarks({ scores, dismissed_hits }: Marks) {
  const marked = Object.entries(scores).filter(([, score]) => score > 0)
  return given({ scores: marked.map(([criterion, score]) => ({ criterion, score })), dismissed_hits })
}

export function ApproveForm({ of, opened, onClose }: Props) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`negotiations/approve/${of.id}`}
      title={t('approve.title')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations/{id}/approve"
      id={of.id}
      initial={{ remarks: '', ...nothingYet }}
      body={({ remarks, ...marks }) => ({ ...given({ remarks }), ...sentMarks(marks) })}
      submit={t('approve.submit')}
      success={t('approve.done')}
    >
      {(form) => (
        <Stack gap="md">
          <Text fw={600}>{of.topic}</Text>
          <DismissedHits form={form as unknown as Form<Marks>} hits={latestHits(of.screening_hits)} hint={t('approve.hitsHint')} />
          <Textarea label={t('field.remarks')} description={t('approve.remarksHint')} {...form.getInputProps('remarks')} />
          <Scores form={form as unknown as Form<Marks>} />
        </Stack>
      )}
    </CommandDrawer>
  )
}

export function StopForm({ of, opened, onClose }: Props) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`negotiations/stop/${of.id}`}
      title={t('stop.title')}
      opened={opened}
      onClose={onClose}
      path="/v1/negotiations/{id}/stop"
      id={of.id}
      initial={{ reason: '', instruction: '', correct_by: '', ...nothingYet }}
      body={({ reason, instruction, correct_by, ...marks }) => ({ reason, instruction, ...given({ correct_by }), ...sentMarks(marks) })}
      submit={t('stop.submit')}
      success={t('stop.done')}
      danger
    >
      {(form) => (
        <Stack gap="md">
          <Text fw={600}>{of.topic}</Text>
          <Text size="sm" c="dimmed">{t('stop.what')}</Text>
          <Textarea label={t('field.stopReason')} withAsterisk data-autofocus {...form.getInputProps('reason')} />
          <Textarea label={t('field.instruction')} description={t('stop.instructionHint')} withAsterisk {...form.getInputProps('instruction')} />
          <InstantField label={t('field.correctBy')} description={t('stop.correctByHint')} {...fieldOf(form, 'correct_by')} />
          <Scores form={form as unknown as Form<Marks>} />
        </Stack>
      )}
    </CommandDrawer>
  )
}

/** Hits that the reviewer finds not to hold, each with a reason: without it a fatal one forbids the approval. */
function DismissedHits({ form, hits, hint }: { form: Form<Marks>; hits: Hit[]; hint: string }) {
  const { t } = useTranslation('negotiations')
  const said = useSaidHit()
  const list = form.values.dismissed_hits
  if (hits.length === 0) return null
  const toggle = (hit: Hit) =>
    form.setFieldValue('dismissed_hits', list.some((one) => one.hit === hit.no) ? list.filter((one) => one.hit !== hit.no) : [...list, { hit: hit.no, reason: '' }])
  return (
    <fieldset className={classes.section}>
      <legend>{t('hitsTitle')}</legend>
      <Stack gap="sm">
        {hits.some((hit) => hit.fatal) && <Text size="sm" c="dimmed">{hint}</Text>}
        {hits.map((hit) => {
          const i = list.findIndex((one) => one.hit === hit.no)
          return (
            <div key={hit.no} className={classes.item}>
              <Text size="sm" mb={6}>
                {said(hit)}
                {hit.fatal && <Text span inherit c="var(--app-late)"> ({t('fatal')})</Text>}
              </Text>
              <Checkbox label={t('approve.dismiss')} checked={i >= 0} onChange={() => toggle(hit)} />
              {i >= 0 && (
                <TextInput
                  mt="xs"
                  label={t('field.dismissReason')}
                  withAsterisk
                  value={list[i]?.reason ?? ''}
                  onChange={(event) => form.setFieldValue('dismissed_hits', list.map((one, j) => (i === j ? { ...one, reason: event.currentTarget.value } : one)))}
                  error={(form.errors as Record<string, ReactNode>)[`dismissed_hits.${i}.reason`]}
                />
              )}
            </div>
          )
        })}
      </Stack>
    </fieldset>
  )
}

/** Marks for the criteria of the rules in force; a verdict may go without. */
function Scores({ form }: { form: Form<Marks> }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const rules = useRead('/v1/screening-rules', {}, { staleTime: 300_000 })
  const [open, setOpen] = useState(Object.keys(form.values.scores).length > 0)
  return (
    <More label={t('approve.scores')} open={open} onToggle={() => setOpen(!open)}>
      {(rules.data?.current.criteria ?? []).map(({ code }) => {
        const name = words(`review.criterion.${code}`, code)
        return (
          <Group key={code} justify="space-between" gap="xs">
            <Text size="sm" className={classes.grow}>
              {name}
            </Text>
            <SegmentedControl
              aria-label={name}
              value={String(form.values.scores[code] ?? 0)}
              onChange={(score) => form.setFieldValue('scores', { ...form.values.scores, [code]: Number(score) })}
              data={['0', '1', '2', '3', '4', '5'].map((value) => ({ value, label: value === '0' ? '—' : value }))}
            />
          </Group>
        )
      })}
    </More>
  )
}
