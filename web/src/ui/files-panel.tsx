import { Alert, Anchor, Button, FileButton, Group, Paper, Progress, Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconFile, IconFileOff, IconFiles, IconPencil, IconUpload } from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, type Schema } from '@/api/hooks'
import { useAsOf, useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { useLang } from '@/i18n'

import { Actions, type Action } from './actions'
import { fileSize } from './file-size'
import classes from './files.module.css'
import { CommandDrawer, given } from './form'
import { Colleague, RecordLink } from './links'
import { Empty, Shown, useFailureText } from './states'
import { useSay, When } from './time'
import { useUploads, type Upload } from './uploads'

type Item = Schema<'AttachmentItem'>

/** `all`: not only the files of this client's card, but all that concern the client. `level`: of the heading, none without. */
type Props = { kind: string; id: string; all?: boolean; level?: 2 | 3 }

export function FilesPanel({ kind, id, all, level }: Props) {
  const { t } = useTranslation('files')
  const asOf = useAsOf()
  const [withdrawn, setWithdrawn] = useState(false)
  const files = usePages('/v1/attachments', {
    query: { ...(all ? { counterparty: id } : { about_kind: kind, about_id: id }), ...(withdrawn ? { withdrawn } : {}), ...(asOf ? { as_of: asOf } : {}) },
  }, { keepPrevious: true, limit: 50 })
  return (
    <section aria-label={t('title')}>
      <Group justify="space-between" mb="xs">
        {level ? (
          <Title order={level} {...(level === 3 ? { fz: 'sm' } : { fz: 'md' })}>
            {t('title')}
          </Title>
        ) : (
          <span />
        )}
        <Switch size="sm" label={t('showWithdrawn')} checked={withdrawn} onChange={(event) => setWithdrawn(event.currentTarget.checked)} className="no-print" />
      </Group>
      <Stack gap="sm">
        <Adding key={`${kind}/${id}`} kind={kind} id={id} />
        <Shown of={files} rows={2}>
          {() => (files.items.length > 0 ? <List of={files.items} here={{ kind, id }} /> : <None loud={Boolean(all)} />)}
        </Shown>
        {files.hasNextPage && (
          <Button variant="default" size="xs" loading={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </Stack>
    </section>
  )
}

function None({ loud }: { loud: boolean }) {
  const { t } = useTranslation('files')
  if (loud) return <Empty icon={IconFiles} title={t('none')} hint={t('noneHint')} />
  return (
    <Text size="sm" c="dimmed">
      {t('none')}
    </Text>
  )
}

/** A button, and the area around it takes what is dropped. */
function Adding({ kind, id }: { kind: string; id: string }) {
  const { t } = useTranslation('files')
  const may = useMay()
  const mayChange = useMayChange()
  const { uploads, add, again, drop } = useUploads({ kind, id })
  const [over, setOver] = useState(false)
  if (!mayChange || !may('upload-file') || !may('attach-file')) return null
  const dragged = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  const onOver = (event: DragEvent) => {
    if (!dragged(event)) return
    event.preventDefault()
    setOver(true)
  }
  const onDrop = (event: DragEvent) => {
    if (!dragged(event)) return
    event.preventDefault()
    setOver(false)
    // A folder comes as a file that cannot be read.
    add([...event.dataTransfer.items].flatMap((item) => (item.webkitGetAsEntry()?.isDirectory ? [] : (item.getAsFile() ?? []))))
  }
  return (
    <Stack gap="xs" className="no-print">
      <Group className={classes.target} data-over={over || undefined} onDragEnter={onOver} onDragOver={onOver} onDragLeave={() => setOver(false)} onDrop={onDrop}>
        <FileButton multiple onChange={add}>
          {(props) => (
            <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={16} aria-hidden />}>
              {t('add')}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" visibleFrom="sm">
          {t('dropHere')}
        </Text>
      </Group>
      {uploads.map((one) => (
        <OnItsWay key={one.key} of={one} onAgain={() => again(one)} onDrop={() => drop(one)} />
      ))}
    </Stack>
  )
}

function OnItsWay({ of, onAgain, onDrop }: { of: Upload; onAgain: () => void; onDrop: () => void }) {
  const { t } = useTranslation('files')
  const { t: common } = useTranslation()
  const lang = useLang()
  const text = useFailureText()
  const percent = of.file.size > 0 ? Math.floor((Math.min(of.sent, of.file.size) / of.file.size) * 100) : 0
  if (of.failure) {
    return (
      <Alert color="red" role="alert" title={t('failed', { name: of.file.name })}>
        <Stack gap="xs">
          <Text size="sm">{text(of.failure)}</Text>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={onAgain}>
              {common('tryAgain')}
            </Button>
            <Button size="xs" variant="subtle" onClick={onDrop}>
              {common('remove')}
            </Button>
          </Group>
        </Stack>
      </Alert>
    )
  }
  return (
    <Paper withBorder p="xs" radius="md">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" className={classes.name}>
          {of.file.name}{' '}
          <Text span inherit c="dimmed">
            {fileSize(of.file.size, lang)}
          </Text>
        </Text>
        <Button size="compact-xs" variant="subtle" aria-label={t('stop', { name: of.file.name })} onClick={onDrop}>
          {common('cancel')}
        </Button>
      </Group>
      <Progress value={percent} aria-label={t('progress', { name: of.file.name })} mt={4} />
    </Paper>
  )
}

function List({ of, here }: { of: Item[]; here: { kind: string; id: string } }) {
  const [form, setForm] = useState<{ name: 'describe' | 'withdraw'; of: Item }>()
  const close = () => setForm(undefined)
  return (
    <>
      <ul className={classes.list}>
        {of.map((one) => (
          <Line key={one.id} of={one} elsewhere={one.about_kind !== here.kind || one.about_id !== here.id} onForm={(name) => setForm({ name, of: one })} />
        ))}
      </ul>
      {form?.name === 'describe' && <Describe of={form.of} onClose={close} />}
      {form?.name === 'withdraw' && <Withdraw of={form.of} onClose={close} />}
    </>
  )
}

function Line({ of, elsewhere, onForm }: { of: Item; elsewhere: boolean; onForm: (name: 'describe' | 'withdraw') => void }) {
  const { t } = useTranslation('files')
  const lang = useLang()
  const may = useMay()
  const gone = of.withdrawn && t('alreadyWithdrawn')
  const actions: Action[] = [
    ...(may('describe-attachment') ? [{ label: t('describe'), icon: IconPencil, onClick: () => onForm('describe'), impossible: gone }] : []),
    ...(may('withdraw-attachment') ? [{ label: t('withdraw'), icon: IconFileOff, onClick: () => onForm('withdraw'), impossible: gone, danger: true }] : []),
  ]
  return (
    <li className={classes.line} data-withdrawn={of.withdrawn || undefined}>
      <IconFile size={20} aria-hidden className={classes.icon} />
      <div className={classes.name}>
        <Anchor href={`/v1/attachments/${of.id}/content`} download={of.name} size="sm" fw={500}>
          {of.name}
        </Anchor>
        <Group gap="2px 10px" fz="xs" c="dimmed">
          <span>{fileSize(of.size, lang)}</span>
          <Colleague id={of.author_id} name={of.author_name} short />
          <When at={of.attached_at} />
          {elsewhere && <About of={of} />}
        </Group>
        {of.note && (
          <Text size="sm" className={classes.name}>
            {of.note}
          </Text>
        )}
        {of.withdrawn && <Gone of={of} />}
      </div>
      {actions.length > 0 && (
        <div className="no-print">
          <Actions compact of={actions} label={t('actionsOf', { name: of.name })} />
        </div>
      )}
    </li>
  )
}

function About({ of }: { of: Item }) {
  const { t } = useTranslation('files')
  return (
    <RecordLink kind={of.about_kind} id={of.about_id}>
      {of.about_title || t('itsRecord')}
    </RecordLink>
  )
}

function Gone({ of }: { of: Item }) {
  const { t } = useTranslation('files')
  const said = useSay()
  return (
    <Text size="xs" c="var(--app-late)" className={classes.name}>
      {t('withdrawnBy', { name: of.withdrawer_name ?? '', date: said(of.withdrawn_at), reason: of.reason ?? '' })}
    </Text>
  )
}

function Describe({ of, onClose }: { of: Item; onClose: () => void }) {
  const { t } = useTranslation('files')
  const { t: common } = useTranslation()
  return (
    <CommandDrawer
      name={`attachments/describe/${of.id}`}
      path="/v1/attachments/{id}/describe"
      id={of.id}
      kind="attachment"
      revision={of.revision}
      title={t('describeTitle')}
      opened
      onClose={onClose}
      initial={{ name: of.name, note: of.note ?? '' }}
      body={(values) => ({ name: values.name, ...given({ note: values.note }) })}
      submit={common('save')}
      success={t('described')}
    >
      {(form) => (
        <>
          <TextInput label={t('name')} description={t('nameHint')} withAsterisk maxLength={200} {...form.getInputProps('name')} />
          <Textarea label={t('note')} autosize minRows={2} maxLength={2000} {...form.getInputProps('note')} />
        </>
      )}
    </CommandDrawer>
  )
}

function Withdraw({ of, onClose }: { of: Item; onClose: () => void }) {
  const { t } = useTranslation('files')
  return (
    <CommandDrawer
      name={`attachments/withdraw/${of.id}`}
      path="/v1/attachments/{id}/withdraw"
      id={of.id}
      kind="attachment"
      revision={of.revision}
      title={t('withdrawTitle', { name: of.name })}
      opened
      onClose={onClose}
      initial={{ reason: '' }}
      body={(values) => values}
      submit={t('withdraw')}
      success={t('withdrawn')}
      danger
    >
      {(form) => (
        <>
          <Text size="sm" c="dimmed">
            {t('withdrawHint')}
          </Text>
          <Textarea label={t('reason')} autosize minRows={2} maxLength={2000} withAsterisk data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}
