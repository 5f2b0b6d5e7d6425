/** What a tab hears of the server. `up` and `down` tell of the connection, `lost` that changes were left out. */
export type LiveEvent =
  | { kind: 'changed'; projection: string; keys: string[] }
  | { kind: 'lost' }
  | { kind: 'up' }
  | { kind: 'down' }

/** Follows the stream of changes until the returned function is called. The browser reconnects by itself. */
export function follow(tell: (event: LiveEvent) => void): () => void {
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let wasDown = false

  const connect = () => {
    source = new EventSource('/v1/changes')
    source.addEventListener('alive', () => {
      // Whatever changed while there was no connection was not heard.
      if (wasDown) tell({ kind: 'lost' })
      wasDown = false
      tell({ kind: 'up' })
    })
    source.addEventListener('changed', (event) => {
      const { projection, keys } = JSON.parse((event as MessageEvent<string>).data) as { projection: string; keys: string[] }
      tell({ kind: 'changed', projection, keys: keys ?? [] })
    })
    source.addEventListener('lost', () => tell({ kind: 'lost' }))
    source.addEventListener('error', () => {
      wasDown = true
      tell({ kind: 'down' })
      // A refused stream (such as after signing out) is not tried again by the browser.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(connect, 5000)
    })
  }
  connect()
  return () => {
    clearTimeout(retry)
    source?.close()
  }
}
