// What `hotshard sweep` is asked for: every flag read and every value of every axis checked against the template, before anything runs.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Problem } from '../../diag/problem.ts'
import { bundleId, type Bundle } from '../../experiment/bundle.ts'
import { parseSeeds } from '../../experiment/seeds.ts'
import { parseSettings } from '../../experiment/sweep/axes.ts'
import { settingsAt, RUNS_MAX, spaceOf, type Sample, type Space } from '../../experiment/sweep/space.ts'
import type { Setting } from '../../experiment/types.ts'
import { openBundle, type LoadFlags } from '../files.ts'
import { readFormats, type Formats } from '../formats.ts'
import { outputsOf, unwritable, type Output } from '../outputs.ts'
import { badFlag, showErrors, showProblem } from '../problems.ts'
import { VERSION } from '../version.ts'
import { whereIn, type Where, type WhereFlags } from '../experiments/where.ts'
import { journalOf } from './journal.ts'
import { OUT_FORMATS, outFormatOf, type OutFormat } from './sinks.ts'

export interface SweepFlags extends LoadFlags, WhereFlags {
  readonly seeds?: string
  readonly measure?: readonly string[]
  readonly sample?: string
  readonly sampleSeed?: string
  readonly out?: string
  readonly shard?: string
  readonly resume?: boolean
  readonly report?: string
  readonly format?: readonly string[]
  readonly color?: boolean
}

export const SWEEP_FORMATS = ['pretty', 'json', 'csv'] as const
export type SweepFormat = (typeof SWEEP_FORMATS)[number]

/** One of several parts of a sweep: of `of` consecutive runs the `index`-th, counted from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export interface Plan {
  readonly path: string
  readonly bundle: Bundle
  /** The bundle's name by its content. */
  readonly id: string
  readonly space: Space
  readonly where: Where
  readonly shard: Shard | undefined
  readonly out: { readonly path: string; readonly format: OutFormat } | undefined
  readonly formats: Formats<SweepFormat>
  /** Texts of the scenario's expectations. */
  readonly expectations: readonly string[]
}

/** Of a longer axis so many values are tried, its ends among them; a wrong one between them is refused when its run comes. */
const TRIED_MAX = 50
const SHARDS_MAX = 10_000

/** Reads all flags and the scenario; tells all that is wrong and answers undefined then. */
export function planOf(path: string, flags: SweepFlags): Plan | undefined {
  const problems: Problem[] = []
  const { axes, fixed, wrong } = parseSettings(flags.set ?? [])
  problems.push(...wrong.map(({ message, help }) => badFlag(message, help)))
  const seeds = seedsIn(flags, problems)
  const sample = sampleIn(flags, problems)
  const shard = shardIn(flags, problems)
  const where = kept(whereIn(flags), problems) ?? { workers: 1 }
  const formats = kept(readFormats(flags.format ?? [], SWEEP_FORMATS), problems) ?? { printed: undefined, files: [] }
  const out = outIn(path, flags, problems)
  if ((flags.change ?? []).length > 0)
    problems.push(badFlag('`--change` is for one run', 'sweep what it changes with `--set`'))
  const grid = wrong.length > 0 ? undefined : spaceOf(axes, fixed, seeds ?? ['1'], sample)
  problems.push(...(grid?.wrong ?? []).map(({ message, help }) => badFlag(message, help)))
  if (problems.length === 0) problems.push(...cannotWrite(path, flags, formats))
  for (const problem of problems) showProblem(problem, flags)
  if (problems.length > 0 || grid?.space === undefined) return undefined

  const asked = { set: fixed.map(([name, value]) => `${name}=${value}`) }
  const opened = openBundle(
    path,
    { ...flags, ...asked },
    {
      samples: triedOf(grid.space),
      ...(flags.measure === undefined || flags.measure.length === 0 ? {} : { measures: flags.measure }),
    },
  )
  showErrors(path, opened.problems, { ...flags, ...asked })
  const { bundle, scenario } = opened
  if (bundle === undefined || scenario === undefined) return undefined
  const space = { ...grid.space, seeds: seeds ?? [String(scenario.plan.seed)] }
  return {
    ...{ path, bundle, id: bundleId(bundle, VERSION), space, where, shard, out, formats },
    expectations: scenario.expectations.map(({ text }) => text),
  }
}

