// How requests arrive: their rate over time, whether at random, evenly or in bursts, and whether the day or the week shows.
//
// The one idea: where the rate changes, time is stretched by it first (time-rescaling): measured on the axis of Λ, requests that come at
// random have exponential gaps of mean 1 whatever the rate did, so a busy hour is no burst.
import { exp } from '../../engine/math.ts'
import type { Counts, Load } from '../load.ts'
import { fitBursts, type Bursts } from './bursts.ts'
import { fitRate, type RateFit } from './curve.ts'
import { cyclesOf, type Cycle } from './cycles.ts'
import { kolmogorov } from './goodness.ts'

export interface Dispersion {
  /** µs. */
  readonly period: number
  /** Variance of the counts of such periods about the fitted rate, divided by their mean; 1 for arrivals at random. */
  readonly index: number
  /** Half the mean square of the difference between neighbours, divided by the mean (Allan's factor): the same, but blind to slow change. */
  readonly allan: number
}

export interface ArrivalPattern {
  readonly requests: number
  /** µs. */
  readonly length: number
  readonly counts: Counts
  readonly rate: RateFit
  readonly kind: 'poisson' | 'regular' | 'bursty' | 'unknown'
  readonly bursts?: Bursts | undefined
  /** Of gaps on the axis of Λ: standard deviation divided by mean, squared; 1 for arrivals at random. Absent for counts. */
  readonly gapVariation?: number | undefined
  /** The distance of those gaps from an exponential law, and the chance of one so large. */
  readonly ks?: { readonly distance: number; readonly chance: number } | undefined
  readonly dispersion: readonly Dispersion[]
  readonly cycles: readonly Cycle[]
  /** µs: moments are multiples of it, so that nothing can be said of shorter times. 1 when they are fine. */
  readonly resolution: number
}

const SECOND = 1_000_000
const PERIODS = [SECOND, 10 * SECOND, 60 * SECOND, 300 * SECOND, 900 * SECOND, 3600 * SECOND, 86_400 * SECOND]
/** A rate is drawn through no more periods than this. */
const PERIODS_MAX = 2000
/** Fewer requests say nothing of their pattern. */
export const REQUESTS_LEAST = 20
const GAPS_MAX = 50_000

export function fitPattern(load: Load): ArrivalPattern | undefined {
  const fine = load.kind === 'counts' ? load : countsOf(load.at, finestFor(load.at), load.origin)
  const requests = Math.round(fine.counts.reduce((sum, count) => sum + count, 0))
  if (requests < REQUESTS_LEAST || fine.counts.length < 2) return undefined
  const counts = coarser(fine, Math.ceil(fine.counts.length / PERIODS_MAX))
  const rate = fitRate(counts)
  const resolution = load.kind === 'counts' ? load.period : resolutionOf(load.at)
  const gaps =
    load.kind === 'counts' || resolution * 10 > (fine.counts.length * fine.period) / requests ? undefined : load.at
  const about = gaps === undefined ? undefined : gapsOf(gaps, rate)
  const dispersion = dispersionOf(
    load.kind === 'counts' ? load : countsOf(load.at, Math.max(SECOND, resolution), load.origin),
    rate,
  )
  return {
    requests,
    length: fine.counts.length * fine.period,
    counts,
    rate,
    ...kindOf(about, dispersion, load),
    gapVariation: about?.variation,
    ks: about?.ks,
    dispersion,
    cycles: cyclesOf(fine),
    resolution,
  }
}

/** The least of the usual periods that leaves few enough of them. */
function finestFor(at: Float64Array): number {
  const length = at.at(-1)! + 1
  return PERIODS.find((period) => length / period <= 50 * PERIODS_MAX) ?? PERIODS.at(-1)!
}

function countsOf(at: Float64Array, period: number, origin: number | undefined): Counts {
  const counts = new Float64Array(Math.floor(at.at(-1)! / period) + 1)
  for (const time of at) counts[Math.floor(time / period)]!++
  return { kind: 'counts', period, counts, origin, name: 'requests' }
}

/** Counts of periods so many times as long; a last one that would be cut is left out. */
function coarser(fine: Counts, times: number): Counts {
  if (times <= 1) return fine
  const counts = new Float64Array(Math.floor(fine.counts.length / times))
  for (let i = 0; i < counts.length * times; i++) counts[Math.floor(i / times)]! += fine.counts[i]!
  return { ...fine, period: fine.period * times, counts }
}

