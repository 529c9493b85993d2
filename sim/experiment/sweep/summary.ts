// What a sweep shows: of every point and every value of an axis how many runs pass and the means of the measures, where expectations begin to fail, and which point is best.
import { absent } from '../columns.ts'
import { betterOf } from '../measures.ts'
import { meanOf } from '../statistics/means.ts'
import type { Ending } from '../types.ts'
import { groupsOf, type Group } from './groups.ts'
import type { NamedUnit, RunRecord } from './records.ts'
import { settingsAt, type Space } from './space.ts'

export const SUMMARY_SCHEMA = 'hotshard.sweep-summary/1'
/** Of every interval. */
export const CONFIDENCE = 0.95
/** Measures that are shown when nobody says which. */
const SHOWN_MAX = 4
/** Numbers that are kept, at 8 bytes each. */
const KEPT_MAX = 8_000_000
/** Points that are listed one by one; the results hold all. */
const POINTS_MAX = 10_000

/** A mean over seeds; the ends are absent where fewer than two seeds have data. */
export interface Mean {
  /** Seeds with data. */
  readonly n: number
  readonly mean: number
  readonly low?: number
  readonly high?: number
}

/** Runs with something in common. */
export interface Cell {
  readonly runs: number
  readonly passed: number
  /** For each measure that is shown; absent without data. */
  readonly means: readonly (Mean | undefined)[]
}

export interface AxisRow extends Cell {
  /** The value, or `10 to 30` where neighbours are put together. */
  readonly label: string
  /** Middle of its values, where they are numbers. */
  readonly size?: number
}

/** Where along an axis expectations begin to fail. */
export interface Edge {
  /** `until`: all runs pass up to there; `from`: all pass from there on; `some`: neither end of the axis is safe. */
  readonly kind: 'until' | 'from' | 'some'
  /** The outermost value at which all runs pass; with `some` the one at which most do. */
  readonly safe: string
  /** The next one, at which some fail. */
  readonly failing?: string
  readonly passed: number
  readonly runs: number
  /** The expectation that fails most often at `failing`. */
  readonly expectation?: string
}

export interface SweptAxis {
  readonly name: string
  readonly isNumeric: boolean
  readonly rows: readonly AxisRow[]
  readonly edge?: Edge
}

/** Two axes against each other, over all values of the others. */
export interface Pair {
  /** Places in `axes`. */
  readonly down: number
  readonly across: number
  /** A row for each of the rows of `down`; undefined where no run was done. */
  readonly cells: readonly (readonly (Cell | undefined)[])[]
}

export interface SweptPoint extends Cell {
  readonly settings: Readonly<Record<string, string>>
}

export interface Best {
  readonly measure: string
  readonly better: 'less' | 'more'
  /** Whether only points were looked at at which all runs pass. */
  readonly isAmongPassing: boolean
  readonly point: SweptPoint
  readonly mean: Mean
}

export interface SweepSummary {
  readonly schema: typeof SUMMARY_SCHEMA
  readonly scenario: string
  readonly settings: Readonly<Record<string, string>>
  readonly seeds: number
  readonly confidence: number
  readonly isSample: boolean
  readonly runs: { readonly all: number; readonly done: number } & Readonly<Record<Ending, number>>
  /** Whether there are expectations that could fail. */
  readonly hasExpectations: boolean
  readonly measures: readonly (NamedUnit & { readonly better?: 'less' | 'more' })[]
  readonly axes: readonly SweptAxis[]
  readonly pairs: readonly Pair[]
  readonly points: readonly SweptPoint[]
  /** Points beyond those listed. */
  readonly pointsLeftOut: number
  readonly best: readonly Best[]
  /** Why runs could not be done or did not end, each reason once. */
  readonly reasons: readonly { readonly ending: Ending; readonly why: string; readonly runs: number }[]
}

