// Replicas of a table in several regions: what reaches the others, when, and which of two writes stays.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, MS, SECOND, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { tablePart } from '../../../test/tables.ts'
import { insightsOf } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'
import { globalTable } from './global-table.ts'
import type { Cluster } from '../dax/cluster-state.ts'
import type { Table } from './state.ts'
import type { Item } from './values.ts'

const HOME = 'us-east-1'
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-northeast-1']
const STRONG = ['us-east-1', 'us-east-2', 'us-west-2']
const ACTIONS = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
  'DeleteTable',
  'Query',
  'UpdateTable',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
] as const

interface Given {
  readonly regions?: readonly string[]
  readonly properties?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  /** Provisioned units of every replica; on demand when absent. */
  readonly units?: { readonly read: readonly number[]; readonly write: number }
}

const nameOf = (region: string): string => (region === HOME ? 'G' : `G.${region}`)

/** A global table `G`; replication takes a second, unless it is said otherwise. */
function globalLab(
  { regions = REGIONS.slice(0, 2), properties = {}, assumptions = {}, units }: Given = {},
  world: LabOptions = {},
): Lab {
  return lab(
    {
      G: {
        def: globalTable,
        properties: {
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          ...(units === undefined
            ? { BillingMode: 'PAY_PER_REQUEST' }
            : {
                BillingMode: 'PROVISIONED',
                WriteProvisionedThroughputSettings: {
                  WriteCapacityAutoScalingSettings: { MinCapacity: units.write, MaxCapacity: 40_000 },
                },
              }),
          Replicas: regions.map((Region, i) => ({
            Region,
            ...(units === undefined ? {} : { ReadProvisionedThroughputSettings: { ReadCapacityUnits: units.read[i] } }),
          })),
          ...properties,
        },
        assumptions: { ...tablePart().assumptions, ReplicaLag: '0ms', ReplicationDelay: '1s', ...assumptions },
      },
    },
    {
      probe: regions.flatMap((region) => ACTIONS.map((action) => [nameOf(region), `dynamodb:${action}`] as const)),
      ...world,
    },
  )
}

const ask = (
  world: Lab,
  region: string,
  action: (typeof ACTIONS)[number],
  body: Record<string, unknown> = {},
): Answer => world.ask(nameOf(region), `dynamodb:${action}`, body)
const put = (world: Lab, region: string, item: Item, more = {}): Answer =>
  ask(world, region, 'PutItem', { Item: item, ...more })
const get = (world: Lab, region: string, pk = 'a'): Item | undefined =>
  ask(world, region, 'GetItem', { Key: { pk }, ConsistentRead: true }).answer.Item
const state = (world: Lab, region: string): Table => world.state<Table>(nameOf(region))
const [A, B, C] = REGIONS as [string, string, string]

test('what is written in one region is readable in the other after the replication latency, not before [N.DYNAMODB-11, DGT-R1, DGT-R4]', () => {
  const world = globalLab()
  world.run(SECOND)
  put(world, A, { pk: 'a', n: 1 })
  const written = SECOND
  world.run(written + SECOND - 2 * MS)
  expect([get(world, A), get(world, B)]).toEqual([{ pk: 'a', n: 1 }, undefined])
  world.run(written + SECOND)
  expect(get(world, B)).toEqual({ pk: 'a', n: 1 })
  // All replicas take writes.
  put(world, B, { pk: 'b' })
  world.run(world.now + SECOND)
  expect(get(world, A, 'b')).toEqual({ pk: 'b' })
  world.run(world.now + MINUTE)
  expect(world.points('G', 'ReplicationLatency', { ReceivingRegion: B })[0]!.sum).toBe(SECOND)
  ask(world, A, 'DeleteItem', { Key: { pk: 'a' } })
  world.run(world.now + SECOND)
  expect(get(world, B)).toBe(undefined)
})

