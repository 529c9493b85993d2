// The library: what `simulate` answers, what can still be asked of it, and what the matchers say when they fail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check, ScenarioError, scenarios, simulate, type SimulationReport } from './index.ts'
import { matchers } from './vitest.ts'
import { openScenario } from '../files.ts'
import { run } from '../run.ts'

const TEXT = `
Description: Two workers.
Parameters: { Workers: { Type: Number, Default: 2, MinValue: 1 } }
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: !Ref Workers, ServiceTime: exponential(40ms) } }
  Net: { Type: AWS::Athena::WorkGroup, Properties: { Name: net } }
Simulation:
  Duration: 2m
  Seed: 5
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 30/s } }
  Expect:
    - p50(Origin.Latency) < 1 s
    - max(Origin.Latency) < 1 ms
`
const GOOD = TEXT.replace('    - max(Origin.Latency) < 1 ms\n', '')
let folder = ''
const file = (name: string): string => join(folder, name)
const thrown = (work: () => unknown): Error => {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  return expect.unreachable('nothing was thrown')
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotshard-library-'))
  writeFileSync(file('failing.yaml'), TEXT)
  writeFileSync(file('good.yaml'), GOOD)
  writeFileSync(file('arrivals.csv'), 'at\n1\n2\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('simulate', () => {
  it('answers the report that the command line prints, and nothing more is written of it', () => {
    const printed: string[] = []
    const { write } = process.stdout
    process.stdout.write = (chunk) => (printed.push(String(chunk)), true)
    run([file('failing.yaml')], {
      format: ['json'],
      seed: '9',
      set: ['Workers=3'],
      change: ['1m:Workloads.Load.Scale=2'],
    })
    process.stdout.write = write
    const report = simulate(file('failing.yaml'), {
      seed: 9,
      set: { Workers: 3 },
      change: { '1m': { 'Workloads.Load.Scale': 2 } },
    })
    expect(JSON.parse(JSON.stringify(report))).toEqual(JSON.parse(printed.join('')))
    expect(Object.keys(report)).not.toContain('meets')
    expect({ ...report }).not.toHaveProperty('passed')
  })

  it('takes a file, a text, or a template as an object', () => {
    const template = {
      Resources: {
        Origin: { Type: 'Sim::Http::Server', Properties: { Workers: 2, ServiceTime: 'exponential(40ms)' } },
      },
      Simulation: {
        Duration: '2m',
        Seed: 5,
        Workloads: { Load: { Target: 'Origin', Operation: 'http:GET', Rate: '30/s' } },
      },
    }
    const [byFile, byText, byObject] = [file('good.yaml'), GOOD, template].map((source) => simulate(source))
    expect(byText!.digest.total).toBe(byFile!.digest.total)
    expect(byObject!.requests).toBe(byFile!.requests)
    expect([byFile, byText, byObject].map((report) => report!.reproduce)).toEqual([
      `npx hotshard run ${file('good.yaml')} --seed 5`,
      '',
      '',
    ])
    // Its data is looked for from where the program runs, unless it is told otherwise.
    const traced = GOOD.replace('Rate: 30/s', 'Arrivals: "trace(arrivals.csv, column=at)"')
    expect(() => simulate(traced)).toThrow('`arrivals.csv` cannot be read')
    writeFileSync(file('traced.yaml'), traced)
    expect(simulate(file('traced.yaml')).requests).toBe(2)
  })

  it('takes what the CDK synthesizes: functions as objects, sections beside it', () => {
    const stack = {
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
      },
      Resources: {
        Dead5F3A: { Type: 'AWS::SQS::Queue', UpdateReplacePolicy: 'Delete', DeletionPolicy: 'Delete' },
        Jobs9C21: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead5F3A', 'Arn'] }, maxReceiveCount: 3 },
          },
          Metadata: { 'aws:cdk:path': 'Stack/Jobs/Resource' },
        },
      },
    }
    const Simulation = {
      Duration: '1m',
      Workloads: { Load: { Target: 'Jobs9C21', Operation: 'sqs:SendMessage', Rate: '10/s' } },
      Expect: ['sum(Jobs9C21.NumberOfMessagesSent) > 500'],
    }
    expect(simulate({ ...stack, Simulation }).passed).toBe(true)
    const error = thrown(() => simulate({ ...stack, Simulation: { ...Simulation, Duration: '1' } }))
    expect(error.message).toMatch(/--> template:\d+:18\n/)
  })

  it('says whether it passed: to its end, with every expectation', () => {
    expect(simulate(GOOD).passed).toBe(true)
    expect(simulate(TEXT).passed).toBe(false)
    expect(simulate(GOOD, { expect: ['sum(Origin.Requests) > 1000000'] })).toMatchObject({
      passed: false,
      expectations: [{ ok: true }, { ok: false, text: 'sum(Origin.Requests) > 1000000' }],
    })
    const endless = simulate(GOOD.replace('Seed: 5', 'Seed: 5\n  Guards: { Events: 500 }'))
    expect(endless).toMatchObject({ partial: true, passed: false })
  })

  it('throws with every mistake and its place, for the scenario as for the options', () => {
    const error = thrown(() => simulate(TEXT.replaceAll('Origin.', 'Orgin.')))
    expect(error).toBeInstanceOf(ScenarioError)
    expect(error.message).toContain(' --> scenario:12:11\n')
    expect(error.message.match(/did you mean `Origin`\?/g)).toHaveLength(2)
    expect((error as ScenarioError).problems).toMatchObject([
      { slug: 'unknown-resource', place: { line: 12, column: 11 } },
      { slug: 'unknown-resource', place: { line: 13 } },
    ])
    expect(() => simulate(file('none.yaml'))).toThrow('there is no such file')
    expect(() => simulate(GOOD, { duration: '5' })).toThrow('`--duration 5` is not a time')
    expect(() => simulate(GOOD, { set: { Workrs: 1 } })).toThrow('did you mean `Workers`?')
    expect(() => simulate(GOOD, { expect: ['p99(Orgin.Latency) < 1 s'] })).toThrow('did you mean `Origin`?')
    expect(() => simulate(GOOD, { expect: ['p99(Origin.Latency)'] })).toThrow(ScenarioError)
  })
})

