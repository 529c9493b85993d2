// Price lines of what is paid by the hour and by type: instances, nodes of caches. A line for each type that has a price.
import { HOUR_US, type Price } from '../model/price.ts'

/** What the lines of one table have in common. */
export interface Hourly<S> {
  /** US dollars an hour, by type. */
  readonly usd: Readonly<Record<string, string>>
  /** What is paid for, in the plural: `Instances`. */
  readonly what: string
  readonly unit: string
  readonly source: string
  readonly service?: string
  /** The type of a resource. */
  readonly typeOf: (self: S) => string
  /** How many of them there were, over time up to now: · µs. */
  readonly timeOf: (self: S, now: number) => number
}

export function hourlyPrices<S>({ usd, what, typeOf, timeOf, ...rest }: Hourly<S>): Record<string, Price<S>> {
  return Object.fromEntries(
    Object.entries(usd).map(([type, price]) => [
      type,
      {
        ...{ ...rest, doc: `${what} ${type}`, usd: price, base: HOUR_US },
        used: (self, { now }) => (typeOf(self) === type ? timeOf(self, now) : undefined),
      } satisfies Price<S>,
    ]),
  )
}
