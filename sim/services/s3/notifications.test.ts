// Shows what a bucket tells of its objects: to whom, when, in which words, and what AWS refuses.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lab, MINUTE, SECOND, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { steps } from '../../../test/lambda.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import type { ServiceDef } from '../../model/contract.ts'
import { runScenario } from '../../run/run.ts'
import type { World } from '../../run/world.ts'
import { account } from '../lambda/account.ts'
import { lambdaFunction, type LambdaFunction } from '../lambda/function.ts'
import { topic } from '../sns/topic.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { bucket } from './bucket.ts'
import type { Bucket } from './bucket-state.ts'
import { encodedKey, sequencerOf } from './event-records.ts'

const OPERATIONS = Object.keys(bucket.ops) as `${string}:${string}`[]
const QUIET = { PutLatency: '0ms', GetLatency: '0ms', ConfigurationPropagation: '0ms', NotificationDelay: '1s' }
/** A resource that only says something about others. */
const saying = (type: ServiceDef['type'], config: Record<string, unknown>): Part => ({
  def: {
    ...{ type, family: 'security', namespace: '', dimension: '', summary: '', models: [], omits: [] },
    ...{ quotas: {}, assumptions: {}, props: {}, create: () => null, ops: {}, timers: {}, metrics: {}, invariants: {} },
    view: { glyph: 'policy', label: 'Policy', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
  },
  config,
})
const MAY_SEND = {
  Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage' }],
}

interface Wanted {
  readonly event?: string
  readonly filter?: Record<string, string>
  readonly to?: string
}

const filterOf = (filter: Record<string, string> = {}): object =>
  Object.keys(filter).length === 0
    ? {}
    : { Filter: { S3Key: { Rules: Object.entries(filter).map(([Name, Value]) => ({ Name, Value })) } } }

/** A bucket `Files` that tells queues (`A` without more), and the probe. */
function told(
  configurations: readonly Wanted[],
  {
    properties = {},
    assumptions = {},
    ...options
  }: LabOptions & { readonly properties?: object; readonly assumptions?: Record<string, string> } = {},
): Lab {
  const QueueConfigurations = configurations.map(({ event = 's3:ObjectCreated:*', filter, to = 'A' }) => ({
    Event: event,
    Queue: to,
    ...filterOf(filter),
  }))
  const q: Part = { def: queue, assumptions: { ApiLatency: '0ms' } }
  return lab(
    {
      Files: {
        def: bucket,
        properties: { ...properties, NotificationConfiguration: { QueueConfigurations } },
        assumptions: { ...QUIET, ...assumptions },
      },
      A: q,
      B: q,
      Fifo: { def: queue, properties: { FifoQueue: true } },
      May: saying('AWS::SQS::QueuePolicy', { Queues: ['A', 'B', 'Fifo'], PolicyDocument: MAY_SEND }),
    },
    { probe: OPERATIONS.map((each) => ['Files', each] as const), ...options },
  )
}

const ask = (l: Lab, operation: string, body: Record<string, unknown> = {}): any =>
  l.ask('Files', `s3:${operation}`, body).answer
/** The records that have come to a queue, oldest first. */
const records = (l: Lab, name = 'A'): any[] =>
  l
    .state<Queue>(name)
    .messages.body.filter((body) => body !== null)
    .flatMap((body: any) => body.Records)
const names = (l: Lab, name = 'A'): string[] => records(l, name).map(({ eventName }) => eventName)

describe('an event', () => {
  test('is told some time after the write, to whom its name and key fit [S3-R31, S3-R32, S3-V2]', () => {
    const l = told([
      { event: 's3:ObjectCreated:Put', filter: { prefix: 'images/' }, to: 'A' },
      { event: 's3:ObjectCreated:Put', filter: { prefix: 'logs/', suffix: '.txt' }, to: 'B' },
    ])
    for (const Key of ['images/a.jpg', 'logs/a.txt', 'logs/a.jpg', 'other/a.txt']) ask(l, 'PutObject', { Key })
    ask(l, 'DeleteObject', { Key: 'images/a.jpg' })
    l.run(SECOND - 1)
    expect([names(l, 'A'), names(l, 'B')]).toEqual([[], []])
    l.run(SECOND)
    expect([names(l, 'A'), names(l, 'B')]).toEqual([['ObjectCreated:Put'], ['ObjectCreated:Put']])
    expect(records(l, 'B')[0].s3.object.key).toBe('logs/a.txt')
  })

  test('takes a second or ten, and order is not kept [S3-R31]', () => {
    const l = told([{}], { assumptions: { NotificationDelay: 'lognormal(p50=1s, p99=10s)' } })
    for (let i = 0; i < 400; i++) ask(l, 'PutObject', { Key: `k${i}` })
    l.run(SECOND)
    const half = records(l).length
    expect(half).toBeGreaterThan(150)
    expect(half).toBeLessThan(250)
    l.run(5 * MINUTE)
    const keys = records(l).map(({ s3 }) => Number(s3.object.key.slice(1)))
    expect(keys).toHaveLength(400)
    expect(keys.some((key, i) => i > 0 && key < keys[i - 1]!)).toBe(true)
  })

  test('may be told twice, if the scenario says how often [S3-R31]', () => {
    const l = told([{}], { assumptions: { DuplicateProbability: '50%' } })
    for (let i = 0; i < 400; i++) ask(l, 'PutObject', { Key: `k${i}` })
    l.run(MINUTE)
    expect(records(l).length).toBeGreaterThan(550)
    expect(records(l).length).toBeLessThan(650)
    expect(new Set(records(l).map(({ s3 }) => s3.object.key)).size).toBe(400)
  })

  test('has the name of what was done [S3-R33, S3-R34, S3-R54, S3-R58]', () => {
    const l = told([{}, { event: 's3:ObjectRemoved:*' }])
    ask(l, 'PutObject', { Key: 'a' })
    ask(l, 'CopyObject', { Key: 'b', CopySource: 'Files/a' })
    const { UploadId } = ask(l, 'CreateMultipartUpload', { Key: 'c' })
    for (const PartNumber of [1, 2]) ask(l, 'UploadPart', { Key: 'c', UploadId, PartNumber, ContentLength: 6_000_000 })
    l.run(l.now + 2 * SECOND)
    expect(names(l)).toEqual(['ObjectCreated:Put', 'ObjectCreated:Copy'])
    ask(l, 'CompleteMultipartUpload', { Key: 'c', UploadId })
    ask(l, 'DeleteObject', { Key: 'a' })
    ask(l, 'DeleteObject', { Key: 'none' })
    l.run(l.now + 2 * SECOND)
    expect(names(l).slice(2)).toEqual(['ObjectCreated:CompleteMultipartUpload', 'ObjectRemoved:Delete'])
  })

  test('of a delete says whether a marker was made or a version is gone [S3-R34]', () => {
    const l = told([{ event: 's3:ObjectRemoved:*' }], {
      properties: { VersioningConfiguration: { Status: 'Enabled' } },
    })
    const { VersionId } = ask(l, 'PutObject', { Key: 'a' })
    ask(l, 'DeleteObject', { Key: 'a' })
    ask(l, 'DeleteObject', { Key: 'a', VersionId })
    l.run(2 * SECOND)
    expect(names(l)).toEqual(['ObjectRemoved:DeleteMarkerCreated', 'ObjectRemoved:Delete'])
  })

  test('is told for each key of a batch of deletes [S3-R57]', () => {
    const l = told([{ event: 's3:ObjectRemoved:Delete' }])
    for (const Key of ['a', 'b', 'c']) ask(l, 'PutObject', { Key })
    ask(l, 'DeleteObjects', { Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }] } })
    l.run(2 * SECOND)
    expect(records(l).map(({ s3 }) => s3.object.key)).toEqual(['a', 'b'])
  })

  test('of each of two writes of one moment is told with versions; in 2020, without, of the later alone [S3-R35, N.LAMBDA-ASYNC-07]', () => {
    const events = (options: LabOptions & { readonly properties?: object }, wait = 0): any[] => {
      const l = told([{}], options)
      ask(l, 'PutObject', { Key: 'a', Body: 'one' })
      l.run(l.now + wait)
      ask(l, 'PutObject', { Key: 'a', Body: 'longer' })
      l.run(10 * SECOND)
      return records(l).map(({ s3 }) => s3.object.size)
    }
    const versions = { properties: { VersioningConfiguration: { Status: 'Enabled' } } }
    expect(events({ profile: 'notes-2020' })).toEqual([6])
    expect(events({ profile: 'notes-2020' }, 1000)).toEqual([3, 6])
    expect(events({ profile: 'notes-2020', ...versions })).toEqual([3, 6])
    expect(events({})).toEqual([3, 6])
  })
})

