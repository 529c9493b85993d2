// The best settings that meet the expectations: the cheapest, the smallest, the fastest, by a measure of the scenario language.
//
// Of up to 200 combinations all are judged. Of more, a coarse grid is, and from the best of it that holds a compass search goes on
// (Hooke and Jeeves; Kolda, Lewis and Torczon 2003): it looks one step to either side along every axis, goes to the best that holds, and
// halves the steps when none is better. It ends where no neighbour is better, which is the best of all when the measure has one valley
// and what holds is in one piece; where there are several, it may end in another one.
import type { Axis } from '../axis.ts'
import type { Setting } from '../types.ts'
import type { Reason, Search, Trial, Wanted } from './trials.ts'

export interface BestQuestion {
  readonly axes: readonly Axis[]
  /** The settings beside those that are searched. */
  readonly settings: readonly Setting[]
  /** The measure, and whether less or more of it is better. */
  readonly measure: string
  readonly wanted: 'least' | 'most'
}

export interface Best {
  readonly method: 'all' | 'compass'
  /** The settings of the best point; absent when none that was judged holds. */
  readonly settings?: readonly Setting[]
  /** True when the search was given up after so many points as it may take. */
  readonly cut: boolean
}

/** Combinations that are judged one and all. */
export const ALL_MAX = 200
/** Points after which a search is given up. */
export const POINTS_MAX = 2000
export const AXES_MAX = 6

/** A point by the number of its value on each axis. */
type Place = readonly number[]

/** Searches for the best point; see above for how. At most `AXES_MAX` axes. */
export function bestSearch(question: BestQuestion): Search<Best> {
  const { axes, settings } = question
  const at = (place: Place): readonly Setting[] => [
    ...settings,
    ...axes.map((axis, i) => [axis.name, axis.text(place[i]!)] as const),
  ]
  const combinations = axes.reduce((product, { count }) => product * count, 1)
  return (known) => {
    const trialOf = (place: Place): Trial | undefined => known(at(place))
    const missing = (places: readonly Place[], reason: Reason): readonly Wanted[] =>
      places.filter((place) => trialOf(place) === undefined).map((place) => ({ settings: at(place), reason }))
    const told = (method: Best['method'], best: Place | undefined, cut = false) => ({
      result: { method, cut, ...(best === undefined ? {} : { settings: at(best) }) },
    })
    /** The best of some that holds, or the one before when none is better. */
    const bestOf = (places: readonly Place[], before?: Place): Place | undefined =>
      places.reduce<Place | undefined>(
        (best, place) =>
          isBetter(trialOf(place)!, best === undefined ? undefined : trialOf(best)!, question) ? place : best,
        before,
      )

    if (combinations <= ALL_MAX) {
      const all = productOf(axes.map(({ count }) => upTo(count)))
      const wanted = missing(all, 'grid')
      return wanted.length > 0 ? { wanted } : told('all', bestOf(all))
    }
    const levels = levelsOf(axes)
    const coarse = productOf(levels)
    const first = missing(coarse, 'grid')
    if (first.length > 0) return { wanted: first }
    let here = bestOf(coarse)
    if (here === undefined) return told('compass', undefined)
    let steps = axes.map(({ count }, i) => Math.max(1, Math.floor((count - 1) / (2 * (levels[i]!.length - 1)))))
    const seen = new Set(coarse.map(String))
    for (;;) {
      const around = neighbours(here, steps, axes)
      const wanted = missing(around, 'step')
      if (wanted.length > 0) return seen.size + wanted.length > POINTS_MAX ? told('compass', here, true) : { wanted }
      for (const place of around) seen.add(String(place))
      const next: Place = bestOf(around, here)!
      if (next === here) {
        if (steps.every((step) => step === 1)) return told('compass', here)
        steps = steps.map((step) => Math.max(1, Math.floor(step / 2)))
      }
      here = next
    }
  }
}

/** Whether a point holds and is better than the best one so far. Points without the measure never are. */
function isBetter(trial: Trial, best: Trial | undefined, { measure, wanted }: BestQuestion): boolean {
  const value = valueOf(trial, measure)
  if (!trial.holds || value === undefined) return false
  const other = best === undefined ? undefined : valueOf(best, measure)!
  return other === undefined || (wanted === 'least' ? value < other : value > other)
}

/** The mean of a measure over the runs of a point that have it. */
export function valueOf({ outcomes }: Trial, measure: string): number | undefined {
  const values = outcomes.flatMap((outcome) => outcome.values.find(({ name }) => name === measure)?.value ?? [])
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Evenly spread values of each axis: five, or three where five of each would be too many. */
function levelsOf(axes: readonly Axis[]): readonly (readonly number[])[] {
  const most = axes.length <= 3 ? 5 : 3
  return axes.map(({ count }) => {
    const n = Math.min(count, most)
    return n === 1 ? [0] : Array.from({ length: n }, (_, i) => Math.round((i * (count - 1)) / (n - 1)))
  })
}

/** One step to either side along every axis, as far as there are values. */
function neighbours(place: Place, steps: readonly number[], axes: readonly Axis[]): Place[] {
  return axes.flatMap(({ count }, axis) =>
    [-steps[axis]!, steps[axis]!].flatMap((step) => {
      const index = Math.min(count - 1, Math.max(0, place[axis]! + step))
      return index === place[axis] ? [] : [place.map((value, i) => (i === axis ? index : value))]
    }),
  )
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** Every combination, the last axis first. */
function productOf(lists: readonly (readonly number[])[]): Place[] {
  return lists.reduce<Place[]>(
    (places, list) => places.flatMap((place) => list.map((value) => [...place, value])),
    [[]],
  )
}
