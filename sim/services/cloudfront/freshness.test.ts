// How long objects and errors are kept, and what happens when their time is over.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asked, cache, DISABLED, get, HIT, MISS, OPTIMIZED, seen, site, type Reply } from '../../../test/site.ts'
import { DAY, HOUR, SECOND, START_MS, type Lab } from '../../../test/kit.ts'
import { directivesOf, errorLifetimeOf, lifetimeOf, SILENT, untilExpires } from './freshness.ts'

const times = (min: number, usual: number, max: number): { min: number; usual: number; max: number } => ({
  min: min * SECOND,
  usual: usual * SECOND,
  max: max * SECOND,
})
const USUAL = times(0, 86_400, 31_536_000)
const lasts = (text: string, among = USUAL): number => lifetimeOf(directivesOf(text), NaN, among) / SECOND

describe('how long the origin’s words keep an object', () => {
  test('`max-age`, nothing, `s-maxage` before it, and `no-store` [CF-V1, CF-R20, CF-R22, CF-R23, CF-R24]', () => {
    expect(lasts('max-age=3600')).toBe(3_600)
    expect(lasts('')).toBe(86_400)
    expect(lasts('s-maxage=60, max-age=3600')).toBe(60)
    expect(['no-store', 'no-cache', 'private, max-age=9'].map((text) => lasts(text))).toEqual([0, 0, 0])
  })

  test('a least time of 300 s lifts all of them [CF-V2, CF-R20, CF-R22, CF-R23]', () => {
    const least = times(300, 0, 31_536_000)
    expect(['max-age=60', 'no-cache', ''].map((text) => lasts(text, least))).toEqual([300, 300, 300])
  })

  test('the most time bounds what is asked, and not what nobody asks [CF-R20, CF-R21]', () => {
    const short = times(0, 0, 100)
    expect([lasts('max-age=101', short), lasts('max-age=99', short)]).toEqual([100, 99])
    expect(lifetimeOf(SILENT, 500 * SECOND, short)).toBe(100 * SECOND)
    expect(lifetimeOf(SILENT, -5, times(7, 0, 100))).toBe(7 * SECOND)
  })

  test('`Cache-Control` goes before `Expires`, which is a date [CF-R20, CF-R21]', () => {
    expect(lifetimeOf(directivesOf('max-age=10'), 500 * SECOND, USUAL)).toBe(10 * SECOND)
    const noon = 'Mon, 05 Jan 2026 12:00:00 GMT'
    expect(untilExpires(noon, START_MS * 1000)).toBe(12 * HOUR)
    expect(untilExpires('tomorrow', START_MS * 1000)).toBe(0)
  })

  test('errors: some always, some if the origin says so, others never [CF-R40, CF-R41]', () => {
    const ten = 10 * SECOND
    const said = directivesOf('max-age=30')
    for (const code of [404, 414, 500, 501, 502, 503, 504]) {
      expect(errorLifetimeOf(code, SILENT, ten)).toBe(ten)
      expect(errorLifetimeOf(code, said, ten)).toBe(30 * SECOND)
      expect(errorLifetimeOf(code, directivesOf('max-age=5'), ten)).toBe(ten)
    }
    for (const code of [400, 403, 405, 412, 415])
      expect([errorLifetimeOf(code, SILENT, ten), errorLifetimeOf(code, said, ten)]).toEqual([0, 30 * SECOND])
    expect(errorLifetimeOf(429, said, ten)).toBe(0)
  })
})

/** Asks `/a` at each moment (s) and tells how it was served. */
function at(
  times: readonly number[],
  script: readonly Reply[],
  behavior: Record<string, unknown> = {},
): [Lab, string[]] {
  const world = site({ script, behavior })
  const words = times.map((time) => {
    world.run(time * SECOND)
    const answer = get(world, '/a')
    return answer.http >= 400 ? String(answer.http) : cache(answer).split(' ')[0]!
  })
  return [world, words]
}

const keep = (text: string, etag = '"1"'): Reply => ({ headers: { 'Cache-Control': text, ETag: etag } })

