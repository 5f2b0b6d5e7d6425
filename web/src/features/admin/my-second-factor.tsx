import { Badge, Button, Group, PasswordInput, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { http, orFail } from '@/api/client'
import { useRead } from '@/api/hooks'
import { Enrol, RecoveryCodes } from '@/app/second-factor'
import { done } from '@/ui/notify'
import { Shown } from '@/ui/states'

import { PlainForm } from './plain-form'

/** The person's own second factor: to set it up, or to turn it off. */
export function MySecondFactor() {
  const { t } = useTranslation('admin')
  const client = useQueryClient()
  const [codes, setCodes] = useState<string[]>()
  const state = useRead('/v1/second-factor', {}, { staleTime: 0 })
  const saved = () => {
    setCodes(undefined)
    void client.invalidateQueries({ queryKey: ['/v1/second-factor'] })
  }
  if (codes) return <RecoveryCodes codes={codes} onDone={saved} />
  return (
    <Shown of={state} shape="text" rows={2}>
      {({ on, required, recovery_codes_left }) => (
        <>
          <Group gap="sm">
            <Badge color={on ? 'teal' : 'gray'} variant="light">
              {t(on ? 'settings.factorOn' : 'settings.factorOff')}
            </Badge>
            {on && <Text size="sm">{t('settings.codesLeft', { count: recovery_codes_left })}</Text>}
          </Group>
          {!on && <Enrol onCodes={setCodes} />}
          {on && required && <Text size="sm">{t('settings.factorNeeded')}</Text>}
          {on && !required && <TurnOff />}
        </>
      )}
    </Shown>
  )
}

function TurnOff() {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const [asking, setAsking] = useState(false)
  if (!asking) {
    return (
      <Group>
        <Button variant="default" onClick={() => setAsking(true)}>
          {t('settings.disable')}
        </Button>
      </Group>
    )
  }
  return (
    <PlainForm
      initial={{ password: '' }}
      submit={t('settings.disable')}
      send={async (body) => orFail(await http.POST('/v1/second-factor/disable', { body }))}
      onDone={() => done(t('settings.disabled'))}
      onCancel={() => setAsking(false)}
    >
      {/* Labelled apart from the form for a new password, which is on the same page. */}
      {(form) => <PasswordInput label={t('settings.factorPassword')} autoComplete="current-password" required visibilityToggleButtonProps={{ 'aria-label': common('signIn.show') }} {...form.getInputProps('password')} />}
    </PlainForm>
  )
}
