// A distribution before a scripted origin: keys, behaviours, who comes in, and that every request is answered once.
import { describe, expect, test } from 'vitest'
import { asked, cache, CUSTOM, get, HIT, MISS, scripted, seen, site, withPolicy } from '../../../test/site.ts'
import type { Lab } from '../../../test/kit.ts'

describe('the cache key', () => {
  test('the path alone tells objects apart: neither parameters, cookies nor the host [CF-R10, CF-V4, N.CLOUDFRONT-01]', () => {
    const at = site()
    expect(cache(get(at, '/a?x=1', { Cookies: { who: 'A' } }))).toBe(MISS)
    expect(cache(get(at, '/a?x=2', { Cookies: { who: 'B' }, Headers: { Host: 'other' } }))).toBe(HIT)
    expect(cache(get(at, '/A'))).toBe(MISS)
    expect(asked(at)).toBe(2)
  })

  test('a hundred cookies are a hundred objects where they are part of the key, and one where not [N.CLOUDFRONT-01]', () => {
    const requests = (at: Lab): number => {
      for (let i = 0; i < 100; i++) get(at, '/a', { Cookies: { visitor: `v${i}` } })
      return asked(at)
    }
    expect(requests(withPolicy({}))).toBe(1)
    expect(requests(withPolicy({ CookiesConfig: { CookieBehavior: 'all' } }))).toBe(100)
  })

  test('headers, cookies and parameters: some, all but some, all; order and case of parameters matter [CF-R11]', () => {
    const at = withPolicy({
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept-Language'] },
      CookiesConfig: { CookieBehavior: 'allExcept', Cookies: ['tracking'] },
      QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['size', 'Size', 'page'] },
    })
    const same = { Headers: { 'accept-language': 'de', 'User-Agent': 'x' }, Cookies: { theme: 'dark', tracking: '1' } }
    expect(cache(get(at, '/a?size=1&page=2&utm=3', same))).toBe(MISS)
    expect(cache(get(at, '/a?size=1&page=2&utm=4', { ...same, Cookies: { theme: 'dark', tracking: '2' } }))).toBe(HIT)
    expect(cache(get(at, '/a?page=2&size=1', same))).toBe(MISS)
    expect(cache(get(at, '/a?Size=1&page=2', same))).toBe(MISS)
    expect(cache(get(at, '/a?size=1&page=2', { ...same, Headers: { 'Accept-Language': 'fr' } }))).toBe(MISS)
    expect(cache(get(at, '/a?size=1&page=2', { ...same, Cookies: { theme: 'light' } }))).toBe(MISS)
    expect(cache(get(at, '/a?size=1&page=2', { ...same, Headers: { 'ACCEPT-LANGUAGE': 'de' } }))).toBe(HIT)
  })

  test('encodings that viewers take are brought to `br`, `gzip` or nothing [CF-R11]', () => {
    const at = withPolicy({ EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: true })
    const ask = (encoding: string): string => cache(get(at, '/a', { Headers: { 'Accept-Encoding': encoding } }))
    expect([ask('gzip, deflate'), ask('deflate, gzip;q=0.5'), ask('gzip, br'), ask('br'), ask('identity')]).toEqual([
      MISS,
      HIT,
      MISS,
      HIT,
      MISS,
    ])
  })

  test('what is part of the key is forwarded, and a request policy forwards more without making it part of the key [CF-R12]', () => {
    const at = withPolicy(
      { QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['size'] } },
      { behavior: { OriginRequestPolicyId: 'acba4595-bd28-49b8-b9fe-13317c0390fa' } },
    )
    get(at, '/a?size=1&utm=2', { Headers: { 'User-Agent': 'one', Accept: '*/*' } })
    expect(seen(at)[0]).toMatchObject({ Path: '/a?size=1', Headers: { 'User-Agent': 'one' } })
    expect(seen(at)[0].Headers).not.toHaveProperty('Accept')
    expect(cache(get(at, '/a?size=1', { Headers: { 'User-Agent': 'two' } }))).toBe(HIT)
  })

  test('without a policy the forwarded values are the key; all headers forwarded keep nothing [CF-R13]', () => {
    const some = site({
      behavior: { ForwardedValues: { QueryString: true, QueryStringCacheKeys: ['v'], Cookies: { Forward: 'none' } } },
    })
    expect([cache(get(some, '/a?v=1&t=1')), cache(get(some, '/a?v=1&t=2')), cache(get(some, '/a?v=2'))]).toEqual([
      MISS,
      HIT,
      MISS,
    ])
    expect(seen(some)[0].Path).toBe('/a?v=1&t=1')
    const all = site({ behavior: { ForwardedValues: { QueryString: false, Headers: ['*'] } } })
    expect([cache(get(all, '/a')), cache(get(all, '/a'))]).toEqual([MISS, MISS])
    expect(asked(all)).toBe(2)
  })

  test('behaviours are tried in their order, the default last; patterns know `*`, `?` and case [CF-R4]', () => {
    const other = { TargetOriginId: 'two', ViewerProtocolPolicy: 'allow-all', ForwardedValues: { QueryString: false } }
    const at = site({
      config: {
        Origins: [
          { Id: 'one', DomainName: 'Origin', CustomOriginConfig: CUSTOM },
          { Id: 'two', DomainName: 'Other', CustomOriginConfig: CUSTOM },
        ],
        CacheBehaviors: [
          { ...other, PathPattern: '/img/secret?', TargetOriginId: 'one' },
          { ...other, PathPattern: '/img/*' },
          { ...other, PathPattern: '*.css' },
        ],
      },
      parts: { Other: { def: scripted, properties: { Script: [{}] } } },
    })
    for (const path of ['/img/secret1', '/img/secret', '/a/b.css', '/IMG/x', '/']) get(at, path)
    expect(seen(at).map(({ Path }) => Path)).toEqual(['/img/secret1', '/IMG/x', '/'])
    expect(seen(at, 'Other').map(({ Path }) => Path)).toEqual(['/img/secret', '/a/b.css'])
  })
})
