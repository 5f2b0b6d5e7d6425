import { IconAlertTriangle } from '@tabler/icons-react'

import { useCommand, type CommandPath, type Given } from '@/api/hooks'

import { done, note } from './notify'
import { useFailureText } from './states'

/** A step of one click: done at once with a word that it was, or with the reason why it was not. */
export function useAtOnce<P extends CommandPath>(path: P) {
  const command = useCommand(path)
  const text = useFailureText()
  const run = (given: Given<P>, success: string, then?: () => void) => {
    command.mutate(given, {
      onSuccess: () => {
        done(success)
        then?.()
      },
      onError: (failure) => note({ message: text(failure), color: 'red', icon: <IconAlertTriangle size={18} />, autoClose: 8000, role: 'alert' }),
    })
  }
  return { run, busy: command.isPending }
}
