// The command line: every command with its flags; what each does lies in a file of its own.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { audit } from './audit.ts'
import { CHECK_FORMATS, check, type CheckFlags } from './check.ts'
import { EXIT } from './exit.ts'
import { diverge } from './diverge.ts'
import { compare, type CompareFlags } from './experiments/compare.ts'
import { find, type FindFlags } from './experiments/find.ts'
import { map, type MapFlags } from './experiments/map.ts'
import { Unreachable } from './experiments/executor.ts'
import { replicate } from './experiments/replicate.ts'
import type { WhereFlags } from './experiments/where.ts'
import { explain } from './explain.ts'
import { importTemplate, type ImportFlags } from './import.ts'
import { inlineMore } from './optimizer.ts'
import { fit, type FitFlags } from './recorded/fit.ts'
import { validate, type ValidateFlags } from './recorded/validate.ts'
import { commandText, showBug } from './problems.ts'
import { RUN_FORMATS, run, type RunFlags } from './run.ts'
import { badFlag, refused } from './problems.ts'
import { PORT, startAndServe } from './start.ts'
import { merge, type MergeFlags } from './sweep/merge.ts'
import { SWEEP_FORMATS, type SweepFlags } from './sweep/plan.ts'
import { sweep } from './sweep/sweep.ts'
import { VERSION } from './version.ts'
import { work, type WorkerFlags } from './worker.ts'

const collect = (value: string, all: string[]): string[] => [...all, value]
const scenarioOptions = (command: Command): Command =>
  command
    .option(
      '--set <Param=Value>',
      'a value for a parameter, Workloads.NAME.Scale, Quotas.NAME or Faults[0].For (repeatable)',
      collect,
      [],
    )
    .option('--change <Time:Param=Value>', 'the same from a time on, such as 3m:Peak=400 (repeatable)', collect, [])
    .option('--root <dir>', 'the folder whose files a scenario may read; its own by default')
    .option('--no-color', 'plain text')

/** Of experiments that judge points by runs with several seeds. */
const searchOptions = (command: Command): Command =>
  scenarioOptions(command)
    .option('--seeds <list>', 'judge each point by runs with these, such as 1..50')
    .option('--probability <share>', 'with which a run must hold; 90% by default')
    .option('--confidence <share>', 'with which that is told; 95% by default')
    .option('--workers <n>', 'threads; as many as the machine runs at once by default')
    .option('--redis <url>', 'have the runs done by `hotshard worker` on other hosts')
    .option('--duration <time>', "another length than the scenario's")
    .option('--format <format[=file]>', 'pretty, json: printed, or written into a file (repeatable)', collect, [])

const program = new Command('hotshard')
  .description('Simulates AWS-style systems from their own CloudFormation templates.')
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride()

scenarioOptions(program.command('run'))
  .description('simulate scenarios and print their reports')
  .argument('<scenario...>', 'files, folders or patterns; bare templates too')
  .option('--changed [=base]', 'only what has changed in git since it left a branch, or since the last commit')
  .option('--seed <n>', "another seed than the scenario's")
  .option('--seeds <list>', 'a run with each, such as 1..30 or 1,2,5..9, and what they say together')
  .option('--workers <n>', 'threads for `--seeds`; as many as the machine runs at once by default')
  .option('--redis <url>', 'have the runs of `--seeds` done by `hotshard worker` on other hosts')
  .option('--duration <time>', "another length than the scenario's, such as 5m")
  .option(
    '--format <format[=file]>',
    `${RUN_FORMATS.join(', ')}: printed, or written into a file (repeatable)`,
    collect,
    [],
  )
  .option('--report <file>', 'write the report as one HTML file')
  .option('--metrics <file>', 'write every metric as CSV')
  .option('--events <file>', 'write every call as JSON lines')
  .option('--trace <file>', 'write a Chrome trace (open it in Perfetto)')
  .option('--verify', 'check every invariant at every checkpoint')
  .action(
    async (scenarios: string[], { seeds, workers, redis, ...flags }: RunFlags & WhereFlags & { seeds?: string }) => {
      if (seeds === undefined && redis !== undefined)
        return finish(refused(badFlag('`--redis` is for many runs', 'ask for several with `--seeds 1..30`'), flags))
      const where = { ...(workers === undefined ? {} : { workers }), ...(redis === undefined ? {} : { redis }) }
      finish(seeds === undefined ? run(scenarios, flags) : await replicate(scenarios, { ...flags, seeds, ...where }))
    },
  )

scenarioOptions(program.command('check'))
  .description('validate scenarios without running them')
  .argument('<scenario...>', 'files, folders or patterns; bare templates too')
  .option('--changed [=base]', 'only what has changed in git since it left a branch, or since the last commit')
  .option(
    '--format <format[=file]>',
    `${CHECK_FORMATS.join(', ')}: printed, or written into a file (repeatable)`,
    collect,
    [],
  )
  .action((scenarios: string[], flags: CheckFlags) => finish(check(scenarios, flags)))

