// Shows what becomes of asynchronous events: retries, refusals, age, destinations, dead letters.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, MINUTE, SECOND, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { steps, wait } from '../../../test/lambda.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { insightsOf } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import type { World } from '../../run/world.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { account } from './account.ts'
import { lambdaFunction, type LambdaFunction } from './function.ts'

const fail: Instruction = { op: 'fail', error: 'Broken', catches: [] }
const AT_ONCE = { ApiLatency: '0ms' }

interface Setting {
  readonly handler?: Program
  readonly work?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly more?: Record<string, Part>
  readonly options?: LabOptions
}

function world({ handler = steps(), work = {}, assumptions = {}, more = {}, options = {} }: Setting): Lab {
  return lab(
    {
      'Sim::Lambda::Account': { def: account },
      Good: { def: queue, assumptions: AT_ONCE },
      Bad: { def: queue, assumptions: AT_ONCE },
      Work: {
        def: lambdaFunction,
        properties: work,
        config: { Handler: handler },
        assumptions: { ColdStart: '0ms', InvokeLatency: '0ms', ...assumptions },
      },
      ...more,
    },
    {
      probe: [
        ['Work', 'lambda:InvokeFunction'],
        ['Work', 'lambda:PutFunctionConcurrency'],
        ['Good', 'sqs:ReceiveMessage'],
        ['Bad', 'sqs:ReceiveMessage'],
      ],
      ...options,
    },
  )
}

/** The same from a template, whose `EventInvokeConfig` only configures the function: so many events at the start, then an hour. */
function configured(config: string, handler: string, count: number, more = ''): World {
  return runScenario(
    scenarioOf(`
Resources:
  Good: { Type: AWS::SQS::Queue }
  Bad: { Type: AWS::SQS::Queue }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, Role: !Sub "arn:aws:iam::\${AWS::AccountId}:role/work", Code: { ZipFile: x } } }
  Rules: { Type: AWS::Lambda::EventInvokeConfig, Properties: { FunctionName: !Ref Work, Qualifier: $LATEST, ${config} } }
${more}
Simulation:
  Duration: 1h
  Workloads:
    Load: { Target: Work, Operation: lambda:InvokeFunction, Rate: 100/s, Arrivals: regular, Count: ${count}, Attributes: { kind: "choice(good: 0.7, bad: 0.3)" }, Parameters: { InvocationType: Event, Payload: $ } }
  Assumptions: { Work: { ColdStart: 0ms, InvokeLatency: 0ms } }
  Handlers:
    Work: ${handler}
`),
  ).world
}

const FAILS = '[{ Fail: Broken }]'
const bodies = (of: World, name: string): any[] => of.stateOf<Queue>(name).messages.body.filter((body) => body !== null)

const invoke = (at: Lab, payload: unknown = {}): { status: string; answer: any } =>
  at.ask('Work', 'lambda:InvokeFunction', { Payload: payload, InvocationType: 'Event' })
const work = (at: Lab): LambdaFunction => at.state<LambdaFunction>('Work')
const stored = (at: Lab, name: string): number => at.state<Queue>(name).stored.inside
const records = (at: Lab, name: string): any[] =>
  at.ask(name, 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 }).answer.Messages.map((message: any) => message.Body)

