// Patterns of arrivals: what was drawn at random, evenly or in bursts is called so, and its parameters come back.
import { describe, expect, it } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { Arrivals, type ArrivalConfig } from '../../services/client/arrivals.ts'
import { createSampler } from '../../engine/sample.ts'
import type { Counts, Moments } from '../load.ts'
import { readRecording } from '../read.ts'
import { fitRate, rateAt, simplified } from './curve.ts'
import { fitPattern, type ArrivalPattern } from './pattern.ts'
import { fitRecording } from './report.ts'

const SECOND = 1_000_000

/** Arrivals as a workload makes them, until `end` µs. */
function arrivals(config: ArrivalConfig, end: number, seed = 3): Moments {
  const source = new Arrivals(config, createRng(seed, 'w', 'arrivals'), createRng(seed, 'w', 'bursts'))
  const at: number[] = []
  for (let time = source.next(); time < end; time = source.next()) if (!source.pauses) at.push(time)
  return {
    kind: 'moments',
    at: Float64Array.from(at),
    rows: new Uint32Array(at.length),
    columns: [],
    origin: undefined,
  }
}
const pattern = (load: Moments | Counts): ArrivalPattern => fitPattern(load)!
const exponential = (mean: number) => createSampler({ kind: 'exponential', mean })
const steady = [{ at: 0, perSecond: 10 }]
const hours = (n: number): number => n * 3600 * SECOND

describe('a pattern', () => {
  it('at random is called poisson, at a steady rate and along a ramp', () => {
    const flat = pattern(arrivals({ Arrivals: 'poisson', Rate: steady }, hours(1)))
    expect([flat.kind, flat.rate.points.length]).toEqual(['poisson', 1])
    expect(flat.rate.mean).toBeCloseTo(10, 0)
    expect(flat.gapVariation).toBeCloseTo(1, 1)
    expect(flat.ks!.chance).toBeGreaterThan(0.01)
    for (const { index } of flat.dispersion) expect(Math.abs(index - 1)).toBeLessThan(0.5)
    const ramp = pattern(
      arrivals(
        {
          Arrivals: 'poisson',
          Rate: [
            { at: 0, perSecond: 1 },
            { at: hours(1), perSecond: 60 },
          ],
        },
        hours(1),
      ),
    )
    expect(ramp.kind).toBe('poisson')
    expect(Math.abs(ramp.gapVariation! - 1)).toBeLessThan(0.1)
  })

  it('at even distances is called regular', () => {
    const found = pattern(arrivals({ Arrivals: 'regular', Rate: [{ at: 0, perSecond: 7 }] }, hours(1)))
    expect(found.kind).toBe('regular')
    expect(found.gapVariation).toBeLessThan(0.05)
  })

  it('in bursts is called so, with the lengths of both phases and the rate between', () => {
    const config: ArrivalConfig = {
      Arrivals: 'bursty',
      Rate: [{ at: 0, perSecond: 50 }],
      BurstyOn: exponential(2 * SECOND),
      BurstyOff: exponential(18 * SECOND),
    }
    const { kind, bursts } = pattern(arrivals(config, hours(2)))
    expect(kind).toBe('bursty')
    // Some 360 bursts: the mean length of a phase has a standard error of 5 %.
    expect(Math.abs(bursts!.on / (2 * SECOND) - 1)).toBeLessThan(0.2)
    expect(Math.abs(bursts!.off / (18 * SECOND) - 1)).toBeLessThan(0.2)
    expect(Math.abs(bursts!.perSecond / 50 - 1)).toBeLessThan(0.05)
  })

  it('of counts is told from neighbours, however the rate drifts', () => {
    const counts = (config: ArrivalConfig): Counts => {
      const made = new Float64Array(240)
      for (const time of arrivals(config, 240 * 60 * SECOND).at) made[Math.floor(time / (60 * SECOND))]!++
      return { kind: 'counts', period: 60 * SECOND, counts: made, origin: undefined, name: 'n' }
    }
    const drift = [
      { at: 0, perSecond: 2 },
      { at: 120 * 60 * SECOND, perSecond: 12 },
      { at: 240 * 60 * SECOND, perSecond: 1 },
    ]
    expect(pattern(counts({ Arrivals: 'poisson', Rate: drift })).kind).toBe('poisson')
    expect(pattern(counts({ Arrivals: 'regular', Rate: steady })).kind).toBe('regular')
    expect(
      pattern(
        counts({
          Arrivals: 'bursty',
          Rate: [{ at: 0, perSecond: 50 }],
          BurstyOn: exponential(5 * SECOND),
          BurstyOff: exponential(60 * SECOND),
        }),
      ).kind,
    ).toBe('bursty')
  })

  it('of times by the second says nothing of anything shorter', () => {
    const fine = arrivals({ Arrivals: 'poisson', Rate: steady }, hours(1))
    const coarse = { ...fine, at: fine.at.map((time) => Math.floor(time / SECOND) * SECOND) }
    const found = pattern(coarse)
    expect([found.resolution, found.gapVariation, found.kind]).toEqual([SECOND, undefined, 'poisson'])
  })

  it('of too few requests is none', () => {
    expect(fitPattern(arrivals({ Arrivals: 'regular', Rate: steady }, SECOND))).toBeUndefined()
  })
})

