import { Alert, Anchor, Button, Collapse, Group, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconHistory } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { newKey } from '@/api/client'
import { useCommand, type CommandPath } from '@/api/hooks'
import { fieldPath, type Failure } from '@/api/problem'
import { useMayChange } from '@/app/asof'
import { useWords } from '@/i18n'

import { Conflict } from './conflict'
import { useDraft } from './draft'
import { InstantField } from './fields'
import type { CommandFormProps, Form, Values } from './form'
import { later } from './later'
import { done } from './notify'
import { useFailureText } from './states'

const AskSecondPerson = later(() => import('./second-person').then((m) => m.AskSecondPerson))

/**
 * A form that gives a command. It keeps what was typed through reload, conflict and signing out, puts the server's
 * findings at their fields, and is sent with Enter (Ctrl+Enter in a long text).
 */
export function CommandForm<P extends CommandPath, V extends Values>(props: CommandFormProps<P, V>) {
  const { t } = useTranslation()
  const draft = useDraft(props.name)
  const [restored, setRestored] = useState(() => draft.read<V>() !== undefined)
  const [when, setWhen] = useState({ occurredAt: '', reason: '' })
  const [revision, setRevision] = useState(props.revision)
  const form = useForm<V>({
    mode: 'controlled',
    initialValues: { ...props.initial, ...draft.read<V>() },
    onValuesChange: (values) => draft.write(values),
  })
  const command = useCommand(props.path)
  const mayChange = useMayChange()
  const key = useKeyFor(form.values)
  const failed = useFailedFields(form)
  const finished = useRef(false)

  const submit = form.onSubmit((values) => {
    if (finished.current || command.isPending) return
    command.mutate(
      {
        body: props.body(values),
        key: key(),
        ...(props.id === undefined ? {} : { id: props.id }),
        ...(revision === undefined ? {} : { revision }),
        ...(when.occurredAt ? { occurredAt: when.occurredAt } : {}),
        ...(when.reason ? { reason: when.reason } : {}),
      },
      {
        onSuccess: (receipt) => {
          finished.current = true
          draft.clear()
          if (props.success) done(props.success)
          props.onDone?.(receipt)
        },
        onError: failed.show,
      },
    )
  })

  // The second person gives the command: for this form it is done.
  const asked = () => {
    draft.clear()
    props.onCancel?.()
  }

  const startAnew = () => {
    draft.clear()
    form.setValues(props.initial)
    setRestored(false)
  }

  return (
    <form onSubmit={submit} onKeyDown={(event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && submit()} noValidate>
      <Stack gap="md">
        {restored && (
          <Text size="sm" c="dimmed">
            {t('draftRestored')}{' '}
            <Anchor component="button" type="button" inherit onClick={startAnew}>
              {t('startAnew')}
            </Anchor>
          </Text>
        )}
        {props.children(form)}
        {props.late && <LateFields value={when} onChange={setWhen} />}
        <FormFailure failure={command.error} rest={failed.rest} />
        {command.error?.problem.code === 'approval.needed' && <AskSecondPerson path={props.path} id={props.id} body={props.body(form.values)} onDone={asked} />}
        {command.error?.conflict && props.kind && props.id && (
          <Conflict kind={props.kind} id={props.id} seen={revision ?? 0} onAccept={(now) => { setRevision(now); command.reset() }} />
        )}
        <Group justify="flex-end" gap="sm">
          {props.onCancel && (
            <Button variant="default" onClick={props.onCancel}>
              {t('cancel')}
            </Button>
          )}
          <Button type="submit" loading={command.isPending} disabled={!mayChange} {...(props.danger ? { color: 'red.9' } : {})}>
            {props.submit}
          </Button>
        </Group>
        {!mayChange && <Text size="sm" c="dimmed">{t('pastReadOnly')}</Text>}
      </Stack>
    </form>
  )
}

/** The same values sent again are the same command; changed values are another. */
function useKeyFor(values: unknown) {
  const last = useRef({ text: '', key: '' })
  return () => {
    const text = JSON.stringify(values)
    if (last.current.text !== text) last.current = { text, key: newKey() }
    return last.current.key
  }
}

const missing = (value: unknown) => value === null || value === '' || (Array.isArray(value) && value.length === 0)

type FieldFault = { location: string; text: string }

/** Puts the server's findings at the fields they speak of; `rest` is what has no field on the form. */
function useFailedFields<V extends Values>(form: Form<V>) {
  const words = useWords()
  const [rest, setRest] = useState<FieldFault[]>([])
  const show = (failure: Failure) => {
    const errors: Record<string, string> = {}
    const others: FieldFault[] = []
    for (const fault of failure.problem.errors ?? []) {
      const path = fieldPath(fault.location)
      // Of what was left empty the server says that it is too short, or no date; a person has to hear that it is missing.
      // An empty list that only has to be confirmed has a word of its own.
      const empty = missing(form.values[path]) && fault.code !== 'unconfirmed'
      const text = words(`field_code.${empty ? 'required' : fault.code}`, fault.message)
      if ((path.split('.')[0] ?? '') in form.values) errors[path] = text
      else others.push({ location: path, text: `${words(`field.${path.replace(/\.\d+/g, '')}`, path)}: ${text}` })
    }
    form.setErrors(errors)
    setRest(others)
    requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid=true]')?.focus())
  }
  return { show, rest }
}

function FormFailure({ failure, rest }: { failure: Failure | null; rest: FieldFault[] }) {
  const text = useFailureText()
  if (!failure || failure.conflict) return null
  return (
    <Alert color="red" role="alert" title={text(failure)}>
      {rest.map((fault) => (
        <Text key={fault.location} size="sm">
          {fault.text}
        </Text>
      ))}
    </Alert>
  )
}

function LateFields(props: { value: { occurredAt: string; reason: string }; onChange: (value: { occurredAt: string; reason: string }) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <div>
      <Anchor component="button" type="button" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Group gap={6} component="span" display="inline-flex">
          <IconHistory size={16} aria-hidden /> {t('happenedEarlier')}
        </Group>
      </Anchor>
      <Collapse expanded={open}>
        <Stack gap="sm" mt="sm">
          <InstantField label={t('occurredAt')} value={props.value.occurredAt} onChange={(occurredAt) => props.onChange({ ...props.value, occurredAt })} />
          <TextInput label={t('lateReason')} value={props.value.reason} onChange={(event) => props.onChange({ ...props.value, reason: event.currentTarget.value })} />
        </Stack>
      </Collapse>
    </div>
  )
}
