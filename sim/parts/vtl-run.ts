// Fills a mapping template: what a request or an answer becomes on its way through an API.
import { parseJson } from './json-text.ts'
import { readJsonPath, valueAt } from './json-path.ts'
import type { Expression, Node, Reference } from './vtl.ts'

/** What a template may look at. */
export interface TemplateInput {
  /** `$input`: the body, and the parameters of the request. */
  readonly body: unknown
  readonly params: {
    readonly header: Readonly<Record<string, unknown>>
    readonly path: Readonly<Record<string, unknown>>
    readonly querystring: Readonly<Record<string, unknown>>
  }
  readonly context: Readonly<Record<string, unknown>>
  readonly stageVariables: Readonly<Record<string, unknown>>
}

/** Steps of one filling, rounds of a loop (as in API Gateway), and characters that come out. */
const STEPS_MAX = 100_000
const ROUNDS_MAX = 1_000
const LENGTH_MAX = 10 * 1024 * 1024

/** The text that comes out; undefined where it would take too long or become too long. */
export function fillTemplate(nodes: readonly Node[], input: TemplateInput): string | undefined {
  const filler = new Filler(input)
  try {
    filler.fill(nodes)
  } catch (thrown) {
    if (thrown instanceof TooMuch) return undefined
    throw thrown
  }
  return filler.tooMuch ? undefined : filler.out
}

/** A value has become longer, larger or deeper than one may. */
class TooMuch extends Error {}

/** How deep values stand in one another in what a template shows. */
const DEPTH_MAX = 1_000

/** Half of a pair of UTF-16, which has no encoding. */
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** What roots a reference begins at; each is told from a value of the same shape by its identity. */
const INPUT = Symbol('input')
const UTIL = Symbol('util')

class Filler {
  out = ''
  tooMuch = false
  private steps = 0
  private readonly input: TemplateInput
  private readonly names = new Map<string, unknown>()

  constructor(input: TemplateInput) {
    this.input = input
    this.names.set('input', INPUT)
    this.names.set('util', UTIL)
    this.names.set('context', Object.freeze({ ...input.context }))
    this.names.set('stageVariables', Object.freeze({ ...input.stageVariables }))
  }

