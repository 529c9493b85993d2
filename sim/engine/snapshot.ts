// Copies a running world, so that it can be taken up again from any moment, as often as one likes.
//
// The one idea: a world is a graph of plain objects, class instances, arrays, maps and typed arrays, and of functions
// that hold no state. A copy walks the graph once and keeps its sharing; writing a copy back into a living world reuses
// the living objects where they correspond, so that the fast paths stay fast. Frozen objects are shared, never copied.

type Graph = object

/** A world's state at one moment. Opaque; good for any number of restores. */
export interface Snapshot {
  readonly root: unknown
  /** Roughly how much memory it takes. */
  readonly bytes: number
}

/** Copies everything that is reachable from `root`. */
export function capture(root: Graph): Snapshot {
  const done = new Map<object, object>()
  const copy = transplant(root, undefined, done, new Set())
  let bytes = 0
  for (const made of done.values()) bytes += sizeOf(made)
  return { root: copy, bytes }
}

/** An object's own bytes, by the usual sizes of an engine. */
function sizeOf(made: object): number {
  if (ArrayBuffer.isView(made)) return 100 + made.byteLength
  if (Array.isArray(made)) return 32 + 8 * made.length
  if (made instanceof Map || made instanceof Set) return 64 + 32 * made.size
  return 24 + 8 * Object.keys(made).length
}

/** Writes a snapshot back into `root`: the same world, or another one built from the same plan (a fork). */
export function restore(root: Graph, snapshot: Snapshot): void {
  transplant(snapshot.root, root, new Map(), new Set())
}

/** A copy of `from`, written into `into` where that is the same kind of object and not used for another one. */
function transplant(from: unknown, into: unknown, done: Map<object, object>, claimed: Set<object>): unknown {
  if (typeof from !== 'object' || from === null) return from
  const known = done.get(from)
  if (known !== undefined) return known
  if (Object.isFrozen(from) && !ArrayBuffer.isView(from)) return from
  const host =
    typeof into === 'object' &&
    into !== null &&
    !claimed.has(into) &&
    !(Object.isFrozen(into) && !ArrayBuffer.isView(into)) &&
    Object.getPrototypeOf(into) === Object.getPrototypeOf(from)
      ? into
      : undefined

  if (ArrayBuffer.isView(from)) {
    const words = from as Int32Array
    const made =
      host !== undefined && (host as Int32Array).length === words.length
        ? (host as Int32Array)
        : (words.slice(0) as Int32Array)
    if (made === host) made.set(words)
    return claim(from, made, done, claimed)
  }
  if (Array.isArray(from)) {
    const made = (host as unknown[] | undefined) ?? []
    claim(from, made, done, claimed)
    const old = host === undefined ? [] : [...made]
    made.length = from.length
    for (let i = 0; i < from.length; i++) made[i] = transplant(from[i], old[i], done, claimed)
    return made
  }
  if (from instanceof Map) {
    const made = (host as Map<unknown, unknown> | undefined) ?? new Map<unknown, unknown>()
    claim(from, made, done, claimed)
    const old = new Map(made)
    made.clear()
    for (const [key, value] of from)
      made.set(transplant(key, undefined, done, claimed), transplant(value, old.get(key), done, claimed))
    return made
  }
  if (from instanceof Set) {
    const made = (host as Set<unknown> | undefined) ?? new Set<unknown>()
    claim(from, made, done, claimed)
    made.clear()
    for (const value of from) made.add(transplant(value, undefined, done, claimed))
    return made
  }
  const made = (host ?? Object.create(Object.getPrototypeOf(from) as object | null)) as Record<string, unknown>
  claim(from, made, done, claimed)
  const source = from as Record<string, unknown>
  const keys = Object.keys(source)
  if (host !== undefined) for (const key of Object.keys(made)) if (!Object.hasOwn(source, key)) delete made[key]
  for (const key of keys) made[key] = transplant(source[key], made[key], done, claimed)
  return made
}

function claim<T extends object>(from: object, made: T, done: Map<object, object>, claimed: Set<object>): T {
  done.set(from, made)
  claimed.add(made)
  return made
}
