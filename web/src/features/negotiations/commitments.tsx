import { Group, Select, Stack, Text, Textarea, Title } from '@mantine/core'
import { IconArrowForwardUp, IconCircleCheck, IconCircleX, IconReplace, IconUserShare } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useRead, type Body } from '@/api/hooks'
import { useMe } from '@/app/session'
import { useWords } from '@/i18n'
import { Actions, type Action } from '@/ui/actions'
import { StateBadge } from '@/ui/badge'
import { fieldOf } from '@/ui/field-of'
import { EmployeeField } from '@/ui/fields'
import { CommandDrawer } from '@/ui/form'
import { Colleague, RecordLink } from '@/ui/links'
import { Due, When } from '@/ui/time'

import { patternsOf } from './marks'
import { commitmentTones, mayBecome, tookPart, valueOf, type Detail, type Hit, type Promise } from './model'
import classes from './negotiations.module.css'
import { Marked, useSaidHit, useSaidValue } from './said'

type Outcome = 'kept' | 'broken' | 'waived'
type Step = Outcome | 'superseded' | 'handOver'

const paths = {
  kept: '/v1/negotiations/{id}/keep-commitment',
  broken: '/v1/negotiations/{id}/break-commitment',
  waived: '/v1/negotiations/{id}/waive-commitment',
} as const

/** The promises of both sides, with what became of each. */
export function Commitments({ of, hits }: { of: Detail; hits: Hit[] }) {
  const { t } = useTranslation('negotiations')
  const [acting, setActing] = useState<{ promise: Promise; step: Step }>()
  const sides = (['us', 'them'] as const).map((side) => [side, of.commitments.filter((one) => one.side === side)] as const)
  if (of.commitments.length === 0) return <Text c="dimmed">{t('noCommitments')}</Text>
  return (
    <Stack gap="md">
      {sides
        .filter(([, list]) => list.length > 0)
        .map(([side, list]) => (
          <div key={side}>
            <Title order={3} fz="sm" mb={6}>
              {t(`side.${side}`)}
            </Title>
            <ul className={classes.list}>
              {list.map((promise) => (
                <Line key={promise.id} promise={promise} of={of} hits={hits.filter((hit) => hit.commitment_id === promise.id)} words={hits} onAct={(step) => setActing({ promise, step })} />
              ))}
            </ul>
          </div>
        ))}
      {acting && <StepForm {...acting} of={of} onClose={() => setActing(undefined)} />}
    </Stack>
  )
}

function Line({ promise, of, hits, words: allHits, onAct }: { promise: Promise; of: Detail; hits: Hit[]; words: Hit[]; onAct: (step: Step) => void }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const value = useSaidValue()(valueOf(promise))
  const saidHit = useSaidHit()
  const patterns = patternsOf(allHits, promise.id)
  const closed = promise.state === 'superseded' || promise.state === 'waived'
  return (
    <li className={`${classes.line} ${promise.overdue ? classes.late : ''}`} data-commitment={promise.id}>
      <div className={classes.what}>
        <Group gap={8} align="baseline">
          <Text className={classes.text} td={closed ? 'line-through' : undefined} c={closed ? 'dimmed' : undefined}>
            <Text span inherit fw={600}>
              {promise.topic}
            </Text>
            {value && ` — ${value}`}
          </Text>
          <StateBadge of={`commitment.state.${promise.state}`} tone={commitmentTones[promise.state as 'open'] ?? 'neutral'} />
        </Group>
        <Text component="div" size="sm" className={classes.text}>
          <Marked text={promise.text} patterns={patterns} />
        </Text>
        {promise.sentence && (
          <Text component="blockquote" m={0} size="sm" c="dimmed" fs="italic">
            «<Marked text={promise.sentence} patterns={patterns} />»
          </Text>
        )}
        <Text component="div" size="xs" c="dimmed" className={classes.facts} mt={2}>
          <span>{words(`commitment.kind.${promise.kind}`)}</span>
          {promise.condition && <span>{t('onCondition', { condition: promise.condition })}</span>}
          {promise.due_at && <Due at={promise.due_at} overdue={promise.overdue} />}
          <Colleague id={promise.owner_id} name={promise.owner_name} />
          {promise.settled_at && <When at={promise.settled_at} />}
        </Text>
        {promise.comment && <Text size="sm">{promise.comment}</Text>}
        {promise.successor_id && <Successor id={promise.successor_id} client={promise.counterparty_id} />}
        {hits.map((hit) => (
          <Text key={hit.no} size="sm" c={hit.fatal ? 'var(--app-late)' : 'var(--app-soon)'}>
            {saidHit(hit)}
          </Text>
        ))}
      </div>
      <Actions compact label={t('commitmentActions', { topic: promise.topic })} of={useSteps(promise, of, onAct)} />
    </li>
  )
}

/** The later promise that took another's place: it may stand in another record of the client. */
function Successor({ id, client }: { id: string; client: string | undefined }) {
  const { t } = useTranslation('negotiations')
  const found = useRead('/v1/commitments', { query: { counterparty: client ?? '', limit: 200 } }, { enabled: client !== undefined })
  const successor = found.data?.items.find((one) => one.id === id)
  if (!successor) return null
  return (
    <Text size="sm">
      {t('replacedBy')}{' '}
      <RecordLink kind={successor.source_kind} id={successor.source_id}>
        {successor.text}
      </RecordLink>
    </Text>
  )
}

