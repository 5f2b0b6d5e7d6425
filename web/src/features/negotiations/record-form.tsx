import { ActionIcon, Button, Checkbox, Group, Input, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Body } from '@/api/hooks'
import { useMe } from '@/app/session'
import { DayField, EmployeeField, InstantField } from '@/ui/fields'
import { CommandDrawer, type Form } from '@/ui/form'

import { CommitmentEditor } from './commitment-editor'
import { More } from './more'
import { recordOf, stages, theirsOf, type Detail } from './model'
import classes from './negotiations.module.css'
import { OursField, TheirsField } from './people'
import { newCommitment, newStep, recordFields, sentRecord, type RecordFields, type StepFields } from './record-values'
import { useChoices } from './choices'
import { timesOf } from './talk-forms'

type Talk = { held_from: string; held_to: string }
type Values = RecordFields & { reason: string; talk: Talk | null }
type RecordsForm = Form<Values>
type Props = { of: Detail; opened: boolean; onClose: () => void; revision: number | undefined }

/** What the form begins with: the record as it stands, or what the plan already knows. */
function beginning(of: Detail): Values {
  const record = recordOf(of)
  const known = of.recorded_at && record
    ? recordFields(record)
    : recordFields({ topic: of.topic, stage: (of.stage ?? 'first_contact') as 'needs', our_participant_ids: of.our_participant_ids, their_participants: theirsOf(of), summary: '' })
  return { ...known, reason: '', talk: of.state === 'planned' ? timesOf(of) : null }
}

/** Saves the result of a negotiation. One that is only planned is thereby held too. */
export function RecordForm({ of, opened, onClose, revision }: Props) {
  const { t } = useTranslation('negotiations')
  const body = (values: Values): Body<'/v1/negotiations/{id}/record'> => ({
    ...sentRecord(values),
    ...(values.talk ? { talk: { ...values.talk, counterparty_id: of.counterparty_id, topic: values.topic, channel: of.channel as 'call', our_participant_ids: values.our_participant_ids } } : {}),
  })
  return (
    <CommandDrawer
      name={`negotiations/record/${of.id}`}
      title={t('record.title')}
      opened={opened}
      onClose={onClose}
      size="xl"
      path="/v1/negotiations/{id}/record"
      id={of.id}
      kind="negotiation"
      {...(revision === undefined ? {} : { revision })}
      initial={beginning(of)}
      body={body}
      submit={t('record.submit')}
      success={t('record.done')}
    >
      {(form) => <Sections form={form} of={of} />}
    </CommandDrawer>
  )
}

/** Replaces the record, saying why. The earlier version stays readable. */
export function CorrectForm({ of, opened, onClose, revision }: Props) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`negotiations/correct/${of.id}`}
      title={t('correct.title')}
      opened={opened}
      onClose={onClose}
      size="xl"
      path="/v1/negotiations/{id}/correct"
      id={of.id}
      kind="negotiation"
      {...(revision === undefined ? {} : { revision })}
      initial={beginning(of)}
      body={(values) => ({ ...sentRecord(values), reason: values.reason })}
      submit={t('correct.submit')}
      success={t('correct.done')}
    >
      {(form) => (
        <>
          {of.blocked && of.instruction && (
            <Text size="sm" className={classes.late}>
              <Text span inherit fw={600}>{t('stop.instruction')}: </Text>
              {of.instruction}
            </Text>
          )}
          <Textarea label={t('field.correctWhy')} withAsterisk minRows={1} {...form.getInputProps('reason')} />
          <Sections form={form} of={of} />
        </>
      )}
    </CommandDrawer>
  )
}

function Sections({ form, of }: { form: RecordsForm; of: Detail }) {
  return (
    <Stack gap="lg">
      <About form={form} of={of} />
      <Result form={form} />
      <Commitments form={form} />
      <Steps form={form} />
      <Further form={form} />
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={classes.section}>
      <legend>{title}</legend>
      <Stack gap="sm">{children}</Stack>
    </fieldset>
  )
}

function About({ form, of }: { form: RecordsForm; of: Detail }) {
  const { t } = useTranslation('negotiations')
  const choices = useChoices()
  const { talk } = form.values
  return (
    <Section title={t('form.about')}>
      <TextInput label={t('field.topic')} withAsterisk {...form.getInputProps('topic')} />
      {talk && (
        <div className={classes.two}>
          <InstantField label={t('field.heldFrom')} required value={talk.held_from} onChange={(from) => form.setFieldValue('talk', { ...talk, held_from: from })} error={form.errors['talk.held_from']} />
          <InstantField label={t('field.heldTo')} required value={talk.held_to} onChange={(to) => form.setFieldValue('talk', { ...talk, held_to: to })} error={form.errors['talk.held_to']} />
        </div>
      )}
      <Select label={t('field.stage')} data={choices('negotiation.stage', stages)} allowDeselect={false} {...form.getInputProps('stage')} />
      <OursField label={t('field.ours')} value={form.values.our_participant_ids} onChange={(ids) => form.setFieldValue('our_participant_ids', ids)} errors={form.errors as Record<string, ReactNode>} />
      <TheirsField label={t('field.theirs')} required client={of.counterparty_id} value={form.values.their_participants} onChange={(people) => form.setFieldValue('their_participants', people)} errors={form.errors as Record<string, ReactNode>} />
    </Section>
  )
}

