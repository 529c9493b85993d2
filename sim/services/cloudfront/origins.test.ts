// Origins: buckets that let CloudFront in or not, APIs behind their stages, servers by their address; and what a template may not say.
import { describe, expect, test } from 'vitest'
import { cache, get, HIT, MISS, seen, site, type Given } from '../../../test/site.ts'
import { MS, Refused, type Lab } from '../../../test/kit.ts'
import type { Config } from '../../model/contract.ts'
import { bucket } from '../s3/bucket.ts'

const OAC = { OriginAccessControlConfig: { SigningBehavior: 'always' } }
const service = { Service: 'cloudfront.amazonaws.com' }

function statement(Principal: unknown, more: Record<string, unknown> = {}): Config {
  return { Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'Files', ...more }] }
}

function files(PolicyDocument: Config | undefined, origin: Record<string, unknown> = {}, given: Given = {}): Lab {
  return site({
    ...given,
    origin: { DomainName: 'Files', CustomOriginConfig: undefined, S3OriginConfig: {}, ...origin },
    parts: { Files: { def: bucket, assumptions: { Unwritten: 'there', UnwrittenSize: '10KB' } } },
    options: {
      probe: [
        ['Site', 'http:GET'],
        ['Site', 'http:PUT'],
        ['Site', 'http:POST'],
        ['Files', 's3:PutObject'],
      ],
      beside: {
        Control: { type: 'AWS::CloudFront::OriginAccessControl', config: OAC },
        Identity: { type: 'AWS::CloudFront::CloudFrontOriginAccessIdentity', config: {} },
        ...(PolicyDocument === undefined
          ? {}
          : { Policy: { type: 'AWS::S3::BucketPolicy', config: { Bucket: 'Files', PolicyDocument } } }),
      },
      ...given.options,
    },
  })
}

const code = (at: Lab): number => get(at, '/a.png').http

