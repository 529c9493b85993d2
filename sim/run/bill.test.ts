// The bill of small worlds whose use is known to the last unit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type LabOptions } from '../../test/kit.ts'
import type { ServiceDef } from '../model/contract.ts'
import { HOUR_US, type Price } from '../model/price.ts'
import { billOf } from './bill.ts'
import { readUsage } from './usage.ts'

interface Meters {
  requests: number
}

const REQUESTS: Price<Meters> = {
  doc: 'Requests',
  usd: '0.40',
  notes2020: '0.50',
  per: 1_000_000,
  unit: 'requests',
  source: 'a test',
  used: (self) => self.requests,
}
const HOURS: Price<Meters> = {
  doc: 'Hours',
  usd: '0.015',
  unit: 'shard-hours',
  base: HOUR_US,
  source: 'a test',
  used: (_self, meter) => 2 * meter.now,
}

/** A room that uses what it is told to. */
function metered(
  prices: Record<string, Price<Meters>> | undefined,
  more: Partial<ServiceDef<Meters>> = {},
): ServiceDef<Meters> {
  return {
    type: 'AWS::Test::Metered',
    family: 'compute',
    namespace: 'AWS/Test',
    dimension: 'Name',
    summary: 'Uses what it is told to.',
    models: [],
    omits: [],
    quotas: {},
    assumptions: {},
    ...(prices === undefined ? {} : { prices }),
    props: {},
    create: () => ({ requests: 0 }),
    ops: {},
    timers: {},
    metrics: {},
    invariants: {},
    view: { glyph: 'function', label: 'Metered', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
    ...more,
  }
}

interface Use {
  readonly before?: number
  readonly after: number
  readonly minutes?: number
  readonly warmUp?: number
}

/** The bill of one resource `A` that makes so many requests before and after the warm-up. */
function billed(
  def: ServiceDef<Meters>,
  { before = 0, after, minutes = 60, warmUp = 0 }: Use,
  options: LabOptions = {},
) {
  const { world } = lab({ A: { def } }, { ...options, duration: warmUp + minutes * MINUTE, warmUp })
  const meters = world.stateOf<Meters>('A')
  if (warmUp > 0) {
    world.run(warmUp)
    meters.requests = before
    world.usageBefore = readUsage(world, false)
  }
  world.run()
  meters.requests += after
  world.finish()
  return billOf(world)!
}

describe('a bill', () => {
  it('has a line for each price, exact to a billionth of a dollar, and sums of lines [PR-R1]', () => {
    const bill = billed(metered({ REQUESTS, HOURS }), { after: 1234 })
    expect(bill.resources).toEqual([
      {
        resource: 'A',
        type: 'AWS::Test::Metered',
        lines: [
          {
            ...{ price: 'test.REQUESTS', item: 'Requests', unit: 'requests', usd: '0.40', per: 1_000_000 },
            ...{ used: 1234, usedMonth: 1234 * 730, run: 0.0004936, month: 0.360328 },
          },
          {
            ...{ price: 'test.HOURS', item: 'Hours', unit: 'shard-hours', usd: '0.015', per: 1 },
            ...{ used: 2, usedMonth: 1460, run: 0.03, month: 21.9 },
          },
        ],
        run: 0.0304936,
        month: 22.260328,
      },
    ])
    expect([bill.run, bill.month, bill.seconds]).toEqual([0.0304936, 22.260328, 3600])
  })

  it('costs per month what is there all the time, however long the run is [PR-R1, PR-V3]', () => {
    const months = [1, 7, 60, 1440].map((minutes) => billed(metered({ HOURS }), { after: 0, minutes }).month)
    expect(months).toEqual([21.9, 21.9, 21.9, 21.9])
    // Two shards for 30 days.
    expect(billed(metered({ HOURS }), { after: 0, minutes: 24 * 60 * 30 }).run).toBe(21.6)
  })

  it('leaves the warm-up out: what was used before is not billed, and the month is made of the rest', () => {
    const bill = billed(metered({ REQUESTS, HOURS }), {
      before: 1_000_000,
      after: 500_000,
      minutes: 60,
      warmUp: 30 * MINUTE,
    })
    expect(bill.resources[0]!.lines.map(({ used, run }) => [used, run])).toEqual([
      [500_000, 0.2],
      [2, 0.03],
    ])
    expect(bill.month).toBe(0.23 * 730)
  })

  it('is not made of a run that ended within its warm-up', () => {
    const { world } = lab({ A: { def: metered({ REQUESTS }) } }, { duration: MINUTE, warmUp: 30 * SECOND })
    world.run(30 * SECOND)
    expect(billOf(world)).toBeUndefined()
  })

  it('takes the notes’ price under their profile, and the scenario’s own over both [PR-R3]', () => {
    const prices = (usd?: string) => ({
      prices: {
        overrides: (usd === undefined ? {} : { 'test.REQUESTS': usd }) as Record<string, string>,
        freeTier: false,
      },
    })
    const use = { after: 1_000_000 }
    const def = metered({ REQUESTS })
    expect(billed(def, use, prices()).run).toBe(0.4)
    expect(billed(def, use, { ...prices(), profile: 'notes-2020' }).run).toBe(0.5)
    expect(billed(def, use, { ...prices('0.07'), profile: 'notes-2020' }).run).toBe(0.07)
  })

  it('counts once what is paid once', () => {
    const bill = billed(metered({ ONCE: { ...REQUESTS, once: true } }), { after: 1_000_000 })
    expect([bill.run, bill.month]).toEqual([0.4, 0.4])
  })

  it('has no line where one does not apply, and names what has no prices at all', () => {
    const none = metered({ REQUESTS: { ...REQUESTS, used: () => undefined } })
    expect(billed(none, { after: 5 }).resources).toEqual([])
    expect(billed(none, { after: 5 }).unpriced).toEqual([])
    expect(billed(metered(undefined), { after: 5 }).unpriced).toEqual([
      { type: 'AWS::Test::Metered', resources: ['A'] },
    ])
    expect(billed(metered(undefined, { type: 'Sim::Test::Metered' }), { after: 5 }).unpriced).toEqual([])
  })

  it('says what AWS bills of a type besides', () => {
    const def = metered({ REQUESTS }, { unbilled: ['data transfer'] })
    expect(billed(def, { after: 1 }).unbilled).toEqual([{ type: 'AWS::Test::Metered', what: ['data transfer'] }])
  })
})

describe('the account’s month', () => {
  const TIERED: Price<Meters> = {
    ...{ doc: 'Requests', usd: '3.50', per: 1_000_000, unit: 'requests', source: 'a test' },
    tiers: [
      { above: 333_000_000, usd: '2.80' },
      { above: 1_000_000_000, usd: '2.38' },
    ],
    free: 1_000_000,
    used: (self) => self.requests,
  }
  /** An hour of so many million requests a month. */
  const monthOf = (millions: number, prices?: LabOptions['prices']) =>
    billed(
      metered({ TIERED }),
      { after: millions * 1_000_000, minutes: 730 * 60 },
      prices === undefined ? {} : { prices },
    )

  it('reaches the next tier at its limit, not before', () => {
    expect(monthOf(333).discounts).toEqual([])
    expect(monthOf(333).month).toBe(1165.5)
    const next = monthOf(334)
    expect(next.discounts).toEqual([
      { price: 'test.TIERED', text: '2.80 USD above 333000000 requests a month', month: 0.7 },
    ])
    expect(next.month).toBe(1165.5 + 2.8)
    expect(next.run).toBe(1169)
    // 333 M, then 667 M, then the rest.
    expect(monthOf(1100).month).toBe(1165.5 + 667 * 2.8 + 100 * 2.38)
  })

  it('has the free tier only where the scenario asks for it', () => {
    expect(monthOf(1).month).toBe(3.5)
    expect(monthOf(1, { overrides: {}, freeTier: true }).month).toBe(0)
    const two = monthOf(2, { overrides: {}, freeTier: true })
    expect(two.discounts).toEqual([{ price: 'test.TIERED', text: 'free tier', month: 3.5 }])
    expect([two.month, two.run]).toEqual([3.5, 7])
  })

  it('has no tiers for a price of the scenario’s own', () => {
    expect(monthOf(500, { overrides: { 'test.TIERED': '1' }, freeTier: false }).month).toBe(500)
  })

  it('is one for all resources', () => {
    const { world } = lab(
      { A: { def: metered({ TIERED }) }, B: { def: metered({ TIERED }) } },
      { duration: 730 * 60 * MINUTE },
    )
    world.run()
    for (const name of ['A', 'B']) world.stateOf<Meters>(name).requests = 200_000_000
    world.finish()
    const bill = billOf(world)!
    expect(bill.resources.map(({ month }) => month)).toEqual([700, 700])
    expect(bill.month).toBe(1165.5 + 67 * 2.8)
  })
})

describe('any bill', () => {
  const usd = fc
    .tuple(fc.nat(99), fc.nat(999_999_999))
    .map(([whole, part]) => `${whole}.${String(part).padStart(9, '0')}`)
  const amounts = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 12 })
  const sized = fc.record({
    usd,
    per: fc.constantFrom(1, 1_000, 1_000_000),
    base: fc.constantFrom(1, 1_024_000, HOUR_US),
    seconds: fc.integer({ min: 1, max: 10_000_000 }),
    amounts,
  })

  it('is the sum of its lines, each within half a billionth of the exact price, in whatever order they stand', () => {
    fc.assert(
      fc.property(sized, ({ usd: price, per, base, seconds, amounts: used }) => {
        const def = metered({ LINE: { ...REQUESTS, usd: price, per, base } })
        const bill = (order: readonly number[]) => {
          const names = order.map((_, i) => `R${String(i).padStart(2, '0')}`)
          const { world } = lab(Object.fromEntries(names.map((name) => [name, { def }])), {
            duration: seconds * SECOND,
          })
          world.run()
          order.forEach((amount, i) => (world.stateOf<Meters>(names[i]!).requests = amount))
          world.finish()
          return billOf(world)!
        }
        const one = bill(used)
        const billionths = (amount: number): bigint => BigInt(Math.round(amount * 1e9))
        let run = 0n
        one.resources.forEach(({ lines: [line] }, i) => {
          // price · used / (per · base), as a fraction of a billionth.
          const exact = BigInt(price.replace('.', '')) * BigInt(used[i]!)
          const difference = 2n * (billionths(line!.run) * BigInt(per * base) - exact)
          expect(difference <= BigInt(per * base) && -difference <= BigInt(per * base)).toBe(true)
          run += billionths(line!.run)
        })
        expect(billionths(one.run)).toBe(run)
        const other = bill([...used].reverse())
        expect([other.run, other.month]).toEqual([one.run, one.month])
      }),
      { numRuns: 60 },
    )
  })
})
