// The command line: exit codes, what is printed, and the files that a run can leave.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { audit } from './audit.ts'
import { check } from './check.ts'
import { diverge } from './diverge.ts'
import { explain } from './explain.ts'
import { importTemplate } from './import.ts'
import { run } from './run.ts'
import { start, startAndServe } from './start.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const text = (expectation: string, more = ''): string => `
Description: Two workers.
Parameters: { Workers: { Type: Number, Default: 2, MinValue: 1 } }
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } }
  Net: { Type: AWS::Athena::WorkGroup, Properties: { Name: net } }
Simulation:
  Duration: 2m
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 20/s } }
  Expect: [${expectation}]
  ${more}
`
/** Two clients whose requests come at the same moments and find one worker: who is served depends on nothing but order. */
const TIED = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, QueueCapacity: 0, ServiceTime: 100ms } } }
Simulation:
  Duration: 1m
  Workloads:
    A: { Target: Origin, Operation: http:GET, Arrivals: regular, Rate: 1/s, Client: { Retries: none } }
    B: { Target: Origin, Operation: http:GET, Arrivals: regular, Rate: 1/s, Client: { Retries: none } }
`

const WARNED = `
# hotshard: allow cloudwatch/dead-letters-unwatched
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }
  Dead: { Type: AWS::SQS::Queue }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s } }
`

