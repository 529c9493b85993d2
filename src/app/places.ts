// Where somebody put the cards of a scenario: kept in the browser by the scenario's name, and carried by a link.
import type { Point } from '../stage/geometry.ts'

export type Places = ReadonlyMap<string, Point>

/** More cards than this are not kept, and none farther out than this many pitches. */
const PLACES_MAX = 400
const FAR = 1000
const KEY = 'hotshard.places.'
const NAME_MAX = 300

/** `Name:1.25,-3;…`, names in order: the same places give the same text. */
export function writePlaces(places: Places): string {
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, PLACES_MAX)
    .map(([name, { x, y }]) => `${encodeURIComponent(name)}:${x},${y}`)
    .join(';')
}

/** What is no place is left out: the text may come from anybody. */
export function readPlaces(text: string | null): Places {
  const places = new Map<string, Point>()
  for (const part of (text ?? '').slice(0, PLACES_MAX * NAME_MAX).split(';', PLACES_MAX)) {
    const found = /^([^:]{1,300}):(-?\d{1,4}(?:\.\d{1,3})?),(-?\d{1,4}(?:\.\d{1,3})?)$/.exec(part)
    if (found === null) continue
    const point = { x: Number(found[2]), y: Number(found[3]) }
    const name = decoded(found[1])
    if (name !== undefined && Math.abs(point.x) <= FAR && Math.abs(point.y) <= FAR) places.set(name, point)
  }
  return places
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

/** The browser's own store; undefined where it is forbidden, as in a sandboxed frame. */
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

export function keptPlaces(scenario: string): Places {
  try {
    return readPlaces(storage()?.getItem(KEY + scenario) ?? null)
  } catch {
    return new Map()
  }
}

export function keepPlaces(scenario: string, places: Places): void {
  try {
    if (places.size === 0) storage()?.removeItem(KEY + scenario)
    else storage()?.setItem(KEY + scenario, writePlaces(places))
  } catch {
    // A full or forbidden store: the places hold as long as the page does.
  }
}