/** Is given the runs one by one, in their order, and sums them up. */
export class Summing {
  private readonly space: Space
  private readonly asked: boolean
  private readonly kept: readonly NamedUnit[]
  /** Of each kept measure the value of each run; NaN = none. */
  private readonly values: readonly Float64Array[]
  /** 0 = not done, 1 = passed, 2 = failed, 3 = begun and not ended, 4 = refused. */
  private readonly state: Uint8Array
  private readonly endings = new Map<Ending, number>()
  private readonly reasons = new Map<string, { ending: Ending; why: string; runs: number }>()
  private readonly groups: readonly (readonly Group[])[]
  private readonly groupOf: readonly Int32Array[]
  /** For each axis and group how often each expectation failed. */
  private readonly failures: readonly Map<string, number>[][]
  private readonly ranks: ReadonlyMap<string, number>
  private expected = false
  private done = 0

  /** `expectations` are their texts: what they name is shown first when nobody asked for measures. */
  constructor(space: Space, measures: readonly NamedUnit[], asked: boolean, expectations: readonly string[]) {
    this.space = space
    this.asked = asked
    const inOrder = asked ? measures : [...measures].sort((a, b) => rank(a, expectations) - rank(b, expectations))
    this.kept = inOrder.slice(0, Math.max(1, Math.floor(KEPT_MAX / space.runs)))
    this.values = this.kept.map(() => new Float64Array(space.runs).fill(NaN))
    this.state = new Uint8Array(space.runs)
    this.groups = space.values.map((values) => groupsOf(values, space.sample !== undefined))
    this.groupOf = this.groups.map((groups, i) => {
      const of = new Int32Array(space.values[i]!.length)
      groups.forEach(({ places }, group) => places.forEach((place) => (of[place] = group)))
      return of
    })
    this.failures = this.groups.map((groups) => groups.map(() => new Map<string, number>()))
    this.ranks = new Map(this.kept.map((measure) => [measure.name, rank(measure, expectations)]))
  }

