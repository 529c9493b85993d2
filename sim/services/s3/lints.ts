// Known traps of buckets.
import type { Finding, Lints, Scene, Written } from '../../lint/contract.ts'
import { statementsOf } from '../../parts/resource-policy.ts'
import { matchesWildcards } from '../../parts/wildcards.ts'

const example = (policy: string): string => `Resources:
  Files: { Type: AWS::S3::Bucket }
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig:
        Name: files
        OriginAccessControlOriginType: s3
        SigningBehavior: always
        SigningProtocol: sigv4
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: files
            DomainName: !GetAtt Files.RegionalDomainName
            OriginAccessControlId: !GetAtt Access.Id
            S3OriginConfig: {}
        DefaultCacheBehavior:
          TargetOriginId: files
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6${policy}
`

export const lints: Lints = {
  's3/origin-locked-out': {
    severity: 'warning',
    title: 'a bucket that does not let its own distribution in',
    text: 'With an origin access control, CloudFront signs its requests to the bucket, and the bucket decides by its policy alone: without a statement that allows `s3:GetObject` to `cloudfront.amazonaws.com`, best for the ARN of the distribution only, every request of a visitor is answered 403.',
    wrong: example(''),
    right: example(`
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: { Service: cloudfront.amazonaws.com }
            Action: s3:GetObject
            Resource: !Sub "\${Files.Arn}/*"
            Condition:
              StringEquals:
                AWS:SourceArn: !Sub "arn:aws:cloudfront::\${AWS::AccountId}:distribution/\${Site}"`),
    source:
      'S3-R56; https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html',
    find: (scene) =>
      scene.all('AWS::CloudFront::Distribution').flatMap((distribution) => lockedOut(scene, distribution)),
  },
}

function lockedOut(scene: Scene, distribution: Written): Finding[] {
  const path = ['DistributionConfig', 'Origins']
  return distribution.list(...path).flatMap((_, i): Finding[] => {
    const bucket = scene.at(distribution.value(...path, i, 'DomainName'))
    const isSigned = distribution.value(...path, i, 'OriginAccessControlId') !== undefined
    if (bucket?.type !== 'AWS::S3::Bucket' || !isSigned || letsIn(scene, bucket)) return []
    return [
      {
        message: `\`${distribution.logicalId}\` may not read \`${bucket.logicalId}\`: no policy of the bucket lets \`cloudfront.amazonaws.com\` in`,
        span: distribution.place(...path, i, 'DomainName'),
        help: 'add an `AWS::S3::BucketPolicy` that allows `s3:GetObject` to `cloudfront.amazonaws.com` with the `AWS:SourceArn` of the distribution',
      },
    ]
  })
}

/** Whether some statement of a bucket's policies lets CloudFront read. */
function letsIn(scene: Scene, bucket: Written): boolean {
  return scene
    .all('AWS::S3::BucketPolicy')
    .filter((policy) => scene.at(policy.value('Bucket'))?.logicalId === bucket.logicalId)
    .flatMap((policy) => statementsOf(policy.value('PolicyDocument')))
    .some(
      ({ allows, principals, actions }) =>
        allows &&
        (principals.includes('*') || principals.includes('cloudfront.amazonaws.com')) &&
        actions.some((action) => matchesWildcards(action, 's3:getobject')),
    )
}
