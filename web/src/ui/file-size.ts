import type { Lang } from '@/i18n'

const units = { ru: ['Б', 'КБ', 'МБ', 'ГБ'], en: ['B', 'KB', 'MB', 'GB'] } as const

/** 1536 → "1,5 КБ". Units are of 1024, as file managers count. */
export function fileSize(bytes: number, lang: Lang): string {
  let rest = bytes
  let unit = 0
  // What would be rounded to 1024 of a unit is one of the next.
  while (rest >= 1023.95 && unit < units[lang].length - 1) {
    rest /= 1024
    unit += 1
  }
  const digits = new Intl.NumberFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: unit > 0 && rest < 100 ? 1 : 0 })
  return `${digits.format(rest)} ${units[lang][unit]}`
}
