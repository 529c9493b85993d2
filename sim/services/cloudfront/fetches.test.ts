// The way to the origin: regional caches and shields, requests that wait for each other, attempts, time-outs, the second origin.
import { describe, expect, test } from 'vitest'
import {
  asked,
  cache,
  CUSTOM,
  DISABLED,
  get,
  HIT,
  MISS,
  scripted,
  seen,
  site,
  withPolicy,
  type Given,
  type Reply,
} from '../../../test/site.ts'
import { MS, SECOND, type Answer, type Lab } from '../../../test/kit.ts'
import type { Distribution } from './distribution-state.ts'

const from = (at: Lab, Edge: string, Path = '/a'): Answer => get(at, Path, { Edge })
const slow: readonly Reply[] = [{ after: 100 * MS }]

/** So many requests at once; the answers in the order in which they come. */
function burst(
  at: Lab,
  count: number,
  more: (i: number) => Record<string, unknown> = () => ({}),
  method = 'GET',
): Answer[] {
  const before = at.answers.length
  for (let i = 0; i < count; i++) at.call('Site', `http:${method}`, { Path: '/a', ...more(i) })
  at.run(at.now + 60 * SECOND)
  return at.answers.slice(before)
}

describe('caches on the way', () => {
  test('each edge location has a cache of its own [N.CLOUDFRONT-02, CF-R1]', () => {
    const at = site()
    const words = ['FRA', 'IAD', 'NRT'].flatMap((edge) => Array.from({ length: 10 }, () => cache(from(at, edge))))
    expect([words.filter((word) => word === MISS).length, words.filter((word) => word === HIT).length]).toEqual([3, 27])
    expect(at.state<Distribution>('Site').outcomes).toMatchObject({ miss: 3, hit: 27 })
  })

  test('edge locations behind one regional cache ask the origin once, others by themselves [CF-R1]', () => {
    const at = site()
    for (const edge of ['FRA', 'MUC', 'VIE']) expect(cache(from(at, edge))).toBe(MISS)
    expect(asked(at)).toBe(1)
    from(at, 'IAD')
    expect(asked(at)).toBe(2)
  })

  test('what comes from the regional cache is no fresher than there [CF-R1]', () => {
    const at = site({ script: [{ headers: { 'Cache-Control': 'max-age=60' } }] })
    from(at, 'FRA')
    at.run(50 * SECOND)
    from(at, 'MUC')
    at.run(60 * SECOND - 1)
    expect([cache(from(at, 'MUC')), asked(at)]).toEqual([HIT, 1])
    at.run(60 * SECOND)
    expect([cache(from(at, 'MUC')), asked(at)]).toEqual([MISS, 2])
  })

  test('an origin shield is asked by all regional caches, the origin by it alone [CF-R1]', () => {
    const at = site({ origin: { OriginShield: { Enabled: true, OriginShieldRegion: 'eu-central-1' } } })
    for (const edge of ['FRA', 'IAD', 'NRT', 'GRU']) from(at, edge)
    expect(asked(at)).toBe(1)
  })

  test('writes and what is never kept go from the edge to the origin [CF-R2]', () => {
    const trip = { RegionalRoundTrip: '30ms', OriginRoundTrip: '80ms' }
    const all = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']
    const at = site({ assumptions: trip, behavior: { AllowedMethods: all } })
    const took = (method: string): number => {
      const since = at.now
      return at.ask('Site', `http:${method}`, { Path: '/new' }).at - since
    }
    expect([took('POST'), took('OPTIONS'), took('GET'), took('GET')]).toEqual([80 * MS, 80 * MS, 110 * MS, 0])
    const never = site({ assumptions: trip, behavior: { CachePolicyId: DISABLED } })
    expect(get(never, '/a').at).toBe(80 * MS)
  })

  test('a bucket in the Region of the regional cache is asked without it [CF-R2]', () => {
    const at = site()
    const state = at.state<Distribution>('Site')
    const behavior = state.behaviors[0]!
    const names = (): string[] => state.tiersOf(state.edgeOf('FRA'), behavior, 'GET').map(({ kind }) => kind)
    expect(names()).toEqual(['edge', 'regional'])
    Object.assign(state.origins, [{ ...state.origins[0]!, isBucket: true, region: 'eu-central-1' }])
    expect(names()).toEqual(['edge'])
  })

  test('a method that is not allowed is refused; OPTIONS is kept where it is said, as an object of its own [CF-R3]', () => {
    const at = site()
    expect(at.ask('Site', 'http:POST', { Path: '/a' }).http).toBe(403)
    expect(at.ask('Site', 'http:OPTIONS', { Path: '/a' }).http).toBe(403)
    const three = ['GET', 'HEAD', 'OPTIONS']
    const kept = site({ behavior: { AllowedMethods: three, CachedMethods: three } })
    const option = (): string => cache(kept.ask('Site', 'http:OPTIONS', { Path: '/a' }))
    expect([option(), option(), cache(get(kept, '/a'))]).toEqual([MISS, HIT, MISS])
    const passed = site({ behavior: { AllowedMethods: three } })
    for (let i = 0; i < 2; i++) passed.ask('Site', 'http:OPTIONS', { Path: '/a' })
    expect(asked(passed)).toBe(2)
    expect(cache(kept.ask('Site', 'http:HEAD', { Path: '/a' }))).toBe(HIT)
  })

  test('the object asked for longest ago makes room where room is short [CF-R27]', () => {
    const at = site({ assumptions: { CachedObjects: '2' }, behavior: { MinTTL: 100 } })
    for (const path of ['/a', '/b', '/a', '/c']) from(at, 'FRA', path)
    expect(cache(from(at, 'FRA', '/a'))).toBe(HIT)
    expect(cache(from(at, 'FRA', '/b'))).toBe(MISS)
  })
})

