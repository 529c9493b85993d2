// The bill: what a run would have cost at list prices, line by line, and a month of 730 hours that goes on like it.
//
// The one idea: of each line there is a whole number used since the warm-up. Its price, the month and the tiers are exact
// arithmetic on it; each line is rounded once, to a billionth of a dollar, and totals are sums of lines.
import { assert } from '../engine/assert.ts'
import { MONTH_US, priceName, type Price } from '../model/price.ts'
import type { ComponentPlan, WorldPlan } from '../model/plan.ts'
import { costOf, dollars, parseUsd } from '../parts/money.ts'
import { readUsage } from './usage.ts'
import type { World } from './world.ts'

export interface BillLine {
  /** As `Prices` takes it: `lambda.Requests`. */
  readonly price: string
  /** What is paid for. */
  readonly item: string
  readonly unit: string
  /** Units used in the time of the bill, and in a month like it. */
  readonly used: number
  readonly usedMonth: number
  /** The price as it is written, for `per` units. */
  readonly usd: string
  readonly per: number
  /** US dollars. */
  readonly run: number
  readonly month: number
}

export interface ResourceBill {
  readonly resource: string
  readonly type: string
  readonly lines: readonly BillLine[]
  readonly run: number
  readonly month: number
}

/** What the account's whole month is cheaper by: a tier that it reaches, or the free tier. */
export interface Discount {
  readonly price: string
  readonly text: string
  /** US dollars, positive. */
  readonly month: number
}

/** Amounts in US dollars at list prices of us-east-1. */
export interface Bill {
  /** Seconds that it is for: the run without its warm-up. */
  readonly seconds: number
  readonly resources: readonly ResourceBill[]
  readonly discounts: readonly Discount[]
  readonly run: number
  /** 730 hours like the run, tiers and free tier taken off. */
  readonly month: number
  /** Simulated types of AWS without price lines, or what has none of a type that has some, with the resources. */
  readonly unpriced: readonly { readonly type: string; readonly resources: readonly string[] }[]
  /** What AWS bills too and no line has, by type. */
  readonly unbilled: readonly { readonly type: string; readonly what: readonly string[] }[]
}

/** A line with its exact amounts: base units, and billionths of a dollar. */
interface Exact {
  readonly name: string
  readonly price: Price<unknown>
  readonly usd: string
  readonly used: bigint
  readonly run: bigint
  readonly month: bigint
}

/** The bill of a finished run; undefined when it ended before its warm-up was over. */
export function billOf(world: World): Bill | undefined {
  const micros = world.now - world.plan.warmUp
  if (micros <= 0) return undefined
  const before = world.usageBefore
  const after = readUsage(world, true)
  const account = new Map<string, Exact[]>()
  const resources: ResourceBill[] = []
  const unpriced = new Map<string, string[]>()
  const unbilled = new Map<string, readonly string[]>()
  let run = 0n
  let month = 0n
  world.components.forEach((component, i) => {
    const { type, def, name } = component
    if (def.prices === undefined) {
      if (type.startsWith('AWS::')) unpriced.set(type, [...(unpriced.get(type) ?? []), name])
      return
    }
    const lines = [...after[i]!].map(([key, amount]) =>
      exactLine(component, key, amount - (before[i]?.get(key) ?? 0), micros, world.plan),
    )
    for (const what of def.unpriced?.(component.config) ?? []) unpriced.set(what, [...(unpriced.get(what) ?? []), name])
    if (lines.length === 0) return
    for (const line of lines) {
      const shared = line.price.sharesWith ?? line.name
      account.set(shared, [...(account.get(shared) ?? []), line])
    }
    if (def.unbilled !== undefined) unbilled.set(type, def.unbilled)
    const sums = [sumOf(lines, 'run'), sumOf(lines, 'month')] as const
    run += sums[0]
    month += sums[1]
    resources.push({
      resource: name,
      type,
      lines: lines.map((line) => shownLine(line, micros)),
      run: dollars(sums[0]),
      month: dollars(sums[1]),
    })
  })
  const discounts = [...account.values()].flatMap((lines) => discountsOf(lines, micros, world.plan))
  for (const discount of discounts) month -= discount.exact
  return {
    seconds: micros / 1e6,
    resources,
    discounts: discounts.map(({ price, text, exact }) => ({ price, text, month: dollars(exact) })),
    run: dollars(run),
    month: dollars(month),
    unpriced: [...unpriced].map(([type, names]) => ({ type, resources: names })),
    unbilled: [...unbilled].map(([type, what]) => ({ type, what })),
  }
}

