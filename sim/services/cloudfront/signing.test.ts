// Signed URLs and cookies, countries, HTTP and HTTPS: who comes in.
import { describe, expect, test } from 'vitest'
import { get, site, type Given } from '../../../test/site.ts'
import { SECOND, START_MS, type Lab } from '../../../test/kit.ts'

const PRIVATE = { TrustedKeyGroups: ['Group'] }
const beside = {
  Group: { type: 'AWS::CloudFront::KeyGroup', config: { KeyGroupConfig: { Name: 'group', Items: ['Key'] } } },
  Key: { type: 'AWS::CloudFront::PublicKey', config: {} },
  Foreign: { type: 'AWS::CloudFront::PublicKey', config: {} },
}

function closed(given: Given = {}): Lab {
  return site({ ...given, behavior: { ...PRIVATE, ...given.behavior }, options: { beside } })
}

function signed(at: Lab, parameters: Record<string, unknown>): unknown {
  return at.ask('Site', 'cloudfront:GetSignedUrl', { KeyPairId: 'Key', ...parameters }).answer
}

const START_S = START_MS / 1000

describe('signatures', () => {
  test('a plain request is refused where keys are trusted, a signed one is not [N.CLOUDFRONT-05, CF-R70]', () => {
    const at = closed()
    expect(get(at, '/a')).toMatchObject({ http: 403, status: 'MissingKey' })
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600 })
    expect(get(at, '/a', { SignedUrl }).http).toBe(200)
  })

  test('until it expires, to the second [N.CLOUDFRONT-06, CF-R70, CF-R72]', () => {
    const at = closed()
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600 })
    at.run(599 * SECOND)
    expect(get(at, '/a', { SignedUrl }).http).toBe(200)
    at.run(600 * SECOND - 1)
    expect(get(at, '/a', { SignedUrl }).http).toBe(200)
    at.run(600 * SECOND)
    expect(get(at, '/a', { SignedUrl })).toMatchObject({ http: 403, status: 'AccessDenied' })
  })

  test('what arrives in time is served, though its answer comes later; whoever asks again is too late [CF-R72]', () => {
    const at = closed({ script: [{ after: 5 * SECOND }] })
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 10 })
    at.run(9 * SECOND)
    expect(get(at, '/a', { SignedUrl })).toMatchObject({ at: 14 * SECOND, status: 'OK' })
    expect(get(at, '/a', { SignedUrl }).http).toBe(403)
  })

  test('from the addresses that it names [N.CLOUDFRONT-07, CF-R71]', () => {
    const at = closed()
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600, IpAddress: '203.0.113.0/24' })
    expect(get(at, '/a', { SignedUrl, ClientIp: '203.0.113.9' }).http).toBe(200)
    expect(get(at, '/a', { SignedUrl, ClientIp: '198.51.100.7' }).http).toBe(403)
  })

  test('by a trusted key alone; a forged policy does not match its signature [N.CLOUDFRONT-08, CF-R70]', () => {
    const at = closed()
    const foreign = signed(at, { Resource: '/a', ExpiresIn: 600, KeyPairId: 'Foreign' })
    expect(get(at, '/a', { SignedUrl: foreign }).http).toBe(403)
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600 }) as Record<string, unknown>
    const forged = { ...SignedUrl, Expires: START_S + 6_000 }
    expect(get(at, '/a', { SignedUrl: forged }).http).toBe(403)
    expect(get(at, '/a', { SignedUrl: { ...(foreign as object), KeyPairId: 'Key' } }).http).toBe(403)
    expect(get(at, '/a', { SignedUrl }).http).toBe(200)
  })

  test('accounts are trusted as keys are [N.CLOUDFRONT-08]', () => {
    const at = site({ behavior: { TrustedSigners: ['111122223333'] } })
    const by = (KeyPairId: string): number => get(at, '/a', { SignedUrl: { KeyPairId, Expires: START_S + 60 } }).http
    expect([by('111122223333'), by('444455556666')]).toEqual([200, 403])
  })

  test('a signed URL opens one file, signed cookies many [N.CLOUDFRONT-09, CF-R71, CF-R74]', () => {
    const at = closed()
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600 })
    expect([get(at, '/a', { SignedUrl }).http, get(at, '/b', { SignedUrl }).http]).toEqual([200, 403])
    const cookies = at.ask('Site', 'cloudfront:GetSignedCookies', { KeyPairId: 'Key', Resource: '/*', ExpiresIn: 600 })
    const SignedCookies: unknown = cookies.answer
    expect([get(at, '/a', { SignedCookies }).http, get(at, '/b', { SignedCookies }).http]).toEqual([200, 200])
    const some = signed(at, { Resource: 'https://d1.cloudfront.net/img/*', DateLessThan: START_S + 600 })
    expect([get(at, '/img/x', { SignedUrl: some }).http, get(at, '/css/x', { SignedUrl: some }).http]).toEqual([
      200, 403,
    ])
  })

  test('a policy may begin later [CF-R70, CF-R71]', () => {
    const at = closed()
    const SignedUrl = signed(at, { Resource: '/a', ExpiresIn: 600, DateGreaterThan: '2026-01-05T00:01:00Z' })
    at.run(60 * SECOND)
    expect(get(at, '/a', { SignedUrl }).http).toBe(403)
    at.run(60 * SECOND + 1)
    expect(get(at, '/a', { SignedUrl }).http).toBe(200)
  })

  test('a signature is no part of the cache key, and beside a URL cookies do not count [CF-R73]', () => {
    const at = closed()
    const first = signed(at, { Resource: '/a', ExpiresIn: 600 })
    get(at, '/a', { SignedUrl: first })
    const second = signed(at, { Resource: '/a', ExpiresIn: 700 })
    expect(get(at, '/a', { SignedUrl: second }).answer['X-Cache']).toBe('Hit from cloudfront')
    const good = { KeyPairId: 'Key', Resource: '/*', DateLessThan: START_S + 600 }
    const bad = { KeyPairId: 'Foreign', Expires: START_S + 600 }
    expect(get(at, '/a', { SignedUrl: bad, SignedCookies: good }).http).toBe(403)
    expect(get(at, '/a', { SignedCookies: good }).http).toBe(200)
  })

  test('what lacks a key, a resource or an end cannot be signed', () => {
    const at = closed()
    const sign = (parameters: unknown): string => at.ask('Site', 'cloudfront:GetSignedUrl', parameters).status
    expect(sign({ Resource: '/a', ExpiresIn: 1 })).toBe('InvalidArgument')
    expect(sign({ KeyPairId: 'Key', ExpiresIn: 1 })).toBe('InvalidArgument')
    expect(sign({ KeyPairId: 'Key', Resource: '/a' })).toBe('InvalidArgument')
  })
})

