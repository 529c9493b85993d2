// `hotshard validate`: a scenario under a recorded load, held against what was recorded besides.
import { plainJson } from '../../diag/text.ts'
import { exactDuration } from '../../recorded/fit/index.ts'
import { Running } from '../../run/run.ts'
import { validationHtml } from '../../report/validate.ts'
import { parseGate, type Gate } from '../../validate/gate.ts'
import { planOf, underLoad, validationOf, type RecordedFile, type Validation } from '../../validate/validate.ts'
import type { Problem } from '../../diag/problem.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { openScenario, type LoadFlags } from '../files.ts'
import { notWritten, unwritable } from '../outputs.ts'
import { badFlag, refused, showErrors, showProblem } from '../problems.ts'
import { terminalWatch, useColor, widthOf } from '../terminal.ts'
import { leftOutLine, openRecording, readOptions, type RecordingFlags } from './files.ts'
import { prettyValidation } from './pretty-validate.ts'

export interface ValidateFlags extends LoadFlags, RecordingFlags {
  readonly recorded?: readonly string[]
  readonly load?: readonly string[]
  readonly count?: string
  readonly map?: readonly string[]
  readonly failOn?: readonly string[]
  readonly format?: 'pretty' | 'json'
  readonly report?: string
  readonly color?: boolean
}

/** The version of `--format json` (`public/validation.schema.json`). */
const SCHEMA = 'hotshard.validation/1'

/** What the flags ask for, or what is wrong with them. */
interface Asked {
  readonly files: readonly RecordedFile[]
  readonly loads: ReadonlyMap<string, RecordedFile>
  readonly as: ReadonlyMap<string, string>
  readonly gates: readonly Gate[]
}

export function validate(path: string, flags: ValidateFlags): number {
  const asked = askedOf(flags)
  if ('slug' in asked) return refused(asked, flags)
  const output =
    flags.report === undefined ? [] : [{ flag: '--report', shown: `--report ${flags.report}`, path: flags.report }]
  const wrong = unwritable([path], output)
  if (wrong !== undefined) return refused(wrong, flags)
  const { scenario: first, problems } = openScenario(path, flags)
  if (first === undefined) {
    showErrors(path, problems, flags)
    return EXIT.badInput
  }
  const duration = flags.duration === undefined ? undefined : first.plan.duration
  const plan = planOf(first, asked.files, { loads: asked.loads, count: flags.count, duration })
  if (typeof plan === 'string') return refused(badFlag(plan, 'see `hotshard help validate`'), flags)
  // The run lasts as long as what was recorded; windows and the warm-up are read anew with that.
  const { scenario, problems: told } = openScenario(path, { ...flags, duration: exactDuration(plan.duration) })
  showErrors(path, told, flags)
  if (scenario === undefined) return EXIT.badInput
  const watch = terminalWatch(plan.duration)
  const running = new Running(underLoad(scenario, plan), { watch })
  running.to(plan.duration)
  const run = running.finish()
  watch.done()
  const validation = validationOf(run, plan, asked.as, asked.gates)
  if (flags.format === 'json') process.stdout.write(`${plainJson({ schema: SCHEMA, ...validation }, 2)}\n`)
  else
    process.stdout.write(
      prettyValidation(validation, { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }),
    )
  const failure = flags.report === undefined ? undefined : writeText(validationHtml(validation), flags.report)
  if (failure !== undefined) return refused(notWritten(`--report ${flags.report}`, failure), flags)
  return exitCode(validation, run.broken.length > 0, flags)
}

function exitCode({ comparisons, gates, stopped }: Validation, isBroken: boolean, flags: ValidateFlags): number {
  if (isBroken) return EXIT.bug
  if (stopped !== undefined) return EXIT.guard
  const unknown = gates.find(({ value, isOver }) => isOver && value === undefined)
  if (unknown !== undefined) {
    const terms = comparisons.map(({ term }) => `\`${term}\``).slice(0, 12)
    return refused(
      badFlag(
        `\`--fail-on ${unknown.text}\` is about nothing that was compared`,
        `compared are ${terms.join(', ') || 'none'}`,
      ),
      flags,
    )
  }
  if (comparisons.length === 0)
    return refused(
      badFlag('no recorded metric has a simulated one', 'say which it is: `--map "recorded name=Resource.Metric.p99"`'),
      flags,
    )
  return gates.some(({ isOver }) => isOver) ? EXIT.expectationFailed : EXIT.ok
}

function askedOf(flags: ValidateFlags): Asked | Problem {
  const options = readOptions(flags)
  if ('slug' in options) return options
  const gates: Gate[] = []
  for (const text of flags.failOn ?? []) {
    const gate = parseGate(text)
    if (typeof gate === 'string') return badFlag(`\`--fail-on ${text}\` is no limit`, gate)
    gates.push(gate)
  }
  const as = pairsOf('map', flags.map ?? [], 'recorded name=Resource.Metric.p99')
  if ('slug' in as) return as
  const loadFlags = pairsOf('load', flags.load ?? [], 'WORKLOAD=FILE')
  if ('slug' in loadFlags) return loadFlags
  if ((flags.recorded ?? []).length === 0)
    return badFlag('there is nothing to compare with', 'name what was recorded: `--recorded FILE`')
  const opened = new Map<string, RecordedFile>()
  for (const path of [...(flags.recorded ?? []), ...loadFlags.values()]) {
    const recording = opened.get(path)?.recording ?? openRecording(path, { ...options, count: undefined })
    if ('slug' in recording) return recording
    const left = opened.has(path) ? undefined : leftOutLine(recording)
    if (left !== undefined)
      showProblem({ slug: 'malformed-lines', severity: 'warning', message: `\`${path}\`: ${left}` }, flags)
    opened.set(path, { path, recording })
  }
  return {
    files: (flags.recorded ?? []).map((path) => opened.get(path)!),
    loads: new Map([...loadFlags].map(([workload, path]) => [workload, opened.get(path)!])),
    as,
    gates,
  }
}

/** `NAME=VALUE`, cut at the last `=` where names may hold one. */
function pairsOf(flag: string, values: readonly string[], form: string): Map<string, string> | Problem {
  const pairs = new Map<string, string>()
  for (const value of values) {
    const at = flag === 'map' ? value.lastIndexOf('=') : value.indexOf('=')
    if (at <= 0 || at === value.length - 1)
      return badFlag(`\`--${flag} ${value}\` has no value`, `write \`--${flag} "${form}"\``)
    pairs.set(value.slice(0, at), value.slice(at + 1))
  }
  return pairs
}
