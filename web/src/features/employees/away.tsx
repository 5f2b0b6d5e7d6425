import { Badge, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useWords } from '@/i18n'
import { RecordLink } from '@/ui/links'
import { useSay } from '@/ui/time'

import classes from './employees.module.css'

type Someone = Pick<Schema<'EmployeeItem'>, 'absence_kind' | 'absent_until' | 'substitute_id' | 'substitute_name'>

/** Why somebody is away, until when, and who stands in. Nothing for those who are here. */
export function Away({ of: one }: { of: Someone }) {
  const { t } = useTranslation('employees')
  const words = useWords()
  const said = useSay()
  if (!one.absence_kind) return null
  return (
    <div className={classes.stacked}>
      <span>
        <Badge color="orange">{t('awayUntil', { kind: words(`employee.absence.${one.absence_kind}`), date: said(one.absent_until, 'date') })}</Badge>
      </span>
      <Text span fz="xs" c="dimmed">
        {one.substitute_id ? (
          <>
            {t('standsIn')}{' '}
            <RecordLink kind="employee" id={one.substitute_id}>
              {one.substitute_name}
            </RecordLink>
          </>
        ) : (
          t('nobodyStandsIn')
        )}
      </Text>
    </div>
  )
}
