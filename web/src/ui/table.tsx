import { Box, Group, Text, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import classes from './ui.module.css'

export type Column<R> = {
  key: string
  header: string
  /** A CSS grid track: `2fr`, `minmax(120px, 1fr)`, `140px`. */
  width: string
  cell: (row: R) => ReactNode
  /** Numbers stand at the end of their cell. */
  end?: boolean
  wrap?: boolean
  /** What the server sorts by when the header is pressed. */
  sort?: string
  /** On a phone a row is a card: its title, a line of facts (named: with its header, for a bare number), or nothing. */
  phone?: 'title' | 'line' | 'named' | 'none'
}

type Props<R> = {
  label: string
  rows: R[]
  columns: Column<R>[]
  rowKey: (row: R) => string
  chosen?: (row: R) => boolean
  /** The next page is fetched when the end comes near. */
  more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  sort?: { by: string | undefined; set: (by: string) => void; descending?: boolean }
  rowHeight?: number
  total?: number
}

/** A list of any length: only the rows in sight are in the page. Rows are tables on a desk and cards on a phone. */
export function DataTable<R>(props: Props<R>) {
  const phone = useMediaQuery('(max-width: 48em)', matchMedia('(max-width: 48em)').matches, { getInitialValueInEffect: false })
  const { parent, margin } = useTopOffset()
  const { rows, more } = props
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (phone ? 78 : (props.rowHeight ?? 46)),
    overscan: 4,
    scrollMargin: margin,
    getItemKey: (index) => props.rowKey(rows[index] as R),
  })
  // A window that grows wide turns measured cards into rows of one height; the cards' heights must not stay behind.
  useLayoutEffect(() => {
    if (!phone) virtual.measure()
  }, [phone, virtual])
  const items = virtual.getVirtualItems()
  useNextPage(items.at(-1)?.index, rows.length, more)
  const grid = props.columns.map((column) => column.width).join(' ')

  return (
    <div className={classes.table} role="table" aria-label={props.label} aria-rowcount={props.total ?? rows.length} data-virtual>
      <Head columns={props.columns} grid={grid} sort={props.sort} hidden={phone} />
      <div role="rowgroup" ref={parent} className={classes.rows} style={{ height: virtual.getTotalSize() }} onKeyDown={walkRows}>
        {items.map((item) => {
          const row = rows[item.index] as R
          const place = { top: item.start - margin }
          const common = { role: 'row', 'aria-rowindex': item.index + 2, 'data-index': item.index, 'data-chosen': props.chosen?.(row) } as const
          return phone ? (
            <div key={item.key} {...common} ref={virtual.measureElement} className={classes.card} style={place}>
              <CardCells columns={props.columns} row={row} />
            </div>
          ) : (
            <div key={item.key} {...common} className={classes.row} style={{ ...place, height: item.size, gridTemplateColumns: grid }}>
              {props.columns.map((column) => (
                <div key={column.key} role="cell" className={classes.cell} data-end={column.end} data-wrap={column.wrap}>
                  {column.wrap ? <div className={classes.clamped}>{column.cell(row)}</div> : column.cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Head<R>({ columns, grid, sort, hidden }: { columns: Column<R>[]; grid: string; sort: Props<R>['sort']; hidden: boolean | undefined }) {
  const { t } = useTranslation()
  return (
    <div role="rowgroup" style={hidden ? { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' } : { position: 'sticky', top: 'var(--app-shell-header-offset, 0px)', zIndex: 2 }}>
      <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: grid, position: 'static' }}>
        {columns.map((column) => {
          const sorted = column.sort !== undefined && column.sort === sort?.by
          if (!column.sort || !sort || hidden) {
            return (
              <div key={column.key} role="columnheader" data-end={column.end}>
                {column.header}
              </div>
            )
          }
          const by = column.sort
          return (
            <div key={column.key} role="columnheader" data-end={column.end} aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
              <UnstyledButton fz="inherit" c="inherit" fw={sorted ? 650 : undefined} onClick={() => sort.set(by)} aria-label={t('sortBy', { column: column.header })}>
                <Group gap={4} wrap="nowrap">
                  {column.header}
                  {sorted && (sort.descending ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />)}
                </Group>
              </UnstyledButton>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function CardCells<R>({ columns, row }: { columns: Column<R>[]; row: R }) {
  const lines = columns.filter((column) => !['title', 'none'].includes(column.phone ?? 'line'))
  return (
    <>
      {columns
        .filter((column) => column.phone === 'title')
        .map((column) => (
          <Text key={column.key} component="div" role="cell" fw={600} size="sm">
            {column.cell(row)}
          </Text>
        ))}
      <div className={classes.cardLine}>
        {lines.map((column) => (
          <Box key={column.key} role="cell" maw="100%">
            {column.phone === 'named' && `${column.header}: `}
            {column.cell(row)}
          </Box>
        ))}
      </div>
    </>
  )
}

/** Arrow keys go from row to row by the first link or button of each. */
function walkRows(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = (event.target as HTMLElement).closest('[data-index]')
  if (!row || (event.target as HTMLElement).closest('input, textarea, [role=combobox]')) return
  const next = Number(row.getAttribute('data-index')) + (event.key === 'ArrowDown' ? 1 : -1)
  const target = event.currentTarget.querySelector<HTMLElement>(`[data-index="${next}"] :is(a, button)`)
  if (!target) return
  event.preventDefault()
  target.focus()
}

/** Where the list begins in the page: the window scrolls, not the list, so that a phone's bars behave. */
export function useTopOffset() {
  const parent = useRef<HTMLDivElement>(null)
  const [margin, setMargin] = useState(0)
  useEffect(() => {
    const measure = () => {
      const top = parent.current?.getBoundingClientRect().top
      if (top !== undefined) setMargin(Math.round(top + scrollY))
    }
    measure()
    const watcher = new ResizeObserver(measure)
    watcher.observe(document.body)
    return () => watcher.disconnect()
  }, [])
  return { parent, margin }
}

/** Fetches the next page before the reader comes to the end. */
export function useNextPage(lastShown: number | undefined, count: number, more: Props<unknown>['more']) {
  const near = lastShown !== undefined && lastShown >= count - 20
  const fetchNext = more?.fetchNextPage
  const wanted = near && more?.hasNextPage && !more.isFetchingNextPage
  useEffect(() => {
    if (wanted) void fetchNext?.()
  }, [wanted, fetchNext])
}