describe('an asynchronous invocation', () => {
  test('is accepted at once, whatever the handler takes [N.LAMBDA-ASYNC-01, LAM-40]', () => {
    const at = world({ handler: steps(wait(2 * SECOND)) })
    expect(invoke(at)).toMatchObject({ status: 'OK', answer: { StatusCode: 202 } })
    expect(at.now).toBe(0)
    at.run(2 * SECOND - 1)
    expect([work(at).running.inside, work(at).replied]).toEqual([1, 0])
    at.run(2 * SECOND)
    expect(work(at).replied).toBe(1)
    expect(work(at).events.succeeded).toBe(1)
  })

  test('waits in a queue while there is no concurrency, and all are done in the end [N.LAMBDA-ASYNC-02, LAM-41]', () => {
    const at = world({ handler: steps(wait(SECOND)), work: { ReservedConcurrentExecutions: 10 } })
    for (let i = 0; i < 100; i++) invoke(at)
    at.run(8 * SECOND)
    expect(work(at).replied).toBeLessThan(100)
    at.run(HOUR)
    expect(work(at).replied).toBe(100)
    expect(work(at).running.peak).toBe(10)
    expect(at.points('Work', 'AsyncEventAge').some((point) => point.max >= 9 * SECOND)).toBe(true)
    expect(at.sum('Work', 'AsyncEventsReceived')).toBe(100)
    expect(at.sum('Work', 'AsyncEventsDropped')).toBe(0)
  })

  test('that always fails is tried three times, after one minute and two more [N.LAMBDA-ASYNC-03, LAM-40, LAM-V5]', () => {
    const at = world({ handler: steps(fail) })
    invoke(at)
    for (const [time, runs] of [
      [MINUTE - 1, 1],
      [MINUTE, 2],
      [3 * MINUTE - 1, 2],
      [3 * MINUTE, 3],
      [HOUR, 3],
    ] as const)
      expect([time, at.run(time).state<LambdaFunction>('Work').replied]).toEqual([time, runs])
    expect(at.sum('Work', 'Invocations')).toBe(3)
    expect(at.sum('Work', 'Errors')).toBe(3)
    expect(at.sum('Work', 'AsyncEventsDropped')).toBe(1)
  })

  test('is tried as often as its configuration says, and not when it would be too old [LAM-40, LAM-41]', () => {
    const runs = (config: string): number => configured(config, FAILS, 1).stateOf<LambdaFunction>('Work').replied
    expect(runs('MaximumRetryAttempts: 0')).toBe(1)
    expect(runs('MaximumRetryAttempts: 1')).toBe(2)
    expect(runs('MaximumEventAgeInSeconds: 60')).toBe(2)
    expect(runs('MaximumEventAgeInSeconds: 179')).toBe(2)
    expect(runs('MaximumEventAgeInSeconds: 180')).toBe(3)
  })

  test('without retries is tried once, at no reserved concurrency not at all, and its destination hears of it at once [LAM-V13, LAM-43]', () => {
    const destination = 'DestinationConfig: { OnFailure: { Destination: !GetAtt Bad.Arn } }'
    const once = configured(`MaximumRetryAttempts: 0, ${destination}`, FAILS, 1)
    expect(bodies(once, 'Bad')).toMatchObject([
      { requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 } },
    ])
    const stopped = invokeOnce(
      world({ work: { ReservedConcurrentExecutions: 0, DeadLetterConfig: { TargetArn: 'Bad' } } }),
    ).run(0)
    expect(work(stopped).replied).toBe(0)
    expect(stored(stopped, 'Bad')).toBe(1)
  })

  test('that is refused is tried after 1, 2, 4 s and so on up to 5 min, for six hours [N.LAMBDA-ASYNC-14, LAM-41, LAM-42, LAM-V6]', () => {
    const stopped = { work: { ReservedConcurrentExecutions: 0 }, assumptions: { AsyncAtZeroConcurrency: 'retried' } }
    const at = invokeOnce(world(stopped))
    const tries: number[] = []
    for (let second = 0; second <= 1200; second++) {
      at.run(second * SECOND)
      const count = work(at).throttles[0]!
      while (tries.length < count) tries.push(second)
    }
    expect(tries).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111])
    at.run(21_599 * SECOND)
    expect(work(at).events.dropped).toBe(0)
    at.run(21_600 * SECOND)
    expect(work(at).events.dropped).toBe(1)
    const restored = invokeOnce(world(stopped)).run(HOUR)
    restored.call('Work', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: 1 })
    expect(work(restored.run(HOUR + 5 * MINUTE)).replied).toBe(1)
  })

  test('is given up at once while the reserved concurrency is 0 [LAM-43]', () => {
    const at = invokeOnce(
      world({ work: { ReservedConcurrentExecutions: 0, DeadLetterConfig: { TargetArn: 'Bad' } } }),
    ).run(SECOND)
    expect(stored(at, 'Bad')).toBe(1)
    expect(work(at).throttles[0]).toBe(0)
  })

  test('carries 1 MB, 256 KB in the notes’ profile [LAM-21]', () => {
    const status = (size: number, profile: 'current' | 'notes-2020'): string =>
      invoke(world({ options: { profile } }), 'x'.repeat(size - 2)).status
    expect([status(1_048_576, 'current'), status(1_048_577, 'current')]).toEqual(['OK', 'RequestTooLargeException'])
    expect([status(262_144, 'notes-2020'), status(262_145, 'notes-2020')]).toEqual(['OK', 'RequestTooLargeException'])
  })
})

