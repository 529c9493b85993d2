// The positioned tree that every text of a user becomes: scalars, lists and maps, each knowing its place in the source.
//
// The one idea: nodes are immutable and may be shared (aliases, merged globals), so a transform builds new maps around
// old values and every value keeps the place where its author wrote it, however far it travels.
import type { Span } from '../diag/span.ts'

export type Node = Scalar | List | Dict
export type ScalarValue = string | number | boolean | null

/** A leaf. `text` is the author's own spelling without quotes, so that decimals can be converted exactly. */
export class Scalar {
  readonly kind = 'scalar'
  readonly value: ScalarValue
  readonly text: string
  readonly span: Span

  constructor(value: ScalarValue, text: string, span: Span) {
    this.value = value
    this.text = text
    this.span = span
  }
}

export class List {
  readonly kind = 'list'
  readonly items: readonly Node[]
  readonly span: Span

  constructor(items: readonly Node[], span: Span) {
    this.items = items
    this.span = span
  }
}

export interface Entry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Node
}

/** A map with text keys in the author's order. */
export class Dict {
  readonly kind = 'map'
  readonly pairs: ReadonlyMap<string, Entry>
  readonly span: Span

  constructor(pairs: ReadonlyMap<string, Entry>, span: Span) {
    this.pairs = pairs
    this.span = span
  }
}

/** What `build` makes into nodes; an absent (`undefined`) member is left out. */
export type Plain = Node | ScalarValue | readonly (Plain | undefined)[] | PlainMap | ReadonlyMap<string, Plain>
export interface PlainMap {
  readonly [key: string]: Plain | undefined
}

export function isNode(value: unknown): value is Node {
  return value instanceof Scalar || value instanceof List || value instanceof Dict
}

export function isMap(node: Node | undefined): node is Dict {
  return node !== undefined && node.kind === 'map'
}

export function isList(node: Node | undefined): node is List {
  return node !== undefined && node.kind === 'list'
}

export function isScalar(node: Node | undefined): node is Scalar {
  return node !== undefined && node.kind === 'scalar'
}

/** The value under `key`, or undefined when `node` is no map or has no such key. */
export function get(node: Node | undefined, key: string): Node | undefined {
  return isMap(node) ? node.pairs.get(key)?.value : undefined
}

/** The value at the end of a path of keys. */
export function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let here = node
  for (const key of path) here = get(here, key)
  return here
}

export function has(node: Node | undefined, key: string): boolean {
  return isMap(node) && node.pairs.has(key)
}

/** The entries of a map in the author's order; none for anything else. */
export function entries(node: Node | undefined): readonly Entry[] {
  return isMap(node) ? [...node.pairs.values()] : []
}

/** The items of a list; none for anything else. */
export function items(node: Node | undefined): readonly Node[] {
  return isList(node) ? node.items : []
}

/** The text of a string scalar; undefined for numbers, booleans, null, lists and maps. */
export function stringOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
}

/** The text of any scalar but null, as CloudFormation turns numbers and booleans into text. */
export function textOf(node: Node | undefined): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'boolean' ? String(node.value) : node.text
}

/** True for `true` and for the text "true", as CloudFormation reads booleans. */
export function isTrue(node: Node | undefined): boolean {
  return textOf(node)?.toLowerCase() === 'true'
}

/** True for `false` and for the text "false". */
export function isFalse(node: Node | undefined): boolean {
  return textOf(node)?.toLowerCase() === 'false'
}

export function scalar(value: ScalarValue, span: Span): Scalar {
  return new Scalar(value, value === null ? '' : String(value), span)
}

/** Nodes from plain values and nodes; new nodes stand at `span`, given nodes keep their own places. */
export function build(value: Plain, span: Span): Node {
  if (isNode(value)) return value
  if (value === null || typeof value !== 'object') return scalar(value, span)
  if (Array.isArray(value)) {
    const made: Node[] = []
    for (const item of value as readonly (Plain | undefined)[]) if (item !== undefined) made.push(build(item, span))
    return new List(made, span)
  }
  return buildMap(value as PlainMap | ReadonlyMap<string, Plain>, span)
}

export function buildMap(value: PlainMap | ReadonlyMap<string, Plain | undefined>, span: Span): Dict {
  const pairs = new Map<string, Entry>()
  const members = value instanceof Map ? [...(value as ReadonlyMap<string, Plain | undefined>)] : Object.entries(value)
  for (const [key, member] of members as readonly (readonly [string, Plain | undefined])[]) {
    if (member !== undefined) pairs.set(key, { key, keySpan: span, value: build(member, span) })
  }
  return new Dict(pairs, span)
}

/** `map` with some members replaced or added; `undefined` removes one. Untouched members keep their key's place. */
export function withMembers(map: Dict, members: PlainMap): Dict {
  const pairs = new Map(map.pairs)
  for (const [key, member] of Object.entries(members)) {
    if (member === undefined) pairs.delete(key)
    else pairs.set(key, { key, keySpan: pairs.get(key)?.keySpan ?? map.span, value: build(member, map.span) })
  }
  return new Dict(pairs, map.span)
}

/** What maps have for a prototype: nothing that a key of a user could reach, and words where a text is made of one. */
const WORDS: object = Object.freeze(Object.create(null, { [Symbol.toPrimitive]: { value: () => 'a map' } }))

/** Plain values without places; maps have none of the members that objects have. */
export function toJs(node: Node): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toJs)
  const made = Object.create(WORDS) as Record<string, unknown>
  for (const entry of node.pairs.values()) made[entry.key] = toJs(entry.value)
  return made
}

/** JSON with sorted keys and no spaces: the text that two equal values share. */
export function canonicalJson(node: Node): string {
  if (node.kind === 'scalar') return JSON.stringify(node.value)
  if (node.kind === 'list') return `[${node.items.map(canonicalJson).join(',')}]`
  const keys = [...node.pairs.keys()].sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(get(node, key) as Node)}`).join(',')}}`
}

/** JSON in the author's order of keys. */
export function jsonOf(node: Node): string {
  return JSON.stringify(toJs(node))
}

/** True when both hold the same values, wherever they were written. */
export function sameValue(a: Node, b: Node): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
