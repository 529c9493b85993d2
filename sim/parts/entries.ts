// The entries of a batch request, as a handler may have written them: anything.
export type Entry = Readonly<Record<string, any>>

/** Whether a value has members, as each entry of a batch should. */
export function isMap(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entries of a batch; one that is no map counts as an empty one, what is no list as an empty list. */
export function entriesOf(value: unknown): readonly Entry[] {
  if (!Array.isArray(value)) return NONE
  return value.every(isMap) ? value : value.map((entry) => (isMap(entry) ? entry : NOTHING))
}

const NONE: readonly Entry[] = Object.freeze([])
const NOTHING: Entry = Object.freeze({})
