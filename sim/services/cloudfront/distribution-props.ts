// What a template can say of a distribution, and of the policies, keys and access controls that only configure one.
import type { Prop, Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

const names = (doc: string): Prop => p.list(doc, p.string('A name.'))
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const
const seconds = (doc: string): Prop => p.number(doc, [0, 3_153_600_000], { unit: 's' })

const behavior: Props = {
  TargetOriginId: p.string('The origin or the group of origins.', { required: true }),
  ViewerProtocolPolicy: p.oneOf('What viewers may speak.', ['allow-all', 'https-only', 'redirect-to-https'], {
    required: true,
  }),
  AllowedMethods: p.list('Methods that are taken: the first 2, 3 or all 7.', p.oneOf('A method.', METHODS)),
  CachedMethods: p.list('Methods whose answers are kept.', p.oneOf('A method.', METHODS)),
  CachePolicyId: p.any('The cache policy: its id, or that of a managed one.'),
  OriginRequestPolicyId: p.any('What is forwarded beside the cache key.'),
  ResponseHeadersPolicyId: p.inert('Headers that are added to answers.'),
  Compress: p.bool('Whether text is compressed for viewers that take it.', { default: false }),
  DefaultTTL: seconds('How long an object is kept whose origin says nothing.'),
  MinTTL: seconds('The least time that an object is kept.'),
  MaxTTL: seconds('The most time that an object is kept.'),
  ForwardedValues: p.record('In place of policies: what is forwarded and part of the cache key.', {
    QueryString: p.bool('Whether query strings are.', { required: true }),
    QueryStringCacheKeys: names('Those that are part of the key; all when absent.'),
    Cookies: p.record('Cookies.', {
      Forward: p.oneOf('Which.', ['none', 'whitelist', 'all'], { required: true }),
      WhitelistedNames: names('Those.'),
    }),
    Headers: names('Headers; `*` = all, and nothing is kept.'),
  }),
  FunctionAssociations: p.list(
    'CloudFront functions.',
    p.record('An association.', {
      EventType: p.oneOf('When.', ['viewer-request', 'viewer-response'], { required: true }),
      FunctionARN: p.any('The function.', { required: true }),
    }),
  ),
  LambdaFunctionAssociations: p.list(
    'Functions at the edge.',
    p.record('An association.', {
      EventType: p.oneOf('When.', ['viewer-request', 'viewer-response', 'origin-request', 'origin-response'], {
        required: true,
      }),
      IncludeBody: p.bool('Whether the function sees the body.', { default: false }),
      LambdaFunctionARN: p.any('A version of the function.', { required: true }),
    }),
  ),
  TrustedKeyGroups: p.list('Whose signatures are taken; then requests must be signed.', p.any('A key group.')),
  TrustedSigners: p.list('The same by account.', p.any('An account, or `self`.')),
  FieldLevelEncryptionId: p.unused('fields of forms would be encrypted'),
  GrpcConfig: p.inert('gRPC.'),
  RealtimeLogConfigArn: p.unused('logs would go to a stream'),
  SmoothStreaming: p.inert('Microsoft’s format of video.'),
}

const origin: Props = {
  Id: p.string('Its name.', { required: true }),
  DomainName: p.any('Where it is.', { required: true }),
  OriginPath: p.string('What stands before the path of each request.', { default: '' }),
  ConnectionAttempts: p.int('How often a connection is tried.', [1, 'ConnectionAttempts']),
  ConnectionTimeout: p.int('How long each takes.', [1, 'ConnectionTimeout'], { unit: 's' }),
  CustomOriginConfig: p.record('An origin by HTTP.', {
    OriginProtocolPolicy: p.string('HTTP or HTTPS.', { required: true }),
    OriginReadTimeout: p.int('How long an answer may take.', [1, 'OriginReadTimeoutMax'], { unit: 's' }),
    OriginKeepaliveTimeout: p.inert('How long idle connections stay open.'),
    HTTPPort: p.inert('The port.'),
    HTTPSPort: p.inert('The port.'),
    IpAddressType: p.inert('IPv4 or both.'),
    OriginMtlsConfig: p.inert('A certificate of CloudFront for the origin.'),
    OriginSSLProtocols: p.inert('Versions of TLS.'),
  }),
  S3OriginConfig: p.record('A bucket.', {
    OriginAccessIdentity: p.any('As whom CloudFront reads the bucket; the older way.'),
    OriginReadTimeout: p.int('How long an answer may take.', [1, 'OriginReadTimeoutMax'], { unit: 's' }),
  }),
  VpcOriginConfig: p.record('A private origin.', {
    VpcOriginId: p.any('It.', { required: true }),
    OriginReadTimeout: p.int('How long an answer may take.', [1, 'OriginReadTimeoutMax'], { unit: 's' }),
    OriginKeepaliveTimeout: p.inert('How long idle connections stay open.'),
    OwnerAccountId: p.inert('Whose it is.'),
  }),
  OriginAccessControlId: p.any('As whom CloudFront reads the bucket.'),
  OriginCustomHeaders: p.list(
    'Headers that are added to requests.',
    p.record('A header.', {
      HeaderName: p.string('Its name.', { required: true }),
      HeaderValue: p.string('Its value.', { required: true }),
    }),
  ),
  OriginShield: p.record('One more cache before the origin.', {
    Enabled: p.bool('Whether there is one.'),
    OriginShieldRegion: p.string('Where.'),
  }),
  ResponseCompletionTimeout: p.unused('answers that are not complete in time would be given up'),
}

export const props: Props = {
  DistributionConfig: p.record(
    'The distribution.',
    {
      Enabled: p.bool('Whether it takes requests.', { required: true }),
      Origins: p.list('Where objects come from.', p.record('An origin.', origin)),
      OriginGroups: p.record('Pairs of origins.', {
        Quantity: p.inert('How many.'),
        Items: p.list(
          'The groups.',
          p.record('A group.', {
            Id: p.string('Its name.', { required: true }),
            Members: p.record(
              'A first and a second origin.',
              {
                Quantity: p.inert('Two.'),
                Items: p.list('They.', p.record('One.', { OriginId: p.string('Its name.', { required: true }) })),
              },
              { required: true },
            ),
            FailoverCriteria: p.record(
              'When the second is asked.',
              {
                StatusCodes: p.record('At these answers of the first.', {
                  Quantity: p.inert('How many.'),
                  Items: p.list('They.', p.int('A code.', [400, 599])),
                }),
              },
              { required: true },
            ),
            SelectionCriteria: p.inert('By media quality.'),
          }),
        ),
      }),
      DefaultCacheBehavior: p.record('For paths that no other behaviour takes.', behavior, { required: true }),
      CacheBehaviors: p.list(
        'In their order: the first whose pattern matches.',
        p.record('A behaviour.', {
          PathPattern: p.string('With `*` and `?`.', { required: true }),
          ...behavior,
        }),
      ),
      CustomErrorResponses: p.list(
        'What becomes of errors.',
        p.record('Of one code.', {
          ErrorCode: p.int('It.', [400, 599], { required: true }),
          ErrorCachingMinTTL: seconds('How long it is kept.'),
          ResponseCode: p.int('What viewers get in its place.', [200, 599]),
          ResponsePagePath: p.string('The page that they get.'),
        }),
      ),
      DefaultRootObject: p.string('What is asked for in place of `/`.'),
      PriceClass: p.oneOf('Which edge locations serve it.', ['PriceClass_All', 'PriceClass_200', 'PriceClass_100'], {
        default: 'PriceClass_All',
      }),
      Restrictions: p.record('Countries.', {
        GeoRestriction: p.record('Which viewers it takes.', {
          RestrictionType: p.oneOf('How the list is read.', ['none', 'whitelist', 'blacklist'], { required: true }),
          Locations: names('Two letters each.'),
        }),
      }),
      Aliases: p.list('Domain names.', p.any('A name.')),
      CNAMEs: p.inert('Domain names, by their older name.'),
      AnycastIpListId: p.inert('Fixed addresses.'),
      CacheTagConfig: p.unused('objects could be invalidated by tag'),
      Comment: p.inert('A text.'),
      ConnectionFunctionAssociation: p.unused('a function would look at each connection'),
      ConnectionMode: p.inert('For one or for many tenants.'),
      ContinuousDeploymentPolicyId: p.unused('a share of the requests would go to a staging distribution'),
      CustomOrigin: p.unused('the only origin, in the form of old templates; write `Origins`'),
      HttpVersion: p.inert('The newest version of HTTP.'),
      IPV6Enabled: p.inert('IPv6.'),
      Logging: p.inert('Logs.'),
      S3Origin: p.unused('the only origin, in the form of old templates; write `Origins`'),
      Staging: p.inert('For trying changes out.'),
      TenantConfig: p.inert('Tenants.'),
      ViewerCertificate: p.inert('The certificate.'),
      ViewerMtlsConfig: p.unused('viewers would need certificates'),
      WebACLId: p.unused('a firewall would look at each request'),
    },
    { required: true },
  ),
  Tags: p.inert('Tags.'),
}

const chosen = (behaviorName: string, listName: string, values: readonly string[]): Props => ({
  [behaviorName]: p.oneOf('Which.', values, { required: true }),
  [listName]: names('Those.'),
})
const ALL = ['none', 'whitelist', 'allExcept', 'all'] as const

export const parts: Readonly<Record<string, Props>> = {
  'AWS::CloudFront::CachePolicy': {
    CachePolicyConfig: p.record(
      'The policy.',
      {
        Name: p.string('Its name.', { required: true }),
        Comment: p.inert('A text.'),
        DefaultTTL: p.number('How long an object is kept whose origin says nothing.', [0, 3_153_600_000], {
          required: true,
          unit: 's',
        }),
        MinTTL: p.number('The least time.', [0, 3_153_600_000], { required: true, unit: 's' }),
        MaxTTL: p.number('The most time.', [0, 3_153_600_000], { required: true, unit: 's' }),
        ParametersInCacheKeyAndForwardedToOrigin: p.record(
          'What tells objects apart beside their path.',
          {
            EnableAcceptEncodingGzip: p.bool('Compressed and plain are two objects.', { required: true }),
            EnableAcceptEncodingBrotli: p.bool('The same for Brotli.', { default: false }),
            CookiesConfig: p.record('Cookies.', chosen('CookieBehavior', 'Cookies', ALL), { required: true }),
            HeadersConfig: p.record('Headers.', chosen('HeaderBehavior', 'Headers', ['none', 'whitelist']), {
              required: true,
            }),
            QueryStringsConfig: p.record('Parameters.', chosen('QueryStringBehavior', 'QueryStrings', ALL), {
              required: true,
            }),
          },
          { required: true },
        ),
      },
      { required: true },
    ),
  },
  'AWS::CloudFront::OriginRequestPolicy': {
    OriginRequestPolicyConfig: p.record(
      'What is forwarded beside the cache key.',
      {
        Name: p.string('Its name.', { required: true }),
        Comment: p.inert('A text.'),
        CookiesConfig: p.record(
          'Cookies.',
          chosen('CookieBehavior', 'Cookies', ['none', 'whitelist', 'all', 'allExcept']),
          {
            required: true,
          },
        ),
        HeadersConfig: p.record(
          'Headers.',
          chosen('HeaderBehavior', 'Headers', [
            'none',
            'whitelist',
            'allViewer',
            'allViewerAndWhitelistCloudFront',
            'allExcept',
          ]),
          { required: true },
        ),
        QueryStringsConfig: p.record(
          'Parameters.',
          chosen('QueryStringBehavior', 'QueryStrings', ['none', 'whitelist', 'all', 'allExcept']),
          { required: true },
        ),
      },
      { required: true },
    ),
  },
  'AWS::CloudFront::ResponseHeadersPolicy': { ResponseHeadersPolicyConfig: p.inert('Headers that viewers get.') },
  'AWS::CloudFront::OriginAccessControl': { OriginAccessControlConfig: p.any('How requests to a bucket are signed.') },
  'AWS::CloudFront::CloudFrontOriginAccessIdentity': {
    CloudFrontOriginAccessIdentityConfig: p.inert('A text.'),
  },
  'AWS::CloudFront::KeyGroup': {
    KeyGroupConfig: p.record(
      'The group.',
      {
        Name: p.string('Its name.', { required: true }),
        Items: p.list('Public keys.', p.any('A key.'), { required: true }),
        Comment: p.inert('A text.'),
      },
      { required: true },
    ),
  },
  'AWS::CloudFront::PublicKey': { PublicKeyConfig: p.inert('The key.') },
  'AWS::CloudFront::MonitoringSubscription': {
    DistributionId: p.any('The distribution.', { required: true }),
    MonitoringSubscription: p.record('Its additional metrics.', {
      RealtimeMetricsSubscriptionConfig: p.record('They.', {
        RealtimeMetricsSubscriptionStatus: p.oneOf('Whether.', ['Enabled', 'Disabled'], { required: true }),
      }),
    }),
  },
}
