import { useWindowVirtualizer } from '@tanstack/react-virtual'
import type { ReactNode } from 'react'

import { useNextPage, useTopOffset } from './table'
import classes from './ui.module.css'

type Props<R> = {
  label: string
  items: R[]
  itemKey: (item: R) => string
  estimate?: number
  busy?: boolean
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  children: (item: R, index: number) => ReactNode
}

/** A chronicle of any length (role=feed): only what is in sight is in the page. Items measure themselves. */
export function Feed<R>(props: Props<R>) {
  const { parent, margin } = useTopOffset()
  const { items, more } = props
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => props.estimate ?? 72,
    overscan: 6,
    scrollMargin: margin,
    getItemKey: (index) => props.itemKey(items[index] as R),
  })
  const shown = virtual.getVirtualItems()
  useNextPage(shown.at(-1)?.index, items.length, more)
  const size = more?.hasNextPage ? -1 : items.length
  return (
    <div role="feed" aria-label={props.label} aria-busy={props.busy || undefined} ref={parent} className={classes.feed} style={{ height: virtual.getTotalSize() }} data-virtual>
      {shown.map((item) => (
        <article key={item.key} ref={virtual.measureElement} data-index={item.index} aria-posinset={item.index + 1} aria-setsize={size} tabIndex={-1} className={classes.feedItem} style={{ top: item.start - margin }}>
          {props.children(items[item.index] as R, item.index)}
        </article>
      ))}
    </div>
  )
}
