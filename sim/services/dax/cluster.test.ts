// What a cluster keeps, for how long, and what becomes of it when nodes go: asked through it and around it.
import { expect, test } from 'vitest'
import { clusterPart, counts, daxLab, direct, through, unitsRead, type DaxOptions } from '../../../test/dax.ts'
import { lab, MINUTE, MS, SECOND, type Lab } from '../../../test/kit.ts'
import { load, tableLab, tablePart } from '../../../test/tables.ts'
import { cluster } from './cluster.ts'
import type { Cluster } from './cluster-state.ts'

const ALL = ['dax:TransactWriteItems', 'dax:GetItem'] as const
const KEY = { Key: { pk: 'a' } }
const item = (n: number) => ({ Item: { pk: 'a', n } })
const set = (n: number) => ({ ...KEY, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': n } })

/** The value that a read through the cluster gives. */
const seen = (world: Lab): unknown => through(world, 'GetItem', KEY).answer.Item?.n

test('the second read of a key is a hit: no unit of the table, a tenth of its time [N.DAX-01, DAX-R2, DAX-R5]', () => {
  const world = daxLab()
  direct(world, 'PutItem', item(1))
  const began = world.now
  const first = through(world, 'GetItem', KEY)
  expect([first.answer, first.at - began]).toEqual([{ Item: { pk: 'a', n: 1 } }, 1_200])
  const second = through(world, 'GetItem', KEY)
  expect([second.answer, second.at - first.at]).toEqual([{ Item: { pk: 'a', n: 1 } }, 100])
  expect([counts(world), unitsRead(world)]).toEqual([{ hits: 1, misses: 1, stale: 0 }, 0.5])
  world.run(MINUTE)
  for (const [name, sum] of Object.entries({
    ItemCacheHits: 1,
    ItemCacheMisses: 1,
    GetItemRequestCount: 2,
    TotalRequestCount: 2,
  }))
    expect([name, world.sum('C', name)]).toEqual([name, sum])
  expect(world.sum('C', 'ItemCacheHits', { NodeId: 'C-a' })).toBe(1)
})

test('a hit takes well below a millisecond where the table takes milliseconds [N.DAX-03, DAX-R16]', () => {
  const world = daxLab({
    assumptions: { HitLatency: cluster.assumptions['HitLatency']!.default, PassLatency: '1ms' },
    table: { assumptions: { GetItemLatency: 'lognormal(p50=5ms, p99=12ms)' } },
  })
  const times = (ask: () => { at: number }): number => {
    const all = Array.from({ length: 201 }, () => {
      const began = world.now
      return ask().at - began
    })
    return all.sort((a, b) => a - b)[100]!
  }
  direct(world, 'PutItem', item(1))
  seen(world)
  const hit = times(() => through(world, 'GetItem', KEY))
  expect(hit).toBeLessThan(500)
  expect(times(() => direct(world, 'GetItem', KEY)) / hit).toBeGreaterThan(10)
})

test('what is written through the cluster is in the table and in the cache at once; what is written around it is not seen for five minutes [N.DAX-02, N.DAX-05, DAX-R7, DAX-R11, DAX-V3]', () => {
  const world = daxLab()
  const put = through(world, 'PutItem', item(1))
  expect(put.status).toBe('OK')
  const stored = put.at - 200
  expect(direct(world, 'GetItem', KEY).answer.Item.n).toBe(1)
  const before = unitsRead(world)
  expect(seen(world)).toBe(1)
  world.run(10 * SECOND)
  direct(world, 'PutItem', item(2))
  expect(seen(world)).toBe(1)
  expect([counts(world).stale, unitsRead(world)]).toEqual([1, before])
  world.run(stored + 5 * MINUTE - 1)
  expect(seen(world)).toBe(1)
  expect(seen(world)).toBe(2)
  expect([counts(world), unitsRead(world)]).toEqual([{ hits: 3, misses: 1, stale: 2 }, before + 0.5])
})

test('an item of ten minutes that is updated through the cluster after three is the new one until thirteen, for nothing [DAX-V1, DAX-R3]', () => {
  const world = daxLab({ parameters: { 'record-ttl-millis': '600000' } })
  direct(world, 'PutItem', item(42))
  world.run(SECOND)
  expect(seen(world)).toBe(42)
  world.run(3 * MINUTE)
  expect(through(world, 'UpdateItem', set(41)).answer).toEqual({})
  const written = world.now - 200
  const units = unitsRead(world)
  for (let minute = 4; minute < 13; minute++) {
    world.run(minute * MINUTE)
    expect(seen(world)).toBe(41)
  }
  world.run(written + 10 * MINUTE - 1)
  expect([seen(world), unitsRead(world)]).toEqual([41, units])
  expect([seen(world), unitsRead(world)]).toEqual([41, units + 0.5])
})

test('what is not there is remembered until it is written through the cluster [DAX-R10, DAX-V4]', () => {
  const world = daxLab()
  expect([through(world, 'GetItem', KEY).answer, unitsRead(world)]).toEqual([{}, 0.5])
  expect([through(world, 'GetItem', KEY).answer, unitsRead(world)]).toEqual([{}, 0.5])
  through(world, 'PutItem', item(7))
  expect([seen(world), unitsRead(world)]).toEqual([7, 0.5])
  through(world, 'DeleteItem', KEY)
  expect([seen(world), unitsRead(world), counts(world)]).toEqual([undefined, 0.5, { hits: 3, misses: 1, stale: 0 }])
  // An empty result is remembered as well, and a write does not touch it.
  const ask = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'b' } }
  expect(through(world, 'Query', ask).answer).toEqual({ Count: 0, ScannedCount: 0, Items: [] })
  through(world, 'PutItem', { Item: { pk: 'b' } })
  expect(through(world, 'Query', ask).answer.Count).toBe(0)
})