function Result({ form }: { form: RecordsForm }) {
  const { t } = useTranslation('negotiations')
  const [more, setMore] = useState(Boolean(form.values.their_positions || form.values.our_positions))
  return (
    <Section title={t('form.result')}>
      <Textarea label={t('field.summary')} description={t('form.summaryHint')} withAsterisk minRows={3} {...form.getInputProps('summary')} />
      <More label={t('form.positions')} open={more} onToggle={() => setMore(!more)}>
        <div className={classes.two}>
          <Textarea label={t('field.theirPositions')} description={t('form.lineEach')} {...form.getInputProps('their_positions')} />
          <Textarea label={t('field.ourPositions')} description={t('form.lineEach')} {...form.getInputProps('our_positions')} />
        </div>
      </More>
    </Section>
  )
}

function Commitments({ form }: { form: RecordsForm }) {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const list = form.values.commitments
  const add = (by: 'us' | 'them') => form.setFieldValue('commitments', [...list, newCommitment(by, me.employee_id)])
  return (
    <Section title={t('form.commitments')}>
      {list.map((one, i) => (
        <CommitmentEditor
          key={one.key}
          no={i}
          of={one}
          onChange={(changed) => {
            forget(form, `commitments.${i}.`)
            form.setFieldValue('commitments', list.map((other, j) => (i === j ? changed : other)))
          }}
          onRemove={() => form.setFieldValue('commitments', list.filter((_, j) => i !== j))}
          errors={form.errors as Record<string, ReactNode>}
        />
      ))}
      <Group gap="xs">
        <Add label={t('form.addOurs')} onClick={() => add('us')} />
        <Add label={t('form.addTheirs')} onClick={() => add('them')} />
      </Group>
      {list.length === 0 && <Checkbox label={t('form.noCommitments')} {...form.getInputProps('no_commitments', { type: 'checkbox' })} />}
      {form.errors.commitments && <Input.Error>{form.errors.commitments}</Input.Error>}
    </Section>
  )
}

function Steps({ form }: { form: RecordsForm }) {
  const { t } = useTranslation('negotiations')
  const me = useMe()
  const list = form.values.next_steps
  const change = (i: number, part: Partial<StepFields>) => {
    forget(form, `next_steps.${i}.`)
    form.setFieldValue('next_steps', list.map((one, j) => (i === j ? { ...one, ...part } : one)))
  }
  return (
    <Section title={t('form.steps')}>
      {list.map((step, i) => (
        <div key={step.key} className={classes.item} role="group" aria-label={t('form.stepNo', { no: i + 1 })}>
          <Stack gap="sm">
            <Group align="flex-start" wrap="nowrap">
              <TextInput className={classes.grow} label={t('field.what')} withAsterisk value={step.what} onChange={(event) => change(i, { what: event.currentTarget.value })} error={form.errors[`next_steps.${i}.what`]} />
              <ActionIcon mt={26} aria-label={t('form.removeStep', { no: i + 1 })} onClick={() => form.setFieldValue('next_steps', list.filter((_, j) => i !== j))}>
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Group>
            <div className={classes.two}>
              <EmployeeField label={t('field.who')} withAsterisk value={step.who_id || null} onChange={(who) => change(i, { who_id: who ?? '' })} error={form.errors[`next_steps.${i}.who_id`]} />
              <DayField label={t('field.when')} required value={step.when} onChange={(when) => change(i, { when })} error={form.errors[`next_steps.${i}.when`]} />
            </div>
          </Stack>
        </div>
      ))}
      <Group>
        <Add label={t('form.addStep')} onClick={() => form.setFieldValue('next_steps', [...list, newStep(me.employee_id)])} />
      </Group>
      {list.length === 0 && <Checkbox label={t('form.noSteps')} {...form.getInputProps('no_next_steps', { type: 'checkbox' })} />}
      {form.errors.next_steps && <Input.Error>{form.errors.next_steps}</Input.Error>}
    </Section>
  )
}

function Further({ form }: { form: RecordsForm }) {
  const { t } = useTranslation('negotiations')
  const [more, setMore] = useState(Boolean(form.values.legal_approval))
  return (
    <More label={t('form.legal')} open={more} onToggle={() => setMore(!more)}>
      <TextInput label={t('field.legal')} description={t('form.legalHint')} {...form.getInputProps('legal_approval')} />
    </More>
  )
}

/** What the server found wrong with a line is answered by changing the line. */
function forget(form: RecordsForm, prefix: string) {
  form.setErrors(Object.fromEntries(Object.entries(form.errors).filter(([path]) => !path.startsWith(prefix))))
}

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="default" size="compact-sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={onClick}>
      {label}
    </Button>
  )
}

