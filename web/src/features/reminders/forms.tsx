import { Button, Checkbox, Group, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { fieldOf } from '@/ui/field-of'
import { EmployeeField, InstantField } from '@/ui/fields'
import { CommandDrawer, given, type Form } from '@/ui/form'
import { RecordName } from '@/ui/names'
import { useParams, useSetParams } from '@/ui/params'

import { channels, dated, repeats, snoozedTo, snoozes, type Reminder, type Snooze } from './rules'

type Values = { text: string; by: 'time' | 'date'; fire_at: string; offset_min: string; repeat: (typeof repeats)[number]; recipient_id: string; channels: (typeof channels)[number][] }

const offsets = ['-15', '-60', '-180', '-1440', '-2880', '-10080', '0'] as const

/** The form that `?new=1` opens; `subject_kind` and `subject_id` link it to a record. */
export function NewReminder() {
  const { t } = useTranslation('reminders')
  const params = useParams()
  const set = useSetParams()
  const { employee_id: me } = useMe()
  if (params.new !== '1') return null
  const subject = params.subject_kind && params.subject_id ? { kind: params.subject_kind, id: params.subject_id } : undefined
  const initial: Values = { text: '', by: 'time', fire_at: snoozedTo('tomorrow'), offset_min: '-60', repeat: 'none', recipient_id: me, channels: ['in_app'] }
  const body = ({ by, fire_at: at, offset_min: offset, repeat, ...values }: Values) => ({
    ...given({ ...values, fire_at: by === 'time' ? at : undefined, subject }),
    ...(by === 'date' ? { offset_min: Number(offset) } : { repeat }),
    text: values.text,
  })
  return (
    <CommandDrawer
      name={`reminders/new/${subject?.id ?? ''}`}
      title={t('new.title')}
      opened
      onClose={() => set({ new: undefined, subject_kind: undefined, subject_id: undefined })}
      path="/v1/reminders"
      initial={initial}
      body={body}
      submit={t('new.submit')}
      success={t('new.done')}
    >
      {(form) => <Fields form={form} subject={subject} />}
    </CommandDrawer>
  )
}

function Fields({ form, subject }: { form: Form<Values>; subject: { kind: string; id: string } | undefined }) {
  const { t } = useTranslation('reminders')
  const words = useWords()
  const follows = form.values.by === 'date'
  return (
    <>
      {subject && (
        <Text size="sm" component="div">
          <Text span inherit c="dimmed">
            {t('field.about')}:{' '}
          </Text>
          <RecordName {...subject} />
        </Text>
      )}
      <Textarea label={t('field.text')} placeholder={t('field.textExample')} withAsterisk data-autofocus {...form.getInputProps('text')} />
      {subject && dated.includes(subject.kind) && (
        <SegmentedControl aria-label={t('field.by')} data={[{ value: 'time', label: t('by.time') }, { value: 'date', label: t('by.date') }]} {...form.getInputProps('by')} />
      )}
      {follows ? (
        <Select label={t('field.offset')} description={t('field.offsetHint')} data={offsets.map((value) => ({ value, label: t(`offset.${value}`) }))} allowDeselect={false} {...form.getInputProps('offset_min')} />
      ) : (
        <Group grow align="flex-start">
          <InstantField label={t('field.when')} required {...fieldOf(form, 'fire_at')} />
          <Select label={t('field.repeat')} data={repeats.map((value) => ({ value, label: words(`reminder.repeat.${value}`) }))} allowDeselect={false} {...form.getInputProps('repeat')} />
        </Group>
      )}
      <EmployeeField label={t('field.recipient')} {...fieldOf(form, 'recipient_id')} />
      <Checkbox.Group label={t('field.channels')} {...form.getInputProps('channels')}>
        <Stack gap="xs" mt="xs">
          {channels.map((value) => (
            <Checkbox key={value} value={value} label={words(`reminder.channel.${value}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
    </>
  )
}

type Props = { of: Reminder; onClose: () => void }

/** Put off: by one of the usual waits, or until a time of one's own. */
export function SnoozeForm({ of, onClose }: Props) {
  const { t } = useTranslation('reminders')
  const initial = { until: snoozedTo('hour') }
  return (
    <CommandDrawer name={`reminders/snooze/${of.id}`} title={t('step.snooze')} opened onClose={onClose} path="/v1/reminders/{id}/snooze" id={of.id} initial={initial} body={given} submit={t('submit.snooze')} success={t('done.snooze')}>
      {(form) => (
        <>
          <Text fw={600}>{of.text}</Text>
          <Group gap="xs">
            {(Object.keys(snoozes) as Snooze[]).map((choice) => (
              <Button key={choice} size="xs" variant="default" onClick={() => form.setFieldValue('until', snoozedTo(choice))}>
                {t(`snooze.${choice}`)}
              </Button>
            ))}
          </Group>
          <InstantField label={t('field.until')} description={t('field.untilHint')} required {...fieldOf(form, 'until')} />
        </>
      )}
    </CommandDrawer>
  )
}

export function MoveForm({ of, onClose }: Props) {
  const { t } = useTranslation('reminders')
  return (
    <CommandDrawer name={`reminders/move/${of.id}`} title={t('step.move')} opened onClose={onClose} path="/v1/reminders/{id}/move" id={of.id} kind="reminder" initial={{ fire_at: of.next_at ?? snoozedTo('tomorrow') }} body={given} submit={t('submit.move')} success={t('done.move')}>
      {(form) => (
        <>
          <Text fw={600}>{of.text}</Text>
          {of.relative && (
            <Text size="sm" c="dimmed">
              {t('leavesDate')}
            </Text>
          )}
          <InstantField label={t('field.newTime')} required {...fieldOf(form, 'fire_at')} />
        </>
      )}
    </CommandDrawer>
  )
}