  /** `run` is its place in the order. */
  add(run: number, { ending, values, expectations, why = '' }: Omit<RunRecord, 'run' | 'digest' | 'events'>): void {
    this.done++
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1)
    this.state[run] = ending === 'passed' ? 1 : ending === 'failed' ? 2 : ending === 'refused' ? 4 : 3
    if (expectations.length > 0) this.expected = true
    if (this.state[run]! > 2) {
      const known = this.reasons.get(ending + why)
      if (known !== undefined) known.runs++
      else if (this.reasons.size < 100) this.reasons.set(ending + why, { ending, why, runs: 1 })
      return
    }
    this.kept.forEach(({ name, unit }, i) => {
      this.values[i]![run] = Object.hasOwn(values, name) ? values[name]! : (absent(name, unit) ?? NaN)
    })
    if (ending === 'passed') return
    const place = this.space.place(Math.floor(run / this.space.seeds.length))
    for (const { text } of expectations.filter((each) => !each.ok))
      place.forEach((at, axis) => {
        const failures = this.failures[axis]![this.groupOf[axis]![at]!]!
        failures.set(text, (failures.get(text) ?? 0) + 1)
      })
  }

  /** `asked` is how many runs there should be. */
  summary(scenario: string, asked: number): SweepSummary {
    const { space } = this
    const shown = this.shown()
    const measures = shown.map((i) => {
      const better = betterOf(this.kept[i]!.name)
      return { ...this.kept[i]!, ...(better === undefined ? {} : { better }) }
    })
    const axes = space.axes.map(({ name }, axis) => {
      const points = this.pointsBy(this.groups[axis]!.length, (at) => this.groupOf[axis]![at[axis]!]!)
      const rows = this.groups[axis]!.map(({ label, size }, group) => ({
        label,
        ...(size === undefined ? {} : { size }),
        ...this.cell(points[group]!, shown),
      }))
      const isNumeric = rows.every(({ size }) => size !== undefined)
      // Points that were drawn differ in all their axes: too few of them share a value to call it safe.
      const edge =
        isNumeric && (space.sample === undefined || space.axes.length === 1)
          ? edgeOf(
              rows.map((row, group) => ({ ...row, runs: row.runs + this.unended(points[group]!) })),
              this.failures[axis]!,
            )
          : undefined
      return { name, isNumeric, rows, ...(edge === undefined ? {} : { edge }) }
    })
    const count = Math.min(space.points, POINTS_MAX)
    const points = Array.from({ length: count }, (_, point) => this.point(point, shown))
    const endings = Object.fromEntries(
      (['passed', 'failed', 'partial', 'refused', 'broken', 'crashed'] as const).map((ending) => [
        ending,
        this.endings.get(ending) ?? 0,
      ]),
    ) as Record<Ending, number>
    return {
      schema: SUMMARY_SCHEMA,
      scenario,
      settings: Object.fromEntries(space.fixed),
      seeds: space.seeds.length,
      confidence: CONFIDENCE,
      isSample: space.sample !== undefined,
      runs: { all: asked, done: this.done, ...endings },
      hasExpectations: this.expected,
      measures,
      axes,
      pairs: this.pairs(shown),
      points,
      pointsLeftOut: space.points - count,
      best: shown.flatMap((i) => this.best(i, shown)),
      reasons: [...this.reasons.values()],
    }
  }

  /** Places in `kept` of what is shown: what was asked for, else what expectations name, the cost, and what the axes move most. */
  private shown(): readonly number[] {
    const all = this.kept.map((_, i) => i)
    if (this.asked) return all
    const rankOf = (i: number): number => this.ranks.get(this.kept[i]!.name)!
    const named = all.filter((i) => rankOf(i) === 0)
    const isOnePoint = this.space.points === 1
    const rest = all
      .filter((i) => rankOf(i) > 0 && betterOf(this.kept[i]!.name) !== undefined)
      .map((i) => ({ i, reaction: this.reaction(i) }))
      .filter(({ reaction }) => isOnePoint || reaction > 0)
      .sort((a, b) => rankOf(a.i) - rankOf(b.i) || b.reaction - a.reaction || a.i - b.i)
      .map(({ i }) => i)
    return [...named, ...rest].slice(0, Math.max(SHOWN_MAX, named.length))
  }

  /** How far the points' means lie apart, by how far runs of one point do. */
  private reaction(measure: number): number {
    const { seeds, points } = this.space
    let [low, high, within, sum, n] = [Infinity, -Infinity, 0, 0, 0]
    for (let point = 0; point < points; point++) {
      const { n: found, mean, deviation } = meanOf(this.of(measure, point), CONFIDENCE)
      if (found === 0) continue
      low = Math.min(low, mean)
      high = Math.max(high, mean)
      within += deviation
      sum += Math.abs(mean)
      n++
    }
    if (n < 2 || seeds.length === 0 || high <= low) return 0
    return (high - low) / (within / n + (0.01 * sum) / n)
  }

  private of(measure: number, point: number): number[] {
    const { seeds } = this.space
    const found = this.values[measure]!.subarray(point * seeds.length, (point + 1) * seeds.length)
    return [...found].filter((value) => value === value)
  }

  /** The points by a number that their places give, below `size`. */
  private pointsBy(size: number, numberOf: (place: readonly number[]) => number): readonly (readonly number[])[] {
    const found = Array.from({ length: size }, (): number[] => [])
    for (let point = 0; point < this.space.points; point++) found[numberOf(this.space.place(point))]!.push(point)
    return found
  }

  /** Points together: of each seed the mean over the points, then the mean over seeds, so that seeds stay what is independent. */
  private cell(points: readonly number[], shown: readonly number[]): Cell {
    const { seeds } = this.space
    let runs = 0
    let passed = 0
    for (const point of points)
      for (let seed = 0; seed < seeds.length; seed++) {
        const state = this.state[point * seeds.length + seed]!
        if (state === 1 || state === 2) runs++
        if (state === 1) passed++
      }
    const means = shown.map((measure) => {
      const values = this.values[measure]!
      const each = seeds.flatMap((_, seed) => {
        let [sum, n] = [0, 0]
        for (const point of points) {
          const value = values[point * seeds.length + seed]!
          if (value !== value) continue
          sum += value
          n++
        }
        return n === 0 ? [] : [sum / n]
      })
      return meanIn(each)
    })
    return { runs, passed, means }
  }

  /** How many runs of the points a guard or a crash has stopped. */
  private unended(points: readonly number[]): number {
    const { length } = this.space.seeds
    const states = points.flatMap((point) => [...this.state.subarray(point * length, (point + 1) * length)])
    return states.filter((state) => state === 3).length
  }

  private point(point: number, shown: readonly number[]): SweptPoint {
    return { settings: Object.fromEntries(settingsAt(this.space, point)), ...this.cell([point], shown) }
  }

  private pairs(shown: readonly number[]): Pair[] {
    const { axes } = this.space
    return axes.flatMap((_, down) =>
      axes.slice(down + 1).map((_, i): Pair => {
        const across = down + 1 + i
        const columns = this.groups[across]!.length
        const [ofDown, ofAcross] = [this.groupOf[down]!, this.groupOf[across]!]
        const found = this.pointsBy(
          this.groups[down]!.length * columns,
          (at) => ofDown[at[down]!]! * columns + ofAcross[at[across]!]!,
        )
        const cells = this.groups[down]!.map((_, row) =>
          this.groups[across]!.map((_, column) => {
            const cell = this.cell(found[row * columns + column]!, shown)
            return cell.runs === 0 ? undefined : cell
          }),
        )
        return { down, across, cells }
      }),
    )
  }

  /** Among points at which all runs pass, if there are any. */
  private best(measure: number, shown: readonly number[]): Best[] {
    const { name } = this.kept[measure]!
    const better = betterOf(name)
    if (better === undefined || this.space.points < 2) return []
    let found: { point: number; mean: number; passing: boolean } | undefined
    for (let point = 0; point < this.space.points; point++) {
      const { mean } = meanOf(this.of(measure, point), CONFIDENCE)
      if (mean !== mean) continue
      const passing = this.expected && this.passes(point)
      const isBetter =
        found === undefined ||
        (passing && !found.passing) ||
        (passing === found.passing && (better === 'less' ? mean < found.mean : mean > found.mean))
      if (isBetter) found = { point, mean, passing }
    }
    if (found === undefined) return []
    const point = this.point(found.point, shown)
    return [
      {
        ...{ measure: name, better, isAmongPassing: found.passing, point },
        mean: point.means[shown.indexOf(measure)]!,
      },
    ]
  }

  private passes(point: number): boolean {
    const { length } = this.space.seeds
    return this.state.subarray(point * length, (point + 1) * length).every((state) => state === 1)
  }
}