function kept<Value>(read: Value | Problem, problems: Problem[]): Value | undefined {
  if (typeof read !== 'object' || read === null || !('slug' in read)) return read as Value
  problems.push(read)
  return undefined
}

/** Undefined = the scenario's own. */
function seedsIn({ seeds, seed }: SweepFlags, problems: Problem[]): readonly string[] | undefined {
  const text = seeds ?? seed
  if (text === undefined) return undefined
  const read = parseSeeds(text)
  if (read.ok) return read.seeds
  problems.push(badFlag(`\`--seeds ${text}\`: ${read.message}`, read.help))
  return undefined
}

function sampleIn({ sample, sampleSeed }: SweepFlags, problems: Problem[]): Sample | undefined {
  if (sample === undefined) {
    if (sampleSeed !== undefined)
      problems.push(badFlag('`--sample-seed` draws nothing by itself', 'say how many points with `--sample N`'))
    return undefined
  }
  const points = Number(sample)
  if (/^\d{1,9}$/.test(sample) && points >= 1 && points <= RUNS_MAX) return { points, seed: sampleSeed ?? '1' }
  problems.push(badFlag(`\`--sample ${sample}\` is no number of points`, '1 to 1000000'))
  return undefined
}

function shardIn({ shard, out }: SweepFlags, problems: Problem[]): Shard | undefined {
  if (shard === undefined) return undefined
  const read = shardOf(shard)
  if (read === undefined) {
    problems.push(badFlag(`\`--shard ${shard}\` is no part of a whole`, 'such as `1/4` to `4/4`'))
    return undefined
  }
  if (out === undefined || outFormatOf(out) !== 'jsonl')
    problems.push(badFlag('a shard is put together with the others from its file', 'name it: `--out FILE.jsonl`'))
  return read
}

/** Reads `2/4`; undefined when it is no part of a whole. */
export function shardOf(text: string): Shard | undefined {
  const [, index, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number)
  return index === undefined || of === undefined || index < 1 || index > of || of > SHARDS_MAX
    ? undefined
    : { index, of }
}

function outIn(scenario: string, { out, resume }: SweepFlags, problems: Problem[]): Plan['out'] {
  if (out === undefined) {
    if (resume === true)
      problems.push(badFlag('`--resume` has nothing to go on from', 'name the results with `--out FILE`'))
    return undefined
  }
  const format = outFormatOf(out)
  if (format === undefined)
    problems.push(
      badFlag(`\`--out ${out}\` has no form`, `end its name in ${OUT_FORMATS.map((each) => `.${each}`).join(', ')}`),
    )
  else if (resolve(out) === resolve(scenario))
    problems.push(badFlag(`\`--out ${out}\` is the scenario itself`, 'give it a file of its own'))
  else if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true)
    problems.push(badFlag(`\`--out ${out}\` is a folder`, 'name a file in it'))
  else return { path: out, format }
  return undefined
}

function cannotWrite(path: string, { out, report }: SweepFlags, { files }: Formats<SweepFormat>): Problem[] {
  const outputs: Output[] = [...outputsOf(files)]
  // The journal lies beside the results, which are written last and whole.
  if (out !== undefined) outputs.push({ flag: '--out', shown: `--out ${out}`, path: journalOf(out) })
  if (report !== undefined) outputs.push({ flag: '--report', shown: `--report ${report}`, path: report })
  const problem = unwritable([path], outputs, new Map(out === undefined ? [] : [[out, 'the file of `--out`']]))
  return problem === undefined ? [] : [problem]
}

/** Every value of every axis once, beside the first of the others. */
function triedOf(space: Space): (readonly Setting[])[] {
  const first = settingsAt(space, 0)
  const tried = space.values.flatMap((values, axis) => {
    const count = Math.min(values.length, TRIED_MAX)
    return Array.from({ length: count }, (_, i) => {
      const value = values[count === 1 ? 0 : Math.round((i * (values.length - 1)) / (count - 1))]!
      return first.map((setting, at): Setting => (at === axis ? [setting[0], value] : setting))
    })
  })
  return tried.length === 0 ? [[]] : tried
}
