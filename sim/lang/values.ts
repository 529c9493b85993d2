// Values inside a scenario's steps and workloads: constants, paths into the event, texts with paths in them, draws.
import type { KeyDistribution } from '../engine/keys.ts'
import { createKeySampler, createSampler, type Distribution, type KeySampler, type Sampler } from '../engine/sample.ts'
import { isList, isMap, textOf, type Node, type Scalar } from '../cfn/index.ts'
import type { Condition, KeySource, Streams, Template } from '../parts/program.ts'
import { nearest } from '../diag/suggest.ts'
import { DISTRIBUTION_NAMES, parseDistribution, type FileReader } from './distribution.ts'
import type { StepContext } from './handler.ts'
import { choosesKeys, KEY_NAMES, keyName, parseKeys, type KeySpec } from './keys.ts'
import { found, flaw, type Outcome } from './outcome.ts'
import { taken } from './taken.ts'
import { parseCondition } from './condition.ts'
import { parsePath, parseTemplate } from './path.ts'
import { dimensionOf, type Dimension } from './quantity.ts'

/** Names of drawn keys are kept up to this many, so that a key drawn often is made once. */
const NAMES_KEPT = 100_000

/** Draws key names; what it remembers are names alone, the same in every world. */
class NamedKeys implements KeySource {
  readonly topShare: number
  readonly count: number
  private readonly spec: KeySpec
  private readonly sampler: KeySampler
  private readonly made: string[] = []

  constructor(spec: KeySpec, sampler: KeySampler) {
    this.spec = spec
    this.sampler = sampler
    this.topShare = sampler.topShare
    this.count = sampler.count
  }

  draw(streams: Streams, purpose: string): string {
    const index =
      this.spec.distribution.kind === 'sequence' ? streams.turn(purpose) : this.sampler.index(streams.get(purpose))
    if (index >= NAMES_KEPT) return keyName(this.spec.names, index)
    return (this.made[index] ??= keyName(this.spec.names, index))
  }
}

/** Most keys in all tables of a scenario; a table takes 12 bytes a key. */
const TABLED_KEYS = 3_000_000

/** The samplers of a scenario's keys; equal choices share one, because its table may hold a million keys. */
export class KeyTables {
  private readonly samplers = new Map<string, KeySampler>()
  private left = TABLED_KEYS

  /** The sampler of a choice; undefined when there is no room for one more table. */
  samplerOf(distribution: KeyDistribution): KeySampler | undefined {
    const size =
      distribution.kind === 'zipf' ? distribution.n : distribution.kind === 'choice' ? distribution.weights.length : 0
    if (size === 0) return createKeySampler(distribution)
    const key = JSON.stringify(distribution)
    const known = this.samplers.get(key)
    if (known !== undefined) return known
    if (size > this.left) return undefined
    this.left -= size
    const made = createKeySampler(distribution)
    this.samplers.set(key, made)
    return made
  }
}

/** Sizes that the simulator adds to an API's own parameters, because a template has no bytes to count. */
export const SIZES: ReadonlySet<string> = new Set(['ContentLength', 'DataSize', 'ItemSize', 'MessageSize', 'ValueSize'])

/** Reads any value: `$.a` is a path, `{$.a}` inside a text is filled in, keys and distributions are drawn, the rest stands for itself. */
export function readTemplate(node: Node, place: string, context: StepContext): Template {
  if (isMap(node)) {
    const keys: string[] = []
    const values: Template[] = []
    for (const { key, value } of node.pairs.values()) {
      keys.push(key)
      const at = `${place}.${key}`
      values.push(
        key === 'DataSize' || key === 'BodySize'
          ? readSizeTemplate(value, at, context)
          : readTemplate(value, at, context),
      )
    }
    return values.every((value) => value.kind === 'constant')
      ? constant(Object.fromEntries(values.map(({ value }, i) => [keys[i], value])))
      : { kind: 'map', keys, values }
  }
  if (isList(node)) {
    const items = node.items.map((item, i) => readTemplate(item, `${place}.${i}`, context))
    return items.every((item) => item.kind === 'constant')
      ? constant(items.map(({ value }) => value))
      : { kind: 'list', items }
  }
  if (typeof node.value !== 'string') return constant(node.value)
  if (isDrawn(node.value)) return readDraw(node, place, context)
  return taken(parseTemplate(node.value), node, context) ?? constant(node.value)
}

