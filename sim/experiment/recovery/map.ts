// Load by trigger: at which loads a system comes back after which disturbances, and at which it stays down although nothing is wrong any more.
//
// Each cell is a run with the trigger, held against the run without it at the same load and seed (`recovery.ts`). Loads that are too
// much without any trigger are told first, and are not disturbed.
import type { Axis } from '../axis.ts'
import { inOrder } from '../bundle.ts'
import type { Experiment, Outcome, RunSpec, Setting } from '../types.ts'
import {
  courseOf,
  isOverloaded,
  recoveryOf,
  type Course,
  type Disturbance,
  type Recovery,
  type RecoveryRule,
  type RecoveryState,
} from './recovery.ts'

export interface MapQuestion {
  readonly load: Axis
  readonly trigger: Axis
  readonly settings: readonly Setting[]
  /** The settings of a trigger's value, and those of none. */
  readonly triggered: (value: string) => readonly Setting[]
  readonly untriggered: readonly Setting[]
  /** When the trigger of a value is there; undefined = it is nothing. */
  readonly when: (index: number) => Disturbance | undefined
  readonly seeds: readonly (string | undefined)[]
  readonly rule: RecoveryRule
  /** The workloads whose requests count. */
  readonly clients: readonly string[]
  /** µs of a step of the series. */
  readonly every: number
}

/** `mixed`: with some seeds it comes back, with others not; `stopped`: a guard ended a run. */
export type CellState = RecoveryState | 'mixed' | 'stopped'

export interface MapCell {
  readonly state: CellState
  /** How many of the seeds came back, of those that were run. */
  readonly recovered: number
  readonly runs: number
  /** µs from the end of the trigger until the slowest that came back was back. */
  readonly after?: number
  /** Requests that ended well without the trigger and did not with it, on average. */
  readonly lost: number
  /** Why a guard ended a run. */
  readonly why?: string
}

export interface RecoveryMap {
  /** By load, then by trigger, in the order of the axes. */
  readonly cells: readonly (readonly MapCell[])[]
  /** With the first seed, of each load and trigger, for drawing. */
  readonly courses: readonly (readonly (Course | undefined)[])[]
  /** The same without the trigger. */
  readonly undisturbed: readonly (Course | undefined)[]
  readonly margin: Margin
  readonly runs: number
}

/** Indexes on the axes. */
export interface Margin {
  /** The greatest load up to which every load comes back from every trigger. */
  readonly load?: number
  /** By load the greatest trigger up to which it comes back from every one. */
  readonly triggers: readonly (number | undefined)[]
  /** Whether no load comes back from a trigger where a smaller one, or the same at less load, keeps it down. */
  readonly monotone: boolean
}

export type Mapped =
  { readonly ok: true; readonly map: RecoveryMap } | { readonly ok: false; readonly outcome: Outcome }

/** Runs that are asked for at once: their series are not all to be kept. */
const PORTION = 256

/** A run that a map needs; without a trigger the undisturbed one. */
interface Asked {
  readonly load: number
  readonly trigger?: number
  readonly seed: number
  readonly spec: RunSpec
}

/** Conducts a map: first the runs without the trigger, then those with it. */
export class Mapping implements Experiment<Mapped> {
  private readonly question: MapQuestion
  private isDisturbed = false
  private queue: readonly Asked[]
  private asked: readonly Asked[] = []
  private ended: Outcome | undefined
  private runs = 0
  /** By load and seed. */
  private readonly undisturbed: (Course | undefined)[][]
  private readonly stops: (string | undefined)[]
  /** By load, trigger and seed. */
  private readonly recoveries: (Recovery | 'stopped')[][][]
  private readonly whys: (string | undefined)[][]
  private readonly courses: (Course | undefined)[][]

