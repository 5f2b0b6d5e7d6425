import { Badge, Button, Group, Text, Title, VisuallyHidden } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconEqual, IconGitMerge, IconHistory, IconHourglass, IconHierarchy2, IconEqualNot, IconRefresh, IconUserShare, type Icon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { Fragment, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useMay, useMe } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { Actions } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { sayValue } from '@/ui/changes'
import { RecordLink } from '@/ui/links'
import { useSay, When } from '@/ui/time'

import classes from './clients.module.css'
import { compare, stepsOf, type Compared, type Pair, type Side, type StepName } from './pair'

type Names = (id: string | undefined) => string | undefined

const icons: Record<StepName, Icon> = { merge: IconGitMerge, propose: IconUserShare, approve: IconCheck, link: IconHierarchy2, reject: IconEqualNot, ask: IconRefresh, unmerge: IconArrowBackUp }

/** A pair: why it is suspected, both sides, and what can be done. */
export function PairCard({ pair, names, onStep }: { pair: Pair; names: Names; onStep: (step: StepName) => void }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const open = pair.state === 'candidate' || pair.state === 'merge_proposed'
  return (
    <div className={classes.pairItem}>
      <section className={classes.pair} aria-labelledby={`pair-${pair.id}`} data-testid="pair">
        <Group justify="space-between" align="flex-start" gap="xs">
          <div style={{ minWidth: 0 }}>
            <Title order={2} fz="md" id={`pair-${pair.id}`}>
              {pair.left.name === pair.right.name ? pair.left.name : `${pair.left.name} — ${pair.right.name}`}
            </Title>
            <Group gap={6} mt={6}>
              <StateBadge of={`duplicate.state.${pair.state}`} />
              {pair.rules.map((rule) => (
                <Badge key={rule} color={rule === 'other_kpp' ? 'gray' : 'accent'}>
                  {words(`duplicate.rule.${rule}`)}
                </Badge>
              ))}
            </Group>
          </div>
          <PairActions pair={pair} onStep={onStep} />
        </Group>
        <Text size="sm" c="dimmed" component="div" mt={6}>
          {open && <span>{t(`dup.suggest.${pair.suggestion}`)} · </span>}
          {t('dup.noticed')} <When at={pair.flagged_at} />
          {pair.note && <div>{t('dup.note', { note: pair.note })}</div>}
        </Text>
        <Answer pair={pair} names={names} />
        <Sides pair={pair} names={names} />
      </section>
    </div>
  )
}

function PairActions({ pair, onStep }: { pair: Pair; onStep: (step: StepName) => void }) {
  const { t } = useTranslation('clients')
  const common = useTranslation().t
  const may = useMay()
  const me = useMe()
  const navigate = useNavigate()
  const who = { id: me.employee_id, mayMerge: may('merge-counterparties'), mayApprove: may('approve-merge'), mayUnmerge: may('unmerge-counterparties') }
  const actions = stepsOf(pair, who).map(({ name, why }) => ({
    label: t(`dup.step.${name}`),
    icon: icons[name],
    onClick: () => onStep(name),
    impossible: why && t(`dup.why.${why}`),
  }))
  const trail = { label: common('whoChanged'), icon: IconHistory, onClick: () => void navigate({ to: `/trail/duplicate/${pair.id}` as '/' }), reads: true }
  return (
    <Group gap="xs" wrap="nowrap">
      <Actions of={[...actions, trail]} label={t('dup.actions', { left: pair.left.name, right: pair.right.name })} />
    </Group>
  )
}

/** What was proposed or answered, by whom and why. */
function Answer({ pair, names }: { pair: Pair; names: Names }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const survivor = pair.survivor_id === pair.right.id ? pair.right.name : pair.left.name
  const proposer = names(pair.proposer_id)
  if (pair.state === 'candidate') return null
  return (
    <Text size="sm" component="div" mt={4}>
      {pair.state === 'merge_proposed' && (
        <Group gap={6} wrap="nowrap" align="flex-start">
          <IconHourglass size={16} aria-hidden style={{ flex: 'none', marginTop: 3 }} />
          <span>{proposer ? t('dup.proposed', { name: proposer, survivor }) : t('dup.proposedBySystem', { survivor })}</span>
        </Group>
      )}
      {pair.take_from_loser.length > 0 && <div>{t('dup.take', { fields: pair.take_from_loser.map((field) => words(`field.${field}`, field)).join(', ') })}</div>}
      {pair.answered_at && pair.state !== 'merge_proposed' && (
        <div>
          {names(pair.answered_by) && <span>{t('dup.answered', { name: names(pair.answered_by) })} · </span>}
          <When at={pair.answered_at} />
        </div>
      )}
      {pair.reason && <div>{t('dup.reason', { reason: pair.reason })}</div>}
    </Text>
  )
}

