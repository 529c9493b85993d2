// Looks at a run from its beginning to its end and says whether its warm-up was long enough for its figures to be those of the steady state.
//
// The one idea: only a system that is left alone can settle. Where load follows a curve or something is planned to happen there is no steady state, and
// nothing is said; nor where nothing settles, such as in a queue that grows all the time.
import { baseUnits } from '../metrics/statistics.ts'
import type { WorldPlan } from '../model/plan.ts'
import type { WarmUpAdvice } from '../run/report.ts'
import type { PublishedMetric, World } from '../run/world.ts'
import { transientOf } from './statistics/warm-up.ts'

/** Stretches of a run whose means are looked at: MSER-5's batches of five are 64 then, enough to see a tenth of the run. */
const STRETCHES = 320
/** A series with fewer stretches that have data is told by too few requests. */
const WITH_DATA = 0.8
/** Times (shares of the run) at which the load so far is held against an even one. */
const LOOKS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
/** How far the load may be from an even one, as a share of all of it. */
const UNEVEN = 0.002

/** What is kept of one series: a value for each stretch in which it had one. */
interface Watched {
  readonly metric: PublishedMetric
  readonly ends: number[]
  readonly values: number[]
  /** Points that were counted, and what they and the period under way came to. */
  points: number
  count: number
  sum: number
  lastCount: number
  lastSum: number
}

/** Whether load and surroundings stay as they are from the beginning to the end. */
export function isSteady(plan: WorldPlan): boolean {
  const { components, faults, amendments = [], duration } = plan
  if (faults.length > 0 || amendments.length > 0) return false
  return components.every(({ def, config }) => {
    const planned = def.view.plannedAt?.(config, plan) ?? []
    if (planned.some(({ at }) => at < duration)) return false
    const demand = def.view.demand?.(config)
    const all = demand?.(duration) ?? 0
    return all === 0 || LOOKS.every((share) => Math.abs(demand!(share * duration) / all - share) <= UNEVEN)
  })
}

/** Watches what clients wait for and how long queues are. For one run; to be given to it as its `samples`. */
export class WarmUpWatch {
  readonly many = STRETCHES
  private readonly plan: WorldPlan
  private watched: readonly Watched[] | undefined
  private taken = 0

  constructor(plan: WorldPlan) {
    this.plan = plan
  }

  take(world: World): void {
    this.watched ??= isSteady(this.plan) ? watchedIn(world) : []
    this.taken++
    for (const each of this.watched) {
      if (each.metric.series.kind === 'gauge') addReading(each, world.now)
      else addMean(each, world)
    }
  }

  /** The longest beginning that should have been left out and was not; undefined without one, and when the run did not come to its end. */
  advice(): WarmUpAdvice | undefined {
    if (this.taken < STRETCHES) return undefined
    const { warmUp } = this.plan
    let longest: WarmUpAdvice | undefined
    for (const { metric, ends, values } of this.watched ?? []) {
      if (values.length < STRETCHES * WITH_DATA) continue
      const given = ends.findIndex((end) => end > warmUp)
      const found = transientOf(values, given < 0 ? values.length : given)
      if (typeof found === 'string') continue
      const needed = rounded(ends[found.length - 1]! / 1e6)
      if (longest !== undefined && longest.needed >= needed) continue
      const base = baseUnits(metric.series, metric.unit)
      longest = {
        series: `${metric.component}.${metric.name}`,
        unit: metric.unit,
        given: warmUp / 1e6,
        needed,
        mean: found.mean / base,
        biased: found.biased / base,
      }
    }
    return longest
  }
}

/** Latencies that clients see, and numbers of messages that wait. */
function watchedIn(world: World): Watched[] {
  return world.metrics
    .filter(({ component, name, series, dimensions }) => {
      if (Object.keys(dimensions).length > 1) return false
      if (series.kind === 'gauge') return /MessagesVisible|QueueLength/.test(name)
      return series.kind === 'distribution' && name === 'Latency' && world.planOf(component).def.family === 'client'
    })
    .map((metric) => ({
      ...{ metric, ends: [], values: [], points: 0, count: 0, sum: 0, lastCount: 0, lastSum: 0 },
    }))
}

function addReading({ metric, ends, values }: Watched, now: number): void {
  const { read, state } = metric.series.reading!
  const value = read(state as never, now)
  ends.push(now)
  values.push(Number.isNaN(value) ? 0 : value)
}

/** The mean of the values since the last look. */
function addMean(each: Watched, world: World): void {
  const { points } = each.metric.series
  for (; each.points < points.length; each.points++) {
    const point = points[each.points]!
    each.count += point.n * point.repeat
    each.sum += point.sum * point.repeat
  }
  const underWay = world.recorder.running(each.metric.id)
  const count = each.count + underWay.n
  const sum = each.sum + underWay.sum
  if (count > each.lastCount) {
    each.ends.push(world.now)
    each.values.push((sum - each.lastSum) / (count - each.lastCount))
  }
  each.lastCount = count
  each.lastSum = sum
}

/** A time as somebody would write it: full minutes, below two minutes full tens of seconds, below ten full seconds. */
function rounded(seconds: number): number {
  const step = seconds > 120 ? 60 : seconds > 10 ? 10 : 1
  return Math.ceil(seconds / step) * step
}

/** What most of several runs advise: the one in the middle by its length; undefined when at most half of them advise anything. */
export function adviceOf(runs: readonly { readonly warmUpAdvice?: WarmUpAdvice }[]): WarmUpAdvice | undefined {
  const found = runs.flatMap(({ warmUpAdvice }) => warmUpAdvice ?? []).sort((a, b) => a.needed - b.needed)
  return found.length * 2 > runs.length ? found[Math.floor(found.length / 2)] : undefined
}
