// Handlers compiled and run: every kind of step alone and nested, on a function that calls a server.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { runScenario, type Run } from '../run/run.ts'
import { reportOf } from '../run/report.ts'

/** A world in which `Fn` runs `steps` once for each of two requests; `Origin` never fails, `Down` always does. */
function scenario(steps: string, payload = '{ list: [1, 2, 3], n: 2, name: ada }'): string {
  return `
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: a.b, Role: 'arn:aws:iam::123456789012:role/r', MemorySize: 1769, Timeout: 60, Code: { ZipFile: pass } }
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 100, ServiceTime: 10ms } }
  Down: { Type: Sim::Http::Server, Properties: { Workers: 100, ServiceTime: 10ms, ErrorRate: 1 } }
  Jobs: { Type: AWS::SQS::Queue }
Simulation:
  Duration: 5m
  Assumptions: { AWS::Lambda::Function: { ColdStart: 100ms, InvokeLatency: 0ms } }
  Workloads:
    Load: { Target: Fn, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: 1/s, Count: 2, Attributes: ${payload}, Client: { Retries: none } }
  Handlers:
    Fn:
${steps.replace(/^/gm, '      ')}
`
}

function ran(steps: string, payload?: string): Run {
  return runScenario(scenarioOf(scenario(steps, payload)))
}

/** Calls that `Fn` made to a component. */
function calls(run: Run, to: string): number {
  return reportOf(run, '')
    .calls.filter((call) => call.from === 'Fn' && call.to === to)
    .reduce((sum, call) => sum + call.sent, 0)
}

/** Function errors: invocations that ended with an exception. */
function errors(run: Run): number {
  const fn = reportOf(run, '').resources.find((resource) => resource.name === 'Fn')!
  return fn.metrics.find((metric) => metric.namespace === 'AWS/Lambda' && metric.name === 'Errors')?.sum ?? 0
}

const GET = '{ http:GET: { Url: Origin } }'
const FAILING = '{ http:GET: { Url: Down } }'
/** An SDK tries three times what fails with 500. */
const ATTEMPTS = 3