describe('what was given up', () => {
  test('goes to the dead-letter queue as it came, and is lost without one [N.LAMBDA-ASYNC-05, LAM-43]', () => {
    const at = world({ handler: steps(fail), work: { DeadLetterConfig: { TargetArn: 'Bad' } } })
    for (let i = 0; i < 10; i++) invoke(at, { n: i })
    at.run(3 * MINUTE - 1)
    expect(stored(at, 'Bad')).toBe(0)
    at.run(3 * MINUTE)
    expect(records(at, 'Bad').map(({ n }) => n as number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const without = world({ handler: steps(fail) })
    for (let i = 0; i < 10; i++) invoke(without)
    without.run(HOUR)
    expect(without.sum('Work', 'AsyncEventsDropped')).toBe(10)
    expect(at.run(HOUR).sum('Work', 'AsyncEventsDropped')).toBe(0)
  })

  test('is counted when the dead-letter queue refuses it [LAM-45, N.LAMBDA-ASYNC-05]', () => {
    const at = world({
      handler: steps(fail),
      work: { DeadLetterConfig: { TargetArn: 'Bad' } },
      more: { Bad: { def: queue, properties: { MaximumMessageSize: 1024 }, assumptions: AT_ONCE } },
    })
    invoke(at, 'x'.repeat(2000))
    at.run(HOUR)
    expect(at.sum('Work', 'DeadLetterErrors')).toBe(1)
    expect(stored(at, 'Bad')).toBe(0)
  })
})

describe('destinations', () => {
  const both =
    'DestinationConfig: { OnSuccess: { Destination: !GetAtt Good.Arn }, OnFailure: { Destination: !GetAtt Bad.Arn } }'

  test('take a record of what succeeded and of what was given up [N.LAMBDA-DEST-01, LAM-44]', () => {
    const ended = configured(both, `[{ If: { Condition: "$.kind == 'bad'", Then: [{ Fail: Broken }] } }]`, 100)
    const { events } = ended.stateOf<LambdaFunction>('Work')
    expect(events.givenUp.count).toBeGreaterThan(10)
    expect(bodies(ended, 'Good')).toHaveLength(events.succeeded)
    expect(bodies(ended, 'Bad')).toHaveLength(events.givenUp.count)
    expect(events.succeeded + events.givenUp.count).toBe(100)
    expect(bodies(ended, 'Good')[0]).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: { kind: 'good' },
    })
    expect(bodies(ended, 'Bad')[0]).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { kind: 'bad' },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Broken' },
    })
  })

  test('hear nothing of synchronous invocations', () => {
    const at = world({})
    at.ask('Work', 'lambda:InvokeFunction', { Payload: {} })
    expect(work(at).events.accepted).toBe(0)
  })

  test('tell what was too old from what failed too often [LAM-43]', () => {
    const ended = configured(`MaximumEventAgeInSeconds: 60, ${both}`, FAILS, 1)
    expect(bodies(ended, 'Bad')[0].requestContext.condition).toBe('EventAgeExceeded')
  })

  test('of another kind are refused or told as not simulated [SQS-52]', () => {
    const to = (destination: string): string => `DestinationConfig: { OnFailure: { Destination: ${destination} } }`
    expect(() =>
      configured(
        to('!GetAtt More.Arn'),
        FAILS,
        1,
        '  More: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }',
      ),
    ).toThrow(/wrong-resource\]: `More` is a FIFO queue/)
    expect(() => world({ work: { DeadLetterConfig: { TargetArn: 'Work' } } })).toThrow(/`TargetArn` is a function/)
    const outside = world({ work: { DeadLetterConfig: { TargetArn: 'arn:aws:sns:us-east-1:1:ops' } } })
    expect(outside.notSimulated.join()).toContain('outside of this scenario: what goes there is lost')
  })

  test('are a queue, a topic, a function or a bus, and for failures a bucket; another type is refused [N.LAMBDA-DEST-02, LAM-44]', () => {
    const ended = (destination: string, more = ''): World =>
      configured(
        `MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: ${destination} } }`,
        FAILS,
        1,
        more,
      )
    const record = {
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1, functionArn: 'Work' },
      requestPayload: {},
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Broken' },
    }
    expect(bodies(ended('!GetAtt Bad.Arn'), 'Bad')).toMatchObject([record])
    const told = ended(
      '!Ref News',
      `  News: { Type: AWS::SNS::Topic, Properties: { Subscription: [{ Protocol: sqs, Endpoint: !GetAtt Bad.Arn }] } }
  Let: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Bad], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }`,
    )
    expect(bodies(told, 'Bad')).toMatchObject([{ Message: record }])
    const bus = ended(
      '!GetAtt Bus.Arn',
      `  Bus: { Type: AWS::Events::EventBus, Properties: { Name: ends } }
  Failed: { Type: AWS::Events::Rule, Properties: { EventBusName: !Ref Bus, EventPattern: { source: [lambda], detail-type: [Lambda Function Invocation Result - Failure] }, Targets: [{ Id: a, Arn: !GetAtt Bad.Arn, RoleArn: role }] } }`,
    )
    expect(bodies(bus, 'Bad')).toMatchObject([{ source: 'lambda', resources: ['Work'], detail: record }])
    const bucket = ended('!GetAtt Ends.Arn', '  Ends: { Type: AWS::S3::Bucket }')
    expect(bucket.stateOf<{ objects: { count: number } }>('Ends').objects.count).toBe(1)
    expect(bucket.metricOf('Work', 'DestinationDeliveryFailures')!.series.points.every(({ sum }) => sum === 0)).toBe(
      true,
    )
    const table =
      '  T: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }'
    expect(() => ended('!GetAtt T.Arn', table)).toThrow(/expected a queue, a topic, a function, an event bus/)
    expect(() =>
      configured(
        'DestinationConfig: { OnSuccess: { Destination: !GetAtt Ends.Arn } }',
        FAILS,
        1,
        '  Ends: { Type: AWS::S3::Bucket }',
      ),
    ).toThrow(/expected a queue/)
  })

  test('may be the default bus, by its ARN', () => {
    const ended = configured(
      'DestinationConfig: { OnSuccess: { Destination: !Sub "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default" } }',
      '[]',
      3,
      '  Done: { Type: AWS::Events::Rule, Properties: { EventPattern: { detail-type: [Lambda Function Invocation Result - Success] }, Targets: [{ Id: a, Arn: !GetAtt Good.Arn, RoleArn: role }] } }',
    )
    expect(bodies(ended, 'Good')).toHaveLength(3)
  })

  test('may be another function, whose own events they are', () => {
    const ended = configured(
      'DestinationConfig: { OnSuccess: { Destination: !GetAtt Next.Arn } }',
      '[]',
      5,
      '  Next: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, Role: !Sub "arn:aws:iam::${AWS::AccountId}:role/work", Code: { ZipFile: x } } }',
    )
    expect(ended.stateOf<LambdaFunction>('Next').events.succeeded).toBe(5)
  })
})