describe('a record', () => {
  /** The members of AWS's sample event of a delete. */
  const SAMPLE = [
    'awsRegion',
    'eventName',
    'eventSource',
    'eventTime',
    'eventVersion',
    'requestParameters.sourceIPAddress',
    'responseElements.x-amz-id-2',
    'responseElements.x-amz-request-id',
    's3.bucket.arn',
    's3.bucket.name',
    's3.bucket.ownerIdentity.principalId',
    's3.configurationId',
    's3.object.key',
    's3.object.sequencer',
    's3.s3SchemaVersion',
    'userIdentity.principalId',
  ]
  const members = (value: unknown, path = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, each]) => members(each, path === '' ? key : `${path}.${key}`))
      : [path]

  test('has the members that AWS writes [S3-R36]', () => {
    const l = told([{ event: 's3:ObjectCreated:*' }, { event: 's3:ObjectRemoved:*', to: 'B' }])
    ask(l, 'PutObject', { Key: 'a', ContentLength: 5 })
    ask(l, 'DeleteObject', { Key: 'a' })
    l.run(2 * SECOND)
    expect(members(records(l, 'B')[0]).sort()).toEqual(SAMPLE)
    const { s3, ...record } = records(l)[0]
    expect(record).toMatchObject({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventTime: '2026-01-05T00:00:00.000Z',
      eventName: 'ObjectCreated:Put',
    })
    expect(s3).toMatchObject({
      configurationId: 'QueueConfigurations.0',
      bucket: { name: 'Files', arn: 'arn:aws:s3:::Files' },
      object: { key: 'a', size: 5, eTag: expect.stringMatching(/^[0-9a-f]{32}$/) },
    })
  })

  test('has a greater sequencer than all earlier ones of its key [S3-R37]', () => {
    const l = told([{}, { event: 's3:ObjectRemoved:*' }])
    for (let i = 0; i < 20; i++) ask(l, i % 3 === 2 ? 'DeleteObject' : 'PutObject', { Key: 'a' })
    l.run(2 * SECOND)
    const sequencers = records(l).map(({ s3 }) => String(s3.object.sequencer))
    const width = Math.max(...sequencers.map((text) => text.length))
    const padded = sequencers.map((text) => text.padEnd(width, '0'))
    expect(padded).toHaveLength(20)
    padded.forEach((text, i) => expect(i === 0 || text > padded[i - 1]!).toBe(true))
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1e15 }), (a, more) => sequencerOf(a) < sequencerOf(a + more)),
    )
  })

  test('has its key URL-encoded, a space as a plus [S3-R59]', () => {
    const l = told([{}])
    ask(l, 'PutObject', { Key: 'my photos/ä+b.jpg' })
    l.run(2 * SECOND)
    expect(records(l)[0].s3.object.key).toBe('my+photos/%C3%A4%2Bb.jpg')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(decodeURIComponent(encodedKey(key).replace(/\+/g, '%20'))).toBe(key)
      }),
    )
    expect(encodedKey('\ud800')).toBe('%EF%BF%BD')
  })
})

