// Variants: changes kept under a name. One of them, or the scenario as it is, is side A; the present changes are side B.
import type { Draft } from 'immer'
import { axisMoment } from '../run/words.ts'
import type { KnobOutline } from '../sim.ts'
import { NO_CHANGES, noKnobs, type Changes, type Edits, type Knobs } from './edits.ts'

/** What one can still look through, and what a link holds. */
export const VARIANTS_MAX = 12
export const NAME_MAX = 60

/** What the scenario as it is, without any change, is called. */
export const AS_WRITTEN = 'As in the scenario'

/** The changes that are compared with. */
export const sideA = (edits: Edits): Changes =>
  edits.against === undefined ? NO_CHANGES : (edits.variants[edits.against] ?? NO_CHANGES)

/** Names of the two sides. What was not kept has none of its own. */
export const nameOfA = (edits: Edits): string =>
  edits.against === undefined ? AS_WRITTEN : (edits.variants[edits.against]?.name ?? AS_WRITTEN)
export function nameOfB(edits: Edits): string {
  const at = presentVariant(edits)
  return at === -1 ? AS_WRITTEN : (edits.variants[at ?? -1]?.name ?? 'Your changes')
}

/** Whether two sets of changes make the same run. */
export function isSame(a: Changes, b: Changes): boolean {
  return sameKnobs(a.knobs, b.knobs) && a.fork?.at === b.fork?.at && sameKnobs(a.fork?.knobs, b.fork?.knobs)
}

function sameKnobs(a: Knobs = noKnobs(), b: Knobs = noKnobs()): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** Number of the variant that the present changes are; −1 = the scenario as it is, undefined = none that was kept. */
export function presentVariant(edits: Edits): number | undefined {
  if (isSame(edits, NO_CHANGES)) return -1
  const at = edits.variants.findIndex((variant) => isSame(variant, edits))
  return at < 0 ? undefined : at
}

/** Keeps the present changes under a name. */
export function keep(draft: Draft<Edits>, name: string): void {
  if (draft.variants.length >= VARIANTS_MAX) return
  draft.variants.push({ name: cut(name), ...copyOf(draft) })
}

/** Makes a variant's changes the present ones; −1 = the scenario as it is. */
export function use(draft: Draft<Edits>, at: number): void {
  const { knobs, fork } = copyOf(at < 0 ? NO_CHANGES : draft.variants[at])
  draft.knobs = knobs
  if (fork === undefined) delete draft.fork
  else draft.fork = fork
}

export function rename(draft: Draft<Edits>, at: number, name: string): void {
  draft.variants[at].name = cut(name)
}

/** Forgets a variant. The present changes stay. */
export function remove(draft: Draft<Edits>, at: number): void {
  draft.variants.splice(at, 1)
  if (draft.against === undefined) return
  if (draft.against === at) delete draft.against
  else if (draft.against > at) draft.against--
}

/** Chooses side A; −1 = the scenario as it is. */
export function compareWith(draft: Draft<Edits>, at: number): void {
  if (at < 0) delete draft.against
  else draft.against = at
}

/** From `at` µs on the present changes hold, before that side A's. */
export function forkAt(draft: Draft<Edits>, at: number): void {
  draft.fork = { at, knobs: { ...noKnobs(), ...copyKnobs(sideA(draft as Edits).knobs) } }
}

const cut = (name: string): string => name.slice(0, NAME_MAX)

function copyKnobs(knobs: Knobs): Record<string, string> {
  const copy = noKnobs()
  for (const name of Object.keys(knobs)) copy[name] = knobs[name]
  return copy
}

function copyOf({ knobs, fork }: Changes): Draft<Changes> {
  return {
    knobs: copyKnobs(knobs),
    ...(fork === undefined ? {} : { fork: { at: fork.at, knobs: copyKnobs(fork.knobs) } }),
  }
}

/** What is changed of the scenario, in words: `Peak 400, Buyers × 1.5, from 3 min on`. */
export function wordsOf(changes: Changes, outline: readonly KnobOutline[]): string {
  const words = Object.keys(changes.knobs).map((name) => valueInWords(name, changes.knobs[name], outline))
  if (words.length === 0) return changes.fork === undefined ? 'nothing changed' : 'nothing changed yet'
  return `${words.join(', ')}${changes.fork === undefined ? '' : `, from ${axisMoment(changes.fork.at)} on`}`
}

/** What B has other than A, in words: `Peak 260 → 400`. */
export function differenceOf(a: Changes, b: Changes, outline: readonly KnobOutline[]): string {
  const names = [...new Set([...Object.keys(a.knobs), ...Object.keys(b.knobs)])]
  const initial = (name: string): string => outline.find((knob) => knob.name === name)?.initial ?? ''
  const words = names
    .filter((name) => a.knobs[name] !== b.knobs[name])
    .map((name) => {
      const from = a.knobs[name] ?? initial(name)
      const to = b.knobs[name] ?? initial(name)
      return `${labelOf(name, outline)} ${from} → ${to}`
    })
  if (b.fork !== undefined) words.push(`from ${axisMoment(b.fork.at)} on`)
  return words.length === 0 ? 'nothing differs' : words.join(', ')
}

const labelOf = (name: string, outline: readonly KnobOutline[]): string => {
  const knob = outline.find((each) => each.name === name)
  return `${knob?.label ?? name}${knob?.unit === '×' ? ' ×' : ''}`
}

const valueInWords = (name: string, value: string, outline: readonly KnobOutline[]): string =>
  `${labelOf(name, outline)} ${value}`
