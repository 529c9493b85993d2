// Log groups: what comes in, what is counted in it, who gets it, and how long it stays.
import { describe, expect, it } from 'vitest'
import {
  DAY,
  HOUR,
  lab,
  MINUTE,
  Refused,
  SECOND,
  START_MS,
  type Answer,
  type Lab,
  type LabOptions,
  type Part,
} from '../../../test/kit.ts'
import { part, steps, waits, world as functions } from '../../../test/lambda.ts'
import { alarm, type Alarm } from '../cloudwatch/alarm.ts'
import { stream } from '../kinesis/stream.ts'
import { logGroup } from './log-group.ts'
import type { LogGroup } from './log-group-state.ts'

const probe = [...Object.keys(logGroup.ops)].map((action) => ['Lines', action as `${string}:${string}`] as const)
const transformation = { MetricName: 'Errors', MetricNamespace: 'Shop', MetricValue: '1' }
const metricFilter = (FilterPattern: string, more: object = {}) => ({
  type: 'AWS::Logs::MetricFilter',
  config: { LogGroupName: 'Lines', FilterPattern, MetricTransformations: [{ ...transformation, ...more }] },
})

function world(
  properties: Record<string, unknown> = {},
  options: LabOptions = {},
  parts: Record<string, Part> = {},
): Lab {
  return lab(
    { Lines: { def: logGroup, properties, assumptions: { ApiLatency: '0ms' } }, ...parts },
    { probe, ...options },
  )
}

const ask = (l: Lab, op: string, body: object = {}): Answer => l.ask('Lines', `logs:${op}`, body)
const put = (l: Lab, ...messages: string[]): Answer =>
  ask(l, 'PutLogEvents', { logEvents: messages.map((message) => ({ message })) })
const read = (l: Lab, body: object = {}): string[] =>
  ask(l, 'FilterLogEvents', body).answer.events.map(({ message }: any) => message)
/** The minutes in which a metric filter's metric has values. */
const points = (l: Lab, dimensions: Record<string, string> = {}) =>
  l.world.metrics
    .filter(
      ({ namespace, dimensions: own }) => namespace === 'Shop' && JSON.stringify(own) === JSON.stringify(dimensions),
    )
    .flatMap(({ series }) => series.points)
    .filter(({ n }) => n > 0)
const sums = (l: Lab, dimensions?: Record<string, string>): number[] => points(l, dimensions).map(({ sum }) => sum)