describe('steps', () => {
  it('run one after the other, computing and waiting', () => {
    const run = ran('- Compute: 100ms\n- Wait: 50ms\n- ' + GET)
    expect(calls(run, 'Origin')).toBe(2)
    const fn = reportOf(run, '').resources.find((resource) => resource.name === 'Fn')!
    const duration = fn.metrics.find((metric) => metric.name === 'Duration')!
    expect(duration.maximum).toBeGreaterThanOrEqual(160)
    expect(duration.minimum).toBeLessThan(165)
  })

  it('of ForEach run for each item, and nested loops multiply', () => {
    expect(calls(ran(`- ForEach: { In: $.list, Do: [${GET}] }`), 'Origin')).toBe(6)
    expect(calls(ran(`- ForEach: { In: $.list, Do: [{ Repeat: { Times: 2, Do: [${GET}] } }] }`), 'Origin')).toBe(12)
    expect(calls(ran(`- ForEach: { In: $.nothing, Do: [${GET}] }\n- ${GET}`), 'Origin')).toBe(2)
  })

  it('of Repeat run as often as a number, a path or a draw says', () => {
    expect(calls(ran(`- Repeat: { Times: 3, Do: [${GET}] }`), 'Origin')).toBe(6)
    expect(calls(ran(`- Repeat: { Times: $.n, Do: [${GET}] }`), 'Origin')).toBe(4)
    expect(calls(ran(`- Repeat: { Times: "constant(4)", Do: [${GET}] }`), 'Origin')).toBe(8)
    expect(calls(ran(`- Repeat: { Times: 0, Do: [${GET}] }`), 'Origin')).toBe(0)
  })

  it('of If and Else run by the condition', () => {
    expect(calls(ran(`- If: { Condition: $.n == 2, Then: [${GET}], Else: [{ Fail: Never }] }`), 'Origin')).toBe(2)
    expect(calls(ran(`- If: { Condition: $.n > 2, Then: [{ Fail: Never }], Else: [${GET}, ${GET}] }`), 'Origin')).toBe(
      4,
    )
  })

  it('of Choose run by weight', () => {
    expect(calls(ran(`- Choose: [{ Weight: 0, Do: [{ Fail: Never }] }, { Weight: 5, Do: [${GET}] }]`), 'Origin')).toBe(
      2,
    )
  })

  it('of Parallel run beside each other: it lasts as long as its longest branch', () => {
    const run = ran('- Parallel: [[{ Wait: 100ms }], [{ Wait: 300ms }], { Wait: 200ms }]')
    const fn = reportOf(run, '').resources.find((resource) => resource.name === 'Fn')!
    const duration = fn.metrics.find((metric) => metric.name === 'Duration')!
    expect(duration.maximum).toBeLessThan(310)
    expect(duration.minimum).toBeGreaterThanOrEqual(300)
    expect(calls(ran(`- Parallel: { ForEach: $.list, Do: [${GET}] }\n- ${GET}`), 'Origin')).toBe(8)
  })

  it('of Parallel whose branches end at once go on, however often', () => {
    expect(calls(ran(`- Repeat: { Times: 20000, Do: [{ Parallel: [[], []] }] }\n- ${GET}`), 'Origin')).toBe(2)
  })

  it('behind Return do not run', () => {
    expect(calls(ran(`- Return: { statusCode: 202 }\n- ${GET}`), 'Origin')).toBe(0)
  })

  it('may put custom metrics', () => {
    const run = ran('- Metric: { Namespace: Shop, MetricName: Orders, Value: $.n, Dimensions: { Who: $.name } }')
    const metric = run.world.metrics.find((one) => one.namespace === 'Shop')!
    expect(metric.dimensions).toEqual({ Who: 'ada' })
    expect(metric.series.points.reduce((sum, point) => sum + point.sum, 0)).toBe(4)
  })

  it('draw keys anew for each call', () => {
    const run = ran(
      '- Repeat: { Times: 50, Do: [{ sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: { id: "uniform(n=1000000)" } } }] }',
    )
    expect(calls(run, 'Jobs')).toBe(100)
    const other = problemsOf(scenario('- sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: { id: "zipf(n=0)" } }'))
    expect(other).toContain('zipf(n=0)')
  })
})

