// `hotshard merge`: the shards of a sweep as one, with the bytes of a sweep that was never divided; or one file in another form.
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Problem } from '../../diag/problem.ts'
import { plainJson, quote } from '../../diag/text.ts'
import { parseSeeds } from '../../experiment/seeds.ts'
import { parseAxis } from '../../experiment/sweep/axes.ts'
import { asHeader, headerOf, type SweepHeader } from '../../experiment/sweep/records.ts'
import { spaceOf, type Space } from '../../experiment/sweep/space.ts'
import { Summing } from '../../experiment/sweep/summary.ts'
import { sweepHtml } from '../../report/sweep.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { readFormats } from '../formats.ts'
import { notWritten, outputsOf, unwritable, writeForms, type Output } from '../outputs.ts'
import type { Style } from '../pretty.ts'
import { badFlag, refused, showProblem } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { countOf, runsOf } from './conducting.ts'
import { FoundRuns } from './found.ts'
import { eachLine, objectIn } from './lines.ts'
import { shardOf, SWEEP_FORMATS, type Shard, type SweepFormat } from './plan.ts'
import { missingText, pointsCsv, prettySweep } from './pretty-sweep.ts'
import { OUT_FORMATS, outFormatOf, sinkOf } from './sinks.ts'
import { isForeseen, numericIn, readAll, recordIn } from './sweep.ts'

export interface MergeFlags {
  readonly out?: string
  readonly partial?: boolean
  readonly report?: string
  readonly format?: readonly string[]
  readonly color?: boolean
}

interface Part {
  readonly path: string
  readonly file: number
  readonly header: SweepHeader
  readonly shard: Shard
}

/** Puts the files together. 0 when they are whole, 2 when they are not of one sweep or some are missing, 3 with `--partial` then. */
export function merge(paths: readonly string[], flags: MergeFlags): number {
  const formats = readFormats(flags.format ?? [], SWEEP_FORMATS)
  if ('slug' in formats) return refused(formats, flags)
  const format = flags.out === undefined ? undefined : outFormatOf(flags.out)
  const wrong =
    flags.out !== undefined && format === undefined
      ? badFlag(
          `\`--out ${flags.out}\` has no form`,
          `end its name in ${OUT_FORMATS.map((each) => `.${each}`).join(', ')}`,
        )
      : unwritable([], [...outputsOf(formats.files), ...reportOf(flags)], takenBy(paths, flags))
  if (wrong !== undefined) return refused(wrong, flags)
  if (flags.out !== undefined && paths.some((path) => resolve(path) === resolve(flags.out!)))
    return refused(badFlag(`\`--out ${flags.out}\` is one of the shards`, 'give it a file of its own'), flags)

  const { parts, problems } = partsOf(paths)
  const sums = problems.length > 0 ? undefined : sumUp(parts, flags, problems)
  for (const { file } of parts) closeSync(file)
  for (const problem of problems) showProblem(problem, flags)
  if (sums === undefined) return EXIT.badInput

  const told = { ...sums, end: 'done' as const, reproduce: commandOf(paths, flags), out: flags.out, shard: undefined }
  const text = (form: SweepFormat, style: Style): string => {
    if (form === 'json') return `${plainJson(sums.summary, 2)}\n`
    return form === 'csv' ? pointsCsv(sums.summary) : prettySweep(told, style)
  }
  process.stdout.write(
    text(formats.printed ?? 'pretty', { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }),
  )
  const unwritten = writeForms(formats.files, (form) => text(form, { color: false, width: 110 }))
  if (flags.report !== undefined) {
    const failure = writeText(sweepHtml(sums.summary, told.reproduce, missingText(sums)), flags.report)
    if (failure !== undefined) unwritten.push(notWritten(`--report ${flags.report}`, failure))
  }
  for (const problem of unwritten) showProblem(problem, flags)
  if (unwritten.length > 0) return EXIT.badInput
  return sums.summary.runs.done < sums.summary.runs.all ? EXIT.guard : EXIT.ok
}

/** Files that nothing else may be written into. */
function takenBy(paths: readonly string[], { out }: MergeFlags): ReadonlyMap<string, string> {
  const shards = paths.map((path) => [path, 'one of the shards'] as const)
  return new Map(out === undefined ? shards : [[out, 'the file of `--out`'], ...shards])
}

function reportOf({ report }: MergeFlags): Output[] {
  return report === undefined ? [] : [{ flag: '--report', shown: `--report ${report}`, path: report }]
}

/** The files with what their first lines say; a file that is no shard is the whole. */
function partsOf(paths: readonly string[]): { readonly parts: readonly Part[]; readonly problems: Problem[] } {
  const problems: Problem[] = []
  const parts: Part[] = []
  for (const path of paths) {
    let file: number
    try {
      file = openSync(path, 'r')
    } catch (error) {
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT'
      problems.push(badFlag(`\`${path}\` cannot be read`, gone ? 'there is no such file' : (error as Error).message))
      continue
    }
    const header = headerIn(file)
    const shard = shardOf(header?.shard ?? '1/1')
    if (header === undefined || shard === undefined) {
      closeSync(file)
      problems.push(
        badFlag(
          `\`${path}\` holds no results of a sweep`,
          'expected JSON lines as `hotshard sweep --out FILE.jsonl` writes them',
        ),
      )
    } else parts.push({ path, file, header, shard })
  }
  problems.push(...strangers(parts), ...twins(parts))
  return { parts, problems }
}