describe('at the edge', () => {
  test('an object is served until its time is over, to the µs; then its tag is asked for [CF-V5, CF-R26, CF-R24]', () => {
    const world = site({
      behavior: { CachePolicyId: OPTIMIZED },
      script: [{ headers: { ETag: '"1"' } }, { status: 304 }, { status: 200, headers: { ETag: '"2"' } }],
    })
    expect(cache(get(world, '/a'))).toBe(MISS)
    world.run(10 * SECOND)
    expect(cache(get(world, '/a'))).toBe(HIT)
    world.run(DAY - 1)
    expect(cache(get(world, '/a'))).toBe(HIT)
    world.run(DAY)
    expect(cache(get(world, '/a'))).toBe('RefreshHit from cloudfront')
    expect(seen(world)[1].Headers).toEqual({ 'If-None-Match': '"1"' })
    world.run(2 * DAY - 1)
    expect(cache(get(world, '/a'))).toBe(HIT)
    world.run(2 * DAY)
    expect(cache(get(world, '/a'))).toBe(MISS)
    expect(asked(world)).toBe(3)
  })

  test('an object without a tag is asked for by its date [CF-R26]', () => {
    const date = 'Mon, 05 Jan 2026 00:00:00 GMT'
    const [world, words] = at(
      [0, 10],
      [{ headers: { 'Last-Modified': date, 'Cache-Control': 'max-age=10' } }, { status: 304 }],
    )
    expect(seen(world)[1].Headers).toEqual({ 'If-Modified-Since': date })
    expect(words[0]).toBe('Miss')
  })

  test('what a viewer says of caches is passed over [CF-R25]', () => {
    const world = site()
    get(world, '/a')
    expect(cache(get(world, '/a', { Headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } }))).toBe(HIT)
    expect(asked(world)).toBe(1)
  })

  test('`no-store` keeps nothing; with a least time it is kept for that [CF-R23]', () => {
    expect(at([0, 1, 2], [keep('no-store')])[1]).toEqual(['Miss', 'Miss', 'Miss'])
    expect(at([0, 4, 5], [keep('no-store', '')], { MinTTL: 5 })[1]).toEqual(['Miss', 'Hit', 'Miss'])
    expect(at([0, 1], [keep('max-age=60')], { CachePolicyId: DISABLED })[1]).toEqual(['Miss', 'Miss'])
  })

  test('a policy with a least time serves the old object while the origin is down, unless `stale-if-error=0` [CF-R23, CF-R42]', () => {
    const down = { status: 503 }
    expect(at([0, 5, 6], [keep('no-store'), down], { MinTTL: 5 })[1]).toEqual(
      ['Miss', 'Miss', 'Hit'].map((word, i) => (i === 1 ? 'RefreshHit' : word)),
    )
    expect(at([0, 5], [keep('no-store, stale-if-error=0'), down], { MinTTL: 5 })[1]).toEqual(['Miss', '503'])
  })

  test('while it is asked for again, it is served: as long as `stale-while-revalidate` says [CF-R28]', () => {
    const slow = { ...keep('max-age=10, stale-while-revalidate=20'), after: 5 * SECOND }
    const [world, words] = at([0, 16, 17], [slow])
    // At 16 s it is served stale and asked for; the answer comes at 21 s.
    expect([words, asked(world)]).toEqual([['Miss', 'Hit', 'Hit'], 2])
    world.run(29 * SECOND)
    expect([cache(get(world, '/a')), asked(world)]).toEqual([HIT, 2])
    const [late, told] = at([0, 36], [slow])
    expect([told, asked(late)]).toEqual([['Miss', 'RefreshHit'], 2])
  })

  test('`stale-if-error` says for how long an old object helps out [CF-R28]', () => {
    const script = [keep('max-age=10, stale-if-error=60'), { status: 500 }]
    expect(at([0, 69], script)[1]).toEqual(['Miss', 'RefreshHit'])
    expect(at([0, 70], script)[1]).toEqual(['Miss', '500'])
  })
})

