import { Alert, Button, Drawer, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CommandPath } from '@/api/hooks'

import { CommandForm } from './command-form'
import { useDraft } from './draft'
import type { DrawerProps, Values } from './form'

/** A command's form in a drawer. Closing keeps the draft, so no word is lost; the drawer says so. */
export function CommandDrawer<P extends CommandPath, V extends Values>({ title, opened, onClose, size, ...form }: DrawerProps<P, V>) {
  const { t } = useTranslation()
  const draft = useDraft(form.name)
  const [asking, setAsking] = useState(false)

  const close = () => {
    if (draft.read() === undefined) onClose()
    else setAsking(true)
  }
  const leave = (keep: boolean) => {
    if (!keep) draft.clear()
    onClose()
  }
  return (
    <Drawer opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('close') }} {...(size ? { size } : {})}>
      {asking && (
        <Alert color="orange" role="alertdialog" aria-label={t('keepDraft')} title={t('keepDraft')} mb="md">
          <Group gap="xs">
            <Button size="xs" autoFocus onClick={() => leave(true)}>
              {t('keepAndClose')}
            </Button>
            <Button size="xs" variant="default" onClick={() => leave(false)}>
              {t('throwAway')}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => setAsking(false)}>
              {t('goOn')}
            </Button>
          </Group>
        </Alert>
      )}
      <CommandForm {...form} onCancel={close} onDone={(receipt) => { form.onDone?.(receipt); onClose() }} />
    </Drawer>
  )
}