let folder = ''
let out = ''
let err = ''
const file = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-cli-'))
  writeFileSync(file('good.yaml'), text('p50(Origin.Latency) < 1 s'))
  writeFileSync(file('failing.yaml'), text('p50(Origin.Latency) < 1 ms'))
  writeFileSync(file('bad.yaml'), text('p50(Orgin.Latency) < 1 s'))
  writeFileSync(file('endless.yaml'), text('p50(Origin.Latency) < 1 s', 'Guards: { Events: 500 }'))
  writeFileSync(file('tied.yaml'), TIED)
  writeFileSync(file('warned.yaml'), WARNED)
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  out = err = ''
  // In a pipeline the log of several scenarios is another one.
  vi.stubEnv('CI', undefined)
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('run', () => {
  it('exits 0 when all holds, 1 when an expectation fails, 2 for bad input, 3 when a guard stops it', () => {
    expect(run([file('good.yaml')], {})).toBe(0)
    expect(out).toContain('ok   p50(Origin.Latency) < 1 s')
    expect(run([file('failing.yaml')], {})).toBe(1)
    expect(out).toContain('FAIL p50(Origin.Latency) < 1 ms')
    expect(run([file('bad.yaml')], {})).toBe(2)
    expect(err).toContain('did you mean `Origin`?')
    expect(run([file('none.yaml')], {})).toBe(2)
    expect(run([file('endless.yaml')], {})).toBe(3)
    expect(out).toMatch(/STOPPED after .* more than 500 events have run; most of it at `Origin`/)
    out = ''
    expect(run([file('good.yaml'), file('failing.yaml'), file('endless.yaml'), file('bad.yaml')], {})).toBe(3)
    const summary = out.trimEnd().split('\n').slice(-4)
    expect(summary[0]).toMatch(/^ok +\S+good\.yaml +1 expectation holds$/)
    expect(summary[1]).toMatch(/^FAIL +\S+failing\.yaml +1 of 1 expectation failed$/)
    expect(summary[2]).toMatch(/^STOPPED +\S+endless\.yaml +stopped after .* more than 500 events/)
    expect(summary[3]).toMatch(/^ERROR +\S+bad\.yaml +1 error$/)
    expect(run([file('good.yaml'), file('failing.yaml'), file('bad.yaml')], {})).toBe(2)
  })

  it('prints the seed, the digest, what is not simulated and the command that repeats it', () => {
    run([file('good.yaml')], { seed: '9', set: ['Workers=3'], duration: '1m' })
    expect(out).toContain('seed 9')
    expect(out).toMatch(/digest [0-9a-f]{8,}/)
    expect(out).toContain('AWS::Athena::WorkGroup: Net')
    expect(out).toContain(`npx hotshard run ${file('good.yaml')} --seed 9 --duration 1m --set Workers=3`)
  })

  it('repeats itself with the command that it prints, and is another run with another seed', () => {
    const digest = (seed: string): string => {
      out = ''
      run([file('good.yaml')], { seed, format: ['json'] })
      return (JSON.parse(out) as { digest: { total: string } }).digest.total
    }
    expect(digest('9')).toBe(digest('9'))
    expect(digest('9')).not.toBe(digest('10'))
  })

  it('prints one report as JSON, and a list of them for several scenarios', () => {
    run([file('good.yaml')], { format: ['json'] })
    expect(JSON.parse(out)).toMatchObject({ schema: 'hotshard.report/1', partial: false })
    out = ''
    expect(run([file('good.yaml'), file('bad.yaml')], { format: ['json'] })).toBe(2)
    expect(JSON.parse(out)).toMatchObject([{ schema: 'hotshard.report/1' }])
  })

  it('writes metrics as CSV of equal rows, calls as JSON lines, and a trace of spans and flows', () => {
    const files = { metrics: file('m.csv'), events: file('e.jsonl'), trace: file('t.json') }
    expect(run([file('good.yaml')], files)).toBe(0)
    const [head, ...rows] = readFileSync(files.metrics, 'utf8').trimEnd().split('\n')
    const columns = head!.split(',').length
    expect(rows.length).toBeGreaterThan(5)
    for (const row of rows) {
      expect(row.split(',')).toHaveLength(columns)
      expect(row).not.toMatch(/NaN|Infinity|undefined/)
    }
    const table = rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [head!.split(',')[i], cell])))
    const latency = table.find((row) => row['resource'] === 'Origin' && row['metric'] === 'Latency')!
    const [p50, p90, p99] = [Number(latency['p50']), Number(latency['p90']), Number(latency['p99'])]
    expect(p50).toBeGreaterThan(10)
    expect(p50).toBeLessThan(p90)
    expect(p90).toBeLessThanOrEqual(p99)
    expect(p99).toBeLessThanOrEqual(Number(latency['maximum']))
    expect(table.find((row) => row['resource'] === 'Load' && row['metric'] === 'Requests')).toMatchObject({ p50: '' })
    const lines = readFileSync(files.events, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const sent = lines.filter((line) => line['event'] === 'sent')
    expect(sent.length).toBeGreaterThan(2000)
    expect(sent[0]).toMatchObject({ from: 'Load', to: 'Origin', action: 'http:GET' })
    const times = lines.map((line) => line['at'] as number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    const { traceEvents } = JSON.parse(readFileSync(files.trace, 'utf8')) as { traceEvents: Record<string, unknown>[] }
    const names = traceEvents.filter((event) => event['name'] === 'process_name')
    expect(names.map((event) => (event['args'] as { name: string }).name)).toContain('Origin (Sim::Http::Server)')
    const spans = traceEvents.filter((event) => event['ph'] === 'X')
    expect(spans).toHaveLength(sent.length)
    for (const span of spans) expect(span['dur'] as number).toBeGreaterThanOrEqual(0)
    expect(traceEvents.some((event) => event['ph'] === 's')).toBe(true)
  })

  it('writes its report as one file, beside the other files, with the same figures and the same bytes twice', () => {
    const files = { report: file('r.html'), events: file('r.jsonl') }
    expect(run([file('failing.yaml')], files)).toBe(1)
    const digest = /digest (\w+)/.exec(out)![1]!
    const html = readFileSync(files.report, 'utf8')
    expect(html).toContain(`<dd>${digest}</dd>`)
    expect(html).toContain('✗ 1 of 1 expectation failed')
    expect(html).toContain('AWS::Athena::WorkGroup: Net')
    const calls = readFileSync(files.events, 'utf8').match(/"event":"sent"/g)!.length
    expect(html).toContain(`<td class="number">${String(calls).replace(/\B(?=(\d{3})+$)/g, ',')}</td>`)
    run([file('failing.yaml')], { report: file('r2.html') })
    expect(readFileSync(file('r2.html'), 'utf8')).toBe(html)
    // A run that a guard stopped is told as far as it came.
    expect(run([file('endless.yaml')], { report: file('r3.html') })).toBe(3)
    expect(readFileSync(file('r3.html'), 'utf8')).toMatch(/■ stopped after .* more than 500 events have run/)
  })

  it('refuses files that it cannot write before it runs, and one file for several runs', () => {
    for (const name of ['report', 'metrics', 'events', 'trace'] as const) {
      err = ''
      expect(run([file('good.yaml')], { [name]: file('none/m.csv') })).toBe(2)
      expect(err).toMatch(/^error\[bad-flag\].* cannot be written\n {2}= help: its folder does not exist\n$/)
      expect(run([file('good.yaml')], { [name]: folder })).toBe(2)
      expect(err).toContain('it is a folder')
      expect(run([file('good.yaml'), file('tied.yaml')], { [name]: file('e.jsonl') })).toBe(2)
      expect(err).toContain('takes one scenario, and these are 2')
      expect(err).toContain('help: run them one by one')
    }
    expect(out).toBe('')
  })

  it('overwrites neither its scenario nor one output with another', () => {
    const before = readFileSync(file('good.yaml'), 'utf8')
    expect(run([file('good.yaml')], { metrics: file('good.yaml') })).toBe(2)
    expect(err).toContain('is the scenario itself')
    expect(run([file('good.yaml')], { metrics: file('same'), trace: file('same') })).toBe(2)
    expect(err).toContain('is the file of `--metrics`')
    expect(readFileSync(file('good.yaml'), 'utf8')).toBe(before)
  })

  it.skipIf(!existsSync('/dev/full'))('prints its report and exits 2 when the disk is full', () => {
    for (const name of ['report', 'metrics', 'events', 'trace'] as const) {
      out = err = ''
      expect(run([file('good.yaml')], { [name]: '/dev/full' }), name).toBe(2)
      expect(err).toMatch(/^error\[not-written\]: .*is not whole: ENOSPC/)
      expect(err).not.toContain('    at ')
      expect(out).toContain('digest')
    }
  })
})

