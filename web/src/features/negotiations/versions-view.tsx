import { Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useRead } from '@/api/hooks'
import { useWords } from '@/i18n'
import { Shown } from '@/ui/states'
import { When, useSay } from '@/ui/time'

import { wordDiff } from './diff'
import type { Commitment, NegotiationRecord, Negotiator, NextStep } from './model'
import classes from './negotiations.module.css'
import { useNames } from './people'
import { useSaidValue } from './said'
import { pairs, versionsOf, type Change, type Version } from './versions'

/** Each correction of a record: who and why, and what was struck through beside what replaced it. */
export function Versions({ id }: { id: string }) {
  const trail = useRead('/v1/records/{kind}/{id}/trail', { path: { kind: 'negotiation', id } })
  return (
    <Shown of={trail} shape="text" rows={3}>
      {({ steps }) => {
        const versions = versionsOf(steps)
        return (
          <Stack gap="md">
            {versions.slice(1).toReversed().map((version) => (
              <Correction key={version.no} version={version} before={versions[version.no - 2] as Version} />
            ))}
          </Stack>
        )
      }}
    </Shown>
  )
}

function Correction({ version, before }: { version: Version; before: Version }) {
  const { t } = useTranslation('negotiations')
  const changes = useChanges()(before.record, version.record)
  return (
    <div data-version={version.no}>
      <Title order={3} fz="sm">
        {t('versions.no', { no: version.no })}
      </Title>
      <Text size="sm" c="dimmed" mb={6}>
        {version.step.headline} · <When at={version.step.recorded_at} />
      </Text>
      {changes.length === 0 && <Text size="sm">{t('versions.same')}</Text>}
      <Stack gap={8} component="dl" m={0}>
        {changes.map((change) => (
          <div key={change.label + change.before}>
            <Text component="dt" size="xs" c="dimmed">
              {change.label}
            </Text>
            <dd style={{ margin: 0 }}>
              <Text component="div" size="sm" className={classes.text}>
                <Diff {...change} />
              </Text>
            </dd>
          </div>
        ))}
      </Stack>
    </div>
  )
}

export function Diff({ before, after }: { before: string; after: string }) {
  return (
    <>
      {wordDiff(before, after).map((piece, i) =>
        piece.as === 'same' ? (
          <span key={i}>{piece.text}</span>
        ) : (
          <span key={i}>
            {piece.as === 'gone' ? <del className={classes.gone}>{piece.text.trimEnd()}</del> : <ins className={classes.new}>{piece.text.trimEnd()}</ins>}
            {spaceAfter(piece.text)}
          </span>
        ),
      )}
    </>
  )
}

const person = (who: Negotiator | undefined) => (who ? [who.name, who.position].filter(Boolean).join(', ') : '')

/** The space that follows belongs to neither; two words never stick together. */
const spaceAfter = (text: string) => text.slice(text.trimEnd().length) || ' '

/** How two versions differ, field by field, each in one sentence. */
function useChanges() {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const nameOf = useNames()
  const said = useSay()
  const value = useSaidValue()
  const step = (of: NextStep | undefined) => (of ? [of.what, nameOf(of.who_id), said(of.when, 'date')].filter(Boolean).join(' · ') : '')
  const promise = (of: Commitment | undefined) =>
    of
      ? [t(`side.${of.by}`), words(`commitment.kind.${of.kind}`), of.topic, value(of.value), of.text, of.sentence && `«${of.sentence}»`, of.condition && t('onCondition', { condition: of.condition }), of.due_at && said(of.due_at), nameOf(of.owner_id)]
          .filter(Boolean)
          .join(' · ')
      : ''
  return (before: NegotiationRecord, after: NegotiationRecord): Change[] => {
    const texts: Change[] = [
      { label: t('field.topic'), before: before.topic, after: after.topic },
      { label: t('field.stage'), before: words(`negotiation.stage.${before.stage}`), after: words(`negotiation.stage.${after.stage}`) },
      { label: t('field.ours'), before: before.our_participant_ids.map(nameOf).join(', '), after: after.our_participant_ids.map(nameOf).join(', ') },
      { label: t('field.summary'), before: before.summary, after: after.summary },
      { label: t('field.theirPositions'), before: (before.their_positions ?? []).join('\n'), after: (after.their_positions ?? []).join('\n') },
      { label: t('field.ourPositions'), before: (before.our_positions ?? []).join('\n'), after: (after.our_positions ?? []).join('\n') },
      { label: t('field.legal'), before: before.legal_approval ?? '', after: after.legal_approval ?? '' },
    ]
    const listed = [
      ...pairs(before.their_participants, after.their_participants, (who) => who.person_id ?? who.name).map(([a, b]) => ({ label: t('field.theirs'), before: person(a), after: person(b) })),
      ...pairs(before.commitments ?? [], after.commitments ?? [], (one) => one.id ?? '').map(([a, b]) => ({ label: t('versions.commitment'), before: promise(a), after: promise(b) })),
      ...pairs(before.next_steps ?? [], after.next_steps ?? [], (one) => String(one.no)).map(([a, b]) => ({ label: t('versions.step'), before: step(a), after: step(b) })),
      ...pairs(before.attachments ?? [], after.attachments ?? [], (one) => one.sha256).map(([a, b]) => ({ label: t('attachments'), before: a?.name ?? '', after: b?.name ?? '' })),
    ]
    return [...texts, ...listed].filter((change) => change.before !== change.after)
  }
}
