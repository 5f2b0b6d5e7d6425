import { ActionIcon, Alert, Anchor, Badge, Button, Group, Modal, NumberInput, Paper, Radio, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconCopy, IconKey, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { done } from '@/ui/notify'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, ErrorNote, Shown } from '@/ui/states'
import { DataTable } from '@/ui/table'
import { useSay, When } from '@/ui/time'

import classes from './admin.module.css'
import { PlainForm } from './plain-form'

type Token = Schema<'TokenInfo'>

const scopesOf = (scope: string) => (scope === 'write' ? ['read', 'write'] : ['read'])

/** My keys for other programs. The secret is shown once. */
export function Tokens() {
  const { t } = useTranslation('admin')
  const params = useParams()
  const setParams = useSetParams()
  const mayChange = useMayChange()
  const [secret, setSecret] = useState('')
  const [revoking, setRevoking] = useState<Token>()
  const tokens = useRead('/v1/tokens', {}, { staleTime: 0 })
  const creating = params.new === '1'
  const stop = () => setParams({ new: undefined })
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={680}>
          {t('tokens.intro')} <Anchor component={Link} to="/api-reference" inherit underline="always">{t('tokens.reference')}</Anchor>
        </Text>
        <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => setParams({ new: '1' })}>
          {t('tokens.create')}
        </Button>
      </Group>
      {secret && <Secret text={secret} onHide={() => setSecret('')} />}
      {creating && (
        <Paper withBorder p="md" radius="md" maw={560}>
          <PlainForm
            initial={{ name: '', expires_in_days: 90 as number | string, scope: 'read' }}
            submit={t('tokens.create')}
            send={async (values) => orFail(await http.POST('/v1/tokens', { body: { name: values.name, expires_in_days: Number(values.expires_in_days), scopes: scopesOf(values.scope) } }))}
            onDone={(answer) => { setSecret(answer.token); stop() }}
            onCancel={stop}
          >
            {(form) => (
              <>
                <TextInput label={t('tokens.name')} placeholder={t('tokens.namePlaceholder')} required data-autofocus {...form.getInputProps('name')} />
                <NumberInput label={t('tokens.days')} min={1} max={366} required {...form.getInputProps('expires_in_days')} />
                <Radio.Group label={t('tokens.scope')} {...form.getInputProps('scope')}>
                  <Group gap="lg" mt={4}>
                    <Radio value="read" label={t('tokens.reading')} />
                    <Radio value="write" label={t('tokens.writing')} />
                  </Group>
                </Radio.Group>
              </>
            )}
          </PlainForm>
        </Paper>
      )}
      <Shown of={tokens}>
        {(list) => (list.length === 0 ? <Empty icon={IconKey} title={t('tokens.none')} hint={t('tokens.noneHint')} /> : <List of={list} onRevoke={setRevoking} />)}
      </Shown>
      {revoking && <Revoke token={revoking} onClose={() => setRevoking(undefined)} />}
    </Stack>
  )
}

/** Keys from before there were scopes may whatever their owner may; single operations are called by their ids. */
function scopeText({ scopes }: Token, t: TFunction<'admin'>): string {
  if (!scopes || (scopes.includes('read') && scopes.includes('write'))) return t('tokens.writing')
  if (scopes.length === 1 && scopes[0] === 'read') return t('tokens.reading')
  return scopes.join(', ')
}

function List({ of, onRevoke }: { of: Token[]; onRevoke: (token: Token) => void }) {
  const { t } = useTranslation('admin')
  const said = useSay()
  const mayChange = useMayChange()
  const over = (token: Token) => Date.parse(token.expires_at) < Date.now()
  return (
    <DataTable
      label={t('tokens.list')}
      rows={of}
      rowKey={(token) => token.id}
      columns={[
        { key: 'name', header: t('tokens.name'), width: '2fr', phone: 'title', cell: (token) => token.name },
        { key: 'scopes', header: t('tokens.scopes'), width: '1fr', cell: (token) => scopeText(token, t) },
        { key: 'created', header: t('tokens.created'), width: '1fr', cell: (token) => said(token.created_at, 'date') },
        { key: 'expires', header: t('tokens.expires'), width: '1fr', cell: (token) => (over(token) ? <Badge color="red">{t('tokens.expired')}</Badge> : said(token.expires_at, 'date')) },
        { key: 'used', header: t('tokens.used'), width: '1fr', cell: (token) => (token.last_used_at ? <When at={token.last_used_at} /> : t('tokens.never')) },
        {
          key: 'revoke', header: '', width: '48px', end: true,
          cell: (token) => (
            <Tooltip label={t('tokens.revoke')}>
              <ActionIcon color="red" disabled={!mayChange} onClick={() => onRevoke(token)} aria-label={t('tokens.revokeOf', { name: token.name })}>
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          ),
        },
      ]}
    />
  )
}

function Secret({ text, onHide }: { text: string; onHide: () => void }) {
  const { t } = useTranslation('admin')
  const copy = async () => {
    await navigator.clipboard?.writeText(text)
    done(t('tokens.copied'))
  }
  return (
    <Alert color="teal" icon={<IconKey size={20} aria-hidden />} title={t('tokens.secret')} role="status">
      <Stack gap="sm">
        <code className={classes.secret} aria-label={t('tokens.secretLabel')} data-testid="secret">
          {text}
        </code>
        <Group gap="sm">
          {'clipboard' in navigator && (
            <Button size="xs" leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
              {t('tokens.copy')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onHide}>
            {t('tokens.hide')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const client = useQueryClient()
  const revoking = useMutation({
    mutationFn: async () => orFail(await http.DELETE('/v1/tokens/{id}', { params: { path: { id: token.id } } })),
    onSuccess: () => {
      void client.invalidateQueries()
      done(t('tokens.revoked'))
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('tokens.revokeAsk', { name: token.name })} closeButtonProps={{ 'aria-label': common('close') }}>
      <Stack gap="md">
        {revoking.error && <ErrorNote error={revoking.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button color="red" loading={revoking.isPending} onClick={() => revoking.mutate()}>
            {t('tokens.revoke')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
