// What is said of small scenarios that show a trouble, and of those that nearly do.
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { evidenceOf } from '../run/evidence.ts'
import { runScenario } from '../run/run.ts'
import { insightsOf, type Insight } from './insights.ts'

const said = new Map<string, Insight[]>()

/** What is said of a scenario; each runs once. */
function say(text: string): Insight[] {
  const known = said.get(text)
  if (known !== undefined) return known
  const insights = insightsOf(evidenceOf(runScenario(scenarioOf(text)).world))
  said.set(text, insights)
  return insights
}

function kinds(text: string): string[] {
  return say(text).map(({ kind, resource }) => `${kind} ${resource}`)
}

function find(text: string, kind: string): Insight {
  const found = say(text).find((insight) => insight.kind === kind)
  if (found === undefined) throw new Error(`${kind} is not among ${kinds(text).join(', ')}`)
  return found
}

const fn = (more: string): string =>
  `{ Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: index.handler, Role: role, Code: { ZipFile: x }, ${more} } }`
const invoke = (rate: string, more = 'Client: { Retries: none }'): string =>
  `{ Target: Work, Operation: lambda:InvokeFunction, Arrivals: regular, Rate: ${rate}, ${more} }`

const table = (hot: number): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 4000 }
Simulation:
  Duration: 3m
  Workloads:
    Load: { Target: T, Operation: dynamodb:PutItem, Rate: 2000/s, Parameters: { Item: { k: $.k } }, Attributes: { k: 'hot(key=vip, share=${hot}, of=1000)' }, Client: { Retries: none } }
`

const small = (units: number): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: ${units} }
Simulation:
  Duration: 20m
  Workloads:
    Load: { Target: T, Operation: dynamodb:PutItem, Rate: 20/s, Parameters: { Item: { k: $.k } }, Attributes: { k: uuid }, Client: { Retries: none } }
`

const reserved = (limit: number): string => `
Resources:
  Work: ${fn(`ReservedConcurrentExecutions: ${limit}`)}
Simulation:
  Duration: 5m
  Handlers: { Work: [{ Wait: 500ms }] }
  Workloads: { Load: ${invoke('10/s')} }
`

const account = (rate: number): string => `
Resources:
  Work: ${fn('Timeout: 5')}
  Other: ${fn('Timeout: 5')}
Simulation:
  Duration: 5m
  Quotas: { lambda.ConcurrentExecutions: 110 }
  Handlers: { Work: [{ Wait: 1s }], Other: [{ Wait: 10ms }] }
  Workloads:
    Load: ${invoke(`${rate}/s`)}
    Few: { Target: Other, Operation: lambda:InvokeFunction, Rate: 20/s, Client: { Retries: none } }
`

const cold = (every: string): string => `
Resources:
  Work: ${fn('Timeout: 5')}
Simulation:
  Duration: 12h
  Handlers: { Work: [{ Compute: 5ms }] }
  Workloads: { Load: ${invoke(every)} }
`

const slow = (time: string): string => `
Resources:
  Work: ${fn('Timeout: 2')}
  Partner: { Type: Sim::Http::Server, Properties: { Url: 'https://partner.example', Workers: 100, ServiceTime: '${time}' } }
Simulation:
  Duration: 5m
  Handlers: { Work: [{ http:GET: { Url: !Ref Partner } }] }
  Workloads: { Load: ${invoke('5/s')} }
`

const fails = (percent: string): string => `
Resources:
  Work: ${fn('Timeout: 2')}
Simulation:
  Duration: 10m
  Handlers: { Work: [{ Choose: [{ Weight: ${percent}, Do: [{ Fail: Refused }] }, { Weight: 50%, Do: [{ Compute: 1ms }] }] }] }
  Workloads: { Load: ${invoke('20/s')} }
`

const queue = (more: string, rate: string, work: string, visibility = 60): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: ${visibility}${more} } }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      MemorySize: 1769
      Timeout: 10
      Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 10, ScalingConfig: { MaximumConcurrency: 2 } } } }
Simulation:
  Duration: 20m
  Handlers: { Work: ${work} }
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: ${rate}, Parameters: { MessageBody: { bad: $.bad } }, Attributes: { bad: 'choice(yes: 0.01, no: 0.99)' } } }
`
const EACH = (ms: number): string => `[{ ForEach: { In: $.Records, Do: [{ Wait: ${ms}ms }] } }]`
const POISON =
  '[{ ForEach: { In: $.Records, Do: [{ If: { Condition: "$.bad == \'yes\'", Then: [{ Fail: Bad }] } }] } }]'
const WITH_DEAD = ', RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 }'

const unread = `
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Simulation: { Duration: 5m, Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 5/s, Parameters: { MessageBody: x } } } }
`

/** A consumer that works on a message for so long, polling by itself: its deletes come when it is done. */
const worker = (work: string, visibility: number): string => `
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: ${visibility}, ReceiveMessageWaitTimeSeconds: 20 } }
Simulation:
  Duration: 20m
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: regular, Rate: 1/s, Parameters: { MessageBody: x } } }
  Actions:
    - At: 0s
      Every: 2s
      Steps:
        - sqs:ReceiveMessage: { QueueUrl: !Ref Jobs, MaxNumberOfMessages: 10 }
          ResultPath: $.got
        - If: { Condition: exists($.got.Messages), Then: [{ Wait: ${work} }, { ForEach: { In: $.got.Messages, Do: [{ sqs:DeleteMessage: { QueueUrl: !Ref Jobs, ReceiptHandle: $.ReceiptHandle } }] } }] }
