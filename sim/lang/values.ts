// Values inside a scenario's steps and workloads: constants, paths into the event, texts with paths in them, draws.
import { createKeySampler, createSampler, type Distribution, type Sampler } from '../engine/sample.ts'
import { isList, isMap, textOf, toJs, type Node, type Scalar } from '../cfn/index.ts'
import type { Condition, KeySource, Streams, Template } from '../parts/program.ts'
import { parseDistribution, type FileReader } from './distribution.ts'
import type { StepContext } from './handler.ts'
import { choosesKeys, keyName, parseKeys, type KeySpec } from './keys.ts'
import { found, flaw, reportFlaw, type Outcome } from './outcome.ts'
import { parseCondition } from './condition.ts'
import { parsePath, parseTemplate } from './path.ts'
import { dimensionOf, type Dimension } from './quantity.ts'

/** Names of drawn keys are kept up to this many, so that a key drawn often is made once. */
const NAMES_KEPT = 100_000

/** Draws key names; what it remembers are names alone, the same in every world. */
class NamedKeys implements KeySource {
  private readonly spec: KeySpec
  private readonly sampler: ReturnType<typeof createKeySampler>
  private readonly made: string[] = []

  constructor(spec: KeySpec) {
    this.spec = spec
    this.sampler = createKeySampler(spec.distribution)
  }

  draw(streams: Streams, purpose: string): string {
    const index =
      this.spec.distribution.kind === 'sequence' ? streams.turn(purpose) : this.sampler.index(streams.get(purpose))
    if (index >= NAMES_KEPT) return keyName(this.spec.names, index)
    return (this.made[index] ??= keyName(this.spec.names, index))
  }
}

/** Reads any value: `$.a` is a path, `{$.a}` inside a text is filled in, the rest stands for itself. */
export function readTemplate(node: Node, place: string, context: StepContext): Template {
  if (isMap(node)) {
    const keys: string[] = []
    const values: Template[] = []
    for (const { key, value } of node.pairs.values()) {
      keys.push(key)
      values.push(readTemplate(value, `${place}.${key}`, context))
    }
    return values.every((value) => value.kind === 'constant') ? constant(toJs(node)) : { kind: 'map', keys, values }
  }
  if (isList(node)) {
    const items = node.items.map((item, i) => readTemplate(item, `${place}.${i}`, context))
    return items.every((item) => item.kind === 'constant') ? constant(toJs(node)) : { kind: 'list', items }
  }
  if (typeof node.value !== 'string') return constant(node.value)
  return taken(parseTemplate(node.value), node, context) ?? constant(node.value)
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

/** An attribute of a workload: a key, a distribution, or itself. */
export function readAttribute(node: Node, name: string, context: StepContext): Template {
  const text = textOf(node)
  if (text === undefined || typeof (node as Scalar).value !== 'string') return constant(toJs(node))
  if (choosesKeys(text)) {
    const spec = taken(parseKeys(text, `${name}-`), node as Scalar, context)
    return spec === undefined ? constant(undefined) : { kind: 'key', key: new NamedKeys(spec), purpose: name }
  }
  const dimension = dimensionOf(text)
  if (/^\s*[a-z]+\s*\(/i.test(text)) return readDrawn(node, dimension ?? 'count', name, context) ?? constant(undefined)
  return constant(text)
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
  const readFile: FileReader = (path): Outcome<string> => {
    const file = context.readFile(path, node.span)
    return file === undefined ? flaw('unreadable-file', `\`${path}\` cannot be read`, 0, text.length) : found(file)
  }
  return taken(parseDistribution(text, dimension, readFile), node as Scalar, context)
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

/** The value of an outcome; a flaw is reported at its place inside the scalar. */
function taken<T>(outcome: Outcome<T>, node: Scalar, context: StepContext): T | undefined {
  if (outcome.ok) return outcome.value
  const { text } = node.span.source
  const offset = text.startsWith(node.text, node.span.start)
    ? 0
    : text.startsWith(node.text, node.span.start + 1)
      ? 1
      : -1
  const span = offset < 0 ? node.span : { ...node.span, start: node.span.start + offset }
  reportFlaw(context.problems, outcome, span, offset >= 0)
  return undefined
}