test('of two writes at 100.000 s and 100.200 s the later one is everywhere from 101.2 s on [N.DYNAMODB-11, DGT-R2, DGT-V1]', () => {
  const world = globalLab()
  world.run(100 * SECOND)
  world.call('G', 'dynamodb:PutItem', { Item: { pk: 'a', from: 'A' } })
  world.run(100 * SECOND + 200 * MS)
  world.call(nameOf(B), 'dynamodb:PutItem', { Item: { pk: 'a', from: 'B' } })
  world.run(101 * SECOND + 190 * MS)
  expect([get(world, A)!['from'], get(world, B)!['from']]).toEqual(['A', 'B'])
  world.run(101 * SECOND + 200 * MS)
  expect([get(world, A)!['from'], get(world, B)!['from']]).toEqual(['B', 'B'])
  world.run(3 * MINUTE)
  // The write that was replaced was confirmed all the same; it is counted where it was made.
  expect([world.sum('G', 'OverwrittenWrites'), state(world, B).replication!.overwritten.total]).toEqual([1, 0])
})

test('of two writes at the same moment the region’s name decides, the same everywhere [DGT-R2]', () => {
  const world = globalLab()
  world.run(SECOND)
  world.call('G', 'dynamodb:PutItem', { Item: { pk: 'a', from: 'A' } })
  world.call(nameOf(B), 'dynamodb:PutItem', { Item: { pk: 'a', from: 'B' } })
  world.run(10 * SECOND)
  expect([get(world, A)!['from'], get(world, B)!['from']]).toEqual(['A', 'A'])
})

test('a write that has seen the other one is no conflict, whenever it comes [DGT-R2]', () => {
  const world = globalLab()
  put(world, A, { pk: 'a', n: 1 })
  world.run(5 * SECOND)
  put(world, B, { pk: 'a', n: 2 })
  world.run(10 * SECOND)
  expect([get(world, A)!['n'], get(world, B)!['n']]).toEqual([2, 2])
  for (const region of [A, B]) expect(state(world, region).replication!.conflicts.total).toBe(0)
})

test('each replica pays for every write, and each has its own capacity to read [N.DYNAMODB-11, DGT-R5]', () => {
  const world = globalLab({ units: { read: [10, 40], write: 20 } })
  put(world, A, { pk: 'a' }, { ItemSize: 2_500 })
  world.run(world.now + 2 * SECOND)
  expect([A, B].map((region) => state(world, region).capacity.consumedWrite)).toEqual([3, 3])
  expect(state(world, B).replication!.replicatedUnits).toBe(3)
  expect([A, B].map((region) => state(world, region).capacity.readUnits)).toEqual([10, 40])
  expect([A, B].map((region) => state(world, region).capacity.writeUnits)).toEqual([20, 20])
  // Write capacity that is changed in one region is changed in all, read capacity is not.
  ask(world, B, 'UpdateTable', { ProvisionedThroughput: { ReadCapacityUnits: 50, WriteCapacityUnits: 30 } })
  world.run(world.now + MINUTE)
  expect([A, B].map((region) => state(world, region).capacity.readUnits)).toEqual([10, 50])
  expect([A, B].map((region) => state(world, region).capacity.writeUnits)).toEqual([30, 30])
})

