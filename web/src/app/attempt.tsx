import { Alert } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { asFailure, type Failure } from '@/api/problem'
import { useFailureText } from '@/ui/states'

/** One try at a time of something that may be refused; `wait` are the seconds until the next is allowed. */
export function useAttempt() {
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const [wait, setWait] = useState(0)
  useEffect(() => {
    if (wait <= 0) return
    const timer = setTimeout(() => setWait(wait - 1), 1000)
    return () => clearTimeout(timer)
  }, [wait])
  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true)
    setFailure(undefined)
    try {
      await act()
      return true
    } catch (error) {
      const refused = asFailure(error)
      setFailure(refused)
      setWait(refused.problem.status === 429 ? refused.retryAfter : 0)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { attempt, busy, failure, wait }
}

type Props = { failure: Failure | undefined; wait: number; text?: (failure: Failure) => string | undefined }

/** Why the last try was refused, and when the next one may be made. */
export function Refused({ failure, wait, text }: Props) {
  const { t } = useTranslation()
  const failureText = useFailureText()
  if (!failure) return null
  const tooMany = failure.problem.status === 429
  const said = tooMany ? t(wait > 0 ? 'signIn.wait' : 'signIn.again', { seconds: wait }) : (text?.(failure) ?? failureText(failure))
  return (
    <Alert color={tooMany ? 'yellow' : 'red'} role="alert">
      {said}
    </Alert>
  )
}
