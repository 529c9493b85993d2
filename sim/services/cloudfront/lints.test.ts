// Known traps of distributions, and that they are none where nothing is wrong.
import { describe, expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'
import { asked, cache, get, HIT, site, withPolicy } from '../../../test/site.ts'
import type { Lab } from '../../../test/kit.ts'

const all = '{ QueryString: true, Cookies: { Forward: all } }'
const none = '{ QueryString: false, Cookies: { Forward: none } }'
const key = (cookies: string, headers = 'HeaderBehavior: none', max = 86_400): string => `
  Key: { Type: AWS::CloudFront::CachePolicy, Properties: { CachePolicyConfig: { Name: key, MinTTL: 0, DefaultTTL: ${max}, MaxTTL: ${max}, ParametersInCacheKeyAndForwardedToOrigin: { EnableAcceptEncodingGzip: true, CookiesConfig: { CookieBehavior: ${cookies} }, HeadersConfig: { ${headers} }, QueryStringsConfig: { QueryStringBehavior: none } } } } }`
const distribution = (name: string, usual: string, files = ''): string => `
  ${name}: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: app, DomainName: app.example.com, CustomOriginConfig: { OriginProtocolPolicy: https-only } }], ${files === '' ? '' : `CacheBehaviors: [{ PathPattern: /static/*, TargetOriginId: app, ViewerProtocolPolicy: https-only, ${files} }],`} DefaultCacheBehavior: { TargetOriginId: app, ViewerProtocolPolicy: https-only, ${usual} } } } }`
const told = (...resources: string[]): string[] =>
  slugsOf(`Resources:${resources.join('')}\n`).filter((slug) => slug.startsWith('cloudfront/'))

const COOKIES = ['cloudfront/static-cached-by-cookie']

describe('files that are kept once for every visitor', () => {
  test('one behaviour for all, with all cookies in its key; two behaviours or two distributions are fine [N.CLOUDFRONT-03]', () => {
    expect(told(distribution('Site', `ForwardedValues: ${all}`))).toEqual(COOKIES)
    expect(told(distribution('Site', `ForwardedValues: ${all}`, `ForwardedValues: ${all}`))).toEqual(COOKIES)
    expect(told(distribution('Site', `ForwardedValues: ${all}`, `ForwardedValues: ${none}`))).toEqual([])
    expect(
      told(distribution('App', `ForwardedValues: ${all}`), distribution('Files', `ForwardedValues: ${none}`)),
    ).toEqual([])
    expect(told(distribution('Site', 'CachePolicyId: !Ref Key'), key('all'))).toEqual(COOKIES)
    expect(told(distribution('Site', 'CachePolicyId: !Ref Key'), key('none'))).toEqual([])
    // What is not kept at all is not kept for each.
    expect(told(distribution('Site', `ForwardedValues: ${all}, DefaultTTL: 0`))).toEqual([])
  })

  test('and so it comes: with all cookies hardly a hit, without them nearly all [N.CLOUDFRONT-03]', () => {
    const requests = (at: Lab): number => {
      let hits = 0
      for (let i = 0; i < 200; i++)
        if (cache(get(at, `/static/${i % 4}.png`, { Cookies: { session: `s${i % 50}` } })) === HIT) hits++
      return hits / 200
    }
    expect(requests(withPolicy({ CookiesConfig: { CookieBehavior: 'all' } }))).toBeLessThan(0.6)
    const apart = site()
    expect(requests(apart)).toBeGreaterThan(0.95)
    expect(asked(apart)).toBe(4)
  })
})

test('headers of which every viewer has another value', () => {
  const many = (name: string, max?: number): string[] =>
    told(key('none', `HeaderBehavior: whitelist, Headers: [${name}]`, max))
  expect([many('User-Agent'), many('Accept-Language'), many('user-agent', 0)]).toEqual([
    ['cloudfront/key-explosion'],
    [],
    [],
  ])
})