/** The price of a line in a scenario: its own, else AWS's today or that of the notes' time. */
export function priceOf(name: string, price: Price<never>, plan: Pick<WorldPlan, 'profile' | 'prices'>): string {
  const overrides = plan.prices?.overrides ?? {}
  if (Object.hasOwn(overrides, name)) return overrides[name]!
  return plan.profile === 'notes-2020' ? (price.notes2020 ?? price.usd) : price.usd
}

function exactLine({ type, def }: ComponentPlan, key: string, used: number, micros: number, plan: WorldPlan): Exact {
  const price = def.prices![key]!
  const name = priceName(type, key, price)
  const usd = priceOf(name, price, plan)
  const units = BigInt(used)
  const unitsPer = BigInt(price.base ?? 1) * BigInt(price.per ?? 1)
  const run = costOf(trillionths(usd), units, unitsPer)
  const month =
    price.once === true ? run : costOf(trillionths(usd), units * BigInt(MONTH_US), unitsPer * BigInt(micros))
  return { name, price, usd, used: units, run, month }
}

function trillionths(usd: string): bigint {
  const value = parseUsd(usd)
  assert(value !== undefined, `${usd} is a price`)
  return value
}

function sumOf(lines: readonly Exact[], of: 'run' | 'month'): bigint {
  return lines.reduce((sum, line) => sum + line[of], 0n)
}

function shownLine({ name, price, usd, used, run, month }: Exact, micros: number): BillLine {
  const units = Number(used) / (price.base ?? 1)
  return {
    price: name,
    item: price.doc,
    unit: price.unit,
    used: units,
    usedMonth: price.once === true ? units : (units * MONTH_US) / micros,
    usd,
    per: price.per ?? 1,
    run: dollars(run),
    month: dollars(month),
  }
}

interface ExactDiscount {
  readonly price: string
  readonly text: string
  /** Billionths of a dollar. */
  readonly exact: bigint
}

/** What the month of all resources with one price line is cheaper by. A price of the scenario's own has no tiers. */
function discountsOf(lines: readonly Exact[], micros: number, plan: WorldPlan): ExactDiscount[] {
  const [{ name, price, usd }] = lines as [Exact]
  const found: ExactDiscount[] = []
  const base = BigInt(price.base ?? 1)
  const per = BigInt(price.per ?? 1)
  // The month's units as a fraction: `units` / `divisor`.
  const units = lines.reduce((sum, line) => sum + line.used, 0n) * BigInt(price.once === true ? 1 : MONTH_US)
  const divisor = base * BigInt(price.once === true ? 1 : micros)
  const beyond = (limit: number): bigint => {
    const rest = units - BigInt(limit) * divisor
    return rest > 0n ? rest : 0n
  }
  const free = plan.prices?.freeTier === true ? (price.free ?? 0) : 0
  if (free > 0 && units > 0n) {
    const taken = units - beyond(free)
    found.push({ price: name, text: 'free tier', exact: costOf(trillionths(usd), taken, divisor * per) })
  }
  if (plan.prices !== undefined && Object.hasOwn(plan.prices.overrides, name)) return found
  let before = trillionths(usd)
  for (const { above, usd: lower } of price.tiers ?? []) {
    const rest = beyond(above)
    if (rest === 0n) break
    const now = trillionths(lower)
    const text = `${lower} USD above ${above} ${price.unit} a month`
    found.push({ price: name, text, exact: costOf(before - now, rest, divisor * per) })
    before = now
  }
  return found
}
