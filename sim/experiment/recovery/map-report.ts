// A map of recovery as data: `hotshard.map/1`.
import type { Axis } from '../axis.ts'
import { seedsText } from '../seeds.ts'
import type { MapCell, MapQuestion, RecoveryMap } from './map.ts'
import { rising } from './map.ts'
import type { Course, RecoveryRule } from './recovery.ts'

export const MAP_SCHEMA = 'hotshard.map/1'

export interface CellReport extends Omit<MapCell, 'after' | 'lost'> {
  /** Seconds. */
  readonly after?: number
  readonly lost: number
}

/** Requests that ended well a second, step by step. */
export interface EdgeCourse {
  readonly trigger: string
  readonly goodput: readonly number[]
}

/** The two runs beside the edge, at one load: the greatest trigger that is survived, and the next one. */
export interface Edge {
  readonly load: string
  readonly survived?: EdgeCourse
  readonly broken: EdgeCourse
  readonly undisturbed: readonly number[]
  /** Seconds: of a step, and when the trigger of the broken run begins and ends. */
  readonly every: number
  readonly from: number
  readonly to: number
  /** The command that shows the broken run. */
  readonly command: string
}

export interface MapReport {
  readonly schema: typeof MAP_SCHEMA
  readonly scenario: string
  readonly settings: Readonly<Record<string, string>>
  readonly load: {
    readonly setting: string
    readonly values: readonly string[]
    /** The scenario's own value, and the value of the map that stands for it: the same, or the next greater one. */
    readonly present?: { readonly value: string; readonly on: string }
  }
  readonly trigger: {
    readonly label: string
    /** What is varied: `For`, `Percentage`. */
    readonly member: string
    readonly values: readonly string[]
    /** Seconds from the beginning of the run. */
    readonly from: number
  }
  readonly rule: {
    readonly within: number
    /** Seconds. */
    readonly hold: number
    readonly slower?: number
    /** Seconds of a step. */
    readonly every: number
    readonly clients: readonly string[]
    /** Absent = the scenario's own. */
    readonly seeds?: string
  }
  readonly margin: {
    /** The greatest load up to which every load comes back from every trigger; absent when the least one does not. */
    readonly load?: string
    /** By load the greatest trigger up to which it comes back from every one; null when it does not from the least. */
    readonly triggers: readonly (string | null)[]
    readonly monotone: boolean
  }
  /** By load, then by trigger. */
  readonly cells: readonly (readonly CellReport[])[]
  readonly edge?: Edge
  readonly runs: number
  readonly reproduce: string
}

export interface MapSaid {
  readonly scenario: string
  readonly label: string
  readonly member: string
  /** The present value of the load, as the scenario has it. */
  readonly present: string | undefined
  readonly reproduce: string
  /** A command that runs one cell. */
  readonly commandOf: (settings: Readonly<Record<string, string>>, seed: string | undefined) => string
}

const SECOND = 1_000_000

export function mapReport(question: MapQuestion, map: RecoveryMap, said: MapSaid): MapReport {
  const { load, trigger, rule, every, clients, seeds } = question
  const present = presentOn(load, said.present)
  const edge = edgeOf(question, map, present, said)
  const first = Array.from({ length: trigger.count }, (_, i) => question.when(i)).find((each) => each !== undefined)
  return {
    ...{ schema: MAP_SCHEMA, scenario: said.scenario, settings: Object.fromEntries(question.settings) },
    load: {
      setting: load.name,
      values: valuesOf(load),
      ...(present === undefined ? {} : { present: { value: said.present!, on: load.text(present) } }),
    },
    trigger: { label: said.label, member: said.member, values: valuesOf(trigger), from: (first?.from ?? 0) / SECOND },
    rule: ruleIn(rule, every, clients, seeds),
    margin: {
      ...(map.margin.load === undefined ? {} : { load: load.text(map.margin.load) }),
      triggers: map.margin.triggers.map((index) => (index === undefined ? null : trigger.text(index))),
      monotone: map.margin.monotone,
    },
    cells: map.cells.map((row) =>
      row.map(({ after, ...cell }) => ({ ...cell, ...(after === undefined ? {} : { after: after / SECOND }) })),
    ),
    ...(edge === undefined ? {} : { edge }),
    ...{ runs: map.runs, reproduce: said.reproduce },
  }
}

function ruleIn(
  rule: RecoveryRule,
  every: number,
  clients: readonly string[],
  seeds: MapQuestion['seeds'],
): MapReport['rule'] {
  const named = seeds.filter((seed) => seed !== undefined)
  return {
    ...{ within: rule.within, hold: rule.hold / SECOND, every: every / SECOND, clients },
    ...(rule.slower === undefined ? {} : { slower: rule.slower }),
    ...(named.length === 0 ? {} : { seeds: seedsText(named) }),
  }
}

/** The value of the axis that stands for the present one: the same, or the next greater one. */
export function presentOn(axis: Axis, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const same = valuesOf(axis).indexOf(value)
  if (same >= 0) return same
  const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN
  return rising(axis).find((index) => axis.number(index) >= number)
}

/** The edge at the present load, or at the least load that has one. */
function edgeOf(question: MapQuestion, map: RecoveryMap, present: number | undefined, said: MapSaid): Edge | undefined {
  const { load, trigger, triggered, settings, when, every, seeds } = question
  const columns = rising(trigger)
  const brokenOf = (row: number): number | undefined => {
    const survived = map.margin.triggers[row]
    const next = columns[survived === undefined ? 0 : columns.indexOf(survived) + 1]
    return next !== undefined && map.courses[row]![next] !== undefined ? next : undefined
  }
  const row = [...(present === undefined ? [] : [present]), ...rising(load)].find(
    (each) => brokenOf(each) !== undefined,
  )
  if (row === undefined) return undefined
  const broken = brokenOf(row)!
  const survived = map.margin.triggers[row]
  const kept = survived === undefined ? undefined : map.courses[row]![survived]
  const goodput = (course: Course): readonly number[] => course.successes.map((n) => (n * SECOND) / every)
  const cell = [...settings, [load.name, load.text(row)] as const, ...triggered(trigger.text(broken))]
  return {
    load: load.text(row),
    ...(kept === undefined ? {} : { survived: { trigger: trigger.text(survived!), goodput: goodput(kept) } }),
    broken: { trigger: trigger.text(broken), goodput: goodput(map.courses[row]![broken]!) },
    undisturbed: goodput(map.undisturbed[row]!),
    ...{ every: every / SECOND, from: when(broken)!.from / SECOND, to: when(broken)!.to / SECOND },
    command: said.commandOf(Object.fromEntries(cell), seeds[0]),
  }
}

export function valuesOf(axis: Axis): string[] {
  return Array.from({ length: axis.count }, (_, i) => axis.text(i))
}
