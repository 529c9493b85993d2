// What a group takes from its neighbours, and what it refuses: its limits, its instance type, the metrics it collects.
import type { Config, Near } from '../../model/contract.ts'

/** EC2's own, where no type is written. */
const DEFAULT_TYPE = 'm1.small'
const GROUP_METRICS = [
  'GroupDesiredCapacity',
  'GroupInServiceInstances',
  'GroupMaxSize',
  'GroupMinSize',
  'GroupPendingInstances',
  'GroupTerminatingInstances',
  'GroupTotalInstances',
]

/** For `gather` of the group: `Type`, `Collected` and `TargetGroups`. */
export function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { MinSize, MaxSize, DesiredCapacity, MetricsCollection } = self.config
  if (MinSize > MaxSize)
    self.error(['MinSize'], 'out-of-range', `\`MinSize\` is ${MinSize}`, `expected at most \`MaxSize\`, ${MaxSize}`)
  else if (DesiredCapacity !== undefined && (DesiredCapacity < MinSize || DesiredCapacity > MaxSize))
    self.error(
      ['DesiredCapacity'],
      'out-of-range',
      `\`DesiredCapacity\` is ${DesiredCapacity}`,
      `expected ${MinSize} to ${MaxSize}, from \`MinSize\` to \`MaxSize\``,
    )
  const collections = MetricsCollection as readonly Config[]
  const collected = collections.flatMap((one) => (one['Metrics'] as readonly string[] | undefined) ?? GROUP_METRICS)
  return { Type: typeOf(near), Collected: collected, TargetGroups: targetGroupsOf(near) }
}

/** The instance type that the launch template, launch configuration or instance says; EC2's own when none does. */
function typeOf(near: Near): string {
  const { config } = near.self
  const mixed = (config['MixedInstancesPolicy'] as Config | undefined)?.['LaunchTemplate'] as Config | undefined
  const specification = (config['LaunchTemplate'] ?? mixed?.['LaunchTemplateSpecification']) as Config | undefined
  const template = near.resourceAt(specification?.['LaunchTemplateId'] ?? specification?.['LaunchTemplateName'])
  const data = template?.config['LaunchTemplateData'] as Config | undefined
  const launch = near.resourceAt(config['LaunchConfigurationName']) ?? near.resourceAt(config['InstanceId'])
  const type = data?.['InstanceType'] ?? launch?.config['InstanceType']
  if (type !== undefined) return type as string
  near.self.notSimulated([], `no instance type is known here: \`${DEFAULT_TYPE}\` is launched`)
  return DEFAULT_TYPE
}

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup'

/** The target groups of this scenario in which its instances are registered. */
function targetGroupsOf(near: Near): readonly string[] {
  const arns = (near.self.config['TargetGroupARNs'] ?? []) as readonly unknown[]
  const found = arns.map((arn) => near.resourceAt(arn)).filter((view) => view?.type === TARGET_GROUP)
  return [...new Set(found.map((view) => view!.logicalId))]
}
