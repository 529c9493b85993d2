// The link: a scenario and what was changed of it in the URL's fragment, which no server ever sees.
//
// `#scenario=name` with `&k.Parameter=value` for one of the gallery; `#s=1.…` holds a whole text, deflated. Whoever opens a link
// has not written it: everything is bounded and checked on reading. `f` is a fork, `v` are the variants that are kept, as JSON.
import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate'
import { noKnobs, type Changes, type Edits, type Fork, type Knobs, type Variant } from './edits.ts'
import { readPlaces, writePlaces, type Places } from './places.ts'
import type { View } from './store.ts'
import { NAME_MAX, VARIANTS_MAX } from './variants.ts'

export interface Shared {
  /** Name of a scenario of the gallery, or of the file that the link carries. */
  readonly name: string
  /** The text, when the link carries it. */
  readonly text?: string
  /** Files that the text names, by their paths from its folder. */
  readonly files?: Readonly<Record<string, string>>
  readonly edits: Edits
  /** Moment to show, in µs. */
  readonly time?: number
  /** Where somebody put cards. */
  readonly places?: Places
  /** Which side is shown; B when absent. */
  readonly view?: View
}

/** Longest fragment that is read, and most text that it may unfold to. */
const FRAGMENT_MAX = 200_000
const TEXT_MAX = 1_000_000
const KNOBS_MAX = 200
const KNOB_NAME_MAX = 300
const KNOB_VALUE_MAX = 4000
const SECONDS_MAX = 1e9

/** The fragment for a state, with its `#`. */
export function toFragment({ name, text, files = {}, edits, time, places, view }: Shared): string {
  const parts = new URLSearchParams()
  if (text === undefined) parts.set('scenario', name)
  else
    parts.set(
      's',
      `1.${base64(deflateSync(strToU8(JSON.stringify(Object.keys(files).length === 0 ? { name, text } : { name, text, files })), { level: 9, mem: 8 }))}`,
    )
  for (const knob of Object.keys(edits.knobs).sort()) parts.set(`k.${knob}`, edits.knobs[knob])
  if (edits.fork !== undefined) parts.set('f', JSON.stringify(edits.fork))
  if (edits.variants.length > 0) parts.set('v', JSON.stringify(edits.variants))
  if (edits.against !== undefined) parts.set('a', String(edits.against))
  if (view !== undefined && view !== 'b') parts.set('view', view)
  if (edits.seed !== undefined) parts.set('seed', edits.seed)
  if (time !== undefined && time > 0) parts.set('t', String(Math.round(time / 1000) / 1000))
  if (places !== undefined && places.size > 0) parts.set('p', writePlaces(places))
  return `#${parts.toString()}`
}

/** What a fragment says; undefined when it is none of ours or out of bounds. */
export function fromFragment(fragment: string): Shared | undefined {
  if (fragment.length > FRAGMENT_MAX) return undefined
  const parts = new URLSearchParams(fragment.replace(/^#/, ''))
  const whole = unfold(parts.get('s'))
  const name = whole?.name ?? parts.get('scenario')
  if (name === null || name === undefined || (parts.has('s') && whole === undefined)) return undefined
  const named = [...parts].filter(([key]) => key.startsWith('k.'))
  const knobs = knobsOf(named.map(([key, value]) => [key.slice(2), value]))
  const fork = forkOf(jsonOf(parts.get('f')))
  const variants = variantsOf(jsonOf(parts.get('v')))
  const against = Number(parts.get('a') ?? 'NaN')
  const view = VIEWS.find((each) => each === parts.get('view'))
  const seed = parts.get('seed')
  const seconds = Number(parts.get('t') ?? 'NaN')
  const places = readPlaces(parts.get('p'))
  return {
    name: name.slice(0, 200),
    ...(whole === undefined ? {} : { text: whole.text }),
    ...(whole?.files === undefined ? {} : { files: whole.files }),
    edits: {
      knobs,
      variants,
      ...(fork === undefined ? {} : { fork }),
      ...(variants[against] === undefined ? {} : { against }),
      ...(seed === null ? {} : { seed: seed.slice(0, 100) }),
    },
    ...(seconds >= 0 && seconds < SECONDS_MAX ? { time: seconds * 1e6 } : {}),
    ...(view === undefined ? {} : { view }),
    ...(places.size > 0 ? { places } : {}),
  }
}

const VIEWS: readonly View[] = ['a', 'split']

/** Values by name, as far as they are texts within bounds. */
function knobsOf(pairs: readonly (readonly [string, unknown])[]): Knobs {
  const knobs = noKnobs()
  for (const [name, value] of pairs.slice(0, KNOBS_MAX)) {
    if (name.length > KNOB_NAME_MAX || typeof value !== 'string' || value.length > KNOB_VALUE_MAX) continue
    knobs[name] = value
  }
  return knobs
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function forkOf(value: unknown): Fork | undefined {
  if (!isMap(value)) return undefined
  const { at, knobs } = value
  if (typeof at !== 'number' || !(at >= 0 && at < SECONDS_MAX * 1e6)) return undefined
  return { at, knobs: knobsOf(isMap(knobs) ? Object.entries(knobs) : []) }
}

function changesOf(value: Record<string, unknown>): Changes {
  const fork = forkOf(value['fork'])
  const { knobs } = value
  return { knobs: knobsOf(isMap(knobs) ? Object.entries(knobs) : []), ...(fork === undefined ? {} : { fork }) }
}

function variantsOf(value: unknown): Variant[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, VARIANTS_MAX).flatMap((each: unknown) => {
    if (!isMap(each) || typeof each['name'] !== 'string') return []
    return [{ name: each['name'].slice(0, NAME_MAX), ...changesOf(each) }]
  })
}

function unfold(packed: string | null): (Pick<Shared, 'name' | 'files'> & { text: string }) | undefined {
  if (packed === null || !packed.startsWith('1.')) return undefined
  try {
    const value: unknown = JSON.parse(strFromU8(inflate(unbase64(packed.slice(2)))))
    if (typeof value !== 'object' || value === null) return undefined
    const { name, text, files } = value as Record<string, unknown>
    if (typeof name !== 'string' || typeof text !== 'string') return undefined
    return { name, text, ...(files === undefined ? {} : { files: textsOf(files) }) }
  } catch {
    return undefined
  }
}

/** Only texts, in a map that inherits no names. */
function textsOf(files: unknown): Readonly<Record<string, string>> {
  const made: Record<string, string> = Object.create(null)
  if (typeof files !== 'object' || files === null) return made
  for (const [path, text] of Object.entries(files)) if (typeof text === 'string') made[path] = text
  return made
}

/** Inflates in pieces and stops at `TEXT_MAX`: a few bytes must not unfold to gigabytes. */
function inflate(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = []
  let size = 0
  const stream = new Inflate((piece) => {
    size += piece.length
    if (size > TEXT_MAX) throw new RangeError('too much text')
    pieces.push(piece)
  })
  const STEP = 1024
  for (let at = 0; at < bytes.length; at += STEP) stream.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length)
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function unbase64(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