describe('a report', () => {
  let report: SimulationReport
  beforeAll(() => (report = simulate(TEXT)))

  it('is asked for expectations that nobody had thought of before, as a run with them answers', () => {
    for (const text of [
      'p99(Origin.Latency) < 100 ms',
      'p99(Origin.Latency) < 10 s',
      'p99(Origin.Latency) < 100 ms during 30s..31s',
      'sum(Origin.Requests) > 100 during 61500ms..70s',
      'sum(Load.Requests) / 2 > 10',
      'count(ServiceUnavailable at Origin) == 0',
      'conserved(Origin)',
    ]) {
      const { expectations, digest } = simulate(TEXT, { expect: [text] })
      expect(report.meets(text), text).toEqual(expectations.at(-1))
      expect(digest.total).toBe(report.digest.total)
    }
    expect(report.meets('max(Origin.Latency) < 1 ms')).toMatchObject({
      ok: false,
      measured: report.expectations[1]!.measured,
    })
    expect(() => report.meets('p99(Orgin.Latency) < 1 s')).toThrow('did you mean `Origin`?')
    expect(() => report.meets('p99(Origin.Latency)')).toThrow(ScenarioError)
    // Neither question has changed it.
    expect(report.expectations).toHaveLength(2)
  })

  it('is asked for values, in the unit of the metric', () => {
    const latency = report.resources.find(({ name }) => name === 'Origin')!.latency!
    expect(report.measure('p99(Origin.Latency)')).toEqual({ value: latency.p99, unit: 'Milliseconds' })
    expect(report.measure('p99(Origin.Latency) during 60s..90s')!.value).not.toBe(latency.p99)
    expect(report.measure('cost(monthly)')).toMatchObject({ unit: 'USD' })
    expect(report.measure('p99(Origin.Latency) during 30m..40m')).toBeUndefined()
    expect(() => report.measure('p99(Origin.Latncy)')).toThrow('did you mean `Latency`?')
  })
})

