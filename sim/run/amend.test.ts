// Values that change while a scenario runs: nothing before is touched, no change is no change, and what changes is what AWS's own
// operations, or a load that was written so from the start, would have changed. (Operations of services that answer after a
// random time draw one number more: those are compared by their effect alone.)
import { describe, expect, it, test } from 'vitest'
import { openNamed, scenarioNames, scenarioOf } from '../../test/scenarios.ts'
import type { Scenario } from '../lang/scenario.ts'
import { amended } from './amend.ts'
import { reportOf } from './report.ts'
import { runScenario } from './run.ts'
import { World } from './world.ts'

const SECOND = 1_000_000

function changed(scenario: Scenario, next: Scenario, at: number): Scenario {
  const made = amended(scenario, next, at)
  if ('refused' in made) throw new Error(made.refused.join('; '))
  return made.scenario
}

const digest = (scenario: Scenario): string => runScenario(scenario).world.kernel.digest.hex()
const digestAt = (scenario: Scenario, until: number): string => {
  const world = new World(scenario.plan)
  world.run(until)
  return world.kernel.digest.hex()
}
/** What the report says of resources, the operator left out. */
const resources = (scenario: Scenario): unknown =>
  reportOf(runScenario(scenario), '').resources.filter(({ name }) => name !== 'Operator')

test.each(scenarioNames().own)('%s: a change that changes nothing leaves every event where it was', (name) => {
  const open = (): Scenario => openNamed(name, { duration: '40s' })
  expect(digest(changed(open(), open(), 21 * SECOND))).toBe(digest(open()))
})

const shop = (parameters: Record<string, string> = {}, more = ''): Scenario =>
  scenarioOf(
    `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Rate: { Type: String, Default: 20/s }
  Reserved: { Type: Number, Default: 8 }
  Memory: { Type: Number, Default: 512 }
  Hidden: { Type: Number, Default: 20 }
  Receives: { Type: Number, Default: 3 }
  Units: { Type: Number, Default: 5 }
  Limit: { Type: Number, Default: 120 }
  Stage: { Type: Number, Default: 15 }
  Attempts: { Type: Number, Default: 3 }
  Name: { Type: String, Default: a }
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: p, MethodSettings: [{ ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: !Ref Stage, ThrottlingBurstLimit: 5 }] } }
  Accept:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      MemorySize: !Ref Memory
      Timeout: 5
      Environment: { Variables: { N: !Ref Name } }
      Events: { Post: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /o, Method: post } } }
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: !Ref Hidden, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Receives } } }
  Dead: { Type: AWS::SQS::Queue }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Timeout: 5, ReservedConcurrentExecutions: !Ref Reserved, Events: { Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 5 } } } }
  Orders: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: !Ref Units } } }
Simulation:
  Duration: 150s
  Quotas: { lambda.ConcurrentExecutions: !Ref Limit }
  Workloads:
    Shoppers: { Target: Api, Operation: POST /o, Rate: !Ref Rate, Attributes: { id: uuid }, Client: { Timeout: 3s, MaxAttempts: !Ref Attempts } }
    Visitors: { Target: Accept, Operation: lambda:InvokeFunction, Rate: 50/s }
  Handlers:
    Accept: [{ Wait: "exponential(2s)" }, { sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: $ } }]
    Work: [{ ForEach: { In: $.Records, Do: [{ Compute: "exponential(700ms)" }, { If: { Condition: "chance(30%)", Then: [{ Fail: Broken }] } }, { dynamodb:PutItem: { TableName: !Ref Orders, Item: { id: uuid } } }] } }]
${more}
`,
    { parameters: new Map(Object.entries(parameters)) },
  )

const AT = 61_234_567

describe('what is changed at a moment', () => {
  const changes = {
    Rate: '45/s',
    Reserved: '3',
    Memory: '1024',
    Hidden: '7',
    Receives: '1',
    Units: '1',
    Limit: '140',
    Stage: '50',
    Attempts: '1',
  }
  test.each(Object.entries(changes))('%s: nothing before is another, much of what comes after', (name, value) => {
    const fork = changed(shop(), shop({ [name]: value }), AT)
    expect(digestAt(fork, AT)).toBe(digestAt(shop(), AT))
    expect(digest(fork)).not.toBe(digest(shop()))
  })

  it('all at once, and back again', () => {
    const there = changed(shop(), shop(changes), AT)
    const { capacity } = runScenario(there).world.stateOf<{ capacity: { writeUnits: number } }>('Orders')
    expect(capacity.writeUnits).toBe(1)
    const back = changed(there, shop(), AT + 40 * SECOND)
    expect(digestAt(back, AT + 40 * SECOND)).toBe(digestAt(there, AT + 40 * SECOND))
    const { world, broken } = runScenario(back, { verify: true })
    expect(broken).toEqual([])
    expect(world.stateOf<{ limit: number }>('Sim::Lambda::Account').limit).toBe(120)
  })
})