test('the query cache is asked by the whole request and knows nothing of the item cache [DAX-R2, DAX-R3]', () => {
  const world = daxLab({ table: { range: 'N' } })
  for (let sk = 0; sk < 3; sk++) through(world, 'PutItem', { Item: { pk: 'a', sk } })
  const ask = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'a' } }
  expect(through(world, 'Query', ask).answer.Count).toBe(3)
  const units = unitsRead(world)
  // The same parameters in another order are the same request; one parameter more is another.
  const turned = { ExpressionAttributeValues: { ':pk': 'a' }, KeyConditionExpression: 'pk = :pk' }
  expect([through(world, 'Query', turned).answer.Count, unitsRead(world)]).toEqual([3, units])
  through(world, 'Query', { ...ask, Limit: 10 })
  expect(unitsRead(world)).toBe(units + 0.5)
  // Items found by a query are not in the item cache, and what is written is not in the result.
  direct(world, 'PutItem', { Item: { pk: 'a', sk: 9 } })
  through(world, 'GetItem', { Key: { pk: 'a', sk: 9 } })
  expect(unitsRead(world)).toBe(units + 1)
  through(world, 'PutItem', { Item: { pk: 'a', sk: 4 } })
  expect(through(world, 'Query', ask).answer.Count).toBe(3)
  world.run(world.now + 5 * MINUTE)
  expect(through(world, 'Query', ask).answer.Count).toBe(5)
  expect(through(world, 'Scan', {}).answer.Count).toBe(5)
  expect(through(world, 'Scan', {}).answer.Count).toBe(5)
  world.run(world.now + MINUTE)
  const sums = ['QueryCacheHits', 'QueryCacheMisses', 'ScanCacheHits', 'ScanCacheMisses'].map((name) =>
    world.sum('C', name),
  )
  expect(sums).toEqual([2, 3, 1, 1])
})

test('a time to live of 0 keeps items for ever and results not at all [DAX-R3]', () => {
  const world = daxLab({ parameters: { 'record-ttl-millis': 0, 'query-ttl-millis': 0 } })
  direct(world, 'PutItem', item(1))
  seen(world)
  world.run(300 * 24 * 60 * MINUTE)
  direct(world, 'PutItem', item(2))
  expect(seen(world)).toBe(1)
  const ask = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'a' } }
  through(world, 'Query', ask)
  const units = unitsRead(world)
  through(world, 'Query', ask)
  expect(unitsRead(world)).toBe(units + 0.5)
})

test('a full node lets go what was used least recently [DAX-R4]', () => {
  const world = daxLab({ assumptions: { NodeMemory: '3KB' } })
  for (const pk of ['a', 'b', 'c']) direct(world, 'PutItem', { Item: { pk }, ItemSize: 1_000 })
  const get = (pk: string): number => {
    const before = unitsRead(world)
    through(world, 'GetItem', { Key: { pk } })
    return unitsRead(world) - before
  }
  expect(['a', 'b', 'c'].map(get)).toEqual([0.5, 0.5, 0.5])
  expect(get('a')).toBe(0)
  direct(world, 'PutItem', { Item: { pk: 'd' }, ItemSize: 1_000 })
  expect([get('d'), get('a'), get('c'), get('b')]).toEqual([0.5, 0, 0, 0.5])
  world.run(MINUTE)
  expect(world.sum('C', 'EvictedSize')).toBeGreaterThan(2_000)
  // An item larger than the memory is passed on and never kept.
  direct(world, 'PutItem', { Item: { pk: 'e' }, ItemSize: 4_000 })
  expect([get('e'), get('e')]).toEqual([0.5, 0.5])
})

