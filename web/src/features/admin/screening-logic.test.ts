import { expect, test } from 'vitest'

import { toForm, toRules, type Rules } from './screening-logic'

const rules: Rules = {
  fatal_rules: ['R1', 'R2'], price_floors: [{ topic: 'Обслуживание', floor: { minor: 1_500_050, currency: 'RUB' } }], max_payment_days: 30, min_delivery_days: 5,
  forbidden_stems: [{ stem: 'эксклюзив', group: 'exclusivity' }, { stem: 'штраф', group: 'penalty' }], early_stages: ['first_contact', 'needs'],
  sampling_percent: 10, lookback_days: 90, review_hours: 8, criteria: [{ code: 'payment_terms', weight: 2 }],
}

test('rules go through the form and back', () => {
  expect(toRules(toForm(rules))).toEqual(rules)
})

test('words are typed with commas, in any case and twice', () => {
  const form = { ...toForm(rules), stems: { exclusivity: ' Монопол, монопол ,', penalty: '', guarantee: '' } }
  expect(toRules(form).forbidden_stems).toEqual([{ stem: 'монопол', group: 'exclusivity' }])
})

test('what is empty is left out', () => {
  const form = { ...toForm(rules), fatal_rules: [], price_floors: [] }
  expect(toRules(form)).not.toHaveProperty('fatal_rules')
  expect(toRules(form)).not.toHaveProperty('price_floors')
})

test('rules are sent in their order, whatever was ticked first', () => {
  expect(toRules({ ...toForm(rules), disabled_rules: ['R9', 'R3'] }).disabled_rules).toEqual(['R3', 'R9'])
})