describe('a configuration is refused', () => {
  test('that is told of the same event of the same keys as another [S3-R32, S3-V2, N.S3-01]', () => {
    const two = (a: Wanted, b: Wanted) => (): unknown => told([a, { to: 'B', ...b }])
    const clash = /Configurations overlap/
    expect(two({ filter: { prefix: 'images/' } }, { filter: { prefix: 'images/' } })).toThrow(clash)
    expect(two({ filter: { prefix: 'images/' } }, { filter: { prefix: 'images/new/' } })).toThrow(clash)
    expect(two({}, { event: 's3:ObjectCreated:Put' })).toThrow(clash)
    expect(two({ filter: { suffix: '.jpg' } }, { filter: { prefix: 'images/' } })).toThrow(clash)
    expect(two({ filter: { suffix: '.jpg' } }, { filter: { suffix: 'a.jpg' } })).toThrow(clash)
    expect(two({ filter: { prefix: 'images/' } }, { filter: { prefix: 'logs/' } })).not.toThrow()
    expect(two({ filter: { suffix: '.jpg' } }, { filter: { suffix: '.png' } })).not.toThrow()
    expect(two({}, { event: 's3:ObjectRemoved:*' })).not.toThrow()
    expect(two({ event: 's3:ObjectCreated:Put' }, { event: 's3:ObjectCreated:Copy' })).not.toThrow()
  })

  test('whose destination is FIFO, or does not let S3 in [S3-R30, S3-R38]', () => {
    expect(() => told([{ to: 'Fifo' }])).toThrow(/`Fifo` cannot take the events of a bucket/)
    const queued = (policy: string): string =>
      problemsOf(`
Resources:
  Q: { Type: AWS::SQS::Queue }
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: { Statement: { Effect: Allow, ${policy} } } } }
  Other: { Type: AWS::S3::Bucket }
  Files: { Type: AWS::S3::Bucket, Properties: { BucketName: files, NotificationConfiguration: { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: !GetAtt Q.Arn }] } } }
`)
    const unable = 'unable to validate the destination'
    expect(queued('Principal: { Service: s3.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*"')).not.toContain(
      unable,
    )
    expect(queued('Principal: { Service: sns.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*"')).toContain(
      unable,
    )
    expect(queued('Principal: { Service: s3.amazonaws.com }, Action: "sqs:ReceiveMessage", Resource: "*"')).toContain(
      unable,
    )
    expect(
      queued(
        'Principal: "*", Action: "sqs:*", Resource: "*", Condition: { ArnLike: { "aws:SourceArn": !GetAtt Other.Arn } }',
      ),
    ).toContain(unable)
  })

  test('with a name that is no event, and beyond a hundred [S3-R33]', () => {
    expect(() => told([{ event: 's3:ObjectMade' }])).toThrow(/`s3:ObjectMade` is no event of a bucket/)
    const many = (count: number) => (): unknown =>
      told(Array.from({ length: count }, (_, i) => ({ filter: { prefix: `p${String(i).padStart(3, '0')}` } })))
    expect(many(100)).not.toThrow()
    expect(many(101)).toThrow(/101 event notifications/)
  })
})