describe('lines', () => {
  it('come in by PutLogEvents, are counted with their bytes and can be read [N.LOGS-01]', () => {
    const l = world()
    expect(put(l, 'one', 'two', 'drei').status).toBe('OK')
    expect(read(l)).toEqual(['one', 'two', 'drei'])
    l.run(MINUTE)
    expect(l.points('Lines', 'IncomingLogEvents').map(({ sum }) => sum)).toEqual([3])
    expect(l.points('Lines', 'IncomingBytes').map(({ sum }) => sum)).toEqual([10 + 3 * 26])
  })

  it('stay as long as the retention says, or for ever [N.LOGS-03, CW-52]', () => {
    const [day, ever] = [world({ RetentionInDays: 1 }), world()]
    for (const l of [day, ever]) put(l, 'x')
    for (const l of [day, ever]) l.run(DAY - SECOND)
    expect([read(day), read(ever)]).toEqual([['x'], ['x']])
    for (const l of [day, ever]) l.run(DAY)
    expect([read(day), read(ever)]).toEqual([[], ['x']])
    for (const l of [day, ever]) l.run(DAY + MINUTE)
    expect([day, ever].map((l) => l.state<LogGroup>('Lines').store.bytesAt(l.now))).toEqual([0, 27])
    expect(ask(ever, 'PutRetentionPolicy', { retentionInDays: 2 }).status).toBe('InvalidParameterException')
    ask(ever, 'PutRetentionPolicy', { retentionInDays: 1 })
    expect(read(ever)).toEqual([])
    expect(() => world({ RetentionInDays: 2 })).toThrow(Refused)
  })

  it('of one request are at most 10,000 and 1 MB, in order, within a day [CW-52]', () => {
    const l = world()
    const events = (...list: object[]): string => ask(l, 'PutLogEvents', { logEvents: list }).status
    const many = Array.from({ length: 10_001 }, () => ({ message: 'x' }))
    expect(events(...many)).toBe('InvalidParameterException')
    expect(events(...many.slice(1))).toBe('OK')
    const large = (size: number) => ({ message: 'x'.repeat(size) })
    expect(events(large(1_048_576 - 26))).toBe('OK')
    expect(events(large(1_048_576 - 25))).toBe('InvalidParameterException')
    expect(events(large(600_000), large(600_000))).toBe('InvalidParameterException')
    const at = (ms: number) => ({ message: 'x', timestamp: START_MS + ms })
    expect(events(at(2), at(1))).toBe('InvalidParameterException')
    expect(events(at(-86_400_001), at(0))).toBe('InvalidParameterException')
    expect(events(at(-86_400_000), at(0))).toBe('OK')
    expect(events()).toBe('InvalidParameterException')
    const old = lab({ Lines: { def: logGroup } }, { probe, profile: 'notes-2020' })
    expect(put(old, 'x'.repeat(262_144 - 25)).status).toBe('InvalidParameterException')
  })

  it('that are too old or too new are left out, and the answer says where [CW-52]', () => {
    const l = world()
    const at = (ms: number) => ({ message: String(ms), timestamp: START_MS + ms })
    const info = (...list: object[]): unknown =>
      ask(l, 'PutLogEvents', { logEvents: list }).answer.rejectedLogEventsInfo
    const [hours, days] = [3_600_000, 86_400_000]
    expect(info(at(0), at(2 * hours), at(2 * hours + 10))).toEqual({ tooNewLogEventStartIndex: 2 })
    expect(info(at(-14 * days - 10), at(-14 * days + 10))).toEqual({ tooOldLogEventEndIndex: 1 })
    expect(read(l)).toEqual(['0', String(2 * hours), String(-14 * days + 10)])
  })

  it('are throttled beyond the requests of a second [CW-52]', () => {
    const l = world({}, { quotas: { 'logs.RequestsPerSecond': 3 } })
    expect(Array.from({ length: 4 }, () => put(l, 'x').status)).toEqual(['OK', 'OK', 'OK', 'ThrottlingException'])
    l.run(l.now + SECOND)
    expect(put(l, 'x').status).toBe('OK')
  })

  it('belong to a stream, which has to be there when it is named', () => {
    const l = world(
      {},
      { beside: { Own: { type: 'AWS::Logs::LogStream', config: { LogGroupName: 'Lines', LogStreamName: 'own' } } } },
    )
    const into = (logStreamName: string): string =>
      ask(l, 'PutLogEvents', { logStreamName, logEvents: [{ message: logStreamName }] }).status
    expect([into('own'), into('other')]).toEqual(['OK', 'ResourceNotFoundException'])
    expect(ask(l, 'CreateLogStream', { logStreamName: 'other' }).status).toBe('OK')
    expect(ask(l, 'CreateLogStream', { logStreamName: 'other' }).status).toBe('ResourceAlreadyExistsException')
    expect(into('other')).toBe('OK')
    expect(read(l, { logStreamNames: ['other'] })).toEqual(['other'])
    for (const logStreamNames of ['other', 7, {}])
      expect(ask(l, 'FilterLogEvents', { logStreamNames }).status).toBe('InvalidParameterException')
    expect(ask(l, 'GetLogEvents', { logStreamName: 'own' }).answer.events).toHaveLength(1)
    expect(
      ask(l, 'DescribeLogStreams', { logStreamNamePrefix: 'o' }).answer.logStreams.map(
        (each: any) => each.logStreamName,
      ),
    ).toEqual(['other', 'own'])
    ask(l, 'DeleteLogStream', { logStreamName: 'own' })
    expect(read(l)).toEqual(['other'])
  })
})