  constructor(question: MapQuestion) {
    this.question = question
    const { load, trigger } = question
    const grid = <T>(make: () => T): T[][] =>
      Array.from({ length: load.count }, () => Array.from({ length: trigger.count }, make))
    this.undisturbed = Array.from({ length: load.count }, () => [])
    this.stops = Array.from({ length: load.count }, () => undefined)
    this.recoveries = grid(() => [])
    this.whys = grid(() => undefined)
    this.courses = grid(() => undefined)
    this.queue = this.calm()
  }

  /** Runs that will be done in all, as far as is known. */
  get planned(): number {
    return this.runs + this.queue.length
  }

  next(): readonly RunSpec[] {
    this.asked = this.queue.slice(0, PORTION)
    return this.asked.map(({ spec }) => spec)
  }

  tell(outcomes: readonly Outcome[]): void {
    this.runs += outcomes.length
    this.ended = outcomes.find(({ ending }) => ending === 'refused' || ending === 'broken')
    if (this.ended !== undefined) {
      this.queue = []
      return
    }
    this.asked.forEach(({ load, trigger, seed }, i) => {
      if (trigger === undefined) this.takeUndisturbed(load, seed, outcomes[i]!)
      else this.takeDisturbed(load, trigger, seed, outcomes[i]!)
    })
    this.queue = this.queue.slice(this.asked.length)
    if (this.queue.length > 0 || this.isDisturbed) return
    this.isDisturbed = true
    this.queue = this.disturbed()
  }

  result(): Mapped {
    if (this.ended !== undefined) return { ok: false, outcome: this.ended }
    const { load, trigger } = this.question
    const cells = Array.from({ length: load.count }, (_, row) =>
      Array.from({ length: trigger.count }, (_each, column) => this.cellOf(row, column)),
    )
    const map = {
      cells,
      courses: this.courses,
      undisturbed: this.undisturbed.map(([course]) => course),
      margin: marginOf(cells, load, trigger),
      runs: this.runs,
    }
    return { ok: true, map }
  }

  private calm(): readonly Asked[] {
    const { load, untriggered, seeds } = this.question
    return Array.from({ length: load.count }, (_, row) => row).flatMap((row) =>
      seeds.map((_, seed) => ({ load: row, seed, spec: this.specOf(row, untriggered, seed) })),
    )
  }

  private disturbed(): readonly Asked[] {
    const { load, trigger, triggered, when, seeds } = this.question
    return Array.from({ length: load.count }, (_, row) => row).flatMap((row) =>
      this.isTooMuch(row)
        ? []
        : Array.from({ length: trigger.count }, (_, column) => column).flatMap((column) =>
            when(column) === undefined
              ? []
              : seeds.map((_, seed) => ({
                  load: row,
                  trigger: column,
                  seed,
                  spec: this.specOf(row, triggered(trigger.text(column)), seed),
                })),
          ),
    )
  }

  private specOf(row: number, more: readonly Setting[], seed: number): RunSpec {
    const { load, settings, seeds } = this.question
    const named = seeds[seed]
    const all = inOrder([...settings, [load.name, load.text(row)], ...more])
    return { settings: all, ...(named === undefined ? {} : { seed: named }) }
  }

  private takeUndisturbed(load: number, seed: number, outcome: Outcome): void {
    if (isStopped(outcome)) this.stops[load] ??= outcome.why ?? ''
    this.undisturbed[load]![seed] = this.courseIn(outcome)
  }

  private takeDisturbed(load: number, trigger: number, seed: number, outcome: Outcome): void {
    const { rule, when } = this.question
    const course = this.courseIn(outcome)
    if (seed === 0) this.courses[load]![trigger] = course
    if (isStopped(outcome)) {
      this.recoveries[load]![trigger]![seed] = 'stopped'
      this.whys[load]![trigger] ??= outcome.why ?? ''
    } else
      this.recoveries[load]![trigger]![seed] = recoveryOf(rule, course, this.undisturbed[load]![seed]!, when(trigger)!)
  }

