// Invalidations: what goes, where, and when.
import { describe, expect, test } from 'vitest'
import { asked, cache, get, HIT, MISS, site, withPolicy } from '../../../test/site.ts'
import { MINUTE, SECOND, type Answer, type Lab } from '../../../test/kit.ts'
import type { Distribution } from './distribution-state.ts'

const MINUTELY = { InvalidationTime: '60s' }

function drop(at: Lab, ...Items: string[]): Answer {
  return at.ask('Site', 'cloudfront:CreateInvalidation', {
    InvalidationBatch: { CallerReference: 'x', Paths: { Quantity: Items.length, Items } },
  })
}

describe('an invalidation', () => {
  test('drops what its path means at every location, and nothing else [N.CLOUDFRONT-04, CF-R60, CF-R62]', () => {
    const at = site({ assumptions: MINUTELY })
    const from = (Path: string, Edge: string): string => cache(get(at, Path, { Edge }))
    for (const edge of ['FRA', 'IAD']) for (const path of ['/img/x', '/css/y']) from(path, edge)
    at.run(60 * SECOND)
    expect(drop(at, '/img/*').answer.Invalidation.Status).toBe('InProgress')
    at.run(120 * SECOND - 1)
    expect(from('/img/x', 'FRA')).toBe(HIT)
    at.run(120 * SECOND)
    expect(at.ask('Site', 'cloudfront:GetInvalidation', { Id: 'I1' }).answer.Invalidation.Status).toBe('Completed')
    expect(['FRA', 'IAD'].map((edge) => from('/img/x', edge))).toEqual([MISS, MISS])
    expect(['FRA', 'IAD'].map((edge) => from('/css/y', edge))).toEqual([HIT, HIT])
  })

  test('an edge location does not fetch again from a regional cache what it has just dropped [CF-R60]', () => {
    const at = site({ assumptions: { InvalidationTime: 'uniform(1s, 300s)' } })
    const edges = ['FRA', 'MUC', 'VIE', 'IAD', 'NRT']
    for (const Edge of edges) get(at, '/a', { Edge })
    const before = asked(at)
    drop(at, '/a')
    for (let second = 1; second <= 300; second++) {
      at.run(second * SECOND)
      for (const Edge of edges) get(at, '/a', { Edge })
    }
    // Once for each of the three Regions: what was fetched after the drop stays.
    expect(asked(at) - before).toBe(3)
  })

  test('nor a regional cache from a shield, whoever asked there first [CF-R2, CF-R60]', () => {
    const shield = { OriginShield: { Enabled: true, OriginShieldRegion: 'eu-central-1' } }
    for (const edges of [
      ['FRA', 'IAD', 'NRT', 'SIN'],
      ['IAD', 'NRT', 'SIN', 'FRA'],
    ]) {
      const at = site({ assumptions: { InvalidationTime: 'uniform(1s, 300s)' }, origin: shield })
      for (const Edge of edges) get(at, '/a', { Edge })
      expect(asked(at)).toBe(1)
      drop(at, '/a')
      for (let second = 1; second <= 300; second++) {
        at.run(second * SECOND)
        for (const Edge of edges) get(at, '/a', { Edge })
      }
      // The shield fetched it once more, after its drop; nobody has had the old one since his own.
      expect(asked(at)).toBe(2)
      expect(new Set(edges.map((Edge) => get(at, '/a', { Edge }).answer.Age)).size).toBe(1)
    }
  })

  test('means locations too at which somebody asks for the first time while it is under way [CF-R60]', () => {
    const at = site({ assumptions: MINUTELY })
    get(at, '/a', { Edge: 'FRA' })
    drop(at, '/a')
    at.run(SECOND)
    // The regional cache has the old one still, and gives it to an edge location that had nothing to drop.
    expect(get(at, '/a', { Edge: 'MUC' }).status).toBe('OK')
    expect(asked(at)).toBe(1)
    at.run(60 * SECOND)
    expect(cache(get(at, '/a', { Edge: 'MUC' }))).toBe(MISS)
    expect(asked(at)).toBe(2)
    expect(at.ask('Site', 'cloudfront:GetInvalidation', { Id: 'I1' }).answer.Invalidation.Status).toBe('Completed')
  })

  test('what is under way while it drops is not kept [CF-R60]', () => {
    const at = site({ assumptions: MINUTELY, script: [{ after: 5 * SECOND }] })
    drop(at, '/a')
    at.run(58 * SECOND)
    expect(cache(get(at, '/a'))).toBe(MISS)
    expect(cache(get(at, '/a'))).toBe(MISS)
    expect(cache(get(at, '/a'))).toBe(HIT)
  })

  test('means all headers and cookies of an address; its parameters only with a star [CF-R60]', () => {
    const at = withPolicy(
      {
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept-Language'] },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
      { assumptions: { InvalidationTime: '1s' } },
    )
    const all = (): string[] => [
      cache(get(at, '/a.jpg', { Headers: { 'Accept-Language': 'de' } })),
      cache(get(at, '/a.jpg', { Headers: { 'Accept-Language': 'fr' } })),
      cache(get(at, '/a.jpg?size=1')),
      cache(get(at, '/A.jpg')),
    ]
    all()
    drop(at, '/a.jpg')
    at.run(at.now + SECOND)
    expect(all()).toEqual([MISS, MISS, HIT, HIT])
    drop(at, '/a.jpg*')
    at.run(at.now + SECOND)
    expect(all()).toEqual([MISS, MISS, MISS, HIT])
  })

  test('a new name needs none [CF-R63]', () => {
    const at = site()
    expect([cache(get(at, '/app.1.js')), cache(get(at, '/app.2.js'))]).toEqual([MISS, MISS])
    expect(at.state<Distribution>('Site').invalidations.paths).toBe(0)
  })

  test('takes five minutes at most [CF-R62]', () => {
    const at = site({ assumptions: { InvalidationTime: '1h' } })
    drop(at, '/*')
    at.run(5 * MINUTE - 1)
    expect(at.state<Distribution>('Site').invalidations.list.get('I1')!.completedAt).toBe(-1)
    at.run(5 * MINUTE)
    expect(at.state<Distribution>('Site').invalidations.list.get('I1')!.completedAt).toBe(5 * MINUTE)
  })

  test('3,000 files and 15 wildcards are under way, and no more [CF-R61]', () => {
    const at = site({ assumptions: MINUTELY })
    const files = Array.from({ length: 3_000 }, (_, i) => `/f${i}`)
    expect(drop(at, ...files).status).toBe('OK')
    expect(drop(at, '/one-more')).toMatchObject({ status: 'TooManyInvalidationsInProgress', http: 400 })
    expect(drop(at, ...Array.from({ length: 15 }, (_, i) => `/d${i}/*`)).status).toBe('OK')
    expect(drop(at, '/e/*').status).toBe('TooManyInvalidationsInProgress')
    at.run(at.now + 60 * SECOND)
    expect([drop(at, '/one-more').status, drop(at, '/e/*').status]).toEqual(['OK', 'OK'])
  })

  test('of which the last thousand are told of, takes no room for good', () => {
    const at = site({ assumptions: { InvalidationTime: '1s' } })
    for (let i = 0; i < 1_100; i++) {
      drop(at, `/f${i}`)
      at.run(at.now + SECOND)
    }
    const { invalidations } = at.state<Distribution>('Site')
    expect([invalidations.list.size, invalidations.drops.size]).toEqual([1_000, 1])
    const status = (Id: string): string => at.ask('Site', 'cloudfront:GetInvalidation', { Id }).status
    expect([status('I100'), status('I101'), status('I1100')]).toEqual(['NoSuchInvalidation', 'OK', 'OK'])
    expect(invalidations.paths).toBe(1_100)
  })

  test('paths begin with a slash and have a star at their end alone; what is unknown is not found [CF-R60]', () => {
    const at = site()
    for (const path of ['img/x', '/img/*/x', '']) expect(drop(at, path).status).toBe('InvalidArgument')
    expect(drop(at).status).toBe('InvalidArgument')
    expect(at.ask('Site', 'cloudfront:GetInvalidation', { Id: 'I9' }).http).toBe(404)
  })
})
