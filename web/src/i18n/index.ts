import i18next, { type BackendModule, type ResourceKey } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

import { speak } from '@/api/client'

export type Lang = 'ru' | 'en'
export const langs: readonly Lang[] = ['ru', 'en']

// A feature's texts are a chunk of their own in each language, fetched with the feature's screens.
const texts = import.meta.glob<{ default: ResourceKey }>('./{ru,en}/*.json')

const chunks: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (lang, namespace, done) => {
    const fetchText = texts[`./${lang}/${namespace}.json`]
    if (!fetchText) return done(new Error(`no texts ${lang}/${namespace}`), null)
    fetchText().then(
      (found) => done(null, found.default),
      (error: Error) => done(error, null),
    )
  },
}

/** Names of fields, refusals, kinds of event, and the words of the journals. */
export const details = 'details.gen'

/** The language chosen on this machine; Russian until somebody chooses. */
export function chosenLang(): Lang {
  return localStorage.getItem('letopis.lang') === 'en' ? 'en' : 'ru'
}

export async function startTexts() {
  const lang = chosenLang()
  speak(lang)
  await i18next
    .use(chunks)
    .use(initReactI18next)
    .init({
      lng: lang,
      supportedLngs: langs,
      fallbackLng: false,
      ns: ['common', 'words.gen'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
      returnNull: false,
    })
  // Not needed for the first screen, and soon after.
  void i18next.loadNamespaces(details)
}

export async function changeLang(lang: Lang) {
  localStorage.setItem('letopis.lang', lang)
  document.documentElement.lang = lang
  speak(lang)
  await i18next.changeLanguage(lang)
}

/** The language of the texts now. */
export function useLang(): Lang {
  return useTranslation().i18n.language === 'en' ? 'en' : 'ru'
}

/** Names of states, kinds, fields and refusals: the same words that the server's sentences use. */
export type Words = (key: string, otherwise?: string) => string

/** `words('assignment.state.issued')`; a key without a word gives `otherwise`, or its last part. */
export function useWords(): Words {
  const { i18n } = useTranslation()
  return (key, otherwise) => word(i18n.language, key) ?? otherwise ?? key.slice(key.lastIndexOf('.') + 1)
}

export function word(lang: string, key: string): string | undefined {
  for (const part of ['words.gen', details]) {
    const found = (i18next.getResourceBundle(lang, part) as Record<string, string> | undefined)?.[key]
    if (found !== undefined) return found
  }
  return undefined
}

/** Waits until names of fields and refusals are there: for a screen that is made of them. */
export function useDetailWords(): Words {
  useTranslation(details as 'common')
  return useWords()
}
