// What counts as a regression, as people state it: `p99(Api.Latency) +5%`, `max(Jobs.ApproximateAgeOfOldestMessage) +20 s`, `sum(Load.Successes) -1%`.
//
//   condition := measure ('+' | '-') (share '%' | quantity)
//
// A plus is for what must not rise by more, a minus for what must not fall by more. A share is one of the value before.
import { mismatchOf } from '../lang/dimensions.ts'
import { parseExpectation, parseMeasure, type Measure, type Measured, type Quantity } from '../lang/expectation.ts'
import type { CwUnit } from '../model/contract.ts'
import { chanceAbove, meanOf, seedsToTell } from './statistics/means.ts'
import type { Unit } from './types.ts'

export interface Condition {
  /** As it was written. */
  readonly text: string
  /** The measure's name, as values have it. */
  readonly name: string
  readonly measure: Measure
  readonly sign: 1 | -1
  readonly amount:
    { readonly kind: 'share'; readonly share: number } | { readonly kind: 'absolute'; readonly quantity: Quantity }
}

export type ReadCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly help: string }

const CONDITION = /^(.*\S)\s*([+\-−])\s*(\d[^+\-−]*)$/su
const SHARE = /^(\d{1,9}(?:\.\d{1,9})?)\s*%$/
const HELP =
  'such as `p99(Api.Latency) +5%`, `max(Jobs.ApproximateAgeOfOldestMessage) +20 s` or `sum(Load.Successes) -1%`'

/** Reads one condition. Names are not looked up here; `unlikeIn` tells whether the amount fits the measure. */
export function parseCondition(text: string): ReadCondition {
  const [, name = '', sign, amount = ''] = CONDITION.exec(text.trim()) ?? []
  if (sign === undefined) {
    const says = parseMeasure(text).ok ? 'says what is measured, but not by how much it may change' : 'is no condition'
    return { ok: false, message: `\`${text}\` ${says}`, help: HELP }
  }
  const measure = parseMeasure(name)
  if (!measure.ok) return { ok: false, message: `\`${text}\`: ${measure.message}`, help: measure.help ?? HELP }
  const read = { text: text.trim(), name, measure: measure.value, sign: sign === '+' ? 1 : -1 } as const
  const share = SHARE.exec(amount.trim())
  if (share !== null)
    return { ok: true, condition: { ...read, amount: { kind: 'share', share: Number(share[1]) / 100 } } }
  // A quantity is read by the language itself, beside a measure of which only its place matters.
  const beside = parseExpectation(`sum(a.b) > ${amount}`)
  if (!beside.ok || beside.value.kind !== 'compare' || beside.value.right.kind !== 'quantity')
    return { ok: false, message: `\`${text}\`: \`${amount.trim()}\` is no amount`, help: HELP }
  const quantity = beside.value.right
  return { ok: true, condition: { ...read, amount: { kind: 'absolute', quantity } } }
}

/** Why the amount does not fit the measure, such as a time for a number; undefined when it does. `unitOf` tells a metric's unit. */
export function unlikeIn(
  { measure, amount }: Condition,
  unitOf: (metric: Measured) => CwUnit | undefined,
): string | undefined {
  if (amount.kind === 'share') return undefined
  const { formula, during } = measure
  const ast = { kind: 'compare', left: formula, op: '>', right: amount.quantity, by: [], during } as const
  return mismatchOf(ast, unitOf)?.message
}

export interface Judged {
  readonly text: string
  readonly name: string
  readonly unit?: Unit
  /** Mean values of the pairs; absent where a side has no data. */
  readonly before?: number
  readonly after?: number
  /** The chance of what was seen if the change were just as large as is allowed; not yet adjusted for other conditions. */
  readonly chance: number
  /** The same for a change that is allowed. */
  readonly chanceKept: number
  readonly seedsNeeded?: number
}

/** Holds a condition against values of pairs of runs. `unit` is that of the values. */
export function judge(
  { text, name, sign, amount }: Condition,
  unit: Unit | undefined,
  before: readonly number[],
  after: readonly number[],
  confidence: number,
): Judged {
  if (unit === undefined || before.length === 0) return { text, name, chance: 1, chanceKept: 1 }
  // How far beyond what is allowed each pair is; a share is of the pair's own value before.
  const beyond = after.map((value, i) => {
    const base = before[i]!
    const allowed = amount.kind === 'share' ? Math.abs(base) * amount.share : inUnit(amount.quantity, unit)
    return sign * (value - base) - allowed
  })
  const estimate = meanOf(beyond, confidence)
  const seeds = estimate.n > 1 ? seedsToTell(estimate.deviation, estimate.mean, confidence) : undefined
  return {
    ...{ text, name, unit },
    before: meanOf(before, confidence).mean,
    after: meanOf(after, confidence).mean,
    chance: chanceAbove(estimate, 0),
    chanceKept: chanceAbove(
      meanOf(
        beyond.map((value) => -value),
        confidence,
      ),
      0,
    ),
    ...(seeds === undefined ? {} : { seedsNeeded: seeds }),
  }
}

const MICROS: Readonly<Partial<Record<Unit, number>>> = { Seconds: 1e6, Milliseconds: 1e3 }

/** A quantity in the unit of a measure; a plain number is in that unit already. */
function inUnit({ value, unit: counts }: Quantity, unit: Unit): number {
  if (counts === 'duration') return value / (MICROS[unit] ?? 1)
  return counts === 'rate' ? value * 1e6 : value
}