  private courseIn({ series = [] }: Outcome): Course {
    const { every, clients } = this.question
    const sums = (name: string): readonly number[] => series.find((each) => each.name === name)?.sum ?? []
    return courseOf(
      every,
      clients.map((client) => ({
        requests: sums(`${client}.Requests`),
        successes: sums(`${client}.Successes`),
        latency: sums(`${client}.Latency`),
      })),
    )
  }

  /** Whether a load cannot be borne, or was not run to its end, with some seed and without any trigger. */
  private isTooMuch(row: number): boolean {
    if (this.stops[row] !== undefined) return true
    const since = this.since()
    return this.undisturbed[row]!.some((course) => isOverloaded(this.question.rule, course!, since))
  }

  /** When the first trigger begins. */
  private since(): number {
    const { trigger, when } = this.question
    const times = Array.from({ length: trigger.count }, (_, i) => when(i)?.from ?? Infinity)
    const least = Math.min(...times)
    return least === Infinity ? 0 : least
  }

  private cellOf(row: number, column: number): MapCell {
    const none = { recovered: 0, runs: 0, lost: 0 }
    const stop = this.stops[row]
    if (stop !== undefined) return { ...none, state: 'stopped', why: stop }
    if (this.isTooMuch(row)) return { ...none, state: 'overloaded' }
    const { seeds, when } = this.question
    if (when(column) === undefined) return { state: 'recovers', recovered: seeds.length, runs: 0, after: 0, lost: 0 }
    const all = this.recoveries[row]![column]!
    const told = all.filter((each) => each !== 'stopped')
    const back = told.filter(({ state }) => state === 'recovers')
    const states = new Set(told.map(({ state }) => state))
    const why = this.whys[row]![column]
    const state: CellState =
      back.length === all.length
        ? 'recovers'
        : back.length > 0
          ? 'mixed'
          : told.length < all.length
            ? 'stopped'
            : states.size === 1
              ? told[0]!.state
              : 'stays-down'
    return {
      ...{ state, recovered: back.length, runs: all.length },
      ...(back.length === 0 ? {} : { after: Math.max(...back.map(({ after }) => after!)) }),
      lost: told.length === 0 ? 0 : told.reduce((sum, { lost }) => sum + lost, 0) / told.length,
      ...(why === undefined ? {} : { why }),
    }
  }
}

function isStopped({ ending }: Outcome): boolean {
  return ending === 'partial' || ending === 'crashed'
}

/** How far it is safe, from the smallest values on, whichever way the axes go. */
export function marginOf(cells: readonly (readonly MapCell[])[], load: Axis, trigger: Axis): Margin {
  const rows = rising(load)
  const columns = rising(trigger)
  const isSafe = (row: number, column: number): boolean => cells[row]![column]!.state === 'recovers'
  const triggers = cells.map((_, row) => lastOf(columns, (column) => isSafe(row, column)))
  const safe = lastOf(rows, (row) => columns.every((column) => isSafe(row, column)))
  const isKept = (row: number, column: number): boolean =>
    ['stays-down', 'relapses', 'mixed'].includes(cells[row]![column]!.state)
  let monotone = true
  rows.forEach((row, r) =>
    columns.forEach((column, c) => {
      const worse = [
        rows[r - 1] === undefined ? undefined : ([rows[r - 1]!, column] as const),
        columns[c - 1] === undefined ? undefined : ([row, columns[c - 1]!] as const),
      ]
      if (isSafe(row, column) && worse.some((each) => each !== undefined && isKept(...each))) monotone = false
    }),
  )
  return { ...(safe === undefined ? {} : { load: safe }), triggers, monotone }
}

/** The indexes of an axis by size. */
export function rising({ count, number }: Axis): readonly number[] {
  const indexes = Array.from({ length: count }, (_, i) => i)
  return indexes.sort((a, b) => number(a) - number(b))
}

/** The last of those at the beginning that are as they should be. */
function lastOf(indexes: readonly number[], isGood: (index: number) => boolean): number | undefined {
  let last: number | undefined
  for (const index of indexes) {
    if (!isGood(index)) break
    last = index
  }
  return last
}