test('indexes are kept and paid for in every region [DGT-R5]', () => {
  const world = globalLab({
    properties: {
      AttributeDefinitions: ['pk', 'mail'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByMail',
          KeySchema: [{ AttributeName: 'mail', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    },
  })
  put(world, A, { pk: 'a', mail: 'x' })
  world.run(10 * SECOND)
  const found = ask(world, B, 'Query', {
    IndexName: 'ByMail',
    KeyConditionExpression: 'mail = :m',
    ExpressionAttributeValues: { ':m': 'x' },
  })
  expect(found.answer.Items).toEqual([{ pk: 'a', mail: 'x' }])
  expect(state(world, B).indexes!.all[0]!.throughput.capacity.consumedWrite).toBe(1)
})

test('a replica without capacity takes changes later; they arrive all the same', () => {
  const world = globalLab({ units: { read: [10, 10], write: 5 }, assumptions: { ReplicationDelay: 'uniform(0s, 2s)' } })
  // Both regions write as much as they may, so that each has nothing left for what the other sends.
  const load = (): void => {
    for (const region of [A, B])
      world.call(nameOf(region), 'dynamodb:PutItem', { Item: { pk: `${region}${world.now}` } })
  }
  for (let i = 0; i < 300; i++) {
    world.run((i * SECOND) / 5)
    load()
  }
  world.run(MINUTE)
  expect(state(world, B).replication!.throttled.total).toBeGreaterThan(10)
  expect(state(world, A).replication!.pending).toBeGreaterThan(0)
  world.run(10 * MINUTE)
  expect([A, B].map((region) => state(world, region).replication!.pending)).toEqual([0, 0])
  expect(state(world, A).items.live).toBe(state(world, B).items.live)
})

test('conditions look at the replica that is asked: both regions may create the same item [DGT-R3]', () => {
  const world = globalLab()
  const create = { ConditionExpression: 'attribute_not_exists(pk)' }
  expect([
    put(world, A, { pk: 'a', from: 'A' }, create).status,
    put(world, B, { pk: 'a', from: 'B' }, create).status,
  ]).toEqual(['OK', 'OK'])
  world.run(world.now + 5 * SECOND)
  expect(put(world, A, { pk: 'a' }, create).status).toBe('ConditionalCheckFailedException')
  expect([get(world, A)!['from'], get(world, B)!['from']]).toEqual(['B', 'B'])
})

test('items of one batch arrive one by one [DGT-R3]', () => {
  const world = globalLab({ assumptions: { ReplicationDelay: 'uniform(100ms, 2s)' } })
  const requests = Array.from({ length: 10 }, (_, i) => ({ PutRequest: { Item: { pk: `k${i}` } } }))
  ask(world, A, 'BatchWriteItem', { RequestItems: requests })
  world.run(world.now + SECOND)
  const some = state(world, B).items.live
  expect(some).toBeGreaterThan(0)
  expect(some).toBeLessThan(10)
  world.run(world.now + 2 * SECOND)
  expect(state(world, B).items.live).toBe(10)
})

test('items of one transaction arrive one by one, after it has been committed; with strong consistency there is none [DGT-R3, DGT-R9]', () => {
  const world = globalLab({ assumptions: { ReplicationDelay: 'uniform(100ms, 2s)' } })
  const TransactItems = ['a', 'b', 'c', 'd', 'e'].map((pk) => ({ Put: { TableName: 'G', Item: { pk } } }))
  expect(ask(world, A, 'TransactWriteItems', { TransactItems }).status).toBe('OK')
  const seen: number[] = []
  for (let i = 0; i < 22; i++) {
    seen.push(state(world, B).items.live)
    world.run(world.now + 100 * MS)
  }
  expect([seen[0], seen.at(-1)]).toEqual([0, 5])
  expect(new Set(seen).size).toBeGreaterThan(3)
  const strong = globalLab({ regions: STRONG, properties: { MultiRegionConsistency: 'STRONG' } })
  expect(ask(strong, HOME, 'TransactWriteItems', { TransactItems }).status).toBe('ValidationException')
})

test('what expires is deleted once, for nothing, and costs a unit in the other region; only the source’s stream says that the service did it [DGT-R6, DGT-R8]', () => {
  const world = globalLab({
    properties: { TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } },
    assumptions: { ExpiryDelay: '1h' },
  })
  put(world, B, { pk: 'a', until: world.world.plan.startsAt / 1_000_000 + 10 })
  world.run(10 * SECOND)
  const before = [A, B].map((region) => state(world, region).capacity.consumedWrite)
  expect(before).toEqual([1, 1])
  world.run(2 * HOUR)
  expect([get(world, A), get(world, B)]).toEqual([undefined, undefined])
  expect([A, B].map((region) => state(world, region).capacity.consumedWrite)).toEqual([1, 2])
  const records = (region: string): any[] => {
    const { StreamDescription } = ask(world, region, 'DescribeStream').answer
    const at = ask(world, region, 'GetShardIterator', {
      ShardId: StreamDescription.Shards[0].ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    return ask(world, region, 'GetRecords', at.answer).answer.Records
  }
  expect([A, B].map((region) => records(region).map(({ eventName }) => eventName))).toEqual([
    ['INSERT', 'REMOVE'],
    ['INSERT', 'REMOVE'],
  ])
  expect([A, B].map((region) => records(region)[1].userIdentity?.type)).toEqual(['Service', undefined])
})

test('a region that is cut off goes on, and so do the others; what waits is sent both ways when it is back [DGT-R7]', () => {
  const world = globalLab(
    { regions: REGIONS },
    {
      faults: [
        {
          ...{ at: 10 * SECOND, until: 5 * MINUTE, target: nameOf(B), params: {} },
          fault: 'aws:dynamodb:global-table-pause-replication',
        },
      ],
    },
  )
  world.run(20 * SECOND)
  expect([A, B, C].map((region) => put(world, region, { pk: region }).status)).toEqual(['OK', 'OK', 'OK'])
  world.run(4 * MINUTE)
  const seen = (): boolean[][] => [A, B, C].map((region) => [A, B, C].map((pk) => get(world, region, pk) !== undefined))
  expect(seen()).toEqual([
    [true, false, true],
    [false, true, false],
    [true, false, true],
  ])
  expect([A, B, C].map((region) => state(world, region).replication!.pending)).toEqual([1, 2, 1])
  expect(world.points('G', 'PendingReplicationCount', { ReceivingRegion: B }).at(-1)!.max).toBe(1)
  world.run(5 * MINUTE + 1500 * MS)
  expect(seen()).toEqual(Array(3).fill([true, true, true]))
  expect([A, B, C].map((region) => state(world, region).replication!.pending)).toEqual([0, 0, 0])
})

test('whatever is written where and whatever is on the way how long, in the end all regions have the same', () => {
  const step = fc.record({
    region: fc.nat(2),
    key: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('put', 'delete', 'add'),
    wait: fc.oneof(fc.nat(3_000), fc.constant(5_000)),
  })
  const steps = fc.array(step, { maxLength: 25 })
  fc.assert(
    fc.property(steps, fc.nat(1000), fc.boolean(), fc.boolean(), (steps, seed, isCutOff, forgets) => {
      const world = globalLab(
        { regions: REGIONS, assumptions: { ReplicationDelay: 'uniform(1ms, 4s)' } },
        {
          seed,
          faults: isCutOff
            ? [
                {
                  at: 5 * SECOND,
                  until: 30 * SECOND,
                  target: 'G',
                  params: {},
                  fault: 'aws:dynamodb:global-table-pause-replication',
                },
              ]
            : [],
        },
      )
      steps.forEach(({ region, key, kind, wait }, i) => {
        const to = REGIONS[region]!
        // What is deleted is forgotten as soon as it may be.
        if (forgets) for (const at of REGIONS) state(world, at).replication!['tooMany'] = 0
        if (kind === 'put') put(world, to, { pk: key, i })
        else if (kind === 'delete') ask(world, to, 'DeleteItem', { Key: { pk: key } })
        else
          ask(world, to, 'UpdateItem', {
            Key: { pk: key },
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': 1 },
          })
        world.run(world.now + wait * MS)
      })
      world.run(world.now + 2 * MINUTE)
      const all = REGIONS.map((region) => ['a', 'b', 'c'].map((key) => get(world, region, key)))
      expect(all[1]).toEqual(all[0])
      expect(all[2]).toEqual(all[0])
      for (const region of REGIONS) expect(state(world, region).replication!.pending).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('what was deleted everywhere is forgotten in time, and what is written anew is taken by all', () => {
  const world = globalLab({ assumptions: { ReplicationDelay: '1ms' } })
  for (let i = 0; i < 3_000; i++) {
    put(world, i % 2 === 0 ? A : B, { pk: `k${i}` })
    world.run(world.now + 5 * MS)
    ask(world, i % 3 === 0 ? A : B, 'DeleteItem', { Key: { pk: `k${i}` } })
  }
  world.run(world.now + SECOND)
  const kept = [A, B].map((region) => state(world, region).replication!.versions.size)
  expect(Math.max(...kept)).toBeLessThan(1_100)
  for (const region of [A, B]) {
    put(world, region, { pk: 'k1', by: region })
    world.run(world.now + SECOND)
    expect([A, B].map((at) => get(world, at, 'k1'))).toEqual([A, B].map(() => ({ pk: 'k1', by: region })))
  }
  expect([A, B].map((region) => state(world, region).replication!.conflicts.count)).toEqual([0, 0])
})

test('a global table of several regions needs a stream of new and old images [N.STREAMS-04]', () => {
  const made =
    (properties: Record<string, unknown>, regions = REGIONS.slice(0, 2)) =>
    () =>
      globalLab({ regions, properties })
  expect(made({ StreamSpecification: undefined })).toThrow(
    /Replicas: missing-property: `StreamSpecification` is absent/,
  )
  expect(made({ StreamSpecification: { StreamViewType: 'KEYS_ONLY' } })).toThrow(/StreamViewType: unknown-value/)
  expect(made({ StreamSpecification: undefined }, [HOME])).not.toThrow()
  expect(made({}, [HOME, HOME])).toThrow(/two replicas are in `us-east-1`/)
  expect(made({ BillingMode: 'PROVISIONED' })).toThrow(/`ProvisionedThroughput` is absent/)
})

test('with strong consistency a write waits for another region, and all regions read it at once [DGT-R9]', () => {
  const world = globalLab({
    regions: STRONG,
    properties: { MultiRegionConsistency: 'STRONG', StreamSpecification: undefined },
    assumptions: { RegionRoundTrip: '60ms' },
  })
  const [a, b, c] = STRONG as [string, string, string]
  world.run(SECOND)
  const answer = put(world, a, { pk: 'a', n: 1 })
  expect(answer.at - SECOND).toBe(61 * MS)
  expect([a, b, c].map((region) => get(world, region)!['n'])).toEqual([1, 1, 1])
  expect(ask(world, a, 'GetItem', { Key: { pk: 'a' } }).at).toBe(world.now)
  // A condition looks at the newest version, wherever it was written.
  expect(
    put(world, c, { pk: 'a', n: 2 }, { ConditionExpression: 'n = :one', ExpressionAttributeValues: { ':one': 1 } })
      .status,
  ).toBe('OK')
  expect(
    put(world, b, { pk: 'a', n: 3 }, { ConditionExpression: 'n = :one', ExpressionAttributeValues: { ':one': 1 } })
      .status,
  ).toBe('ConditionalCheckFailedException')
  expect(STRONG.map((region) => state(world, region).capacity.consumedWrite)).toEqual([2, 3, 2])
  expect(() => world.metric('G', 'ReplicationLatency', { ReceivingRegion: b })).toThrow()
})

test('an item that another region is writing is refused, until the round trip is over [DGT-R9]', () => {
  const at = (offset: number): string => {
    const world = globalLab({
      regions: STRONG,
      properties: { MultiRegionConsistency: 'STRONG' },
      assumptions: { RegionRoundTrip: '60ms' },
    })
    world.run(SECOND)
    world.call('G', 'dynamodb:PutItem', { Item: { pk: 'a', n: 1 } })
    world.run(SECOND + offset)
    const { status } = put(world, STRONG[1]!, { pk: 'a', n: 2 })
    world.run(2 * SECOND)
    expect(STRONG.map((region) => get(world, region)!['n'])).toEqual(Array(3).fill(status === 'OK' ? 2 : 1))
    return status
  }
  expect([at(1), at(60 * MS - 1), at(60 * MS)]).toEqual([
    'ReplicatedWriteConflictException',
    'ReplicatedWriteConflictException',
    'OK',
  ])
})

test('nothing that was confirmed is lost when a region is cut off: it refuses writes, the others go on, and it catches up [DGT-R9]', () => {
  const world = globalLab(
    { regions: STRONG, properties: { MultiRegionConsistency: 'STRONG' } },
    {
      faults: [
        {
          at: 10 * SECOND,
          until: MINUTE,
          target: 'G',
          params: {},
          fault: 'aws:dynamodb:global-table-pause-replication',
        },
      ],
    },
  )
  put(world, HOME, { pk: 'a', n: 1 })
  world.run(20 * SECOND)
  expect(put(world, HOME, { pk: 'a', n: 2 }).status).toBe('InternalServerError')
  expect(put(world, STRONG[1]!, { pk: 'a', n: 3 }).status).toBe('OK')
  expect([get(world, HOME)!['n'], get(world, STRONG[2]!)!['n']]).toEqual([1, 3])
  world.run(2 * MINUTE)
  expect(get(world, HOME)!['n']).toBe(3)
})

test('what cannot be strongly consistent is refused [DGT-R9]', () => {
  const made =
    (regions: readonly string[], properties: Record<string, unknown> = {}) =>
    () =>
      globalLab({ regions, properties: { MultiRegionConsistency: 'STRONG', ...properties } })
  expect(made(STRONG)).not.toThrow()
  expect(made(STRONG.slice(0, 2))).toThrow(/2 replicas and 0 witnesses/)
  expect(made(STRONG.slice(0, 2), { GlobalTableWitnesses: [{ Region: 'us-west-2' }] })).not.toThrow()
  expect(made(['us-east-1', 'us-east-2', 'eu-west-1'])).toThrow(/are not of one set/)
  expect(made(STRONG, { TimeToLiveSpecification: { Enabled: true, AttributeName: 'x' } })).toThrow(/no time to live/)
  expect(
    made(STRONG, {
      AttributeDefinitions: ['pk', 'sk', 'x'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'ByX',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'x', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  ).toThrow(/no local indexes/)
})

// In scenarios

const scenario = (more: string, workloads: string): string => `
Resources:
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      Replicas: [{ Region: us-east-1 }, { Region: eu-west-1 }]
Simulation:
  Duration: 4m
  Workloads:
${workloads}
${more}`
const writer = (name: string, target: string, key: string): string =>
  `    ${name}: { Target: ${target}, Operation: dynamodb:PutItem, Rate: 20/s, Attributes: { id: '${key}', n: uuid }, Parameters: { Item: { id: $.id, n: $.n } } }`
const said = (text: string): string[] =>
  insightsOf(evidenceOf(runScenario(scenarioOf(text)).world)).map(({ kind, resource }) => `${kind} ${resource}`)

test('writes that another region replaced are told, and where they were; writes of each region’s own items are not', () => {
  const both = (own: string, other: string): string =>
    `${writer('Us', 'Orders', own)}\n${writer('Eu', 'Orders.eu-west-1', other)}`
  const same = said(scenario('', both('uniform(n=20)', 'uniform(n=20)')))
  expect(same).toEqual(expect.arrayContaining(['overwritten-writes Orders', 'overwritten-writes Orders.eu-west-1']))
  expect(said(scenario('', both('uniform(n=20, prefix=us)', 'uniform(n=20, prefix=eu)')))).toEqual([])
})

test('a region that the others have not heard of for long is told; a client may go to another one meanwhile', () => {
  const fault = '  Faults: [{ At: 1m, aws:dynamodb:global-table-pause-replication: { Target: Orders.eu-west-1 } }]'
  expect(said(scenario(fault, writer('Us', 'Orders', 'uuid')))).toEqual(['replication-late Orders'])
  const { world } = runScenario(
    scenarioOf(
      `${scenario('', '    Load: { Target: Work, Rate: 20/s, Attributes: { id: uuid } }')}
  Handlers:
    Work:
      - dynamodb:PutItem: { TableName: !Ref Orders, Item: { id: $.id } }
        Catch: { ErrorEquals: [States.ALL], Do: [{ dynamodb:PutItem: { TableName: Orders.eu-west-1, Item: { id: $.id } } }] }
  Faults: [{ At: 1m, For: 1m, aws:fis:inject-api-unavailable-error: { Target: Orders, Percentage: 100 } }]
`.replace(
        'Resources:',
        'Resources:\n  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: a.b, Role: r, Code: { ZipFile: x }, Timeout: 30 } }',
      ),
    ),
  )
  const [here, there] = ['Orders', 'Orders.eu-west-1'].map((name) => world.stateOf<Table>(name))
  expect(there!.replication!.sent).toBeGreaterThan(1_000)
  expect(here!.items.live).toBeGreaterThan(4_000)
})

test('the stream of a global table sets a function to work; a bare template with one runs by itself [DGT-R8]', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      Replicas: [{ Region: !Ref AWS::Region }, { Region: eu-west-1 }]
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: "dynamodb:PutItem", Resource: !GetAtt Orders.Arn }] } }] } }
  Save: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: a.b, Role: !GetAtt Role.Arn, Code: { ZipFile: x } } }
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: orders, ProtocolType: HTTP, Target: !GetAtt Save.Arn } }
  Told: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Handler: a.b, Role: r, Code: { ZipFile: x } } }
  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt Orders.StreamArn, FunctionName: !Ref Told, StartingPosition: LATEST } }