searchOptions(program.command('find'))
  .description('how far a setting can go under the expectations, or the best settings that meet them')
  .argument('<scenario>')
  .addOption(new Option('--until <what>', 'what is looked for along the range').choices(['fail', 'pass']))
  .option('--minimize <measure>', "the least of it with all expectations met, such as 'cost(monthly)'")
  .option('--maximize <measure>', 'the most of it')
  .option('--seed <n>', "another seed than the scenario's")
  .action(async (scenario: string, flags: FindFlags) => finish(await find(scenario, flags)))

searchOptions(program.command('map'))
  .description('load by trigger: where it comes back when the trigger is over, and where it stays down')
  .argument('<scenario>')
  .requiredOption('--load <Name=range>', 'a setting, such as Workloads.Shoppers.Scale=0.5..2:0.1')
  .requiredOption('--trigger <trigger=range>', "'pause(Origin)=0s..10s:1s', 'outage(Orders)=…' or 'Faults[0].For=…'")
  .option('--at <time>', 'when the trigger begins; its own time in the scenario, or a third of the run')
  .option('--within <share>', 'what may be missing of the undisturbed goodput; 10% by default')
  .option('--hold <time>', 'how long it must be back; 10s by default')
  .option('--slower <factor>', 'how many times as long requests may take; 2 by default, or off')
  .option('--clients <names>', 'the workloads whose requests count; all by default')
  .option('--seed <n>', "another seed than the scenario's")
  .option('--report <file>', 'write the map as one HTML file')
  .action(async (scenario: string, flags: MapFlags) => finish(await map(scenario, flags)))

scenarioOptions(program.command('import'))
  .description('write what is inferred from a bare template as a scenario to edit')
  .argument('<template>')
  .option('-o, --output <file>', 'where to; the terminal otherwise')
  .option('--force', 'overwrite the file if there is one')
  .action((template: string, flags: ImportFlags) => finish(importTemplate(template, flags)))

program
  .command('explain')
  .description('what is known of a type, a metric, an exception, a figure, an operation, a fact, or a kind of error')
  .argument('<name>', 'such as AWS::SQS::Queue, ThrottledRequests, TooManyRequestsException, LAM-32, missing-unit')
  .action((name: string) => finish(explain(name)))

scenarioOptions(program.command('compare'))
  .description('is B better than A, and by how much, surely? The same seeds on both sides')
  .argument('<a>')
  .argument('[b]', 'another scenario; without it the same one with --set-b, or --baseline')
  .option('--set-b <Param=Value>', 'a value on the second side alone (repeatable)', collect, [])
  .option('--seeds <list>', 'such as 1..30; 1..10 by default, or those of the baseline')
  .option('--duration <time>', "another length than the scenario's, such as 5m")
  .option(
    '--fail-on <condition>',
    "what counts as a regression, such as 'p99(Api.Latency) +5%' or 'cost(monthly) +10 USD' (repeatable)",
    collect,
    [],
  )
  .option('--baseline <file>', 'compare with the figures in a file instead of another side')
  .option('--update-baseline', 'write the figures of this run into that file')
  .option('--workers <n>', 'threads; as many as the machine runs at once by default')
  .option('--redis <url>', 'have the runs done by `hotshard worker` on other hosts')
  .addOption(
    new Option('--format <format>', 'how the comparison is printed').choices(['pretty', 'json']).default('pretty'),
  )
  .action(async (a: string, b: string | undefined, flags: CompareFlags) => finish(await compare(a, b, flags)))

scenarioOptions(program.command('sweep'))
  .description('a scenario at many points with many seeds; ranges and lists in --set are swept')
  .argument('<scenario>')
  .option('--seeds <list>', 'each point with each of them, such as 1..20')
  .option('--duration <time>', "another length than the scenario's")
  .option('--measure <term>', 'what is measured, such as p99(Api.Latency) (repeatable)', collect, [])
  .option('--sample <n>', 'so many points drawn from the ranges (Latin hypercube) instead of all combinations')
  .option('--sample-seed <text>', 'another draw')
  .option('--workers <n>', 'threads; as many as the machine runs at once by default')
  .option('--out <file>', 'write the results: .jsonl, .csv or .parquet')
  .option('--report <file>', 'write the answer as one HTML file: curves, maps, every point')
  .option('--resume', 'go on from what `--out` and its journal hold')
  .option('--redis <url>', 'have the runs done by `hotshard worker` on other hosts')
  .option('--shard <i/n>', 'do one of several parts, to be put together by `merge`')
  .option(
    '--format <format[=file]>',
    `${SWEEP_FORMATS.join(', ')}: printed, or written into a file (repeatable)`,
    collect,
    [],
  )
  .action(async (scenario: string, flags: SweepFlags) => finish(await sweep(scenario, flags)))

program
  .command('merge')
  .description('the shards of a sweep as one')
  .argument('<file...>', 'the files that `sweep --shard` wrote')
  .option('--out <file>', 'write the results: .jsonl, .csv or .parquet')
  .option('--report <file>', 'write the answer as one HTML file: curves, maps, every point')
  .option('--partial', 'do without shards that are missing')
  .option(
    '--format <format[=file]>',
    `${SWEEP_FORMATS.join(', ')}: printed, or written into a file (repeatable)`,
    collect,
    [],
  )
  .option('--no-color', 'plain text')
  .action((files: string[], flags: MergeFlags) => finish(merge(files, flags)))

