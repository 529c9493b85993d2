// What a price line is: what AWS bills of a resource, for how much, and where that is read.
//
// The one idea: a room counts whole numbers of something small (MB · ms, shards · µs, requests), and everything behind that, the
// price, the month, tiers, is exact arithmetic on whole numbers after the run. What costs money costs the run nothing.
import type { Action, CfnType } from './contract.ts'

/** Whole base units that make one of the units in which AWS bills. */
export const HOUR_US = 3_600_000_000
/** A month of 730 hours, in µs: what a run is extrapolated to. */
export const MONTH_US = 730 * HOUR_US
export const GB = 1_073_741_824

/** The beginning of a tier: what lies above it has a price of its own. */
export interface Tier {
  /** Units a month and account. */
  readonly above: number
  /** US dollars for `per` units, as in `Price.usd`. */
  readonly usd: string
}

/**
 * A line of the price list. Its key is the name after the service's prefix (`Requests` of `lambda.Requests`), under which
 * scenarios set it in `Prices`.
 */
export interface Price<S> {
  /** What is paid for, a few words with a capital letter: `Requests`, `Shards`. */
  readonly doc: string
  /** US dollars for `per` units, as AWS writes them: `0.20`. A text, because money is counted exactly. */
  readonly usd: string
  /** Only where the notes of 2020 had another. */
  readonly notes2020?: string
  /** How many units the price is for. 1 when absent. */
  readonly per?: number
  /** What is billed, in the plural: `requests`, `GB-seconds`, `shard-hours`. */
  readonly unit: string
  /** How many of what `used` counts make one unit: `HOUR_US` for hours of what is counted in µs. 1 when absent. */
  readonly base?: number
  /** Prices beyond an amount of units, in order. Asked of the account's whole month. */
  readonly tiers?: readonly Tier[]
  /** Units a month that an account has for nothing, when a scenario asks for the free tier. */
  readonly free?: number
  /** The full name of another line at the same price with which it shares tiers and free tier. */
  readonly sharesWith?: string
  /** The service before the line's name, where it is not that of the type: an instance of a group is one of `ec2`. */
  readonly service?: string
  /** True for what is paid once and not again every month. */
  readonly once?: true
  /** When the list was looked at, and where: `2025, us-east-1, https://aws.amazon.com/lambda/pricing/ [PR-R1]`. */
  readonly source: string
  /**
   * How much has been used from the beginning until now: a whole number ≥ 0 of base units that never falls. Undefined = the
   * line does not apply to this resource, now. Asked at the end of the warm-up and of the run; the difference is billed.
   */
  readonly used: (self: S, meter: Meter) => number | undefined
}

/** The full name of a line: `lambda.Requests`. */
export function priceName(type: CfnType, key: string, { service }: Price<never>): string {
  return `${service ?? type.split('::')[1]!.toLowerCase()}.${key}`
}

/** Calls of one operation from the beginning until now, by what became of them. */
export interface Called {
  readonly sent: number
  /** Answered with an exception, throttles among them. */
  readonly failed: number
  readonly throttled: number
}

/** What a room may look at to say how much was used. */
export interface Meter {
  /** µs. */
  readonly now: number
  /** Sum of a metric of its own since the warm-up, in base units (bytes, µs); `dimensions` are those besides the resource's own. */
  sum(metric: string, dimensions?: Readonly<Record<string, string>>): number
  /** Calls of one of its operations, whoever made them; without those of resources of some types. */
  calls(action: Action, without?: readonly CfnType[]): Called
}
