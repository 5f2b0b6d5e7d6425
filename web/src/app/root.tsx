import { Center, Loader } from '@mantine/core'
import { Suspense, lazy } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorNote } from '@/ui/states'

import { useSession } from './session'
import { Shell } from './shell'

const Notes = lazy(() => import('./notes').then((m) => ({ default: m.Notes })))
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
      <Suspense fallback={null}>{session.data ? <Shell key={session.data.employee_id} /> : <SignIn />}</Suspense>
    </>
  )
}
