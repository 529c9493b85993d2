// The points of a sweep: values between two ends, and which run is which.
import type { KnobOutline, RunOutcome, RunSpec, Setting } from '../sim.ts'
import { POSITIONS, scaleOf } from '../panels/scale.ts'

/** A knob with the values that it takes. */
export interface Axis {
  readonly name: string
  readonly label: string
  readonly values: readonly string[]
}

/** What is asked of one axis. */
export interface Ends {
  readonly from: number
  readonly to: number
  readonly steps: number
}

export const STEPS_MAX = 25
/** Beyond this a page is the wrong place: the command line has all cores and goes on after a power cut. */
export const RUNS_MAX = 1_000

/** The ends that are proposed for a knob: those of its slider, nowhere beyond four times what it is. */
export function endsOf(knob: KnobOutline, value: string): Ends {
  const scale = scaleOf(knob)
  const now = Number(value)
  const from = knob.min ?? (now > 0 ? now / 4 : scale.min)
  const to = Math.min(scale.max, now > 0 ? Math.max(now * 4, from + (scale.whole ? 1 : 0.01)) : scale.max)
  const whole = scale.whole ? Math.max(scale.min, Math.round(from)) : Number(from.toPrecision(2))
  return { from: whole, to: scale.whole ? Math.round(to) : Number(to.toPrecision(2)), steps: 7 }
}

/** The range between two ends for a search, as fine as a slider: whole numbers one by one, others by a four-hundredth in round decimals. */
export function rangeOf(knob: KnobOutline, { from, to }: Pick<Ends, 'from' | 'to'>): string {
  if (scaleOf(knob).whole) return `${Math.round(from)}..${Math.round(to)}`
  const size = Math.max(Math.abs(to - from) / POSITIONS, 1e-9)
  const step = 10 ** Math.ceil(Math.log10(size))
  const decimals = Math.max(0, Math.round(-Math.log10(step)))
  return `${from.toFixed(decimals)}..${to.toFixed(decimals)}:${step.toFixed(decimals)}`
}

/** Values from one end to the other: by equal factors where the ends are far apart, else by equal steps; each once. */
export function valuesOf(knob: KnobOutline, { from, to, steps }: Ends): string[] {
  const { whole } = scaleOf(knob)
  const [low, high] = from <= to ? [from, to] : [to, from]
  const n = Math.max(2, Math.min(STEPS_MAX, Math.round(steps)))
  const isLog = low > 0 && high / low >= 30
  const values = Array.from({ length: n }, (_, i) => {
    if (i === 0) return low
    if (i === n - 1) return high
    const share = i / (n - 1)
    const value = isLog ? low * (high / low) ** share : low + (high - low) * share
    return whole ? Math.round(value) : Number(value.toPrecision(3))
  })
  return [...new Set(values.map(String))]
}

/** All points in order, the last axis first to change. */
export function pointsOf(axes: readonly Axis[]): readonly (readonly Setting[])[] {
  return axes.reduce<readonly (readonly Setting[])[]>(
    (points, { name, values }) => points.flatMap((point) => values.map((value) => [...point, [name, value] as const])),
    [[]],
  )
}

/** The runs of some points: the base's settings below each point's own, `seeds` of each, point by point. */
export function specsOf(
  base: Readonly<Record<string, string>>,
  points: readonly (readonly Setting[])[],
  seeds: readonly string[],
): RunSpec[] {
  return points.flatMap((point) => {
    const settings = inOrder([...Object.entries(base), ...point])
    return seeds.map((seed) => ({ settings, seed }))
  })
}

function inOrder(settings: Iterable<Setting>): Setting[] {
  return [...new Map(settings)].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** `1`, `2`, …: the same for every point, so that neighbours differ by their values and not by chance. */
export const seedsOf = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1))

/** The values of a measure in some runs. A sum without data is 0; of other measures a run without data has none. */
export function samplesOf(outcomes: readonly (RunOutcome | undefined)[], measure: string): number[] {
  return outcomes.flatMap((outcome) => {
    if (outcome === undefined || outcome.ending === 'refused' || outcome.ending === 'broken') return []
    const found = outcome.values.find(({ name }) => name === measure)
    return found === undefined ? (measure.startsWith('sum(') ? [0] : []) : [found.value]
  })
}
