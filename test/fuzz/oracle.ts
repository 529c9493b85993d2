// What must hold for every input, whatever it is: problems instead of exceptions, places inside the text, nothing that a terminal
// would obey, the same digest twice, invariants kept, and an end.
import type { Problem } from '../../sim/diag/problem.ts'
import { Problems } from '../../sim/diag/problem.ts'
import { renderProblems } from '../../sim/diag/render.ts'
import { loadScenario, type FileReader, type Scenario } from '../../sim/lang/scenario.ts'
import { prettyReport } from '../../sim/cli/pretty.ts'
import { reportOf } from '../../sim/run/report.ts'
import { runScenario, type Run } from '../../sim/run/run.ts'

export interface Finding {
  /** Two inputs that fail for one reason share it. */
  readonly key: string
  readonly message: string
}

/** What an input did, for guiding the next ones: slugs of problems and how the run ended. */
export interface Examined {
  readonly finding: Finding | undefined
  readonly loaded: boolean
  readonly features: readonly string[]
}

const EVENTS = 1000
/** Problems that are rendered: the rest go the same way. */
const SHOWN = 15

const csv = ['at,n', ...Array.from({ length: 60 }, (_, i) => `${i * 0.5},${(i * 7) % 11}`)].join('\n')
const hostileCsv = 'n,"a""b",\u0000\n1e999,2\n-5,"x\n=cmd()\n,,,,\n9e300,1'

/** A folder with two files of data, and a template named `other.yaml`. */
const FILES: FileReader = {
  read(path) {
    if (path === 'data.csv') return { ok: true, value: csv }
    if (path === 'hostile.csv') return { ok: true, value: hostileCsv }
    if (path === 'other.yaml') return { ok: true, value: 'Resources: { Q: { Type: AWS::SQS::Queue } }' }
    return { ok: false, message: `\`${path}\` cannot be read`, help: 'there is no such file' }
  },
}

/** Everything that is done with one input. `twice` also loads and runs it a second time and compares. */
export function examine(text: string, twice: boolean): Examined {
  try {
    return examineOrThrow(text, twice)
  } catch (error) {
    return { finding: ofException(error), loaded: false, features: [] }
  }
}

function examineOrThrow(text: string, twice: boolean): Examined {
  const problems = new Problems()
  const scenario = loadScenario({ name: 'input.yaml', text }, { files: FILES }, problems)
  const features: string[] = [...new Set(problems.list.map((problem) => problem.slug))]
  const finding = wrongProblem(problems.list)
  if (finding !== undefined || scenario === undefined) return { finding, loaded: false, features }
  const run = shortRun(scenario)
  const report = reportOf(run, 'npx hotshard run input.yaml')
  features.push(...run.world.dispatcher.edges.map((edge) => edge.action), run.stopped?.guard ?? 'end')
  return { finding: wrongRun(run, report) ?? (twice ? differs(text, run) : undefined), loaded: true, features }
}

function shortRun(scenario: Scenario): Run {
  const guards = {
    events: Math.min(EVENTS, scenario.guards.events),
    inFlight: Math.min(100_000, scenario.guards.inFlight),
    memory: scenario.guards.memory,
    wallTime: 300_000,
  }
  const begun = process.hrtime.bigint()
  const wallTime = (): number => Number((process.hrtime.bigint() - begun) / 1000n)
  return runScenario({ ...scenario, guards }, { watch: { wallTime } })
}

function differs(text: string, first: Run): Finding | undefined {
  const scenario = loadScenario({ name: 'input.yaml', text }, { files: FILES }, new Problems())
  if (scenario === undefined) return { key: 'load-differs', message: 'the second reading made no scenario' }
  const again = shortRun(scenario)
  if (again.stopped?.guard === 'wall-time' || first.stopped?.guard === 'wall-time') return undefined
  const second = again.world.kernel.digest.hex()
  const digest = first.world.kernel.digest.hex()
  return digest === second ? undefined : { key: 'digest-differs', message: `digests ${digest} and ${second}` }
}

function wrongProblem(list: readonly Problem[]): Finding | undefined {
  for (const { slug, message, span, also } of list) {
    for (const each of [span, ...(also ?? []).map((other) => other.span)]) {
      if (each === undefined) continue
      const { start, end, source } = each
      const holds =
        Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= source.text.length
      if (!holds)
        return { key: `span ${slug}`, message: `${slug} at ${start}..${end} of ${source.text.length}: ${message}` }
    }
    if (slug !== 'yaml-syntax' && /\b(NaN|undefined|\[object)\b/.test(message.replaceAll(/`[^`]*`|"[^"]*"/g, '')))
      return { key: `words ${slug}`, message: `${slug} says: ${message}` }
  }
  return unsafe('problems', renderProblems(list.slice(0, SHOWN)))
}

function wrongRun(run: Run, report: ReturnType<typeof reportOf>): Finding | undefined {
  const [broken] = run.broken
  if (broken !== undefined)
    return { key: `broken ${broken.sentence}`, message: `${broken.component}: ${broken.sentence}` }
  const json = JSON.stringify(report)
  if (json === undefined) return { key: 'report', message: 'the report is no JSON' }
  return unsafe('report', prettyReport(report, { color: false, width: 110 }))
}

/** Control characters and overrides of direction have no place in what a terminal shows. */
function unsafe(where: string, text: string): Finding | undefined {
  const found = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/.exec(text)
  if (found === null) return undefined
  const near = JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))
  return { key: `control character in ${where}`, message: `${where} with a control character: ${near}` }
}

/** The message and the first two places of the stack that are the project's own. */
function ofException(error: unknown): Finding {
  if (!(error instanceof Error)) return { key: 'thrown', message: String(error) }
  const stack = error.stack ?? ''
  const places = [...stack.matchAll(/sim\/[\w./-]+:\d+/g)].slice(0, error instanceof RangeError ? 1 : 2).map(String)
  return { key: `exception ${error.name} ${places.join(' ')}`, message: stack.split('\n').slice(0, 8).join('\n') }
}
