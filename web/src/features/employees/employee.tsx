import { Alert, Anchor, Badge, Grid, Group, Stack, Text } from '@mantine/core'
import { IconEye, IconHistory, IconUserShare } from '@tabler/icons-react'
import { Link, useNavigate, useParams as useRouteParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useAsOf } from '@/app/asof'
import { useMay, useMe } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { Facts } from '@/ui/facts'
import { Colleague, RecordLink } from '@/ui/links'
import { Page } from '@/ui/page'
import { PastRecord } from '@/ui/past-record'
import { ErrorNote, Loading } from '@/ui/states'
import { Due, money, useSay } from '@/ui/time'

import { Absences } from './absences'
import { Away } from './away'
import classes from './employees.module.css'
import { forms, EmployeeForm, type FormName } from './employee-forms'
import { Panel } from './panel'
import { mayPlanAbsence } from './rules'
import { useZones } from './zones'

export type Detail = Schema<'EmployeeDetail'>

/** An employee's card; of a past day, what the register said then. */
export function Employee() {
  const { id } = useRouteParams({ strict: false }) as { id: string }
  const past = useAsOf() !== undefined
  return past ? <PastRecord kind="employee" id={id} /> : <Present key={id} id={id} />
}

function Present({ id }: { id: string }) {
  const { t } = useTranslation('employees')
  const crumbs = [{ label: t('title'), to: '/employees' }]
  const found = useRead('/v1/employees/{id}', { path: { id } })
  if (found.data) return <Card of={found.data} crumbs={crumbs} />
  return (
    <Page title={t('one')} crumbs={crumbs}>
      {found.error ? <ErrorNote error={found.error} retry={() => void found.refetch()} /> : <Loading shape="card" />}
    </Page>
  )
}

