// What is said of a distribution after a run, and that nothing is said where all is well.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { cache, seen, site } from '../../../test/site.ts'
import { MS, SECOND } from '../../../test/kit.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import type { Distribution } from './distribution-state.ts'

interface Setting {
  readonly headers?: string
  readonly browsers?: number
  readonly workers?: number
  readonly time?: string
  readonly errors?: number
  readonly actions?: string
  readonly least?: string
  readonly parameters?: string
  readonly protocol?: string
}

/** The kinds of findings of a site with 50 pages and 50 viewers a second for eight minutes. */
function kinds({
  headers = '',
  browsers = 1000,
  workers = 20,
  time = '50ms',
  errors = 0,
  actions = '',
  least = '',
  parameters = '',
  protocol = 'allow-all',
}: Setting): string[] {
  const headersConfig = headers === '' ? 'HeaderBehavior: none' : `HeaderBehavior: whitelist, Headers: [${headers}]`
  const result = runScenario(
    scenarioOf(`
Resources:
  Site: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: app, DomainName: app.example.com, CustomOriginConfig: { OriginProtocolPolicy: https-only } }], ${least} DefaultCacheBehavior: { TargetOriginId: app, ViewerProtocolPolicy: ${protocol}, CachePolicyId: !Ref Key } } } }
  Key: { Type: AWS::CloudFront::CachePolicy, Properties: { CachePolicyConfig: { Name: key, MinTTL: 0, DefaultTTL: 3600, MaxTTL: 3600, ParametersInCacheKeyAndForwardedToOrigin: { EnableAcceptEncodingGzip: false, CookiesConfig: { CookieBehavior: none }, HeadersConfig: { ${headersConfig} }, QueryStringsConfig: { QueryStringBehavior: none } } } } }
Simulation:
  Duration: 8m
  WarmUp: 1m
  Assumptions: { Site: { InvalidationTime: 1s } }
  Resources:
    App: { Type: Sim::Http::Server, Properties: { Url: "https://app.example.com", Workers: ${workers}, QueueCapacity: 20, ServiceTime: ${time}, ErrorRate: ${errors} } }
  Workloads:
    Viewers: { Target: Site, Operation: "GET /p/{$.page}", Rate: 50/s, Attributes: { page: uniform(n=50), browser: uniform(n=${browsers}) }, Parameters: { Headers: { User-Agent: $.browser }${parameters} } }
${actions}
`),
  )
  return reportOf(result, '')
    .insights.filter(({ resource }) => resource === 'Site')
    .map(({ kind }) => kind)
}

const DROP_ALL =
  '  Actions: [{ At: 4m, cloudfront:CreateInvalidation: { DistributionId: !Ref Site, InvalidationBatch: { Paths: { Quantity: 1, Items: ["/*"] } } } }]'

describe('it is said', () => {
  test('of a key with a header that differs from viewer to viewer, not of one with few values', () => {
    expect(kinds({ headers: 'User-Agent' })).toContain('cache-key-explosion')
    expect(kinds({ headers: 'User-Agent', browsers: 3 })).toEqual([])
    expect(kinds({})).toEqual([])
  })

  test('of an invalidation under which the origin breaks down, not of one that it bears', () => {
    const weak = { headers: 'User-Agent', browsers: 10, workers: 10, time: '500ms', actions: DROP_ALL }
    expect(kinds(weak)).toContain('invalidation-surge')
    expect(kinds({ ...weak, actions: '' })).not.toContain('invalidation-surge')
    expect(kinds({ ...weak, workers: 200, time: '20ms' })).toEqual([])
  })

  test('of viewers that are turned away, not of those that are sent on to HTTPS', () => {
    const http = { parameters: ', Protocol: http' }
    expect(kinds({ ...http, protocol: 'https-only' })).toEqual(['refused-at-the-edge'])
    expect(kinds({ ...http, protocol: 'redirect-to-https' })).toEqual([])
  })

  test('of errors that are served from the caches, not where they are not kept', () => {
    const broken = { errors: 1 }
    expect(kinds(broken)).toContain('errors-kept')
    const least = 'CustomErrorResponses: [{ ErrorCode: 500, ErrorCachingMinTTL: 0 }],'
    expect(kinds({ ...broken, least })).toEqual([])
  })
})

test('every request is answered once, whatever its way: hits, misses, refusals and what goes past the cache add up', () => {
  const request = fc.record({
    path: fc.integer({ min: 0, max: 4 }),
    edge: fc.constantFrom('FRA', 'MUC', 'IAD'),
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD'),
    gap: fc.integer({ min: 0, max: 3_000 }),
  })
  const reply = fc.record({
    status: fc.constantFrom(200, 200, 200, 404, 500),
    headers: fc.constantFrom('public', 'max-age=2', 'no-store').map((text) => ({ 'Cache-Control': text })),
    after: fc.integer({ min: 0, max: 2_000_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(request, { maxLength: 40 }),
      fc.array(reply, { minLength: 1, maxLength: 6 }),
      (requests, script) => {
        const at = site({ script, origin: { OriginShield: { Enabled: true, OriginShieldRegion: 'us-east-1' } } })
        for (const { path, edge, method, gap } of requests) {
          at.call('Site', `http:${method}`, { Path: `/${path}`, Edge: edge })
          at.run(at.now + gap * MS)
        }
        at.run(at.now + 60 * SECOND)
        const state = at.state<Distribution>('Site')
        const { hit, refreshed, miss, passed, made, refused } = state.outcomes
        expect(at.answers.length).toBe(requests.length)
        expect(hit + refreshed + miss + passed + made + refused).toBe(requests.length)
        expect(refused).toBe(requests.filter(({ method }) => method === 'POST').length)
        expect(state.inside.inside).toBe(0)
        expect(state.fetches.length).toBe(state.freeFetches.length)
        // Nobody asks the origin more often than viewers miss.
        expect(seen(at).length).toBeLessThanOrEqual(miss + refreshed)
        const hits = at.answers.filter(({ http, answer }) => http < 400 && cache({ answer } as never).startsWith('Hit'))
        expect(hits.length).toBeLessThanOrEqual(hit)
      },
    ),
    { numRuns: 80 },
  )
})
