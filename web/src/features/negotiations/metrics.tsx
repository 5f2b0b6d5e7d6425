import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useLang } from '@/i18n'
import { useMinutes } from '@/ui/time'

import classes from './negotiations.module.css'
import { saidShare } from './said'

/** The control in numbers, all records since the beginning: is what is wrong found, in time, and early? */
export function Metrics() {
  const { t } = useTranslation('negotiations')
  const lang = useLang()
  const minutes = useMinutes()
  const { data } = useRead('/v1/reports/negotiations', {}, { keepPrevious: true })
  const share = (of: number | undefined) => (of === undefined ? '—' : saidShare(Math.round(of / 100) * 100, lang))
  const inTime = data && data.reviews_decided > 0 ? Math.round((data.reviews_in_time * 10_000) / data.reviews_decided) : undefined
  const cells: [string, string, string][] = [
    [t('metrics.recorded'), data ? String(data.recorded) : '—', t('metrics.late', { count: data?.late_records ?? 0 })],
    [t('metrics.hits'), share(data?.hit_rate_bp), t('metrics.hitsOf', { count: data?.with_hits ?? 0 })],
    [t('metrics.inTime'), share(inTime), t('metrics.overdue', { count: data?.overdue_reviews ?? 0 })],
    [t('metrics.median'), data?.median_review_min === undefined ? '—' : minutes(data.median_review_min), data?.p90_review_min === undefined ? '' : t('metrics.p90', { time: minutes(data.p90_review_min) })],
    [t('metrics.stops'), data ? String(data.stops) : '—', t('metrics.early', { share: share(data?.early_stop_rate_bp) })],
    [t('metrics.score'), share(data?.average_score_bp), t('metrics.decided', { count: data?.reviews_decided ?? 0 })],
  ]
  return (
    <dl className={classes.strip} aria-label={t('metrics.title')}>
      {cells.map(([name, value, hint]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            <small>{hint}</small>
          </dd>
        </div>
      ))}
    </dl>
  )
}
