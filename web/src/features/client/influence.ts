import type { Schema } from '@/api/hooks'

export type InfluenceMap = Schema<'InfluenceMap'>
export type Edge = Schema<'InfluenceEdge'>

export type Stance = 'against' | 'ratherAgainst' | 'neutral' | 'ratherFor' | 'for' | 'unknown'

/** -2 … 2 as a word; colour comes with it and never alone. */
export function stanceOf(attitude: number): Stance {
  return (['against', 'ratherAgainst', 'neutral', 'ratherFor', 'for'] as const)[attitude + 2] ?? 'neutral'
}

export const stanceColors: Record<Stance, string> = { against: 'red', ratherAgainst: 'orange', neutral: 'gray', ratherFor: 'lime', for: 'teal', unknown: 'gray' }

/** Nobody has said how a person is disposed who influences nobody. */
export function stanceOfPerson(map: InfluenceMap, id: string): Stance {
  const person = map.people.find((one) => one.id === id)
  const known = map.links.some((link) => link.from_person_id === id)
  return person && known ? stanceOf(person.attitude_to_us) : 'unknown'
}

const normal = (text: string) => text.trim().toLowerCase().replaceAll('ё', 'е')

/** Links that speak of a topic or decision, and those on every topic: they help there too. */
export function linksOn(map: InfluenceMap, topic: string | undefined): Edge[] {
  if (!topic) return map.links
  const wanted = normal(topic)
  return map.links.filter((link) => {
    const about = [link.topic, link.to_decision].filter((text): text is string => Boolean(text))
    return about.some((text) => normal(text) === wanted) || (!link.topic && link.to_person_id !== undefined)
  })
}

/** What can be asked about: topics of the links and the decisions they lead to. */
export const questionsOf = (map: InfluenceMap) => [...new Set([...map.topics, ...map.decisions])].toSorted((a, b) => a.localeCompare(b))

export const decisionNode = (decision: string) => `decision/${normal(decision)}`

/** Names of all on the map, former employees too where a link still knows them. */
export function namesOf(map: InfluenceMap): Map<string, string> {
  return new Map(map.people.map((one) => [one.id, one.name]))
}
