// Shows each rule of a delivery stream: what it takes in, how it buffers, transforms and delivers, and what becomes of failures.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Answer, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { steps } from '../../../test/lambda.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import type { Instruction } from '../../parts/program.ts'
import { runScenario } from '../../run/run.ts'
import { World } from '../../run/world.ts'
import { server } from '../http/server.ts'
import { account } from '../lambda/account.ts'
import { lambdaFunction } from '../lambda/function.ts'
import { bucket } from '../s3/bucket.ts'
import type { Bucket } from '../s3/bucket-state.ts'
import { deliveryStream } from './delivery-stream.ts'
import type { DeliveryStream } from './stream-state.ts'

const MB = 1_048_576
const QUIET = { ApiLatency: '0ms', DeliveryLatency: '0ms' }
const STORE: Part = {
  def: bucket,
  assumptions: { PutLatency: '0ms', GetLatency: '0ms', ConnectionThroughput: '1000GB' },
}

interface More extends LabOptions {
  readonly assumptions?: Record<string, string>
  readonly more?: Record<string, Part>
}

/** A stream `In` with a bucket `Store`. */
function world(properties: Record<string, unknown>, { assumptions = {}, more = {}, ...options }: More = {}): Lab {
  return lab(
    { In: { def: deliveryStream, properties, assumptions: { ...QUIET, ...assumptions } }, Store: STORE, ...more },
    {
      probe: [
        ['In', 'firehose:PutRecord'],
        ['In', 'firehose:PutRecordBatch'],
        ['Store', 's3:ListObjectsV2'],
        ['Store', 's3:GetObject'],
        ['Store', 's3:DeleteBucket'],
        ['Store', 's3:CreateBucket'],
      ],
      ...options,
    },
  )
}

const toS3 = (more: Record<string, unknown> = {}, options: More = {}): Lab =>
  world({ ExtendedS3DestinationConfiguration: { BucketARN: 'Store', RoleARN: 'r', ...more } }, options)
const put = (l: Lab, Data: unknown, DataSize?: number): Answer =>
  l.ask('In', 'firehose:PutRecord', { Record: { Data, ...(DataSize === undefined ? {} : { DataSize }) } })
const state = (l: Lab): DeliveryStream => l.state<DeliveryStream>('In')
const objects = (l: Lab): { Key: string; Size: number }[] => l.ask('Store', 's3:ListObjectsV2').answer.Contents
const content = (l: Lab): unknown[] => objects(l).map(({ Key }) => l.ask('Store', 's3:GetObject', { Key }).answer.Body)
const hints = (SizeInMBs: number, IntervalInSeconds: number): Record<string, unknown> => ({
  BufferingHints: { SizeInMBs, IntervalInSeconds },
})
/** `count` records of `size` bytes, one a second from now on. */
function stream(l: Lab, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    l.call('In', 'firehose:PutRecord', { Record: { Data: i, DataSize: size } })
    l.run(l.now + SECOND)
  }
}

