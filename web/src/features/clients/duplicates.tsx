import { Button, Group, Select, Tabs } from '@mantine/core'
import { IconCopyCheck, IconGitMerge } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePages, useRead, type Params } from '@/api/hooks'
import { useWords } from '@/i18n'
import { useAtOnce } from '@/ui/at-once'
import { Feed } from '@/ui/feed'
import { Page } from '@/ui/page'
import { useParams, useSetParams } from '@/ui/params'
import { PresentOnly } from '@/ui/present-only'
import { Empty, Shown } from '@/ui/states'

import classes from './clients.module.css'
import { MergeLog } from './merge-log'
import type { Pair, StepName } from './pair'
import { PairCard } from './pair-card'
import { PairStep, type FormStep } from './pair-step'

type Query = NonNullable<Params<'/v1/duplicates'>['query']>

const tabs = ['open', 'answered', 'log'] as const
type Tab = (typeof tabs)[number]
const rules = ['same_inn', 'other_kpp', 'same_phone', 'same_email', 'similar_name', 'flagged_by_hand']
const answers = ['rejected', 'branch', 'merged', 'unmerged'] as const

/** Cards that may be of one client, beside each other, until somebody answers; and the merges, which can be taken back. */
export function Duplicates() {
  const { t } = useTranslation('clients')
  const params = useParams()
  const set = useSetParams()
  const tab = tabs.find((one) => one === params.tab) ?? 'open'
  return (
    <Page title={t('dup.title')} crumbs={[{ label: t('title'), to: '/clients' }]}>
      <PresentOnly />
      <Tabs value={tab} onChange={(next) => set({ tab: next === 'open' ? undefined : (next ?? undefined) }, { push: true })} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabs}>
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`dup.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === 'log' ? <MergeLog /> : <Pairs tab={one} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  )
}

function Pairs({ tab }: { tab: Exclude<Tab, 'log'> }) {
  const { t } = useTranslation('clients')
  const { rule, client, state } = useParams()
  const answer = answers.find((one) => one === state) ?? 'rejected'
  const query = { ...(rule ? { rule } : {}), ...(client ? { client } : {}), ...(tab === 'answered' ? { state: answer } : {}) } as Query
  const found = usePages('/v1/duplicates', { query }, { limit: 30, keepPrevious: true })
  const names = useNames()
  const [acting, setActing] = useState<{ pair: Pair; step: FormStep }>()
  const again = useAtOnce('/v1/duplicates')
  const begin = (pair: Pair, step: StepName) => {
    if (step !== 'ask') return setActing({ pair, step })
    again.run({ body: { left_id: pair.left.id, right_id: pair.right.id } }, t('dup.done.ask'))
  }
  return (
    <>
      <Filters answer={tab === 'answered' ? answer : undefined} />
      <Shown of={found} shape="card" rows={2}>
        {() =>
          found.items.length > 0 ? (
            <Feed label={t(`dup.tab.${tab}`)} items={found.items} itemKey={(pair) => pair.id} estimate={300} more={found}>
              {(pair) => <PairCard pair={pair} names={names} onStep={(step) => begin(pair, step)} />}
            </Feed>
          ) : (
            <Empty icon={IconCopyCheck} title={t(`dup.none.${tab}`)} hint={t(`dup.none.${tab}Hint`)} />
          )
        }
      </Shown>
      {acting && <PairStep {...acting} onClose={() => setActing(undefined)} />}
    </>
  )
}

function Filters({ answer }: { answer: string | undefined }) {
  const { t } = useTranslation('clients')
  const words = useWords()
  const set = useSetParams()
  const { rule, client } = useParams()
  return (
    <Group gap="sm" mb="md" align="flex-end">
      {answer && (
        <Select
          label={t('dup.answer')}
          data={answers.map((value) => ({ value, label: t(`dup.answers.${value}`) }))}
          value={answer}
          onChange={(state) => set({ state: state ?? undefined })}
          allowDeselect={false}
          w={220}
        />
      )}
      <Select
        label={t('dup.rule')}
        placeholder={t('dup.anyRule')}
        data={rules.map((value) => ({ value, label: words(`duplicate.rule.${value}`) }))}
        value={rule ?? null}
        onChange={(chosen) => set({ rule: chosen ?? undefined })}
        clearable
        w={220}
      />
      {client && (
        <Button variant="light" leftSection={<IconGitMerge size={16} aria-hidden />} onClick={() => set({ client: undefined })}>
          {t('dup.allPairs')}
        </Button>
      )}
    </Group>
  )
}

/** Names of colleagues, also of those who have left: a pair says who by id. */
function useNames(): (id: string | undefined) => string | undefined {
  const all = useRead('/v1/employees', { query: { limit: 500, former: true } }, { staleTime: 300_000 })
  const names = new Map((all.data?.items ?? []).map((one) => [one.id, one.name]))
  return (id) => (id ? names.get(id) : undefined)
}