describe('the rate over time', () => {
  const counts = (n: number, rate: (minute: number) => number): Pick<Counts, 'counts' | 'period'> => ({
    counts: Float64Array.from({ length: n }, (_, i) => Math.round(60 * rate(i))),
    period: 60 * SECOND,
  })

  it('is one value where chance alone explains what differs', () => {
    expect(fitRate(counts(60, (i) => 10 + (i % 2)))).toMatchObject({ points: [{ at: 0 }] })
  })

  it('has points where it bends, is nowhere farther off than it says, and carries all requests', () => {
    const hill = counts(120, (i) => (i < 40 ? 10 + i : i < 80 ? 50 : 50 - (i - 80)))
    const { points, error } = fitRate(hill)
    expect(points.length).toBeLessThanOrEqual(8)
    const off = [...hill.counts].map((count, i) => Math.abs(count / 60 - rateAt(points, (i + 0.5) * 60 * SECOND)))
    expect(Math.max(...off)).toBeCloseTo(error, 9)
    expect(error).toBeLessThan(2)
    const mass = points
      .slice(1)
      .reduce((sum, b, i) => sum + ((b.at - points[i]!.at) * (b.perSecond + points[i]!.perSecond)) / 2e6, 0)
    expect(mass).toBeCloseTo(
      hill.counts.reduce((sum, count) => sum + count, 0),
      6,
    )
  })

  it('has no more points than a person reads, however it jumps', () => {
    expect(fitRate(counts(2000, (i) => (i % 7) * 100)).points.length).toBeLessThanOrEqual(25)
  })

  it('is simplified within a bound, both ends kept', () => {
    const values = Float64Array.from({ length: 300 }, (_, i) => Math.sin(i / 20) * 50 + (i % 3))
    for (const bound of [1, 5, 20]) {
      const kept = simplified(values, bound)
      expect([kept[0], kept.at(-1)]).toEqual([0, 299])
      for (let k = 1; k < kept.length; k++) {
        const [from, to] = [kept[k - 1]!, kept[k]!]
        for (let i = from; i <= to; i++)
          expect(
            Math.abs(values[i]! - values[from]! - ((values[to]! - values[from]!) * (i - from)) / (to - from)),
          ).toBeLessThanOrEqual(bound)
      }
    }
  })
})

describe('cycles', () => {
  const at = (start: string, days: number, rate: (hour: number, day: number) => number): ArrivalPattern => {
    const lines = Array.from({ length: days * 24 }, (_, i) => {
      const time = new Date(Date.parse(`${start}Z`) + i * 3_600_000)
      return `${time.toISOString()},${Math.round(rate(time.getUTCHours(), time.getUTCDay()))}`
    })
    const recording = readRecording(['timestamp,value', ...lines].join('\n'))
    if (!recording.ok) throw new Error(recording.message)
    const fit = fitRecording('t.csv', recording.value, {})
    if (!fit.ok) throw new Error(fit.message)
    return fit.value.arrivals!.pattern
  }

  it('of the day are found with their hours, those of the week with their days', () => {
    const found = at(
      '2026-01-05T06:00',
      28,
      (hour, day) => (hour === 14 ? 900 : hour === 4 ? 20 : 300) * (day === 6 ? 0.2 : day === 3 ? 1.5 : 1),
    ).cycles
    expect(found).toMatchObject([
      { of: 'day', highest: 14, lowest: 4 },
      { of: 'week', highest: 3, lowest: 6 },
    ])
  })

  it('are not seen in what has none', () => {
    expect(at('2026-01-05T00:00', 28, () => 300).cycles).toEqual([])
    const rng = createRng(5, 'noise', 'cycles')
    expect(at('2026-01-05T00:00', 28, () => 300 + 100 * rng.float()).cycles).toEqual([])
  })
})