describe('a change is the same as', () => {
  test.each([
    ['poisson', ''],
    ['regular', 'Arrivals: regular, '],
  ])('a %s rate that was written so from the start', (_, arrivals) => {
    const load = (rate: string): Scenario =>
      scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 4, ServiceTime: "exponential(100ms)" } } }
Simulation: { Duration: 4m, Workloads: { Load: { Target: Origin, Operation: http:GET, ${arrivals}Rate: ${rate} } } }`)
    const steps = (...points: [string, number][]): string =>
      `[${points.map(([at, value]) => `{ At: ${at}, Value: ${value}/s }`).join(', ')}]`
    const at = 100 * SECOND
    const forked = (before: string, after: string): unknown => resources(changed(load(before), load(after), at))
    expect(forked('20/s', '50/s')).toEqual(resources(load(steps(['0s', 20], ['100s', 20], ['100s', 50]))))
    // Nothing was to come any more, or nothing comes any more.
    expect(forked('0/s', '7/s')).toEqual(resources(load(steps(['0s', 0], ['100s', 0], ['100s', 7]))))
    expect(forked('20/s', '0/s')).toEqual(resources(load(steps(['0s', 20], ['100s', 20], ['100s', 0]))))
    const later = steps(['0s', 5], ['150s', 5], ['150s', 60])
    expect(forked('20/s', later)).toEqual(
      resources(load(steps(['0s', 20], ['100s', 20], ['100s', 5], ['150s', 5], ['150s', 60]))),
    )
  })

  test('users who come and leave', () => {
    const load = (users: string): Scenario =>
      scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 4, ServiceTime: "exponential(100ms)" } } }
Simulation: { Duration: 4m, Workloads: { Load: { Target: Origin, Operation: http:GET, Users: ${users}, ThinkTime: "exponential(1s)" } } }`)
    const forked = (before: string, after: string): unknown =>
      resources(changed(load(before), load(after), 100 * SECOND))
    for (const [from, to] of [
      [5, 20],
      [20, 5],
      [0, 3],
      [3, 0],
    ] as const)
      expect(forked(`${from}`, `${to}`)).toEqual(
        resources(load(`[{ At: 0s, Value: ${from} }, { At: 100s, Value: ${from} }, { At: 100s, Value: ${to} }]`)),
      )
  })

  test.each([
    ['Reserved', '3', 'lambda:PutFunctionConcurrency: { FunctionName: !Ref Work, ReservedConcurrentExecutions: 3 }'],
    ['Memory', '1024', 'lambda:UpdateFunctionConfiguration: { FunctionName: !Ref Accept, MemorySize: 1024 }'],
  ])('the operation for %s', (name, value, action) => {
    const operated = shop({}, `  Actions: [{ At: 61234567us, ${action} }]`)
    const at = operated.plan.components.find((each) => each.name === 'Operator')?.config['Actions'][0].at as number
    expect(at).toBe(AT)
    const same = (scenario: Scenario): unknown[] =>
      (resources(scenario) as { name: string; metrics: unknown }[]).map(({ name: whose, metrics }) => ({
        whose,
        metrics,
      }))
    expect(same(changed(shop(), shop({ [name]: value }), AT))).toEqual(same(operated))
  })
})

it('counts of a trace that are scaled half-way through their period come as often as both halves say', () => {
  const counted = (scale: string): Scenario =>
    scenarioOf(
      'Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 9, ServiceTime: 1ms } } }\nSimulation: { Duration: 30m, Workloads: { Load: { Target: Origin, Operation: http:GET, Arrivals: "trace(t.csv, count=n, period=10m)" } } }',
      {
        parameters: new Map([['Workloads.Load.Scale', scale]]),
        files: { read: () => ({ ok: true, value: 'n\n600\n0\n400\n' }) },
      },
    )
  const requests = (scenario: Scenario): number => reportOf(runScenario(scenario), '').requests
  expect(requests(changed(counted('1'), counted('2'), 300 * SECOND))).toBe(300 + 600 + 800)
  expect(requests(changed(counted('1'), counted('0.5'), 900 * SECOND))).toBe(600 + 200)
})

it('what cannot change while it runs is named', () => {
  const made = amended(shop(), shop({ Name: 'b', Rate: '9/s' }), AT)
  expect(made).toEqual({ refused: [expect.stringContaining('of `Accept`')] })
  const bursts = (rate: string): Scenario =>
    scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1ms } } }
Simulation: { Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: ${rate}, Arrivals: "bursty(on=1s, off=9s)" } } }`)
  expect(amended(bursts('1/s'), bursts('2/s'), AT)).toEqual({ refused: ['`Rate` of `Load`'] })
  const faulty = shop(
    {},
    '  Faults: [{ At: 1m, For: 1m, aws:lambda:invocation-error: { Target: Work, Percentage: 20 } }]',
  )
  expect(amended(shop(), faulty, AT)).toEqual({ refused: ['`faults`'] })
  const later: Scenario = { ...shop(), plan: { ...shop().plan, startsAt: 0 } }
  expect(amended(shop(), later, AT)).toEqual({ refused: ['`startsAt`'] })
})
