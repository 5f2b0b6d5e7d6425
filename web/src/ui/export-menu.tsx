import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { download, type ExportPath } from '@/api/download'
import type { Params } from '@/api/hooks'
import { asFailure } from '@/api/problem'
import { useMay } from '@/app/session'

import { done, note } from './notify'
import { useFailureText } from './states'

const forms = ['xlsx', 'csv'] as const

/** Takes the list that the screen shows away as a file. Whose role may take nothing away does not see it. */
export function ExportMenu<P extends ExportPath>({ of, operation, params }: { of: P; operation: string; params: Params<P> }) {
  const { t } = useTranslation('exports')
  const may = useMay()
  const text = useFailureText()
  const [busy, setBusy] = useState(false)
  if (!may(operation)) return null

  const take = async (format: (typeof forms)[number]) => {
    setBusy(true)
    try {
      const { rows, cut } = await download(of, params, format)
      done(t(cut ? 'cut' : 'done', { count: rows }))
    } catch (error) {
      note({ message: text(asFailure(error)), color: 'red', icon: <IconAlertTriangle size={18} />, autoClose: 8000, role: 'alert' })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Menu width={260}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" loading={busy} aria-label={t('title')}>
          <IconDownload size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {forms.map((format) => (
          <Menu.Item key={format} onClick={() => void take(format)}>
            {t(format)}
            <Text size="xs" c="dimmed">
              {t(`${format}Hint`)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
