import { Anchor, Button, Group, Modal, Paper, PasswordInput, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { useRead } from '@/api/hooks'
import { LookControls } from '@/app/look-controls'
import { useMe, useSigning } from '@/app/session'
import { useWords } from '@/i18n'
import { Facts } from '@/ui/facts'
import { RecordLink } from '@/ui/links'
import { done } from '@/ui/notify'
import { Page } from '@/ui/page'
import { Loading, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import { eraseKept, keptHere } from './kept'
import { MySecondFactor } from './my-second-factor'
import { PlainForm } from './plain-form'
import { Sessions } from './sessions'

/** What concerns the person alone: the password, how things look, what is kept on this machine. */
export function Settings() {
  const { t } = useTranslation('admin')
  return (
    <Page title={t('settings.title')}>
      {/* Two columns of their own height: beside a long part there would be a gap otherwise. */}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap="md">
          <Part id="me" title={t('settings.me')}>
            <WhoIAm />
          </Part>
          <Part id="sessions" title={t('settings.sessions')} intro={t('settings.sessionsIntro')}>
            <Sessions />
          </Part>
          <Part id="looks" title={t('settings.looks')} intro={t('settings.looksIntro')}>
            <Stack gap="sm" maw={420}>
              <LookControls />
            </Stack>
          </Part>
          <Part id="device" title={t('settings.device')} intro={t('settings.deviceIntro')}>
            <KeptHere />
          </Part>
        </Stack>
        <Stack gap="md">
          <Part id="password" title={t('settings.password')} intro={t('settings.passwordIntro')}>
            <ChangePassword />
          </Part>
          <Part id="factor" title={t('settings.factor')} intro={t('settings.factorIntro')}>
            <Stack gap="sm" maw={480}>
              <MySecondFactor />
            </Stack>
          </Part>
          <Part id="substitutes" title={t('settings.substitutes')}>
            <Substitutes />
          </Part>
        </Stack>
      </SimpleGrid>
    </Page>
  )
}

function Part({ id, title, intro, children }: { id: string; title: string; intro?: string; children: React.ReactNode }) {
  return (
    <Paper component="section" withBorder p="lg" radius="md" aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {intro && (
        <Text size="sm" c="dimmed" mt={4}>
          {intro}
        </Text>
      )}
      <Stack gap="sm" mt="md">
        {children}
      </Stack>
    </Paper>
  )
}

function WhoIAm() {
  const { t } = useTranslation('admin')
  const words = useWords()
  const said = useSay()
  const me = useMe()
  const who = useRead('/v1/employees/{id}', { path: { id: me.employee_id } }, { staleTime: 300_000 })
  if (who.isPending) return <Loading shape="text" rows={4} />
  return (
    <>
      <Text fw={600}>{who.data?.full_name ?? me.login}</Text>
      <Facts
        columns={2}
        of={[
          [t('settings.login'), me.login],
          [t('settings.roles'), me.roles.map((role) => words(`employee.role.${role}`)).join(', ')],
          [t('settings.position'), who.data?.position],
          [t('settings.department'), who.data?.department_name],
          [t('settings.zone'), who.data?.time_zone],
          [t('settings.previous'), said(me.previous_sign_in)],
        ]}
      />
      <RecordLink kind="employee" id={me.employee_id} size="sm">
        {t('settings.myCard')}
      </RecordLink>
    </>
  )
}

type Passwords = { old_password: string; new_password: string; repeat: string }

const send = async ({ old_password, new_password }: Passwords) => orFail(await http.POST('/v1/session/password', { body: { old_password, new_password } }))

function ChangePassword() {
  const { t } = useTranslation('admin')
  const { login } = useMe()
  const { signedOut } = useSigning()
  const check = (values: Passwords) => ({
    ...(values.new_password.length < 12 ? { new_password: t('settings.short') } : {}),
    ...(values.repeat === values.new_password ? {} : { repeat: t('settings.differ') }),
  })
  const changed = () => {
    done(t('settings.changed'))
    signedOut()
  }
  return (
    <PlainForm initial={{ old_password: '', new_password: '', repeat: '' }} submit={t('settings.change')} check={check} send={send} onDone={changed}>
      {(form) => (
        <>
          {/* Password managers keep the new password under the login that they find. */}
          <input type="text" autoComplete="username" value={login} readOnly hidden />
          <PasswordInput label={t('settings.old')} autoComplete="current-password" required {...form.getInputProps('old_password')} />
          <PasswordInput label={t('settings.new')} autoComplete="new-password" description={t('settings.short')} required {...form.getInputProps('new_password')} />
          <PasswordInput label={t('settings.repeat')} autoComplete="new-password" required {...form.getInputProps('repeat')} />
        </>
      )}
    </PlainForm>
  )
}

function Substitutes() {
  const { t } = useTranslation('admin')
  const words = useWords()
  const said = useSay()
  const found = useRead('/v1/me/stands-in-for')
  return (
    <Shown of={found} shape="text" rows={2}>
      {(absences) =>
        absences.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('settings.nobody')}
          </Text>
        ) : (
          <>
            <Text size="sm">{t('settings.standsIn')}:</Text>
            {absences.map((absence) => (
              <Anchor key={absence.id} component="span" size="sm">
                <RecordLink kind="employee" id={absence.employee_id}>
                  {t('settings.standIn', { name: absence.employee_name, kind: words(`employee.absence.${absence.kind}`), date: said(absence.to, 'date') })}
                </RecordLink>
              </Anchor>
            ))}
          </>
        )
      }
    </Shown>
  )
}

function KeptHere() {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const [asking, setAsking] = useState(false)
  const [kept, setKept] = useState(keptHere)
  const erase = () => {
    eraseKept()
    setKept(keptHere())
    setAsking(false)
    done(t('settings.erased'))
  }
  return (
    <>
      <Text size="sm">
        {t('settings.drafts', { count: kept.drafts })}, {t('settings.saved', { count: kept.saved })}
      </Text>
      <Group>
        <Button variant="default" leftSection={<IconEraser size={16} aria-hidden />} disabled={kept.drafts + kept.saved === 0} onClick={() => setAsking(true)}>
          {t('settings.erase')}
        </Button>
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('settings.eraseAsk')} closeButtonProps={{ 'aria-label': common('close') }}>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsking(false)}>
            {common('cancel')}
          </Button>
          <Button color="red" onClick={erase}>
            {t('settings.erase')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
