import { AppShell, Box, Burger, Group, Kbd, Skeleton, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure, useHotkeys, useNetwork } from '@mantine/hooks'
import { IconPlugConnectedX, IconSearch } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Suspense, lazy, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { keepUpToDate } from '@/api/live'
import { later } from '@/ui/later'
import { Loading } from '@/ui/states'

import { useAsOf } from './asof'
import { AsOfBanner } from './asof-banner'
import { LangButton, ThemeButton } from './looks'
import { nav, type NavItem } from './nav'
import { useMay } from './session'
import { UserMenu } from './user-menu'
import classes from './shell.module.css'

// What opens on a click is fetched after the first screen; its place is kept.
const AsOfButton = later(() => import('./asof-button').then((m) => m.AsOfButton), <Skeleton w={{ base: 38, lg: 190 }} h={34} />)
const Bell = later(() => import('./bell').then((m) => m.Bell), <Skeleton circle h={34} />)
const StandingBanners = later(() => import('./standing-banners').then((m) => m.StandingBanners))
const Palette = lazy(() => import('./palette').then((m) => ({ default: m.Palette })))

/** The frame of all screens: header, navigation, the banner of a past day, and the screen. */
export function Shell() {
  const { t } = useTranslation()
  const may = useMay()
  const [menu, { toggle, close }] = useDisclosure()
  const [palette, setPalette] = useState(false)
  const past = useAsOf() !== undefined
  const up = useLive(!past)
  const path = useLocation({ select: (location) => location.pathname })
  useEffect(close, [path, close])
  // By the place of the key, not by its letter: in the Russian layout K is «л».
  useHotkeys([['mod+K', () => setPalette(true), { usePhysicalKeys: true }]], [])

  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 248, breakpoint: 'sm', collapsed: { mobile: !menu } }} padding="md" className={past ? 'past' : ''}>
      <a className="skip" href="#screen">
        {t('skip')}
      </a>
      <AppShell.Header>
        <div className={classes.header}>
          <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} aria-expanded={menu} />
          <Text component={Link} to="/" className={classes.wordmark} fz="lg" visibleFrom="sm" w={216}>
            {t('product')}
          </Text>
          <Tooltip label={t('searchHint')} openDelay={600} events={{ hover: true, focus: false, touch: false }}>
            <UnstyledButton className={classes.search} onClick={() => setPalette(true)} aria-label={t('search')}>
              <IconSearch size={16} aria-hidden />
              <span>{t('search')}</span>
              <Kbd visibleFrom="md">Ctrl K</Kbd>
            </UnstyledButton>
          </Tooltip>
          <Group gap={4} wrap="nowrap">
            <AsOfButton />
            <Box visibleFrom="sm">
              <LangButton />
              <ThemeButton />
            </Box>
            {may('list-reminders') && <Bell />}
            <UserMenu />
          </Group>
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={t('navigation')}>
        <div className={classes.navigation}>
          <Navigation path={path} />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="screen" tabIndex={-1}>
        <AsOfBanner />
        <StandingBanners />
        {!up && (
          <div className={classes.offline} role="status">
            <IconPlugConnectedX size={18} aria-hidden /> {t('offlineBanner')}
          </div>
        )}
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      {palette && (
        <Suspense fallback={null}>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </AppShell>
  )
}

function Navigation({ path }: { path: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const current = currentItem(path)
  const open = (item: NavItem) => !item.operation || may(item.operation)
  return (
    <Stack gap="md">
      {nav.filter((group) => group.items.some(open)).map((group) => (
        <Stack gap={2} key={group.text} component="section" aria-label={t(`navGroup.${group.text}`)}>
          <Text size="xs" c="dimmed" px={10} aria-hidden>
            {t(`navGroup.${group.text}`)}
          </Text>
          {group.items
            .filter(open)
            .map((item) => (
              <Link key={item.to} to={item.to as '/'} activeOptions={{ exact: true }} className={classes.nav} aria-current={item === current ? 'page' : undefined}>
                <item.icon size={18} stroke={1.7} aria-hidden />
                {t(`nav.${item.text}`)}
              </Link>
            ))}
        </Stack>
      ))}
    </Stack>
  )
}

/** The longest address that the path begins with: /clients/duplicates is not /clients. */
function currentItem(path: string): NavItem | undefined {
  return nav
    .flatMap((group) => group.items)
    .filter((item) => path === item.to || (item.to !== '/' && path.startsWith(`${item.to}/`)))
    .toSorted((a, b) => b.to.length - a.to.length)[0]
}

/** Follows the live stream while the page speaks of now. Returns whether the server can be reached. */
function useLive(now: boolean): boolean {
  const client = useQueryClient()
  const { online } = useNetwork()
  const [heard, setHeard] = useState(true)
  useEffect(() => {
    if (!now) return
    // A short break, such as a reconnect, is not worth a word.
    let saying: ReturnType<typeof setTimeout> | undefined
    const stop = keepUpToDate(client, (connected) => {
      clearTimeout(saying)
      if (connected) setHeard(true)
      else saying = setTimeout(() => setHeard(false), 2000)
    })
    return () => {
      clearTimeout(saying)
      stop()
    }
  }, [client, now])
  return online && heard
}
