// Call scripts of another simulator's tests, as suites interpret them: steps in order, symbols for what a step answered.
//
// `<<3:send_message>>[MessageId]` stands for a part of what step 3 answered. What a call is made of is a suite's own; the author's
// expectations and the comparison with recorded answers are the same for all.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from '../../sim/parts/json-text.ts'
import { queue } from '../../sim/services/sqs/queue.ts'
import { SECOND, type Answer, type Lab, type Part } from '../kit.ts'
import { CORPUS, type Case } from './suite.ts'

export interface Step {
  readonly i?: number
  readonly call?: string
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly args?: readonly unknown[]
  readonly expect?: string
  readonly left?: unknown
  readonly right?: unknown
  readonly expect_error_begin?: string
  readonly expect_error_end?: number
  readonly sleep?: number
}

export interface Vector {
  readonly id: string
  readonly incomplete: string | null
  readonly steps: readonly Step[]
  readonly recorded_content: Readonly<Record<string, unknown>> | null
}

/** What a suite compares of recorded answers. */
export interface Comparison {
  /** Paths of members that no room can have as AWS has them: names, digests, moments. */
  readonly unlike: RegExp
  /** Members that AWS leaves out where there is nothing to tell. */
  readonly absent: readonly string[]
  /** Whether a member that was recorded and that the answer lacks is a difference. */
  readonly isWhole: boolean
}

/** A script that asks for what cannot be worked out. */
export class Unknown extends Error {}

/** The scripts of a service that no pattern leaves out. */
export function scriptCases(
  service: string,
  leftOut: readonly (readonly [pattern: RegExp, reason: string])[],
  run: (vector: Vector) => void,
  name = 'scripts.json',
): Case[] {
  const file = join(CORPUS, `conformance/${service}/${name}`)
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }
  return vectors.flatMap((vector): Case[] => {
    const text = vector.id + JSON.stringify(vector.steps)
    if (vector.incomplete !== null || leftOut.some(([pattern]) => pattern.test(text))) return []
    return [{ name: vector.id.slice(vector.id.lastIndexOf('::') + 2), run: () => run(vector) }]
  })
}

/** How many scripts each rule leaves out, by its reason; a script counts for the first that fits. Those that stopped early come last. */
export function leftOutOf(
  service: string,
  leftOut: readonly (readonly [pattern: RegExp, reason: string])[],
): Readonly<Record<string, number>> {
  const file = join(CORPUS, `conformance/${service}/scripts.json`)
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }
  const counts: Record<string, number> = Object.fromEntries(leftOut.map(([, reason]) => [reason, 0]))
  for (const { id, steps, incomplete } of vectors) {
    const text = id + JSON.stringify(steps)
    const reason =
      leftOut.find(([pattern]) => pattern.test(text))?.[1] ?? (incomplete === null ? 'said' : 'stopped early')
    counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

export abstract class CallScript {
  protected readonly vector: Vector
  protected readonly results = new Map<number, unknown>()
  protected raising = false
  protected refusal: Answer | undefined
  /** Values that were compared. */
  protected compared = 0
  protected abstract readonly lab: Lab
  protected abstract readonly comparison: Comparison

  constructor(vector: Vector) {
    this.vector = vector
  }

  /** Makes one call. */
  protected abstract make(step: Step, call: string): void

  /** The code that a script knows a refusal by. */
  protected abstract codeOf(refusal: Answer): string

  /** Makes every step; throws at the first difference. */
  run(): void {
    for (const step of this.vector.steps) {
      if (step.expect_error_begin !== undefined) {
        this.raising = true
        this.refusal = undefined
      } else if (step.expect_error_end !== undefined) {
        if (this.refusal === undefined) throw new Error(`step ${step.expect_error_end}: expected a refusal`)
        this.results.set(step.expect_error_end, { value: { response: { Error: { Code: this.codeOf(this.refusal) } } } })
        this.raising = false
      } else if (step.sleep !== undefined) this.lab.run(this.lab.now + step.sleep * SECOND)
      else if (step.call !== undefined) this.make(step, step.call)
      else if (step.expect !== undefined) this.check(step)
    }
  }

  private check({ i, expect, left, right }: Step): void {
    let [a, b]: [unknown, unknown] = [undefined, undefined]
    try {
      a = this.resolve(left)
      b = this.resolve(right)
    } catch (error) {
      if (error instanceof Unknown) return
      throw error
    }
    // A member that the room does not have, a value that Python made up, a list that stands for a loop taken once.
    if (a === undefined || b === undefined || [a, b].some((each) => /^<(?!<)/.test(String(each)))) return
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length && JSON.stringify(left).includes('<<')) return
    const holds = holdsFor(expect!, a, b, this.comparison.absent)
    if (holds !== undefined) this.compared++
    if (holds === false)
      throw new Error(`step ${i}: ${short(left)} ${expect} ${short(right)}: ${short(a)}, ${short(b)}`)
  }

  /** A value with every symbol in it replaced by what it stands for. */
  protected resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.resolve(each))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.resolve(each)]))
    if (typeof value !== 'string') return value
    const length = /^len\((.*)\)$/.exec(value)
    if (length !== null) {
      const list = this.resolve(length[1])
      return Array.isArray(list) ? list.length : list === undefined ? 0 : unknown(value)
    }
    const symbol = /^<<(\d+):\w+>>((?:\[[^\]]+\]|\.\w+)*)$/.exec(value)
    if (symbol === null) return value.includes('<<') ? unknown(value) : value
    let found: unknown = this.results.get(Number(symbol[1]))
    for (const [, index, name] of symbol[2]!.matchAll(/\[([^\]]+)\]|\.(\w+)/g)) {
      const key = index ?? name!
      if (key === 'num') {
        found = Number(found)
        continue
      }
      if (typeof found !== 'object' || found === null) return unknown(value)
      found = (found as Record<string, unknown>)[key]
    }
    return found
  }

  /** Throws where an answer differs from what was recorded. */
  protected compare(recorded: unknown, found: unknown, path: string): void {
    const { unlike, absent, isWhole } = this.comparison
    if (typeof recorded === 'string' && /^<.*>$/.test(recorded)) return
    const differs = (): never => {
      throw new Error(`${path}: recorded ${short(recorded)}, found ${short(found)}`)
    }
    if (found === undefined && isWhole) differs()
    if (Array.isArray(recorded)) {
      if (!Array.isArray(found) || found.length !== recorded.length) return differs()
      this.compared++
      recorded.forEach((each, i) => this.compare(each, found[i], `${path}.${i}`))
      return
    }
    if (isPlain(recorded)) {
      if (found === undefined) return
      if (String(recorded) !== String(found)) differs()
      this.compared++
      return
    }
    // The snapshots hold texts of JSON parsed.
    const members = ((typeof found === 'string' ? parseJson(found) : found) ?? {}) as Record<string, unknown>
    for (const [key, value] of Object.entries(recorded as object))
      if (!unlike.test(`${path}.${key}`)) this.compare(value, members[key], `${path}.${key}`)
    for (const key of absent)
      if (!Object.hasOwn(recorded as object, key)) {
        if (isIn(key, members, absent)) throw new Error(`${path}.${key}: recorded none, found ${short(members[key])}`)
      }
  }
}

