import { Anchor, Badge } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { limits, resolved, schemaName, type Document, type JsonSchema } from './document'
import classes from './reference.module.css'

type Props = { document: Document; schema: JsonSchema }

/** A schema's type in a few words: `list: Money`, `string (date)`. */
export function TypeOf({ document, schema }: Props) {
  const { t } = useTranslation('reference')
  return <span className={classes.type}>{typeText(document, schema, (of) => t('arrayOf', { of }), t('oneOf'), t('anyValue'))}</span>
}

function typeText(document: Document, schema: JsonSchema, list: (of: string) => string, oneOf: string, any: string): string {
  const name = schemaName(schema)
  const found = resolved(document, schema)
  if (found.type === 'array') return list(typeText(document, found.items ?? {}, list, oneOf, any))
  if (name) return name
  if (found.oneOf) return `${oneOf}: ${found.oneOf.map((one) => typeText(document, one, list, oneOf, any)).join(', ')}`
  const type = Array.isArray(found.type) ? found.type.join(' | ') : found.type
  if (!type) return any
  return found.format ? `${type} (${found.format})` : type
}

/** The schema whose fields are shown: of a list, that of its items. */
function fieldsOf(document: Document, schema: JsonSchema): JsonSchema {
  const found = resolved(document, schema)
  return found.type === 'array' && found.items ? fieldsOf(document, found.items) : found
}

/** The fields of a schema; those of an inner one on demand, for some hold one another. */
export function SchemaFields({ document, schema }: Props) {
  const found = fieldsOf(document, schema)
  const fields = Object.entries(found.properties ?? {})
  return (
    <>
      <p className={classes.schemaName}>
        <TypeOf document={document} schema={schema} />
      </p>
      {fields.length > 0 && (
        <dl className={classes.fields}>
          {fields.map(([name, field]) => (
            <Field key={name} name={name} document={document} schema={field} required={found.required?.includes(name) ?? false} />
          ))}
        </dl>
      )}
    </>
  )
}

function Field({ name, document, schema, required }: Props & { name: string; required: boolean }) {
  const { t } = useTranslation('reference')
  const [open, setOpen] = useState(false)
  const inner = fieldsOf(document, schema)
  const nested = Object.keys(inner.properties ?? {}).length > 0
  const choices = inner.enum ?? []
  return (
    <div className={classes.field}>
      <dt>
        <code>{name}</code> <TypeOf document={document} schema={schema} /> {required && <Badge color="orange">{t('required')}</Badge>} {schema.readOnly && <Badge color="gray">{t('readOnly')}</Badge>}
      </dt>
      <dd>
        {(schema.description ?? inner.description) && <span lang="en">{schema.description ?? inner.description}</span>} <Limits of={inner} />
        {choices.length > 0 && (
          <div className={classes.choices}>
            {choices.map((choice) => (
              <code key={String(choice)}>{String(choice)}</code>
            ))}
          </div>
        )}
        {nested && (
          <div>
            <Anchor component="button" type="button" size="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t('show', { name: schemaName(schema) ?? schemaName(resolved(document, schema).items ?? {}) ?? name })}
            </Anchor>
            {open && <SchemaFields document={document} schema={schema} />}
          </div>
        )}
      </dd>
    </div>
  )
}

function Limits({ of }: { of: JsonSchema }) {
  const { t } = useTranslation('reference')
  const said = [
    ...limits.filter((name) => of[name] !== undefined).map((name) => t(`limits.${name}`, { value: of[name] })),
    ...(of.default === undefined ? [] : [t('limits.default', { value: String(of.default) })]),
  ]
  return said.length > 0 && <span className={classes.dim}>{said.join(', ')}</span>
}
