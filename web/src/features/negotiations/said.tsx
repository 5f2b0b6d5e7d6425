import { useTranslation } from 'react-i18next'

import { useLang, useWords, type Lang } from '@/i18n'
import { money, say, useSay } from '@/ui/time'

import { cut, sidesOf } from './marks'
import { type Hit, type Value } from './model'
import classes from './negotiations.module.css'

const shares = 100

/** 1250 → "12,5 %". */
export function saidShare(basisPoints: number, lang: Lang): string {
  const number = new Intl.NumberFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: 2 }).format(basisPoints / shares)
  return `${number} %`
}

/** What was promised, as a value. */
export function useSaidValue() {
  const { t } = useTranslation('negotiations')
  const lang = useLang()
  const said = useSay()
  return (value: Value | undefined): string => {
    if (value?.money) return money(value.money.minor, value.money.currency, lang)
    if (value?.basis_points !== undefined) return saidShare(value.basis_points, lang)
    if (value?.days !== undefined) return t('days', { count: value.days })
    if (value?.date) return said(value.date, 'date')
    return value?.text ?? ''
  }
}

/** One side of a hit's detail: the rules write "25.00 %", "15000.00 RUB", "30 d", "30" for days, and days as dates. */
export function useSaidDetail() {
  const { t } = useTranslation('negotiations')
  const lang = useLang()
  return (text: string, asDays: boolean): string => {
    const share = /^(-?[\d.]+) %$/.exec(text)
    if (share) return saidShare(Number(share[1]) * shares, lang)
    const amount = /^(-?\d+\.\d\d) ([A-Z]{3})$/.exec(text)
    if (amount) return money(Math.round(Number(amount[1]) * shares), amount[2] as string, lang)
    const days = /^(\d+)( d)?$/.exec(text)
    if (days && (asDays || days[2])) return t('days', { count: Number(days[1]) })
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? say(text, lang, 'date') : text
  }
}

/** What a rule found, in a sentence. */
export function useSaidHit() {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const detail = useSaidDetail()
  return (hit: Hit): string => {
    const { promised, limit } = sidesOf(hit.detail)
    const asDays = hit.rule === 'R3'
    const values = { promised: detail(promised, asDays), limit: detail(limit, asDays), detail: words(`commitment.kind.${hit.detail}`, hit.detail), count: Number(hit.detail) || 0 }
    switch (hit.rule) {
      case 'R1': case 'R2': case 'R3': case 'R4': case 'R5': case 'R7': case 'R8':
        return t(`hit.${hit.rule}`, values)
      case 'R6':
        return t(words(`commitment.kind.${hit.detail}`, '') ? 'hit.R6kind' : 'hit.R6', values)
      case 'R9':
        return t('hit.R9', { count: values.count })
      default:
        return `${hit.rule}: ${hit.detail}`
    }
  }
}

/** A text in which what the rules found is marked. */
export function Marked({ text, patterns }: { text: string; patterns: RegExp[] }) {
  return (
    <>
      {cut(text, patterns).map((part, i) =>
        part.marked ? (
          <mark key={i} className={classes.mark}>
            {part.text}
          </mark>
        ) : (
          part.text
        ),
      )}
    </>
  )
}
