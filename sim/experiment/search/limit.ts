// How far a setting can go: the last value at which the expectations hold, or the first at which they do.
//
// It bisects, which is right when the expectations change once along the range. That is looked at: a few values outside of the limit are
// judged too, and where one does not fit the range is searched by a grid, every change is told, and the first one is the answer.
import type { Axis } from '../axis.ts'
import type { Setting } from '../types.ts'
import type { Search, Trial } from './trials.ts'

export interface LimitQuestion {
  readonly axis: Axis
  /** The settings beside the one that is searched. */
  readonly settings: readonly Setting[]
  /** What is looked for from the first value on: the first that fails, or the first that holds. */
  readonly until: 'fail' | 'pass'
}

/** Why a value was judged. */
export type Reason = 'end' | 'bisection' | 'check' | 'grid'

export interface Probe {
  /** Number of the value on the axis. */
  readonly index: number
  readonly reason: Reason
  readonly trial: Trial
}

/** A change between two neighbours that were judged; what lies between them was not. */
export interface Change {
  readonly before: number
  readonly after: number
}

export interface Limit {
  /**
   * `limit`: it changes from `before` to `after`, which are next to each other; `at-first`: the first value already is what was
   * looked for; `never`: no value that was judged is.
   */
  readonly answer: 'limit' | 'at-first' | 'never'
  readonly change?: Change
  /** False when some value did not fit a single change: then there may be changes that the grid did not see. */
  readonly monotone: boolean
  /** Every change that was seen, along the axis. */
  readonly changes: readonly Change[]
  /** In the order in which they were judged. */
  readonly probes: readonly Probe[]
}

/** Values of a grid over the whole range. */
const GRID = 25

/** Finds the limit. `axis` may have a billion values: what is judged grows with the logarithm of their number. */
export function* findLimit({ axis, settings, until }: LimitQuestion): Search<Limit> {
  const probes: Probe[] = []
  const known = new Map<number, boolean>()
  const last = axis.count - 1

  function* judge(
    indexes: readonly number[],
    reason: Reason,
  ): Generator<readonly (readonly Setting[])[], void, readonly Trial[]> {
    const fresh = [...new Set(indexes)].filter((index) => !known.has(index))
    if (fresh.length === 0) return
    const trials = yield fresh.map((index) => [...settings, [axis.name, axis.text(index)] as const])
    fresh.forEach((index, i) => {
      probes.push({ index, reason, trial: trials[i]! })
      known.set(index, isThere(trials[i]!))
    })
  }
  /** Whether a value is what is looked for. */
  const isThere = ({ holds }: Trial): boolean => holds === (until === 'pass')
  const between = (from: number, to: number, parts: number): number[] =>
    Array.from({ length: parts - 1 }, (_, i) => from + Math.round(((to - from) * (i + 1)) / parts)).filter(
      (index) => index > from && index < to,
    )
  function* bisect(
    before: number,
    after: number,
  ): Generator<readonly (readonly Setting[])[], Change, readonly Trial[]> {
    let [low, high] = [before, after]
    while (high - low > 1) {
      const middle = low + Math.floor((high - low) / 2)
      yield* judge([middle], 'bisection')
      if (known.get(middle)!) high = middle
      else low = middle
    }
    return { before: low, after: high }
  }
  const changes = (): Change[] => {
    const indexes = [...known.keys()].sort((a, b) => a - b)
    return indexes
      .slice(1)
      .flatMap((after, i) => (known.get(after) === known.get(indexes[i]!) ? [] : [{ before: indexes[i]!, after }]))
  }
  const told = (answer: Limit['answer'], change?: Change): Limit => {
    const seen = changes()
    return { answer, ...(change === undefined ? {} : { change }), monotone: seen.length <= 1, changes: seen, probes }
  }

  yield* judge([0, last], 'end')
  if (known.get(0)!) return told('at-first')
  if (known.get(last)!) {
    const { before, after } = yield* bisect(0, last)
    yield* judge([...between(0, before, 3), ...between(after, last, 3)], 'check')
  } else yield* judge(between(0, last, 4), 'check')
  if (changes().length > 1) yield* judge([0, ...between(0, last, GRID - 1), last], 'grid')
  const first = changes()[0]
  if (first === undefined) return told('never')
  return told('limit', yield* bisect(first.before, first.after))
}
