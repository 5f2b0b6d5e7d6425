import { Paper, SegmentedControl, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schema } from '@/api/hooks'
import { useMe } from '@/app/session'
import { CommandForm } from '@/ui/form'
import { Due } from '@/ui/time'

import { owesAnswer, partyOf } from './rules'
import classes from './threads.module.css'

/** Where one writes: the answer for who owes one, else a comment. It stays at the foot of the screen. */
export function Composer({ of: thread }: { of: Schema<'ThreadDetail'> }) {
  const { t } = useTranslation('threads')
  const { employee_id: me } = useMe()
  const owes = owesAnswer(thread, me)
  const [chosen, setChosen] = useState<'answer' | 'comment'>('answer')
  const [sent, setSent] = useState(0)
  const kind = owes ? chosen : 'comment'
  const due = thread.parties.find((party) => party.employee_id === me)
  return (
    <Paper withBorder p="md" className={`${classes.composer} no-print`} component="section" aria-label={t(`compose.${kind}.title`)}>
      {owes && (
        <SegmentedControl
          mb="xs"
          aria-label={t('compose.what')}
          value={chosen}
          onChange={(value) => setChosen(value as 'answer')}
          data={(['answer', 'comment'] as const).map((value) => ({ value, label: t(`compose.${value}.title`) }))}
        />
      )}
      {owes && kind === 'answer' && partyOf(thread, me) && (
        <Text size="xs" c="dimmed" mb={6} component="div">
          {t('compose.until')} <Due at={due?.reply_by} overdue={due?.overdue ?? false} />
        </Text>
      )}
      <CommandForm
        // Once sent the form is a new one; another question is another answer.
        key={`${kind}/${due?.clock ?? 0}/${sent}`}
        name={`threads/${kind}/${thread.id}`}
        path={kind === 'answer' ? '/v1/threads/{id}/answer' : '/v1/threads/{id}/comment'}
        id={thread.id}
        initial={{ text: '' }}
        body={(values) => values}
        submit={t(`compose.${kind}.submit`)}
        success={t(`compose.${kind}.done`)}
        onDone={() => setSent(sent + 1)}
      >
        {(form) => <Textarea label={t(`compose.${kind}.label`)} description={t('compose.hint')} minRows={2} maxRows={8} {...form.getInputProps('text')} />}
      </CommandForm>
    </Paper>
  )
}
