import { Tabs } from '@mantine/core'
import { IconBuildingCommunity, IconCalendarCog, IconEye, IconKey, IconShieldCheck, IconUserCog, type Icon } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'

import { useMay } from '@/app/session'
import { later } from '@/ui/later'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Loading } from '@/ui/states'

import classes from './admin.module.css'

const Tokens = later(() => import('./tokens').then((m) => m.Tokens), <Loading />)
const Screening = later(() => import('./screening').then((m) => m.Screening), <Loading />)
const Departments = later(() => import('./departments').then((m) => m.Departments), <Loading />)
const Calendars = later(() => import('./calendars').then((m) => m.Calendars), <Loading />)
const AccessLog = later(() => import('./access').then((m) => m.AccessLog), <Loading />)
const Accounts = later(() => import('./accounts').then((m) => m.Accounts), <Loading />)

type Tab = { name: 'departments' | 'calendars' | 'screening' | 'accounts' | 'access' | 'tokens'; icon: Icon; screen: ComponentType; operation?: string }

// A tab that names an operation is there for those who may use it; the others are good to read for everybody.
const tabs: Tab[] = [
  { name: 'departments', icon: IconBuildingCommunity, screen: Departments },
  { name: 'calendars', icon: IconCalendarCog, screen: Calendars },
  { name: 'screening', icon: IconShieldCheck, screen: Screening },
  { name: 'accounts', icon: IconUserCog, screen: Accounts, operation: 'create-account' },
  { name: 'access', icon: IconEye, screen: AccessLog, operation: 'list-access-log' },
  { name: 'tokens', icon: IconKey, screen: Tokens },
]

// Each tab has its own part of the address.
const cleared = Object.fromEntries(['new', 'id', 'month', 'view', 'employee', 'client', 'resource', 'action', 'from', 'until', 'days', 'flagged'].map((name) => [name, undefined]))

/** How the company is made and by which rules Letopis works. */
export function Admin() {
  const { t } = useTranslation('admin')
  const may = useMay()
  const setParams = useSetParams()
  const wanted = useParams().tab
  const offered = tabs.filter((tab) => !tab.operation || may(tab.operation))
  const current = offered.find((tab) => tab.name === wanted) ?? (offered[0] as Tab)
  return (
    <Page title={t('title')} subtitle={t('subtitle')}>
      <PresentOnly />
      <Tabs value={current.name} onChange={(tab) => setParams({ tab: tab ?? undefined, ...cleared }, { push: true })} keepMounted={false}>
        <Tabs.List aria-label={t('tabs')} className={classes.tabs}>
          {offered.map((tab) => (
            <Tabs.Tab key={tab.name} value={tab.name} leftSection={<tab.icon size={16} aria-hidden />}>
              {t(`tab.${tab.name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {offered.map((tab) => (
          <Tabs.Panel key={tab.name} value={tab.name} pt="md">
            <tab.screen />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}
