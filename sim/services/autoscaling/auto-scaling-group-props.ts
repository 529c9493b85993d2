// The CloudFormation properties of AWS::AutoScaling::AutoScalingGroup and of what only configures it.
import type { Props } from '../../model/contract.ts'
import * as p from '../../model/p.ts'

/** Most instances of a group; AWS documents no figure, and each is a thing that is kept here. [SIM] */
export const INSTANCES_MAX = 10_000

const HEALTH = 'instances do not fail, and nobody looks whether they do'
const PLACE = 'all instances are in one place'
const BALANCER = 'only target groups named by `TargetGroupARNs` are told of instances'
const LAUNCH = 'what instances are launched with, but for their type, has no effect'

const launchTemplateSpecification: Props = {
  LaunchTemplateId: p.any('Its id.'),
  LaunchTemplateName: p.any('Its name.'),
  Version: p.inert('The version; a template of this scenario has one.'),
}

export const groupProps: Props = {
  AutoScalingGroupName: p.inert('Its name.'),
  AvailabilityZoneDistribution: p.unused(PLACE),
  AvailabilityZoneImpairmentPolicy: p.unused(PLACE),
  AvailabilityZones: p.unused(PLACE),
  CapacityRebalance: p.unused('Spot instances are launched as On-Demand ones'),
  CapacityReservationSpecification: p.unused('capacity is never short'),
  Context: p.inert('Reserved.'),
  Cooldown: p.int('Seconds that simple scaling waits after an activity.', [0, Infinity], {
    default: 'DefaultCooldown',
    unit: 's',
  }),
  DefaultInstanceWarmup: p.unused('instances are in service as soon as they run'),
  DeletionProtection: p.inert('Stacks are not deleted.'),
  DesiredCapacity: p.int('Instances wanted; `MinSize` when absent.', [0, INSTANCES_MAX]),
  DesiredCapacityType: p.unused('capacity is counted in instances'),
  HealthCheckGracePeriod: p.unused(HEALTH),
  HealthCheckType: p.unused(HEALTH),
  InstanceId: p.any('An instance whose type is taken.'),
  InstanceLifecyclePolicy: p.unused('lifecycle hooks do not run'),
  InstanceMaintenancePolicy: p.unused(HEALTH),
  LaunchConfigurationName: p.any('The launch configuration.'),
  LaunchTemplate: p.record('The launch template.', launchTemplateSpecification),
  LifecycleHookSpecificationList: p.unused('lifecycle hooks do not run'),
  LoadBalancerNames: p.unused(BALANCER),
  MaxInstanceLifetime: p.unused('instances are not replaced for their age'),
  MaxSize: p.int('The most instances.', [0, INSTANCES_MAX], { required: true }),
  MetricsCollection: p.list(
    'Which metrics of the group are published.',
    p.record('Some of them.', {
      Granularity: p.inert('One minute.'),
      Metrics: p.list('Their names; all when absent.', p.string('A metric.')),
    }),
    { default: [] },
  ),
  MinSize: p.int('The fewest instances.', [0, INSTANCES_MAX], { required: true }),
  MixedInstancesPolicy: p.record('Several types.', {
    InstancesDistribution: p.unused('all instances are On-Demand'),
    LaunchTemplate: p.record('The launch template.', {
      LaunchTemplateSpecification: p.record('Its name.', launchTemplateSpecification),
      Overrides: p.unused('the type of the launch template is taken'),
    }),
  }),
  NewInstancesProtectedFromScaleIn: p.bool('Whether scaling in leaves instances alone.', { default: false }),
  NotificationConfiguration: p.unused('nobody is told of launches'),
  NotificationConfigurations: p.unused('nobody is told of launches'),
  PlacementGroup: p.unused(PLACE),
  ServiceLinkedRoleARN: p.inert('The role; permissions are not checked.'),
  SkipZonalShiftValidation: p.unused(PLACE),
  Tags: p.inert('Tags.'),
  TargetGroupARNs: p.list('Target groups in which instances in service are registered.', p.any('One of them.'), {
    default: [],
  }),
  TerminationPolicies: p.list('Whom scaling in ends first.', p.string('A policy.'), { default: [] }),
  TrafficSources: p.unused(BALANCER),
  VPCZoneIdentifier: p.inert('Subnets; there is no network.'),
}

export const launchConfigurationProps: Props = {
  AssociatePublicIpAddress: p.inert('Addresses.'),
  BlockDeviceMappings: p.unused(LAUNCH),
  ClassicLinkVPCId: p.inert('Networks.'),
  ClassicLinkVPCSecurityGroups: p.inert('Networks.'),
  EbsOptimized: p.inert('Throughput of disks; there are none.'),
  IamInstanceProfile: p.inert('The role; permissions are not checked.'),
  ImageId: p.inert('The image; programs on instances are not simulated.'),
  InstanceId: p.unused(LAUNCH),
  InstanceMonitoring: p.unused('instances of groups publish no metrics'),
  InstanceType: p.string('The type, for its vCPUs.'),
  KernelId: p.inert('The kernel.'),
  KeyName: p.inert('The key for SSH.'),
  LaunchConfigurationName: p.inert('Its name.'),
  MetadataOptions: p.unused('there is no metadata service'),
  PlacementTenancy: p.unused(PLACE),
  RamDiskId: p.inert('The RAM disk.'),
  SecurityGroups: p.inert('Security groups; there is no network.'),
  SpotPrice: p.unused('Spot instances are launched as On-Demand ones'),
  UserData: p.unused('what instances run at boot is not simulated'),
}
