// Changes of a distribution, and how long a request is on its way.
import { expect, test } from 'vitest'
import { cache, get, HIT, MISS, site } from '../../../test/site.ts'
import { MINUTE, MS, SECOND } from '../../../test/kit.ts'
import type { Distribution } from './distribution-state.ts'

test('a change is in force five minutes later, to the µs [CF-R64]', () => {
  const at = site()
  const status = (): string => at.ask('Site', 'cloudfront:GetDistribution').answer.Distribution.Status as string
  const update = (DistributionConfig: unknown): string =>
    at.ask('Site', 'cloudfront:UpdateDistribution', { DistributionConfig }).status
  expect([status(), update({ Enabled: false }), status()]).toEqual(['Deployed', 'OK', 'InProgress'])
  at.run(5 * MINUTE - 1)
  expect([get(at, '/a').http, status()]).toEqual([200, 'InProgress'])
  at.run(5 * MINUTE)
  expect([get(at, '/a').http, status()]).toEqual([403, 'Deployed'])
  expect([update({ Enabled: 'no' }), update({ DefaultCacheBehavior: { MinTTL: -1 } })]).toEqual([
    'InvalidArgument',
    'InvalidArgument',
  ])
})

test('new times hold for what is fetched from then on [CF-R64]', () => {
  const at = site({ assumptions: { DeploymentTime: '1s' } })
  get(at, '/a')
  at.ask('Site', 'cloudfront:UpdateDistribution', { DistributionConfig: { DefaultCacheBehavior: { DefaultTTL: 10 } } })
  at.run(2 * SECOND)
  get(at, '/b')
  at.run(12 * SECOND)
  expect([cache(get(at, '/a')), cache(get(at, '/b'))]).toEqual([HIT, MISS])
})

test('a request is on its way to the edge, to the regional cache and to the origin; a hit to the edge alone [CF-R5]', () => {
  const trips = { ViewerRoundTrip: '10ms', RegionalRoundTrip: '30ms', OriginRoundTrip: '80ms' }
  const at = site({ assumptions: trips, script: [{ after: 5 * MS }] })
  const took = (Edge: string): number => {
    const since = at.now
    return (get(at, '/a', { Edge }).at - since) / MS
  }
  expect([took('FRA'), took('FRA'), took('MUC'), took('IAD')]).toEqual([125, 10, 40, 125])
})

test('changes that are deployed are forgotten; several at once are each in force in their time', () => {
  const at = site({ assumptions: { DeploymentTime: '10s' } })
  const update = (DistributionConfig: unknown): void => {
    at.ask('Site', 'cloudfront:UpdateDistribution', { DistributionConfig })
  }
  for (let i = 0; i < 50; i++) {
    update({ Enabled: false })
    at.run(at.now + 5 * SECOND)
    update({ Enabled: true })
    at.run(at.now + 5 * SECOND)
    expect(get(at, '/a').http).toBe(403)
    at.run(at.now + 5 * SECOND)
    expect(get(at, '/a').http).toBe(200)
  }
  expect(at.state<Distribution>('Site').changes.size).toBe(2)
})
