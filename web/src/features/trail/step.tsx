import { ActionIcon, Menu, Text, Tooltip } from '@mantine/core'
import { IconDots, IconGitCompare, IconHistory, IconLink } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useDetailWords } from '@/i18n'
import { Changes } from '@/ui/changes'
import { addressOf, Colleague } from '@/ui/links'
import { useName } from '@/ui/names'
import { done } from '@/ui/notify'
import { useParams, useSetParams } from '@/ui/params'
import { useSay } from '@/ui/time'

import classes from './trail.module.css'
import { bothClocks, numberOf, type Step } from './trail-logic'

/** One step of the trail. */
export function StepRow({ step, kind, id, chosen, last }: { step: Step; kind: string; id: string; chosen: boolean; last: number }) {
  const { t } = useTranslation('trail')
  const { field } = useParams()
  const number = numberOf(step)
  return (
    <li id={`step-${number}`} className={classes.step} data-chosen={chosen} aria-label={t('step', { number })}>
      <span className={classes.number} aria-hidden>
        {number}
      </span>
      <div className={classes.body}>
        <Text size="sm" fw={600}>
          {step.headline}
        </Text>
        <Circumstances step={step} />
        {step.quote && <blockquote className={classes.quote}>{step.quote}</blockquote>}
        {step.reason && <Text size="sm">{t('why', { reason: step.reason })}</Text>}
        {step.changes.length > 0 ? (
          <Changes of={step.changes} kind={kind} most={field ? Infinity : 12} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('noChanges')}
          </Text>
        )}
      </div>
      <StepMenu step={step} kind={kind} id={id} last={last} />
    </li>
  )
}

/** Who, on whose behalf, by which door and when, by both clocks where they differ. */
function Circumstances({ step }: { step: Step }) {
  const { t } = useTranslation('trail')
  const words = useDetailWords()
  const said = useSay()
  const absent = useName(step.on_behalf_of ? 'employee' : undefined, step.on_behalf_of)
  return (
    <div className={classes.meta}>
      <Colleague id={step.actor_id} name={step.actor_name} link={step.source !== 'policy'} />
      {step.on_behalf_of && <span>{t('onBehalf', { name: absent ?? '…' })}</span>}
      <span>{words(`source.${step.source}`, step.source)}</span>
      {bothClocks(step) ? (
        <>
          <time dateTime={step.occurred_at}>{t('occurred', { date: said(step.occurred_at) })}</time>
          <Text span inherit c="var(--app-soon)">
            <time dateTime={step.recorded_at}>{t('recorded', { date: said(step.recorded_at) })}</time>
          </Text>
        </>
      ) : (
        <time dateTime={step.recorded_at}>{said(step.recorded_at)}</time>
      )}
    </div>
  )
}

function StepMenu({ step, kind, id, last }: { step: Step; kind: string; id: string; last: number }) {
  const { t } = useTranslation('trail')
  const navigate = useNavigate()
  const setParams = useSetParams()
  const number = numberOf(step)
  const jump = () => void navigate({ to: addressOf(kind, id), search: { as_of: step.recorded_at } } as never)
  const copy = async () => {
    setParams({ step: String(number) })
    const link = new URL(location.href)
    link.searchParams.set('step', String(number))
    // Without HTTPS a browser may have no clipboard: then the address bar has the link.
    const copied = await navigator.clipboard?.writeText(link.href).then(() => true, () => false)
    done(t(copied ? 'copied' : 'copyFailed'))
  }
  return (
    <div className="no-print">
      <Tooltip label={t('jump')}>
        <ActionIcon onClick={jump} aria-label={`${t('jump')}: ${t('step', { number })}`}>
          <IconHistory size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Menu width={300}>
        <Menu.Target>
          <ActionIcon aria-label={t('stepActions', { number })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHistory size={16} aria-hidden />} onClick={jump}>
            {t('jump')}
          </Menu.Item>
          <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copy()}>
            {t('copyLink')}
          </Menu.Item>
          {number < last && (
            <Menu.Item leftSection={<IconGitCompare size={16} aria-hidden />} onClick={() => setParams({ compare: `${number},${last}` })}>
              {t('compareFrom')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
