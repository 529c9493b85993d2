// Replicas and shards: who takes a lost primary's place, what is lost with it, and what a template may not say.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, MS, SECOND, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { slotOf, shardOfSlot } from '../../parts/key-slots.ts'
import type { Fleet } from './fleet.ts'
import { replicationGroup } from './replication-group.ts'

const PROBE = ['redis:GET', 'redis:SET', 'redis:FLUSHALL', 'elasticache:TestFailover'].map(
  (action) => ['Cache', action] as const,
)

function group(
  properties: Record<string, unknown> = {},
  assumptions: Record<string, string> = {},
  options: LabOptions = {},
): Lab {
  return lab(
    {
      Cache: {
        def: replicationGroup,
        properties: { ReplicationGroupDescription: 'a cache', CacheNodeType: 'cache.m5.large', ...properties },
        assumptions: { NetworkTime: '0ms', CommandTime: '0ms', ...assumptions },
      },
    },
    { probe: PROBE as never, ...options },
  )
}

const PAIR = { NumCacheClusters: 2, AutomaticFailoverEnabled: true }
const loss = (at: number, params: Record<string, number> = {}): LabOptions => ({
  faults: [
    {
      fault: 'sim:elasticache:node-loss',
      target: 'Cache',
      at,
      until: at + SECOND,
      params: { Shard: 1, Node: 1, ...params },
    },
  ] as never,
})
const set = (at: Lab, key: string, value: unknown): Answer => at.ask('Cache', 'redis:SET', { Key: key, Value: value })
const get = (at: Lab, key: string): Answer => at.ask('Cache', 'redis:GET', { Key: key })
const fleet = (at: Lab): Fleet => at.state<Fleet>('Cache')