describe('errors', () => {
  test('are kept for 10 s without asking the origin, then it is asked once more [CF-V7, CF-R40]', () => {
    const [world, words] = at([0, 5, 9.999999, 10, 11], [{ status: 503 }])
    expect(words).toEqual(['503', '503', '503', '503', '503'])
    expect(asked(world)).toBe(2)
  })

  test('404 for 10 s, 403 not at all, 403 with a time for that [CF-V12, CF-R41]', () => {
    expect(asked(at([0, 9, 11], [{ status: 404 }])[0])).toBe(2)
    expect(asked(at([0, 1, 2], [{ status: 403 }])[0])).toBe(3)
    expect(asked(at([0, 29, 30], [{ status: 403, headers: { 'cache-control': 'max-age=30' } }])[0])).toBe(2)
  })

  test('an expired object is served while the origin fails, and the origin is asked every 10 s; a 404 is a 404 [CF-V12, CF-R42]', () => {
    const [world, words] = at([0, 60, 69, 70], [keep('max-age=60'), { status: 503 }])
    expect(words).toEqual(['Miss', 'RefreshHit', 'Hit', 'RefreshHit'])
    expect(asked(world)).toBe(3)
    expect(at([0, 60, 69], [keep('max-age=60'), { status: 404 }])[1]).toEqual(['Miss', '404', '404'])
  })

  test('a page in place of an error, with another code, and times of its own [CF-R43]', () => {
    const world = site({
      script: [{ status: 404 }, { length: 77 }],
      config: {
        CustomErrorResponses: [
          { ErrorCode: 404, ErrorCachingMinTTL: 30, ResponseCode: 200, ResponsePagePath: '/spa.html' },
        ],
      },
    })
    const answer = get(world, '/deep/link')
    expect([answer.http, answer.answer.statusCode, answer.answer.ContentLength]).toEqual([200, 200, 77])
    expect(seen(world).map(({ Path }) => Path)).toEqual(['/deep/link', '/spa.html'])
    world.run(29 * SECOND)
    expect(get(world, '/deep/link').answer.statusCode).toBe(200)
    expect(asked(world)).toBe(2)
    world.run(31 * SECOND)
    get(world, '/deep/link')
    expect(asked(world)).toBe(3)
  })

  test('where the page cannot be had either, viewers get the error [CF-R43]', () => {
    const world = site({
      script: [{ status: 500 }],
      config: { CustomErrorResponses: [{ ErrorCode: 500, ResponseCode: 200, ResponsePagePath: '/sorry.html' }] },
    })
    expect(get(world, '/a').http).toBe(500)
  })
})

test('no answer from a cache is older than the origin and the behaviour allow, and none is asked for too early', () => {
  const origin = fc.record({
    age: fc.integer({ min: 0, max: 40 }),
    kind: fc.constantFrom('max-age', 's-maxage', 'no-store', 'none'),
  })
  const behavior = fc.record({ MinTTL: fc.integer({ min: 0, max: 20 }), DefaultTTL: fc.integer({ min: 20, max: 30 }) })
  const gaps = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(origin, behavior, gaps, ({ age, kind }, ttl, steps) => {
      const text = kind === 'none' ? 'public' : kind === 'no-store' ? kind : `${kind}=${age}`
      const world = site({ behavior: ttl, script: [{ headers: { 'Cache-Control': text } }] })
      const allowed = kind === 'none' ? ttl.DefaultTTL : kind === 'no-store' ? ttl.MinTTL : Math.max(age, ttl.MinTTL)
      // The plainest model there is: fetched at `since`, good for `allowed` seconds.
      let [now, since, fetched] = [0, -Infinity, 0]
      for (const step of steps) {
        now += step
        world.run(now * SECOND)
        const answer = get(world, '/a')
        const isHit = now - since < allowed
        if (!isHit) [since, fetched] = [now, fetched + 1]
        expect(cache(answer)).toBe(isHit ? HIT : MISS)
        if (isHit) expect(answer.answer.Age).toBe(now - since)
      }
      expect(asked(world)).toBe(fetched)
    }),
    { numRuns: 60 },
  )
})
