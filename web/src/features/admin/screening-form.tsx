import { ActionIcon, Button, Checkbox, Group, MultiSelect, NumberInput, Paper, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { useWords } from '@/i18n'
import { CommandDrawer, type Form } from '@/ui/form'

import classes from './admin.module.css'
import { Difference } from './screening'
import { groups, numbers, ruleIds, stages, toForm, toRules, type Rules, type RulesForm } from './screening-logic'

/** A new version of all rules; what it changes is shown before it is put in force. */
export function PublishRules({ current, onClose }: { current: Rules; onClose: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <CommandDrawer
      name={`screening/publish/${current.version}`}
      title={t('screening.publish')}
      size="xl"
      opened
      onClose={onClose}
      path="/v1/screening-rules"
      initial={toForm(current)}
      body={(form) => ({ parameters: toRules(form), reason: form.reason })}
      submit={t('screening.publishShort')}
      success={t('screening.published')}
    >
      {(form) => (
        <>
          <RulesField form={form} />
          <Fieldset title={t('screening.numbers')}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              {numbers.map((name) => (
                <NumberInput key={name} label={t(`screening.${name}`)} min={0} max={name === 'sampling_percent' ? 100 : 3650} required {...form.getInputProps(name)} />
              ))}
            </SimpleGrid>
          </Fieldset>
          <FloorsField form={form} />
          <Fieldset title={t('screening.stems')} hint={t('screening.stemsHint')}>
            <Stems form={form} />
          </Fieldset>
          <Stages form={form} />
          <CriteriaField form={form} />
          <Textarea label={t('screening.reason')} required {...form.getInputProps('reason')} />
          <Paper withBorder p="md" radius="md" component="section" aria-labelledby="preview" data-testid="preview">
            <Title order={3} mb="xs" id="preview">
              {t('screening.preview')}
            </Title>
            <Difference before={current} after={toRules(form.values)} />
          </Paper>
        </>
      )}
    </CommandDrawer>
  )
}

function Fieldset({ title, hint, children }: { title: string; hint?: string; children: React.ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={3}>{title}</Title>
      {hint && (
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  )
}

type Part = { form: Form<RulesForm> }

const flip = (list: string[], rule: string) => (list.includes(rule) ? list.filter((one) => one !== rule) : [...list, rule])

function RulesField({ form }: Part) {
  const { t } = useTranslation('admin')
  const words = useWords()
  const { disabled_rules: disabled, fatal_rules: fatal } = form.values
  return (
    <Fieldset title={t('screening.rules')}>
      <table className={classes.rules}>
        <thead>
          <tr>
            <th scope="col">{t('screening.rule')}</th>
            <th scope="col">{t('screening.ruleOn')}</th>
            <th scope="col">{t('screening.ruleFatal')}</th>
          </tr>
        </thead>
        <tbody>
          {ruleIds.map((rule) => (
            <tr key={rule}>
              <td>{words(rule)}</td>
              <td>
                <Checkbox aria-label={t('screening.ruleOnOf', { rule: words(rule) })} checked={!disabled.includes(rule)} onChange={() => form.setFieldValue('disabled_rules', flip(disabled, rule))} />
              </td>
              <td>
                <Checkbox aria-label={t('screening.ruleFatalOf', { rule: words(rule) })} checked={fatal.includes(rule)} onChange={() => form.setFieldValue('fatal_rules', flip(fatal, rule))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Fieldset>
  )
}

function FloorsField({ form }: Part) {
  const { t } = useTranslation('admin')
  return (
    <Fieldset title={t('screening.floors')}>
      {form.values.price_floors.map((floor, i) => (
        <Group key={i} gap="xs" align="flex-end" wrap="nowrap">
          <TextInput label={t('screening.floorTopic')} flex={2} {...form.getInputProps(`price_floors.${i}.topic`)} />
          <NumberInput label={t('screening.floorAmount')} flex={1} min={0} decimalScale={2} thousandSeparator=" " {...form.getInputProps(`price_floors.${i}.amount`)} error={form.errors[`price_floors.${i}.floor`]} />
          <TextInput label={t('screening.currency')} w={80} maxLength={3} {...form.getInputProps(`price_floors.${i}.currency`)} />
          <RemoveButton item={floor.topic || t('screening.anyTopic')} onClick={() => form.removeListItem('price_floors', i)} />
        </Group>
      ))}
      <AddButton label={t('screening.addFloor')} onClick={() => form.insertListItem('price_floors', { topic: '', amount: '', currency: 'RUB' })} />
    </Fieldset>
  )
}

function Stems({ form }: Part) {
  const words = useWords()
  return groups.map((group) => <Textarea key={group} label={words(`screening.group.${group}`)} {...form.getInputProps(`stems.${group}`)} />)
}

function Stages({ form }: Part) {
  const { t } = useTranslation('admin')
  const words = useWords()
  return <MultiSelect size="sm" label={t('screening.stages')} data={stages.map((value) => ({ value, label: words(`negotiation.stage.${value}`) }))} {...form.getInputProps('early_stages')} />
}

function CriteriaField({ form }: Part) {
  const { t } = useTranslation('admin')
  const words = useWords()
  // A criterion that has words is known by them; a new one is named here.
  const named = (code: string) => words(`review.criterion.${code}`, '')
  return (
    <Fieldset title={t('screening.criteria')}>
      {form.values.criteria.map((one, i) => (
        <Group key={i} gap="xs" wrap="nowrap" align="center">
          {named(one.code) ? (
            <Text size="sm" flex={1}>
              {named(one.code)}
            </Text>
          ) : (
            <TextInput aria-label={t('screening.criterion')} flex={1} {...form.getInputProps(`criteria.${i}.code`)} />
          )}
          <NumberInput aria-label={t('screening.weightOf', { criterion: named(one.code) || one.code })} w={80} min={1} max={100} {...form.getInputProps(`criteria.${i}.weight`)} />
          <RemoveButton item={named(one.code) || one.code} onClick={() => form.removeListItem('criteria', i)} />
        </Group>
      ))}
      <AddButton label={t('screening.addCriterion')} onClick={() => form.insertListItem('criteria', { code: '', weight: 1 })} />
    </Fieldset>
  )
}

function RemoveButton({ item, onClick }: { item: string; onClick: () => void }) {
  const { t } = useTranslation('admin')
  return (
    <ActionIcon aria-label={t('screening.removeItem', { item })} onClick={onClick}>
      <IconX size={18} aria-hidden />
    </ActionIcon>
  )
}

function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Group>
      <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={onClick}>
        {label}
      </Button>
    </Group>
  )
}