test('strongly consistent reads pass through and leave nothing behind [DAX-R6]', () => {
  const world = daxLab()
  through(world, 'PutItem', item(1))
  direct(world, 'PutItem', item(2))
  expect(through(world, 'GetItem', { ...KEY, ConsistentRead: true }).answer.Item.n).toBe(2)
  expect([unitsRead(world), seen(world)]).toEqual([1, 1])
  const ask = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'a' }, ConsistentRead: true }
  through(world, 'Query', ask)
  through(world, 'Query', ask)
  through(world, 'BatchGetItem', { RequestItems: { Keys: [{ pk: 'a' }], ConsistentRead: true } })
  expect([unitsRead(world), counts(world)]).toEqual([4, { hits: 1, misses: 0, stale: 1 }])
})

test('what the table refuses is told to the client and leaves the cache as it was [DAX-R5, DAX-R7]', () => {
  const world = daxLab({ table: { read: 1, write: 5 } })
  through(world, 'PutItem', item(1))
  const failed = through(world, 'PutItem', { ...item(2), ConditionExpression: 'attribute_not_exists(pk)' })
  expect([failed.status, seen(world)]).toEqual(['ConditionalCheckFailedException', 1])
  expect(through(world, 'PutItem', { Item: { n: 1 } }).status).toBe('ValidationException')
  // A miss meets the table's limits, and what was throttled is not remembered as absent.
  const statuses = Array.from({ length: 8 }, (_, i) => through(world, 'GetItem', { Key: { pk: `k${i}` } }).status)
  expect(statuses).toContain('ProvisionedThroughputExceededException')
  const at = statuses.indexOf('ProvisionedThroughputExceededException')
  world.run(world.now + 10 * SECOND)
  const { misses } = counts(world)
  expect([through(world, 'GetItem', { Key: { pk: `k${at}` } }).status, counts(world).misses]).toEqual([
    'OK',
    misses + 1,
  ])
  world.run(world.now + MINUTE)
  expect(world.sum('C', 'ErrorRequestCount')).toBe(world.sum('C', 'FailedRequestCount'))
})

test('a batch takes from the cache what is there, and the rest from the table in one request [DAX-R2]', () => {
  const world = daxLab()
  const keys = ['a', 'b', 'c', 'd'].map((pk) => ({ pk }))
  through(world, 'BatchWriteItem', {
    RequestItems: [{ PutRequest: { Item: { pk: 'a', n: 1 } } }, { PutRequest: { Item: { pk: 'b', n: 1 } } }],
  })
  direct(world, 'PutItem', { Item: { pk: 'c', n: 1 } })
  const { answer } = through(world, 'BatchGetItem', { RequestItems: { Keys: keys } })
  expect(answer).toEqual({ Responses: { T: ['a', 'b', 'c'].map((pk) => ({ pk, n: 1 })) }, UnprocessedKeys: {} })
  expect([unitsRead(world), counts(world)]).toEqual([1, { hits: 2, misses: 2, stale: 0 }])
  through(world, 'BatchWriteItem', { RequestItems: [{ DeleteRequest: { Key: { pk: 'a' } } }] })
  const again = through(world, 'BatchGetItem', { RequestItems: { T: { Keys: keys } } })
  expect(again.answer.Responses.T.map(({ pk }: { pk: string }) => pk)).toEqual(['b', 'c'])
  expect([unitsRead(world), counts(world)]).toEqual([1, { hits: 6, misses: 2, stale: 0 }])
})

test('what the cache had of a batch is answered though its time ends while the table is asked for the rest', () => {
  const world = daxLab()
  const stored = through(world, 'PutItem', item(1)).at - 200
  direct(world, 'PutItem', { Item: { pk: 'b', n: 1 } })
  world.run(stored + 5 * MINUTE - 500)
  const { answer } = through(world, 'BatchGetItem', { RequestItems: { Keys: [{ pk: 'a' }, { pk: 'b' }] } })
  expect(world.now).toBeGreaterThan(stored + 5 * MINUTE)
  expect(answer.Responses.T).toEqual(['a', 'b'].map((pk) => ({ pk, n: 1 })))
  // Nor is it remembered as absent.
  expect([seen(world), counts(world)]).toEqual([1, { hits: 1, misses: 2, stale: 0 }])
})