const NUMBERS = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
]
const TRUTHS = ['FifoQueue', 'ContentBasedDeduplication']

function unknown(text: string): never {
  throw new Unknown(text)
}

/** Attributes are texts; properties are what they say. */
export function propertiesOf(attributes: Readonly<Record<string, string>>): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(attributes))
    properties[key] = NUMBERS.includes(key) ? Number(value) : TRUTHS.includes(key) ? /^true$/i.test(value) : value
  return properties
}

export const queuePart = (properties: Record<string, unknown>): Part => ({
  def: queue,
  properties,
  assumptions: { ApiLatency: '0ms' },
})

/** Whether a comparison holds; undefined = it cannot be said. */
function holdsFor(expect: string, a: unknown, b: unknown, absent: readonly string[]): boolean | undefined {
  const [left, right] = [Number(a), Number(b)]
  switch (expect) {
    case 'Eq':
      return isPlain(a) && isPlain(b) ? String(a) === String(b) : isCovered(b, a)
    case 'NotEq':
      return String(a) !== String(b)
    case 'Gt':
      return left > right
    case 'GtE':
      return left >= right
    case 'Lt':
      return left < right
    case 'LtE':
      return left <= right
    case 'In':
      return isIn(a, b, absent)
    case 'NotIn':
      return !isIn(a, b, absent)
    default:
      return undefined
  }
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** Whether all that one value has is in another one, which may have more: the room tells all attributes. */
function isCovered(wanted: unknown, found: unknown): boolean {
  if (isPlain(wanted) || Array.isArray(wanted)) return JSON.stringify(wanted) === JSON.stringify(found)
  return Object.entries(wanted as object).every(
    ([key, value]) => String(value) === String((found as Record<string, unknown> | null)?.[key]),
  )
}

/** Whether a value is among others, or a member of an answer: some lists are left out of AWS's answers when they are empty. */
function isIn(a: unknown, b: unknown, absent: readonly string[]): boolean {
  if (typeof b === 'string' || Array.isArray(b)) return (b as readonly unknown[]).includes(a as never)
  const value = (b as Record<string, unknown> | undefined)?.[String(a)]
  return value !== undefined && !(Array.isArray(value) && value.length === 0 && absent.includes(String(a)))
}

export const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300)