describe('a stream takes in', () => {
  test('records of up to 1,000 KiB, and batches of up to 500 records and 4 MiB [FH-02, FH-V4]', () => {
    const l = toS3({}, { quotas: { 'kinesisfirehose.BytesPerSecond': 100 * MB } })
    const batch = (count: number, size: number): Answer =>
      l.ask('In', 'firehose:PutRecordBatch', {
        Records: Array.from({ length: count }, () => ({ Data: 'x', DataSize: size })),
      })
    expect([put(l, 'x', 1_024_000), put(l, 'x', 1_024_001)].map(({ status }) => status)).toEqual([
      'OK',
      'InvalidArgumentException',
    ])
    expect([batch(500, 1), batch(501, 1), batch(0, 1)].map(({ status }) => status)).toEqual([
      'OK',
      'InvalidArgumentException',
      'InvalidArgumentException',
    ])
    expect([batch(8, MB / 2), batch(8, MB / 2 + 1)].map(({ status }) => status)).toEqual([
      'OK',
      'InvalidArgumentException',
    ])
    expect(state(l).accepted).toBe(1 + 500 + 8)
  })

  test('so many records, requests and bytes a second by DirectPut, the rest is told to slow down [FH-01, FH-03]', () => {
    const accepted = (quotas: Record<string, number>, call: (l: Lab) => void): [number, Answer[]] => {
      const l = toS3({}, { quotas })
      for (let i = 0; i < 300; i++) call(l)
      l.run(SECOND)
      return [state(l).accepted, [...l.answers]]
    }
    const one = (size: number) => (l: Lab) =>
      l.call('In', 'firehose:PutRecord', { Record: { Data: 'x', DataSize: size } })
    const [byRequests, answers] = accepted({ 'kinesisfirehose.RequestsPerSecond': 200 }, one(1))
    expect(byRequests).toBe(200)
    expect(answers.find(({ status }) => status !== 'OK')).toMatchObject({
      status: 'ServiceUnavailableException',
      http: 503,
    })
    expect(accepted({ 'kinesisfirehose.RecordsPerSecond': 100 }, one(1))[0]).toBe(100)
    expect(accepted({ 'kinesisfirehose.BytesPerSecond': 5_000 }, one(100))[0]).toBe(50)
    const { RecordsPerSecond: records, RequestsPerSecond: requests, BytesPerSecond: bytes } = deliveryStream.quotas
    expect([records!.current, requests!.current, bytes!.current, records!.notes2020]).toEqual([
      500_000,
      2_000,
      5 * MB,
      5_000,
    ])
  })

  test('part of a batch, and says of each record what became of it [FH-02]', () => {
    const l = toS3({}, { quotas: { 'kinesisfirehose.RecordsPerSecond': 3 } })
    const { status, answer } = l.ask('In', 'firehose:PutRecordBatch', {
      Records: [1, 2, 3, 4, 5].map((Data) => ({ Data })),
    })
    expect([status, answer.FailedPutCount]).toEqual(['OK', 2])
    expect(answer.RequestResponses.map(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode)).toEqual([
      ...[undefined, undefined, undefined],
      ...['ServiceUnavailableException', 'ServiceUnavailableException'],
    ])
    l.run(MINUTE)
    expect([l.sum('In', 'ThrottledRecords'), l.sum('In', 'IncomingRecords')]).toEqual([2, 3])
  })
})

