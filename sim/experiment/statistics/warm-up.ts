// Finds where a run's beginning ends: the values that a mean must leave out because the system was still filling up.
//
// MSER-5 (White, 1997): of all beginnings that could be cut off, the one that leaves the mean with the least standard error, over
// batches of five values. Cutting too little leaves the transient's variance in, cutting too much leaves too few values.
import { batchMeansOf } from './means.ts'

const BATCH = 5
/** Fewer batches tell nothing. */
const BATCHES_MIN = 10

/**
 * How many of the values in order of time the beginning takes; undefined when it seems to take half of them or more, so that no
 * steady state is seen. Later cuts are not looked at: the last few batches are often equal by chance.
 */
export function mser5(values: readonly number[]): number | undefined {
  const batches = Math.floor(values.length / BATCH)
  if (batches < BATCHES_MIN) return undefined
  const latest = Math.floor(batches / 2)
  let best = latest
  let least = Infinity
  // From the back, one batch more at a time: mean and squares around it (Welford).
  let mean = 0
  let squares = 0
  for (let cut = batches - 1; cut >= 0; cut--) {
    let sum = 0
    for (let i = 0; i < BATCH; i++) sum += values[cut * BATCH + i]!
    const kept = batches - cut
    const off = sum / BATCH - mean
    mean += off / kept
    squares += off * (sum / BATCH - mean)
    const error = squares / (kept * kept)
    if (cut <= latest && error <= least) {
      least = error
      best = cut
    }
  }
  return best === latest ? undefined : best * BATCH
}

/** A beginning that falsifies a mean. */
export interface Transient {
  /** How many values should be left out. */
  readonly length: number
  /** The mean without it. */
  readonly mean: number
  /** The mean with what was not left out of it. */
  readonly biased: number
}

/** What is not worth a word: a bias of one hundredth. */
const BIAS_MIN = 0.01

/**
 * Whether leaving out the first `given` values is too little: the steady state begins later, and the mean is off by more than a
 * hundredth and by more than chance explains (the interval of batch means, 99 %). `unsettled` when no steady state is seen at all.
 * What differs most not at once but later is an event of its own and no beginning.
 */
export function transientOf(values: readonly number[], given: number): Transient | 'settled' | 'unsettled' {
  const length = mser5(values)
  if (length === undefined) return 'unsettled'
  if (length <= given) return 'settled'
  const { mean, low, high } = batchMeansOf(values.slice(length), 0.99, 10)
  const biased = meanIn(values, given, values.length)
  const off = Math.abs(biased - mean)
  const matters = off > BIAS_MIN * Math.abs(mean) && off > (high - low) / 2
  const isBeginning = fades(values, 0, length, mean) && fades(values, given, length, mean)
  return matters && isBeginning ? { length, mean, biased } : 'settled'
}

/** Whether the first quarter of the values in [from, to) is on the same side of the mean as all of them are, and at least half as far from it. */
function fades(values: readonly number[], from: number, to: number, mean: number): boolean {
  const first = meanIn(values, from, from + Math.max(1, Math.floor((to - from) / 4))) - mean
  const all = meanIn(values, from, to) - mean
  return all > 0 ? first >= all / 2 : first <= all / 2
}

function meanIn(values: readonly number[], from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]!
  return sum / (to - from)
}
