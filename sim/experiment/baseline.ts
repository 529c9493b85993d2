// Figures of a scenario as they were, in a file beside it under version control: what later changes are compared with.
//
// One line for each measure, in order of name, with a value for each seed: a pull request shows which figures moved. What did not happen with any seed
// and what nobody would call better or worse is left out.
import { sha256Hex } from '../parts/hash.ts'
import type { Bundle } from './bundle.ts'
import { absent, columnsOf } from './columns.ts'
import type { ComparedRun } from './comparison.ts'
import { betterOf } from './measures.ts'
import { isWhole } from './replications.ts'
import { parseSeeds, seedsText } from './seeds.ts'
import type { MeasuredValue, Outcome, Setting, Unit } from './types.ts'

export const BASELINE_SCHEMA = 'hotshard.baseline/1'

export interface BaselineMeasure {
  readonly unit: Unit
  /** In order of the seeds; null where there was no data. */
  readonly values: readonly (number | null)[]
}

export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA
  /** As it was named when the baseline was made. */
  readonly scenario: string
  /** Of everything that decides what runs do but seeds and the simulator. */
  readonly hash: string
  /** The simulator's. */
  readonly version: string
  readonly settings: Readonly<Record<string, string>>
  /** Such as `1..10`. */
  readonly seeds: string
  readonly measures: Readonly<Record<string, BaselineMeasure>>
}

/** The name of a scenario's content, wherever it lies: 16 hexadecimal digits. */
export function contentHash({ text, files, duration }: Bundle, settings: readonly Setting[]): string {
  const read = files.map((file) => [file.path, file.kind, file.text])
  return sha256Hex(JSON.stringify([text, read, duration ?? null, settings])).slice(0, 16)
}

/** Makes a baseline of whole runs. `asked` are measures that it keeps whatever they are. */
export function baselineOf(
  bundle: Bundle,
  settings: readonly Setting[],
  outcomes: readonly Outcome[],
  version: string,
  asked: ReadonlySet<string>,
): Baseline {
  const whole = outcomes.filter(isWhole)
  const kept = columnsOf(whole).filter(
    ({ name, unit, values }) =>
      asked.has(name) || (betterOf(name) !== undefined && values.some((value) => value !== absent(name, unit))),
  )
  return {
    schema: BASELINE_SCHEMA,
    scenario: bundle.name,
    hash: contentHash(bundle, settings),
    version,
    settings: Object.fromEntries(settings),
    seeds: seedsText(whole.map(({ seed }) => seed)),
    measures: Object.fromEntries(
      kept.map(({ name, unit, values }) => [name, { unit, values: values.map((value) => value ?? null) }]),
    ),
  }
}

/** The file's text: JSON with a line for each measure. */
export function baselineText({ measures, ...head }: Baseline): string {
  const lines = Object.entries(measures).map(
    ([name, { unit, values }]) =>
      `    ${JSON.stringify(name)}: { "unit": ${JSON.stringify(unit)}, "values": ${JSON.stringify(values).replaceAll(',', ', ')} }`,
  )
  const members = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`)
  return `{\n${members.join('\n')}\n  "measures": {${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}}\n}\n`
}

export type ReadBaseline =
  { readonly ok: true; readonly baseline: Baseline } | { readonly ok: false; readonly message: string }

const UNITS: readonly Unit[] = ['Count', 'Count/Second', 'Seconds', 'Milliseconds', 'Bytes', 'Percent', 'None', 'USD']

/** Reads a baseline's text, whoever wrote it. */
export function readBaseline(text: string): ReadBaseline {
  const refused = (message: string): ReadBaseline => ({ ok: false, message })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return refused(`it is no JSON: ${(error as Error).message}`)
  }
  if (!isMap(value) || value['schema'] !== BASELINE_SCHEMA)
    return refused(`it does not say \`"schema": "${BASELINE_SCHEMA}"\``)
  for (const name of ['scenario', 'hash', 'version', 'seeds'])
    if (typeof value[name] !== 'string') return refused(`\`${name}\` is no text`)
  const { settings, measures } = value
  if (!isMap(settings) || !Object.values(settings).every((each) => typeof each === 'string'))
    return refused('`settings` is no map of texts')
  const seeds = parseSeeds(value['seeds'] as string)
  if (!seeds.ok) return refused(`\`seeds\`: ${seeds.message}`)
  if (!isMap(measures)) return refused('`measures` is no map')
  for (const [name, measure] of Object.entries(measures)) {
    if (!isMap(measure) || !UNITS.includes(measure['unit'] as Unit))
      return refused(`\`${name}\` has no unit that is known`)
    const { values } = measure
    if (!Array.isArray(values) || values.length !== seeds.seeds.length)
      return refused(`\`${name}\` has not one value for each of its ${seeds.seeds.length} seeds`)
    if (!values.every((each) => each === null || Number.isFinite(each)))
      return refused(`\`${name}\` has a value that is no number`)
  }
  return { ok: true, baseline: value as unknown as Baseline }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The runs that a baseline was made of, as far as it keeps them. */
export function runsOf({ seeds, measures }: Baseline): ComparedRun[] {
  const read = parseSeeds(seeds)
  return (read.ok ? read.seeds : []).map((seed, i) => ({
    seed,
    ending: 'passed',
    values: Object.entries(measures).flatMap(([name, { unit, values }]): MeasuredValue[] => {
      const value = values[i]
      return typeof value === 'number' ? [{ name, unit, value }] : []
    }),
    expectations: [],
  }))
}

/** Runs without the measures that a baseline does not keep. */
export function keptOf(runs: readonly Outcome[], { measures }: Baseline): ComparedRun[] {
  return runs.map((run) => ({
    ...run,
    values: run.values.filter(({ name }) => betterOf(name) !== undefined || Object.hasOwn(measures, name)),
  }))
}

/** What there is to know before a scenario as it is now is compared with its baseline: whether it has changed, and whether the baseline is stale. */
export function notesOn(
  baseline: Baseline,
  bundle: Bundle,
  settings: readonly Setting[],
  version: string,
  outcomes: readonly ComparedRun[],
): string[] {
  const notes: string[] = []
  const own = (name: string): string => name.replace(/^.*[\\/]/, '')
  if (own(baseline.scenario) !== own(bundle.name)) notes.push(`the baseline is of \`${baseline.scenario}\``)
  const isSame = baseline.hash === contentHash(bundle, settings)
  notes.push(isSame ? 'the scenario is that of the baseline' : 'the scenario has changed since the baseline was made')
  if (baseline.version !== version)
    notes.push(`the baseline is stale: hotshard ${baseline.version} made it, and this is ${version}`)
  else if (isSame && differ(runsOf(baseline), outcomes))
    notes.push('the baseline is stale: the same scenario has other figures now, so the simulator has changed')
  return notes
}

function differ(before: readonly ComparedRun[], after: readonly ComparedRun[]): boolean {
  const now = new Map(after.map(({ seed, values }) => [seed, new Map(values.map(({ name, value }) => [name, value]))]))
  return before.some(({ seed, values }) =>
    values.some(({ name, value }) => {
      const other = now.get(seed)?.get(name)
      return other !== undefined && other !== value
    }),
  )
}
