import { Alert, Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { asFailure, fieldPath } from '@/api/problem'
import { useMayChange } from '@/app/asof'
import { useDetailWords } from '@/i18n'
import type { Form } from '@/ui/form'
import { useFailureText } from '@/ui/states'

type Values = Record<string, unknown>

type Props<V extends Values, A> = {
  initial: V
  submit: string
  /** Passwords and keys are no events of the log: they have no receipt, and no draft of them is kept. */
  send: (values: V) => Promise<A>
  check?: (values: V) => { [name: string]: string | undefined }
  onDone: (answer: A) => void
  onCancel?: () => void
  children: (form: Form<V>) => ReactNode
}

/** A form for what is not a command: passwords and keys. */
export function PlainForm<V extends Values, A>(props: Props<V, A>) {
  const { t } = useTranslation()
  const words = useDetailWords()
  const failureText = useFailureText()
  const mayChange = useMayChange()
  const client = useQueryClient()
  const form = useForm<V>({ mode: 'controlled', initialValues: props.initial, validate: (values) => (props.check?.(values) ?? {}) as never })
  const sending = useMutation({
    mutationFn: props.send,
    onSuccess: (answer) => {
      void client.invalidateQueries()
      form.reset()
      props.onDone(answer)
    },
    onError: (error) => {
      const faults = asFailure(error).problem.errors ?? []
      form.setErrors(Object.fromEntries(faults.map((fault) => [fieldPath(fault.location), words(`field_code.${fault.code}`, fault.message)])))
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => sending.mutate(values))} noValidate>
      <Stack gap="md">
        {props.children(form)}
        {sending.error && (
          <Alert color="red" role="alert" title={failureText(asFailure(sending.error))} />
        )}
        <Group justify="flex-end" gap="sm">
          {props.onCancel && (
            <Button variant="default" onClick={props.onCancel}>
              {t('cancel')}
            </Button>
          )}
          <Button type="submit" loading={sending.isPending} disabled={!mayChange}>
            {props.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
