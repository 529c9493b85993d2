// Target groups in whole scenarios: instances and Auto Scaling groups as targets, workloads by path, places in the network.
import { describe, expect, it } from 'vitest'
import { scenarioOf, problemsOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import type { LoadBalancer } from './load-balancer-state.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND

const balancer = (group: string, more = ''): string => `Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Subnets: [subnet-1, subnet-2] }
  Listens:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Web
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Group }]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { VpcId: vpc-1, Port: 80, Protocol: HTTP, ${group} }
${more}`

const fleet = (simulation: string): string =>
  balancer(
    'TargetGroupAttributes: [{ Key: deregistration_delay.timeout_seconds, Value: "5" }]',
    `  Template: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { InstanceType: m5.large } } }
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 4
      DesiredCapacity: 2
      TargetGroupARNs: [!Ref Group]
      VPCZoneIdentifier: [subnet-1]
      LaunchTemplate: { LaunchTemplateId: !Ref Template, Version: "1" }
Simulation:
  Duration: 10m
  Quotas: { ec2.RunningVcpus: 100 }
  Assumptions:
    Sim::Ec2::Account: { BootTime: 30s, ShutdownTime: 30s, ApiLatency: 0s, RequestWork: 10ms }
    AWS::AutoScaling::AutoScalingGroup: { LookInterval: 5s, ApiLatency: 0s }
${simulation}`,
  )

function run(text: string, until = Infinity) {
  const world = new World(scenarioOf(text).plan)
  world.run(until)
  return { world, web: world.stateOf<LoadBalancer>('Web') }
}

const count = (world: World, component: string, name: string): number =>
  (world.metricOf(component, name)?.series.points ?? []).reduce((sum, point) => sum + point.sum * point.repeat, 0)

describe('a target group of an Auto Scaling group', () => {
  it('has the instances in service, and lets go of those that end [ALB-R2, ALB-R30]', () => {
    const { web } = run(
      fleet(
        '  Actions: [{ At: 5m, autoscaling:SetDesiredCapacity: { AutoScalingGroupName: !Ref Fleet, DesiredCapacity: 1 } }]',
      ),
      4 * MINUTE,
    )
    expect(web.targets.map((target) => target!.state)).toEqual(['healthy', 'healthy'])
    expect(web.targets[0]!.id).toMatch(/^i-0+1$/)
    const later = run(
      fleet(
        '  Actions: [{ At: 5m, autoscaling:SetDesiredCapacity: { AutoScalingGroupName: !Ref Fleet, DesiredCapacity: 1 } }]',
      ),
    ).web
    expect(later.targets.filter((target) => target !== null)).toHaveLength(1)
  })

  it('spreads a workload over them by path, and their processors serve it', () => {
    const { world, web } = run(
      fleet(
        '  Workloads: { Shop: { Target: Web, Operation: GET /shop, Rate: [{ At: 2m, Value: 50/s }, { At: 6m, Value: 50/s }], Arrivals: regular } }',
      ),
      7 * MINUTE,
    )
    world.finish()
    expect(count(world, 'Shop', 'Failures')).toBe(0)
    expect(count(world, 'Web', 'RequestCount')).toBeGreaterThan(11_000)
    const [a, b] = web.targets.map((target) => target!.requests)
    expect(Math.abs(a! - b!)).toBeLessThan(3)
  })
})

describe('an instance as a target', () => {
  const one = (work: string, rate: string): string =>
    balancer(
      'Targets: [{ Id: !Ref Box }]',
      `  Box: { Type: AWS::EC2::Instance, Properties: { InstanceType: m5.large, ImageId: ami-1, Monitoring: true } }
Simulation:
  Duration: 10m
  Assumptions: { AWS::EC2::Instance: { BootTime: 30s, ShutdownTime: 10s, RequestWork: ${work} } }
  Workloads: { Shop: { Target: Web, Operation: GET /, Rate: [{ At: 1m, Value: ${rate} }, { At: 8m, Value: ${rate} }], Arrivals: regular } }
  Actions: [{ At: 9m, ec2:StopInstances: { InstanceIds: !Ref Box } }]
`,
    )

  it('shows its load: 40 requests of 10 ms a second are a fifth of two vCPUs [N.EC2-01]', () => {
    const { world } = run(one('10ms', '40/s'), 7 * MINUTE)
    const cpu = world.metricOf('Box', 'CPUUtilization')!.series.points.at(-1)!
    expect(cpu.max).toBeCloseTo(1 + 20, 1)
  })

  it('that stops answers nobody: 504, and its checks find it', () => {
    const { world, web } = run(one('1ms', '1/s').replace('At: 8m', 'At: 600s'))
    world.finish()
    expect(count(world, 'Web', 'HTTPCode_ELB_504_Count')).toBeGreaterThan(20)
    expect(web.targets[0]!.state).not.toBe('healthy')
  })
})

describe('a scenario with a load balancer', () => {
  it('sends a workload’s method, path and attributes through the rules to a function', () => {
    const text = `Resources:
  Web: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [subnet-1, subnet-2] } }
  Listens:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Web
      Port: 80
      Protocol: HTTP
      DefaultActions: [{ Type: fixed-response, FixedResponseConfig: { StatusCode: "404" } }]
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listens
      Priority: 1
      Conditions: [{ Field: path-pattern, Values: ["/orders/*"] }, { Field: query-string, QueryStringConfig: { Values: [{ Key: v, Value: "2" }] } }]
      Actions: [{ Type: forward, TargetGroupArn: !Ref Group }]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: lambda, Targets: [{ Id: !GetAtt Work.Arn }] }
  LetIn:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !Ref Work, Principal: elasticloadbalancing.amazonaws.com, Action: lambda:InvokeFunction }
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/work
      Code: { ZipFile: x }
Simulation:
  Duration: 1m
  Handlers:
    Work:
      - If:
          Condition: $.body.kind == 'express'
          Then: [{ Return: { statusCode: 201 } }]
          Else: [{ Return: { statusCode: 500 } }]
  Workloads:
    Good: { Target: Web, Operation: POST /orders/17?v=2, Rate: 1/s, Arrivals: regular, Attributes: { kind: express } }
    Lost: { Target: Web, Operation: POST /orders/17, Rate: 1/s, Arrivals: regular, Attributes: { kind: express } }
`
    const { world } = run(text)
    world.finish()
    expect(count(world, 'Good', 'Failures')).toBe(0)
    expect(count(world, 'Good', 'Successes')).toBeGreaterThan(57)
    expect(count(world, 'Lost', 'Successes')).toBe(0)
    expect(count(world, 'Work', 'Invocations')).toBe(count(world, 'Good', 'Requests'))
  })

  it('knows methods, and refuses others', () => {
    const text = (operation: string): string =>
      balancer(
        'HealthCheckEnabled: true',
        `Simulation: { Workloads: { Shop: { Target: Web, Operation: ${operation}, Rate: 1/s } } }`,
      )
    expect(problemsOf(text('GET /a?b=c'))).toBe('')
    expect(problemsOf(text('BREW /tea'))).toContain('`BREW` is no method that is simulated')
  })

  it('of a bare template gets a request for each path of its rules', () => {
    const { world } = run(
      balancer(
        'HealthCheckEnabled: true',
        `  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listens
      Priority: 1
      Conditions: [{ Field: path-pattern, Values: ["/api/*"] }]
      Actions: [{ Type: forward, TargetGroupArn: !Ref Group }]
`,
      ),
      MINUTE,
    )
    const workloads = world.components.filter(({ type }) => type === 'Sim::Client::Workload')
    expect(workloads).toHaveLength(2)
    expect(world.stateOf<LoadBalancer>('Web').requests).toBeGreaterThan(400)
  })
})
