// The lines of a sweep's results: first what was swept, then one line a run, in the order of the runs.
//
// A line depends on its run alone, so that the same bytes come from one core, from shards and from a sweep that was taken up again.
import { runId } from '../bundle.ts'
import { seedsText } from '../seeds.ts'
import { isNumber, isOneOf, isText, isTruth, listOf, mapOf, maybe, namesOf, type Shape } from '../shapes.ts'
import {
  ENDINGS,
  type Ending,
  type HeldExpectation,
  type MeasuredValue,
  type Outcome,
  type RunSpec,
  type Unit,
} from '../types.ts'
import { RUNS_MAX, type Sample, type Space } from './space.ts'

export const SWEEP_SCHEMA = 'hotshard.sweep/1'

export interface NamedUnit {
  readonly name: string
  readonly unit: Unit
}

/** The first line. */
export interface SweepHeader {
  readonly schema: typeof SWEEP_SCHEMA
  /** The simulator's. */
  readonly version: string
  /** The scenario's name by its content (`bundleId`). */
  readonly bundle: string
  readonly scenario: string
  readonly settings: Readonly<Record<string, string>>
  /** As they were written: `10..120:10`. */
  readonly axes: readonly { readonly name: string; readonly values: string }[]
  readonly sample?: { readonly points: number; readonly seed: string }
  readonly seeds: string
  /** What was asked to be measured; absent = everything. */
  readonly asked?: readonly string[]
  /** Those that some run has, as they were asked for, or in order of name. */
  readonly measures: readonly NamedUnit[]
  /** Of the whole sweep, of which a shard holds a part. */
  readonly points: number
  readonly runs: number
  /** `2/4`: every fourth run, from the second on. */
  readonly shard?: string
}

/** A line of a run. */
export interface RunRecord {
  readonly run: string
  readonly settings: Readonly<Record<string, string>>
  readonly seed: string
  readonly ending: Ending
  readonly digest: string
  readonly events: number
  readonly values: Readonly<Record<string, number>>
  readonly expectations: readonly HeldExpectation[]
  readonly why?: string
}

const NAMED_UNIT = mapOf<NamedUnit>({ name: isText, unit: isText })

const isPoints: Shape = (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= RUNS_MAX

const HEADER = mapOf<SweepHeader>({
  schema: (value) => value === SWEEP_SCHEMA,
  ...{ version: isText, bundle: isText, scenario: isText, settings: namesOf(isText) },
  axes: listOf(mapOf<SweepHeader['axes'][number]>({ name: isText, values: isText })),
  sample: maybe(mapOf<Sample>({ points: isPoints, seed: isText })),
  seeds: isText,
  asked: maybe(listOf(isText)),
  measures: listOf(NAMED_UNIT),
  ...{ points: isNumber, runs: isNumber, shard: maybe(isText) },
})

const RECORD = mapOf<RunRecord>({
  ...{
    run: isText,
    settings: namesOf(isText),
    seed: isText,
    ending: isOneOf(ENDINGS),
    digest: isText,
    events: isNumber,
  },
  values: namesOf(isNumber),
  expectations: listOf(mapOf<HeldExpectation>({ text: isText, ok: isTruth, measured: isText })),
  why: maybe(isText),
})

/** A first line that somebody may have edited; undefined when it is none. */
export const asHeader = (value: unknown): SweepHeader | undefined =>
  HEADER(value) ? (value as SweepHeader) : undefined
/** A line of a run that somebody may have edited; undefined when it is none. */
export const asRecord = (value: unknown): RunRecord | undefined => (RECORD(value) ? (value as RunRecord) : undefined)
export const isNamedUnit = (value: unknown): value is NamedUnit => NAMED_UNIT(value)

export function headerOf(
  space: Space,
  of: Pick<SweepHeader, 'version' | 'bundle' | 'scenario' | 'asked' | 'shard'>,
  units: ReadonlyMap<string, Unit>,
): SweepHeader {
  const { asked, shard } = of
  return {
    schema: SWEEP_SCHEMA,
    version: of.version,
    bundle: of.bundle,
    scenario: of.scenario,
    settings: Object.fromEntries(space.fixed),
    axes: space.axes.map(({ name, text }) => ({ name, values: text })),
    ...(space.sample === undefined ? {} : { sample: space.sample }),
    seeds: seedsText(space.seeds),
    ...(asked === undefined ? {} : { asked }),
    measures: measuresIn(units, asked),
    points: space.points,
    runs: space.runs,
    ...(shard === undefined ? {} : { shard }),
  }
}

/** One line without its end. Values that are no finite numbers are left out, as those without data are. */
export function recordOf(bundle: string, spec: RunSpec, outcome: Outcome): RunRecord {
  const { seed, ending, digest, events, values, expectations, why } = outcome
  return {
    run: runId(bundle, spec),
    settings: Object.fromEntries(spec.settings),
    seed,
    ending,
    digest,
    events,
    values: Object.fromEntries(values.filter(isFinite).map(({ name, value }) => [name, value])),
    expectations: expectations.map(({ text, ok, measured }) => ({ text, ok, measured })),
    ...(why === undefined ? {} : { why }),
  }
}

function isFinite({ value }: MeasuredValue): boolean {
  return Number.isFinite(value)
}

function measuresIn(units: ReadonlyMap<string, Unit>, asked: readonly string[] | undefined): NamedUnit[] {
  const names = asked ?? [...units.keys()].sort()
  return names.flatMap((name) => {
    const unit = units.get(name)
    return unit === undefined ? [] : [{ name, unit }]
  })
}