test('a batch without keys, with one twice or with too many is refused, whatever the cache has', () => {
  const world = daxLab()
  const batch = (...keys: string[]): string =>
    through(world, 'BatchGetItem', { RequestItems: { Keys: keys.map((pk) => ({ pk })) } }).status
  const many = Array.from({ length: 101 }, (_, i) => `k${i}`)
  for (const pk of ['a', ...many]) through(world, 'PutItem', { Item: { pk } })
  expect([batch(), batch('a', 'a'), batch(...many)]).toEqual(Array(3).fill('ValidationException'))
  expect([batch('a'), batch(...many.slice(1)), unitsRead(world)]).toEqual(['OK', 'OK', 0])
})

test('what of a batch the table leaves unprocessed is neither kept nor taken for absent', () => {
  const world = daxLab({ table: { read: 1, write: 40 } })
  for (const pk of ['a', 'b', 'c', 'd']) direct(world, 'PutItem', { Item: { pk } })
  const keys = ['a', 'b', 'c', 'd'].map((pk) => ({ pk }))
  const { answer } = through(world, 'BatchGetItem', { RequestItems: { Keys: keys } })
  const found = answer.Responses.T.length
  expect(found).toBeLessThan(4)
  expect(answer.UnprocessedKeys.T.Keys).toHaveLength(4 - found)
  world.run(world.now + 10 * SECOND)
  const { hits } = counts(world)
  expect(through(world, 'BatchGetItem', { RequestItems: { Keys: keys } }).answer.Responses.T).toHaveLength(4)
  expect(counts(world).hits - hits).toBe(found)
})

test('a projection is cut out of the whole item in the cache; one of nested paths is left to the table', () => {
  const world = daxLab()
  direct(world, 'PutItem', { Item: { pk: 'a', n: 1, m: { x: 2 } } })
  const part = (ProjectionExpression: string, names?: object): unknown =>
    through(world, 'GetItem', {
      ...KEY,
      ProjectionExpression,
      ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    }).answer.Item
  expect([part('n'), part('pk, #n', { '#n': 'n' }), part('gone')]).toEqual([{ n: 1 }, { pk: 'a', n: 1 }, {}])
  expect(counts(world)).toEqual({ hits: 2, misses: 1, stale: 0 })
  expect([part('m.x'), counts(world).hits]).toEqual([{ m: { x: 2 } }, 2])
})

test('an update whose client wants old values takes the item out of the cache', () => {
  const world = daxLab()
  through(world, 'PutItem', item(1))
  expect(through(world, 'UpdateItem', { ...set(2), ReturnValues: 'ALL_OLD' }).answer.Attributes.n).toBe(1)
  expect([seen(world), counts(world)]).toEqual([2, { hits: 0, misses: 1, stale: 0 }])
  expect(through(world, 'UpdateItem', { ...set(3), ReturnValues: 'ALL_NEW' }).answer.Attributes.n).toBe(3)
  expect([seen(world), counts(world)]).toEqual([3, { hits: 1, misses: 1, stale: 0 }])
})

test('a miss that is overtaken by a write through the cluster does not bring the old item back', () => {
  const world = daxLab({ table: { assumptions: { GetItemLatency: '20ms' } } })
  direct(world, 'PutItem', item(1))
  world.call('C', 'dax:GetItem', { TableName: 'T', ...KEY })
  world.run(world.now + 2 * MS)
  through(world, 'PutItem', item(2))
  world.run(world.now + SECOND)
  expect([seen(world), counts(world)]).toEqual([2, { hits: 1, misses: 1, stale: 0 }])
})

// Nodes

test('replicas follow the primary after the lag, so that two readers may differ; a miss is stored at the primary first [DAX-R9]', () => {
  const world = daxLab({ nodes: 3, assumptions: { ReplicationLag: '50ms' } })
  through(world, 'PutItem', item(1))
  world.run(world.now + SECOND)
  through(world, 'PutItem', item(2))
  const written = world.now - 200
  const values = (n: number): unknown[] => Array.from({ length: n }, () => seen(world))
  const during = values(60)
  expect([during.includes(1), during.includes(2)]).toEqual([true, true])
  expect(counts(world).stale).toBe(during.filter((n) => n === 1).length)
  world.run(written + 50 * MS - 1)
  const { stale } = counts(world)
  world.run(written + 50 * MS)
  expect(new Set(values(60))).toEqual(new Set([2]))
  expect(counts(world).stale).toBe(stale)
})