describe('requests for one object', () => {
  test('a hundred at once are one fetch, from two edge locations too [CF-V8, CF-R30]', () => {
    const at = site({ script: slow })
    const answers = burst(at, 100)
    expect([answers.length, asked(at)]).toEqual([100, 1])
    expect(answers.every((answer) => answer.at === 100 * MS)).toBe(true)
    const two = site({ script: slow })
    burst(two, 100, (i) => ({ Edge: i % 2 === 0 ? 'FRA' : 'MUC' }))
    expect(asked(two)).toBe(1)
    expect(two.state<Distribution>('Site').collapsed).toBe(99)
  })

  test('go by themselves where caching is off or cookies are forwarded [CF-R30]', () => {
    const off = site({ script: slow, behavior: { CachePolicyId: DISABLED } })
    burst(off, 10)
    expect(asked(off)).toBe(10)
    const cookies = withPolicy({ CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['a'] } }, { script: slow })
    burst(cookies, 10)
    expect(asked(cookies)).toBe(10)
  })

  test('wait, and then go by themselves, when the origin says that it is for one alone [CF-R30]', () => {
    const at = site({ script: [{ after: 100 * MS, headers: { 'Cache-Control': 'private' } }] })
    const answers = burst(at, 10)
    expect(asked(at)).toBe(10)
    expect(answers.map((answer) => answer.at / MS)).toEqual([100, ...Array.from({ length: 9 }, () => 200)])
  })
})

const PAIR = {
  Origins: [
    { Id: 'one', DomainName: 'Origin', CustomOriginConfig: CUSTOM },
    { Id: 'two', DomainName: 'Other', CustomOriginConfig: CUSTOM },
  ],
  OriginGroups: {
    Quantity: 1,
    Items: [
      {
        Id: 'both',
        Members: { Quantity: 2, Items: [{ OriginId: 'one' }, { OriginId: 'two' }] },
        FailoverCriteria: { StatusCodes: { Quantity: 2, Items: [500, 503] } },
      },
    ],
  },
}

function pair(script: readonly Reply[], given: Given = {}, more: Record<string, unknown> = {}, other: Reply = {}): Lab {
  return site({
    ...given,
    script,
    behavior: {
      TargetOriginId: 'both',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      ...given.behavior,
    },
    config: { ...PAIR, Origins: [{ ...PAIR.Origins[0], ...more }, PAIR.Origins[1]] },
    parts: { Other: { def: scripted, properties: { Script: [other] } } },
  })
}

