// A cache without nodes: its two limits, and nothing else in the way.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { serverlessCache } from './serverless-cache.ts'

function cache(limits: Record<string, unknown> = {}, engine = 'valkey'): Lab {
  const word =
    engine === 'memcached' ? ['memcached:get', 'memcached:set'] : ['redis:GET', 'redis:SET', 'redis:FLUSHALL']
  return lab(
    {
      Cache: {
        def: serverlessCache,
        properties: { Engine: engine, ServerlessCacheName: 'cache', CacheUsageLimits: limits },
        assumptions: { NetworkTime: '1ms', CommandTime: '10us' },
      },
    },
    { probe: word.map((action) => ['Cache', action] as const) as never },
  )
}

describe('a serverless cache', () => {
  it('does as much in a second as its limit says, a unit for each KB, and refuses the rest until the next [EC-R6]', () => {
    const at = cache({ ECPUPerSecond: { Maximum: 1000 } })
    for (let i = 0; i < 1001; i++) at.call('Cache', 'redis:GET', { Key: 'a' })
    at.run(SECOND - 1)
    expect(at.answers.filter(({ status }) => status === 'CommandThrottled').length).toBe(1)
    at.run(SECOND)
    // Ten commands of a hundred KB take all of the second.
    for (let i = 0; i < 11; i++) at.call('Cache', 'redis:SET', { Key: `k${i}`, Value: 'x', ValueSize: 102_300 })
    at.run(2 * SECOND - 1)
    expect(at.answers.filter(({ status }) => status === 'CommandThrottled').length).toBe(2)
    at.run(MINUTE)
    expect([at.sum('Cache', 'ThrottledCmds'), at.sum('Cache', 'ElastiCacheProcessingUnits')]).toEqual([2, 2000])
  })

  it('refuses a flush as any other command, and keeps everything', () => {
    const at = cache({ ECPUPerSecond: { Maximum: 1000 } })
    at.ask('Cache', 'redis:SET', { Key: 'a', Value: 1 })
    at.run(SECOND)
    for (let i = 0; i < 1000; i++) at.call('Cache', 'redis:GET', { Key: 'a' })
    expect(at.ask('Cache', 'redis:FLUSHALL').status).toBe('CommandThrottled')
    at.run(2 * SECOND)
    expect(at.ask('Cache', 'redis:GET', { Key: 'a' }).answer.Value).toBe(1)
    for (let i = 0; i < 998; i++) at.call('Cache', 'redis:GET', { Key: 'a' })
    expect(at.ask('Cache', 'redis:FLUSHALL').status).toBe('OK')
    // It was the last unit of the second.
    expect(at.ask('Cache', 'redis:GET', { Key: 'a' }).status).toBe('CommandThrottled')
  })

  it('has no thread in front of which commands wait [EC-R6]', () => {
    for (const engine of ['valkey', 'memcached']) {
      const at = cache({}, engine)
      for (let i = 0; i < 10_000; i++)
        at.call('Cache', engine === 'valkey' ? 'redis:GET' : 'memcached:get', { Key: 'a' })
      at.run(1_010)
      expect(at.answers.length).toBe(10_000)
    }
  })

  it('holds as much as its limit says', () => {
    const at = cache({ DataStorage: { Maximum: 1, Unit: 'GB' } })
    const put = (key: string, more = {}): string =>
      at.ask('Cache', 'redis:SET', { Key: key, Value: 'x', ValueSize: 400_000_000, ...more }).status
    expect([put('a'), put('b', { EX: 600 }), put('c'), put('d')]).toEqual(['OK', 'OK', 'OK', 'OutOfMemory'])
    expect(at.ask('Cache', 'redis:GET', { Key: 'b' }).answer.Value).toBeNull()
    expect(() => cache({ DataStorage: { Maximum: 5_001, Unit: 'GB' } })).toThrow('out-of-range')
    expect(() => cache({ ECPUPerSecond: { Maximum: 999 } })).toThrow('out-of-range')
  })
})
