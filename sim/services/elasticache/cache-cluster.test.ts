// One node of Redis and nodes of Memcached: commands, lives, memory, time, and what is lost with a node.
import { describe, expect, it } from 'vitest'
import { DAY, lab, MINUTE, MS, SECOND, START_MS, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { cacheCluster } from './cache-cluster.ts'
import type { Fleet } from './fleet.ts'

const COMMANDS = ['GET', 'SET', 'DEL', 'EXISTS', 'TTL', 'INCR', 'INCRBY', 'DECR', 'EXPIRE', 'PERSIST', 'FLUSHALL']
const WORDS = ['get', 'set', 'add', 'replace', 'delete', 'incr', 'decr', 'touch', 'flushAll']
/** A command takes 10 µs on its node and 1 ms on the way. */
const QUICK = { CommandTime: '10us', NetworkTime: '1ms' }

type Assumptions = Record<string, string>

function redis(assumptions: Assumptions = {}, properties: Record<string, unknown> = {}, options: LabOptions = {}): Lab {
  return lab(
    {
      Cache: {
        def: cacheCluster,
        properties: { Engine: 'redis', CacheNodeType: 'cache.m5.large', NumCacheNodes: 1, ...properties },
        assumptions: { ...QUICK, ...assumptions },
      },
    },
    {
      probe: [
        ...COMMANDS.map((name) => ['Cache', `redis:${name}`] as const),
        ['Cache', 'elasticache:RebootCacheCluster'],
      ],
      ...options,
    },
  )
}

function memcached(nodes = 1, assumptions: Assumptions = {}, options: LabOptions = {}): Lab {
  return lab(
    {
      Cache: {
        def: cacheCluster,
        properties: { Engine: 'memcached', CacheNodeType: 'cache.m5.large', NumCacheNodes: nodes },
        assumptions: { ...QUICK, ...assumptions },
      },
    },
    {
      probe: [
        ...WORDS.map((name) => ['Cache', `memcached:${name}`] as const),
        ['Cache', 'elasticache:RebootCacheCluster'],
      ],
      ...options,
    },
  )
}

const ask = (at: Lab, command: string, body: Record<string, unknown>): Answer =>
  at.ask('Cache', command.includes(':') ? command : `redis:${command}`, body)
const get = (at: Lab, key: string): unknown => ask(at, 'GET', { Key: key }).answer.Value
const value = (at: Lab, command: string, body: Record<string, unknown>): unknown => ask(at, command, body).answer.Result
const fleet = (at: Lab): Fleet => at.state<Fleet>('Cache')

describe('a command of Redis', () => {
  it('stores an item, gives it back and takes it away', () => {
    const at = redis()
    expect(get(at, 'a')).toBeNull()
    expect(value(at, 'SET', { Key: 'a', Value: { n: 1 } })).toBe('OK')
    expect(get(at, 'a')).toEqual({ n: 1 })
    expect([value(at, 'EXISTS', { Key: 'a' }), value(at, 'DEL', { Key: 'a' }), value(at, 'DEL', { Key: 'a' })]).toEqual(
      [1, 1, 0],
    )
    expect(value(at, 'EXISTS', { Key: 'a' })).toBe(0)
  })

  it('stores only what is new with NX and only what is there with XX', () => {
    const at = redis()
    expect(value(at, 'SET', { Key: 'a', Value: 1, XX: true })).toBeNull()
    expect(value(at, 'SET', { Key: 'a', Value: 1, NX: true })).toBe('OK')
    expect(value(at, 'SET', { Key: 'a', Value: 2, NX: true })).toBeNull()
    expect(value(at, 'SET', { Key: 'a', Value: 3, XX: true })).toBe('OK')
    expect(get(at, 'a')).toBe(3)
  })

  it('counts, and refuses to count what is no number', () => {
    const at = redis()
    expect(ask(at, 'INCR', { Key: 'n' }).answer.Value).toBe(1)
    expect(ask(at, 'INCRBY', { Key: 'n', Increment: 5 }).answer.Value).toBe(6)
    expect(ask(at, 'DECR', { Key: 'n' }).answer.Value).toBe(5)
    ask(at, 'SET', { Key: 's', Value: 'ten' })
    expect(ask(at, 'INCR', { Key: 's' }).status).toBe('WrongCommand')
    expect(ask(at, 'SET', { Key: 's' }).status).toBe('WrongCommand')
    expect(ask(at, 'GET', {}).status).toBe('WrongCommand')
  })

  it('keeps an item for seconds, milliseconds or to a moment, to the microsecond [EC-R13, EC-R14, N.CACHE-23]', () => {
    for (const life of [{ EX: 30 }, { PX: 30_000 }, { EXAT: START_MS / 1000 + 30 }, { PXAT: START_MS + 30_000 }]) {
      const at = redis({ NetworkTime: '0ms', CommandTime: '0ms' })
      ask(at, 'SET', { Key: 'a', Value: 1, ...life })
      expect(value(at, 'TTL', { Key: 'a' })).toBe(30)
      at.run(30 * SECOND - 1)
      expect(get(at, 'a')).toBe(1)
      at.run(30 * SECOND)
      expect(get(at, 'a')).toBeNull()
      expect(value(at, 'TTL', { Key: 'a' })).toBe(-2)
    }
  })

  it('gives another time to live, and takes it away; KEEPTTL leaves it', () => {
    const at = redis({ NetworkTime: '0ms', CommandTime: '0ms' })
    ask(at, 'SET', { Key: 'a', Value: 1 })
    expect(value(at, 'TTL', { Key: 'a' })).toBe(-1)
    expect(value(at, 'EXPIRE', { Key: 'a', Seconds: 10 })).toBe(1)
    ask(at, 'SET', { Key: 'a', Value: 2, KEEPTTL: true })
    expect(value(at, 'TTL', { Key: 'a' })).toBe(10)
    ask(at, 'SET', { Key: 'a', Value: 3 })
    expect(value(at, 'TTL', { Key: 'a' })).toBe(-1)
    ask(at, 'EXPIRE', { Key: 'a', Seconds: 10 })
    expect(value(at, 'PERSIST', { Key: 'a' })).toBe(1)
    expect(value(at, 'TTL', { Key: 'a' })).toBe(-1)
    // There is no more to take away, and nothing to take it from.
    expect(value(at, 'PERSIST', { Key: 'a' })).toBe(0)
    expect(value(at, 'PERSIST', { Key: 'b' })).toBe(0)
    expect(value(at, 'EXPIRE', { Key: 'b', Seconds: 10 })).toBe(0)
  })
})

describe('memory', () => {
  const parameters = (properties: Record<string, string>): LabOptions => ({
    beside: {
      Group: {
        type: 'AWS::ElastiCache::ParameterGroup',
        config: { CacheParameterGroupFamily: 'redis7', Properties: properties },
      },
    },
  })
  /** Room for three items of one byte each with a key of one byte. */
  const three = { ItemOverhead: '0B', NodeMemory: '6B' }
  const withPolicy = (policy: string | undefined): Lab =>
    redis(
      three,
      policy === undefined ? {} : { CacheParameterGroupName: 'Group' },
      policy === undefined ? {} : parameters({ 'maxmemory-policy': policy }),
    )

  it('goes to the least recently used under allkeys-lru [EC-V5, N.CACHE-22]', () => {
    const at = withPolicy('allkeys-lru')
    for (const key of 'abc') ask(at, 'SET', { Key: key, Value: 'x' })
    expect(get(at, 'a')).toBe('x')
    ask(at, 'SET', { Key: 'd', Value: 'x' })
    expect(['a', 'b', 'c', 'd'].map((key) => get(at, key))).toEqual(['x', null, 'x', 'x'])
    at.run(2 * MINUTE)
    expect([at.sum('Cache', 'Evictions'), at.sum('Cache', 'CacheMisses')]).toEqual([1, 1])
  })

  it('without a policy of its own is volatile-lru: without any time to live writes fail and reads go on [EC-R11, EC-V5]', () => {
    const at = withPolicy(undefined)
    for (const key of 'abc') ask(at, 'SET', { Key: key, Value: 'x' })
    expect(ask(at, 'SET', { Key: 'd', Value: 'x' }).status).toBe('OutOfMemory')
    expect(get(at, 'a')).toBe('x')
    ask(at, 'EXPIRE', { Key: 'c', Seconds: 100 })
    expect(ask(at, 'SET', { Key: 'd', Value: 'x' }).status).toBe('OK')
    expect(get(at, 'c')).toBeNull()
  })

  it('is what the type has, less what is reserved [EC-R10]', () => {
    const GIB = 1_073_741_824
    const plan = fleet(redis()).plan
    expect(plan.memory).toBeCloseTo(6.38 * GIB * 0.75, -2)
    const all = redis({}, { CacheParameterGroupName: 'Group' }, parameters({ 'reserved-memory-percent': '0' }))
    expect(fleet(all).plan.memory).toBeCloseTo(6.38 * GIB, -2)
    expect(fleet(redis({}, { CacheNodeType: 'cache.t4g.micro' })).plan.memory).toBe(GIB * 0.5 * 0.75)
    expect(redis({}, { CacheNodeType: 'cache.x9.huge' }).notSimulated.join()).toContain('`cache.x9.huge` is not known')
  })

  it('counts who made room and whose time was over apart [EC-R16]', () => {
    const at = withPolicy('allkeys-lru')
    ask(at, 'SET', { Key: 'a', Value: 'x', EX: 10 })
    for (const key of 'bcd') ask(at, 'SET', { Key: key, Value: 'x', EX: 10 })
    at.run(2 * MINUTE)
    at.finish()
    expect([at.sum('Cache', 'Evictions'), at.sum('Cache', 'Reclaimed')]).toEqual([1, 3])
    const items = at.points('Cache', 'CurrItems')
    expect(items[items.length - 1]!.max).toBe(0)
  })

  it('refuses a policy that there is not, and says which parameters have no effect', () => {
    expect(() => withPolicy('lru')).toThrow('`lru` is not a policy of eviction')
    const other = redis({}, { CacheParameterGroupName: 'Group' }, parameters({ 'slowlog-max-len': '5' }))
    expect(other.notSimulated.join()).toContain('`slowlog-max-len` has no effect')
  })
})

describe('a node', () => {
  it('executes a hundred thousand commands a second and no more: what comes faster waits [EC-R5]', () => {
    const at = redis({ NetworkTime: '0ms' })
    for (let i = 0; i < 20_000; i++) at.call('Cache', 'redis:GET', { Key: 'a' })
    at.run(SECOND)
    expect(at.answers.length).toBe(20_000)
    expect(at.answers[99]!.at).toBe(1 * MS)
    expect(at.answers[19_999]!.at).toBe(200 * MS)
    at.run(MINUTE)
    expect(at.points('Cache', 'EngineCPUUtilization')[0]!.max).toBeCloseTo((0.2 / 60) * 100, 6)
    expect(at.points('Cache', 'CPUUtilization')[0]!.max).toBeCloseTo((0.1 / 60) * 100, 6)
  })

  it('of Memcached has a thread for each processor', () => {
    const at = memcached(1, { NetworkTime: '0ms' })
    for (let i = 0; i < 1_000; i++) at.call('Cache', 'memcached:get', { Key: 'a' })
    at.run(SECOND)
    expect(at.answers[999]!.at).toBe(5 * MS)
  })

  it('is given up by who waits too long, and has done the work all the same [EC-R35]', () => {
    const at = redis({ NetworkTime: '0ms', CommandTime: '100ms', CommandTimeout: '250ms' })
    for (const key of 'abc') at.call('Cache', 'redis:SET', { Key: key, Value: 1 })
    at.run(SECOND)
    expect(at.answers.map(({ status, at: when }) => [status, when])).toEqual([
      ['OK', 100 * MS],
      ['OK', 200 * MS],
      ['CommandTimeout', 250 * MS],
    ])
    expect(get(at, 'c')).toBe(1)
  })

  it('has room for so many connections', () => {
    const at = redis({ CommandTime: '1ms' }, {}, { quotas: { 'elasticache.ConnectionsPerNode': 3 } })
    for (let i = 0; i < 5; i++) at.call('Cache', 'redis:GET', { Key: 'a' })
    at.run(SECOND)
    expect(at.answers.map(({ status }) => status).sort()).toEqual([
      'MaxClientsReached',
      'MaxClientsReached',
      'OK',
      'OK',
      'OK',
    ])
    expect(get(at, 'a')).toBeNull()
  })

  it('without a connection does nothing', () => {
    const at = redis({ CommandTime: '1ms' }, {}, { quotas: { 'elasticache.ConnectionsPerNode': 1 } })
    at.call('Cache', 'redis:GET', { Key: 'a' })
    at.call('Cache', 'redis:SET', { Key: 'a', Value: 1 })
    at.run(SECOND)
    expect(at.answers.map(({ status }) => status).sort()).toEqual(['MaxClientsReached', 'OK'])
    expect(get(at, 'a')).toBeNull()
    expect(fleet(at).hits + fleet(at).misses).toBe(2)
  })

  it('idle for a year costs nothing', () => {
    const at = redis()
    ask(at, 'SET', { Key: 'a', Value: 1 })
    const events = at.world.kernel.steps
    at.run(365 * DAY)
    expect(at.world.kernel.steps - events).toBe(0)
  })
})

describe('a node that is lost', () => {
  const fault = (at: number, params = {}): LabOptions => ({
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

  it('comes back after minutes, empty; until then commands fail when their client has waited [EC-R17, EC-R22, EC-R35]', () => {
    const at = redis({ CommandTimeout: '1s' }, {}, fault(MINUTE))
    ask(at, 'SET', { Key: 'a', Value: 1 })
    at.run(MINUTE)
    const failed = ask(at, 'GET', { Key: 'a' })
    expect([failed.status, failed.at]).toEqual(['ConnectionError', MINUTE + SECOND])
    at.run(6 * MINUTE - 1)
    expect(ask(at, 'GET', { Key: 'a' }).status).toBe('ConnectionError')
    at.run(6 * MINUTE + SECOND)
    expect(get(at, 'a')).toBeNull()
  })

  it('of Memcached takes its share of the keys with it and leaves the others [EC-R1]', () => {
    const at = memcached(4, {}, fault(MINUTE, { Shard: 2 }))
    const keys = Array.from({ length: 400 }, (_, i) => `key-${i}`)
    for (const key of keys) ask(at, 'memcached:set', { Key: key, Value: 1 })
    const shares = fleet(at).shards.map(({ store }) => store.items)
    expect(shares.every((share) => share > 60)).toBe(true)
    at.run(7 * MINUTE)
    const hits = keys.filter((key) => ask(at, 'memcached:get', { Key: key }).answer.Value === 1).length
    expect(hits).toBe(400 - shares[1]!)
  })

  it('rebooted is empty afterwards', () => {
    const at = memcached(2)
    for (let i = 0; i < 50; i++) ask(at, 'memcached:set', { Key: `k${i}`, Value: 1 })
    const [, second] = fleet(at).shards.map(({ store }) => store.items)
    expect(ask(at, 'elasticache:RebootCacheCluster', { CacheNodeIdsToReboot: ['0001'] }).status).toBe('OK')
    expect(ask(at, 'elasticache:RebootCacheCluster', { CacheNodeIdsToReboot: ['0003'] }).status).toBe(
      'InvalidParameterValueException',
    )
    at.run(at.now + MINUTE)
    expect(fleet(at).items).toBe(second)
    expect(fleet(at).shards.every(({ primary }) => !primary.isDown)).toBe(true)
  })
})

describe('Memcached', () => {
  const word = (at: Lab, name: string, body: Record<string, unknown>): any => ask(at, `memcached:${name}`, body).answer

  it('stores, adds, replaces, counts and deletes', () => {
    const at = memcached()
    expect(word(at, 'replace', { Key: 'a', Value: 1 }).Result).toBeNull()
    expect(word(at, 'add', { Key: 'a', Value: 1 }).Result).toBe('STORED')
    expect(word(at, 'add', { Key: 'a', Value: 2 }).Result).toBeNull()
    expect(word(at, 'replace', { Key: 'a', Value: 7 }).Result).toBe('STORED')
    expect(word(at, 'incr', { Key: 'a', Delta: 3 }).Value).toBe(10)
    expect(word(at, 'decr', { Key: 'a', Delta: 30 }).Value).toBe(0)
    expect(word(at, 'incr', { Key: 'b' }).Value).toBeNull()
    expect(word(at, 'delete', { Key: 'a' }).Result).toBe('DELETED')
    expect(word(at, 'delete', { Key: 'a' }).Result).toBeNull()
    at.run(2 * MINUTE)
    expect([at.sum('Cache', 'CmdSet'), at.sum('Cache', 'NewItems'), at.sum('Cache', 'CmdGet')]).toEqual([4, 1, 0])
  })

  it('keeps an item for seconds up to thirty days, reads more as a moment, and 0 as never [EC-R14]', () => {
    const month = 2_592_000
    const at = memcached(1, { NetworkTime: '0ms', CommandTime: '0ms' })
    word(at, 'set', { Key: 'month', Value: 1, Exptime: month })
    word(at, 'set', { Key: 'past', Value: 1, Exptime: month + 1 })
    word(at, 'set', { Key: 'moment', Value: 1, Exptime: START_MS / 1000 + 60 })
    word(at, 'set', { Key: 'ever', Value: 1, Exptime: 0 })
    word(at, 'set', { Key: 'over', Value: 1, Exptime: -1 })
    const found = (): string[] =>
      ['month', 'past', 'moment', 'ever', 'over'].filter((key) => word(at, 'get', { Key: key }).Value === 1)
    expect(found()).toEqual(['month', 'moment', 'ever'])
    at.run(60 * SECOND)
    expect(found()).toEqual(['month', 'ever'])
    word(at, 'touch', { Key: 'ever', Exptime: 10 })
    at.run(70 * SECOND)
    expect(found()).toEqual(['month'])
    at.run(month * SECOND)
    expect(found()).toEqual([])
  })

  it('takes no item above a megabyte, and evicts who was used longest ago [EC-R15]', () => {
    const at = memcached(1, { NodeMemory: '300B', ItemOverhead: '50B' })
    expect(ask(at, 'memcached:set', { Key: 'a', Value: 1, ValueSize: 1_048_576 }).status).toBe('OutOfMemory')
    for (const key of 'abcde') word(at, 'set', { Key: key, Value: 1, ValueSize: 9 })
    word(at, 'get', { Key: 'a' })
    word(at, 'set', { Key: 'f', Value: 1, ValueSize: 9 })
    expect(word(at, 'get', { Key: 'b' }).Value).toBeNull()
    expect(word(at, 'get', { Key: 'a' }).Value).toBe(1)
  })

  it('refuses instead where its group says so [EC-R15]', () => {
    const at = lab(
      {
        Cache: {
          def: cacheCluster,
          properties: {
            Engine: 'memcached',
            CacheNodeType: 'cache.m5.large',
            NumCacheNodes: 1,
            CacheParameterGroupName: 'Group',
          },
          assumptions: { NodeMemory: '100B', ItemOverhead: '50B' },
        },
      },
      {
        probe: [['Cache', 'memcached:set']],
        beside: {
          Group: {
            type: 'AWS::ElastiCache::ParameterGroup',
            config: { Properties: { error_on_memory_exhausted: '1' } },
          },
        },
      },
    )
    expect(ask(at, 'memcached:set', { Key: 'a', Value: 'x' }).status).toBe('OK')
    expect(ask(at, 'memcached:set', { Key: 'b', Value: 'x' }).status).toBe('OutOfMemory')
  })

  it('has at most forty nodes, twenty in the notes; Redis has one [EC-R1]', () => {
    const nodes = (count: number, profile: 'current' | 'notes-2020'): unknown => memcached(count, {}, { profile })
    expect(() => nodes(41, 'current')).toThrow('out-of-range')
    expect(() => nodes(40, 'current')).not.toThrow()
    expect(() => nodes(21, 'notes-2020')).toThrow('out-of-range')
    expect(() => redis({}, { NumCacheNodes: 2 })).toThrow('a cluster of Redis has one node')
    expect(() => redis({}, { AZMode: 'cross-az' })).toThrow('there is only one node')
  })
})
