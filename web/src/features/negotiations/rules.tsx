import { Badge, Drawer, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useRead, type Schema } from '@/api/hooks'
import { useLang, useWords } from '@/i18n'
import { Shown } from '@/ui/states'
import { money } from '@/ui/time'

import classes from './negotiations.module.css'

type Rules = Schema<'ScreeningParameters'>

const ids = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9'] as const

/** The screening rules in force, in words. */
export function RulesDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('negotiations')
  const { t: common } = useTranslation()
  const rules = useRead('/v1/screening-rules', {}, { enabled: opened })
  return (
    <Drawer opened={opened} onClose={onClose} title={t('rules.title')} closeButtonProps={{ 'aria-label': common('close') }}>
      <Shown of={rules}>{({ current }) => <InWords of={current} />}</Shown>
    </Drawer>
  )
}

function InWords({ of }: { of: Rules }) {
  const { t } = useTranslation('negotiations')
  const words = useWords()
  const said = useSaidRules(of)
  return (
    <Stack gap="md">
      <Text size="sm">{t('rules.intro', { version: of.version ?? 1, percent: of.sampling_percent, hours: of.review_hours })}</Text>
      <ul className={classes.list}>
        {ids.map((id) => {
          const { title, detail } = said(id)
          const off = of.disabled_rules?.includes(id)
          return (
            <li key={id} className={classes.line}>
              <Badge variant="default">{id}</Badge>
              <div className={classes.what}>
                <Text size="sm" c={off ? 'dimmed' : undefined}>
                  {title}
                </Text>
                {detail && (
                  <Text size="sm" c="dimmed">
                    {detail}
                  </Text>
                )}
                {off && <Badge>{t('rules.off')}</Badge>}
                {!off && of.fatal_rules?.includes(id) && <Badge color="red">{t('fatal')}</Badge>}
              </div>
            </li>
          )
        })}
      </ul>
      <Text size="sm" c="dimmed">{t('rules.fatalHint')}</Text>
      <div>
        <Title order={3} fz="sm" mb={4}>
          {t('rules.criteria')}
        </Title>
        {(of.criteria ?? []).map(({ code, weight }) => (
          <Text key={code} size="sm">
            {t('rules.criterion', { name: words(`review.criterion.${code}`, code), weight })}
          </Text>
        ))}
      </div>
    </Stack>
  )
}

/** A rule and the numbers it goes by. */
function useSaidRules(of: Rules) {
  const { t } = useTranslation('negotiations')
  const lang = useLang()
  const words = useWords()
  const floors = (of.price_floors ?? []).map(({ topic, floor }) => `${topic || t('rules.anyTopic')}: ${money(floor.minor, floor.currency, lang)}`).join('; ')
  const groups = [...new Set((of.forbidden_stems ?? []).map((stem) => stem.group))]
  const stems = groups.map((group) => `${words(`screening.group.${group}`)}: ${stemsOf(of, group)}`).join('; ')
  const stages = (of.early_stages ?? []).map((stage) => words(`negotiation.stage.${stage}`)).join(', ')
  return (id: (typeof ids)[number]): { title: string; detail: string } => {
    const title = t(`rule.${id}`, { payment: t('days', { count: of.max_payment_days }), delivery: t('days', { count: of.min_delivery_days }), lookback: t('days', { count: of.lookback_days }) })
    const detail = { R2: floors, R6: stems, R8: stages }[id as string] ?? ''
    return { title, detail }
  }
}

const stemsOf = (of: Rules, group: string) =>
  (of.forbidden_stems ?? []).filter((stem) => stem.group === group).map(({ stem }) => `${stem}…`).join(', ')
