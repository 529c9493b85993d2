// Known traps of groups of instances.
import type { Lints } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'

const GROUP = 'AWS::AutoScaling::AutoScalingGroup'
const GUIDE = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide'

const example = (...group: readonly string[]): string => `Resources:
${resource('Web', GROUP, ['AvailabilityZones: [us-east-1a]', 'LaunchTemplate: { LaunchTemplateId: !Ref Machine, Version: "1" }', ...group])}${resource(
  'Machine',
  'AWS::EC2::LaunchTemplate',
  ['LaunchTemplateData: { ImageId: ami-12345678, InstanceType: t3.micro }'],
)}${resource('Busy', 'AWS::AutoScaling::ScalingPolicy', [
  'AutoScalingGroupName: !Ref Web',
  'PolicyType: TargetTrackingScaling',
  'TargetTrackingConfiguration:',
  '  TargetValue: 50',
  '  PredefinedMetricSpecification: { PredefinedMetricType: ASGAverageCPUUtilization }',
])}`

const BALANCED = ['TargetGroupARNs:', '  - arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1']

export const lints: Lints = {
  'autoscaling/no-room-to-scale': {
    severity: 'warning',
    title: 'a scaling policy that can change nothing',
    text: 'A group whose smallest and largest size are the same stays as it is whatever its policies decide: alarms fire, activities are logged, and no instance comes.',
    wrong: example('MinSize: "2"', 'MaxSize: "2"'),
    right: example('MinSize: "2"', 'MaxSize: "6"'),
    source: `${GUIDE}/asg-capacity-limits.html`,
    find: (scene) =>
      scene.all(GROUP).flatMap((group) => {
        const [least, most] = [group.number(Number.NaN, 'MinSize'), group.number(Number.NaN, 'MaxSize')]
        const policy = scene
          .all('AWS::AutoScaling::ScalingPolicy')
          .find((each) => scene.at(each.value('AutoScalingGroupName')) === group)
        if (policy === undefined || !(least === most)) return []
        return [
          {
            message: `\`${policy.logicalId}\` cannot change \`${group.logicalId}\`, which has ${most} instances at the least and at the most`,
            span: group.place('MaxSize'),
            help: `\`MaxSize: ${most * 2}\`, or no policy`,
          },
        ]
      }),
  },
  'autoscaling/load-balancer-not-asked': {
    severity: 'warning',
    title: 'sick instances that are never replaced',
    text: 'A group behind a load balancer that asks EC2 alone for health replaces an instance when the machine fails, and not when the application on it does: the load balancer stops sending requests there, and the group goes on counting it.',
    wrong: example('MinSize: "2"', 'MaxSize: "6"', ...BALANCED),
    right: example('MinSize: "2"', 'MaxSize: "6"', 'HealthCheckType: ELB', 'HealthCheckGracePeriod: 60', ...BALANCED),
    source: `${GUIDE}/ec2-auto-scaling-health-checks.html`,
    find: (scene) =>
      scene.all(GROUP).flatMap((group) => {
        const member = ['TargetGroupARNs', 'LoadBalancerNames'].find((name) => group.value(name) !== undefined)
        if (
          member === undefined ||
          group.text('HealthCheckType') !== undefined ||
          group.value('HealthCheckType') !== undefined
        )
          return []
        return [
          {
            message: `\`${group.logicalId}\` does not ask its load balancer which instances are healthy`,
            span: group.place(member),
            help: '`HealthCheckType: ELB` and a `HealthCheckGracePeriod` as long as the application takes to start',
          },
        ]
      }),
  },
}