describe('what is said before a run', () => {
  it('is one line for warnings, which check shows in full', () => {
    expect(run([file('warned.yaml')], {})).toBe(0)
    expect(err).toBe(`1 warning: \`hotshard check ${file('warned.yaml')}\` shows it\n`)
    err = ''
    run([file('warned.yaml')], { root: folder })
    expect(err).toContain(`check ${file('warned.yaml')} --root ${folder}\` shows`)
    err = ''
    expect(check([file('warned.yaml')], {})).toBe(0)
    expect(err).toContain('warning[sqs/dead-letters-expire-early]')
  })
})

describe('check', () => {
  it('says what there is, what is left out and what is wrong, and runs nothing', () => {
    expect(check([file('good.yaml')], {})).toBe(0)
    expect(out).toMatch(/good\.yaml: ok, \d+ components, 1 expectation, 0 faults/)
    expect(out).toMatch(/\n  not simulated:\n    AWS::Athena::WorkGroup: Net/)
    expect(check([file('good.yaml'), file('bad.yaml')], {})).toBe(2)
    expect(err).toContain('error[unknown-resource]')
    expect(err).not.toContain('    at ')
  })
})

describe('explain', () => {
  it.each([
    ['AWS::SQS::Queue', 'Left out'],
    ['sqs::queue', 'AWS::SQS::Queue'],
    ['ApproximateNumberOfMessagesVisible', 'AWS/SQS of AWS::SQS::Queue'],
    ['TooManyRequestsException', 'throttling'],
    ['SQS-18', 'Fact SQS-18 is cited by'],
    ['DynamoDB', '  AWS::DynamoDB::Table: '],
    ['lambda', '  AWS::Lambda::EventSourceMapping: '],
    ['lints', '  sqs/no-dead-letters  '],
    ['dynamodb/hot-key', 'warning[dynamodb/hot-key]: one key that wants more than a partition gives'],
    ['N.APIGATEWAY-18', '  the lint `apigateway/mock-in-production`: '],
    ['sqs:SendMessage', '  AWS::SQS::Queue\n'],
    ['sqs:sendmessage', 'target      QueueUrl'],
    ['aws:lambda:invocation-add-delay', 'StartupDelayMilliseconds [0 to 900000 ms, 2000 when absent]: The delay.'],
    ['AWS::Lambda::Function', '    Percentage [0 to 100 %, 100 when absent]: '],
    ['aws:fis:inject-api-throttle-error', 'Raises ThrottlingException (400).'],
    ['ThrottlingException', 'raised by the fault aws:fis:inject-api-throttle-error'],
    ['ProvisionedThroughputExceededException', 'dynamodb:BatchWriteItem\n'],
    ['ProvisionedThroughputExceededException', '(HTTP 400)'],
    ['conditionalcheckfailedexception', 'SDKs do not try again'],
    ['ServiceUnavailable', 'every retry mode tries again'],
    ['ApproximateAgeOfOldestMessage', 'statistics: `max`: the oldest of all'],
    ['lambda.ConcurrentExecutions', 'set it with `Quotas: { lambda.ConcurrentExecutions: … }`'],
    ['ConcurrentExecutions', 'Metric ConcurrentExecutions\n'],
    ['ConcurrentExecutions', 'Figure ConcurrentExecutions\n'],
    ['DuplicateProbability', 'set it with `Assumptions: { AWS::SQS::Queue: { DuplicateProbability: … } }`'],
    ['N.SQS-09', 'sqs.MaximumMessageSize'],
    ['CFN-R10', 'the refusal `unresolved-reference`'],
    ['missing-unit', '    Simulation: { Duration: 10 }\n'],
    ['duplicate-key', 'error[duplicate-key]: the same name twice in one map'],
  ])('%s', (name, words) => {
    expect(explain(name)).toBe(0)
    expect(out).toContain(words)
    expect(out.endsWith('\n')).toBe(true)
  })

  it('says so when nothing is known, even of names that every object has', () => {
    expect(explain('AWS::SQS::Quue')).toBe(2)
    expect(err).toMatch(
      /^error.*\n {2}= help: did you mean `AWS::SQS::Queue`\?\n {2}= note: .*\n( {10}\w+: [\w, ]+\n)+$/,
    )
    err = ''
    expect(explain('sqs:SendMesage')).toBe(2)
    expect(err).toContain('did you mean `sqs:SendMessage`?')
    for (const [name, near] of Object.entries({
      'missing-unt': 'missing-unit',
      ApproximateAgeOfOldesMessage: 'ApproximateAgeOfOldestMessage',
      TooManyRequestException: 'TooManyRequestsException',
      'lambda.ConcurentExecutions': 'lambda.ConcurrentExecutions',
      DuplicatProbability: 'DuplicateProbability',
    })) {
      err = ''
      expect(explain(name)).toBe(2)
      expect(err).toContain(`did you mean \`${near}\`?`)
    }
    err = ''
    expect(explain('FOO-12')).toBe(2)
    expect(err).toContain('no model cites a fact `FOO-12`')
    for (const name of ['constructor', 'toString', '__proto__']) expect(explain(name), name).toBe(2)
    expect(out).toBe('')
  })
})

