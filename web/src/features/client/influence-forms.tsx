import { NumberInput, SegmentedControl, Select, Slider, Stack, Text, Textarea, TextInput, InputWrapper } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Body, CommandPath, Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { DayField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'

import { today } from './form-kit'
import { stanceOf, type Edge } from './influence'

export type InfluenceStep = 'suppose' | 'confirm' | 'revise' | 'outdate'

const kinds = ['approves', 'recommends', 'blocks', 'signs', 'uses', 'controls_budget', 'informal'] as const

type Props = { client: string; people: Schema<'PersonItem'>[]; link?: Edge; onClose: () => void }

export function InfluenceForm({ name, ...props }: Props & { name: InfluenceStep }) {
  if (name === 'suppose') return <Suppose {...props} />
  if (!props.link) return null
  const Shown = { confirm: Confirm, revise: Revise, outdate: Outdate }[name]
  return <Shown link={props.link} onClose={props.onClose} />
}

type Weighed = { strength: number; attitude_to_us: string; confidence: number }

// Segments speak texts; the API counts from -2 to 2.
const weight = ({ strength, attitude_to_us, confidence }: Weighed) => ({ strength, attitude_to_us: Number(attitude_to_us), confidence })

function Suppose({ client, people, onClose }: Props) {
  const { t } = useTranslation('client')
  const words = useWords()
  const initial = {
    from_person_id: null as string | null, kind: 'approves' as (typeof kinds)[number], target: 'decision', to_person_id: null as string | null, to_decision: '', topic: '',
    strength: 3, attitude_to_us: '0', confidence: 50, since: today(), note: '',
  }
  const data = people.filter((one) => one.current).map((one) => ({ value: one.id, label: one.position ? `${one.full_name}, ${one.position}` : one.full_name }))
  const body = (values: typeof initial) => ({
    counterparty_id: client, from_person_id: values.from_person_id ?? '', kind: values.kind, since: values.since, ...weight(values), evidence: given({ note: values.note }),
    ...given({ topic: values.topic, ...(values.target === 'person' ? { to_person_id: values.to_person_id } : { to_decision: values.to_decision }) }),
  })
  return (
    <CommandDrawer name={`client/suppose/${client}`} title={t('influence.suppose')} opened onClose={onClose} path="/v1/influence-links" initial={initial} body={body} submit={t('influence.suppose')} success={t('influence.supposed')}>
      {(form) => (
        <>
          <Select label={t('influence.whoInfluences')} data={data} required searchable data-autofocus {...form.getInputProps('from_person_id')} />
          <Select label={t('column.how')} data={kinds.map((kind) => ({ value: kind, label: words(`influence.kind.${kind}`) }))} allowDeselect={false} {...form.getInputProps('kind')} />
          <InputWrapper label={t('influence.onWhat')}>
            <SegmentedControl fullWidth aria-label={t('influence.onWhat')} data={[{ value: 'decision', label: t('influence.onDecision') }, { value: 'person', label: t('influence.onPerson') }]} {...form.getInputProps('target')} />
          </InputWrapper>
          {form.values.target === 'person' ? (
            <Select label={t('influence.whom')} data={data.filter((one) => one.value !== form.values.from_person_id)} required searchable {...form.getInputProps('to_person_id')} />
          ) : (
            <TextInput label={t('influence.whichDecision')} placeholder={t('influence.whichDecisionHint')} required maxLength={300} {...form.getInputProps('to_decision')} />
          )}
          <TextInput label={t('influence.topic')} description={t('influence.topicHint')} maxLength={300} {...form.getInputProps('topic')} />
          <Weight form={form as never} />
          <DayField label={t('influence.since')} required {...fieldOf(form, 'since')} />
          <NoteField form={form as never} />
        </>
      )}
    </CommandDrawer>
  )
}

/** How strong, how disposed to us, and how sure we are of both. */
function Weight({ form }: { form: Form<Weighed> }) {
  const { t } = useTranslation('client')
  const { strength, attitude_to_us } = form.values
  return (
    <>
      <InputWrapper label={t('influence.strength')} description={t('influence.strengthHint')}>
        <Slider min={1} max={5} step={1} marks={[1, 2, 3, 4, 5].map((value) => ({ value, label: value }))} mb="lg" mt="xs" thumbLabel={t('influence.strength')} styles={{ markLabel: { color: 'var(--mantine-color-text)' } }} value={strength} onChange={(value) => form.setFieldValue('strength', value)} />
      </InputWrapper>
      <InputWrapper label={t('influence.attitude')}>
        <SegmentedControl
          fullWidth
          orientation="horizontal"
          aria-label={t('influence.attitude')}
          value={attitude_to_us}
          onChange={(value) => form.setFieldValue('attitude_to_us', value)}
          data={[-2, -1, 0, 1, 2].map((value) => ({ value: String(value), label: t(`stance.${stanceOf(value)}`) }))}
        />
      </InputWrapper>
      <Confidence form={form as never} />
    </>
  )
}

function Confidence({ form }: { form: Form<{ confidence: number }> }) {
  const { t } = useTranslation('client')
  return <NumberInput label={t('influence.confidence')} min={0} max={100} step={5} clampBehavior="strict" suffix=" %" {...form.getInputProps('confidence')} />
}

function NoteField({ form }: { form: { getInputProps: (path: string) => object } }) {
  const { t } = useTranslation('client')
  return <Textarea label={t('influence.evidence')} description={t('influence.evidenceHint')} required {...form.getInputProps('note')} />
}

type StepProps<P extends CommandPath, V extends Record<string, unknown>> = { link: Edge; onClose: () => void; step: InfluenceStep; path: P; initial: V; body: (values: V) => Body<P>; danger?: boolean; children: (form: Form<V>) => ReactNode }

function Step<P extends CommandPath, V extends Record<string, unknown>>({ link, step, danger, children, ...rest }: StepProps<P, V>) {
  const { t } = useTranslation('client')
  const words = useWords()
  const about = [words(`influence.kind.${link.kind}`), link.to_decision, link.topic].filter(Boolean).join(' · ')
  return (
    <CommandDrawer {...rest} name={`client/influence/${step}/${link.id}`} title={t(`influence.${step}`)} opened id={link.id} submit={t(`influence.${step}`)} success={t(`influence.done.${step as 'confirm'}`)} {...(danger ? { danger } : {})}>
      {(form) => (
        <Stack gap="md">
          <Text size="sm" c="dimmed">{about}</Text>
          {children(form)}
        </Stack>
      )}
    </CommandDrawer>
  )
}

function Confirm({ link, onClose }: { link: Edge; onClose: () => void }) {
  const { t } = useTranslation('client')
  const initial = { confidence: Math.max(link.confidence, 90), on: today(), note: '' }
  return (
    <Step link={link} onClose={onClose} step="confirm" path="/v1/influence-links/{id}/confirm" initial={initial} body={({ note, ...values }) => ({ ...values, evidence: given({ note }) })}>
      {(form) => (
        <>
          <Confidence form={form as never} />
          <DayField label={t('influence.onDay')} required {...fieldOf(form, 'on')} />
          <NoteField form={form as never} />
        </>
      )}
    </Step>
  )
}

function Revise({ link, onClose }: { link: Edge; onClose: () => void }) {
  const { t } = useTranslation('client')
  const initial = { strength: link.strength, attitude_to_us: String(link.attitude_to_us), confidence: link.confidence, on: today(), note: '' }
  return (
    <Step link={link} onClose={onClose} step="revise" path="/v1/influence-links/{id}/revise" initial={initial} body={({ note, on, ...weighed }) => ({ on, ...weight(weighed), evidence: given({ note }) })}>
      {(form) => (
        <>
          <Weight form={form as never} />
          <DayField label={t('influence.onDay')} required {...fieldOf(form, 'on')} />
          <NoteField form={form as never} />
        </>
      )}
    </Step>
  )
}

function Outdate({ link, onClose }: { link: Edge; onClose: () => void }) {
  const { t } = useTranslation('client')
  return (
    <Step link={link} onClose={onClose} step="outdate" path="/v1/influence-links/{id}/outdate" initial={{ until: today(), reason: '' }} body={(values) => values} danger>
      {(form) => (
        <>
          <DayField label={t('influence.untilDay')} required {...fieldOf(form, 'until')} />
          <Textarea label={t('form.reason')} required {...form.getInputProps('reason')} />
        </>
      )}
    </Step>
  )
}
