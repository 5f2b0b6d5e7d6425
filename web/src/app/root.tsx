import { Center, Loader } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorNote } from '@/ui/states'

import { useSession, type Me } from './session'
import { Shell } from './shell'

const Notes = lazy(() => import('./notes').then((m) => ({ default: m.Notes })))
const SecondStep = lazy(() => import('./second-step').then((m) => ({ default: m.SecondStep })))
const SetUp = lazy(() => import('./set-up').then((m) => ({ default: m.SetUp })))
const SignIn = lazy(() => import('./sign-in').then((m) => ({ default: m.SignIn })))

/** The screens for whoever is signed in; for anybody else signing in, at the same address. */
export function Root() {
  const session = useSession()
  const { t } = useTranslation()
  if (session.isPending) {
    return (
      <Center mih="100dvh">
        <Loader aria-label={t('loading')} />
      </Center>
    )
  }
  if (session.error && session.data === undefined) {
    return (
      <Center mih="100dvh" p="md">
        <ErrorNote error={session.error} retry={() => void session.refetch()} />
      </Center>
    )
  }
  return (
    <>
      <Suspense fallback={null}>
        <Notes />
      </Suspense>
      <Suspense fallback={null}><Screens of={session.data ?? null} /></Suspense>
    </>
  )
}

function Screens({ of: me }: { of: Me | null }) {
  const path = useLocation({ select: (location) => location.pathname })
  if (me?.second_factor) return <SecondStep lacks={me.second_factor} />
  if (me) return <Shell key={me.employee_id} />
  return path === '/setup' ? <SetUp /> : <SignIn />
}