const down = {
  options: {
    faults: [
      {
        at: 0,
        until: 500 * SECOND,
        fault: 'sim:cloudfront:unreachable-origin',
        target: 'Site',
        params: { Origin: 'one' },
      },
    ],
  },
}

describe('an origin in trouble', () => {
  test('the second origin is asked after three attempts of 10 s, or after one of 1 s; a POST is not [CF-V6, CF-R50, CF-R51, CF-R52]', () => {
    const at = pair([{}], down)
    expect(get(at, '/a')).toMatchObject({ at: 30 * SECOND, status: 'OK' })
    expect(seen(at, 'Other')).toHaveLength(1)
    const quick = pair([{}], down, { ConnectionAttempts: 1, ConnectionTimeout: 1 })
    expect(get(quick, '/a')).toMatchObject({ at: SECOND, status: 'OK' })
    const post = pair([{}], down)
    expect(post.ask('Site', 'http:POST', { Path: '/a' })).toMatchObject({ at: 30 * SECOND, http: 504 })
    expect(seen(post, 'Other')).toHaveLength(0)
  })

  test('each request tries the first origin first again [CF-R52]', () => {
    const at = pair([{ status: 503 }, {}])
    get(at, '/a')
    get(at, '/b')
    expect([asked(at), asked(at, 'Other')]).toEqual([2, 1])
  })

  test('fails over at the codes that are written, for questions alone [CF-R52]', () => {
    for (const [status, others] of [
      [503, 1],
      [500, 1],
      [404, 0],
    ] as const) {
      const at = pair([{ status }])
      get(at, '/a')
      expect(asked(at, 'Other')).toBe(others)
    }
    const at = pair([{ status: 503 }])
    expect(at.ask('Site', 'http:PUT', { Path: '/a' }).http).toBe(503)
    expect(asked(at, 'Other')).toBe(0)
  })

  test('where both fail, viewers get what the second says [CF-R53]', () => {
    expect(get(pair([{ status: 503 }], {}, {}, { status: 500 }), '/a').http).toBe(500)
  })

  test('an answer that takes 30 s is waited for three times, if it is a question; at the last moment it is in time [CF-R50, CF-R51, CF-R44]', () => {
    const late = [{ after: 30 * SECOND }]
    const at = site({
      script: late,
      behavior: { AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] },
    })
    expect(get(at, '/a')).toMatchObject({ at: 90 * SECOND, http: 504 })
    expect(asked(at)).toBe(3)
    const since = at.now
    expect(at.ask('Site', 'http:POST', { Path: '/b' })).toMatchObject({ at: since + 30 * SECOND, http: 504 })
    const intime = site({ script: [{ after: 30 * SECOND - 1 }] })
    expect(get(intime, '/a')).toMatchObject({ at: 30 * SECOND - 1, status: 'OK' })
    const own = site({
      script: [{ after: 5 * SECOND }],
      origin: { CustomOriginConfig: { ...CUSTOM, OriginReadTimeout: 5 }, ConnectionAttempts: 2 },
    })
    expect(get(own, '/a')).toMatchObject({ at: 10 * SECOND, http: 504 })
  })

  test('without a second origin what cannot be reached is 504, and kept for 10 s [CF-R44, CF-R40]', () => {
    const at = site(down)
    expect(get(at, '/a')).toMatchObject({ at: 30 * SECOND, http: 504 })
    expect(get(at, '/a')).toMatchObject({ at: 30 * SECOND, http: 504 })
    at.run(40 * SECOND)
    expect(get(at, '/a').at).toBe(70 * SECOND)
  })

  test('more requests than the distribution takes are 503 [CF-R45]', () => {
    const at = site({ options: { quotas: { 'cloudfront.RequestsPerSecond': 100 } } })
    const answers = burst(at, 101)
    expect(answers.filter(({ http }) => http === 503)).toHaveLength(1)
  })
})