describe('start', () => {
  const install = (name: string, published?: string): string => {
    const home = join(folder, name, 'hotshard')
    mkdirSync(join(home, 'scenarios'), { recursive: true })
    writeFileSync(join(home, 'scenarios/flash-crowd.yaml'), text('p50(Origin.Latency) < 1 ms'))
    if (published === undefined) return home
    const corpus = join(folder, name, 'shared/corpus/flagship')
    mkdirSync(corpus, { recursive: true })
    writeFileSync(join(corpus, 'shoppingcart-service.yaml'), text(''))
    writeFileSync(join(home, 'scenarios/shopping-cart.yaml'), published)
    return home
  }

  it('runs what there is, and names the folder of its scenarios', () => {
    const home = install('plain')
    const there = relative(process.cwd(), join(home, 'scenarios'))
    expect(start(home)).toBe(0)
    expect(out).toContain(`simulating ${there}/flash-crowd.yaml`)
    expect(out).toContain(`next: npx hotshard run ${there}/orders.yaml`)
  })

  it('takes its own shop when the published application cannot be loaded', () => {
    expect(start(install('broken', text('p50(Orgin.Latency) < 1 s')))).toBe(0)
    expect(err).toContain('did you mean `Origin`?')
    expect(out).toContain('our own shop stands in for it')
    expect(out).toMatch(/simulating .*flash-crowd\.yaml/)
    out = ''
    expect(start(install('whole', text('p50(Origin.Latency) < 1 s')))).toBe(0)
    expect(out).not.toContain('flash-crowd')
  })

  it('says so when the page can be served nowhere', async () => {
    const home = install('served')
    mkdirSync(join(home, 'dist/app'), { recursive: true })
    writeFileSync(join(home, 'dist/app/index.html'), '')
    const { isTTY } = process.stdout
    process.stdout.isTTY = true
    const code = await startAndServe(65_536, home).finally(() => {
      process.stdout.isTTY = isTTY
    })
    expect(code).toBe(2)
    expect(err).toMatch(/error\[bad-flag\].*: the page cannot be served at `--port 65536`/)
  })

  it('says so when nothing is installed', () => {
    expect(start(file('nowhere'))).toBe(2)
    expect(err).toContain('missing from this installation')
  })
})

