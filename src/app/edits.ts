// What the user changed, as immer patches: every change can be undone and redone, and the changes alone make a link.
import { applyPatches, enablePatches, produceWithPatches, type Patch } from 'immer'

enablePatches()

/** Everything that makes this run another one than the scenario's own. */
export interface Edits {
  /** Values of parameters over the scenario's. */
  readonly knobs: Readonly<Record<string, string>>
  readonly seed?: string
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

// Without a prototype: `constructor` is a parameter's name like others.
export const NO_EDITS: Edits = { knobs: Object.create(null) as Record<string, string> }
export const newHistory = (edits: Edits = NO_EDITS): History => ({ edits, past: [], future: [] })

/** Changes the edits by a recipe on a draft. What was undone before is forgotten. */
export function change(
  history: History,
  name: string,
  recipe: (draft: { knobs: Record<string, string>; seed?: string }) => void,
): History {
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