test('of three nodes in three zones one zone may go: reads go on at once, writes when a replica has been promoted [N.DAX-06, DAX-R1, DAX-R13]', () => {
  const world = daxLab(
    { nodes: 3 },
    {
      faults: [{ at: 10 * SECOND, until: 10 * MINUTE, fault: 'sim:dax:zone-outage', target: 'C', params: { Zone: 1 } }],
    },
  )
  through(world, 'PutItem', item(1))
  world.run(10 * SECOND + 1)
  expect(Array.from({ length: 30 }, () => seen(world))).toEqual(Array(30).fill(1))
  expect(through(world, 'PutItem', item(2)).status).toBe('ServiceUnavailable')
  expect(through(world, 'GetItem', { Key: { pk: 'b' } }).status).toBe('ServiceUnavailable')
  world.run(25 * SECOND - 1)
  expect(world.state<Cluster>('C').primary).toBe(null)
  world.run(25 * SECOND)
  expect(world.state<Cluster>('C').primary?.id).toBe('C-b')
  expect([through(world, 'PutItem', item(3)).status, seen(world)]).toEqual(['OK', expect.anything()])
  // Another node takes the lost one's place after the zone is back, and has what the primary has.
  world.run(15 * MINUTE - 1)
  expect(world.state<Cluster>('C').up.length).toBe(2)
  through(world, 'PutItem', item(4))
  world.run(15 * MINUTE + SECOND)
  expect(world.state<Cluster>('C').up.length).toBe(3)
  const { misses } = counts(world)
  expect(new Set(Array.from({ length: 60 }, () => seen(world)))).toEqual(new Set([4]))
  expect(counts(world).misses).toBe(misses)
})

test('a cluster of one node serves nothing until another node has started, with an empty cache [N.DAX-06, DAX-R13]', () => {
  const world = daxLab(
    {},
    { faults: [{ at: 10 * SECOND, until: 11 * SECOND, fault: 'sim:dax:node-loss', target: 'C', params: { Node: 1 } }] },
  )
  through(world, 'PutItem', item(1))
  world.run(10 * SECOND + 1)
  expect([through(world, 'GetItem', KEY).status, through(world, 'PutItem', item(2)).status]).toEqual(
    Array(2).fill('ServiceUnavailable'),
  )
  world.run(10 * SECOND + 5 * MINUTE - 1)
  expect(world.state<Cluster>('C').up.length).toBe(0)
  world.run(10 * SECOND + 5 * MINUTE)
  const { misses } = counts(world)
  expect([seen(world), counts(world).misses - misses]).toEqual([1, 1])
})

test('a request under way at a node that is lost fails', () => {
  const world = daxLab({ nodes: 1, table: { assumptions: { GetItemLatency: '20ms' } } })
  world.call('C', 'dax:GetItem', { TableName: 'T', ...KEY })
  world.run(5 * MS)
  world.ask('C', 'dax:RebootNode', { NodeId: 'C-a' })
  world.run(SECOND)
  expect(world.answers.map(({ action, status }) => [action, status])).toEqual([
    ['dax:RebootNode', 'OK'],
    ['dax:GetItem', 'ServiceUnavailable'],
  ])
})

test('replicas are added and taken out while the cluster serves; a rebooted node begins with what the primary has [DAX-R14]', () => {
  const world = daxLab({ nodes: 1 })
  through(world, 'PutItem', item(1))
  const state = world.state<Cluster>('C')
  expect(world.ask('C', 'dax:IncreaseReplicationFactor', { NewReplicationFactor: 3 }).answer.Clusters[0]).toMatchObject(
    {
      Status: 'modifying',
      TotalNodes: 3,
      ActiveNodes: 1,
    },
  )
  expect(world.ask('C', 'dax:DecreaseReplicationFactor', { NewReplicationFactor: 1 }).status).toBe(
    'InvalidClusterStateFault',
  )
  world.run(world.now + 5 * MINUTE)
  expect([state.up.length, state.status]).toEqual([3, 'available'])
  const units = unitsRead(world)
  // The item was over by then; a hit at a node that was added shows that it has what the primary has.
  seen(world)
  world.run(world.now + SECOND)
  for (let i = 0; i < 30; i++) expect(seen(world)).toBe(1)
  expect(unitsRead(world)).toBe(units + 0.5)
  expect(world.ask('C', 'dax:RebootNode', { NodeId: 'C-c' }).status).toBe('OK')
  expect(state.up.length).toBe(2)
  world.run(world.now + MINUTE)
  expect(state.nodes[2]!.cache.items).toBe(1)
  expect(
    world.ask('C', 'dax:DecreaseReplicationFactor', { NewReplicationFactor: 2, NodeIdsToRemove: ['C-a'] }).status,
  ).toBe('NodeNotFoundFault')
  expect(world.ask('C', 'dax:DecreaseReplicationFactor', { NewReplicationFactor: 2 }).status).toBe('OK')
  expect(state.up.map(({ id }) => id)).toEqual(['C-a', 'C-b'])
  expect(world.ask('C', 'dax:IncreaseReplicationFactor', { NewReplicationFactor: 12 }).status).toBe(
    'NodeQuotaForClusterExceededFault',
  )
})