describe('a metric filter', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => (i % 14 === 5 ? `ERROR ${i}` : `fine ${i}`))

  it('counts the lines that match [N.LOGS-08, CW-50]', () => {
    const l = world({}, { beside: { F: metricFilter('ERROR') } })
    put(l, ...hundred)
    l.run(MINUTE)
    expect(sums(l)).toEqual([7])
  })

  it('can set off an alarm [N.LOGS-09]', () => {
    const properties = {
      ...{ Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
      ...{ Threshold: 5, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'notBreaching' },
    }
    const state = (lines: readonly string[]): unknown => {
      const l = world({}, { beside: { F: metricFilter('ERROR') } }, { Bell: { def: alarm, properties } })
      put(l, ...lines)
      l.run(5 * MINUTE)
      return l.state<Alarm>('Bell').history.map((each) => each.state)
    }
    expect(state(hundred)).toContain('ALARM')
    expect(state(hundred.slice(0, 50))).not.toContain('ALARM')
  })

  it('counts only what comes after it was made [N.LOGS-10, CW-50]', () => {
    const l = world()
    put(l, ...Array.from({ length: 50 }, () => 'ERROR before'))
    l.run(100 * SECOND)
    const given = {
      filterName: 'f',
      filterPattern: 'ERROR',
      metricTransformations: [{ metricName: 'Errors', metricNamespace: 'Shop', metricValue: '1' }],
    }
    expect(ask(l, 'PutMetricFilter', given).status).toBe('OK')
    put(l, ...Array.from({ length: 10 }, () => 'ERROR after'))
    l.run(3 * MINUTE)
    expect(sums(l)).toEqual([10])
    expect(ask(l, 'DeleteMetricFilter', { filterName: 'f' }).status).toBe('OK')
    expect(ask(l, 'DeleteMetricFilter', { filterName: 'f' }).status).toBe('ResourceNotFoundException')
    expect(ask(l, 'PutMetricFilter', { ...given, filterPattern: '{ $.a' }).status).toBe('InvalidParameterException')
  })

  it('is refused when its transformation is none or its default is no number', () => {
    const l = world()
    const given = { metricName: 'Errors', metricNamespace: 'Shop', metricValue: '1' }
    for (const each of [null, { ...given, defaultValue: 'few' }, { ...given, defaultValue: 'Infinity' }])
      expect(ask(l, 'PutMetricFilter', { filterName: 'f', metricTransformations: [each] }).status).toBe(
        'InvalidParameterException',
      )
  })

  it('reports its default for a minute in which lines came and none matched, and nothing for one without lines [CW-V10, CW-50]', () => {
    const l = world({}, { beside: { F: metricFilter('ERROR', { DefaultValue: 0 }) } })
    put(l, 'ERROR', 'ERROR', 'fine')
    l.run(MINUTE + SECOND)
    put(l, 'fine')
    l.run(4 * MINUTE)
    expect(points(l).map(({ start, sum, n }) => [start, sum, n])).toEqual([
      [0, 2, 2],
      [MINUTE, 0, 1],
    ])
    const without = world({}, { beside: { F: metricFilter('ERROR') } })
    put(without, 'fine')
    without.run(2 * MINUTE)
    expect(sums(without)).toEqual([])
  })

  it('reports no default for a minute whose lines all came before it was made [CW-50]', () => {
    const l = world({}, { beside: { F: metricFilter('other', { DefaultValue: 0, MetricName: 'Others' }) } })
    put(l, 'fine')
    l.run(SECOND)
    const metricTransformations = [{ ...transformation, DefaultValue: 7 }]
    ask(l, 'PutMetricFilter', { filterName: 'late', filterPattern: 'ERROR', metricTransformations })
    l.run(MINUTE)
    expect(sums(l)).toEqual([0])
    put(l, 'fine')
    l.run(2 * MINUTE)
    expect(sums(l)).toEqual([0, 0, 7])
  })

  it('takes values and dimensions out of the lines [CW-50]', () => {
    const given = { MetricValue: '$.ms', Dimensions: [{ Key: 'Path', Value: '$.path' }] }
    const l = world({}, { beside: { F: metricFilter('{ $.ms > 0 }', given) } })
    const line = (path: string | undefined, ms: unknown): string => JSON.stringify({ path, ms })
    put(l, line('/a', 10), line('/a', 5), line('/b', 1), line('/b', -1), line(undefined, 3))
    l.run(MINUTE)
    expect([sums(l, { Path: '/a' }), sums(l, { Path: '/b' }), sums(l)]).toEqual([[15], [1], [3]])
    const fields = world({}, { beside: { F: metricFilter('[ip, ..., bytes]', { MetricValue: '$bytes' }) } })
    put(fields, '127.0.0.1 - "GET /" 1534', '127.0.0.1 none')
    fields.run(MINUTE)
    expect(sums(fields)).toEqual([1534])
  })

  it.each([
    ['{ $.a = }', {}, 'a value is expected'],
    ['ERROR', { MetricValue: 'x' }, 'neither a number nor in the pattern'],
    ['ERROR', { Dimensions: [{ Key: 'a', Value: '$.a' }] }, 'dimensions need a pattern'],
    ['{ $.a = 1 }', { DefaultValue: 0, Dimensions: [{ Key: 'a', Value: '$.a' }] }, 'no default value'],
    ['{ $.a = 1 }', { Dimensions: Array.from({ length: 4 }, (_, i) => ({ Key: `${i}`, Value: '$.a' })) }, 'at most 3'],
  ])('%s %j is refused [CW-50]', (pattern, more, message) => {
    expect(() => world({}, { beside: { F: metricFilter(pattern, more) } })).toThrow(message)
  })

  it('is one of at most a hundred of a group [CW-50]', () => {
    const beside = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`F${i}`, metricFilter('x')]))
    expect(() => world({}, { beside: beside(100) })).not.toThrow()
    expect(() => world({}, { beside: beside(101) })).toThrow('LimitExceededException')
  })
})

