import '@mantine/notifications/styles.css'

import { Notifications } from '@mantine/notifications'

/** Where notes appear. What is said before this has come is shown when it has. */
export function Notes() {
  return <Notifications position="bottom-right" />
}
