// Expectations held against runs whose figures are known, and those that could only hold for no reason.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { evaluateExpectation, type ExpectationResult } from './expect.ts'
import { runScenario } from './run.ts'

/** 10 requests a second, each served in 100 ms exactly; from 5 minutes on none comes. `Empty` gets nothing. */
const text = (expectations: readonly string[]): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 10, ServiceTime: 100ms } }
  Down: { Type: Sim::Http::Server, Properties: { Workers: 10, ServiceTime: 100ms, ErrorRate: 1 } }
  Full: { Type: Sim::Http::Server, Properties: { Workers: 1, QueueCapacity: 0, ServiceTime: 100ms } }
  Empty: { Type: AWS::SQS::Queue }
  High:
    Type: AWS::CloudWatch::Alarm
    Properties: { Namespace: Sim, MetricName: Requests, Dimensions: [{ Name: Server, Value: !Ref Origin }], Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching }
Simulation:
  Duration: 10m
  Workloads:
    Load: { Target: Origin, Operation: http:GET, Arrivals: regular, Rate: [{ At: 0s, Value: 10/s }, { At: 5m, Value: 10/s }, { At: 5m, Value: 0/s }] }
    Fails: { Target: Down, Operation: http:GET, Arrivals: regular, Rate: 1/s, Client: { Retries: none } }
    Crowd: { Target: Full, Operation: http:GET, Arrivals: regular, Rate: 20/s, Client: { Retries: none } }
  Expect:
${expectations.map((one) => `    - ${JSON.stringify(one)}`).join('\n')}
`

function held(...expectations: string[]): ExpectationResult[] {
  const scenario = scenarioOf(text(expectations))
  const run = runScenario(scenario)
  return scenario.expectations.map((expectation) => evaluateExpectation(expectation, run))
}

describe('an expectation', () => {
  it.each([
    ['p99(Origin.Latency) >= 100 ms', true],
    ['p99(Origin.Latency) < 102 ms', true],
    ['p50(Origin.Latency) < 99 ms', false],
    ['p50(Origin.Latency) < 102', true],
    ['max(Origin.Latency) == 0.1 s', true],
    ['sum(Load.Requests) == 3000', true],
    ['samples(Origin.Latency) == 3000', true],
    ['sum(Load.Requests) == 600 during 1m..2m', true],
    ['sum(Load.Requests) == 0 during 6m..', true],
    ['sum(Load.Requests) / 5 min > 9/s', true],
    ['sum(Load.Requests) / 5 min > 11/s', false],
    ['sum(Fails.Failures) / sum(Fails.Requests) > 99%', true],
    ['sum(Load.Failures) / sum(Load.Requests) < 1%', true],
    ['count(InternalServerError at Down) > 590', true],
    ['count(InternalServerError at Origin) == 0', true],
    ['count(InternalServerError) == count(InternalServerError at Down)', true],
    ['sum(Down.Errors) == count(InternalServerError at Down)', true],
    ['sum(Full.Errors) > 5000', true],
    ['max(Empty.ApproximateNumberOfMessagesVisible) == 0', true],
    ['alarm(High) == ALARM during 1m..4m', true],
    ['alarm(High) == OK during 1m..4m', false],
    ['alarm(High) == OK during 7m..9m', true],
    ['alarm(High) == OK', true],
    ['conserved(Origin)', true],
    ['(p99(Origin.Latency) - 50 ms) * 2 < 104 ms', true],
  ])('%s is %s', (expectation, ok) => {
    const [result] = held(expectation)
    expect(result!.ok, result!.measured).toBe(ok)
    expect(result!.place).toMatch(/^test\.yaml:\d+:7$/)
  })

  it('without data or beyond the run fails and says why', () => {
    const results = held(
      'p99(Origin.Latency) < 5 s during 7m..8m',
      'sum(Load.Failures) / sum(Empty.NumberOfMessagesSent) < 5%',
      'sum(Load.Failures) == 0 during 20m..30m',
    )
    expect(results.map(({ ok, measured }) => [ok, measured])).toEqual([
      [false, 'Origin.Latency has no data in this time'],
      [false, 'a division by 0'],
      [false, 'nothing: the run ended before'],
    ])
  })

  it('tells what was measured in its own unit', () => {
    const measured = held('p99(Origin.Latency) < 1 s', 'sum(Load.Requests) == 3000').map((result) => result.measured)
    expect(measured[0]).toMatch(/ms$/)
    expect(measured[1]).toBe('3000')
  })

  it('tells both sides where both were measured', () => {
    const measured = held(
      'sum(Load.Requests) == sum(Fails.Requests)',
      'sum(Load.Requests) < 2 * sum(Fails.Requests) - 1 during 1m..2m',
      'p99(Down.Latency) <= max(Origin.Latency)',
    ).map((result) => result.measured)
    expect(measured).toEqual(['3000 against 600', '600 against 119', expect.stringMatching(/^\S+ ms against \S+ ms$/)])
  })
})

describe('an expectation that could only hold or fail for no reason', () => {
  it.each([
    ['max(Empty.ApproximateNumberOfMessagesVisible) < 5 s', 'a count is compared with a time'],
    ['p99(Origin.Latency) < 5 KB', 'a time is compared with a size'],
    ['p99(Origin.Latency) + 5 KB < 5 s', 'a time is added to a size'],
    ['sum(Load.Requests) > 5/s', 'a count is compared with a rate'],
    ['count(InternalServerEror at Down) == 0', 'did you mean `InternalServerError`?'],
    ['count(Zebra) == 0', 'warning[unknown-error]'],
    ['sum(Load.Requets) > 5', 'did you mean `Requests`?'],
    ['p99(Orgin.Latency) > 5', 'did you mean `Origin`?'],
    ['alarm(Origin) == OK', 'not an alarm'],
    ['sum(Load.Failures) == 0 during 20m..30m', 'warning[never-happens]'],
    ['cost(monthly) < 5 s', 'an amount of money is compared with a time'],
    ['cost(monthly at Orgin) < 5 USD', 'did you mean `Origin`?'],
    ['p101(Origin.Latency) < 5 s', 'beyond 100'],
  ])('%s is told', (expectation, message) => {
    expect(problemsOf(text([expectation]))).toContain(message)
  })
})
