import { Badge, Button, Group, Paper, Select, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconCalendarCog, IconCalendarWeek, IconPencil, IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { fieldOf } from '@/ui/field-of'
import { DayField } from '@/ui/fields'
import { CommandDrawer, given } from '@/ui/form'
import { RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { Empty, Shown } from '@/ui/states'
import { useSay } from '@/ui/time'

import classes from './admin.module.css'
import { DayEditor } from './calendar-days'
import { fromForm, officeWeek, sayHours, thisMonth, toForm, weekdays, weekOn, type DayForm, type Weekday } from './calendar-logic'

export type Calendar = Schema<'WorkingCalendarDetail'>
type Step = 'rename' | 'week' | 'retire'

/** Working calendars: weekly hours, holidays and special days that employees share. */
export function Calendars() {
  const { t } = useTranslation('admin')
  const may = useMay()
  const mayChange = useMayChange()
  const params = useParams()
  const setParams = useSetParams()
  const found = useRead('/v1/working-calendars')
  return (
    <Stack gap="md">
      <Shown of={found}>
        {(all) => {
          const chosen = all.find((one) => one.id === params.id) ?? all.find((one) => one.active) ?? all[0]
          const label = (one: Calendar) => (one.active ? one.name : `${one.name} (${t('calendars.retiredBadge')})`)
          return (
            <>
              <Group justify="space-between" align="flex-end">
                {chosen ? (
                  <Select label={t('calendars.calendar')} data={all.map((one) => ({ value: one.id, label: label(one) }))} value={chosen.id} onChange={(id) => setParams({ id: id ?? undefined })} allowDeselect={false} w={{ base: '100%', xs: 360 }} />
                ) : (
                  <span />
                )}
                {may('define-working-calendar') && (
                  <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => setParams({ new: '1' })}>
                    {t('calendars.define')}
                  </Button>
                )}
              </Group>
              {chosen ? <One key={chosen.id} calendar={chosen} /> : <Empty icon={IconCalendarCog} title={t('calendars.none')} hint={t('calendars.noneHint')} />}
            </>
          )
        }}
      </Shown>
      {params.new === '1' && <Define onClose={() => setParams({ new: undefined })} />}
    </Stack>
  )
}

function One({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation('admin')
  const { t: common } = useTranslation()
  const words = useWords()
  const may = useMay()
  const [step, setStep] = useState<Step>()
  const retired = !calendar.active && t('calendars.alreadyRetired')
  const actions: (Action & { operation: string })[] = [
    { operation: 'set-calendar-week', label: t('calendars.setWeek'), icon: IconCalendarWeek, onClick: () => setStep('week'), impossible: retired },
    { operation: 'rename-working-calendar', label: t('calendars.rename'), icon: IconPencil, onClick: () => setStep('rename'), impossible: retired },
    { operation: 'retire-working-calendar', label: t('calendars.retire'), icon: IconX, danger: true, onClick: () => setStep('retire'), impossible: retired },
  ]
  const offered = actions.filter((action) => may(action.operation))
  const stop = () => setStep(undefined)
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={2}>{calendar.name}</Title>
          {!calendar.active && <Badge color="gray">{t('calendars.retiredBadge')}</Badge>}
          <Text size="sm" c="dimmed">
            {words(`working_calendar.holidays.${calendar.holidays}`)} · {t('calendars.people', { count: calendar.employees })}
          </Text>
          <RecordLink kind="working_calendar" id={calendar.id} size="sm">
            {common('whoChanged')}
          </RecordLink>
        </Group>
        <Group gap="xs">{offered.length > 0 && <Actions of={offered} label={t('calendars.actions')} />}</Group>
      </Group>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <DayEditor calendar={calendar} />
        <Weeks calendar={calendar} />
      </SimpleGrid>
      {step === 'week' && <SetWeek calendar={calendar} onClose={stop} />}
      {step === 'rename' && (
        <CommandDrawer name={`calendars/rename/${calendar.id}`} title={t('calendars.rename')} opened onClose={stop} path="/v1/working-calendars/{id}/rename" id={calendar.id} initial={{ name: calendar.name }} body={(values) => values} submit={t('calendars.rename')} success={t('calendars.renamed')}>
          {(form) => <TextInput label={t('calendars.name')} required data-autofocus {...form.getInputProps('name')} />}
        </CommandDrawer>
      )}
      {step === 'retire' && (
        <CommandDrawer name={`calendars/retire/${calendar.id}`} title={`${t('calendars.retire')}: ${calendar.name}`} opened onClose={stop} path="/v1/working-calendars/{id}/retire" id={calendar.id} initial={{ reason: '' }} body={(values) => given(values)} submit={t('calendars.retire')} success={t('calendars.retired')} danger>
          {(form) => <Textarea label={t('calendars.reason')} data-autofocus {...form.getInputProps('reason')} />}
        </CommandDrawer>
      )}
    </>
  )
}

export function useWeekday() {
  const lang = useLang()
  const format = new Intl.DateTimeFormat(lang, { weekday: 'long', timeZone: 'UTC' })
  // 5 January 1970 was a Monday.
  return (weekday: Weekday) => format.format(new Date(Date.UTC(1970, 0, 5 + weekdays.indexOf(weekday))))
}

function Weeks({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation('admin')
  const said = useSay()
  const sayWeekday = useWeekday()
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-labelledby="weeks">
      <Title order={3} mb="xs" id="weeks">
        {t('calendars.week')}
      </Title>
      <Stack gap="md">
        {calendar.weeks.toReversed().map((week) => (
          <div key={week.from ?? ''}>
            {calendar.weeks.length > 1 && (
              <Text size="sm" fw={600} mb={4}>
                {week.from ? t('calendars.weekFrom', { date: said(week.from, 'date') }) : t('calendars.weekEver')}
              </Text>
            )}
            <table className={classes.weekTable}>
              <tbody>
                {weekdays.map((weekday) => (
                  <tr key={weekday}>
                    <th scope="row">{sayWeekday(weekday)}</th>
                    <td>{sayHours(week.hours[weekday]) || <Text span inherit c="dimmed">{t('calendars.dayOff')}</Text>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
      </Stack>
    </Paper>
  )
}

const parts = ['from', 'breakFrom', 'breakTo', 'to'] as const
const partNames = { from: 'start', breakFrom: 'breakFrom', breakTo: 'breakTo', to: 'end' } as const

/** Begin, break and end of each weekday. */
function WeekField(props: { value: Record<Weekday, DayForm>; onChange: (value: Record<Weekday, DayForm>) => void; error?: React.ReactNode }) {
  const { t } = useTranslation('admin')
  const sayWeekday = useWeekday()
  return (
    <div role="group" aria-label={t('calendars.week')}>
      <div className={classes.spans}>
        <span className={classes.spansHead} />
        {parts.map((part) => (
          <span key={part} className={classes.spansHead} aria-hidden>
            {t(`calendars.${partNames[part]}`)}
          </span>
        ))}
        {weekdays.map((weekday) => (
          <DayOfWeek key={weekday} name={sayWeekday(weekday)} value={props.value[weekday]} onChange={(day) => props.onChange({ ...props.value, [weekday]: day })} />
        ))}
      </div>
      {props.error && (
        <Text size="xs" c="var(--mantine-color-error)" mt={4}>
          {props.error}
        </Text>
      )}
    </div>
  )
}

function DayOfWeek({ name, value, onChange }: { name: string; value: DayForm; onChange: (value: DayForm) => void }) {
  const { t } = useTranslation('admin')
  return (
    <>
      <span>{name}</span>
      {parts.map((part) => (
        <TextInput key={part} type="time" size="xs" aria-label={t('calendars.spanLabel', { day: name, part: t(`calendars.${partNames[part]}`) })} value={value[part]} onChange={(event) => onChange({ ...value, [part]: event.currentTarget.value })} />
      ))}
    </>
  )
}

function SetWeek({ calendar, onClose }: { calendar: Calendar; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const [today] = useState(() => `${thisMonth()}-${String(new Date().getDate()).padStart(2, '0')}`)
  return (
    <CommandDrawer
      name={`calendars/week/${calendar.id}`}
      title={`${t('calendars.setWeek')}: ${calendar.name}`}
      size="xl"
      opened
      onClose={onClose}
      path="/v1/working-calendars/{id}/set-week"
      id={calendar.id}
      initial={{ from: today, hours: toForm(weekOn(calendar.weeks, today)), reason: '' }}
      body={({ from, hours, reason }) => ({ from, hours: fromForm(hours), ...given({ reason }) })}
      submit={t('calendars.setWeek')}
      success={t('calendars.weekSet')}
    >
      {(form) => (
        <>
          <DayField label={t('calendars.from')} required {...fieldOf(form, 'from')} />
          <WeekField {...fieldOf(form, 'hours')} />
          <Textarea label={t('calendars.reason')} {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

function Define({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('admin')
  const words = useWords()
  const setParams = useSetParams()
  return (
    <CommandDrawer
      name="calendars/define"
      title={t('calendars.define')}
      size="xl"
      opened
      onClose={onClose}
      path="/v1/working-calendars"
      initial={{ name: '', holidays: 'ru' as 'ru' | 'none', hours: toForm(officeWeek) }}
      body={({ name, holidays, hours }) => ({ name, holidays, hours: fromForm(hours) })}
      submit={t('calendars.define')}
      success={t('calendars.defined')}
      onDone={(receipt) => setParams({ new: undefined, id: receipt.id })}
    >
      {(form) => (
        <>
          <TextInput label={t('calendars.name')} required data-autofocus {...form.getInputProps('name')} />
          <Select label={t('calendars.holidays')} allowDeselect={false} data={(['ru', 'none'] as const).map((value) => ({ value, label: words(`working_calendar.holidays.${value}`) }))} {...form.getInputProps('holidays')} />
          <WeekField {...fieldOf(form, 'hours')} />
        </>
      )}
    </CommandDrawer>
  )
}
