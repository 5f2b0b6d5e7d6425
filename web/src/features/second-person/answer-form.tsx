import { Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { CommandDrawer, given } from '@/ui/form'

/** The word of the second person: a refusal says why, an approval may say something. */
export function AnswerForm({ id, step, onClose }: { id: string; step: 'approve' | 'refuse'; onClose: () => void }) {
  const { t } = useTranslation('second-person')
  const common = { name: `approvals/${step}/${id}`, title: t(`${step}.title`), opened: true, onClose, id, initial: { answer: '' }, submit: t(`${step}.submit`), success: t(`${step}.done`) }
  if (step === 'approve') {
    return (
      <CommandDrawer {...common} path="/v1/approvals/{id}/approve" body={(values) => given(values)}>
        {(form) => (
          <>
            <Text size="sm">{t('approve.hint')}</Text>
            <Textarea label={t('approve.answer')} {...form.getInputProps('answer')} />
          </>
        )}
      </CommandDrawer>
    )
  }
  return (
    <CommandDrawer {...common} path="/v1/approvals/{id}/refuse" body={(values) => values} danger>
      {(form) => <Textarea label={t('refuse.answer')} withAsterisk data-autofocus {...form.getInputProps('answer')} />}
    </CommandDrawer>
  )
}