`

const api = (rate: number): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: prod, MethodSettings: [{ ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: 20, ThrottlingBurstLimit: 10 }] } }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Get: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /, Method: get } } } }
Simulation:
  Duration: 5m
  Workloads:
    Greedy: { Target: Api, Operation: GET /, Arrivals: regular, Rate: ${rate}/s }
    Modest: { Target: Api, Operation: GET /, Rate: 3/s }
`

const origin = (workers: number, client: string): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: ${workers}, ServiceTime: 100ms } }
Simulation:
  Duration: 6m
  Workloads: { Callers: { Target: Origin, Operation: http:GET, Rate: 30/s, Client: ${client} } }
`

const alarm = (period: number): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 10, ServiceTime: 10ms } }
  High: { Type: AWS::CloudWatch::Alarm, Properties: { Namespace: Sim, MetricName: Requests, Dimensions: [{ Name: Server, Value: !Ref Origin }], Statistic: Sum, Period: 60, EvaluationPeriods: ${period}, Threshold: 1000, ComparisonOperator: GreaterThanThreshold } }
Simulation:
  Duration: 40m
  Workloads: { Waves: { Target: Origin, Operation: http:GET, Arrivals: 'bursty(on=120s, off=120s)', Rate: 30/s } }
`

describe('a sentence is said of', () => {
  test.each([
    ['a hot partition', table(0.8), 'hot-partition T'],
    ['provisioned capacity that is used up', small(10), 'table-capacity T'],
    ['a reservation that is full', reserved(2), 'reserved-concurrency Work'],
    ["the account's concurrency", account(200), 'account-concurrency Sim::Lambda::Account'],
    ['cold starts that make the tail', cold('1/h'), 'cold-starts Work'],
    ['a dependency that answers too late', slow('lognormal(p50=1900ms, p99=4s)'), 'slow-dependency Work'],
    ['a handler that fails', fails('5%'), 'function-errors Work'],
    ['a backlog', queue('', '30/s', EACH(100)), 'backlog Jobs'],
    ['a queue that nobody reads', unread, 'unread-queue Jobs'],
    ['messages worked on for too long', worker('45s', 30), 'visibility-too-short Jobs'],
    ['a poison message', queue(WITH_DEAD, '5/s', POISON, 61), 'dead-letters Jobs'],
    ['a throttle of an API', api(30), 'api-throttle Api'],
    [
      'retries that multiply the load',
      origin(2, '{ Timeout: 1s, MaxAttempts: 4, Backoff: { Base: 50ms, Cap: 50ms, Jitter: none } }'),
      'retry-amplification Callers',
    ],
    ['a server that cannot keep up', origin(2, '{ Retries: none }'), 'saturated Origin'],
    ['an alarm that is flapping', alarm(1), 'alarm-flapping High'],
  ])('%s', (_, text, expected) => expect(kinds(text)).toContain(expected))
})

describe('nothing is said of', () => {
  test.each([
    ['a key that is liked but fits on its partition', table(0.2)],
    ['capacity that is just enough', small(21)],
    ['a reservation that is just enough', reserved(6)],
    ['an account that is just enough', account(80)],
    ['a function that is kept warm', cold('200/h')],
    ['a dependency that is slow but in time', slow('lognormal(p50=500ms, p99=900ms)')],
    ['a handler that fails now and then', fails('0.2%')],
    ['a queue that keeps up', queue('', '10/s', EACH(100))],
    ['messages worked on for nearly as long as they are hidden', worker('25s', 30)],
    ['a queue without bad messages', queue(WITH_DEAD, '5/s', EACH(1))],
    ['an API below its limit', api(15)],
    ['a busy server and patient clients', origin(5, '{ Timeout: 10s, MaxAttempts: 4 }')],
    ['an alarm that looks at more', alarm(5)],
  ])('%s', (_, text) => expect(say(text).map(({ text: sentence }) => sentence)).toEqual([]))
})

