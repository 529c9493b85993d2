// Known traps of distributions.
import type { Lints } from '../../lint/contract.ts'

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
        const config = 'DistributionConfig'
        const forwards = (...path: (string | number)[]): boolean =>
          distribution.text(config, ...path, 'ForwardedValues', 'Cookies', 'Forward') === 'all'
        const others = distribution.list(config, 'CacheBehaviors')
        const caches = distribution.number(86_400, config, 'DefaultCacheBehavior', 'DefaultTTL') > 0
        if (!forwards('DefaultCacheBehavior') || !caches) return []
        if (others.some((_, i) => !forwards('CacheBehaviors', i))) return []
        // Another distribution may carry the files.
        if (scene.all('AWS::CloudFront::Distribution').length > 1) return []
        return [
          {
            message: `\`${distribution.logicalId}\` keeps everything once for each set of cookies, static files too`,
            span: distribution.place(config, 'DefaultCacheBehavior', 'ForwardedValues', 'Cookies', 'Forward'),
            help: 'a behaviour for the static paths with `Cookies: { Forward: none }`, or a distribution of their own',
          },
        ]
      }),
  },
}
