// How far a setting can go: the last value at which the expectations hold, or the first at which they do.
//
// It bisects, which is right when the expectations change once along the range. That is looked at: a few values outside of the limit are
// judged too, and where one does not fit the range is searched by a grid, every change is told, and the first one is the answer.
import type { Axis } from '../axis.ts'
import type { Setting } from '../types.ts'
import type { Reason, Search, Step, Wanted } from './trials.ts'

export interface LimitQuestion {
  readonly axis: Axis
  /** The settings beside the one that is searched. */
  readonly settings: readonly Setting[]
  /** What is looked for from the first value on: the first that fails, or the first that holds. */
  readonly until: 'fail' | 'pass'
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
}

/** Values of a grid over the whole range. */
const GRID = 25

/** Finds the limit. `axis` may have a billion values: what is judged grows with the logarithm of their number. */
export function limitSearch({ axis, settings, until }: LimitQuestion): Search<Limit> {
  const last = axis.count - 1
  const at = (index: number): readonly Setting[] => [...settings, [axis.name, axis.text(index)]]
  return (known) => {
    /** Whether a value is what is looked for; undefined when it has not been judged. */
    const isThere = (index: number): boolean | undefined => {
      const trial = known(at(index))
      return trial === undefined ? undefined : trial.holds === (until === 'pass')
    }
    const missing = (indexes: readonly number[], reason: Reason): readonly Wanted[] =>
      indexes.filter((index) => isThere(index) === undefined).map((index) => ({ settings: at(index), reason }))
    const told = (answer: Limit['answer'], changes: readonly Change[], change?: Change): Step<Limit> => ({
      result: { answer, ...(change === undefined ? {} : { change }), monotone: changes.length <= 1, changes },
    })

    const ends = missing([0, last], 'end')
    if (ends.length > 0) return { wanted: ends }
    const changed = isThere(0) !== isThere(last)
    if (isThere(0)) return told('at-first', changed ? [{ before: 0, after: last }] : [])
    const path = changed ? bisected(0, last, isThere) : []
    const middle = missing(path.slice(-1), 'bisection')
    if (middle.length > 0) return { wanted: middle }
    const [before, after] = changed ? besides(0, last, path, isThere) : [last, last]
    const around = changed ? [...between(0, before, 3), ...between(after, last, 3)] : between(0, last, 4)
    const checks = missing(around, 'check')
    if (checks.length > 0) return { wanted: checks }
    const looked = [0, ...path, ...around, last]
    if (changesAmong(looked, isThere).length <= (changed ? 1 : 0))
      return changed ? told('limit', [{ before, after }], { before, after }) : told('never', [])

    const grid = between(0, last, GRID - 1)
    const unseen = missing(grid, 'grid')
    if (unseen.length > 0) return { wanted: unseen }
    const changes = changesAmong([...looked, ...grid], isThere)
    const first = changes[0]!
    const finer = bisected(first.before, first.after, isThere)
    const next = missing(finer.slice(-1), 'bisection')
    if (next.length > 0) return { wanted: next }
    const [low, high] = besides(first.before, first.after, finer, isThere)
    return told('limit', [{ before: low, after: high }, ...changes.slice(1)], { before: low, after: high })
  }
}

type Verdict = (index: number) => boolean | undefined

/** The values that a bisection looks at between two that differ, as far as it is known where it leads. */
function bisected(before: number, after: number, isThere: Verdict): number[] {
  const path: number[] = []
  let [low, high] = [before, after]
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    path.push(middle)
    const verdict = isThere(middle)
    if (verdict === undefined) break
    if (verdict) high = middle
    else low = middle
  }
  return path
}

/** Where a bisection that is over has ended: the two values beside the change. */
function besides(
  before: number,
  after: number,
  path: readonly number[],
  isThere: Verdict,
): [low: number, high: number] {
  const low = path.filter((index) => isThere(index) === false)
  const high = path.filter((index) => isThere(index) === true)
  return [Math.max(before, ...low), Math.min(after, ...high)]
}

/** Values that part a stretch into so many, its ends excluded. */
function between(from: number, to: number, parts: number): number[] {
  const all = Array.from({ length: parts - 1 }, (_, i) => from + Math.round(((to - from) * (i + 1)) / parts))
  return [...new Set(all)].filter((index) => index > from && index < to)
}

function changesAmong(indexes: readonly number[], isThere: Verdict): Change[] {
  const ordered = [...new Set(indexes)].sort((a, b) => a - b)
  return ordered
    .slice(1)
    .flatMap((after, i) => (isThere(after) === isThere(ordered[i]!) ? [] : [{ before: ordered[i]!, after }]))
}