describe('a bucket', () => {
  test('lets in whom its policy names: the service by an access control, an identity, everybody', () => {
    const control = { OriginAccessControlId: 'Control' }
    const identity = { S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/Identity' } }
    expect(code(files(statement(service), control))).toBe(200)
    expect(code(files(statement(service)))).toBe(403)
    expect(code(files(undefined, control))).toBe(403)
    expect(code(files(statement('*')))).toBe(200)
    const name = { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity Identity' }
    expect(code(files(statement(name), identity))).toBe(200)
    expect(code(files(statement(name)))).toBe(403)
    const other = { Condition: { StringEquals: { 'AWS:SourceArn': 'Files' } } }
    expect(code(files(statement(service, other), control))).toBe(403)
    const own = { Condition: { StringEquals: { 'AWS:SourceArn': 'Site' } } }
    expect(code(files(statement(service, own), control))).toBe(200)
  })

  test('is asked for the key below the origin’s path, and with a tag once the object has expired [CF-R26]', () => {
    const at = files(statement('*'), { OriginPath: '/public' }, { behavior: { DefaultTTL: 10 } })
    at.ask('Files', 's3:PutObject', { Key: 'public/a b.png', ContentLength: 777 })
    const answer = get(at, '/a%20b.png')
    expect([answer.answer.ContentLength, cache(answer)]).toEqual([777, MISS])
    at.run(at.now + 60_000 * MS)
    expect(cache(get(at, '/a%20b.png'))).toBe('RefreshHit from cloudfront')
    at.finish()
    expect(at.sum('Files', 'GetRequests')).toBe(2)
  })

  test('tells how long an object may be kept, as it was written [CF-R20]', () => {
    const at = files(statement('*'))
    at.ask('Files', 's3:PutObject', { Key: 'a.png', ContentLength: 5, CacheControl: 'max-age=30' })
    const since = at.now
    get(at, '/a.png')
    at.run(since + 29_000 * MS)
    expect(cache(get(at, '/a.png'))).toBe(HIT)
    at.run(since + 31_000 * MS)
    expect(cache(get(at, '/a.png'))).toBe('RefreshHit from cloudfront')
  })

  test('takes what viewers put only where a policy says so, and no POST', () => {
    const all = { AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] }
    const put = (at: Lab, method = 'PUT'): number =>
      at.ask('Site', `http:${method}`, { Path: '/a.png', Body: { ContentLength: 5 } }).http
    expect(put(files(statement('*'), {}, { behavior: all }))).toBe(403)
    const writes = files(statement('*', { Action: 's3:*' }), {}, { behavior: all })
    expect([put(writes), put(writes, 'POST')]).toEqual([200, 405])
  })
})

test('texts are compressed for viewers that take it, pictures and small files are not', () => {
  const at = site({ behavior: { Compress: true }, script: [{ length: 10_000 }] })
  const gzip = { Headers: { 'Accept-Encoding': 'gzip' } }
  const size = (path: string, more: Record<string, unknown>): number =>
    get(at, path, more).answer.ContentLength as number
  expect([size('/a.css', gzip), size('/a.css', {}), size('/a.png', gzip)]).toEqual([3_000, 10_000, 10_000])
  const small = site({ behavior: { Compress: true }, script: [{ length: 999 }] })
  expect(get(small, '/a.css', gzip).answer.ContentLength).toBe(999)
})

test('the default root object stands for `/`, headers of the origin’s own are added, and an origin outside answers', () => {
  const at = site({
    config: { DefaultRootObject: 'index.html' },
    origin: { OriginCustomHeaders: [{ HeaderName: 'X-From', HeaderValue: 'edge' }], OriginPath: '/v1' },
  })
  get(at, '/')
  expect(seen(at)[0]).toMatchObject({ Path: '/v1/index.html', Headers: { 'X-From': 'edge' } })
  expect(cache(get(at, '/index.html'))).toBe(HIT)
  const outside = site({ origin: { DomainName: 'www.example.com' }, assumptions: { OutsideOrigin: '70ms' } })
  expect(get(outside, '/a')).toMatchObject({ at: 70 * MS, status: 'OK' })
  expect(outside.notSimulated.join()).toContain('outside of this scenario')
})

test('metrics: requests, bytes, rates of errors and of hits, time to the origin, all under the Region too', () => {
  const at = site({
    script: [{ length: 100, after: 20 * MS }, { status: 404 }],
    options: {
      beside: {
        More: {
          type: 'AWS::CloudFront::MonitoringSubscription',
          config: {
            DistributionId: 'Site',
            MonitoringSubscription: {
              RealtimeMetricsSubscriptionConfig: { RealtimeMetricsSubscriptionStatus: 'Enabled' },
            },
          },
        },
      },
    },
  })
  for (const path of ['/a', '/a', '/a', '/b']) get(at, path)
  at.finish()
  const sum = (name: string, dimensions?: Record<string, string>): number => at.sum('Site', name, dimensions)
  expect([sum('Requests'), sum('Requests', { Region: 'Global' }), sum('BytesDownloaded')]).toEqual([4, 4, 300])
  expect([
    sum('TotalErrorRate'),
    sum('4xxErrorRate'),
    sum('5xxErrorRate'),
    sum('404ErrorRate'),
    sum('403ErrorRate'),
  ]).toEqual([100, 100, 0, 100, 0])
  expect([sum('CacheHitRate'), at.points('Site', 'CacheHitRate')[0]!.n]).toEqual([200, 3])
  expect(at.points('Site', 'OriginLatency')[0]!.max).toBe(20 * MS)
})

describe('what AWS would refuse', () => {
  const refusal = (given: Given): string => {
    try {
      site(given)
    } catch (thrown) {
      if (thrown instanceof Refused) return thrown.message
      throw thrown
    }
    return ''
  }

  test('origins that are not there, sets of methods that there are not, more than the quotas', () => {
    expect(refusal({ behavior: { TargetOriginId: 'none' } })).toContain('`none` is no origin')
    expect(refusal({ behavior: { AllowedMethods: ['GET', 'POST'] } })).toContain('no such set of methods')
    expect(refusal({ behavior: { CachedMethods: ['GET'] } })).toContain('no such set of methods')
    expect(refusal({ config: { Aliases: Array.from({ length: 101 }, (_, i) => `a${i}.example.com`) } })).toContain(
      '101 of `Aliases`',
    )
    expect(refusal({ origin: { ConnectionTimeout: 11 } })).toContain('out-of-range')
    expect(refusal({ origin: { ConnectionAttempts: 4 } })).toContain('out-of-range')
    expect(refusal({ origin: { OriginShield: { Enabled: true } } })).toContain('OriginShieldRegion')
    expect(refusal({ config: { CustomErrorResponses: [{ ErrorCode: 404, ResponseCode: 200 }] } })).toContain('together')
    const long = { CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 61 } }
    expect(refusal({ origin: long })).toBe('')
    expect(refusal({ origin: long, options: { profile: 'notes-2020' } })).toContain('out-of-range')
  })
})
