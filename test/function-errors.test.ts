// A function that fails: Lambda answers 200, nobody retries, and every figure that a reader looks at says that it failed.
import { expect, it } from 'vitest'
import { reportOf } from '../sim/run/report.ts'
import { runScenario } from '../sim/run/run.ts'
import { scenarioOf } from './scenarios.ts'

it('fails the requests of its workload without a retry, and counts as failed at the function [LAM-20, RET-05]', () => {
  const run = runScenario(
    scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Fails: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 5 } }
Simulation:
  Duration: 2m
  WarmUp: 30s
  Workloads:
    Callers: { Target: Fails, Operation: lambda:InvokeFunction, Rate: 5/s, Client: { MaxAttempts: 3 } }
  Handlers:
    Fails: [{ Wait: 10ms }, { Fail: Boom }]
  Expect:
    - sum(Callers.Failures) == 0
    - sum(Callers.Retries) == 0
`),
  )
  const report = reportOf(run, '')
  expect(report.expectations.map((expectation) => expectation.ok)).toEqual([false, true])
  const fails = report.resources.find((resource) => resource.name === 'Fails')!
  expect(fails.received).toBeGreaterThan(400)
  expect([fails.succeeded, fails.failed]).toEqual([0, fails.received])
  // The first 30 s are the warm-up and in none of these figures.
  expect(fails.received).toBeLessThan(90 * 5 * 1.2)
})
