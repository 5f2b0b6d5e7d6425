import { useLang } from '@/i18n'

/** «Соколов Дмитрий Андреевич» → «Соколов Д. А.»: short, and colleagues of one surname stay apart. Other names stay whole. */
export function shortName(name: string): string {
  const [family, ...given] = name.split(' ')
  if (given.length !== 2) return name
  return [family, ...given.map((one) => `${one.charAt(0)}.`)].join('\u00A0')
}

/** A day in little room: the year only where it is not the present one. */
export function useShortDay() {
  const lang = useLang()
  return (at: string) => {
    const plain = /^\d{4}-\d{2}-\d{2}$/.test(at)
    const day = new Date(at)
    const other = (plain ? day.getUTCFullYear() : day.getFullYear()) !== new Date().getFullYear()
    return new Intl.DateTimeFormat(lang === 'ru' ? 'ru-RU' : 'en-GB', { day: 'numeric', month: 'short', ...(other ? { year: 'numeric' } : {}), ...(plain ? { timeZone: 'UTC' } : {}) }).format(day)
  }
}