  fill(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (++this.steps > STEPS_MAX || this.out.length > LENGTH_MAX) this.tooMuch = true
      if (this.tooMuch) return
      switch (node.kind) {
        case 'plain':
          this.out += node.text
          break
        case 'show': {
          const value = this.look(node.of)
          this.out += value === undefined || value === null ? node.of.otherwise : textOf(value)
          break
        }
        case 'set':
          this.names.set(node.name, this.value(node.value))
          break
        case 'if':
          this.fill(isTrue(this.value(node.when)) ? node.body : node.otherwise)
          break
        case 'each':
          this.loop(node)
          break
      }
    }
  }

  private loop({ name, list, body }: Node & { kind: 'each' }): void {
    const of = this.value(list)
    const items = Array.isArray(of) ? (of as unknown[]) : isMap(of) ? Object.values(of) : []
    const before = [this.names.get(name), this.names.get('foreach'), this.names.get('velocityCount')]
    const count = Math.min(items.length, ROUNDS_MAX)
    for (let i = 0; i < count && !this.tooMuch; i++) {
      this.names.set(name, items[i])
      this.names.set('velocityCount', i + 1)
      this.names.set('foreach', {
        ...{ index: i, count: i + 1, hasNext: i + 1 < count, first: i === 0, last: i + 1 === count },
      })
      this.fill(body)
    }
    this.names.set(name, before[0])
    this.names.set('foreach', before[1])
    this.names.set('velocityCount', before[2])
  }

  private value(of: Expression): unknown {
    this.steps++
    switch (of.kind) {
      case 'value':
        return of.value
      case 'text': {
        const before = this.out
        this.out = ''
        this.fill(of.parts)
        const made = this.out
        this.out = before
        return made
      }
      case 'list':
        return of.items.map((item) => this.value(item))
      case 'map':
        return Object.fromEntries(of.entries.map(([key, item]) => [textOf(this.value(key)), this.value(item)]))
      case 'range': {
        const [from, to] = [numberOf(this.value(of.from)), numberOf(this.value(of.to))]
        const count = Math.min(Math.abs(to - from) + 1, ROUNDS_MAX)
        return Number.isInteger(count)
          ? Array.from({ length: count }, (_, i) => (to >= from ? from + i : from - i))
          : []
      }
      case 'not':
        return !isTrue(this.value(of.of))
      case 'binary':
        return this.binary(of)
      case 'reference':
        return this.look(of)
    }
  }

  private binary({ op, left, right }: Expression & { kind: 'binary' }): unknown {
    const one = this.value(left)
    if (op === '&&') return isTrue(one) && isTrue(this.value(right))
    if (op === '||') return isTrue(one) || isTrue(this.value(right))
    const other = this.value(right)
    switch (op) {
      case '==':
        return same(one, other)
      case '!=':
        return !same(one, other)
      case '+':
        return typeof one === 'string' || typeof other === 'string'
          ? joined(textOf(one), textOf(other))
          : numberOf(one) + numberOf(other)
      case '-':
        return numberOf(one) - numberOf(other)
      case '*':
        return numberOf(one) * numberOf(other)
      case '/':
        return quotient(numberOf(one), numberOf(other))
      case '%':
        return numberOf(other) === 0 ? null : numberOf(one) % numberOf(other)
      case '<':
        return numberOf(one) < numberOf(other)
      case '>':
        return numberOf(one) > numberOf(other)
      case '<=':
        return numberOf(one) <= numberOf(other)
      default:
        return numberOf(one) >= numberOf(other)
    }
  }

  private look({ name, steps }: Reference): unknown {
    let here = this.names.get(name)
    for (const step of steps) {
      if (here === undefined || here === null) return undefined
      if ('member' in step) here = this.member(here, step.member)
      else if ('index' in step) {
        const index = this.value(step.index)
        here = Array.isArray(here) ? (here as unknown[])[numberOf(index)] : memberOf(here, textOf(index))
      } else
        here = this.call(
          here,
          step.call,
          step.args.map((arg) => this.value(arg)),
        )
    }
    return here === INPUT || here === UTIL ? undefined : here
  }

  private member(of: unknown, name: string): unknown {
    if (of === INPUT) return name === 'body' ? jsonOf(this.input.body, true) : undefined
    return memberOf(of, name)
  }

  private call(of: unknown, name: string, args: readonly unknown[]): unknown {
    if (of === INPUT) return this.ofInput(name, args)
    if (of === UTIL) return short(ofUtil(name, textOf(args[0])))
    if (Array.isArray(of)) return ofList(of as unknown[], name, args)
    return isMap(of)
      ? ofMap(of, name, args)
      : ofText(
          textOf(of),
          name,
          args.map((arg) => textOf(arg)),
        )
  }

  private ofInput(name: string, args: readonly unknown[]): unknown {
    const { body, params } = this.input
    if (name === 'params') {
      if (args.length === 0) return copyOf(params)
      const wanted = textOf(args[0])
      const places = [params.path, params.querystring, params.header]
      return copyOf(places.map((place) => memberOf(place, wanted)).find((found) => found !== undefined))
    }
    const path = readJsonPath(args[0])
    if (path === undefined) return undefined
    const found = valueAt(body, path)
    if (name === 'json') return jsonOf(found, false)
    return copyOf(found)
  }
}

/** A template may add to lists and maps, but not to those of the request. */
function copyOf(found: unknown): unknown {
  return typeof found === 'object' && found !== null ? parseJson(jsonOf(found, false)) : found
}

function ofUtil(name: string, text: string): unknown {
  switch (name) {
    case 'escapeJavaScript':
      return JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'")
    case 'parseJson':
      return parseJson(text)
    case 'urlEncode':
      return encodeURIComponent(text.replace(LONE, '\uFFFD')).replaceAll('%20', '+')
    case 'urlDecode':
      return decoded(text)
    default:
      return undefined
  }
}

