// A run looked at step by step: how much of a metric came in each second. The run itself does not notice.
import { Running, type Run, type RunOptions } from '../run/run.ts'
import type { PublishedMetric, World } from '../run/world.ts'
import type { Scenario } from '../lang/scenario.ts'
import type { SampledSeries, SeriesAsked } from './types.ts'

/** Most steps of a series, and most series of a run. */
export const STEPS_MAX = 20_000
export const SERIES_MAX = 64

/** Runs a scenario, stopping at the end of each step to see what came in it. A run that a guard stops has fewer steps; no run has more than `STEPS_MAX`. */
export function sampledRun(
  scenario: Scenario,
  asked: SeriesAsked,
  options: RunOptions,
): { readonly run: Run; readonly series: readonly SampledSeries[] } {
  const running = new Running(scenario, options)
  const { duration } = scenario.plan
  const samples = asked.metrics.slice(0, SERIES_MAX).map((name) => new Samples(name, running.world))
  const steps = Math.min(STEPS_MAX, Math.ceil(duration / asked.every))
  for (let step = 1; step <= steps && running.goesOn; step++) {
    running.to(Math.min(duration, step * asked.every))
    for (const each of samples) each.take()
  }
  running.to(duration)
  return { run: running.finish(), series: samples.map(({ series }) => series) }
}

/** What has come of one metric since it was last looked at. */
class Samples {
  private readonly name: string
  private readonly world: World
  private readonly metric: PublishedMetric | undefined
  private readonly n: number[] = []
  private readonly sum: number[] = []
  /** Points whose values are in `closed`, and what had come by the last look. */
  private read = 0
  private closed = { n: 0, sum: 0 }
  private seen = { n: 0, sum: 0 }

  constructor(name: string, world: World) {
    const dot = name.lastIndexOf('.')
    const metric = world.metricOf(name.slice(0, dot), name.slice(dot + 1))
    this.name = name
    this.world = world
    this.metric = metric !== undefined && ['count', 'distribution'].includes(metric.series.kind) ? metric : undefined
  }

  get series(): SampledSeries {
    return { name: this.name, n: this.n, sum: this.sum }
  }

  take(): void {
    const all = this.total()
    this.n.push(all.n - this.seen.n)
    this.sum.push(all.sum - this.seen.sum)
    this.seen = all
  }

  private total(): { n: number; sum: number } {
    if (this.metric === undefined) return this.closed
    const { points } = this.metric.series
    let { n, sum } = this.closed
    for (; this.read < points.length; this.read++) {
      const point = points[this.read]!
      n += point.n * point.repeat
      sum += point.sum * point.repeat
    }
    this.closed = { n, sum }
    const now = this.world.recorder.running(this.metric.id)
    return { n: n + now.n, sum: sum + now.sum }
  }
}
