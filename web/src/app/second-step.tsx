import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Front } from './front'
import { CodeForm, Enrol, RecoveryCodes } from './second-factor'
import { useSigning } from './session'

/** What a session lacks after the password: the code of the second factor, or the second factor itself. */
export function SecondStep({ lacks }: { lacks: 'code' | 'enrol' }) {
  const { t } = useTranslation()
  const { passCode, renewed, signOut } = useSigning()
  const [codes, setCodes] = useState<string[]>()
  return (
    <Front title={t(lacks === 'code' ? 'signIn.codeTitle' : 'signIn.enrolTitle')}>
      {lacks === 'code' && <CodeForm label={t('signIn.code')} hint={t('signIn.codeHint')} submit={t('signIn.submit')} send={passCode} />}
      {lacks === 'enrol' && !codes && (
        <>
          <Text size="sm">{t('signIn.enrolHint')}</Text>
          <Enrol onCodes={setCodes} />
        </>
      )}
      {codes && <RecoveryCodes codes={codes} onDone={() => void renewed()} />}
      {!codes && (
        <Button variant="subtle" onClick={() => void signOut()}>
          {t('signIn.otherAccount')}
        </Button>
      )}
    </Front>
  )
}