test('a test event goes to queues and topics when the configuration is saved, if the scenario wants to see it [S3-R33]', () => {
  const l = told([{}], { assumptions: { TestEvent: 'sent' } }).run(MINUTE)
  expect(l.state<Queue>('A').messages.body[0]).toMatchObject({ Event: 's3:TestEvent', Bucket: 'Files' })
  expect(told([{}]).run(MINUTE).state<Queue>('A').sent).toBe(0)
})

/** A template with a bucket and a function, run for some minutes. */
function deployed(files: string, more: string, simulation: string): World {
  return runScenario(
    scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Files: { Type: AWS::S3::Bucket, Properties: { ${files} } }
${more}
Simulation:
  Duration: 10m
${simulation}
`),
  ).world
}

const FN = `  Fn:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: a.b, InlineCode: x, Timeout: 30, Events: { Img: { Type: S3, Properties: { Bucket: !Ref Files, Events: "s3:ObjectCreated:*", Filter: { S3Key: { Rules: [{ Name: prefix, Value: img/ }] } } } } } }`
const load = (name: string, count: number, operation: string, key: string): string =>
  `    ${name}: { Target: Files, Operation: s3:${operation}, Rate: 1/s, Count: ${count}, Arrivals: regular, Attributes: { n: sequence }, Parameters: { Key: "${key}" } }`

describe('functions', () => {
  test('are invoked for what their prefix and event stand for, and nothing else [N.LAMBDA-ASYNC-06, S3-R30]', () => {
    const world = deployed(
      '',
      FN,
      `  Workloads:\n${[load('In', 5, 'PutObject', 'img/{$.n}'), load('Out', 3, 'PutObject', 'doc/{$.n}'), load('Gone', 2, 'DeleteObject', 'img/{$.n}')].join('\n')}\n  Handlers: { Fn: [{ s3:HeadObject: { Bucket: !Ref Files, Key: "$.Records[0].s3.object.key" }, Catch: { ErrorEquals: [NoSuchKey], Do: [] } }] }`,
    )
    expect(world.stateOf<LambdaFunction>('Fn').events).toMatchObject({ accepted: 5, succeeded: 5 })
  })

  test('run after the write has been answered, and are tried again by Lambda, not by the bucket [N.LAMBDA-ASYNC-01, S3-R40]', () => {
    const fn: Part = { def: lambdaFunction, config: { Handler: steps({ op: 'fail', error: 'Bad', catches: [] }) } }
    const permission = saying('AWS::Lambda::Permission', {
      ...{ FunctionName: 'Fn', Principal: 's3.amazonaws.com', Action: 'lambda:InvokeFunction' },
    })
    const l = lab(
      {
        'Sim::Lambda::Account': { def: account },
        Fn: fn,
        May: permission,
        Files: {
          def: bucket,
          properties: {
            NotificationConfiguration: { LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: 'Fn' }] },
          },
          assumptions: QUIET,
        },
      },
      { probe: [['Files', 's3:PutObject']] },
    )
    ask(l, 'PutObject', { Key: 'a' })
    expect([l.now, l.state<LambdaFunction>('Fn').events.accepted]).toEqual([0, 0])
    l.run(10 * MINUTE)
    expect(l.sum('Fn', 'Invocations')).toBe(3)
    expect(l.state<Bucket>('Files').notifications).toMatchObject({ started: 1, arrived: 1 })
  })
})

describe('a function that writes to what invokes it', () => {
  const loop = (more: string, profile = 'current'): World =>
    deployed(
      '',
      `${FN.replace('Timeout: 30,', `Timeout: 30, ${more},`)}\n  Dead: { Type: AWS::SQS::Queue }`,
      `  Quotas: { Profile: ${profile} }\n  Workloads:\n${load('In', 1, 'PutObject', 'img/{$.n}')}\n  Handlers: { Fn: [{ s3:PutObject: { Bucket: !Ref Files, Key: "$.Records[0].s3.object.key" } }] }`,
    )

  test('goes round sixteen times and is stopped; its last event is a dead letter [S3-R39, LAM-23]', () => {
    const world = loop('DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Dead.Arn }')
    const { events } = world.stateOf<LambdaFunction>('Fn')
    expect([events.accepted, events.succeeded, events.loops.total]).toEqual([17, 16, 1])
    expect(world.stateOf<Queue>('Dead').sent).toBe(1)
  })

  test('goes on for ever where that is allowed, and before July 2023 [S3-R39]', () => {
    expect(loop('RecursiveLoop: Allow').stateOf<LambdaFunction>('Fn').events.accepted).toBeGreaterThan(100)
    expect(loop('Description: a', 'notes-2020').stateOf<LambdaFunction>('Fn').events.accepted).toBeGreaterThan(100)
  })
})

test('one topic brings what a bucket tells to several queues [N.S3-01, S3-R30]', () => {
  const queues = ['A', 'B', 'C']
  const world = deployed(
    'NotificationConfiguration: { TopicConfigurations: [{ Event: "s3:ObjectCreated:*", Topic: !Ref News }] }',
    `  News: { Type: AWS::SNS::Topic }
  News2: { Type: AWS::SNS::TopicPolicy, Properties: { Topics: [!Ref News], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: s3.amazonaws.com }, Action: "sns:Publish", Resource: "*" }] } } }