/** The coarsest of the usual grains that nearly all moments are multiples of. */
function resolutionOf(at: Float64Array): number {
  for (const grain of [60 * SECOND, SECOND, 100_000, 10_000, 1000, 100, 10]) {
    let on = 0
    for (const time of at) if (time % grain === 0) on++
    if (on >= 0.99 * at.length) return grain
  }
  return 1
}

interface Gaps {
  readonly variation: number
  readonly ks: { readonly distance: number; readonly chance: number }
}

/** The gaps on the axis of Λ, held against the exponential law of mean 1. */
function gapsOf(at: Float64Array, rate: RateFit): Gaps {
  const n = Math.min(at.length, GAPS_MAX)
  const mass = massesOf(at.subarray(0, n), rate)
  const gaps = Float64Array.from({ length: n - 1 }, (_, i) => mass[i + 1]! - mass[i]!)
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0) / gaps.length
  const sorted = gaps.sort()
  let distance = 0
  for (const [i, gap] of sorted.entries()) {
    const below = 1 - exp(-gap / mean)
    distance = Math.max(distance, Math.abs(below - i / sorted.length), Math.abs((i + 1) / sorted.length - below))
  }
  return { variation: variance / (mean * mean), ks: { distance, chance: kolmogorov(distance, sorted.length) } }
}

/** Λ at each moment. */
function massesOf(at: Float64Array, { points, mean }: RateFit): Float64Array {
  if (points.length === 1) return at.map((time) => (time * mean) / 1e6)
  let segment = 0
  let before = 0
  return at.map((time) => {
    while (segment + 2 < points.length && points[segment + 1]!.at <= time) {
      const [a, b] = [points[segment]!, points[segment + 1]!]
      before += ((b.at - a.at) * (a.perSecond + b.perSecond)) / 2e6
      segment++
    }
    const [a, b] = [points[segment]!, points[segment + 1]!]
    const here = a.perSecond + ((b.perSecond - a.perSecond) * (time - a.at)) / Math.max(1, b.at - a.at)
    return before + ((time - a.at) * (a.perSecond + here)) / 2e6
  })
}

/** The index of dispersion for periods of several lengths, each with ten periods at least and counts of one or more. */
function dispersionOf(fine: Counts, rate: RateFit): Dispersion[] {
  const found: Dispersion[] = []
  for (const period of [fine.period, ...PERIODS.filter((each) => each > fine.period && each % fine.period === 0)]) {
    const { counts } = coarser(fine, period / fine.period)
    if (counts.length < 10) break
    const edges = massesOf(
      Float64Array.from({ length: counts.length + 1 }, (_, i) => i * period),
      rate,
    )
    let squares = 0
    let expected = 0
    for (const [i, count] of counts.entries()) {
      const mean = edges[i + 1]! - edges[i]!
      squares += (count - mean) * (count - mean)
      expected += mean
    }
    const sum = counts.reduce((all, count) => all + count, 0)
    let steps = 0
    for (let i = 1; i < counts.length; i++) steps += (counts[i]! - counts[i - 1]!) * (counts[i]! - counts[i - 1]!)
    const allan = steps / (counts.length - 1) / 2 / (sum / counts.length)
    if (sum / counts.length >= 0.5) found.push({ period, index: squares / expected, allan })
  }
  return found
}

/** Below this variation of gaps arrivals are rather even than at random, above the other in bursts. */
const EVEN_BELOW = 0.4
const BURSTY_ABOVE = 1.5

function kindOf(
  gaps: Gaps | undefined,
  dispersion: readonly Dispersion[],
  load: Load,
): Pick<ArrivalPattern, 'kind' | 'bursts'> {
  if (gaps !== undefined && load.kind === 'moments') {
    if (gaps.variation < EVEN_BELOW) return { kind: 'regular' }
    if (gaps.variation < BURSTY_ABOVE && (dispersion[0]?.allan ?? 1) < BURSTY_ABOVE) return { kind: 'poisson' }
    const at = load.at.subarray(0, GAPS_MAX)
    const bursts = fitBursts(Float64Array.from({ length: at.length - 1 }, (_, i) => at[i + 1]! - at[i]!))
    return { kind: 'bursty', bursts }
  }
  // Of counts alone the shortest period tells most, and neighbours that differ tell bursts from slow change.
  const factor = dispersion[0]?.allan
  if (factor === undefined) return { kind: 'unknown' }
  return { kind: factor < EVEN_BELOW ? 'regular' : factor < BURSTY_ABOVE ? 'poisson' : 'bursty' }
}
