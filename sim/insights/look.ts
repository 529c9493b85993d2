// What a room may look at when it says what went wrong: made from a finished run, for one component.
import type { Look, PublishedSeries, Ref, Traffic, View } from '../model/contract.ts'
import type { ComponentPlan, FaultPlan } from '../model/plan.ts'
import { baseUnits, parseStatistic, statistic } from '../metrics/statistics.ts'

/** Calls of one operation between two components, since the warm-up. */
export interface EdgeCounts extends Omit<Traffic, 'other'> {
  readonly from: Ref
  readonly to: Ref
}

/** A finished run, as far as insights read it. */
export interface Evidence {
  readonly components: readonly ComponentPlan[]
  /** By component. */
  readonly states: readonly unknown[]
  readonly edges: readonly EdgeCounts[]
  readonly metrics: readonly (PublishedSeries & { readonly component: Ref })[]
  /** The dimensions of a component's own metrics. */
  readonly ownDimensions: (component: ComponentPlan) => Readonly<Record<string, string>>
  readonly faults: readonly FaultPlan[]
  /** µs. */
  readonly now: number
  readonly warmUp: number
}

export function lookOf(evidence: Evidence, component: ComponentPlan): Look {
  const { components, edges, now, warmUp } = evidence
  const { name } = component
  // What a resource tells itself, such as a function that takes an event from its own queue, is nobody's call.
  const others = edges.filter(({ from, to }) => from !== to)
  const own = evidence.metrics.filter((metric) => metric.component === name)
  const dimensions = Object.keys(evidence.ownDimensions(component)).length
  return {
    now,
    warmUp,
    name,
    metric(metricName, statisticName, from = warmUp, to = now + 1) {
      const metric = own.find((each) => each.name === metricName && Object.keys(each.dimensions).length === dimensions)
      const parsed = parseStatistic(statisticName)
      if (metric === undefined || parsed === undefined) return undefined
      const value = statistic(metric.series, parsed, from, to)
      if (value === undefined || parsed.kind === 'SampleCount') return value
      return value / baseUnits(metric.series, metric.unit)
    },
    callers: () => traffic(others.filter((edge) => edge.to === name).map((edge) => ({ ...edge, other: edge.from }))),
    callees: () => traffic(others.filter((edge) => edge.from === name).map((edge) => ({ ...edge, other: edge.to }))),
    consumers: () => components.flatMap((other) => consumersBy(other, name)),
    watched: () => watchedBy(evidence, component),
  }
}

/** What fetches from a resource: the carrier itself, then the resource that it hands over to. */
function consumersBy(carrier: ComponentPlan, from: Ref): Ref[] {
  const road = (carrier.def.view as View<unknown>).road?.(carrier.config)
  return road?.from === from ? [carrier.name, road.to] : []
}

function watchedBy({ components, ownDimensions }: Evidence, component: ComponentPlan): Ref[] {
  const metrics = (component.def.view as View<unknown>).watches?.(component.config) ?? []
  return components
    .filter((other) => {
      const value = Object.values(ownDimensions(other))[0]
      return metrics.some(
        ({ namespace, dimensions }) =>
          namespace === (other.def.namespaceOf?.(other.config) ?? other.def.namespace) &&
          value !== undefined &&
          dimensions.includes(value),
      )
    })
    .map((other) => other.name)
}

/** The calls of all operations with each neighbour, busiest first. */
function traffic(edges: readonly Traffic[]): Traffic[] {
  const sums = new Map<Ref, Traffic>()
  for (const edge of edges) {
    const known = sums.get(edge.other)
    sums.set(edge.other, known === undefined ? edge : joined(known, edge))
  }
  return [...sums.values()].sort((a, b) => b.sent - a.sent || (a.other < b.other ? -1 : 1))
}

function joined(a: Traffic, b: Traffic): Traffic {
  return {
    other: a.other,
    sent: a.sent + b.sent,
    failed: a.failed + b.failed,
    throttled: a.throttled + b.throttled,
    retried: a.retried + b.retried,
    failedFrom: a.failed === 0 ? b.failedFrom : b.failed === 0 ? a.failedFrom : Math.min(a.failedFrom, b.failedFrom),
    failedTo: Math.max(a.failedTo, b.failedTo),
    noWay: a.noWay || b.noWay,
  }
}
