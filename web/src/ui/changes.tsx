import { Anchor, Text } from '@mantine/core'
import { Fragment, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useDetailWords, useLang, type Lang, type Words } from '@/i18n'

import { fieldLabel, isFields, isUuid, listChange, recordKindOf, together, valueWord, type Difference } from './change-logic'
import classes from './changes.module.css'
import { RecordName } from './names'
import { money, say } from './time'

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/
const day = /^\d{4}-\d{2}-\d{2}$/

const nothing = (value: unknown) => value === undefined || value === null || value === ''

/** A field's value in the reader's words, as plain text. Codes are looked up among the words of the field and of the kind. */
export function sayValue(value: unknown, field: string, words: Words, lang: Lang, yes: string, no: string, kind = ''): string {
  if (nothing(value)) return '—'
  if (typeof value === 'boolean') return value ? yes : no
  if (typeof value === 'number') return value.toLocaleString(lang)
  if (Array.isArray(value)) return value.map((one) => sayValue(one, field, words, lang, yes, no, kind)).join(', ')
  if (isFields(value)) {
    const special = sayTogether(value, lang)
    if (special) return special
    return toldParts(value)
      .map(([key, inner]) => `${fieldLabel(key, kind, words, (at) => say(at, lang, 'date'))}: ${sayValue(inner, `${field}.${key}`, words, lang, yes, no, kind)}`)
      .join('; ')
  }
  const text = String(value)
  if (instant.test(text)) return say(text, lang, 'datetime')
  if (day.test(text)) return say(text, lang, 'date')
  if (isUuid(text)) return `…${text.slice(-6)}`
  return valueWord(text, field, kind, words) ?? text
}

const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** Fields that only mean something together: an amount with its currency, the begin and end of working hours. */
function sayTogether(value: Record<string, unknown>, lang: Lang): string | undefined {
  if (typeof value.minor === 'number' && typeof value.currency === 'string') return money(value.minor, value.currency, lang)
  if (typeof value.from === 'number' && typeof value.to === 'number') return `${clock(value.from)}–${clock(value.to)}`
  return undefined
}

/** An object's own number inside its record says nothing to a person. */
const toldParts = (value: Record<string, unknown>) => Object.entries(value).filter(([key, inner]) => !nothing(inner) && !(isUuid(inner) && (key === 'id' || key === 'absence_id' || key === 'commitment_id')))

/** A value with links to the records that it names. */
export function Value({ of, field, kind = '' }: { of: unknown; field: string; kind?: string }): ReactNode {
  const words = useDetailWords()
  const lang = useLang()
  const { t } = useTranslation()
  if (isUuid(of)) {
    const named = recordKindOf(field, kind)
    return named ? <RecordName kind={named} id={of} /> : sayValue(of, field, words, lang, t('yes'), t('no'), kind)
  }
  if (Array.isArray(of)) return <List of={of} field={field} kind={kind} />
  if (!isFields(of)) return sayValue(of, field, words, lang, t('yes'), t('no'), kind)
  // Another record, by its kind and id alone.
  if (isUuid(of.id) && typeof of.kind === 'string' && Object.keys(of).length === 2) return <RecordName kind={of.kind} id={of.id} />
  const special = sayTogether(of, lang)
  if (special) return special
  return toldParts(of).map(([key, inner], i) => (
    <Fragment key={key}>
      {i > 0 && '; '}
      <span className={classes.inner}>{fieldLabel(key, kind, words, (at) => say(at, lang, 'date'))}:</span> <Value of={inner} field={`${field}.${key}`} kind={kind} />
    </Fragment>
  ))
}

function List({ of, field, kind }: { of: unknown[]; field: string; kind: string }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  if (of.every((one) => !isFields(one) || 'minor' in one || typeof one.from === 'number')) {
    return of.map((one, i) => (
      <Fragment key={i}>
        {i > 0 && ', '}
        <Value of={one} field={field} kind={kind} />
      </Fragment>
    ))
  }
  const shown = all ? of : of.slice(0, 5)
  return (
    <span className={classes.list} role="list">
      {shown.map((one, i) => (
        <span key={i} role="listitem">
          <Value of={one} field={field} kind={kind} />
        </span>
      ))}
      {of.length > shown.length && (
        <Anchor component="button" type="button" size="sm" className="no-print" onClick={() => setAll(true)}>
          {t('more')} ({of.length - shown.length})
        </Anchor>
      )}
    </span>
  )
}

/** Each changed field: its name, what it was, what it is. */
export function Changes({ of, kind = '', most = Infinity }: { of: readonly Difference[]; kind?: string; most?: number }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const changes = together(of)
  const shown = all ? changes : changes.slice(0, most)
  return (
    <div>
      {shown.map((change) => (
        <Change key={change.field} of={change} kind={kind} />
      ))}
      {changes.length > shown.length && (
        <Anchor component="button" type="button" size="sm" className="no-print" onClick={() => setAll(true)}>
          {t('more')} ({changes.length - shown.length})
        </Anchor>
      )}
    </div>
  )
}

/** `within` is the list that the changed item stands in: it tells what the item's codes mean. */
function Change({ of, kind, within }: { of: Difference; kind: string; within?: string }) {
  const { before, after } = of
  const words = useDetailWords()
  const lang = useLang()
  const label = fieldLabel(of.field, kind, words, (at) => say(at, lang, 'date'))
  const field = within ? `${within}.${of.field}` : of.field
  return (
    <div className={classes.change}>
      <Text span inherit c="dimmed">
        {label}:
      </Text>{' '}
      {Array.isArray(before) && Array.isArray(after) ? <ListDifference before={before} after={after} field={field} kind={kind} /> : <FromTo before={before} after={after} field={field} kind={kind} />}
    </div>
  )
}

function FromTo({ before, after, field, kind }: { before: unknown; after: unknown; field: string; kind: string }) {
  return (
    <>
      {before !== undefined && (
        <>
          <Before of={before} field={field} kind={kind} />
          <span aria-hidden> → </span>
        </>
      )}
      <After of={after} field={field} kind={kind} />
    </>
  )
}

function Before(props: { of: unknown; field: string; kind: string }) {
  return (
    <del className={classes.before}>
      <Value {...props} />
    </del>
  )
}

function After(props: { of: unknown; field: string; kind: string }) {
  return (
    <ins className={classes.after}>
      <Value {...props} />
    </ins>
  )
}

/** Of a long list only what went, what came and what changed. */
function ListDifference({ before, after, field, kind }: { before: unknown[]; after: unknown[]; field: string; kind: string }) {
  const change = listChange(before, after)
  return (
    <span className={classes.list}>
      {change.removed.length > 0 && <Before of={change.removed} field={field} kind={kind} />}
      {change.added.length > 0 && <After of={change.added} field={field} kind={kind} />}
      {change.changed.map(({ title, changes }, i) => (
        <span key={i}>
          {title && <Value of={title} field={isUuid(title) ? 'person_id' : ''} kind={kind} />}
          {together(changes).map((one) => (
            <Change key={one.field} of={one} kind={kind} within={field} />
          ))}
        </span>
      ))}
    </span>
  )
}
