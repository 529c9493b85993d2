// Shows what happens to a bucket's objects without anybody asking: rules at midnight, copies to another bucket.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { parseMoment } from '../../parts/calendar.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import { World } from '../../run/world.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { bucket } from './bucket.ts'
import type { Bucket } from './bucket-state.ts'

const OPERATIONS = Object.keys(bucket.ops) as `${string}:${string}`[]
const AT_ONCE = { PutLatency: '0ms', GetLatency: '0ms', NotificationDelay: '0ms', ReplicationDelay: '10s' }
const VERSIONED = { VersioningConfiguration: { Status: 'Enabled' } }

function world(rule: Record<string, unknown>, properties: object = {}, options: LabOptions = {}): Lab {
  const LifecycleConfiguration = { Rules: [{ Status: 'Enabled', ...rule }] }
  return lab(
    { Files: { def: bucket, properties: { ...properties, LifecycleConfiguration }, assumptions: AT_ONCE } },
    { probe: OPERATIONS.map((each) => ['Files', each] as const), ...options },
  )
}

const ask = (l: Lab, operation: string, body: Record<string, unknown> = {}): any =>
  l.ask('Files', `s3:${operation}`, body).answer
const put = (l: Lab, Key: string, more: Record<string, unknown> = {}): any => ask(l, 'PutObject', { Key, ...more })
const state = (l: Lab, name = 'Files'): Bucket => l.state<Bucket>(name)
const keys = (l: Lab): string[] => ask(l, 'ListObjectsV2').Contents.map(({ Key }: { Key: string }) => Key)

