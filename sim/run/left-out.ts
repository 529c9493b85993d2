// The 'not simulated' list for people: what has no effect, grouped by type, so that a real template's list stays within a screen.
import { plain } from '../diag/text.ts'
import type { LeftOut } from './report.ts'

/** Names of one type that are written out; the rest is a number. */
const NAMES_SHOWN = 6

/** First the types with their resources, then the types with their properties, then the rest, each in the order of the template. */
export function notSimulatedLines(list: readonly LeftOut[]): string[] {
  const { types, properties, others } = leftOutGroups(list)
  return [...types, ...properties, ...others]
}

/** The same lines in three groups. */
export function leftOutGroups(list: readonly LeftOut[]): Record<'types' | 'properties' | 'others', string[]> {
  const types = grouped(list, ({ type, property }) => (property === undefined ? type : undefined))
  const properties = grouped(list, ({ type, property }) => (property === undefined ? undefined : type))
  const others = grouped(list, ({ type, message }) => (type === undefined ? message : undefined))
  return {
    types: [...types].map(([type, lines]) => plain(`${type}: ${named(lines.map(({ resource = '' }) => resource))}`)),
    properties: [...properties].map(([type, lines]) => plain(propertyLine(type, lines))),
    others: [...others].map(([message, lines]) => plain(otherLine(message, lines))),
  }
}

/** One property with the reason why it has no effect; several by their names and lines. */
function propertyLine(type: string, lines: readonly LeftOut[]): string {
  if (lines.length === 1) return withPlace(lines[0]!.message, lines[0]!)
  const names = lines.map(({ property, place }) => {
    const line = /:(\d+):\d+$/.exec(place ?? '')?.[1]
    return line === undefined ? property! : `${property} (line ${line})`
  })
  return `properties of ${type} without effect: ${names.join(', ')}`
}

/** What is said of several resources is said once. */
function otherLine(message: string, lines: readonly LeftOut[]): string {
  const names = lines.flatMap(({ resource }) => (resource === undefined ? [] : [resource]))
  if (names.length === 0) return lines.length > 1 ? `${message} (${lines.length} times)` : withPlace(message, lines[0]!)
  const whole = `${message} (${named(names)})`
  return lines.length > 1 ? whole : withPlace(whole, lines[0]!)
}

function withPlace(message: string, { place }: LeftOut): string {
  return place === undefined ? message : `${message}  ${place}`
}

function named(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : ''
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`
}

function grouped(list: readonly LeftOut[], keyOf: (line: LeftOut) => string | undefined): Map<string, LeftOut[]> {
  const groups = new Map<string, LeftOut[]>()
  for (const line of list) {
    const key = keyOf(line)
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), line])
  }
  return groups
}