describe('audit', () => {
  it('names the answers that hang on the order of equal times, and where they part', () => {
    expect(audit(file('tied.yaml'), { runs: '3' })).toBe(1)
    expect(out).toMatch(/answers hang on the order of equal times/)
    expect(out).toMatch(/A\.Failures sum: /)
    expect(out).toMatch(/first at .*: .* or .* goes first/)
  })

  it('prints no name that a terminal would obey', () => {
    writeFileSync(file('red.yaml'), TIED.replace('    A: {', '    "\\e[31mA": {'))
    expect(audit(file('red.yaml'), { runs: '3' })).toBe(1)
    expect(out).toContain('  \ufffd[31mA.Failures sum: ')
    writeFileSync(file('slow.yaml'), TIED.replace('1/s', '1/min'))
    expect(diverge(file('red.yaml'), file('slow.yaml'), { setB: [] })).toBe(1)
    expect(out).toMatch(/first event only in a: .*\ufffd\[31mA/)
    expect(out).not.toContain('\u001b')
  })

  it('is content where none does', () => {
    expect(audit(file('good.yaml'), { runs: '3' })).toBe(0)
    expect(out).toContain('no answer hangs on the order of equal times (3 other orders)')
    expect(audit(file('good.yaml'), { runs: 'many' })).toBe(2)
    expect(err).toBe(
      'error[bad-flag]: `--runs many` is not a number of orders\n  = help: a whole number from 1 to 1000\n',
    )
  })
})

describe('diverge', () => {
  it('finds nothing between a run and itself', () => {
    expect(diverge(file('good.yaml'), file('good.yaml'), { setB: [] })).toBe(0)
    expect(out).toContain('the same, event by event')
  })

  it('names the first event that differs', () => {
    expect(diverge(file('good.yaml'), file('good.yaml'), { seedB: '2', setB: [] })).toBe(1)
    expect(out).toMatch(/first event only in [ab]: /)
    expect(out).toMatch(
      /^the runs part at event \d+\n( {2}(first event only in [ab]: \S.*|no event only in [ab] up to \S.*)\n){2}$/,
    )
    out = ''
    // With three workers instead of two, nothing differs until a third request would have waited.
    expect(diverge(file('good.yaml'), file('good.yaml'), { setB: ['Workers=3'] })).toBe(1)
    expect(Number(/event (\d+)/.exec(out)![1])).toBeGreaterThan(3)
  })

  it('takes the same scenario twice when no second one is named, and wants to know what differs then', () => {
    expect(diverge(file('good.yaml'), undefined, { setB: [] })).toBe(2)
    expect(err).toContain('help: name a second scenario, or say `--seed-b N` or `--set-b Param=Value`')
    expect(out).toBe('')
    expect(diverge(file('good.yaml'), undefined, { seedB: '2', setB: [] })).toBe(1)
    expect(diverge(file('good.yaml'), undefined, { setB: ['Workers=2'] })).toBe(0)
    expect(diverge(file('good.yaml'), undefined, { setB: ['Worker=2'] })).toBe(2)
  })

  it('refuses what does not load', () => {
    expect(diverge(file('good.yaml'), file('bad.yaml'), { setB: [] })).toBe(2)
  })
})

describe('the program', () => {
  const hotshard = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'sim/cli/main.ts'), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CI: 'true' },
    })

  it('hands its exit code and nothing but the report on', () => {
    const done = hotshard('run', '--format', 'json', file('failing.yaml'))
    expect(done.status).toBe(1)
    expect(JSON.parse(done.stdout)).toMatchObject({ schema: 'hotshard.report/1' })
    expect(done.stderr).toBe('')
  })

  it('takes an unknown flag for bad input', () => {
    const done = hotshard('run', '--sead', '3', file('good.yaml'))
    expect(done.status).toBe(2)
    expect(done.stderr).toContain('--seed')
  })
})

