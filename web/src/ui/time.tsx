import { Text, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useLang, type Lang } from '@/i18n'

import { useShortDay } from './short'
import classes from './ui.module.css'

type Style = 'date' | 'datetime' | 'time' | 'day' | 'month'

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  datetime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  time: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(lang: Lang, style: Style, zone?: string): Intl.DateTimeFormat {
  const key = `${lang}|${style}|${zone ?? ''}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { ...styles[style], ...(zone ? { timeZone: zone } : {}) })
    formats.set(key, found)
  }
  return found
}

/** A plain date (2026-11-23) means that day everywhere; an instant is shown in the reader's zone. */
export function say(at: string, lang: Lang, style: Style): string {
  if (!at) return ''
  const plain = /^\d{4}-\d{2}-\d{2}$/.test(at)
  return format(lang, style, plain ? 'UTC' : undefined).format(new Date(at))
}

export function useSay() {
  const lang = useLang()
  return (at: string | undefined, style: Style = 'datetime') => (at ? say(at, lang, style) : '')
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['week', 7 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
]

/** "2 часа назад", "через 3 дня"; within a minute "сейчас". */
export function relative(at: string, lang: Lang, now = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000)
  const words = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(0, 'second')
}

/** When something was, in relation to now; the exact time on hover and in print. */
export function When({ at, dimmed = true }: { at: string | undefined; dimmed?: boolean }) {
  const lang = useLang()
  if (!at) return null
  const exact = say(at, lang, at.length > 10 ? 'datetime' : 'date')
  return (
    <Tooltip label={exact}>
      <Text component="time" inherit span c={dimmed ? 'dimmed' : undefined} dateTime={at} data-exact={exact} className={classes.nowrap}>
        {relative(at, lang)}
      </Text>
    </Tooltip>
  )
}

/** Until when: late in red with the word for it, so that colour is never the only sign. */
export function Due({ at, overdue }: { at: string | undefined; overdue?: boolean }) {
  const lang = useLang()
  const short = useShortDay()
  const { t } = useTranslation()
  if (!at) return <Text span inherit c="dimmed">{t('noDue')}</Text>
  const exact = say(at, lang, at.length > 10 ? 'datetime' : 'date')
  const text = t(overdue ? 'dueLate' : 'dueBy', { date: short(at) })
  return (
    <Tooltip label={`${exact} · ${relative(at, lang)}`}>
      <Text component="time" inherit span dateTime={at} data-exact={exact} className={classes.nowrap} fw={overdue ? 600 : undefined} c={overdue ? 'var(--app-late)' : undefined}>
        {text}
      </Text>
    </Tooltip>
  )
}

/** 135 → "2 ч 15 мин". */
export function useMinutes() {
  const { t } = useTranslation()
  return (minutes: number) => {
    const hours = Math.floor(minutes / 60)
    const rest = minutes % 60
    if (hours === 0) return t('minutes', { count: rest })
    return rest === 0 ? t('hours', { count: hours }) : `${t('hours', { count: hours })} ${t('minutes', { count: rest })}`
  }
}

/** Amounts come as minor units and a currency code. */
export function money(minor: number, currency: string, lang: Lang): string {
  return new Intl.NumberFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { style: 'currency', currency, maximumFractionDigits: 2, minimumFractionDigits: minor % 100 ? 2 : 0 }).format(minor / 100)
}
