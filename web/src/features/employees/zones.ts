import { useTranslation } from 'react-i18next'

const russian = [
  'Europe/Kaliningrad', 'Europe/Moscow', 'Europe/Samara', 'Asia/Yekaterinburg', 'Asia/Omsk', 'Asia/Krasnoyarsk', 'Asia/Irkutsk', 'Asia/Yakutsk', 'Asia/Vladivostok', 'Asia/Magadan', 'Asia/Kamchatka',
] as const
type Russian = (typeof russian)[number]

const isRussian = (zone: string): zone is Russian => (russian as readonly string[]).includes(zone)

/** Time zones by the city that a person knows them by; those abroad by their international name. */
export function useZones() {
  const { t } = useTranslation('employees')
  const name = (zone: string) => (isRussian(zone) ? t(`zone.${zone}`) : zone)
  const choice = (zone: string) => ({ value: zone, label: name(zone) })
  const choices = (present: string | undefined) => {
    const abroad = Intl.supportedValuesOf('timeZone').filter((zone) => !isRussian(zone))
    const others = present && !isRussian(present) && !abroad.includes(present) ? [present, ...abroad] : abroad
    return [
      { group: t('zone.russia'), items: russian.map(choice) },
      { group: t('zone.others'), items: others.map(choice) },
    ]
  }
  return { name, choices }
}