/** 0 = an expectation names it, 1 = the cost, 2 = another. */
function rank({ name }: NamedUnit, expectations: readonly string[]): number {
  if (expectations.some((text) => text.startsWith(`${name} `))) return 0
  return name === 'cost(monthly)' ? 1 : 2
}

function meanIn(values: readonly number[]): Mean | undefined {
  if (values.length === 0) return undefined
  const { n, mean, low, high } = meanOf(values, CONFIDENCE)
  return { n, mean, ...(Number.isFinite(high - low) ? { low, high } : {}) }
}

/** Rows without runs are passed over; those that were stopped are among `runs`, because they have not passed. */
function edgeOf(all: readonly AxisRow[], failures: readonly ReadonlyMap<string, number>[]): Edge | undefined {
  const rows = all.flatMap((row, i) => (row.runs === 0 ? [] : [{ ...row, failures: failures[i]! }]))
  const isSafe = rows.map(({ runs, passed }) => passed === runs)
  if (rows.length < 2 || isSafe.every(Boolean) || rows.every(({ passed }) => passed === 0)) return undefined
  const edge = (kind: Edge['kind'], safe: number, failing: number): Edge => {
    const { label, passed, runs, failures: texts } = rows[failing]!
    const expectation = [...texts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0]
    return {
      ...{ kind, safe: rows[safe]!.label, failing: label, passed, runs },
      ...(expectation === undefined ? {} : { expectation }),
    }
  }
  if (isSafe[0] === true) return edge('until', isSafe.indexOf(false) - 1, isSafe.indexOf(false))
  if (isSafe.at(-1) === true) return edge('from', isSafe.lastIndexOf(false) + 1, isSafe.lastIndexOf(false))
  const share = rows.map(({ runs, passed }) => passed / runs)
  const most = share.indexOf(Math.max(...share))
  return { kind: 'some', safe: rows[most]!.label, passed: rows[most]!.passed, runs: rows[most]!.runs }
}