describe('a primary that is lost', () => {
  it('has a replica in its place after fifteen seconds; writes fail until then, what it held is there [EC-R20]', () => {
    const at = group(PAIR, {}, loss(MINUTE))
    set(at, 'a', 1)
    at.run(MINUTE)
    expect(set(at, 'a', 2).status).toBe('ConnectionError')
    at.run(MINUTE + 15 * SECOND - 1)
    expect(fleet(at).nodeFor(fleet(at).shards[0]!, 'write')).toBeNull()
    at.run(MINUTE + 15 * SECOND)
    expect(get(at, 'a').answer.Value).toBe(1)
    expect(set(at, 'a', 2).status).toBe('OK')
    // The lost node has been replaced five minutes later, and takes part again as a replica.
    expect(fleet(at).shards[0]!.replicas).toBe(0)
    at.run(7 * MINUTE)
    expect(fleet(at).shards[0]!.replicas).toBe(1)
  })

  it('takes with it what no replica had yet, though it was answered [EC-R21]', () => {
    const at = group(PAIR, { ReplicationLag: '100ms' }, loss(MINUTE))
    set(at, 'a', 1)
    set(at, 'b', 1)
    at.run(MINUTE - 100 * MS)
    set(at, 'a', 2)
    at.run(MINUTE - 50 * MS)
    set(at, 'b', 2)
    set(at, 'b', 3)
    set(at, 'c', 3)
    at.run(MINUTE + 20 * SECOND)
    expect(['a', 'b', 'c'].map((key) => get(at, key).answer.Value)).toEqual([2, 1, null])
    expect(fleet(at).shards[0]!.lostWrites).toBe(3)
  })

  it('is missed by writes alone where replicas are read [EC-R4, EC-R20]', () => {
    const at = group({ ...PAIR, NumCacheClusters: 3 }, { ReadFrom: 'replica' }, loss(MINUTE))
    set(at, 'a', 1)
    at.run(MINUTE)
    expect(get(at, 'a').answer.Value).toBe(1)
    expect(set(at, 'a', 2).status).toBe('ConnectionError')
  })

  it('without automatic failover is replaced after minutes, from its replica; without a replica it is empty [EC-R22]', () => {
    const replica = group({ NumCacheClusters: 2 }, {}, loss(MINUTE))
    set(replica, 'a', 1)
    replica.run(6 * MINUTE - 1)
    expect(fleet(replica).nodeFor(fleet(replica).shards[0]!, 'write')).toBeNull()
    replica.run(6 * MINUTE)
    expect(get(replica, 'a').answer.Value).toBe(1)
    const alone = group({ NumCacheClusters: 1 }, {}, loss(MINUTE))
    set(alone, 'a', 1)
    alone.run(6 * MINUTE)
    expect(get(alone, 'a').answer.Value).toBeNull()
  })

  it('with all its replicas leaves nothing; with some, the others go on [EC-R23]', () => {
    const both = (nodes: number): LabOptions => ({
      faults: Array.from({ length: nodes }, (_, i) => (loss(MINUTE, { Node: i + 1 }).faults as never[])[0]!),
    })
    const some = group({ ...PAIR, NumCacheClusters: 3 }, {}, both(2))
    set(some, 'a', 1)
    some.run(2 * MINUTE)
    expect(get(some, 'a').answer.Value).toBe(1)
    const all = group({ ...PAIR, NumCacheClusters: 3 }, {}, both(3))
    set(all, 'a', 1)
    all.run(2 * MINUTE)
    expect(get(all, 'a').status).toBe('ConnectionError')
    all.run(7 * MINUTE)
    expect(get(all, 'a').answer.Value).toBeNull()
  })

  it('of one shard is nothing to the others [EC-R24]', () => {
    const at = group(
      { NumNodeGroups: 3, ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true },
      {},
      loss(MINUTE, { Shard: 2 }),
    )
    at.run(MINUTE)
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`)
    for (const key of keys) at.call('Cache', 'redis:SET', { Key: key, Value: 1 }, 0)
    at.run(MINUTE + 2 * SECOND)
    const failed = at.answers.filter(({ status }) => status === 'ConnectionError').length
    expect(failed).toBe(keys.filter((key) => shardOfSlot(slotOf(key), 3) === 1).length)
    expect(failed).toBeGreaterThan(5)
  })

  it('loses its power with the zone in which the primaries stand', () => {
    const at = group(
      { NumNodeGroups: 2, ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true },
      {},
      {
        faults: [
          {
            fault: 'aws:elasticache:replicationgroup-interrupt-az-power',
            target: 'Cache',
            at: MINUTE,
            until: 2 * MINUTE,
            params: {},
          },
        ] as never,
      },
    )
    for (const key of ['a', 'b', 'c', 'd']) set(at, key, 1)
    at.run(MINUTE)
    expect(fleet(at).shards.every(({ primary }) => primary.isDown)).toBe(true)
    at.run(2 * MINUTE)
    for (const key of ['a', 'b', 'c', 'd']) expect(get(at, key).answer.Value).toBe(1)
  })
})

describe('a replica', () => {
  it('has a write a little later: read too early it shows what was there before [EC-R4]', () => {
    const at = group(PAIR, { ReadFrom: 'replica', ReplicationLag: '10ms' })
    set(at, 'a', 1)
    expect(get(at, 'a').answer.Value).toBeNull()
    at.run(10 * MS)
    expect(get(at, 'a').answer.Value).toBe(1)
    set(at, 'a', 2)
    at.run(15 * MS)
    set(at, 'a', 3)
    at.run(20 * MS - 1)
    expect(get(at, 'a').answer.Value).toBe(1)
    at.run(20 * MS)
    expect(get(at, 'a').answer.Value).toBe(2)
    at.run(25 * MS)
    expect(get(at, 'a').answer.Value).toBe(3)
  })
})

describe('a test of failover', () => {
  it('is a loss of the primary, fifteen times in 24 hours, five in the notes [EC-R25]', () => {
    for (const [profile, times] of [
      ['current', 15],
      ['notes-2020', 5],
    ] as const) {
      const at = group(PAIR, {}, { profile })
      set(at, 'a', 1)
      at.run(SECOND)
      for (let i = 0; i < times; i++) {
        expect(at.ask('Cache', 'elasticache:TestFailover', { NodeGroupId: '0001' }).status).toBe('OK')
        at.run(at.now + 10 * MINUTE)
      }
      expect(at.ask('Cache', 'elasticache:TestFailover', {}).status).toBe('APICallRateForCustomerExceeded')
      expect(get(at, 'a').answer.Value).toBe(1)
      at.run(24 * 60 * MINUTE + 2 * SECOND)
      expect(at.ask('Cache', 'elasticache:TestFailover', {}).status).toBe('OK')
    }
  })

  it('needs automatic failover, a replica and a shard', () => {
    expect(group({ NumCacheClusters: 2 }).ask('Cache', 'elasticache:TestFailover', {}).status).toBe(
      'TestFailoverNotAvailableFault',
    )
    expect(group(PAIR).ask('Cache', 'elasticache:TestFailover', { NodeGroupId: '0002' }).status).toBe(
      'NodeGroupNotFoundFault',
    )
  })
})

describe('what AWS refuses', () => {
  it('more than five replicas, more than ninety nodes [EC-R3]', () => {
    expect(() => group({ NumCacheClusters: 7 })).toThrow('out-of-range')
    expect(() => group({ NumCacheClusters: 6 })).not.toThrow()
    expect(() => group({ NumNodeGroups: 2, ReplicasPerNodeGroup: 6 })).toThrow('out-of-range')
    expect(() => group({ NumNodeGroups: 15, ReplicasPerNodeGroup: 5 })).not.toThrow()
    expect(() => group({ NumNodeGroups: 16, ReplicasPerNodeGroup: 5 })).toThrow('96 nodes')
  })

  it('failover and Multi-AZ without a replica, cluster mode without failover [EC-R26]', () => {
    expect(() => group({ AutomaticFailoverEnabled: true, NumCacheClusters: 1 })).toThrow('needs a replica')
    expect(() => group({ MultiAZEnabled: true, NumCacheClusters: 1 })).toThrow('needs a replica')
    expect(() => group({ MultiAZEnabled: true, CacheNodeType: 'cache.t1.micro', ...PAIR })).toThrow('have no Multi-AZ')
    expect(() => group({ NumNodeGroups: 2, AutomaticFailoverEnabled: false })).toThrow('is false with cluster mode')
    const both = group({ NumNodeGroups: 2, NumCacheClusters: 2 })
    expect([both.notSimulated.join(), fleet(both).plan.replicas]).toEqual([expect.stringContaining('is not used'), 0])
  })
})

describe('the bill of a cache', () => {
  const bill = (properties: Record<string, unknown>) =>
    group(properties)
      .run(600 * MINUTE)
      .finish()
      .bill('Cache')

  it('has every node by the hour, a fifth less for Valkey [PR-R1]', () => {
    const nodes = { NumNodeGroups: 2, ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true }
    expect(bill({ ...nodes, CacheNodeType: 'cache.r6g.large' })).toEqual({ 'cache.r6g.large': { used: 40, run: 8.24 } })
    expect(bill({ ...nodes, CacheNodeType: 'cache.r6g.large', Engine: 'valkey' })).toEqual({
      'valkey.r6g.large': { used: 40, run: 6.592 },
    })
  })
})

it('a flush empties the shards that it reaches, and says that it did not reach one', () => {
  const SHARDS = { NumNodeGroups: 2, ReplicasPerNodeGroup: 1, AutomaticFailoverEnabled: true }
  const at = group(SHARDS, {}, loss(MINUTE))
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
  for (const key of keys) set(at, key, 1)
  at.run(MINUTE)
  const flush = (): string => at.ask('Cache', 'redis:FLUSHALL', {}).status
  expect(flush()).toBe('ConnectionError')
  at.run(2 * MINUTE)
  // What was in the shard without a primary is there still, at the replica that took its place.
  const kept = keys.filter((key) => shardOfSlot(slotOf(key), 2) === 0)
  expect(kept.length).toBeGreaterThan(3)
  expect(keys.filter((key) => get(at, key).answer.Value === 1)).toEqual(kept)
  expect(flush()).toBe('OK')
  expect(keys.filter((key) => get(at, key).answer.Value === 1)).toEqual([])
})
