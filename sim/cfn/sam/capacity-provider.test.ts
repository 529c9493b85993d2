// Capacity providers: shorter names than Lambda's, and a role unless one is given.
import { expect, test } from 'vitest'
import { transform } from '../../../test/sam.ts'

const provider = (properties: string): string =>
  `  P: { Type: AWS::Serverless::CapacityProvider, Properties: { ${properties} } }\n`
const vpc = 'VpcConfig: { SubnetIds: [a] }'

test('a capacity provider has a role for its instances, and scales to a utilization or as AWS decides', () => {
  const made = transform(
    provider(
      `${vpc}, InstanceRequirements: { Architectures: [arm64], AllowedTypes: [m7g.large] }, ScalingConfig: { MaxVCpuCount: 10, AverageCPUUtilization: 70 }`,
    ),
  )
  expect(made.ids).toEqual(['POperatorRole', 'P'])
  expect(made.value('POperatorRole', 'Properties', 'ManagedPolicyArns')).toEqual([
    'arn:aws:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator',
  ])
  expect(made.value('P')).toEqual({
    Type: 'AWS::Lambda::CapacityProvider',
    Properties: {
      VpcConfig: { SubnetIds: ['a'] },
      PermissionsConfig: { CapacityProviderOperatorRoleArn: { 'Fn::GetAtt': ['POperatorRole', 'Arn'] } },
      InstanceRequirements: { Architectures: ['arm64'], AllowedInstanceTypes: ['m7g.large'] },
      CapacityProviderScalingConfig: {
        ...{ MaxVCpuCount: 10, ScalingMode: 'Manual' },
        ScalingPolicies: [{ PredefinedMetricType: 'LambdaCapacityProviderAverageCPUUtilization', TargetValue: 70 }],
      },
      Tags: [{ Key: 'lambda:createdBy', Value: 'SAM' }],
    },
  })
  const given = transform(provider(`${vpc}, OperatorRole: mine, ScalingConfig: { MaxVCpuCount: 3 }`))
  expect(given.ids).toEqual(['P'])
  expect(given.value('P', 'Properties', 'CapacityProviderScalingConfig')).toEqual({
    ...{ MaxVCpuCount: 3, ScalingMode: 'Auto' },
  })
})

test('tags pass to the role only when they are to be propagated', () => {
  const tags = (more: string): unknown =>
    transform(provider(`${vpc}, Tags: { team: a }${more}`)).value('POperatorRole', 'Properties', 'Tags')
  const own = { Key: 'lambda:createdBy', Value: 'SAM' }
  expect(tags('')).toEqual([own])
  expect(tags(', PropagateTags: true')).toEqual([{ Key: 'team', Value: 'a' }, own])
})

test.each([
  ['KmsKeyArn: k', /`VpcConfig` is a map with `SubnetIds`/],
  [`${vpc}, InstanceRequirements: { AllowedTypes: [a], ExcludedTypes: [b] }`, /cannot both be there/],
  [`${vpc}, ScalingConfig: { MaxVCpu: 3 }`, /`MaxVCpu` is not a property of `ScalingConfig`/],
])('a mistake is said in a sentence: %s', (properties, message) => {
  expect(transform(provider(properties)).messages.join('\n')).toMatch(message)
})
