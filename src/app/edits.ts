// What the user changed, as immer patches: every change can be undone and redone, and the changes alone make a link.
import { applyPatches, enablePatches, produceWithPatches, type Draft, type Patch } from 'immer'

enablePatches()

/** Values over the scenario's, by the names that `--set` takes. */
export type Knobs = Readonly<Record<string, string>>

/** What makes a run another one than the scenario's own. */
export interface Changes {
  readonly knobs: Knobs
  /** With a fork the values hold from a moment on only. */
  readonly fork?: Fork
}

export interface Fork {
  /** µs. */
  readonly at: number
  /** The values before that moment. */
  readonly knobs: Knobs
}

/** Changes that are kept under a name. */
export interface Variant extends Changes {
  readonly name: string
}

/** Everything that the user has changed or kept. */
export interface Edits extends Changes {
  /** The same for all variants: they are compared on the same random streams. */
  readonly seed?: string
  readonly variants: readonly Variant[]
  /** Number of the variant that is compared with; absent = the scenario as it is. */
  readonly against?: number
}

interface Step {
  readonly forth: readonly Patch[]
  readonly back: readonly Patch[]
  /** Steps with the same name in a row, such as a slider's, are one step to undo. */
  readonly name: string
}

export interface History {
  readonly edits: Edits
  readonly past: readonly Step[]
  readonly future: readonly Step[]
}

/** No values. Without a prototype: `constructor` is a parameter's name like others. */
export const noKnobs = (): Record<string, string> => Object.create(null) as Record<string, string>
export const NO_CHANGES: Changes = { knobs: noKnobs() }
export const NO_EDITS: Edits = { ...NO_CHANGES, variants: [] }
export const newHistory = (edits: Edits = NO_EDITS): History => ({ edits, past: [], future: [] })

/** The values of those names alone. */
export function onlyKnobs(knobs: Knobs, names: readonly string[]): Knobs {
  const kept = noKnobs()
  for (const [name, value] of Object.entries(knobs)) if (names.includes(name)) kept[name] = value
  return kept
}

/** The edits, those under names too, without values of what the scenario has not any more. */
export function onlyEditsOf(edits: Edits, names: readonly string[]): Edits {
  const within = <T extends Changes>(changes: T): T => ({
    ...changes,
    knobs: onlyKnobs(changes.knobs, names),
    ...(changes.fork === undefined ? {} : { fork: { ...changes.fork, knobs: onlyKnobs(changes.fork.knobs, names) } }),
  })
  return { ...within(edits), variants: edits.variants.map(within) }
}

/** Changes the edits by a recipe on a draft. What was undone before is forgotten. */
export function change(history: History, name: string, recipe: (draft: Draft<Edits>) => void): History {
  const [edits, forth, back] = produceWithPatches(history.edits, recipe)
  if (forth.length === 0) return history
  const last = history.past.at(-1)
  const joined = last !== undefined && last.name === name
  const step: Step = joined
    ? { name, forth: [...last.forth, ...forth], back: [...back, ...last.back] }
    : { name, forth, back }
  return { edits, past: [...(joined ? history.past.slice(0, -1) : history.past), step], future: [] }
}

/** A pause between two changes of the same thing: the next one is a step of its own. */
export function settle(history: History): History {
  const last = history.past.at(-1)
  if (last === undefined || last.name === '') return history
  return { ...history, past: [...history.past.slice(0, -1), { ...last, name: '' }] }
}

export function undo(history: History): History {
  const step = history.past.at(-1)
  if (step === undefined) return history
  return {
    edits: applyPatches(history.edits, step.back),
    past: history.past.slice(0, -1),
    future: [{ ...step, name: '' }, ...history.future],
  }
}

export function redo(history: History): History {
  const step = history.future[0]
  if (step === undefined) return history
  return {
    edits: applyPatches(history.edits, step.forth),
    past: [...history.past, step],
    future: history.future.slice(1),
  }
}