describe('a lifecycle rule', () => {
  test('lets objects go at the first midnight that is as many days later [S3-R50]', () => {
    const l = world({ ExpirationInDays: 2, Prefix: 'tmp/' })
    put(l, 'tmp/midnight')
    l.run(HOUR)
    put(l, 'tmp/later')
    put(l, 'kept')
    l.run(2 * DAY - 1)
    expect(keys(l)).toEqual(['kept', 'tmp/later', 'tmp/midnight'])
    l.run(2 * DAY)
    expect(keys(l)).toEqual(['kept', 'tmp/later'])
    l.run(3 * DAY - 1)
    expect(keys(l)).toEqual(['kept', 'tmp/later'])
    l.run(3 * DAY)
    expect(keys(l)).toEqual(['kept'])
  })

  test('works at midnight of UTC, wherever in the day the run began [S3-R50]', () => {
    const l = world({ ExpirationInDays: 1 }, {}, { startsAt: parseMoment('2026-01-05T18:00:00Z') as number })
    put(l, 'k')
    l.run(30 * HOUR - 1)
    expect(keys(l)).toEqual(['k'])
    l.run(30 * HOUR)
    expect(keys(l)).toEqual([])
  })

  test('puts markers in front where versions are kept, and lets old versions go some days after the next [S3-R50]', () => {
    const l = world(
      { ExpirationInDays: 3, NoncurrentVersionExpiration: { NoncurrentDays: 1 }, ExpiredObjectDeleteMarker: true },
      VERSIONED,
    )
    put(l, 'k')
    l.run(HOUR)
    put(l, 'k')
    expect(state(l).objects.count).toBe(2)
    // The older went with the midnight that is a day after the newer one came.
    l.run(2 * DAY - 1)
    expect(state(l).objects.count).toBe(2)
    l.run(2 * DAY)
    expect(state(l).objects.count).toBe(1)
    l.run(4 * DAY)
    expect([keys(l), state(l).objects.count, state(l).lifecycle.marked]).toEqual([[], 2, 1])
    // Behind the marker nothing is left a day later; then it goes itself.
    l.run(6 * DAY)
    expect(state(l).objects.count).toBe(0)
  })

  test('keeps the newest of the noncurrent versions, and looks at sizes [S3-R50]', () => {
    const l = world(
      {
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
        ObjectSizeGreaterThan: 10,
        ObjectSizeLessThan: 20,
      },
      VERSIONED,
    )
    for (let i = 0; i < 5; i++) put(l, 'k', { ContentLength: 15 })
    for (let i = 0; i < 5; i++) put(l, 'small', { ContentLength: 10 })
    for (let i = 0; i < 5; i++) put(l, 'large', { ContentLength: 20 })
    l.run(3 * DAY)
    expect(state(l).objects.count).toBe(3 + 5 + 5)
  })

  test('lets everything go from a day on, and gives up uploads that nobody completes [S3-R50]', () => {
    const l = world({
      ExpirationDate: '2026-01-08T00:00:00Z',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    })
    put(l, 'k')
    const { UploadId } = ask(l, 'CreateMultipartUpload', { Key: 'm' })
    ask(l, 'UploadPart', { Key: 'm', UploadId, PartNumber: 1, ContentLength: 100 })
    l.run(DAY - 1)
    expect(state(l).uploads.bytes).toBe(100)
    l.run(DAY)
    expect(state(l).uploads.bytes).toBe(0)
    l.run(3 * DAY - 1)
    expect(keys(l)).toEqual(['k'])
    l.run(3 * DAY)
    expect(keys(l)).toEqual([])
    l.run(3 * DAY + HOUR)
    put(l, 'late')
    l.run(4 * DAY)
    expect(keys(l)).toEqual([])
  })

  test('moves objects to other classes; what is archived cannot be read [S3-R50]', () => {
    const l = world({
      Transitions: [
        { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
        { StorageClass: 'GLACIER', TransitionInDays: 90 },
      ],
    })
    put(l, 'k')
    const classAt = (day: number): string => {
      l.run(day * DAY)
      return ask(l, 'ListObjectsV2').Contents[0].StorageClass
    }
    expect([29, 30, 89].map(classAt)).toEqual(['STANDARD', 'STANDARD_IA', 'STANDARD_IA'])
    expect(l.ask('Files', 's3:GetObject', { Key: 'k' }).status).toBe('OK')
    expect(classAt(90)).toBe('GLACIER')
    expect(l.ask('Files', 's3:GetObject', { Key: 'k' })).toMatchObject({ status: 'InvalidObjectState', http: 403 })
    expect(l.ask('Files', 's3:HeadObject', { Key: 'k' }).status).toBe('OK')
  })

  test('that is disabled, or for tagged objects, does nothing', () => {
    for (const more of [{ Status: 'Disabled' }, { TagFilters: [{ Key: 'a', Value: 'b' }] }]) {
      const l = world({ ExpirationInDays: 1, ...more })
      put(l, 'k')
      l.run(9 * DAY)
      expect(keys(l)).toEqual(['k'])
    }
    expect(() => world({ ExpirationDate: 'soon' })).toThrow(/it is no date/)
  })

  test('costs an empty bucket nothing, and one with objects a night’s work when something is due', () => {
    const made = (count: number): World =>
      new World(
        scenarioOf(`
Resources:
  Files: { Type: AWS::S3::Bucket, Properties: { LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: 200 }] } } }
Simulation:
  Duration: 365d
  Workloads: { Puts: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Count: ${count}, Arrivals: regular, Parameters: { Key: k } } }
`).plan,
      )
    const steps = (count: number): number => {
      const l = made(count)
      l.run(HOUR)
      const before = l.kernel.steps
      l.run(365 * DAY)
      return l.kernel.steps - before
    }
    expect(steps(0)).toBe(0)
    expect(steps(1)).toBeLessThanOrEqual(3)
  })
})

test('events of a lifecycle rule are its own, not those of a delete [S3-R34, S3-R33]', () => {
  const { world: made } = runScenario(
    scenarioOf(`
Resources:
  A: { Type: AWS::SQS::Queue }
  B: { Type: AWS::SQS::Queue }
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref A, !Ref B], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }
  Files:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration: { Rules: [{ Status: Enabled, ExpirationInDays: 1 }] }
      NotificationConfiguration:
        QueueConfigurations: [{ Event: "s3:ObjectRemoved:*", Queue: !GetAtt A.Arn }, { Event: "s3:LifecycleExpiration:*", Queue: !GetAtt B.Arn }]
Simulation:
  Duration: 50h
  Workloads: { Puts: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Count: 3, Arrivals: regular, Attributes: { n: sequence }, Parameters: { Key: "{$.n}" } } }
`),
  )
  expect(['A', 'B'].map((name) => made.stateOf<Queue>(name).sent)).toEqual([0, 3])
})

describe('replication', () => {
  const both = (rule: object = {}, assumptions = {}, own: object = VERSIONED, other: object = VERSIONED): Lab =>
    lab(
      {
        Files: {
          def: bucket,
          properties: {
            ...own,
            ReplicationConfiguration: {
              Role: 'r',
              Rules: [{ Status: 'Enabled', Destination: { Bucket: 'Copy' }, ...rule }],
            },
          },
          assumptions: { ...AT_ONCE, ...assumptions },
        },
        Copy: {
          def: bucket,
          properties: {
            ...other,
            ReplicationConfiguration: { Role: 'r', Rules: [{ Status: 'Enabled', Destination: { Bucket: 'Files' } }] },
          },
          assumptions: AT_ONCE,
        },
      },
      { probe: ['Files', 'Copy'].flatMap((name) => OPERATIONS.map((each) => [name, each] as const)) },
    )
  const copied = (l: Lab): string[] =>
    l.ask('Copy', 's3:ListObjectsV2').answer.Contents.map(({ Key }: { Key: string }) => Key)

  test('copies new objects of its prefix some time later, and copies go no further [S3-R51]', () => {
    const l = both({ Filter: { Prefix: 'a/' } })
    put(l, 'a/1', { Body: 'text' })
    put(l, 'b/1')
    l.run(10 * SECOND - 1)
    expect(copied(l)).toEqual([])
    l.run(MINUTE)
    expect(copied(l)).toEqual(['a/1'])
    expect(l.ask('Copy', 's3:GetObject', { Key: 'a/1' }).answer.Body).toBe('text')
    expect([state(l).objects.count, state(l, 'Copy').objects.count]).toEqual([2, 1])
  })

  test('takes delete markers along on request, and deletes of a version never [S3-R51]', () => {
    const counts = (rule: object): readonly number[] => {
      const l = both(rule)
      const { VersionId } = put(l, 'k')
      l.run(MINUTE)
      ask(l, 'DeleteObject', { Key: 'k' })
      ask(l, 'DeleteObject', { Key: 'k', VersionId })
      l.run(2 * MINUTE)
      return [state(l).objects.count, state(l, 'Copy').objects.count, copied(l).length]
    }
    expect(counts({})).toEqual([1, 1, 1])
    expect(counts({ DeleteMarkerReplication: { Status: 'Enabled' } })).toEqual([1, 2, 0])
  })

  test('tells with time control what took longer than a quarter of an hour, and that it came [S3-R51, S3-R33]', () => {
    const { world: made } = runScenario(
      scenarioOf(`
Resources:
  Q: { Type: AWS::SQS::Queue }
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Q], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }
  Copy: { Type: AWS::S3::Bucket, Properties: { VersioningConfiguration: { Status: Enabled } } }
  Files:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: { Status: Enabled }
      NotificationConfiguration: { QueueConfigurations: [{ Event: "s3:Replication:*", Queue: !GetAtt Q.Arn }] }
      ReplicationConfiguration: { Role: r, Rules: [{ Status: Enabled, Destination: { Bucket: !GetAtt Copy.Arn, ReplicationTime: { Status: Enabled, Time: { Minutes: 15 } }, Metrics: { Status: Enabled } } }] }
Simulation:
  Duration: 1h
  Assumptions: { Files: { ReplicationDelay: 20m, NotificationDelay: 0s, PutLatency: 0s } }
  Workloads: { Puts: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Count: 1, Arrivals: regular, Parameters: { Key: k } } }
`),
    )
    const events = made
      .stateOf<Queue>('Q')
      .messages.body.filter((body) => body !== null)
      .map((body: any) => body.Records[0].eventName)
    expect(events).toEqual(['Replication:OperationMissedThreshold', 'Replication:OperationReplicatedAfterThreshold'])
    expect(made.stateOf<Bucket>('Copy').objects.count).toBe(1)
  })

  test('needs versions at both buckets [S3-R51]', () => {
    expect(() => both({}, {}, {})).toThrow(/`Files` does not keep versions/)
    expect(() => both({}, {}, VERSIONED, {})).toThrow(/`Copy` does not keep versions/)
  })

  test('takes minutes, most of them less than fifteen [S3-R51]', () => {
    const l = both({}, { ReplicationDelay: bucket.assumptions['ReplicationDelay']!.default })
    for (let i = 0; i < 500; i++) put(l, `k${i}`)
    l.run(15 * MINUTE)
    expect(copied(l).length).toBeGreaterThan(490)
    l.run(5 * HOUR)
    expect(copied(l)).toHaveLength(500)
  })
})
