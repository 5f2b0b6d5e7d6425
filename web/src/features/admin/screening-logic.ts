import type { Schema } from '@/api/hooks'

export type Rules = Schema<'ScreeningParameters'>

export const ruleIds = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9'] as const
export const groups = ['exclusivity', 'penalty', 'guarantee'] as const
export const stages = ['first_contact', 'needs', 'proposal', 'bargaining', 'agreed', 'closed_won', 'closed_lost'] as const
export const numbers = ['max_payment_days', 'min_delivery_days', 'sampling_percent', 'lookback_days', 'review_hours'] as const

type Floor = { topic: string; amount: number | string; currency: string }

/** The rules as a form has them. Names that the server's findings may speak of are those of the API. */
export type RulesForm = {
  disabled_rules: string[]
  fatal_rules: string[]
  price_floors: Floor[]
  stems: Record<(typeof groups)[number], string>
  early_stages: string[]
  criteria: { code: string; weight: number | string }[]
  reason: string
} & Record<(typeof numbers)[number], number | string>

export function toForm(rules: Rules): RulesForm {
  const stemsOf = (group: string) => (rules.forbidden_stems ?? []).filter((one) => one.group === group).map((one) => one.stem).join(', ')
  return {
    disabled_rules: rules.disabled_rules ?? [],
    fatal_rules: rules.fatal_rules ?? [],
    price_floors: (rules.price_floors ?? []).map(({ topic = '', floor }) => ({ topic, amount: floor.minor / 100, currency: floor.currency })),
    stems: { exclusivity: stemsOf('exclusivity'), penalty: stemsOf('penalty'), guarantee: stemsOf('guarantee') },
    early_stages: rules.early_stages ?? [],
    criteria: (rules.criteria ?? []).map((one) => ({ ...one })),
    reason: '',
    max_payment_days: rules.max_payment_days,
    min_delivery_days: rules.min_delivery_days,
    sampling_percent: rules.sampling_percent,
    lookback_days: rules.lookback_days,
    review_hours: rules.review_hours,
  }
}

const inOrder = <T extends string>(order: readonly T[], chosen: string[]) => order.filter((one) => chosen.includes(one))

/** The whole new version; what is empty is left out, as the server tells it. */
export function toRules(form: RulesForm): Rules {
  const lists = {
    disabled_rules: inOrder(ruleIds, form.disabled_rules),
    fatal_rules: inOrder(ruleIds, form.fatal_rules),
    price_floors: form.price_floors.map(({ topic, amount, currency }) => ({ ...(topic.trim() ? { topic: topic.trim() } : {}), floor: { minor: Math.round(Number(amount) * 100), currency } })),
    forbidden_stems: groups.flatMap((group) => stemsOf(form.stems[group]).map((stem) => ({ stem, group }))),
    early_stages: inOrder(stages, form.early_stages),
    criteria: form.criteria.map(({ code, weight }) => ({ code: code.trim(), weight: Number(weight) })),
  }
  const filled = Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
  const counts = Object.fromEntries(numbers.map((name) => [name, Number(form[name])])) as Record<(typeof numbers)[number], number>
  return { ...counts, ...filled }
}

const stemsOf = (text: string) => [...new Set(text.split(',').map((stem) => stem.trim().toLowerCase()).filter(Boolean))]