describe('a buffer is delivered', () => {
  test('by time at a low rate and by size at a high one [FH-10, FH-V1]', () => {
    const slow = toS3()
    stream(slow, 601, 10_000)
    expect(objects(slow).map(({ Size }) => Size)).toEqual([3_000_000, 3_000_000])
    const fast = toS3()
    const began = fast.now
    stream(fast, 104, 50_000)
    expect(objects(fast)).toEqual([])
    stream(fast, 1, 50_000)
    expect(objects(fast).map(({ Size }) => Size)).toEqual([5_250_000])
    expect(fast.now - began).toBe(105 * SECOND)
  })

  test('when its time since the first record is over, not by a clock of its own [FH-10, FH-V2]', () => {
    const l = toS3()
    put(l, 'a')
    l.run(299 * SECOND)
    put(l, 'b')
    l.run(300 * SECOND - 1)
    expect(objects(l)).toEqual([])
    l.run(300 * SECOND)
    expect(content(l)).toEqual(['ab'])
    l.run(301 * SECOND)
    put(l, 'c')
    l.run(601 * SECOND - 1)
    expect(objects(l)).toHaveLength(1)
    l.run(601 * SECOND)
    expect(content(l)).toEqual(['ab', 'c'])
  })

  test('within seconds without an interval, today [FH-10, FH-12]', () => {
    const l = toS3(hints(1, 0))
    put(l, 'a')
    l.run(SECOND - 1)
    expect(objects(l)).toEqual([])
    l.run(SECOND)
    expect(objects(l)).toHaveLength(1)
    const of2020 = (interval: number) => (): unknown => toS3(hints(1, interval), { profile: 'notes-2020' })
    expect(of2020(59)).toThrow(/IntervalInSeconds` is 59/)
    expect(of2020(60)).not.toThrow()
  })

  test('by the hints of its destination, which are set together [FH-10]', () => {
    const rest = (property: string): object =>
      property.startsWith('Extended')
        ? { BucketARN: 'Store' }
        : {
            S3Configuration: { BucketARN: 'Store' },
            ...(property.startsWith('Http') ? { EndpointConfiguration: { Url: 'https://x' } } : {}),
          }
    const of = (property: string, size: number, interval: number) => (): unknown =>
      world({ [property]: { ...hints(size, interval), ...rest(property) } })
    const most: readonly (readonly [string, number, number])[] = [
      ['ExtendedS3DestinationConfiguration', 128, 900],
      ['AmazonopensearchserviceDestinationConfiguration', 100, 900],
      ['HttpEndpointDestinationConfiguration', 64, 900],
      ['SplunkDestinationConfiguration', 5, 60],
    ]
    for (const [property, size, interval] of most) {
      expect(of(property, size, interval)).not.toThrow()
      expect(of(property, size + 1, interval)).toThrow(/SizeInMBs/)
      expect(of(property, size, interval + 1)).toThrow(/IntervalInSeconds/)
    }
    expect(() => toS3({ BufferingHints: { SizeInMBs: 5 } })).toThrow(/are set together/)
    const plan = (property: string): unknown => {
      const { bytes, interval } = state(world({ [property]: rest(property) })).plan
      return [bytes / MB, interval / SECOND]
    }
    expect(['HttpEndpointDestinationConfiguration', 'SplunkDestinationConfiguration'].map(plan)).toEqual([
      [5, 300],
      [5, 60],
    ])
  })

  test('5 MB every fifty seconds at 100 KB a second, 300 KB every five minutes at 1 KB a second [N.FIREHOSE-01]', () => {
    const written = (perSecond: number, duration: string): Bucket =>
      runScenario(
        scenarioOf(`
Resources:
  Store: { Type: AWS::S3::Bucket }
  In: { Type: AWS::KinesisFirehose::DeliveryStream, Properties: { ExtendedS3DestinationConfiguration: { BucketARN: !GetAtt Store.Arn, RoleARN: r } } }
Simulation:
  Duration: ${duration}
  Workloads: { Load: { Target: In, Operation: firehose:PutRecord, Rate: ${perSecond}/s, Arrivals: regular, Parameters: { Record: { Data: x, DataSize: 1000B } } } }
`),
      ).world.stateOf<Bucket>('Store')
    const fast = written(100, '10m').objects
    expect([fast.count, fast.bytes / fast.count / 1e6]).toEqual([11, expect.closeTo(5.243, 2)])
    const slow = written(1, '15m').objects
    expect([slow.count, slow.bytes / slow.count]).toEqual([2, 300_000])
  })
})

describe('an object', () => {
  test('is the records one behind the other, under the hour of its first, in UTC [FH-13]', () => {
    const l = toS3(hints(1, 60), { startsAt: 1_767_657_540_000_000 })
    put(l, 'one')
    put(l, 'two')
    l.run(2 * MINUTE)
    const [{ Key }] = objects(l) as [{ Key: string; Size: number }]
    expect(Key).toMatch(/^2026\/01\/05\/23\/In-1-2026-01-05-23-59-00-[0-9a-f-]{36}$/)
    expect(content(l)).toEqual(['onetwo'])
  })

  test('has the prefix of the template, with its expressions, and a delimiter on request [FH-13]', () => {
    const Prefix = 'data/!{timestamp:yyyy-MM-dd}/!{firehose:random-string}/'
    const l = toS3({
      ...hints(1, 60),
      Prefix,
      FileExtension: '.json',
      ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
    })
    put(l, 'one')
    put(l, 'two')
    l.run(2 * MINUTE)
    expect(objects(l)[0]!.Key).toMatch(/^data\/2026-01-05\/[0-9a-f]{11}\/In-1-.*\.json$/)
    expect(objects(l)[0]!.Size).toBe(8)
    expect(content(l)).toEqual(['one\ntwo'])
    const plain = toS3({ ...hints(1, 60), Prefix: 'raw-' })
    put(plain, 'one')
    plain.run(2 * MINUTE)
    expect(objects(plain)[0]!.Key).toMatch(/^raw-2026\/01\/05\/00\/In-1-/)
  })

  test('is smaller when it is compressed; a buffer is full by what came in [FH-10]', () => {
    const l = toS3({ ...hints(1, 900), CompressionFormat: 'GZIP' })
    stream(l, 11, 100_000)
    expect(objects(l).map(({ Size }) => Size)).toEqual([275_000])
  })
})

/** A stream whose records pass the function `Fn`. */
function transformed(code: readonly Instruction[], parameters: Record<string, string> = {}, options: More = {}): Lab {
  const Parameters = Object.entries({ LambdaArn: 'Fn', ...parameters }).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
  }))
  return toS3(
    { ...hints(1, 60), ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'Lambda', Parameters }] } },
    {
      ...options,
      more: {
        'Sim::Lambda::Account': { def: account },
        Fn: {
          def: lambdaFunction,
          properties: { Timeout: 900 },
          config: { Handler: steps(...code) },
          assumptions: { ColdStart: '0ms', InvokeLatency: '0ms' },
        },
      },
    },
  )
}
const returns = (records: unknown): Instruction => ({ op: 'return', value: { kind: 'constant', value: { records } } })

describe('a transforming function', () => {
  test('gets records by its own buffer, and says of each what becomes of it [FH-20]', () => {
    const l = transformed([
      returns([
        { recordId: '0', result: 'Ok', data: 'longer than before' },
        { recordId: '1', result: 'Dropped' },
        { recordId: '2', result: 'ProcessingFailed' },
      ]),
    ])
    for (const each of ['a', 'b', 'c', 'd']) put(l, each)
    l.run(60 * SECOND)
    expect(objects(l)).toEqual([])
    l.run(2 * MINUTE)
    // What it says nothing of has failed.
    expect(content(l)).toEqual(['longer than before', 'cd'])
    expect(objects(l)[1]!.Key).toMatch(/^processing-failed\/2026/)
    expect(state(l)).toMatchObject({ delivered: 1, dropped: 1, failed: 2, inside: 0 })
    expect([l.sum('Fn', 'Invocations'), l.sum('In', 'SucceedProcessing.Records')]).toEqual([1, 1])
  })

  test('that fails is invoked three times more, then its records are in the error output [FH-20, FH-V6]', () => {
    const l = transformed([{ op: 'fail', error: 'Bad', catches: [] }])
    put(l, 'a')
    l.run(10 * MINUTE)
    expect(l.sum('Fn', 'Invocations')).toBe(4)
    expect(objects(l).map(({ Key }) => Key.split('/')[0])).toEqual(['processing-failed'])
    const once = transformed([{ op: 'fail', error: 'Bad', catches: [] }], { NumberOfRetries: '0' })
    put(once, 'a')
    once.run(10 * MINUTE)
    expect(once.sum('Fn', 'Invocations')).toBe(1)
  })

  test('has five minutes, and five invocations at a time [FH-20]', () => {
    const l = transformed([{ op: 'wait', time: { kind: 'constant', value: 360 * SECOND } }], {
      BufferSizeInMBs: '0.2',
      NumberOfRetries: '0',
    })
    for (let i = 0; i < 8; i++) put(l, i, 210_000)
    l.run(SECOND)
    expect(state(l).transforms!.running).toBe(5)
    l.run(300 * SECOND - 1)
    expect(state(l).failed + state(l).buffers.records).toBe(0)
    l.run(300 * SECOND)
    expect([state(l).buffers.records, state(l).transforms!.running]).toEqual([0, 3])
    l.run(20 * MINUTE)
    expect(state(l).failed).toBe(8)
  })

  test('that answers nothing lets everything through, unless the scenario says otherwise', () => {
    const l = transformed([])
    put(l, 'a')
    l.run(5 * MINUTE)
    expect(content(l)).toEqual(['a'])
    const dropping = transformed([], {}, { assumptions: { SilentTransform: 'Dropped' } })
    put(dropping, 'a')
    dropping.run(5 * MINUTE)
    expect(state(dropping).dropped).toBe(1)
  })

  test('has a buffer of 0.2 to 3 MB [FH-10]', () => {
    const size = (BufferSizeInMBs: string) => (): unknown => transformed([], { BufferSizeInMBs })
    expect(size('0.2')).not.toThrow()
    expect(size('3')).not.toThrow()
    expect(size('0.1')).toThrow(/`BufferSizeInMBs` is 0.1/)
    expect(size('4')).toThrow(/`BufferSizeInMBs` is 4/)
  })
})

const URL = 'https://collector.example.com/in'
const toHttp = (origin: Record<string, unknown>, more: Record<string, unknown> = {}): Lab =>
  world(
    {
      HttpEndpointDestinationConfiguration: {
        ...hints(1, 60),
        EndpointConfiguration: { Url: URL },
        S3Configuration: { BucketARN: 'Store', ...hints(1, 60) },
        ...more,
      },
    },
    { more: { Origin: { def: server, properties: { Url: URL, Workers: 100, ServiceTime: '1ms', ...origin } } } },
  )

describe('an endpoint', () => {
  test('gets a buffer in one request [FH-10]', () => {
    const l = toHttp({})
    for (const each of ['a', 'b']) put(l, each)
    l.run(2 * MINUTE)
    expect([l.sum('Origin', 'Requests'), state(l).delivered, objects(l).length]).toEqual([1, 2, 0])
    expect(l.sum('In', 'DeliveryToHttpEndpoint.Records')).toBe(2)
  })

  test('that fails is tried again for the retry duration, with pauses that double; then records go to the bucket [FH-21]', () => {
    const attempts = (RetryOptions: object | undefined): number => {
      const l = toHttp({ ErrorRate: 1 }, RetryOptions === undefined ? {} : { RetryOptions })
      put(l, 'a')
      l.run(HOUR)
      expect(objects(l).map(({ Key }) => Key.split('/')[0])).toEqual(['http-endpoint-failed'])
      return l.sum('Origin', 'Requests')
    }
    expect(attempts({ DurationInSeconds: 0 })).toBe(1)
    // Attempts at 0, 1, 3, 7, 15, 31, 63, 127 and 247 s; two minutes is the longest pause.
    expect(attempts({ DurationInSeconds: 250 })).toBe(9)
    expect(attempts(undefined)).toBe(9)
  })

  test('that has not answered in three minutes has failed, and may get records twice [FH-04, FH-23]', () => {
    const l = toHttp({ ServiceTime: '181s' }, { RetryOptions: { DurationInSeconds: 100 } })
    put(l, 'a')
    l.run(60 * SECOND + 180 * SECOND - 1)
    expect(state(l).deliveries.failures.total).toBe(0)
    l.run(60 * SECOND + 180 * SECOND)
    expect(state(l).deliveries.failures.total).toBe(1)
    l.run(HOUR)
    expect([l.sum('Origin', 'Served'), objects(l).length]).toEqual([1, 1])
  })

  test('gets later records before earlier ones that had to be tried again [FH-04]', () => {
    const l = toHttp({ ErrorRate: 1 })
    put(l, 'first')
    l.run(61 * SECOND + 500_000)
    expect(state(l).deliveries.count).toBe(1)
    const failing = state(l).deliveries.failures.total
    expect(failing).toBeGreaterThan(0)
    l.run(MINUTE + 64 * SECOND)
    put(l, 'second')
    l.run(4 * MINUTE)
    expect(state(l).deliveries.count).toBe(2)
  })

  test('leaves a copy of everything in the bucket on request', () => {
    const l = toHttp({}, { S3BackupMode: 'AllData' })
    put(l, 'a')
    l.run(2 * MINUTE)
    expect([state(l).delivered, content(l), l.sum('In', 'BackupToS3.Records')]).toEqual([1, ['a'], 1])
  })
})

describe('a bucket that fails', () => {
  test('is tried again for a day, after which the data is lost [FH-05, FH-21]', () => {
    const until = (time: number): Lab => {
      const l = toS3(hints(1, 60))
      l.ask('Store', 's3:DeleteBucket')
      put(l, 'a')
      return l.run(time)
    }
    const down = until(DAY - 2 * MINUTE)
    expect([state(down).inside, state(down).lost.total]).toEqual([1, 0])
    down.ask('Store', 's3:CreateBucket')
    down.run(DAY + 5 * MINUTE)
    expect([state(down).delivered, state(down).lost.total]).toEqual([1, 0])
    const gone = until(DAY + 5 * MINUTE)
    expect([state(gone).inside, state(gone).lost.total]).toEqual([0, 1])
  })

  test('does not change its buffers: however far behind it is, objects are as large as the hint says [FH-11]', () => {
    const l = toS3(hints(1, 60))
    l.ask('Store', 's3:DeleteBucket')
    stream(l, 600, 50_000)
    l.ask('Store', 's3:CreateBucket')
    l.run(l.now + 5 * MINUTE)
    // 21 records of 50 kB fill a buffer of 1 MiB.
    const sizes = objects(l).map(({ Size }) => Size)
    expect(Math.max(...sizes)).toBe(1_050_000)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(30_000_000)
  })

  test('makes the stream fall behind, which its freshness tells [FH-05]', () => {
    const l = toS3(hints(1, 60))
    put(l, 'a')
    l.run(2 * MINUTE)
    l.ask('Store', 's3:ListObjectsV2')
    // Ages of a quiet stretch are one point, which grows by a minute each minute.
    const age = (of: Lab): number => {
      const { max, repeat } = of.points('In', 'DeliveryToS3.DataFreshness').at(-1)!
      return max + (repeat - 1) * MINUTE
    }
    expect(l.points('In', 'DeliveryToS3.DataFreshness').at(-1)!.max).toBe(0)
    const down = toS3(hints(1, 60))
    down.ask('Store', 's3:DeleteBucket')
    put(down, 'a')
    down.run(30 * MINUTE)
    expect(age(down)).toBe(30 * MINUTE)
  })
})

describe('Redshift', () => {
  const toRedshift = (): Lab =>
    world(
      {
        RedshiftDestinationConfiguration: {
          ClusterJDBCURL: 'jdbc:redshift://x',
          CopyCommand: { DataTableName: 't' },
          S3Configuration: { BucketARN: 'Store', ...hints(1, 60) },
        },
      },
      { assumptions: { CopyTime: '90s' } },
    )

  test('gets an object first and then a COPY, the next when the one before has ended [FH-22]', () => {
    const l = toRedshift()
    for (let i = 0; i < 3; i++) {
      put(l, i)
      l.run(l.now + MINUTE)
    }
    expect([objects(l).length, state(l).delivered]).toEqual([3, 1])
    l.run(60 * SECOND + 180 * SECOND)
    expect([state(l).delivered, state(l).inside]).toEqual([2, 1])
    l.run(60 * SECOND + 270 * SECOND)
    expect(state(l).delivered).toBe(3)
  })
})

describe('partitions', () => {
  const partitioned = (options: More = {}, Prefix = 'by/!{partitionKeyFromQuery:id}/'): Lab =>
    toS3(
      {
        ...hints(64, 60),
        Prefix,
        DynamicPartitioningConfiguration: { Enabled: true },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'MetadataExtraction',
              Parameters: [
                { ParameterName: 'MetadataExtractionQuery', ParameterValue: '{id: .customer.id}' },
                { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
              ],
            },
          ],
        },
      },
      options,
    )

  test('have a buffer and a prefix each [FH-10, FH-24]', () => {
    const l = partitioned()
    for (const id of ['a', 'b', 'a']) put(l, JSON.stringify({ customer: { id } }))
    put(l, 'no json')
    l.run(2 * MINUTE)
    expect(objects(l).map(({ Key }) => Key.split('/').slice(0, 2).join('/'))).toEqual([
      'by/a',
      'by/b',
      'metadata-extraction-failed/2026',
    ])
    expect(state(l)).toMatchObject({ delivered: 3, failed: 1 })
  })

  test('are active as long as something is in their buffer: 3 a second for 60 s are 180 [FH-24, FH-V3]', () => {
    const l = partitioned()
    for (let second = 0; second < 200; second++) {
      for (let i = 0; i < 3; i++)
        l.call('In', 'firehose:PutRecord', { Record: { Data: { customer: { id: 3 * second + i } } } })
      l.run(l.now + SECOND - 1)
      if (second >= 60) expect(state(l).activePartitions()).toBe(180)
      l.run(l.now + 1)
    }
  })

  test('beyond the limit go to the error output [FH-24]', () => {
    const l = partitioned({ quotas: { 'kinesisfirehose.ActivePartitions': 3 } })
    for (let id = 0; id < 5; id++) put(l, { customer: { id } })
    put(l, { customer: { id: 1 } })
    l.run(2 * MINUTE)
    expect([state(l).delivered, state(l).failed, l.sum('In', 'PartitionCountExceeded')]).toEqual([4, 2, 2])
    expect(deliveryStream.quotas['ActivePartitions']!.current).toBe(500)
  })
})

test('a stream has one destination', () => {
  expect(() => world({})).toThrow(/has no destination/)
  expect(() =>
    world({
      S3DestinationConfiguration: { BucketARN: 'Store' },
      ExtendedS3DestinationConfiguration: { BucketARN: 'Store' },
    }),
  ).toThrow(/2 destinations/)
})

test('an outage of a destination outside of the scenario is a fault', () => {
  const l = world(
    {
      SplunkDestinationConfiguration: {
        HECEndpoint: 'https://x',
        HECEndpointType: 'Raw',
        RetryOptions: { DurationInSeconds: 60 },
        S3Configuration: { BucketARN: 'Store', ...hints(1, 60) },
      },
    },
    { faults: [{ at: 0, until: HOUR, fault: 'sim:firehose:destination-outage', target: 'In', params: {} }] },
  )
  put(l, 'a')
  l.run(30 * MINUTE)
  expect(objects(l).map(({ Key }) => Key.split('/')[0])).toEqual(['splunk-failed'])
  l.run(HOUR)
  put(l, 'b')
  l.run(2 * HOUR)
  expect(state(l)).toMatchObject({ delivered: 1, failed: 1 })
})

test('an idle stream costs no events', () => {
  const idle = new World(
    scenarioOf(`
Resources:
  Store: { Type: AWS::S3::Bucket }
  In: { Type: AWS::KinesisFirehose::DeliveryStream, Properties: { ExtendedS3DestinationConfiguration: { BucketARN: !GetAtt Store.Arn, RoleARN: r } } }
Simulation: { Duration: 365d, Workloads: { Load: { Target: In, Operation: firehose:PutRecord, Rate: 1/s, Count: 5 } } }
`).plan,
  )
  idle.run(HOUR)
  const before = idle.kernel.steps
  idle.run(365 * DAY)
  expect(idle.kernel.steps).toBe(before)
})

test('no record is ever lost track of, whatever fails', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 90 }),
    size: fc.integer({ min: 1, max: 600_000 }),
    outage: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 200 }),
      (all, ErrorRate, DurationInSeconds) => {
        const l = toHttp({ ErrorRate }, { RetryOptions: { DurationInSeconds } })
        for (const { wait, size } of all) {
          put(l, 'x', size)
          l.run(l.now + wait * SECOND)
        }
        l.run(l.now + HOUR)
        const { accepted, delivered, failed, inside } = state(l)
        expect([accepted, inside]).toEqual([all.length, 0])
        expect(delivered + failed).toBe(all.length)
      },
    ),
    { numRuns: 40 },
  )
})

describe('the bill of a delivery stream', () => {
  test('has its records in steps of 5 KB, at 0.029 USD a GB [PR-R1, PR-R2]', () => {
    for (const [size, steps] of [
      [1, 1],
      [5_120, 1],
      [5_121, 2],
      [51_200, 10],
    ] as const) {
      const l = toS3()
      put(l, 'x', size)
      const { IngestedBytes } = l
        .run(l.now + MINUTE)
        .finish()
        .bill('In')
      expect(IngestedBytes!.used * 2 ** 30).toBe(steps * 5_120)
    }
  })
})