`),
  )
  expect(world.stateOf<Table>('Orders').replication!.sent).toBeGreaterThan(10)
  expect(world.stateOf<Table>('Orders.eu-west-1').items.live).toBeGreaterThan(10)
  expect(world.metricOf('Told', 'Invocations')!.series.points.length).toBeGreaterThan(0)
})

test('the replica from which others began stays for a day; another one may go, and then hears of nothing [DGT-R10]', () => {
  const world = globalLab({ regions: REGIONS })
  world.run(DAY - 2 * MS)
  expect(ask(world, A, 'DeleteTable').status).toBe('ValidationException')
  expect(ask(world, B, 'DeleteTable').status).toBe('OK')
  put(world, A, { pk: 'a' })
  world.run(world.now + MINUTE)
  expect([get(world, C), state(world, B).items.live, state(world, A).replication!.pending]).toEqual([{ pk: 'a' }, 0, 0])
  const next = globalLab()
  next.run(DAY)
  expect(ask(next, A, 'DeleteTable').status).toBe('OK')
})

test('a cluster of DAX is not told of what another region writes [DGT-R8, DAX-R11]', () => {
  const text = scenario(
    '',
    `${writer('Eu', 'Orders.eu-west-1', 'uniform(n=5)')}
    Us: { Target: Cache, Operation: dax:GetItem, Rate: 20/s, Attributes: { id: 'uniform(n=5)' }, Parameters: { TableName: !Ref Orders, Key: { id: $.id } } }`,
  ).replace(
    'Resources:',
    'Resources:\n  Cache: { Type: AWS::DAX::Cluster, Properties: { NodeType: dax.r5.large, ReplicationFactor: 3, IAMRoleARN: r } }',
  )
  const { stale, hits } = runScenario(scenarioOf(text)).world.stateOf<Cluster>('Cache')
  expect(stale / hits).toBeGreaterThan(0.9)
})