test('no node starts in a zone that is out: neither one that was being rebooted nor one that is added [DAX-R13]', () => {
  const world = daxLab(
    { nodes: 3, assumptions: { NodeRestart: '1m', NodeStart: '5m', FailoverTime: '5s' } },
    {
      faults: [{ at: 10 * SECOND, until: 10 * MINUTE, target: 'C', fault: 'sim:dax:zone-outage', params: { Zone: 2 } }],
    },
  )
  const up = (): string[] => world.state<Cluster>('C').up.map(({ id }) => id)
  world.run(5 * SECOND)
  world.ask('C', 'dax:RebootNode', { NodeId: 'C-b' })
  world.run(9 * MINUTE)
  expect(up()).toEqual(['C-a', 'C-c'])
  // The fourth stands in the first zone, the fifth in the second.
  world.ask('C', 'dax:IncreaseReplicationFactor', { NewReplicationFactor: 5 })
  world.run(15 * MINUTE - 1)
  expect(up()).toEqual(['C-a', 'C-c', 'C-d'])
  world.run(15 * MINUTE)
  expect(up()).toEqual(['C-a', 'C-b', 'C-c', 'C-d', 'C-e'])
  expect(world.ask('C', 'dax:DescribeClusters').answer.Clusters[0].Status).toBe('available')
})

test('a cluster has at most 11 nodes today, 10 in 2020 [N.DAX-07, DAX-R1]', () => {
  const nodes = (n: number, profile: 'current' | 'notes-2020') => () => daxLab({ nodes: n }, { profile })
  expect(nodes(11, 'current')).not.toThrow()
  expect(nodes(12, 'current')).toThrow(/ReplicationFactor.*out-of-range/)
  expect(nodes(10, 'notes-2020')).not.toThrow()
  expect(nodes(11, 'notes-2020')).toThrow(/ReplicationFactor.*out-of-range/)
})

test('a node throttles what is more than it can do [DAX-R12]', () => {
  const world = daxLab({ assumptions: { HitsPerSecond: '1000', MissesPerSecond: '100' } })
  through(world, 'PutItem', item(1))
  world.run(10 * SECOND)
  const statuses: string[] = []
  for (let i = 0; i < 3_000; i++) {
    world.run(10 * SECOND + Math.round((i * SECOND) / 3_000))
    world.call('C', 'dax:GetItem', { TableName: 'T', ...KEY }, 0, ({ status }) => statuses.push(status))
  }
  world.run(12 * SECOND)
  // A second's worth that it had saved, and what it does in this second.
  const served = statuses.filter((status) => status === 'OK').length
  expect(served).toBeGreaterThanOrEqual(1_999)
  expect(served).toBeLessThanOrEqual(2_001)
  expect(statuses).toContain('ThrottlingException')
  world.run(MINUTE)
  expect(world.sum('C', 'ThrottledRequestCount')).toBe(3_000 - served)
  expect(world.sum('C', 'ErrorRequestCount')).toBe(3_000 - served)
  // A miss costs ten times as much.
  const misses: string[] = []
  for (let i = 0; i < 300; i++) {
    world.run(MINUTE + Math.round((i * SECOND) / 300))
    world.call('C', 'dax:GetItem', { TableName: 'T', Key: { pk: `k${i}` } }, 0, ({ status }) => misses.push(status))
  }
  world.run(MINUTE + 2 * SECOND)
  expect(Math.abs(misses.filter((status) => status === 'OK').length - 200)).toBeLessThanOrEqual(1)
  world.run(3 * MINUTE)
  const busy = world.points('C', 'CPUUtilization').map(({ sum }) => sum)
  // 2,000 hits in the first minute and 200 misses in the second, of 60,000 hits a minute.
  expect(busy[0]).toBeCloseTo((100 * (served + 10)) / 60_000, 1)
  expect(busy[1]).toBeCloseTo(100 / 30, 1)
  expect(busy[2]).toBe(0)
})