describe('at the door', () => {
  const countries = (RestrictionType: string): number[] => {
    const at = site({ config: { Restrictions: { GeoRestriction: { RestrictionType, Locations: ['DE', 'FR'] } } } })
    return ['DE', 'US'].map((Country) => get(at, '/a', { Country }).http)
  }

  test('countries are let in or kept out', () => {
    expect([countries('whitelist'), countries('blacklist'), countries('none')]).toEqual([
      [200, 403],
      [403, 200],
      [200, 200],
    ])
  })

  test('HTTP is taken, sent on to HTTPS, or refused', () => {
    const ask = (ViewerProtocolPolicy: string): unknown => {
      const { http, answer } = get(site({ behavior: { ViewerProtocolPolicy } }), '/a', { Protocol: 'http' })
      return http === 200 ? [answer.statusCode, answer['X-Cache']] : http
    }
    expect(ask('allow-all')).toEqual([200, 'Miss from cloudfront'])
    expect(ask('redirect-to-https')).toEqual([301, 'Redirect from cloudfront'])
    expect(ask('https-only')).toBe(403)
  })

  test('a distribution that is off takes nothing; an address that is too long is 414', () => {
    expect(get(site({ config: { Enabled: false } }), '/a').http).toBe(403)
    expect(get(site(), `/${'a'.repeat(8_192)}`).http).toBe(414)
  })
})