describe('a function', () => {
  const group: Part = { def: logGroup, properties: { LogGroupName: '/aws/lambda/Work' } }
  const raises = steps({ op: 'fail', error: 'Declined', catches: [] })

  it('writes START, END and REPORT without any step of its handler [N.LOGS-04]', () => {
    const l = functions({ Work: part(waits(20_500)), Lines: group })
    l.ask('Work', 'lambda:InvokeFunction', { Payload: null })
    l.run(l.now + SECOND)
    const lines = read(l)
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['START', 'END', 'REPORT'])
    expect(lines[2]).toMatch(
      /^REPORT RequestId: [\da-f-]{36}\tDuration: 20\.50 ms\tBilled Duration: 21 ms\tMemory Size: 128 MB$/,
    )
  })

  it('writes what failed, and that its time was over', () => {
    const l = functions({ Work: part(raises), Lines: group })
    l.ask('Work', 'lambda:InvokeFunction', { Payload: null })
    const slow = functions({ Work: part(waits(5 * SECOND), { Timeout: 3 }), Lines: group })
    slow.ask('Work', 'lambda:InvokeFunction', { Payload: null })
    for (const each of [l, slow]) each.run(each.now + SECOND)
    expect(read(l, { filterPattern: 'ERROR' })).toEqual([expect.stringContaining('"errorType":"Declined"')])
    expect(read(slow, { filterPattern: '"Task timed out after 3.00 seconds"' })).toHaveLength(1)
  })

  it('has a stream for each of its environments [N.LOGS-07]', () => {
    const l = functions({ Work: part(waits(SECOND)), Lines: group })
    for (let i = 0; i < 3; i++) l.call('Work', 'lambda:InvokeFunction', { Payload: null })
    l.run(5 * SECOND)
    l.ask('Work', 'lambda:InvokeFunction', { Payload: null })
    l.run(10 * SECOND)
    const { logStreams } = ask(l, 'DescribeLogStreams').answer
    expect(logStreams).toHaveLength(3)
    expect(logStreams[0].logStreamName).toMatch(/^2026\/01\/05\/\[\$LATEST\][\da-f]{32}$/)
  })
})

