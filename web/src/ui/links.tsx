import { Anchor, Avatar, Group, Text, type AnchorProps } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { shortName } from './short'
import classes from './ui.module.css'

/** Where a record of this kind is shown; every other kind has its audit trail. */
const screens: Record<string, string> = {
  counterparty: '/clients/',
  client: '/clients/',
  contact_person: '/people/',
  person: '/people/',
  employee: '/employees/',
  message: '/messages/',
  thread: '/threads/',
  assignment: '/assignments/',
  negotiation: '/negotiations/',
}

export function addressOf(kind: string, id: string): string {
  const screen = screens[kind]
  return screen ? screen + id : `/trail/${kind}/${id}`
}

/** A link to a record. Addresses of records are data, hence the plain string. */
export function RecordLink({ kind, id, children, ...look }: { kind: string; id: string; children: ReactNode; onClick?: () => void } & AnchorProps) {
  return (
    <Anchor component={Link} to={addressOf(kind, id)} inherit {...look}>
      {children}
    </Anchor>
  )
}

const initials = (name: string) =>
  name
    .split(/[\s.]+/)
    .filter((part) => /^\p{L}/u.test(part))
    .slice(0, 2)
    .map((part) => part[0]?.toUpperCase())
    .join('')

const tints = ['blue', 'teal', 'grape', 'orange', 'cyan', 'pink', 'lime', 'violet'] as const
const tintOf = (id: string) => tints[[...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % tints.length]

export function Face({ id, name, size = 24 }: { id: string; name: string; size?: number }) {
  return (
    <Avatar size={size} radius="xl" color={tintOf(id)} aria-hidden="true">
      {initials(name)}
    </Avatar>
  )
}

/** A colleague: face, name, and a click away all about them. In a narrow place the name is short, and whole on hover. */
export function Colleague(props: { id: string | undefined; name: string | undefined; link?: boolean; short?: boolean }) {
  const { id, name: whole, link = true } = props
  if (!id || !whole) return null
  const name = props.short ? shortName(whole) : whole
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex" maw="100%" {...(props.short ? { title: whole } : {})}>
      <Face id={id} name={name} size={22} />
      {link ? (
        <RecordLink kind="employee" id={id} c="inherit" className={classes.cell}>
          {name}
        </RecordLink>
      ) : (
        <Text span inherit className={classes.cell}>
          {name}
        </Text>
      )}
    </Group>
  )
}
