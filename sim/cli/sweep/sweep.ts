// `hotshard sweep`: a scenario at many points with many seeds. Results go to a file that is the same however they were come by.
import { plainJson, quote } from '../../diag/text.ts'
import { asRecord, headerOf, type RunRecord } from '../../experiment/sweep/records.ts'
import { Summing, type SweepSummary } from '../../experiment/sweep/summary.ts'
import { sizeOf, type Space } from '../../experiment/sweep/space.ts'
import { sweepHtml } from '../../report/sweep.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { Unreachable } from '../experiments/executor.ts'
import { interruptible } from '../experiments/interrupt.ts'
import { executorAt } from '../experiments/where.ts'
import { notWritten, writeForms } from '../outputs.ts'
import type { Style } from '../pretty.ts'
import { badFlag, refused, settingsOf, showProblem } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { VERSION } from '../version.ts'
import { conductSweep, countOf, runsOf } from './conducting.ts'
import { Journal } from './journal.ts'
import { objectIn } from './lines.ts'
import { planOf, type Plan, type SweepFlags, type SweepFormat } from './plan.ts'
import { endedText, pointsCsv, prettySweep } from './pretty-sweep.ts'
import { sinkOf, type Sink } from './sinks.ts'

/**
 * Sweeps. 0 when all runs came to their end, whether they passed or not; 2 for bad input or when every run was refused; 3 when a guard
 * stopped a run, a thread died or somebody ended it; 70 when one of our own invariants did not hold.
 */
export async function sweep(path: string, flags: SweepFlags): Promise<number> {
  const plan = planOf(path, flags)
  if (plan === undefined) return EXIT.badInput
  const { space, id, out } = plan
  const journal = Journal.open(space, { version: VERSION, bundle: id }, out?.path, flags.resume === true)
  if ('slug' in journal) return refused(journal, flags)
  let end: 'done' | 'interrupted'
  try {
    end = await conductPlan(plan, journal)
  } catch (error) {
    journal.close()
    if (error instanceof Unreachable) return refused(badFlag(error.message, error.help), flags)
    if (!isForeseen(error)) throw error
    return refused(
      notWritten(out === undefined ? 'the journal of the sweep' : `--out ${out.path}`, error.message),
      flags,
    )
  }
  try {
    const summary = gather(plan, journal, end === 'done')
    if (end === 'done') journal.remove()
    else journal.close()
    return Math.max(show(plan, summary, flags, end), codeOf(summary, end))
  } catch (error) {
    journal.close()
    if (!isForeseen(error)) throw error
    return refused(notWritten(`--out ${out?.path ?? ''}`, error.message), flags)
  }
}

/** On threads, or by the workers that listen at `--redis`. */
function conductPlan({ space, shard, bundle, where }: Plan, journal: Journal): Promise<'done' | 'interrupted'> {
  const most = countOf(space, shard)
  const threads = where.redis === undefined ? Math.min(where.workers, most) : Infinity
  return interruptible(threads, async (signal) =>
    conductSweep(space, shard, journal, await executorAt(where, bundle, most, signal)),
  )
}

/** The results in their file, when they are whole, and what they say together. */
function gather(plan: Plan, journal: Journal, isWhole: boolean): SweepSummary {
  const { space, shard, bundle, id, out } = plan
  const header = headerOf(
    space,
    {
      ...{ version: VERSION, bundle: id, scenario: bundle.name },
      ...(bundle.measures === undefined ? {} : { asked: bundle.measures }),
      ...(shard === undefined ? {} : { shard: `${shard.index}/${shard.of}` }),
    },
    journal.units,
  )
  const summing = new Summing(space, header.measures, header.asked !== undefined, plan.expectations)
  const sink = out === undefined || !isWhole ? undefined : sinkOf(out.path, out.format, header, numericIn(space))
  readAll(runsOf(space, shard), journal, summing, sink)
  return summing.summary(bundle.name, countOf(space, shard))
}

/** Where the lines of runs are, by the runs' places. */
export interface Lines {
  has(run: number): boolean
  line(run: number): Buffer
}

/** Hands every run that is done to the sums and to the file, in their order. */
export function readAll(runs: Iterable<number>, lines: Lines, summing: Summing, sink: Sink | undefined): void {
  try {
    for (const run of runs) {
      if (!lines.has(run)) continue
      const line = lines.line(run)
      const record = recordIn(line)
      summing.add(run, record)
      sink?.add(record, line)
    }
    sink?.end()
  } catch (error) {
    sink?.abandon()
    throw error
  }
}

/** The axes whose values are all numbers. */
export function numericIn({ axes, values }: Space): ReadonlySet<string> {
  const isNumber = (value: string): boolean => !Number.isNaN(sizeOf(value)) && Number.isFinite(Number(value))
  return new Set(axes.flatMap(({ name }, i) => (values[i]!.every(isNumber) ? [name] : [])))
}

/** Prints and writes what the sweep says. Answers an exit code that is not 0 when something could not be written. */
function show(plan: Plan, summary: SweepSummary, flags: SweepFlags, end: 'done' | 'interrupted'): number {
  const { printed = 'pretty', files } = plan.formats
  const told = { summary, end, reproduce: commandOf(plan, flags), out: plan.out?.path, shard: plan.shard }
  const text = (format: SweepFormat, style: Style): string => {
    if (format === 'json') return `${plainJson(summary, 2)}\n`
    return format === 'csv' ? pointsCsv(summary) : prettySweep(told, style)
  }
  process.stdout.write(text(printed, { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }))
  const problems = writeForms(files, (format) => text(format, { color: false, width: 110 }))
  if (flags.report !== undefined) {
    const failure = writeText(sweepHtml(summary, told.reproduce, end === 'done' ? [] : [endedText(told)]), flags.report)
    if (failure !== undefined) problems.push(notWritten(`--report ${flags.report}`, failure))
  }
  for (const problem of problems) showProblem(problem, flags)
  return problems.length > 0 ? EXIT.badInput : EXIT.ok
}

function codeOf({ runs }: SweepSummary, end: 'done' | 'interrupted'): number {
  if (runs.broken > 0) return EXIT.bug
  if (runs.partial + runs.crashed > 0 || end === 'interrupted') return EXIT.guard
  return runs.done > 0 && runs.refused === runs.done ? EXIT.badInput : EXIT.ok
}

function commandOf({ path, shard }: Plan, flags: SweepFlags): string {
  const word = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name} ${quote(value)}`]
  return [
    'npx hotshard sweep',
    quote(path),
    ...settingsOf(flags),
    ...word('seeds', flags.seeds),
    ...word('duration', flags.duration),
    ...word('sample', flags.sample),
    ...word('sample-seed', flags.sampleSeed),
    ...(flags.measure ?? []).flatMap((measure) => word('measure', measure)),
    ...word('out', flags.out),
    ...word('shard', shard === undefined ? undefined : `${shard.index}/${shard.of}`),
  ].join(' ')
}

/** A disk that is full or gone, or a file that somebody wrote into, and not a mistake of ours. */
export function isForeseen(error: unknown): error is Error {
  return error instanceof Damaged || (error instanceof Error && 'syscall' in error)
}

class Damaged extends Error {}

/** Throws when a line is not as it was written. */
export function recordIn(line: Buffer): RunRecord {
  const record = asRecord(objectIn(line))
  if (record !== undefined) return record
  throw new Damaged(`the line of the run ${line.toString('latin1', 8, 16)}… was changed by somebody`)
}