function Card({ of: one, crumbs }: { of: Detail; crumbs: { label: string; to: string }[] }) {
  const { t } = useTranslation('employees')
  const [form, setForm] = useState<FormName>()
  const me = useMe()
  const colleagues = useRead('/v1/employees', { query: { limit: 500 } }, { staleTime: 300_000 })
  const mayPlan = mayPlanAbsence(me, one.id, colleagues.data?.items ?? [])
  return (
    <Page
      title={one.name}
      crumbs={crumbs}
      subtitle={[one.position, one.department_name].filter(Boolean).join(' · ')}
      badges={one.active ? <Away of={one} /> : <Badge color="gray">{t('left')}</Badge>}
      actions={<CardActions of={one} mayPlan={mayPlan} onForm={setForm} />}
    >
      {one.stands_in_for.length > 0 && <StandsIn of={one} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <Stack gap="md">
            <General of={one} />
            <Limits of={one} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md">
            <ToDo id={one.id} />
            <Absences of={one} mayPlan={mayPlan && one.active} onPlan={() => setForm('planAbsence')} />
            <Below id={one.id} />
          </Stack>
        </Grid.Col>
      </Grid>
      {form && <EmployeeForm name={form} of={one} onClose={() => setForm(undefined)} />}
    </Page>
  )
}

function CardActions({ of: one, mayPlan, onForm }: { of: Detail; mayPlan: boolean; onForm: (name: FormName) => void }) {
  const { t } = useTranslation('employees')
  const common = useTranslation().t
  const may = useMay()
  const navigate = useNavigate()
  const offered = (Object.keys(forms) as FormName[]).filter((name) => forms[name].fits(one) && (name === 'planAbsence' || may(forms[name].operation)))
  const actions = offered.map((name) => ({
    label: t(`action.${name}`),
    icon: forms[name].icon,
    danger: name === 'dismiss',
    onClick: () => onForm(name),
    impossible: name === 'planAbsence' && !mayPlan && t('absence.notYours'),
  }))
  const trail = { label: common('whoChanged'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/employee/${one.id}` as '/' }), reads: true }
  const looked = { label: t('looked'), icon: IconEye, onClick: () => void navigate({ to: '/admin', search: { tab: 'access', employee: one.id } }), reads: true }
  return <Actions of={[...actions, trail, ...(may('list-access-log') ? [looked] : [])]} />
}

function StandsIn({ of: one }: { of: Detail }) {
  const { t } = useTranslation('employees')
  const said = useSay()
  return (
    <Alert color="blue" icon={<IconUserShare size={20} aria-hidden />} role="note">
      {t('standsInFor')}{' '}
      {one.stands_in_for.map((absence, i) => (
        <span key={absence.id}>
          {i > 0 && ', '}
          <RecordLink kind="employee" id={absence.employee_id}>
            {absence.employee_name}
          </RecordLink>{' '}
          {t('until', { date: said(absence.to, 'date') })}
        </span>
      ))}
    </Alert>
  )
}

function General({ of: one }: { of: Detail }) {
  const { t } = useTranslation('employees')
  const words = useWords()
  const said = useSay()
  return (
    <Panel title={t('general')}>
      <Facts
        of={[
          [t('name.full'), one.full_name === one.name ? undefined : one.full_name],
          [t('position'), one.position],
          [t('department'), one.department_name],
          [t('head'), one.head_id && <Colleague key="head" id={one.head_id} name={one.head_name} />],
          [t('phone'), one.phone && <Anchor key="phone" href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone}</Anchor>],
          [t('email'), one.email && <Anchor key="email" href={`mailto:${one.email}`}>{one.email}</Anchor>],
          [t('timeZone'), <LocalTime key="zone" zone={one.time_zone} />],
          [t('calendar'), one.calendar_name || t('builtInCalendar')],
          [t('hiredOn'), said(one.hired_on, 'date')],
          [t('leftOn'), one.left_on && said(one.left_on, 'date')],
          [t('login'), one.login],
          [t('roles'), one.roles.length > 0 ? one.roles.map((role) => words(`employee.role.${role}`)).join(', ') : one.active && t('noRoles')],
        ]}
      />
    </Panel>
  )
}

/** The zone, and what time it is there: whoever rings should not wake anybody. */
function LocalTime({ zone }: { zone: string }) {
  const { t } = useTranslation('employees')
  const lang = useLang()
  const name = useZones().name(zone)
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 60_000)
    return () => clearInterval(timer)
  }, [])
  const time = new Intl.DateTimeFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(now)
  return <>{t('zoneNow', { zone: name, time })}</>
}

function Limits({ of: one }: { of: Detail }) {
  const { t } = useTranslation('employees')
  const lang = useLang()
  const discount = new Intl.NumberFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { style: 'percent', maximumFractionDigits: 2 })
  return (
    <Panel title={t('limits.title')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('limits.hint')}
      </Text>
      <Facts
        of={[
          [t('limits.discount'), discount.format(one.max_discount_bp / 10_000)],
          [t('limits.term'), t('limits.days', { count: one.max_payment_term_days })],
          [t('limits.commitment'), one.max_commitment_currency ? money(one.max_commitment_minor, one.max_commitment_currency, lang) : t('limits.nothing')],
          [t('limits.exclusivity'), t(one.may_grant_exclusivity ? 'limits.may' : 'limits.mayNot')],
        ]}
      />
    </Panel>
  )
}

const shownTasks = 5

/** What the employee has to do now. */
function ToDo({ id }: { id: string }) {
  const { t } = useTranslation('employees')
  const mine = useMay()('list-assignments')
  const found = useRead('/v1/assignments', { query: { assignee: id, open: true, limit: 500 } }, { enabled: mine })
  const items = found.data?.items ?? []
  const late = items.filter((item) => item.overdue).length
  const first = items.toSorted((a, b) => Number(b.overdue) - Number(a.overdue) || a.due_at.localeCompare(b.due_at)).slice(0, shownTasks)
  if (!mine) return null
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />
  return (
    <Panel title={t('todo.title')} aside={late > 0 && <Badge color="red">{t('todo.late', { count: late })}</Badge>}>
      {found.isPending && <Loading shape="text" rows={3} />}
      {found.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('todo.none')}
        </Text>
      )}
      {first.length > 0 && (
        <>
          <ul className={classes.lines}>
            {first.map((item) => (
              <li key={item.id} className={classes.line}>
                <RecordLink kind="assignment" id={item.id} size="sm" lineClamp={2}>
                  {item.title}
                </RecordLink>
                <Text size="xs" component="span">
                  <Due at={item.due_at} overdue={item.overdue} />
                </Text>
              </li>
            ))}
          </ul>
          <Anchor component={Link} to={`/assignments?assignee=${id}` as '/assignments'} size="sm">
            {found.data?.next ? t('todo.allMany', { count: items.length }) : t('todo.all', { count: items.length })}
          </Anchor>
        </>
      )}
    </Panel>
  )
}

/** Whose head the employee is. */
function Below({ id }: { id: string }) {
  const { t } = useTranslation('employees')
  const found = useRead('/v1/employees', { query: { head: id, limit: 500 } })
  const items = found.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Panel title={t('below', { count: items.length })}>
      <Group gap="xs 18px">
        {items.map((one) => (
          <Colleague key={one.id} id={one.id} name={one.name} />
        ))}
      </Group>
    </Panel>
  )
}