function headerIn(file: number): SweepHeader | undefined {
  let first: Readonly<Record<string, unknown>> | undefined
  let isFirst = true
  try {
    eachLine(file, (line) => {
      if (isFirst) first = objectIn(line)
      isFirst = false
      return 'enough'
    })
  } catch {
    return undefined
  }
  return asHeader(first)
}

/** What one sweep has in common, and how it is called. */
const COMMON: readonly (readonly [keyof SweepHeader, string])[] = [
  ['version', 'made by another version of hotshard'],
  ['bundle', 'of another scenario, other files, another `--duration` or another `--measure`'],
  ['settings', 'of other settings'],
  ['axes', 'of other values of `--set`'],
  ['sample', 'of another `--sample`'],
  ['seeds', 'of other `--seeds`'],
]

function strangers(parts: readonly Part[]): Problem[] {
  const [first, ...rest] = parts
  if (first === undefined) return []
  return rest.flatMap(({ path, header, shard }) => {
    const odd = COMMON.find(([key]) => JSON.stringify(header[key]) !== JSON.stringify(first.header[key]))
    const what =
      odd?.[1] ?? (shard.of === first.shard.of ? undefined : `one of ${shard.of} shards, not of ${first.shard.of}`)
    return what === undefined
      ? []
      : [badFlag(`\`${path}\` is ${what}`, `it does not belong to \`${first.path}\`: leave one of them out`)]
  })
}

function twins(parts: readonly Part[]): Problem[] {
  const known = new Map<number, string>()
  return parts.flatMap(({ path, shard: { index, of } }) => {
    const other = known.get(index)
    known.set(index, path)
    return other === undefined
      ? []
      : [badFlag(`\`${other}\` and \`${path}\` are both shard ${index} of ${of}`, 'name each shard once')]
  })
}

/** Finds all runs, writes them as one and sums them up; what is missing is a problem unless `--partial` allows it. */
function sumUp(parts: readonly Part[], flags: MergeFlags, problems: Problem[]): ReturnType<typeof write> | undefined {
  const { header, shard, path } = parts[0]!
  const space = spaceIn(header)
  if (space === undefined) {
    problems.push(badFlag(`the first line of \`${path}\` cannot be read`, 'merge the files as they were written'))
    return undefined
  }
  const found = new FoundRuns(space, header.bundle)
  for (const part of parts) found.takeUp(part.file, runsOf(space, part.shard))
  const present = new Set(parts.map((part) => part.shard.index))
  const missing = Array.from({ length: shard.of }, (_, i) => i + 1).filter((index) => !present.has(index))
  const lacking = parts.flatMap((part) => {
    const all = countOf(space, part.shard)
    const done = [...runsOf(space, part.shard)].filter((run) => found.has(run)).length
    return done === all ? [] : [badFlag(`\`${part.path}\` holds ${done} of ${all} runs of its shard`, PARTIAL)]
  })
  if (missing.length > 0)
    lacking.unshift(
      badFlag(
        `${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of ${shard.of} ${missing.length === 1 ? 'is' : 'are'} missing`,
        PARTIAL,
      ),
    )
  if (lacking.length > 0 && flags.partial !== true) {
    problems.push(...lacking)
    return undefined
  }
  try {
    return write(space, header, found, missing, flags.out)
  } catch (error) {
    if (!isForeseen(error)) throw error
    problems.push(notWritten(flags.out === undefined ? 'the answer' : `--out ${flags.out}`, error.message))
    return undefined
  }
}

const PARTIAL = 'name all of them, or say `--partial` to do without'

function write(
  space: Space,
  header: SweepHeader,
  found: FoundRuns,
  missing: readonly number[],
  out: string | undefined,
) {
  const whole = headerOf(
    space,
    {
      ...{ version: header.version, bundle: header.bundle, scenario: header.scenario },
      ...(header.asked === undefined ? {} : { asked: header.asked }),
    },
    found.units,
  )
  const format = out === undefined ? undefined : outFormatOf(out)
  const summing = new Summing(space, whole.measures, whole.asked !== undefined, expectationsIn(space, found))
  const sink = out === undefined || format === undefined ? undefined : sinkOf(out, format, whole, numericIn(space))
  readAll(runsOf(space, undefined), found, summing, sink)
  return { summary: summing.summary(header.scenario, space.runs), missing }
}

/** Of the first run that has any. */
function expectationsIn(space: Space, found: FoundRuns): readonly string[] {
  for (const run of runsOf(space, undefined)) {
    if (!found.has(run)) continue
    const { expectations } = recordIn(found.line(run))
    if (expectations.length > 0) return expectations.map(({ text }) => text)
  }
  return []
}

/** What a header says was swept. */
function spaceIn({ axes, settings, seeds, sample }: SweepHeader): Space | undefined {
  const read = axes.map(({ name, values }) => parseAxis(name, values))
  if (read.some((each) => !each.ok)) return undefined
  const all = read.flatMap((each) => (each.ok ? [each.value] : []))
  // A scenario's own seed may be any text.
  const list = parseSeeds(seeds)
  return spaceOf(all, Object.entries(settings), list.ok ? list.seeds : [seeds], sample).space
}

function commandOf(paths: readonly string[], { out, partial }: MergeFlags): string {
  return [
    'npx hotshard merge',
    ...paths.map(quote),
    ...(out === undefined ? [] : [`--out ${quote(out)}`]),
    ...(partial === true ? ['--partial'] : []),
  ].join(' ')
}
