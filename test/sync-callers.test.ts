// Who calls a function and waits for it: each sees at once what became of it, and Lambda itself tries nothing again.
import { describe, expect, it } from 'vitest'
import { runScenario } from '../sim/run/run.ts'
import type { World } from '../sim/run/world.ts'
import { scenarioOf } from './scenarios.ts'

/** One function behind two kinds of API and an address of its own. */
const callers = (properties: string, handler: string): World =>
  runScenario(
    scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Rest: { Type: AWS::Serverless::Api, Properties: { StageName: prod } }
  Http: { Type: AWS::Serverless::HttpApi }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      MemorySize: 1769
      ${properties}
      FunctionUrlConfig: { AuthType: NONE }
      Events:
        Rest: { Type: Api, Properties: { RestApiId: !Ref Rest, Path: /work, Method: get } }
        Http: { Type: HttpApi, Properties: { ApiId: !Ref Http, Path: /work, Method: get } }
Simulation:
  Duration: 30s
  Workloads:
    ViaRest: { Target: Rest, Operation: GET /work, Rate: 1/s, Arrivals: regular, Client: { Retries: none } }
    ViaHttp: { Target: Http, Operation: GET /work, Rate: 1/s, Arrivals: regular, Client: { Retries: none } }
    ViaUrl: { Target: WorkUrl, Operation: GET /, Rate: 1/s, Arrivals: regular, Client: { Retries: none } }
  Assumptions: { Work: { ColdStart: 0ms } }
  Handlers: { Work: [${handler}] }
`),
  ).world

function sum(world: World, component: string, name: string): number {
  const points = world.metricOf(component, name)?.series.points ?? []
  return points.reduce((total, point) => total + point.sum * point.repeat, 0)
}

describe('services that call a function and wait', () => {
  it('hand its answer on when it succeeds [N.LAMBDA-41]', () => {
    const world = callers('Timeout: 5', '{ Wait: 20ms }, { Return: { statusCode: 200, body: done } }')
    for (const name of ['ViaRest', 'ViaHttp', 'ViaUrl']) {
      expect([name, sum(world, name, 'Successes') >= 28, sum(world, name, 'Failures')]).toEqual([name, true, 0])
    }
  })

  it('see at once that it failed: 502 of APIs and addresses, and one attempt for each [N.LAMBDA-42, N.LAMBDA-40, LAM-22]', () => {
    const world = callers('Timeout: 5', '{ Wait: 20ms }, { Fail: Broken }')
    expect(sum(world, 'Rest', '5XXError')).toBeGreaterThanOrEqual(28)
    expect(sum(world, 'Http', '5xx')).toBeGreaterThanOrEqual(28)
    expect(sum(world, 'WorkUrl', 'Url5xxCount')).toBeGreaterThanOrEqual(28)
    // Those that end failed; the last three are under way when the run ends.
    expect(sum(world, 'Work', 'Errors')).toBe(sum(world, 'Work', 'Invocations') - 3)
    const requests = ['ViaRest', 'ViaHttp', 'ViaUrl'].reduce((n, of) => n + sum(world, of, 'Requests'), 0)
    expect(sum(world, 'Work', 'Invocations')).toBeLessThanOrEqual(requests)
  })

  it('see at once that it was throttled: a server error of an API, 429 of an address [N.LAMBDA-42, LAM-22]', () => {
    const world = callers('ReservedConcurrentExecutions: 0', '{ Wait: 20ms }')
    expect(sum(world, 'Rest', '5XXError')).toBeGreaterThanOrEqual(28)
    expect(sum(world, 'Http', '5xx')).toBeGreaterThanOrEqual(28)
    expect(sum(world, 'WorkUrl', 'Url4xxCount')).toBeGreaterThanOrEqual(28)
    expect([sum(world, 'Work', 'Invocations'), sum(world, 'Work', 'Errors')]).toEqual([0, 0])
    expect(sum(world, 'ViaRest', 'Successes')).toBe(0)
  })
})