describe('check and scenarios', () => {
  it('tell what is wrong and what is there, and run nothing', () => {
    expect(check(GOOD)).toMatchObject({ ok: true, notSimulated: [{ type: 'AWS::Athena::WorkGroup' }] })
    expect(check(file('none.yaml'))).toMatchObject({ ok: false, problems: [{ slug: 'unreadable-file' }] })
    expect(check(GOOD, { set: { Workrs: 1 } }).ok).toBe(false)
    expect(scenarios(folder)).toEqual(['failing.yaml', 'good.yaml', 'traced.yaml'].map(file))
    expect(scenarios(file('g*.yaml'))).toEqual([file('good.yaml')])
    expect(() => scenarios(file('no*.yaml'))).toThrow('no file matches')
    expect(openScenario(file('good.yaml'), {}).scenario).toBeDefined()
  })
})

describe("vitest's matchers", () => {
  let good: SimulationReport
  let failing: SimulationReport
  let stopped: SimulationReport
  beforeAll(() => {
    good = simulate(GOOD)
    failing = simulate(file('failing.yaml'))
    stopped = simulate(GOOD.replace('Seed: 5', 'Seed: 5\n  Guards: { Events: 500 }'))
  })
  const failure = (work: () => void): string => thrown(work).message

  it('hold what holds', () => {
    expect(good).toPassExpectations()
    expect(failing).not.toPassExpectations()
    expect(good).toMeet('p99(Origin.Latency) < 1 s')
    expect(good).not.toMeet('p99(Origin.Latency) > 1 s during 30s..1m')
  })

  it('say what was measured, where, most likely why, and how to see it again', () => {
    const message = failure(() => expect(failing).toPassExpectations())
    expect(message).toMatch(/^expected \S+failing\.yaml to pass its expectations, and 1 of 2 failed\n\n/)
    expect(message).toMatch(/\nmax\(Origin\.Latency\) < 1 ms\n {2}measured [\d.]+ ms\n {2}at \S+failing\.yaml:13:7\n/)
    expect(message).toMatch(/\nrepeat {3}npx hotshard run \S+failing\.yaml --seed 5$/)
    expect(message).not.toContain('p50(')
    const meet = failure(() => expect(failing).toMeet('p99(Origin.Latency) < 1 ms'))
    expect(meet).toMatch(/^expected \S+failing\.yaml to meet p99\(Origin\.Latency\) < 1 ms\n\nmeasured [\d.]+ ms\n/)
    expect(meet).toContain('\nrepeat   npx hotshard run ')
    expect(failure(() => expect(good).not.toMeet('p99(Origin.Latency) < 1 s'))).toMatch(
      /^expected scenario not to meet p99\(Origin\.Latency\) < 1 s\n\nmeasured [\d.]+ ms$/,
    )
    expect(failure(() => expect(good).not.toPassExpectations())).toContain('and all 1 hold')
  })

  it('know nothing of a run that was stopped, and take a scenario that expects nothing for a mistake', () => {
    const message = /^scenario was stopped after \S+ \S+ of 120 s|2 m: more than 500 events have run/
    expect(failure(() => expect(stopped).toPassExpectations())).toMatch(message)
    expect(failure(() => expect(stopped).toMeet('p99(Origin.Latency) < 1 h'))).toMatch(message)
    expect(failure(() => expect(stopped).not.toMeet('p99(Origin.Latency) < 1 h'))).toMatch(message)
    const silent = simulate(GOOD.slice(0, GOOD.indexOf('  Expect')))
    expect(failure(() => expect(silent).toPassExpectations())).toContain(
      'write what has to hold under `Simulation.Expect`',
    )
  })

  it('take the report of the command line, and refuse anything else', () => {
    expect(JSON.parse(JSON.stringify(good))).toPassExpectations()
    expect(failure(() => expect(JSON.parse(JSON.stringify(good))).toMeet('p99(Origin.Latency) < 1 s'))).toContain(
      'give it what `simulate` has returned',
    )
    for (const odd of [undefined, null, 7, {}, 'report'])
      expect(failure(() => expect(odd).toPassExpectations())).toContain('takes the report of a run')
    expect(failure(() => expect(good).toMeet('p99(Orgin.Latency) < 1 s'))).toContain('did you mean `Origin`?')
  })

  it('print nothing that a terminal obeys', () => {
    const red = {
      ...failing,
      scenario: '\u001b[31mred',
      expectations: [{ text: 'a\u0007', ok: false, measured: '\n::b' }],
    }
    expect(matchers.toPassExpectations(red).message()).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|^::/m)
  })
})
