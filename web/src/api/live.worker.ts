/// <reference lib="webworker" />
// One stream for all tabs of a browser: over HTTP/1.1 a browser opens six connections to a host, and a stream a tab
// would leave the seventh tab waiting for ever.
import { follow, type LiveEvent } from './stream'

const scope = self as unknown as SharedWorkerGlobalScope
const tabs = new Set<MessagePort>()
let stop: (() => void) | undefined
let last: LiveEvent | undefined

function tell(event: LiveEvent) {
  if (event.kind !== 'changed') last = event
  for (const tab of tabs) tab.postMessage(event)
}

function join(tab: MessagePort) {
  tabs.add(tab)
  if (stop) {
    if (last) tab.postMessage(last)
  } else {
    stop = follow(tell)
  }
}

function leave(tab: MessagePort) {
  tabs.delete(tab)
  if (tabs.size > 0) return
  stop?.()
  stop = undefined
}

scope.addEventListener('connect', (connection) => {
  const [tab] = connection.ports
  if (!tab) return
  tab.addEventListener('message', (message) => (message.data === 'leave' ? leave(tab) : join(tab)))
  tab.start()
  join(tab)
})
