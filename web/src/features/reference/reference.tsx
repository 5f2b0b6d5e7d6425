import { Alert, Anchor, List, Text, TextInput, Title, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconBook2, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/api/problem'
import { useMay } from '@/app/session'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'

import { byTag, matching, operationsOf, type Document, type Operation } from './document'
import { OperationDetails } from './operation'
import classes from './reference.module.css'

async function fetchDocument(): Promise<Document> {
  const answer = await fetch('/v1/openapi.json').catch(() => undefined)
  if (!answer?.ok) throw new Failure({ title: '', status: answer?.status ?? 0, detail: 'no document', code: answer ? 'unavailable' : 'offline' })
  return (await answer.json()) as Document
}

/** The API's reference, made here from the document that the server gives of itself. */
export function Reference() {
  const { t } = useTranslation('reference')
  const document = useQuery<Document, Failure>({ queryKey: ['openapi'], queryFn: fetchDocument, staleTime: Infinity })
  const chosen = useParams().op
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <Shown of={document}>
        {(found) => (
          <div className={classes.columns} data-chosen={chosen !== undefined}>
            <Operations document={found} chosen={chosen} />
            <Details document={found} chosen={chosen} />
          </div>
        )}
      </Shown>
    </Page>
  )
}

function Operations({ document, chosen }: { document: Document; chosen: string | undefined }) {
  const { t } = useTranslation('reference')
  const setParams = useSetParams()
  const params = useParams()
  const [typed, setTyped] = useState(params.q ?? '')
  const [asked] = useDebouncedValue(typed, 120)
  const operations = useMemo(() => operationsOf(document), [document])
  const found = useMemo(() => matching(operations, asked), [operations, asked])
  return (
    <nav className={classes.list} aria-label={t('operations')}>
      <TextInput label={t('find')} placeholder={t('findHint')} leftSection={<IconSearch size={16} aria-hidden />} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); setParams({ q: event.currentTarget.value }) }} />
      <Text size="xs" c="dimmed" role="status" my={6}>
        {found.length > 0 ? t('count', { count: found.length }) : t('nothing')}
      </Text>
      <Groups operations={found} chosen={chosen} />
    </nav>
  )
}

const Groups = memo(function Groups({ operations, chosen }: { operations: Operation[]; chosen: string | undefined }) {
  const may = useMay()
  const setParams = useSetParams()
  return byTag(operations).map(([tag, group]) => (
    <section key={tag} aria-label={tag}>
      <Title order={2} className={classes.tag}>
        {tag}
      </Title>
      {group.map((operation) => (
        <UnstyledButton
          key={operation.operationId}
          className={classes.operation}
          aria-current={operation.operationId === chosen ? 'true' : undefined}
          data-denied={!may(operation.operationId)}
          onClick={() => {
            setParams({ op: operation.operationId }, { push: true })
            scrollTo({ top: 0 })
          }}
        >
          <span className={classes.method} data-method={operation.method}>
            {operation.method}
          </span>
          <span>{operation.summary}</span>
        </UnstyledButton>
      ))}
    </section>
  ))
})

function Details({ document, chosen }: { document: Document; chosen: string | undefined }) {
  const { t } = useTranslation('reference')
  const operation = useMemo(() => operationsOf(document).find((one) => one.operationId === chosen), [document, chosen])
  if (operation) return <OperationDetails key={operation.operationId} document={document} operation={operation} />
  return (
    <div className={classes.details} data-empty>
      {chosen && (
        <Alert color="orange" role="alert" title={t('nothing')}>
          <code>{chosen}</code>
        </Alert>
      )}
      <Empty icon={IconBook2} title={t('choose')} hint={t('chooseHint')} />
      <Title order={2}>{t('start')}</Title>
      <List size="sm" spacing={4} type="ordered">
        <List.Item>
          {t('start1')}{' '}
          <Anchor component={Link} to="/admin" search={{ tab: 'tokens' } as never} inherit underline="always">
            {t('toTokens')}
          </Anchor>
        </List.Item>
        <List.Item>{t('start2')}</List.Item>
        <List.Item>{t('start3')}</List.Item>
      </List>
      <Anchor href="/v1/openapi.json" size="sm">
        {t('document')}
      </Anchor>
    </div>
  )
}
