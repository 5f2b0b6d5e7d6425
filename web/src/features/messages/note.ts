import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { send, type Schema } from '@/api/hooks'
import { asFailure } from '@/api/problem'
import { useMe } from '@/app/session'
import { note as showNote } from '@/ui/notify'
import { useFailureText } from '@/ui/states'

/**
 * Words for the colleague a message is handed to. Handing over has no room for them, so they go as a notice about the
 * message, once it is handed over. If that fails, the words are shown, so that they are not lost.
 */
export function useNote(message: Schema<'MessageDetail'>) {
  const { t } = useTranslation('messages')
  const { employee_id: me } = useMe()
  const failureText = useFailureText()
  const kept = useRef({ addressee: '', text: '' })

  const deliver = async () => {
    const { addressee, text } = kept.current
    // Nobody writes notices to themselves.
    if (!text.trim() || addressee === me) return
    const subject = t('hand.noteSubject', { subject: message.subject || message.from_name || message.from_raw })
    const context = { ref: { kind: 'message', id: message.id }, ...(message.counterparty_id ? { counterparty_id: message.counterparty_id } : {}) }
    try {
      await send('/v1/threads', { body: { kind: 'notice', addressee_ids: [addressee], subject, text, context } })
    } catch (error) {
      const why = failureText(asFailure(error))
      showNote({ title: t('hand.noteFailed', { why }), message: text, color: 'red', autoClose: false, role: 'alert' })
    }
  }
  return {
    keep: (addressee: string, text: string) => {
      kept.current = { addressee, text }
    },
    send: () => void deliver(),
  }
}