scenarioOptions(program.command('audit'))
  .description('does any answer hang on the order of equal times?')
  .argument('<scenario>')
  .option('--seed <n>', "another seed than the scenario's")
  .option('--duration <time>', "another length than the scenario's")
  .option('--runs <n>', 'how many orders to try', '5')
  .action((scenario: string, flags: RunFlags & { runs: string }) => finish(audit(scenario, flags)))

scenarioOptions(program.command('diverge'))
  .description('the first event at which two runs part')
  .argument('<a>')
  .argument('[b]', 'another scenario; without it the same one with --seed-b or --set-b')
  .option('--seed <n>', 'seed of the first run')
  .option('--seed-b <n>', 'seed of the second run')
  .option('--set-b <Param=Value>', 'a parameter of the second run (repeatable)', collect, [])
  .action((a: string, b: string | undefined, flags: RunFlags & { seedB?: string; setB: string[] }) =>
    finish(diverge(a, b, flags)),
  )

program
  .command('fit')
  .description('the distributions and the pattern of arrivals behind a recording, as lines for a scenario')
  .argument('<file>', 'a log, a CSV, metrics of CloudWatch, X-Ray traces, JSON records')
  .option('--column <name>', 'the column or metric to fit; that of durations by default')
  .option('--unit <unit>', 'what its numbers are: us, ms, s, m, B, KB, MB, count')
  .option('--where <column=cell>', 'only such rows (repeatable)', collect, [])
  .option('--by <column>', 'besides, a distribution for each of its cells')
  .option('--count <name>', 'the column or metric that counts requests')
  .option('--period <time>', 'how far counts are apart, where the file does not tell')
  .option('--without <file>', 'windows of time to leave out of the arrivals')
  .option('--input-format <format>', 'the format of the file; found out by default')
  .addOption(new Option('--format <format>', 'for people or programs').choices(['pretty', 'json']).default('pretty'))
  .option('--report <file>', 'write it as one HTML file')
  .option('--no-color', 'plain text')
  .action((file: string, flags: FitFlags) => finish(fit(file, flags)))

scenarioOptions(program.command('validate'))
  .description('a scenario under a recorded load, held against recorded metrics')
  .argument('<scenario>')
  .option('--recorded <file>', 'metrics of CloudWatch, X-Ray traces, logs (repeatable)', collect, [])
  .option(
    '--load <Workload=file>',
    'the load of a workload (repeatable); the first file that counts requests by default',
    collect,
    [],
  )
  .option('--count <name>', 'the metric that counts requests')
  .option('--map <name=Resource.Metric>', 'which simulated metric a recorded one is (repeatable)', collect, [])
  .option('--fail-on <limit>', "such as 'error(Work.Duration.p99) > 20%' (repeatable)", collect, [])
  .option('--period <time>', 'how far values are apart, where a file does not tell')
  .option('--input-format <format>', 'the format of the files; found out by default')
  .option('--seed <n>', "another seed than the scenario's")
  .option('--duration <time>', 'as long as what was recorded by default')
  .addOption(new Option('--format <format>', 'for people or programs').choices(['pretty', 'json']).default('pretty'))
  .option('--report <file>', 'write it as one HTML file')
  .action((scenario: string, flags: ValidateFlags) => finish(validate(scenario, flags)))

program
  .command('start')
  .description('simulate the flagship scenario and serve the page')
  .option('--port <n>', 'where the page is served', portOf, PORT)
  .action(async (flags: { port: number }) => finish(await startAndServe(flags.port)))

program
  .command('worker')
  .description('take the runs of other commands (`--redis`) out of a queue in Redis, on as many hosts as you like')
  .requiredOption(
    '--redis <url>',
    'redis://, rediss:// (TLS) or unix://; the password better in HOTSHARD_REDIS_PASSWORD',
  )
  .option('--concurrency <n>', 'runs at once; as many as there are cores by default', wholeOf)
  .option('--health-port <n>', 'answer GET /live and /ready there', portOf)
  .option('--no-color', 'plain text')
  .action(async (flags: WorkerFlags) => finish(await work(flags)))

function wholeOf(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > 1024) throw new InvalidArgumentError('1 to 1024 is possible')
  return number
}

function portOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port is 0 to 65535')
  return port
}

function finish(code: number): void {
  process.exitCode = code
}

/** A word behind `--changed` is the next scenario: only what stands behind `=` is the branch. */
function withBase(words: readonly string[]): string[] {
  return words.map((word) => (word === '--changed' ? '--changed=' : word))
}

// Whoever reads what is printed may have seen enough (`hotshard run … | head`): that is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

inlineMore()
try {
  await program.parseAsync(withBase(process.argv))
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.badInput
  else if (error instanceof Unreachable)
    finish(refused(badFlag(error.message, error.help), { color: !process.argv.includes('--no-color') }))
  else {
    showBug(error, `hotshard ${commandText(process.argv.slice(2))}`)
    process.exitCode = EXIT.bug
  }
}
