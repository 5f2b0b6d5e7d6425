import { Accordion, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconFilePlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useMayChange } from '@/app/asof'
import { useMay } from '@/app/session'
import { useLang, useWords } from '@/i18n'
import { differences } from '@/ui/change-logic'
import { Changes } from '@/ui/changes'
import { Facts } from '@/ui/facts'
import { RecordLink } from '@/ui/links'
import { useParams, useSetParams } from '@/ui/params'
import { Shown } from '@/ui/states'
import { money } from '@/ui/time'

import classes from './admin.module.css'
import { groups, numbers, ruleIds, type Rules } from './screening-logic'
import { PublishRules } from './screening-form'

/** The rules by which records of negotiations are screened, in all their versions. */
export function Screening() {
  const { t } = useTranslation('admin')
  const may = useMay()
  const mayChange = useMayChange()
  const params = useParams()
  const setParams = useSetParams()
  const found = useRead('/v1/screening-rules', {}, { staleTime: 0 })
  const allowed = may('publish-screening-rules')
  return (
    <Shown of={found} shape="card">
      {({ current, versions }) => (
        <Stack gap="md">
          <Group justify="space-between" align="flex-start">
            <div>
              <Title order={2}>{t('screening.current', { version: current.version })}</Title>
              <Text size="sm" c="dimmed" maw={680}>
                {t('screening.intro')} {!allowed && t('screening.mayNot')}
              </Text>
            </div>
            {allowed && (
              <Button leftSection={<IconFilePlus size={18} aria-hidden />} disabled={!mayChange} onClick={() => setParams({ new: '1' })}>
                {t('screening.publish')}
              </Button>
            )}
          </Group>
          <Current rules={current} />
          <Versions of={versions} />
          <TheTrail />
          {params.new === '1' && allowed && <PublishRules key={current.version} current={current} onClose={() => setParams({ new: undefined })} />}
        </Stack>
      )}
    </Shown>
  )
}

function Current({ rules }: { rules: Rules }) {
  const { t } = useTranslation('admin')
  const words = useWords()
  const lang = useLang()
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Section title={t('screening.rules')} id="rules">
        <table className={classes.rules}>
          <tbody>
            {ruleIds.map((rule) => (
              <tr key={rule}>
                <td>{words(rule)}</td>
                <td className={classes.ruleState}>
                  <RuleBadge rules={rules} rule={rule} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      <Stack gap="md">
        <Section title={t('screening.numbers')} id="numbers">
          <Facts columns={2} of={numbers.map((name) => [t(`screening.${name}`), String(rules[name])])} />
        </Section>
        <Section title={t('screening.floors')} id="floors">
          <Facts of={(rules.price_floors ?? []).map(({ topic, floor }) => [topic || t('screening.anyTopic'), money(floor.minor, floor.currency, lang)])} />
        </Section>
        <Section title={t('screening.stages')} id="stages">
          <div className={classes.chips}>
            {(rules.early_stages ?? []).map((stage) => (
              <Badge key={stage} color="gray">
                {words(`negotiation.stage.${stage}`)}
              </Badge>
            ))}
          </div>
        </Section>
      </Stack>
      <Section title={t('screening.stems')} id="stems">
        <Facts of={groups.map((group) => [words(`screening.group.${group}`), (rules.forbidden_stems ?? []).filter((one) => one.group === group).map((one) => one.stem).join(', ')])} />
      </Section>
      <Section title={t('screening.criteria')} id="criteria">
        <table className={classes.rules}>
          <thead>
            <tr>
              <th scope="col">{t('screening.criterion')}</th>
              <th scope="col">{t('screening.weight')}</th>
            </tr>
          </thead>
          <tbody>
            {(rules.criteria ?? []).map((one) => (
              <tr key={one.code}>
                <td>{words(`review.criterion.${one.code}`, one.code)}</td>
                <td>{one.weight}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </SimpleGrid>
  )
}

export function Section({ title, id, children }: { title: string; id: string; children: React.ReactNode }) {
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-labelledby={id}>
      <Title order={3} mb="xs" id={id}>
        {title}
      </Title>
      {children}
    </Paper>
  )
}

function RuleBadge({ rules, rule }: { rules: Rules; rule: string }) {
  const { t } = useTranslation('admin')
  if (rules.disabled_rules?.includes(rule)) return <Badge color="gray">{t('screening.off')}</Badge>
  if (rules.fatal_rules?.includes(rule)) return <Badge color="red">{t('screening.fatal')}</Badge>
  return <Badge color="accent">{t('screening.on')}</Badge>
}

function Versions({ of }: { of: Rules[] }) {
  const { t } = useTranslation('admin')
  return (
    <Section title={t('screening.history')} id="versions">
      <Accordion variant="contained">
        {of.toReversed().map((rules, i, all) => {
          const before = all[i + 1]
          return (
            <Accordion.Item key={rules.version} value={String(rules.version)}>
              <Accordion.Control>
                {t('screening.version', { version: rules.version })} {!before && <Badge color="gray">{t('screening.builtIn')}</Badge>}
              </Accordion.Control>
              <Accordion.Panel>{before ? <Difference before={before} after={rules} /> : <Changes of={differences({}, rules)} kind="screening_rules" />}</Accordion.Panel>
            </Accordion.Item>
          )
        })}
      </Accordion>
    </Section>
  )
}

/** What one version changes of another. */
export function Difference({ before, after }: { before: Rules; after: Rules }) {
  const { t } = useTranslation('admin')
  const found = differences({ ...before, version: undefined }, { ...after, version: undefined })
  if (found.length > 0) return <Changes of={found} kind="screening_rules" />
  return (
    <Text size="sm" c="dimmed">
      {t('screening.noChange')}
    </Text>
  )
}

/** The rules are one record; its id is in the log. */
function TheTrail() {
  const { t } = useTranslation('admin')
  const events = useRead('/v1/events', { query: { kind: ['screening_rules'], limit: 1 } })
  const last: Schema<'HistoryItem'> | undefined = events.data?.items[0]
  if (!last) return null
  return (
    <Text size="sm">
      <RecordLink kind={last.kind} id={last.record_id}>
        {t('screening.whoChanged')}
      </RecordLink>
    </Text>
  )
}