/** Whether a text is drawn anew each time: keys, or a distribution by its name, even misspelt. `attribute_exists(id)` is a text. */
function isDrawn(text: string): boolean {
  if (choosesKeys(text)) return true
  const name = /^\s{0,9}([A-Za-z]{3,20})\s{0,3}\(/.exec(text)?.[1]
  const names = [...DISTRIBUTION_NAMES, ...KEY_NAMES]
  return name !== undefined && (names.includes(name) || nearest(name, names) !== undefined)
}

/** A draw of keys or quantities. Numbered keys are called after the last name of their place. */
function readDraw(node: Scalar, place: string, context: StepContext): Template {
  const text = node.text
  if (choosesKeys(text)) {
    const spec = taken(parseKeys(text, `${place.slice(place.lastIndexOf('.') + 1)}-`), node, context)
    if (spec === undefined) return constant(undefined)
    const sampler = context.keys.samplerOf(spec.distribution)
    if (sampler !== undefined) return { kind: 'key', key: new NamedKeys(spec, sampler), purpose: place }
    context.problems.error('too-many-keys', `the keys of this scenario are more than ${TABLED_KEYS}`, node.span, {
      label: 'choose among fewer, or with the same law as another place',
    })
    return constant(undefined)
  }
  return readDrawn(node, dimensionOf(text) ?? 'count', place, context) ?? constant(undefined)
}

/** A count: a number, a distribution of numbers, or a path to one. */
export function readCountTemplate(node: Node, place: string, context: StepContext): Template {
  const text = textOf(node)
  if (text?.trimStart().startsWith('$') === true) return readPath(node, context)
  return readDrawn(node, 'count', place, context) ?? constant(0)
}

/** A path such as `$.Records`. */
export function readPath(node: Node, context: StepContext): Template {
  const text = textOf(node)
  if (text === undefined) {
    context.problems.error('wrong-type', 'expected a path', node.span, { label: 'such as `$.Records`' })
    return constant(undefined)
  }
  const path = taken(parsePath(text), node as Scalar, context)
  return path === undefined ? constant(undefined) : { kind: 'path', path }
}

export function readCondition(node: Node, place: string, context: StepContext): Condition {
  const text = textOf(node)
  if (text !== undefined) {
    const read = taken(parseCondition(text, place), node as Scalar, context)
    if (read !== undefined) return read
  } else context.problems.error('wrong-type', 'expected a condition', node.span, { label: 'such as `$.quantity < 0`' })
  return { kind: 'exists', of: constant(true) }
}

/** A duration in µs: a constant or a distribution. */
export function readTimeTemplate(node: Node, place: string, context: StepContext): Template | undefined {
  return readDrawn(node, 'duration', place, context)
}

/** A size in bytes: a path to one, a constant or a distribution. */
export function readSizeTemplate(node: Node, place: string, context: StepContext): Template {
  const text = textOf(node)
  if (text?.startsWith('$') === true) return readPath(node, context)
  return readDrawn(node, 'size', place, context) ?? constant(0)
}

/** An attribute of a workload: keys, a distribution, or itself. There is no event yet that `$` could stand for. */
export function readAttribute(node: Node, name: string, context: StepContext): Template {
  for (const text of textsIn(node)) {
    if (!/^\s*\$[.[]|\{\$/.test(text.text)) continue
    context.problems.error('no-event', `the attribute \`${name}\` is a path, and there is no event yet`, text.span, {
      label: 'expected a value, keys such as `uuid`, or a distribution',
    })
    return constant(undefined)
  }
  return readTemplate(node, name, context)
}

function textsIn(node: Node): Scalar[] {
  if (isMap(node)) return [...node.pairs.values()].flatMap(({ value }) => textsIn(value))
  if (isList(node)) return node.items.flatMap(textsIn)
  return typeof node.value === 'string' ? [node] : []
}

/** A text's distribution; a constant becomes a constant template, so that it draws nothing. */
export function readDrawn(node: Node, dimension: Dimension, place: string, context: StepContext): Template | undefined {
  const distribution = readDistribution(node, dimension, context)
  if (distribution === undefined) return undefined
  if (distribution.kind === 'constant') return constant(distribution.value)
  return { kind: 'draw', sampler: frozenSampler(distribution), purpose: place }
}

export function readDistribution(node: Node, dimension: Dimension, context: StepContext): Distribution | undefined {
  const text = textOf(node)
  if (text === undefined) {
    context.problems.error('wrong-type', `expected a ${dimension}`, node.span, {
      label: 'a value or a distribution such as `lognormal(p50=, p99=)`',
    })
    return undefined
  }
  let unreadable = false
  const readFile: FileReader = (path): Outcome<string> => {
    const file = context.readFile(path, node.span)
    unreadable = file === undefined
    return file === undefined ? flaw('unreadable-file', `\`${path}\` cannot be read`, 0, text.length) : found(file)
  }
  const parsed = parseDistribution(text, dimension, readFile)
  // Who reads the files has said why already.
  return unreadable ? undefined : taken(parsed, node as Scalar, context)
}

/** A sampler that worlds may share: nothing in it changes. */
export function frozenSampler(distribution: Distribution): Sampler {
  return Object.freeze(createSampler(distribution)) as Sampler
}

function constant(value: unknown): Template {
  return { kind: 'constant', value: typeof value === 'object' && value !== null ? deepFreeze(value) : value }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part as object)
  return Object.freeze(value)
}
