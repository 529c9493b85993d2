// Two runs side by side in numbers: what changed, by how much, and whether that is better.
import type { Outcomes } from '../sim.ts'
import type { Bill } from './bill.ts'
import { inUnit, number, usd } from './words.ts'

/** `close` differs by no more than chance might make, `equal` not at all. */
export type Verdict = 'better' | 'worse' | 'close' | 'equal'

export interface Differing {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly verdict: Verdict
}

/** The part of the report (`report.schema.json`) that is compared. */
interface Resource {
  readonly name: string
  readonly type: string
  readonly throttled: number
  readonly failed: number
  readonly latency?: { readonly p99?: number; readonly unit: string }
  readonly metrics: readonly { readonly name: string; readonly sum?: number }[]
}

/** A change of less than this share is chance as much as anything. */
const SAME = 0.02

interface Measured {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** What is worth comparing, of everything less is better: failures and p99 of clients, the bill, refusals and errors of resources. */
export function compare(before: Outcomes, after: Outcomes): Differing[] {
  const then = new Map(measuresOf(before).map((each) => [each.name, each]))
  return measuresOf(after).flatMap((each) => {
    const old = then.get(each.name)
    if (old === undefined || (old.value === 0 && each.value === 0)) return []
    const close = Math.abs(each.value - old.value) <= SAME * Math.max(old.value, each.value)
    const verdict = each.value === old.value ? 'equal' : close ? 'close' : each.value < old.value ? 'better' : 'worse'
    return [{ name: each.name, before: show(old), after: show(each), verdict }]
  })
}

const show = ({ value, unit }: Measured): string =>
  unit === 'USD' ? usd(value) : unit === 'Count' ? number(value) : inUnit(value, unit)

function measuresOf(outcomes: Outcomes): Measured[] {
  const { resources, bill } = outcomes.report as { resources: readonly Resource[]; bill?: Bill }
  const clients = resources.filter((resource) => resource.type === 'Sim::Client::Workload')
  const count = (name: string, value: number): Measured => ({ name, value, unit: 'Count' })
  const latency = (resource: Resource, word: string): Measured[] =>
    resource.latency?.p99 === undefined
      ? []
      : [{ name: `${resource.name} ${word}`, value: resource.latency.p99, unit: resource.latency.unit }]
  const cost = (name: string, value: number): Measured => ({ name: `${name} of a month`, value, unit: 'USD' })
  return [
    ...clients.flatMap((client) => [
      count(`${client.name} failures`, client.metrics.find((metric) => metric.name === 'Failures')?.sum ?? 0),
      ...latency(client, 'p99'),
    ]),
    ...(bill === undefined ? [] : [cost('cost', bill.month)]),
    ...resources
      .filter((resource) => resource.type !== 'Sim::Client::Workload')
      .flatMap((resource) => [
        count(`${resource.name} refused`, resource.throttled),
        count(`${resource.name} errors`, resource.failed),
        ...latency(resource, 'p99'),
      ]),
    ...(bill?.resources ?? []).map(({ resource, month }) => cost(`${resource}: cost`, month)),
  ]
}
