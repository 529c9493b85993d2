// Checks a resource's properties against a room's `props` and fills in the defaults: plain values in, config out.
//
// Mistakes are reported by path, so that whoever knows the source text can show the place.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { createSampler } from '../engine/sample.ts'
import { parseDistribution } from '../lang/distribution.ts'
import type { Config, Prop, Props } from '../model/contract.ts'

/** A number as a text; no longer text is looked at. */
const NUMBER = /^\s{0,9}[-+]?[0-9]{0,30}\.?[0-9]{1,30}(e[-+]?[0-9]{1,3})?\s{0,9}$/i

export type Path = readonly (string | number)[]

/** What the reader may ask and tell. */
export interface ReadContext {
  /** The value of a quota named as a limit. */
  quota(name: string): number
  /** The logical id that an ARN, URL or name stands for. */
  resolve(text: unknown): string | undefined
  /** Whether a text stands for a value that nobody here can know, such as a parameter without one. */
  isMadeUp(text: string): boolean
  error(path: Path, slug: Slug, message: string, help?: string): void
  /** A property that `what` has not; `names` are those that it has. */
  unknown(path: Path, what: string, names: readonly string[]): void
  notSimulated(path: Path, message: string): void
}

/** Reads the properties of one resource or of one record in it. `what` names it in messages. */
export function readConfig(
  what: string,
  props: Props,
  values: Readonly<Record<string, unknown>>,
  context: ReadContext,
  path: Path = [],
): Config {
  const config: Record<string, unknown> = {}
  for (const name of Object.keys(values)) {
    const prop = Object.hasOwn(props, name) ? props[name] : undefined
    if (prop === undefined) context.unknown([...path, name], what, Object.keys(props))
    else if (prop.unused === true) context.notSimulated([...path, name], `\`${name}\` of ${what}: ${prop.doc}`)
  }
  for (const name of Object.keys(props)) {
    const prop = props[name]!
    const given = Object.hasOwn(values, name) ? values[name] : undefined
    const value = typeof given === 'string' && !fits(prop, given) && context.isMadeUp(given) ? undefined : given
    if (value !== undefined && value !== null) config[name] = readValue(prop, value, context, [...path, name])
    else if (prop.required === true)
      context.error(
        [...path, name],
        'missing-property',
        `\`${name}\` is a required property of ${what}`,
        prop.values === undefined ? prop.doc : `expected one of ${prop.values.map((word) => `\`${word}\``).join(', ')}`,
      )
    else if (prop.kind === 'record' && prop.default !== undefined)
      config[name] = readConfig(name, prop.fields!, prop.default as Record<string, unknown>, context, [...path, name])
    else if (typeof prop.default === 'string' && (prop.kind === 'int' || prop.kind === 'number'))
      config[name] = context.quota(prop.default)
    else if (prop.kind === 'distribution' && prop.default !== undefined)
      config[name] = readValue(prop, prop.default, context, [...path, name])
    else config[name] = prop.default
  }
  return Object.freeze(config)
}

function readValue(prop: Prop, value: unknown, context: ReadContext, path: Path): unknown {
  const name = `\`${nameAt(path)}\``
  const mistake = (slug: Slug, message: string, help?: string): undefined => {
    context.error(path, slug, message, help)
    return undefined
  }
  switch (prop.kind) {
    case 'any':
      return value
    case 'int':
    case 'number': {
      // CloudFormation keeps the numbers of parameters as texts.
      const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value
      const wanted = prop.kind === 'int' ? 'a whole number' : 'a number'
      if (typeof number !== 'number' || !Number.isFinite(number) || (prop.kind === 'int' && !Number.isInteger(number)))
        return mistake('wrong-type', `${name} is ${shown(value)}, not ${wanted}`, rangeText(prop, context))
      const [min, max] = limits(prop, context)
      if (number < min || number > max) return mistake('out-of-range', `${name} is ${number}`, rangeText(prop, context))
      return number
    }
    case 'bool':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      return mistake('wrong-type', `${name} is ${shown(value)}, not true or false`)
    case 'string':
      if (typeof value === 'string') return value
      if (typeof value === 'number' || typeof value === 'boolean') return String(value)
      return mistake('wrong-type', `${name} is ${shown(value)}, not a text`)
    case 'enum': {
      if (typeof value === 'object') return mistake('wrong-type', `${name} is ${shown(value)}, not a text`)
      const text = String(value)
      if (prop.values!.includes(text)) return text
      const near = nearest(text, prop.values!)
      return mistake(
        'unknown-value',
        `${name} is ${shown(value)}`,
        near === undefined
          ? `possible are ${prop.values!.map((v) => `\`${v}\``).join(', ')}`
          : `did you mean \`${near}\`?`,
      )
    }
    case 'ref': {
      const id = context.resolve(value)
      return (
        id ??
        mistake('unknown-resource', `${name} names no simulated resource of this scenario: ${shown(value)}`, prop.doc)
      )
    }
    case 'distribution': {
      if (typeof value !== 'string' && typeof value !== 'number')
        return mistake(
          'wrong-type',
          `${name} is ${shown(value)}, not a distribution`,
          'such as `20ms` or `lognormal(p50=3ms, p99=8ms)`',
        )
      const parsed = parseDistribution(String(value), prop.measure!)
      return parsed.ok
        ? Object.freeze(createSampler(parsed.value))
        : mistake(parsed.slug, `${name}: ${parsed.message}`, parsed.help ?? parsed.label)
    }
    case 'list':
      // AWS: some types take a single map for a list of one.
      if (isRecord(value) && prop.of!.kind === 'record') return readValue(prop, [value], context, path)
      if (!Array.isArray(value)) return mistake('wrong-type', `${name} is ${shown(value)}, not a list`)
      // An item that is wrong has been told and is left out.
      return Object.freeze(
        value.map((item, i) => readValue(prop.of!, item, context, [...path, i])).filter((item) => item !== undefined),
      )
    case 'map': {
      if (!isRecord(value)) return mistake('wrong-type', `${name} is ${shown(value)}, not a map`)
      const made = Object.create(null) as Record<string, unknown>
      for (const key of Object.keys(value)) made[key] = readValue(prop.of!, value[key], context, [...path, key])
      return Object.freeze(made)
    }
    case 'record':
      if (!isRecord(value)) return mistake('wrong-type', `${name} is ${shown(value)}, not a map`)
      return readConfig(name, prop.fields!, value, context, path)
  }
}

