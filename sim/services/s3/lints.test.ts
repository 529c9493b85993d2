// Buckets: who is let in.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'

const site = (statement: string, origin = 'OriginAccessControlId: E123'): string[] =>
  slugsOf(`
Resources:
  Files: { Type: AWS::S3::Bucket }
  Other: { Type: AWS::S3::Bucket }
  Site: { Type: AWS::CloudFront::Distribution, Properties: { DistributionConfig: { Enabled: true, Origins: [{ Id: files, DomainName: !GetAtt Files.RegionalDomainName, S3OriginConfig: {}, ${origin} }], DefaultCacheBehavior: { TargetOriginId: files, ViewerProtocolPolicy: redirect-to-https, CachePolicyId: x } } } }
  Policy: { Type: AWS::S3::BucketPolicy, Properties: { ${statement} } }
`).filter((slug) => slug.startsWith('s3/'))
const policy = (bucket: string, more: string): string =>
  `Bucket: !Ref ${bucket}, PolicyDocument: { Statement: [{ Effect: Allow, Resource: "*", ${more} }] }`

test('a distribution with an origin access control needs a statement of the bucket’s policy [S3-R56]', () => {
  const good = 'Principal: { Service: cloudfront.amazonaws.com }, Action: "s3:GetObject"'
  expect(site(policy('Files', good))).toEqual([])
  expect(site(policy('Files', 'Principal: { Service: cloudfront.amazonaws.com }, Action: "s3:Get*"'))).toEqual([])
  expect(site(policy('Other', good))).toEqual(['s3/origin-locked-out'])
  expect(site(policy('Files', 'Principal: { Service: s3.amazonaws.com }, Action: "s3:GetObject"'))).toEqual([
    's3/origin-locked-out',
  ])
  expect(site(policy('Files', 'Principal: { Service: cloudfront.amazonaws.com }, Action: "s3:PutObject"'))).toEqual([
    's3/origin-locked-out',
  ])
  // Without a control the bucket is read by everybody, or not: that is not known here.
  expect(site(policy('Other', good), 'OriginPath: /a')).toEqual([])
})
