import { ActionIcon, Anchor, Badge, Button, Group, Text, Title, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconCopy, IconLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useMay } from '@/app/session'
import { done } from '@/ui/notify'
import { useSetParams } from '@/ui/params'

import { bodySchema, curl, resolved, type Document, type Operation, type Parameter, type Response } from './document'
import classes from './reference.module.css'
import { SchemaFields, TypeOf } from './schema'

/** Everything about one operation; made only when it is opened. */
export function OperationDetails({ document, operation }: { document: Document; operation: Operation }) {
  const { t } = useTranslation('reference')
  const setParams = useSetParams()
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(document, parameter))
  const body = bodySchema(operation.requestBody)
  return (
    <article className={classes.details} aria-label={operation.summary}>
      <Anchor component="button" type="button" size="sm" hiddenFrom="sm" onClick={() => setParams({ op: undefined })}>
        <IconArrowLeft size={14} aria-hidden /> {t('back')}
      </Anchor>
      <div>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <Title order={2} flex={1} lang="en">
            {operation.summary}
          </Title>
          <CopyLink />
        </Group>
        <div className={classes.address}>
          <span className={classes.method} data-method={operation.method}>
            {operation.method}
          </span>
          <code>{operation.path}</code>
        </div>
        {operation.description && (
          <Text size="sm" lang="en">
            {operation.description}
          </Text>
        )}
        <Text size="sm" c="dimmed" mt={4}>
          {t('who')}: <Who operation={operation} /> · <code>{operation.operationId}</code>
        </Text>
      </div>
      <Example text={curl(document, operation, location.origin, t('token'))} />
      {parameters.length > 0 && <Parameters of={parameters} document={document} />}
      {body && (
        <section>
          <Title order={3}>{t('body')}</Title>
          <SchemaFields document={document} schema={body} />
        </section>
      )}
      <Responses of={operation.responses ?? {}} document={document} />
    </article>
  )
}

function Who({ operation }: { operation: Operation }) {
  const { t } = useTranslation('reference')
  const may = useMay()
  if (operation.security?.length === 0) return t('whoOpen')
  if (may(operation.operationId)) return t('whoAll')
  return <strong>{t('whoNotYou')}</strong>
}

function CopyLink() {
  const { t } = useTranslation('reference')
  if (!('clipboard' in navigator)) return null
  const copy = () => void navigator.clipboard.writeText(location.href).then(() => done(t('linkCopied')))
  return (
    <Tooltip label={t('link')}>
      <ActionIcon onClick={copy} aria-label={t('link')}>
        <IconLink size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Example({ text }: { text: string }) {
  const { t } = useTranslation('reference')
  const copy = () => void navigator.clipboard.writeText(text).then(() => done(t('copied')))
  return (
    <section>
      <Group justify="space-between">
        <Title order={3}>{t('example')}</Title>
        {'clipboard' in navigator && (
          <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} aria-hidden />} onClick={copy}>
            {t('copy')}
          </Button>
        )}
      </Group>
      <pre className={classes.code}>{text}</pre>
    </section>
  )
}

function Parameters({ of, document }: { of: Parameter[]; document: Document }) {
  const { t } = useTranslation('reference')
  return (
    <section>
      <Title order={3}>{t('parameters')}</Title>
      <dl className={classes.fields}>
        {of.map((parameter) => (
          <div key={`${parameter.in}/${parameter.name}`} className={classes.field}>
            <dt>
              <code>{parameter.name}</code> <TypeOf document={document} schema={parameter.schema ?? {}} />{' '}
              <span className={classes.dim}>{t(`in.${parameter.in}`)}</span> {parameter.required && <Badge color="orange">{t('required')}</Badge>}
            </dt>
            {parameter.description && <dd lang="en">{parameter.description}</dd>}
          </div>
        ))}
      </dl>
    </section>
  )
}

function Responses({ of, document }: { of: Record<string, Response>; document: Document }) {
  const { t } = useTranslation('reference')
  return (
    <section>
      <Title order={3}>{t('responses')}</Title>
      {Object.entries(of).map(([status, raw]) => {
        const response = resolved(document, raw)
        const schema = bodySchema(response)
        return (
          <details key={status} className={classes.response} open={status.startsWith('2')}>
            <summary>
              <strong>{status}</strong> <span lang="en">{response.description}</span>
            </summary>
            {schema && <SchemaFields document={document} schema={schema} />}
          </details>
        )
      })}
    </section>
  )
}
