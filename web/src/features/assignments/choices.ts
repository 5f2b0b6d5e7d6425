import { useTranslation } from 'react-i18next'

import { useWords } from '@/i18n'

import { priorities, states } from './rules'

/** Priorities as a form offers them, the most urgent first. */
export function usePriorities() {
  const { t } = useTranslation('assignments')
  return priorities.map((value) => ({ value, label: t(`priority.${value}`) }))
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

export function useStates() {
  const words = useWords()
  return states.map((value) => ({ value, label: capital(words(`assignment.state.${value}`)) }))
}