function useSteps(promise: Promise, of: Detail, onAct: (step: Step) => void): Action[] {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const me = useMe()
  // The owner's head may too; who that is, the server knows.
  const cares = promise.owner_id === me.employee_id || tookPart(me.employee_id, of) || me.roles.includes('manager')
  const why = (outcome: string) => {
    if (!cares) return t('why.foreignCommitment')
    return mayBecome(promise.state, outcome) ? undefined : t('why.commitmentState', { state: words(`commitment.state.${promise.state}`) })
  }
  return [
    { label: t('commitment.kept'), icon: IconCircleCheck, onClick: () => onAct('kept'), impossible: why('kept') },
    { label: t('commitment.broken'), icon: IconCircleX, onClick: () => onAct('broken'), impossible: why('broken') },
    { label: t('commitment.waived'), icon: IconArrowForwardUp, onClick: () => onAct('waived'), impossible: why('waived') },
    { label: t('commitment.superseded'), icon: IconReplace, onClick: () => onAct('superseded'), impossible: why('superseded') },
    { label: t('commitment.handOver'), icon: IconUserShare, onClick: () => onAct('handOver'), impossible: cares ? undefined : t('why.foreignCommitment') },
  ]
}

type FormProps = { promise: Promise; of: Detail; onClose: () => void }

function StepForm({ step, ...props }: FormProps & { step: Step }) {
  if (step === 'superseded') return <SupersedeForm {...props} />
  if (step === 'handOver') return <HandOverForm {...props} />
  return <SettleForm {...props} outcome={step} />
}

const About = ({ promise }: { promise: Promise }) => (
  <div>
    <Text fw={600}>{promise.topic}</Text>
    <Text size="sm">{promise.text}</Text>
  </div>
)

function SettleForm({ promise, of, onClose, outcome }: FormProps & { outcome: Outcome }) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`commitments/${outcome}/${promise.id}`}
      title={t(`commitment.${outcome}`)}
      opened
      onClose={onClose}
      path={paths[outcome]}
      id={of.id}
      initial={{ comment: '' }}
      body={({ comment }) => ({ comment, commitment_id: promise.id })}
      submit={t(`commitment.${outcome}`)}
      success={t(`commitmentDone.${outcome}`)}
      danger={outcome === 'broken'}
      late
    >
      {(form) => (
        <>
          <About promise={promise} />
          <Textarea label={t(outcome === 'kept' ? 'field.howKnown' : 'field.why')} withAsterisk data-autofocus {...form.getInputProps('comment')} />
        </>
      )}
    </CommandDrawer>
  )
}

function SupersedeForm({ promise, of, onClose }: FormProps) {
  const { t } = useTranslation('negotiations')
  const found = useRead('/v1/commitments', { query: { counterparty: of.counterparty_id, state: ['open'], limit: 200 } })
  const others = (found.data?.items ?? []).filter((one) => one.id !== promise.id && one.side === promise.side)
  return (
    <CommandDrawer
      name={`commitments/supersede/${promise.id}`}
      title={t('commitment.superseded')}
      opened
      onClose={onClose}
      path="/v1/negotiations/{id}/supersede-commitment"
      id={of.id}
      initial={{ successor_id: null as string | null, comment: '' }}
      body={(values) => ({ comment: values.comment, successor_id: values.successor_id ?? '', commitment_id: promise.id }) satisfies Body<'/v1/negotiations/{id}/supersede-commitment'>}
      submit={t('commitment.superseded')}
      success={t('commitmentDone.superseded')}
    >
      {(form) => (
        <>
          <About promise={promise} />
          <Select
            label={t('field.successor')}
            description={found.data && others.length === 0 ? t('form.noSuccessor') : t('form.successorHint')}
            withAsterisk
            searchable
            data={others.map((one) => ({ value: one.id, label: `${one.topic}: ${one.text}` }))}
            {...form.getInputProps('successor_id')}
          />
          <Textarea label={t('field.why')} withAsterisk {...form.getInputProps('comment')} />
        </>
      )}
    </CommandDrawer>
  )
}

function HandOverForm({ promise, of, onClose }: FormProps) {
  const { t } = useTranslation('negotiations')
  return (
    <CommandDrawer
      name={`commitments/hand-over/${promise.id}`}
      title={t('commitment.handOver')}
      opened
      onClose={onClose}
      path="/v1/negotiations/{id}/hand-over-commitment"
      id={of.id}
      initial={{ owner_id: null as string | null, comment: '' }}
      body={(values) => ({ comment: values.comment, owner_id: values.owner_id ?? '', commitment_id: promise.id })}
      submit={t('commitment.handOver')}
      success={t('commitmentDone.handOver')}
    >
      {(form) => (
        <>
          <About promise={promise} />
          <EmployeeField label={t('field.newOwner')} withAsterisk {...fieldOf(form, 'owner_id')} />
          <Textarea label={t('field.why')} withAsterisk {...form.getInputProps('comment')} />
        </>
      )}
    </CommandDrawer>
  )
}
