// `import { simulate } from 'hotshard'`: a scenario run from a program, with the report that the command line has.
//
// The one idea: what comes back is the report as plain data, and it remembers its run: an expectation or a measure that nobody had
// asked for before is evaluated on what the run left behind. Only one whose window was not kept apart needs the run once more.
import { memoryUsage } from 'node:process'
import { problemData, type ProblemData } from '../../diag/machine.ts'
import { renderProblems, sortProblems } from '../../diag/render.ts'
import { WarmUpWatch } from '../../experiment/warm-up.ts'
import type { Scenario } from '../../lang/scenario.ts'
import { evaluateExpectation, evaluateMeasure, type ExpectationResult, type MeasuredValue } from '../../run/expect.ts'
import { leftOut, reportOf, type LeftOut, type Report } from '../../run/report.ts'
import { runScenario, type Run, type RunOptions } from '../../run/run.ts'
import { openScenario, openText, type LoadFlags, type Opened } from '../files.ts'
import { reproduceCommand } from '../run.ts'
import { scenariosOf } from '../scenarios.ts'

/** A CloudFormation or SAM template with a `Simulation`, as an object: from the CDK, `{ ...Template.fromStack(stack).toJSON(), Simulation }`. */
export type Template = Readonly<Record<string, unknown>>

/** How a scenario is run; everything is optional. */
export interface SimulateOptions {
  /** Another seed than the scenario's. */
  readonly seed?: number | string
  /** Another length than the scenario's, such as `5m`. */
  readonly duration?: string
  /** Values for the template's parameters, `Workloads.NAME.Scale`, `Quotas.NAME`. */
  readonly set?: Readonly<Record<string, string | number | boolean>>
  /** The same from a moment on, by time: `{ '3m': { Peak: 400 } }`. */
  readonly change?: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>
  /** The folder whose files the scenario may read; its own unless told. */
  readonly root?: string
  /** Expectations beside those of the scenario, after which they come. */
  readonly expect?: readonly string[]
  /** Checks every invariant at every checkpoint. */
  readonly verify?: boolean
}

/** The report of a run (`hotshard.report/1`), and what can still be asked of it. Only the report itself is written by `JSON.stringify`. */
export interface SimulationReport extends Report {
  /** Whether it ran to its end with every invariant, and every expectation holds. */
  readonly passed: boolean
  /** Holds the run against one more expectation, such as `p99(Api.Latency) < 300 ms during 2m..4m`. Throws `ScenarioError`. */
  meets(expectation: string): ExpectationResult
  /** A value of the run, such as `p99(Api.Latency)`, in CloudWatch's unit; undefined without data. Throws `ScenarioError`. */
  measure(term: string): MeasuredValue | undefined
}

/** What is known of a scenario without running it. */
export interface CheckResult {
  /** Whether it can be run. */
  readonly ok: boolean
  readonly problems: readonly ProblemData[]
  readonly notSimulated: readonly LeftOut[]
}

/** A scenario, an option or an expectation that cannot be used; the message shows each place. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly problems: readonly ProblemData[]

  constructor(message: string, problems: readonly ProblemData[]) {
    super(message)
    this.problems = problems
  }
}

/**
 * Runs a scenario and answers its report. `source` is a file, or a text of several lines (YAML or JSON), or a template as an object.
 * It works until it is done, as a computation does. Throws `ScenarioError` for bad input; a run that a guard stopped is `partial`.
 */
export function simulate(source: string | Template, options: SimulateOptions = {}): SimulationReport {
  const flags = flagsOf(options)
  const scenario = demanded(opened(source, flags))
  const beginning = new WarmUpWatch(scenario.plan)
  const run = guarded(scenario, { verify: options.verify === true, samples: beginning })
  const path = pathOf(source)
  const command = path === undefined ? '' : reproduceCommand(path, flags, String(scenario.plan.seed))
  const report = reportOf(run, command, beginning.advice())
  return remembering(report, run, source, flags)
}

/** A run whose guards see real time and memory. */
function guarded(scenario: Scenario, options: Pick<RunOptions, 'verify' | 'samples'>): Run {
  const begun = performance.now()
  const watch = { wallTime: () => (performance.now() - begun) * 1000, memory: () => memoryUsage.rss() }
  return runScenario(scenario, { watch, ...options })
}

/** Reads a scenario and runs nothing. Its mistakes are in the answer. */
export function check(source: string | Template, options: SimulateOptions = {}): CheckResult {
  const { scenario, problems } = opened(source, flagsOf(options))
  return {
    ok: scenario !== undefined,
    problems: sortProblems(problems.list).map(problemData),
    notSimulated: (scenario?.notSimulated ?? []).map(leftOut),
  }
}

/** The scenarios that files, folders and patterns name, as of `hotshard run`. Throws when one of them names none. */
export function scenarios(...patterns: string[]): string[] {
  return scenariosOf(patterns).named.map(({ path, problem }) => {
    if (problem !== undefined) throw new Error(`${problem.message}: ${problem.help}`)
    return path
  })
}

/** The report with questions that it answers; none of them is a member that is written. */
function remembering(report: Report, run: Run, source: string | Template, flags: LoadFlags): SimulationReport {
  const asked = (more: LoadFlags): Run => {
    const scenario = demanded(opened(source, { ...flags, ...more }))
    const { cuts, duration } = scenario.plan
    const isKept = cuts.every((cut) => cut === 0 || cut >= duration || run.scenario.plan.cuts.includes(cut))
    const { world, stopped, checkpoints, broken } = isKept ? run : guarded(scenario, {})
    return { scenario, world, stopped, checkpoints, broken }
  }
  const questions: PropertyDescriptorMap = {
    passed: { get: () => !report.partial && report.broken.length === 0 && report.expectations.every(({ ok }) => ok) },
    meets: {
      value: (expectation: string): ExpectationResult => {
        const again = asked({ expect: [expectation] })
        return evaluateExpectation(again.scenario.expectations.at(-1)!, again)
      },
    },
    measure: {
      value: (term: string): MeasuredValue | undefined => {
        const again = asked({ measures: [term] })
        const measured = evaluateMeasure(again.scenario.measures[0]!.ast, again)
        return 'missing' in measured ? undefined : measured
      },
    },
  }
  return Object.defineProperties(report, questions) as SimulationReport
}

function opened(source: string | Template, flags: LoadFlags): Opened {
  const path = pathOf(source)
  if (path !== undefined) return openScenario(path, flags)
  const text = typeof source === 'string' ? source : JSON.stringify(source, null, 2)
  return openText({ name: typeof source === 'string' ? 'scenario' : 'template', text }, flags)
}

/** No file's name has several lines, and no scenario has one. */
function pathOf(source: string | Template): string | undefined {
  return typeof source === 'string' && !source.includes('\n') ? source : undefined
}

function demanded({ scenario, problems }: Opened): Scenario {
  if (scenario !== undefined) return scenario
  const errors = sortProblems(problems.list.filter(({ severity }) => severity === 'error'))
  throw new ScenarioError(renderProblems(errors), errors.map(problemData))
}

function flagsOf({ seed, duration, set = {}, change = {}, root, expect }: SimulateOptions): LoadFlags {
  return {
    ...(seed === undefined ? {} : { seed: String(seed) }),
    ...(duration === undefined ? {} : { duration }),
    ...(root === undefined ? {} : { root }),
    ...(expect === undefined ? {} : { expect }),
    set: Object.entries(set).map(([name, value]) => `${name}=${value}`),
    change: Object.entries(change).flatMap(([at, values]) =>
      Object.entries(values).map(([name, value]) => `${at}:${name}=${value}`),
    ),
  }
}