/** The text behind `%41` and `+`; itself where it is not so encoded. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function ofList(list: unknown[], name: string, args: readonly unknown[]): unknown {
  switch (name) {
    case 'size':
      return list.length
    case 'isEmpty':
      return list.length === 0
    case 'get':
      return list[numberOf(args[0])]
    case 'contains':
      return list.some((each) => same(each, args[0]))
    case 'add':
      if (list.length >= ROUNDS_MAX) return false
      list.push(args[0])
      return true
    default:
      return undefined
  }
}

function ofMap(map: Record<string, unknown>, name: string, args: readonly unknown[]): unknown {
  const key = textOf(args[0])
  switch (name) {
    case 'size':
      return Object.keys(map).length
    case 'isEmpty':
      return Object.keys(map).length === 0
    case 'get':
      return memberOf(map, key)
    case 'containsKey':
      return Object.hasOwn(map, key)
    case 'keySet':
      return Object.keys(map)
    case 'values':
      return Object.values(map)
    case 'put': {
      const before = memberOf(map, key)
      if (!Object.isFrozen(map) && Object.keys(map).length < ROUNDS_MAX)
        Object.defineProperty(map, key, { value: args[1], writable: true, enumerable: true, configurable: true })
      return before
    }
    case 'entrySet':
      return Object.entries(map).map(([at, value]) => ({ key: at, value }))
    case 'getKey':
      return memberOf(map, 'key')
    case 'getValue':
      return memberOf(map, 'value')
    default:
      return undefined
  }
}

function ofText(text: string, name: string, [first = '', second]: readonly string[]): unknown {
  switch (name) {
    case 'length':
      return text.length
    case 'isEmpty':
      return text === ''
    case 'contains':
      return text.includes(first)
    case 'equals':
      return text === first
    case 'equalsIgnoreCase':
      return text.toLowerCase() === first.toLowerCase()
    case 'startsWith':
      return text.startsWith(first)
    case 'endsWith':
      return text.endsWith(first)
    case 'indexOf':
      return text.indexOf(first)
    case 'substring':
      return text.substring(Number(first), second === undefined ? undefined : Number(second))
    case 'toLowerCase':
      return text.toLowerCase()
    case 'toUpperCase':
      return text.toUpperCase()
    case 'trim':
      return text.trim()
    case 'concat':
      return joined(text, first)
    case 'toString':
      return text
    case 'replace':
      return first === '' ? text : replaced(text, first, second ?? '')
    default:
      return undefined
  }
}

/** A map or a list is no number, whatever its members are called. */
function numberOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? NaN : Number(value)
}

/** Velocity divides whole numbers as Java does; by zero is nothing. */
function quotient(one: number, other: number): number | null {
  if (other === 0) return null
  return Number.isInteger(one) && Number.isInteger(other) ? Math.trunc(one / other) : one / other
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== ''
}

function same(one: unknown, other: unknown): boolean {
  return one === other || (one ?? null) === (other ?? null) || textOf(one) === textOf(other)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : jsonOf(value, false)
}

/** JSON of a value; a text as it stands where it is the whole body. */
function jsonOf(value: unknown, isBody: boolean): string {
  if (isBody && typeof value === 'string') return value
  if (typeof value === 'object' && value !== null) weigh(value, 0, 0)
  return JSON.stringify(value ?? null) ?? 'null'
}

/** How many values and characters there are in one, on top of those before; a list that holds itself is too deep. */
function weigh(value: object, depth: number, before: number): number {
  if (depth > DEPTH_MAX) throw new TooMuch()
  let count = before
  for (const each of Object.values(value) as unknown[]) {
    count += typeof each === 'string' ? each.length + 1 : 1
    if (count > LENGTH_MAX) throw new TooMuch()
    if (typeof each === 'object' && each !== null) count = weigh(each, depth + 1, count)
  }
  return count
}

function short(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LENGTH_MAX) throw new TooMuch()
  return value
}

function joined(one: string, other: string): string {
  if (one.length + other.length > LENGTH_MAX) throw new TooMuch()
  return one + other
}

function replaced(text: string, from: string, to: string): string {
  const parts = text.split(from)
  if (text.length + (parts.length - 1) * to.length > LENGTH_MAX) throw new TooMuch()
  return parts.join(to)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, name: string): unknown {
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
