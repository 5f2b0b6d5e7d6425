import { Radio, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { useWords } from '@/i18n'
import { ClientField } from '@/ui/fields'
import { CommandDrawer } from '@/ui/form'

type Values = { scope: 'client' | 'everything'; counterparty_id: string; reason: string; minutes: string }

const lengths = ['15', '30', '60', '120', '240', '480'] as const
const verdicts = ['justified', 'unjustified'] as const

/** Opens emergency access: to the client that could not be seen, to another one, or to everything. */
export function OpenForm({ client, onClose }: { client: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('second-person')
  const initial: Values = { scope: client ? 'client' : 'everything', counterparty_id: client ?? '', reason: '', minutes: '60' }
  return (
    <CommandDrawer
      name={`emergency/open/${client ?? ''}`}
      title={t('emergency.open')}
      opened
      onClose={onClose}
      path="/v1/emergency-accesses"
      initial={initial}
      body={({ scope, counterparty_id: id, reason, minutes }) => ({ reason, minutes: Number(minutes), ...(scope === 'client' ? { counterparty_id: id } : { everything: true }) })}
      submit={t('emergency.submit')}
      success={t('emergency.opened')}
      danger
    >
      {(form) => (
        <>
          <Text size="sm">{t('emergency.rules')}</Text>
          <SegmentedControl fullWidth aria-label={t('emergency.scope')} data={(['client', 'everything'] as const).map((value) => ({ value, label: t(`emergency.scopes.${value}`) }))} {...form.getInputProps('scope')} />
          {form.values.scope === 'client' &&
            (client ? (
              <Text size="sm">{t('emergency.thisClient')}</Text>
            ) : (
              <ClientField label={t('emergency.client')} value={form.values.counterparty_id} onChange={(id) => form.setFieldValue('counterparty_id', id ?? '')} error={form.errors.counterparty_id} />
            ))}
          <Select label={t('emergency.minutes')} allowDeselect={false} data={lengths.map((value) => ({ value, label: t(`emergency.lengths.${value}`) }))} {...form.getInputProps('minutes')} />
          <Textarea label={t('emergency.reason')} description={t('emergency.reasonHint')} withAsterisk autosize minRows={3} data-autofocus {...form.getInputProps('reason')} />
        </>
      )}
    </CommandDrawer>
  )
}

/** What the second person found afterwards. */
export function ReviewForm({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('second-person')
  const words = useWords()
  return (
    <CommandDrawer
      name={`emergency/review/${id}`}
      title={t('review.title')}
      opened
      onClose={onClose}
      path="/v1/emergency-accesses/{id}/review"
      id={id}
      initial={{ verdict: 'justified' as (typeof verdicts)[number], remark: '' }}
      body={(values) => values}
      submit={t('review.submit')}
      success={t('review.done')}
    >
      {(form) => (
        <>
          <Radio.Group label={t('review.verdict')} {...form.getInputProps('verdict')}>
            <Stack gap="xs" mt="xs">
              {verdicts.map((value) => (
                <Radio key={value} value={value} label={words(value)} />
              ))}
            </Stack>
          </Radio.Group>
          <Textarea label={t('review.remark')} withAsterisk autosize minRows={3} {...form.getInputProps('remark')} />
        </>
      )}
    </CommandDrawer>
  )
}