${queues.map((name) => `  ${name}: { Type: AWS::SQS::Queue }\n  S${name}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt ${name}.Arn } }`).join('\n')}
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref A, !Ref B, !Ref C], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }`,
    `  Workloads:\n${load('Puts', 10, 'PutObject', '{$.n}')}`,
  )
  expect(queues.map((name) => world.stateOf<Queue>(name).sent)).toEqual([10, 10, 10])
  expect(topic.type).toBe('AWS::SNS::Topic')
})

describe('the default event bus', () => {
  const onBus = (isEnabled: boolean, pattern: string): any[] => {
    const world = deployed(
      `VersioningConfiguration: { Status: Enabled }, BucketName: files, NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: ${isEnabled} } }`,
      `  Q: { Type: AWS::SQS::Queue }
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }
  Rule: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [aws.s3], ${pattern} }, Targets: [{ Id: q, Arn: !GetAtt Q.Arn }] } }`,
      `  Workloads:\n${[load('In', 2, 'PutObject', 'a b/{$.n}'), load('Gone', 1, 'DeleteObject', 'a b/{$.n}')].join('\n')}`,
    )
    return world.stateOf<Queue>('Q').messages.body.filter((body) => body !== null)
  }

  test('gets every event where the bucket has it enabled, by the rules’ patterns [S3-R30, S3-R41]', () => {
    const created = onBus(true, 'detail-type: ["Object Created"], detail: { bucket: { name: [!Ref Files] } }')
    expect(created).toHaveLength(2)
    expect(created[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: ['arn:aws:s3:::files'],
      detail: {
        bucket: { name: 'files' },
        object: { key: expect.stringMatching(/^a b\//), size: 0 },
        reason: 'PutObject',
      },
    })
    expect(onBus(true, 'detail-type: ["Object Deleted"]')).toMatchObject([
      { detail: { reason: 'DeleteObject', 'deletion-type': 'Delete Marker Created' } },
    ])
    expect(onBus(false, 'detail-type: ["Object Created"]')).toEqual([])
  })
})

test('every event is under way, told, lost or left out, whatever is written', () => {
  const operation = fc.record({
    name: fc.constantFrom('PutObject', 'DeleteObject', 'CopyObject'),
    key: fc.constantFrom('img/a', 'img/b', 'doc/a'),
    wait: fc.integer({ min: 0, max: 2_000_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 60 }),
      fc.constantFrom('current', 'notes-2020' as const),
      fc.boolean(),
      (steps, profile, isVersioned) => {
        const l = told([{ filter: { prefix: 'img/' } }, { event: 's3:ObjectRemoved:*', to: 'B' }], {
          profile: profile as 'current' | 'notes-2020',
          properties: isVersioned ? { VersioningConfiguration: { Status: 'Enabled' } } : {},
        })
        let removals = 0
        const there = new Set<string>()
        for (const { name, key, wait } of steps) {
          const body = name === 'CopyObject' ? { Key: key, CopySource: 'Files/img/a' } : { Key: key }
          const isDone = l.ask('Files', `s3:${name}` as `s3:${string}`, body).status === 'OK'
          if (name === 'DeleteObject') {
            if (isVersioned || there.has(key)) removals++
            there.delete(key)
          } else if (isDone) there.add(key)
          l.run(l.now + wait)
        }
        l.run(l.now + MINUTE)
        expect(records(l, 'B')).toHaveLength(removals)
        expect(l.state<Bucket>('Files').notifications.inside).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
})