test('a key read 10,000 times a second: of 100 read units the table alone throttles 98 of 100, behind the cluster it is read once [N.DAX-04]', () => {
  const alone = tableLab({ read: 100, write: 10 })
  direct(alone, 'PutItem', { Item: { pk: 'a' }, ItemSize: 4_096 })
  const { statuses } = load(alone, 10_000, 5, 'GetItem', () => KEY)
  const ok = statuses.filter((status) => status === 'OK').length
  expect(ok / statuses.length).toBeGreaterThan(0.015)
  expect(ok / statuses.length).toBeLessThan(0.03)
  const world = daxLab({ table: { read: 100, write: 10 } })
  direct(world, 'PutItem', { Item: { pk: 'a' }, ItemSize: 4_096 })
  seen(world)
  let throttled = 0
  const units = unitsRead(world)
  for (let i = 0; i < 50_000; i++) {
    world.run(SECOND + i * 100)
    world.call(
      'C',
      'dax:GetItem',
      { TableName: 'T', ...KEY },
      0,
      ({ status }) => (throttled += status === 'OK' ? 0 : 1),
    )
  }
  world.run(10 * SECOND)
  expect([throttled, unitsRead(world), counts(world).hits]).toEqual([0, units, 50_000])
})

test('a table that is asked 1,000 units a second behind a cache of 80 % hits stands for 5,000 [DAX-V5]', () => {
  const world = daxLab({ table: { read: 2_000, write: 1_000 } })
  // 10 keys in turn, each read five times before the next: four of five are hits.
  for (let i = 0; i < 500; i++) through(world, 'GetItem', { Key: { pk: `k${Math.floor(i / 5)}` } })
  const { hits, misses } = counts(world)
  expect(hits / (hits + misses)).toBe(0.8)
  expect((hits + misses) * 0.5).toBeCloseTo(unitsRead(world) / (1 - 0.8), 9)
})

test('tables are not made or changed through a cluster [DAX-R15]', () => {
  const operations = Object.keys(cluster.ops)
  for (const name of ['CreateTable', 'DeleteTable', 'UpdateTable', 'DescribeTable'])
    expect(operations).not.toContain(`dax:${name}`)
  const world = daxLab()
  expect(through(world, 'GetItem', { TableName: 'Other', ...KEY }).status).toBe('ResourceNotFoundException')
})

test('what a cluster cannot be is refused', () => {
  const made = (options: DaxOptions) => () => daxLab(options)
  expect(made({ properties: { NodeType: 'dax.r5.tiny' } })).toThrow(/C.NodeType: unknown-value/)
  expect(made({ properties: { NodeType: 'cache.r5.large' } })).toThrow(/C.NodeType: unknown-value/)
  expect(made({ nodes: 2, properties: { AvailabilityZones: ['eu-1a'] } })).toThrow(/C.AvailabilityZones: contradiction/)
  expect(made({ parameters: { 'record-ttl-millis': 'soon' } })).toThrow(
    /ParameterNameValues.record-ttl-millis: wrong-type/,
  )
  expect(made({ parameters: { 'record-ttl-millis': '60000', 'query-ttl-millis': 60_000 } })).not.toThrow()
  expect(() => lab({ T: tablePart(), C: clusterPart({ properties: { SubnetGroupName: 'T' } }) })).toThrow(
    /C.SubnetGroupName: wrong-resource/,
  )
})

test('the memory of a node is that of its type unless it is set', () => {
  const memory = (NodeType: string): number =>
    daxLab({ properties: { NodeType } }).state<Cluster>('C').memory / 1_073_741_824
  expect(['dax.t3.small', 'dax.t3.medium', 'dax.r4.large', 'dax.r5.large', 'dax.r5.24xlarge'].map(memory)).toEqual([
    2, 4, 15.25, 16, 768,
  ])
})

test('an idle cluster costs no events', () => {
  const world = daxLab({ nodes: 3 })
  through(world, 'PutItem', item(1))
  world.run(MINUTE)
  const before = world.world.kernel.steps
  world.run(300 * 24 * 60 * MINUTE)
  expect(world.world.kernel.steps - before).toBeLessThan(5)
})

test('a cluster costs its nodes by the hour, each as long as it is there [PR-R1]', () => {
  const world = lab(
    { T: tablePart(), C: { def: cluster, properties: { NodeType: 'dax.r5.large', ReplicationFactor: 3 } } },
    { probe: [['C', 'dax:DecreaseReplicationFactor']] },
  )
  world.run(2 * 60 * MINUTE)
  expect(world.ask('C', 'dax:DecreaseReplicationFactor', { NewReplicationFactor: 1 }).status).toBe('OK')
  const bill = world
    .run(5 * 60 * MINUTE)
    .finish()
    .bill('C')
  expect(Object.keys(bill)).toEqual(['dax.r5.large'])
  expect(bill['dax.r5.large']!.used).toBeCloseTo(2 * 3 + 3, 3)
  expect(bill['dax.r5.large']!.run).toBeCloseTo(9 * 0.255, 3)
})

