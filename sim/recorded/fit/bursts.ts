// Bursts and pauses behind gaps between arrivals: an interrupted Poisson process.
//
// The one idea: a Poisson process that is switched on and off for exponential times has independent gaps, and these are a mix of two
// exponentials. So the gaps are fitted by expectation and maximisation, and the switch follows from the mix (Kuczura, The interrupted
// Poisson process as an overflow process, 1973). `bursty(on=, off=)` is this very process.
import { exp } from '../../engine/math.ts'

export interface Bursts {
  /** Mean lengths, in µs. */
  readonly on: number
  readonly off: number
  /** Arrivals per second while it is on. */
  readonly perSecond: number
}

const STEPS_MAX = 1000

/** Fits the process to gaps (µs); undefined where no two rates can be told apart. */
export function fitBursts(gaps: Float64Array): Bursts | undefined {
  let mean = 0
  for (const gap of gaps) mean += gap / gaps.length
  if (!(mean > 0)) return undefined
  // Two rates far to both sides of the mean's; most gaps are short.
  let [share, fast, slow] = [0.9, 5 / mean, 0.2 / mean]
  for (let step = 0; step < STEPS_MAX; step++) {
    let [weight, ofFast, ofSlow] = [0, 0, 0]
    for (const gap of gaps) {
      const quick = share * fast * exp(-fast * gap)
      const late = (1 - share) * slow * exp(-slow * gap)
      const chance = quick + late > 0 ? quick / (quick + late) : 0
      weight += chance
      ofFast += chance * gap
      ofSlow += (1 - chance) * gap
    }
    const next = [weight / gaps.length, weight / Math.max(ofFast, 1e-9), (gaps.length - weight) / ofSlow] as const
    const moved = Math.max(Math.abs(next[1] / fast - 1), Math.abs(next[2] / slow - 1), Math.abs(next[0] - share))
    ;[share, fast, slow] = next
    if (!(weight > 1 && gaps.length - weight > 1)) return undefined
    if (moved < 1e-9) break
  }
  if (!(fast > 1.5 * slow)) return undefined
  const rate = share * fast + (1 - share) * slow
  const ends = (share * (1 - share) * (fast - slow) * (fast - slow)) / rate
  const begins = (fast * slow) / rate
  // Requests that come at the very same time are no process that could be switched: it would be on for no time at all.
  if (gaps.filter((gap) => gap === 0).length > 0.2 * gaps.length) return undefined
  return { on: 1 / ends, off: 1 / begins, perSecond: rate * 1e6 }
}
