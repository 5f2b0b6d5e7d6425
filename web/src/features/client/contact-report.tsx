import { Alert, Anchor, Badge, Button, Chip, Drawer, Group, Stack, Switch, Text, TextInput, Title } from '@mantine/core'
import { IconBan, IconEye, IconPrinter } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import type { Schema } from '@/api/hooks'
import type { Failure } from '@/api/problem'
import { useWords } from '@/i18n'
import { RecordLink } from '@/ui/links'
import { ErrorNote } from '@/ui/states'
import { useSay, When } from '@/ui/time'

import classes from './client.module.css'
import { usePeriod } from './facts-panel'

type Report = Schema<'ContactReport'>
type Point = Schema<'ContactPoint'>

/** All ways to reach a client and its people. Each look is recorded with its purpose, so it is asked for first. */
export function ContactReport({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation('client')
  const { t: common } = useTranslation()
  const [purpose, setPurpose] = useState('')
  const [past, setPast] = useState(false)
  // Not a query: what is kept fresh by itself would record a look that nobody took.
  const look = useMutation<Report, Failure, { past: boolean }>({
    mutationFn: async (asked) => orFail<Report>(await http.GET('/v1/counterparties/{id}/contacts', { params: { path: { id }, query: { purpose: purpose.trim(), past: asked.past } } })),
  })
  const change = (wanted: boolean) => {
    setPast(wanted)
    look.mutate({ past: wanted })
  }
  return (
    <Drawer opened onClose={onClose} title={t('contacts.title')} size="xl" closeButtonProps={{ 'aria-label': common('close') }}>
      <Stack gap="md">
        <Text fw={600}>{name}</Text>
        {look.data ? (
          <>
            <Group justify="space-between">
              <Switch label={t('contacts.past')} checked={past} onChange={(event) => change(event.currentTarget.checked)} />
              <Button variant="default" size="xs" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => print()}>
                {t('contacts.print')}
              </Button>
            </Group>
            <Shown report={look.data} />
          </>
        ) : (
          <Purpose value={purpose} onChange={setPurpose} busy={look.isPending} onOpen={() => look.mutate({ past })} />
        )}
        {look.error && <ErrorNote error={look.error} retry={() => look.mutate({ past })} />}
      </Stack>
    </Drawer>
  )
}

const usual = ['call', 'meeting', 'documents', 'mailing'] as const

function Purpose(props: { value: string; onChange: (value: string) => void; busy: boolean; onOpen: () => void }) {
  const { t } = useTranslation('client')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (props.value.trim()) props.onOpen()
      }}
    >
      <Stack gap="md">
        <Alert color="blue" icon={<IconEye size={20} aria-hidden />} role="note">
          {t('contacts.recorded')}
        </Alert>
        <TextInput label={t('contacts.purpose')} required maxLength={500} data-autofocus value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)} />
        <Chip.Group value={props.value} onChange={(chosen) => props.onChange(String(chosen))}>
          <Group gap="xs">
            {usual.map((one) => (
              <Chip key={one} value={t(`contacts.usual.${one}`)} size="xs" variant="light">
                {t(`contacts.usual.${one}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Group justify="flex-end">
          <Button type="submit" loading={props.busy} disabled={!props.value.trim()}>
            {t('contacts.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Shown({ report }: { report: Report }) {
  const { t } = useTranslation('client')
  const said = useSay()
  return (
    <Stack gap="lg">
      <section>
        <Title order={3} mb="xs">{t('contacts.own')}</Title>
        <Points of={report.contacts} />
      </section>
      <section>
        <Title order={3} mb="xs">{t('contacts.people')}</Title>
        <Stack gap="md">
          {report.people.length === 0 && <Text size="sm" c="dimmed">{t('people.none')}</Text>}
          {report.people.map((person) => (
            <Person key={person.id} of={person} />
          ))}
        </Stack>
      </section>
      {report.branches.length > 0 && (
        <section>
          <Title order={3} mb="xs">{t('facts.branches')}</Title>
          {report.branches.map((branch) => (
            <div key={branch.id}>
              <RecordLink kind="counterparty" id={branch.id} size="sm">{branch.name}</RecordLink>
              <Points of={branch.contacts} />
            </div>
          ))}
        </section>
      )}
      <Text size="xs" c="dimmed">{t('contacts.formed', { at: said(report.formed_at) })}</Text>
    </Stack>
  )
}

function Person({ of }: { of: Schema<'ContactOfPerson'> }) {
  const { t } = useTranslation('client')
  const words = useWords()
  return (
    <div>
      <Group gap={8}>
        <RecordLink kind="contact_person" id={of.id} size="sm" fw={600}>{of.full_name}</RecordLink>
        {!of.current && <Badge color="gray">{t('people.former')}</Badge>}
        {of.do_not_contact && <Badge color="red" leftSection={<IconBan size={12} aria-hidden />}>{t('people.doNotContact')}</Badge>}
      </Group>
      <Text size="xs" c="dimmed">
        {[of.position, of.department, ...of.decision_roles.map((role) => words(`decision_role.${role.role}`)), of.preferred_channel && t('people.prefers', { channel: words(`channel.${of.preferred_channel}`) })].filter(Boolean).join(' · ')}
      </Text>
      <Points of={of.contacts} />
    </div>
  )
}

function Points({ of }: { of: Point[] }) {
  const { t } = useTranslation('client')
  const period = usePeriod()
  if (of.length === 0) return <Text size="sm" c="dimmed">{t('facts.noContacts')}</Text>
  return (
    <ul className={classes.list}>
      {of.map((point) => (
        <li key={`${point.channel}/${point.value}/${point.since}`} className={point.until ? classes.over : undefined}>
          <Text size="sm" component="div">
            <Text span size="xs" c="dimmed">{t(`contacts.channel.${point.channel}`)}: </Text>
            <Value of={point} />
          </Text>
          <Text size="xs" c="dimmed" component="div">
            {[period(point.since, point.until), point.note].filter(Boolean).join(' · ')}
            {point.last_used_at && <> · {t('contacts.lastUsed')} <When at={point.last_used_at} /></>}
          </Text>
        </li>
      ))}
    </ul>
  )
}

function Value({ of }: { of: Point }) {
  const text = [of.raw ?? of.value, of.ext && `#${of.ext}`].filter(Boolean).join(' ')
  if (of.channel === 'phone') return <Anchor href={`tel:${of.value}`} inherit>{text}</Anchor>
  if (of.channel === 'email') return <Anchor href={`mailto:${of.value}`} inherit>{text}</Anchor>
  return <>{text}</>
}