test('a transaction passes through; what it wrote is read back at two units for each item, and is then in the cache [DAX-R6, DAX-R8, DDB-V16]', () => {
  const world = daxLab()
  const TransactItems = [
    ...['a', 'b'].map((pk) => ({ Put: { Item: { pk, n: 1 }, ItemSize: 500 } })),
    { Delete: { Key: { pk: 'c' } } },
  ]
  expect(through(world, 'TransactWriteItems', { TransactItems }).status).toBe('OK')
  world.run(world.now + SECOND)
  expect(unitsRead(world)).toBe(6)
  expect([seen(world), unitsRead(world)]).toEqual([1, 6])
  expect(through(world, 'GetItem', { Key: { pk: 'c' } }).answer).toEqual({})
  expect([unitsRead(world), counts(world)]).toEqual([6, { hits: 2, misses: 0, stale: 0 }])
  // A transactional read passes through and leaves nothing behind.
  direct(world, 'PutItem', { Item: { pk: 'd' } })
  const read = { TransactItems: [{ Get: { Key: { pk: 'd' } } }] }
  for (let i = 1; i <= 2; i++) {
    expect(through(world, 'TransactGetItems', read).answer.Responses).toEqual([{ Item: { pk: 'd' } }])
    expect(unitsRead(world)).toBe(6 + 2 * i)
  }
  // What is cancelled leaves the cache as it was.
  const Put = { Item: { pk: 'a', n: 2 }, ConditionExpression: 'attribute_not_exists(pk)' }
  expect(through(world, 'TransactWriteItems', { TransactItems: [{ Put }] }).status).toBe('TransactionCanceledException')
  world.run(world.now + SECOND)
  expect(seen(world)).toBe(1)
})

test('what a transaction wrote to another table of the cluster is read back there, whatever else is asked of it [DAX-R8]', () => {
  const tables = tablePart({ assumptions: { ReplicaLag: '0ms' } })
  const world = lab(
    {
      T: tables,
      U: tables,
      C: { ...clusterPart(), config: { Onto: { T: ['dax:TransactWriteItems'], U: ['dax:GetItem'] } } },
    },
    {
      probe: [
        ['C', 'dax:TransactWriteItems'],
        ['C', 'dax:GetItem'],
      ],
    },
  )
  const TransactItems = ['T', 'U'].map((TableName) => ({ Put: { TableName, Item: { pk: 'a', n: 1 } } }))
  expect(through(world, 'TransactWriteItems', { TransactItems }).status).toBe('OK')
  world.run(world.now + SECOND)
  const found = ['T', 'U'].map((TableName) => world.ask('C', 'dax:GetItem', { TableName, ...KEY }).answer.Item)
  expect([found, counts(world)]).toEqual([
    [
      { pk: 'a', n: 1 },
      { pk: 'a', n: 1 },
    ],
    { hits: 2, misses: 0, stale: 0 },
  ])
})

test('a transaction may name tables by ARN or by the name that they have in AWS: they are read back all the same [DAX-R8]', () => {
  const made = (TableName: string) => tablePart({ properties: { TableName }, assumptions: { ReplicaLag: '0ms' } })
  const world = lab(
    { T: made('orders'), U: made('stock'), C: { ...clusterPart(), config: { Onto: { T: ALL, U: ALL } } } },
    { probe: ALL.map((action) => ['C', action] as const) },
  )
  const names = ['arn:aws:dynamodb:us-east-1:123456789012:table/orders', 'stock']
  const TransactItems = names.map((TableName) => ({ Put: { TableName, Item: { pk: 'a', n: 1 } } }))
  expect(through(world, 'TransactWriteItems', { TransactItems }).status).toBe('OK')
  world.run(world.now + SECOND)
  const found = [...names, 'T'].map((TableName) => world.ask('C', 'dax:GetItem', { TableName, ...KEY }).answer.Item?.n)
  expect([found, counts(world)]).toEqual([[1, 1, 1], { hits: 3, misses: 0, stale: 0 }])
  expect(world.ask('C', 'dax:GetItem', { TableName: 'none', ...KEY }).status).toBe('ResourceNotFoundException')
})