describe('import', () => {
  const BARE = `
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay } }
  Net: { Type: AWS::Athena::WorkGroup, Properties: { Name: net } }
Parameters: { Delay: { Type: Number, Default: 0 } }
`

  beforeAll(() => {
    mkdirSync(join(folder, 'app'))
    writeFileSync(file('app/bare.yaml'), BARE)
  })

  it('writes a scenario beside the template, which loads and names it as seen from there', () => {
    expect(importTemplate(file('app/bare.yaml'), { output: file('first.yaml'), set: ['Delay=7'] })).toBe(0)
    const written = readFileSync(file('first.yaml'), 'utf8')
    expect(written).toContain('  Template: app/bare.yaml\n')
    expect(written).toContain('    Delay: "7"')
    expect(written).toMatch(/# Not simulated yet:\n# {3}AWS::Athena::WorkGroup: Net/)
    expect(check([file('first.yaml')], {})).toBe(0)
    expect(out).toContain('first.yaml: 1 workload and 0 handlers of bare.yaml')
  })

  it('prints it when no file is named', () => {
    expect(importTemplate(file('app/bare.yaml'), {})).toBe(0)
    expect(out).toContain('JobsClient: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s }')
  })

  it('overwrites nothing unless it is told to', () => {
    writeFileSync(file('mine.yaml'), 'mine')
    expect(importTemplate(file('app/bare.yaml'), { output: file('mine.yaml') })).toBe(2)
    expect(err).toContain('exists already')
    expect(readFileSync(file('mine.yaml'), 'utf8')).toBe('mine')
    expect(importTemplate(file('app/bare.yaml'), { output: file('mine.yaml'), force: true })).toBe(0)
    expect(readFileSync(file('mine.yaml'), 'utf8')).toContain('Simulation:')
  })

  it('refuses a template that has a simulation of its own, and a place that cannot be written', () => {
    expect(importTemplate(file('good.yaml'), {})).toBe(2)
    expect(err).toContain('has a `Simulation` of its own')
    writeFileSync(file('only.yaml'), 'Simulation: { Template: app/bare.yaml, Parameters: { Delay: 9 }, Duration: 2m }')
    err = ''
    expect(importTemplate(file('only.yaml'), {})).toBe(2)
    expect(err).toContain('has a `Simulation` of its own')
    expect(importTemplate(file('app/bare.yaml'), { output: join(folder, 'nowhere', 'x.yaml') })).toBe(2)
    expect(err).toContain('cannot be written')
  })
})