describe('a subscription filter', () => {
  const subscription = (DestinationArn: string, more: object = {}) => ({
    type: 'AWS::Logs::SubscriptionFilter',
    config: { LogGroupName: 'Lines', FilterName: 'errors', FilterPattern: 'ERROR', DestinationArn, ...more },
  })
  const lines = Array.from({ length: 100 }, (_, i) => (i % 14 === 5 ? `ERROR ${i}` : `fine ${i}`))

  it('hands the lines that match to a function, together and without the sender waiting [N.LAMBDA-ASYNC-11]', () => {
    const group = { def: logGroup, assumptions: { ApiLatency: '0ms', SubscriptionDelay: '2s' } }
    const l = functions({ Work: part(waits(0)), Lines: group }, { beside: { S: subscription('Work') } })
    expect(put(l, ...lines).at).toBe(0)
    l.run(2 * SECOND - 1)
    expect(l.state<LogGroup>('Lines').forwarded).toBe(0)
    l.run(MINUTE)
    expect(l.points('Work', 'Invocations').map(({ sum }) => sum)).toEqual([1])
    expect(l.state<LogGroup>('Lines').forwarded).toBe(7)
    expect(
      l
        .points('Lines', 'ForwardedLogEvents', { DestinationType: 'Lambda', FilterName: 'errors' })
        .map(({ sum }) => sum),
    ).toEqual([7])
  })

  it('puts them into a stream, each stream of lines under a key of its own', () => {
    const l = world(
      {},
      {
        beside: { S: subscription('Out') },
        probe: [...probe, ['Out', 'kinesis:GetRecords'], ['Out', 'kinesis:GetShardIterator']],
      },
      { Out: { def: stream, properties: { ShardCount: 1 } } },
    )
    ask(l, 'CreateLogStream', { logStreamName: 'b' })
    put(l, 'ERROR 1', 'fine')
    ask(l, 'PutLogEvents', { logStreamName: 'b', logEvents: [{ message: 'ERROR 2' }] })
    l.run(MINUTE)
    const iterator = l.ask('Out', 'kinesis:GetShardIterator', {
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }).answer.ShardIterator
    const records = l.ask('Out', 'kinesis:GetRecords', { ShardIterator: iterator }).answer.Records as any[]
    expect(
      records.map(({ PartitionKey, Data }) => [PartitionKey, Data.logEvents.map((each: any) => each.message)]).sort(),
    ).toEqual([
      ['b', ['ERROR 2']],
      ['default', ['ERROR 1']],
    ])
  })

  it('is one of at most two of a group, and goes to what can take lines', () => {
    const beside = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`S${i}`, subscription('elsewhere')]))
    expect(() => world({}, { beside: beside(2) })).not.toThrow()
    expect(() => world({}, { beside: beside(3) })).toThrow('LimitExceededException')
    expect(() => world({}, { beside: { S: subscription('Bell') } }, { Bell: { def: logGroup } })).toThrow(
      'cannot be the destination',
    )
  })

  it('tries a delivery again that was refused, and says what never arrives', () => {
    const l = functions(
      { Work: part(waits(0), { ReservedConcurrentExecutions: 0 }), Lines: { def: logGroup } },
      { beside: { S: subscription('Work') } },
    )
    put(l, 'ERROR')
    l.run(HOUR)
    const { deliveries } = l.state<LogGroup>('Lines')
    expect(deliveries.isBalanced).toBe(true)
  })
})