function invokeOnce(at: Lab): Lab {
  invoke(at)
  return at
}

test('a report counts an event once: what comes of it is the runs that it took', () => {
  const run = runScenario(
    scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: index.handler, Role: role, Code: { ZipFile: x } } }
  News: { Type: AWS::SNS::Topic }
  Read: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: lambda, Endpoint: !GetAtt Work.Arn } }
  May: { Type: AWS::Lambda::Permission, Properties: { Action: lambda:InvokeFunction, FunctionName: !Ref Work, Principal: sns.amazonaws.com } }
Simulation:
  Duration: 20m
  Handlers: { Work: [{ ForEach: { In: $.Records, Do: [{ If: { Condition: "$.Sns.Message.bad == 'yes'", Then: [{ Fail: Bad }] } }] } }] }
  Workloads:
    Good: { Target: News, Operation: sns:Publish, Rate: 1/s, Count: 100, Parameters: { Message: { bad: 'no' } } }
    Bad: { Target: News, Operation: sns:Publish, Rate: 1/s, Count: 10, Parameters: { Message: { bad: 'yes' } } }
`),
  )
  const { received, succeeded, failed, throttled } = reportOf(run, '').resources.find(({ name }) => name === 'Work')!
  // Ten events fail three times each.
  expect({ received, succeeded, failed, throttled }).toEqual({
    received: 130,
    succeeded: 100,
    failed: 30,
    throttled: 0,
  })
  expect(
    insightsOf(evidenceOf(run.world))
      .map(({ text }) => text)
      .join(),
  ).not.toContain('Work makes')
})