describe('an exception', () => {
  it('ends the invocation when nobody catches it', () => {
    const run = ran(`- ${FAILING}\n- ${GET}`)
    expect(calls(run, 'Down')).toBe(2 * ATTEMPTS)
    expect(calls(run, 'Origin')).toBe(0)
    expect(errors(run)).toBe(2)
    expect(errors(ran('- Fail: { Error: Declined, Cause: no money }'))).toBe(2)
  })

  it('is caught by its name or by States.ALL, and only by these', () => {
    const caught = (names: string): Run =>
      ran(`- Fail: Declined\n  Catch: [{ ErrorEquals: ${names}, Do: [${GET}] }]\n- ${GET}`)
    expect(calls(caught('[Declined]'), 'Origin')).toBe(4)
    expect(errors(caught('[Declined]'))).toBe(0)
    expect(calls(caught('[States.ALL]'), 'Origin')).toBe(4)
    expect(calls(caught('[Other]'), 'Origin')).toBe(0)
    expect(errors(caught('[Other]'))).toBe(2)
  })

  it('of a call is caught after its retries', () => {
    const run = ran(`- http:GET: { Url: Down }\n  Catch: [{ ErrorEquals: InternalServerError, Do: [${GET}] }]`)
    expect(calls(run, 'Down')).toBe(2 * ATTEMPTS)
    expect(calls(run, 'Origin')).toBe(2)
    expect(errors(run)).toBe(0)
  })

  it('caught around a loop leaves the loop: the next step runs once, on the whole event', () => {
    const run = ran(`- ForEach: { In: $.list, Do: [{ Fail: Bad }] }
  Catch: [{ ErrorEquals: [Bad], Do: [{ Wait: 1ms }] }]
- ForEach: { In: $.list, Do: [${GET}] }`)
    expect(calls(run, 'Origin')).toBe(6)
    expect(errors(run)).toBe(0)
  })

  it('caught inside a loop goes on with the next item', () => {
    const run = ran(`- ForEach:
    In: $.list
    Do:
      - Fail: Bad
        Catch: [{ ErrorEquals: [Bad] }]
      - ${GET}`)
    expect(calls(run, 'Origin')).toBe(6)
  })

  it('caught around nested loops of an outer loop leaves the inner ones alone', () => {
    const run = ran(`- ForEach:
    In: $.list
    Do:
      - Repeat: { Times: 2, Do: [{ ForEach: { In: $.none, Do: [] } }, { Fail: Bad }] }
        Catch: [{ ErrorEquals: [Bad] }]
      - ${GET}`)
    expect(calls(run, 'Origin')).toBe(6)
    expect(errors(run)).toBe(0)
  })

  it('in a branch of Parallel is caught once, by Parallel, when all branches have ended', () => {
    const run = ran(`- Parallel: [[{ Fail: Bad }], [{ Wait: 10ms }, ${GET}]]
  Catch: [{ ErrorEquals: [Bad], Do: [${GET}] }]
- ${GET}`)
    expect(calls(run, 'Origin')).toBe(6)
    expect(errors(run)).toBe(0)
    expect(errors(ran('- Parallel: [[{ Fail: Bad }], [{ Wait: 10ms }]]'))).toBe(2)
  })

  it('in a loop that reports its failures is reported, not caught further out', () => {
    const run = ran(`- ForEach: { In: $.list, ReportFailures: true, Do: [{ Fail: Bad }] }
  Catch: [{ ErrorEquals: [Bad], Do: [${GET}] }]`)
    expect(calls(run, 'Origin')).toBe(0)
    expect(errors(run)).toBe(0)
  })
})

describe('ResultPath', () => {
  it('puts the answer into the event beside what was there', () => {
    const run = ran(`- http:GET: { Url: Origin }
  ResultPath: $.answers.first
- If: { Condition: $.answers.first.statusCode == 200 and $.n == 2, Then: [${GET}] }`)
    expect(calls(run, 'Origin')).toBe(4)
  })

  it('cannot reach a prototype', () => {
    const run = ran(`- http:GET: { Url: Origin }
  ResultPath: $['__proto__'].statusCode
- If: { Condition: exists($.statusCode), Then: [${GET}] }`)
    expect(calls(run, 'Origin')).toBe(2)
    expect(({} as Record<string, unknown>)['statusCode']).toBeUndefined()
  })

  it('stands beside calls alone and names members alone', () => {
    expect(problemsOf(scenario('- { Wait: 1s, ResultPath: $.a }'))).toContain('`Wait` has no answer for `ResultPath`')
    expect(problemsOf(scenario("- { http:GET: { Url: Origin }, ResultPath: '$.a[0]' }"))).toContain('goes into a list')
  })
})

describe('what is not simulated yet', () => {
  it.each([
    ['- glacier:InitiateJob: {}', '`glacier:InitiateJob` is not simulated yet'],
    ['- Parallel: [{ ForEach: { In: $.list, ReportFailures: true, Do: [] } }]', '`ReportFailures` inside `Parallel`'],
  ])('%s is refused with its place', (steps, message) => {
    const told = problemsOf(scenario(steps))
    expect(told).toContain(message)
    expect(told).toContain('--> test.yaml:16:')
  })

  it('of parameters goes on the list of what has no effect', () => {
    const { notSimulated } = scenarioOf(scenario('- http:GET: { Url: Origin, Zebra: 1 }'))
    expect(notSimulated.map((line) => line.message)).toContain('`Zebra` of `http:GET` has no effect on the model')
  })
})
