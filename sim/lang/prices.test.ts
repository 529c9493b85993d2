// `Prices` and `cost(…)`: what a scenario says of money, and what it is told when it is wrong.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { reportOf } from '../run/report.ts'
import { runScenario } from '../run/run.ts'

/** 500 invocations of 100 ms with 1,024 MB: 0.0001 USD for requests, 0.000833335 USD for 50 GB-seconds; 4,380 times that a month. */
const text = (prices: string, expectations: readonly string[] = []): string => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { MemorySize: 1024, Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
  Idle: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
Simulation:
  Duration: 10m
  ${prices}
  Assumptions: { Work: { ColdStart: 0s } }
  Workloads: { Load: { Target: Work, Arrivals: regular, Rate: 1/s, Count: 500 } }
  Handlers: { Work: [{ Wait: 100ms }], Idle: [] }
  Expect: ${JSON.stringify(expectations)}
`
const held = (prices: string, ...expectations: string[]) =>
  reportOf(runScenario(scenarioOf(text(prices, expectations))), '').expectations.map(({ ok, measured }) => [
    ok,
    measured,
  ])

describe('an expectation of costs', () => {
  it('takes the run, or a month, a day or an hour like it; of all, or of one resource', () => {
    expect(
      held(
        '',
        'cost(run) == 0.000933335 USD',
        'cost(monthly) == 4.0880073 USD',
        'cost(hourly) < 0.0057 USD',
        'cost(daily) > 0.13 USD',
        'cost(monthly at Work) / cost(monthly) == 1',
        'cost(monthly at Idle) == 0 USD',
        'cost(monthly) < 4.08 USD',
      ),
    ).toEqual([
      [true, '0.000933 USD'],
      [true, '4.09 USD'],
      [true, '0.00560 USD'],
      [true, '0.134 USD'],
      [true, '1'],
      [true, '0 USD'],
      [false, '4.09 USD'],
    ])
  })

  it('fails where nothing is billed, instead of being 0', () => {
    expect(held('', 'cost(monthly at Load) < 5 USD')).toEqual([[false, '`Load` has no price lines']])
  })
})

describe('prices of the scenario', () => {
  it('take the place of AWS’s', () => {
    expect(held('Prices: { lambda.Requests: 2, lambda.Duration: 0.000000000000 }', 'cost(run) == 0.001 USD')).toEqual([
      [true, '0.00100 USD'],
    ])
  })

  it('can ask for the free tier, which is taken off the month', () => {
    expect(
      held(
        'Prices: { FreeTier: true }',
        'cost(run) == 0.000933335 USD',
        'cost(monthly) == 0.238 USD',
        'cost(monthly at Work) > 4 USD',
      ),
    ).toEqual([
      [true, '0.000933 USD'],
      [true, '0.238 USD'],
      [true, '4.09 USD'],
    ])
  })

  it.each([
    ['Prices: cheap', '`Prices` is `cheap`, not a map of prices'],
    ['Prices: { lambda.Request: 1 }', 'did you mean `lambda.Requests`?'],
    ['Prices: { lambda.Requests: -1 }', 'the price `lambda.Requests` is `-1`, not an amount'],
    ['Prices: { lambda.Requests: 1 USD }', 'without a unit'],
    ['Prices: { lambda.Requests: [1] }', 'the price `lambda.Requests` is a list, not an amount'],
    ['Prices: { FreeTier: maybe }', '`FreeTier` is `maybe`, not true or false'],
    ['Prices: { __proto__: 1 }', 'error['],
  ])('%s is told', (prices, message) => {
    expect(problemsOf(text(prices))).toContain(message)
  })
})