describe('the sentences', () => {
  test('name the key, the partition, its limit and the room that the table has', () => {
    expect(find(table(0.8), 'hot-partition').text).toMatch(
      /^Partition \d of \d is at its limit of 1,000 write units a second, while the table as a whole uses \d\d % of its 4,000\. Key `vip` \(\d\d % of all units\) lives there; [\d,]+ writes were refused\.$/,
    )
  })

  test('name who fills the account, and who is turned away', () => {
    const { text } = find(account(200), 'account-concurrency')
    expect(text).toMatch(
      /^All 110 of it are taken, by Work \(\d\d+ %\); [\d,]+ requests to Work and [\d,]+ requests to Other were refused\.$/,
    )
  })

  test('name whose requests an API throttles', () => {
    const { text, from, to } = find(api(30), 'api-throttle')
    expect(text).toContain('20 requests a second with a burst of 10')
    expect(text).toMatch(/Greedy \(\d\d %\) and Modest \(/)
    expect(from).toBeLessThan(5_000_000)
    expect(to).toBeGreaterThan(290_000_000)
  })

  test('give the rate of a backlog as it is: 30 a second come, 20 leave', () => {
    const { text } = find(queue('', '30/s', EACH(100)), 'backlog')
    const [, come, leave] = /(\d+) messages a second come and (\d+(?:\.\d)?) leave/.exec(
      text.replace(' a second leave', ' leave'),
    )!
    expect(Number(come)).toBeCloseTo(30, -0.5)
    expect(Number(leave)).toBeCloseTo(20, -0.6)
    expect(text).toContain('At the end it still grows.')
  })

  test('say which other messages a poison message takes along', () => {
    expect(find(queue(WITH_DEAD, '5/s', POISON, 61), 'dead-letters').text).toMatch(
      /received 3 times without success and went to the dead-letter queue/,
    )
  })
})

describe('the warm-up', () => {
  const warm = (text: string): string => text.replace('Simulation:\n', 'Simulation:\n  WarmUp: 2m\n')
  const early = '[{ At: 0s, Value: 10/s }, { At: 100s, Value: 10/s }, { At: 100s, Value: 0/s }]'

  test('is left out of what is counted, and of when it began', () => {
    const whole = find(reserved(2), 'reserved-concurrency')
    const later = find(warm(reserved(2)), 'reserved-concurrency')
    const counted = ({ text }: Insight): number => Number(/([\d,]+) requests/.exec(text)![1]!.replace(',', ''))
    // 10 requests a second, of which 4 find room: 6 × 300 s and 6 × 180 s.
    expect(counted(whole)).toBe(1_800)
    expect(counted(later)).toBe(1_080)
    expect(whole.from).toBeLessThan(2_000_000)
    expect(later.from).toBeGreaterThanOrEqual(120_000_000)
    expect(/\((.*)\)/.exec(later.text)![1]).toBe('60 %')
  })

  test.each([
    ['a full reservation', reserved(2).replace('Rate: 10/s', `Rate: ${early}`), '4m'],
    ['messages that are given up', queue(WITH_DEAD, early, POISON, 61), '15m'],
  ])('passes over %s that is over before', (_, text, end) => {
    expect(kinds(text)).not.toEqual([])
    expect(kinds(warm(text).replace('WarmUp: 2m', `WarmUp: ${end}`))).toEqual([])
  })
})

describe('a chain', () => {
  const text = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api: { Type: AWS::Serverless::HttpApi }
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, ReservedConcurrentExecutions: 5, Events: { Get: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /, Method: get } } } }
Simulation:
  Duration: 6m
  Handlers: { Work: [{ Wait: 200ms }] }
  Workloads:
    Users: { Target: Api, Operation: GET /, Arrivals: regular, Rate: [{ At: 0s, Value: 10/s }, { At: 2m, Value: 10/s }, { At: 2m, Value: 60/s }], Client: { MaxAttempts: 3, Backoff: { Base: 100ms, Cap: 1s, Jitter: full } } }
`

  test('leads from what users feel, through what only passes it on, to what began it', () => {
    const insights = say(text)
    expect(insights[0]!.kind).toBe('reserved-concurrency')
    expect(insights[0]!.cause).toBeUndefined()
    const felt = insights.findIndex(({ kind }) => kind === 'requests-failed')
    expect(insights[felt]!.cause).toBe(0)
    expect(insights.find(({ kind }) => kind === 'retry-amplification')!.cause).toBe(0)
  })

  test('is in order of weight, ends, and lies in the time of the run', () => {
    for (const insights of said.values())
      insights.forEach((insight, i) => {
        expect(insight.weight).toBeLessThanOrEqual(insights[Math.max(0, i - 1)]!.weight)
        expect(insight.from).toBeLessThanOrEqual(insight.to)
        let steps = 0
        for (let at: number | undefined = i; at !== undefined; at = insights[at]!.cause)
          expect(++steps).toBeLessThan(20)
      })
  })

  test('begins with a fault when there was one, and a fault without harm is not mentioned', () => {
    const faulty = (at: string): string => `
Resources:
  Work: ${fn('Timeout: 2')}
Simulation:
  Duration: 5m
  Workloads: { Load: ${invoke('5/s')} }
  Faults: [{ At: ${at}, For: 30s, aws:lambda:invocation-error: { Target: Work, Percentage: 100 } }]
`
    const insights = say(faulty('2m'))
    expect(insights[0]!.kind).toBe('fault')
    expect(insights.slice(1).every(({ cause }) => cause !== undefined)).toBe(true)
    expect(say(faulty('299s')).filter(({ kind }) => kind === 'fault')).toEqual([])
  })
})
