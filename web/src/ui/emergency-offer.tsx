import { Button } from '@mantine/core'
import { IconUrgent } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useMay } from '@/app/session'

/** Offers emergency access where a client cannot be seen, to those who may open one. */
export function EmergencyOffer({ client }: { client: string }) {
  const { t } = useTranslation('second-person')
  const may = useMay()
  if (!may('open-emergency-access')) return null
  return (
    <Button component={Link} to="/emergency" search={{ new: '1', client } as never} variant="default" leftSection={<IconUrgent size={18} aria-hidden />}>
      {t('emergency.open')}
    </Button>
  )
}
