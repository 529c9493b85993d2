// Known traps of distributions.
import type { Finding, Lints, Scene, Written } from '../../lint/contract.ts'

const example = (behaviors: string): string => `Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: app
            DomainName: app.example.com
            CustomOriginConfig: { OriginProtocolPolicy: https-only }
        DefaultCacheBehavior:
          TargetOriginId: app
          ViewerProtocolPolicy: redirect-to-https
          ForwardedValues: { QueryString: true, Cookies: { Forward: all } }${behaviors}`

const policy = (header: string): string => `Resources:
  Key:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        Name: key
        MinTTL: 1
        DefaultTTL: 3600
        MaxTTL: 86400
        ParametersInCacheKeyAndForwardedToOrigin:
          EnableAcceptEncodingGzip: true
          CookiesConfig: { CookieBehavior: none }
          HeadersConfig: { HeaderBehavior: whitelist, Headers: [${header}] }
          QueryStringsConfig: { QueryStringBehavior: none }`

const group = (more: string): string => `Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: first
            DomainName: a.s3.amazonaws.com
            S3OriginConfig: {}${more}
          - { Id: second, DomainName: b.s3.amazonaws.com, S3OriginConfig: {} }
        OriginGroups:
          Quantity: 1
          Items:
            - Id: both
              Members: { Quantity: 2, Items: [{ OriginId: first }, { OriginId: second }] }
              FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [503] } }
        DefaultCacheBehavior:
          TargetOriginId: both
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6`

const CONFIG = 'DistributionConfig'
/** Headers of which nearly every viewer has another value, in small letters. */
const MANY_VALUES = new Set([
  'user-agent',
  'referer',
  'cookie',
  'date',
  'x-forwarded-for',
  'cloudfront-viewer-address',
  'x-request-id',
  'x-amzn-trace-id',
])
/** Seconds before a second origin is asked from which on a failover is slow. */
const SLOW = 15

export const lints: Lints = {
  'cloudfront/static-cached-by-cookie': {
    severity: 'warning',
    title: 'static files that are kept once for every visitor',
    text: 'A behaviour that forwards all cookies keeps a copy for each of their values: an image that is the same for everybody is fetched anew for every visitor. Static and dynamic content want behaviours of their own, or distributions of their own: cookies for the application, none for the files.',
    wrong: example(''),
    right: example(`
        CacheBehaviors:
          - PathPattern: /static/*
            TargetOriginId: app
            ViewerProtocolPolicy: https-only
            ForwardedValues: { QueryString: false, Cookies: { Forward: none } }`),
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html',
    find: (scene) =>
      scene.all('AWS::CloudFront::Distribution').flatMap((distribution) => {
        const others = distribution.list(CONFIG, 'CacheBehaviors')
        const cookies = cookiesOf(scene, distribution, 'DefaultCacheBehavior')
        if (cookies === undefined) return []
        if (others.some((_, i) => cookiesOf(scene, distribution, 'CacheBehaviors', i) === undefined)) return []
        // Another distribution may carry the files.
        if (scene.all('AWS::CloudFront::Distribution').length > 1) return []
        return [
          {
            message: `\`${distribution.logicalId}\` keeps everything once for each set of cookies, static files too`,
            span: cookies,
            help: 'a behaviour for the static paths without cookies in its key, or a distribution of their own',
          },
        ]
      }),
  },
  'cloudfront/key-explosion': {
    severity: 'warning',
    title: 'a header in the cache key that nearly every viewer has another value of',
    text: 'Each value of a header in the cache key is an object of its own. `User-Agent` has thousands, `Referer`, `Cookie` and the viewer’s address even more: hardly any request finds the variant of its own, and all of them reach the origin. What the origin needs to see belongs into the origin request policy, which is no part of the key; the kind of device is told by `CloudFront-Is-Mobile-Viewer` and its like, with two values each.',
    wrong: policy('User-Agent'),
    right: policy('CloudFront-Is-Mobile-Viewer'),
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-hit-ratio.html',
    find: (scene) =>
      scene.all('AWS::CloudFront::CachePolicy').flatMap((written) => {
        const path = ['CachePolicyConfig', 'ParametersInCacheKeyAndForwardedToOrigin', 'HeadersConfig', 'Headers']
        if (!(written.number(0, 'CachePolicyConfig', 'MaxTTL') > 0)) return []
        return written.list(...path).flatMap((_, i) => {
          const name = written.text(...path, i)
          if (name === undefined || !MANY_VALUES.has(name.toLowerCase())) return []
          return [
            {
              message: `\`${name}\` is part of the cache key: nearly every viewer has another value`,
              span: written.place(...path, i),
              help: 'forward it by an origin request policy, if the origin needs it at all',
            },
          ]
        })
      }),
  },
  'cloudfront/slow-failover': {
    severity: 'warning',
    title: 'a second origin that is asked after half a minute',
    text: 'The second origin of a group is asked when the first has failed. One that cannot be reached is given three attempts of ten seconds each unless the template says otherwise: viewers wait for thirty seconds, longer than most of them do, and for every request anew. With one attempt of two seconds they hardly notice.',
    wrong: group(''),
    right: group('\n            ConnectionAttempts: 1\n            ConnectionTimeout: 2'),
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html',
    find: (scene) =>
      scene.all('AWS::CloudFront::Distribution').flatMap((distribution) => {
        const groups = distribution.list(CONFIG, 'OriginGroups', 'Items')
        const firsts = groups.map((_, i) =>
          distribution.text(CONFIG, 'OriginGroups', 'Items', i, 'Members', 'Items', 0, 'OriginId'),
        )
        return distribution.list(CONFIG, 'Origins').flatMap((_, i) => {
          const id = distribution.text(CONFIG, 'Origins', i, 'Id')
          const attempts = distribution.number(3, CONFIG, 'Origins', i, 'ConnectionAttempts')
          const seconds = distribution.number(10, CONFIG, 'Origins', i, 'ConnectionTimeout')
          if (id === undefined || !firsts.includes(id) || !(attempts * seconds >= SLOW)) return []
          return [
            {
              message: `\`${id}\` is given ${attempts} × ${seconds} s before the second origin is asked`,
              span: distribution.place(CONFIG, 'Origins', i, 'Id'),
              help: 'such as `ConnectionAttempts: 1` and `ConnectionTimeout: 2`',
            },
          ]
        })
      }),
  },
}

/** Where a behaviour puts all cookies into the key of what it keeps; undefined where it does not. */
function cookiesOf(
  scene: Scene,
  distribution: Written,
  ...path: readonly (string | number)[]
): Finding['span'] | undefined {
  const at = [CONFIG, ...path]
  if (distribution.text(...at, 'ForwardedValues', 'Cookies', 'Forward') === 'all')
    return distribution.number(86_400, ...at, 'DefaultTTL') > 0
      ? distribution.place(...at, 'ForwardedValues', 'Cookies', 'Forward')
      : undefined
  const chosen = scene.at(distribution.text(...at, 'CachePolicyId'))
  const cookies = ['CachePolicyConfig', 'ParametersInCacheKeyAndForwardedToOrigin', 'CookiesConfig', 'CookieBehavior']
  const isAll = chosen?.type === 'AWS::CloudFront::CachePolicy' && chosen.text(...cookies) === 'all'
  if (!isAll || !(chosen.number(86_400, 'CachePolicyConfig', 'DefaultTTL') > 0)) return undefined
  return distribution.place(...at, 'CachePolicyId')
}
