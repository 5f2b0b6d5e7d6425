import type { ReactNode } from 'react'

import classes from './ui.module.css'

/** What is known, as names and values; what is not known is left out. */
export function Facts({ of, columns = 1 }: { of: [label: string, value: ReactNode][]; columns?: number }) {
  const known = of.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
  return (
    <dl className={classes.facts} style={{ gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${columns === 1 ? '100%' : '180px'}), 1fr))` }}>
      {known.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
