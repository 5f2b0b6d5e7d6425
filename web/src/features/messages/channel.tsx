import { Group } from '@mantine/core'
import { IconDoorEnter, IconMail, IconMailOpened, IconMessageCircle, IconPhone, IconWorldWww, type Icon } from '@tabler/icons-react'

import { useWords } from '@/i18n'

export const channels = ['call', 'email', 'web_form', 'messenger', 'visit', 'letter'] as const
export const intents = ['question', 'order', 'complaint', 'partner', 'spam', 'other'] as const
export const urgencies = ['high', 'normal', 'low'] as const

const icons: Record<string, Icon> = { call: IconPhone, email: IconMail, web_form: IconWorldWww, messenger: IconMessageCircle, visit: IconDoorEnter, letter: IconMailOpened }

/** How a message came in: the icon, and the word beside it. */
export function Channel({ of }: { of: string }) {
  const words = useWords()
  const ChannelIcon = icons[of] ?? IconMail
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
      <ChannelIcon size={15} aria-hidden />
      {words(`message.channel.${of}`)}
    </Group>
  )
}

/** The choices of a closed set, in the reader's words. */
export function useChoices() {
  const words = useWords()
  return (prefix: string, values: readonly string[]) => values.map((value) => ({ value, label: capital(words(`${prefix}.${value}`)) }))
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