/** The last name of a path with the places of items behind it: `Targets[0]`. */
function nameAt(path: Path): string {
  const from = path.findLastIndex((step) => typeof step === 'string')
  return `${path[from]}${path
    .slice(from + 1)
    .map((i) => `[${i}]`)
    .join('')}`
}

/** Whether a text can be read as the number, the truth or one of the words that a property wants. */
function fits(prop: Prop, text: string): boolean {
  if (prop.kind === 'int' || prop.kind === 'number') return NUMBER.test(text)
  if (prop.kind === 'bool') return text === 'true' || text === 'false'
  return prop.kind !== 'enum' || prop.values!.includes(text)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function limits(prop: Prop, context: ReadContext): [number, number] {
  const limit = (at: number | string): number => (typeof at === 'string' ? context.quota(at) : at)
  return prop.range === undefined ? [-Infinity, Infinity] : [limit(prop.range[0]), limit(prop.range[1])]
}

function rangeText(prop: Prop, context: ReadContext): string | undefined {
  if (prop.range === undefined) return undefined
  const [min, max] = limits(prop, context)
  const unit = prop.unit === undefined ? '' : ` ${prop.unit}`
  return max === Infinity ? `expected at least ${min}${unit}` : `expected ${min} to ${max}${unit}`
}

/** A value as a message shows it, cut where it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : `\`${String(value)}\``
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
