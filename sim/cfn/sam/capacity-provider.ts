// AWS::Serverless::CapacityProvider: instances of one's own that functions run on, and the role that manages them.
import { get, has, isTrue } from '../node.ts'
import type { PlainMap } from '../node.ts'
import { getAtt, pick, tagList } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { trusting } from './pieces.ts'
import { managedPolicyArn } from './policies.ts'

const passed = ['CapacityProviderName', 'VpcConfig', 'KmsKeyArn']
const known = [...passed, 'OperatorRole', 'Tags', 'InstanceRequirements', 'ScalingConfig', 'PropagateTags']

export function transformCapacityProvider(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  const vpc = get(properties, 'VpcConfig')
  draft.checkKeys(owner, vpc, ['SubnetIds', 'SecurityGroupIds'], '`VpcConfig`')
  if (!has(vpc, 'SubnetIds')) draft.error(owner, '`VpcConfig` is a map with `SubnetIds`', vpc?.span)
  const own = { Key: 'lambda:createdBy', Value: 'SAM' }
  const tags = [...tagList(get(properties, 'Tags')), own]
  const role = get(properties, 'OperatorRole')
  const roleId = `${id}OperatorRole`
  if (role === undefined) {
    draft.emit(owner, roleId, 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: trusting('lambda.amazonaws.com'),
      ManagedPolicyArns: [managedPolicyArn('AWSLambdaManagedEC2ResourceOperator', draft.partition)],
      Tags: isTrue(get(properties, 'PropagateTags')) ? tags : [own],
    })
  }
  draft.emit(
    owner,
    id,
    'AWS::Lambda::CapacityProvider',
    {
      ...pick(properties, passed),
      PermissionsConfig: { CapacityProviderOperatorRoleArn: role ?? getAtt(roleId, 'Arn') },
      InstanceRequirements: instancesOf(owner, draft),
      CapacityProviderScalingConfig: scalingOf(owner, draft),
      Tags: tags,
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
}

/** SAM has shorter names for the lists of instance types. */
function instancesOf(owner: SamResource, draft: Draft): PlainMap | undefined {
  const written = get(owner.properties, 'InstanceRequirements')
  if (written === undefined) return undefined
  draft.checkKeys(owner, written, ['Architectures', 'AllowedTypes', 'ExcludedTypes'], '`InstanceRequirements`')
  const excluded = get(written, 'ExcludedTypes')
  if (excluded !== undefined && has(written, 'AllowedTypes'))
    draft.error(owner, '`AllowedTypes` and `ExcludedTypes` cannot both be there', excluded.span)
  return {
    ...pick(written, ['Architectures']),
    AllowedInstanceTypes: get(written, 'AllowedTypes'),
    ExcludedInstanceTypes: excluded,
  }
}

/** A wanted utilization makes scaling manual; without one AWS decides. */
function scalingOf(owner: SamResource, draft: Draft): PlainMap | undefined {
  const written = get(owner.properties, 'ScalingConfig')
  if (written === undefined) return undefined
  draft.checkKeys(owner, written, ['MaxVCpuCount', 'AverageCPUUtilization'], '`ScalingConfig`')
  const target = get(written, 'AverageCPUUtilization')
  const policy = { PredefinedMetricType: 'LambdaCapacityProviderAverageCPUUtilization', TargetValue: target }
  return {
    ...pick(written, ['MaxVCpuCount']),
    ScalingMode: target === undefined ? 'Auto' : 'Manual',
    ScalingPolicies: target === undefined ? undefined : [policy],
  }
}