// What the suspicion rests on, and where the two contradict each other. What is the same, or known of one side only, can wait.
const reasons = new Set(['inn', 'phones', 'emails'])
const tells = (one: Compared) => (reasons.has(one.field) ? one.relation !== 'differs' || (one.left.length > 0 && one.right.length > 0) : one.relation !== 'same' && one.left.length > 0 && one.right.length > 0)

function Sides({ pair, names }: { pair: Pair; names: Names }) {
  const { t } = useTranslation('clients')
  const [all, setAll] = useState(false)
  const lines = compare(pair.left, pair.right)
  const shown = all ? lines : lines.filter(tells)
  const hidden = lines.filter((one) => !tells(one)).length
  return (
    <>
      <div role="table" aria-label={t('dup.title')} className={classes.sides}>
        <div role="row">
          <div role="columnheader">
            <VisuallyHidden>{t('dup.field')}</VisuallyHidden>
          </div>
          {[pair.left, pair.right].map((side) => (
            <div role="columnheader" key={side.id}>
              <SideName side={side} names={names} />
            </div>
          ))}
        </div>
        {shown.map((one) => (
          <Line key={one.field} of={one} />
        ))}
        <Around left={pair.left} right={pair.right} />
      </div>
      {hidden > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('dup.hideRest') : t('dup.showRest', { count: hidden })}
        </Button>
      )}
    </>
  )
}

function SideName({ side, names }: { side: Side; names: Names }) {
  const { t } = useTranslation('clients')
  const name = names(side.responsible_id)
  return (
    <>
      <RecordLink kind="counterparty" id={side.id} fw={600}>
        {side.name}
      </RecordLink>
      <Group gap={4} my={3}>
        <StateBadge of={`counterparty.state.${side.state}`} />
        {side.key_account && <Badge color="accent">{t('mark.key')}</Badge>}
      </Group>
      {side.responsible_id && name && (
        <Text size="xs" c="dimmed" fw={400}>
          {name}
        </Text>
      )}
    </>
  )
}

function Line({ of: one }: { of: Compared }) {
  const { t } = useTranslation('clients')
  const common = useTranslation().t
  const words = useWords()
  const lang = useLang()
  const name = one.field.startsWith('extra.') ? one.field.slice(6) : words(`field.${one.field}`, one.field)
  const say = (values: string[]) => values.map((value) => (one.field === 'kind' ? words(`counterparty.kind.${value}`) : sayValue(value, one.field, words, lang, common('yes'), common('no')))).join(', ') || '—'
  return (
    <Row name={name} left={say(one.left)} right={say(one.right)} relation={one.relation} mark={one.relation === 'differs' ? undefined : t(`dup.${one.relation}`)} />
  )
}

function Row({ name, left, right, relation, mark }: { name: string; left: ReactNode; right: ReactNode; relation?: Compared['relation']; mark?: string | undefined }) {
  return (
    <div role="row" data-relation={relation}>
      <div role="rowheader">{name}</div>
      {[left, right].map((value, i) => (
        // There are two sides, and they stay where they are.
        // eslint-disable-next-line react/no-array-index-key
        <div role="cell" key={i}>
          {mark && (
            <Fragment>
              <IconEqual size={14} aria-hidden /> <VisuallyHidden>{mark}: </VisuallyHidden>
            </Fragment>
          )}
          {value}
        </div>
      ))}
    </div>
  )
}

const external = (side: Side) => side.external_ids.map((one) => `${one.source} ${one.external_id}`).join(', ') || '—'

/** What belongs to the card but is no field of it. */
function Around({ left, right }: { left: Side; right: Side }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const said = useSay()
  const roles = (side: Side) => side.roles.map((role) => words(`counterparty.role.${role}`)).join(', ') || '—'
  return (
    <>
      {roles(left) !== roles(right) && <Row name={t('filter.role')} left={roles(left)} right={roles(right)} />}
      <Row name={t('dup.people')} left={left.people} right={right.people} />
      <Row name={t('dup.registered')} left={said(left.registered_at, 'date')} right={said(right.registered_at, 'date')} />
      {(left.external_ids.length > 0 || right.external_ids.length > 0) && <Row name={t('dup.external')} left={external(left)} right={external(right)} />}
    </>
  )
}
