// What a group keeps: its size, its limits, launches that fail, who is terminated, cooldowns and idleness.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { billOf } from '../../run/bill.ts'
import { World } from '../../run/world.ts'
import type { Operator } from '../client/operator.ts'
import type { Account } from '../ec2/account.ts'
import { autoScalingGroup, type AutoScalingGroup } from './auto-scaling-group.ts'

const EC2 = 'Sim::Ec2::Account'

interface Setup {
  readonly group: string
  readonly actions?: readonly string[]
  readonly quotas?: string
  readonly resources?: string
  readonly latency?: string
  readonly retry?: string
  readonly duration?: string
}

function world({ group, actions = [], quotas = '{ ec2.RunningInstances: 100 }', ...rest }: Setup): World {
  return new World(
    scenarioOf(`
Resources:
  Launch: { Type: AWS::AutoScaling::LaunchConfiguration, Properties: { ImageId: ami-1, InstanceType: t3.micro } }
  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchConfigurationName: !Ref Launch, ${group} } }${rest.resources ?? ''}
Simulation:
  Duration: ${rest.duration ?? '4h'}
  Quotas: ${quotas}
  Assumptions:
    Sim::Ec2::Account: { BootTime: 40s, ShutdownTime: 30s, ApiLatency: ${rest.latency ?? '0s'}, QuotaApproval: 0s }
    G: { LaunchRetry: ${rest.retry ?? '1min'} }
  Actions: [${actions.join(', ')}]
`).plan,
  )
}

const groupOf = (w: World): AutoScalingGroup => w.stateOf<AutoScalingGroup>('G')
const set = (minute: number, capacity: number) =>
  `{ At: ${minute}m, autoscaling:SetDesiredCapacity: { AutoScalingGroupName: !Ref G, DesiredCapacity: ${capacity} } }`
const inService = (w: World): number => groupOf(w).members.count('InService')
function at(w: World, time: number): World {
  w.run(time)
  expect(w.brokenInvariants()).toEqual([])
  return w
}

describe('a group', () => {
  it('launches what is desired, MinSize when nothing is said; instances are in service once they run', () => {
    const w = world({ group: 'MinSize: "2", MaxSize: "4"' })
    at(w, 40 * SECOND - 1)
    expect(groupOf(w).members.states).toEqual(['Pending', 'Pending'])
    at(w, 45 * SECOND)
    expect(groupOf(w).members.states).toEqual(['InService', 'InService'])
  })

  it('of which five of eight find room starts the rest when the quota is raised [N.CLI-SDK-16]', () => {
    const w = world({
      group: 'MinSize: 0, MaxSize: 10, DesiredCapacity: 8',
      quotas: '{ ec2.RunningInstances: 5 }',
      retry: '5min',
      actions: [
        '{ At: 12m, servicequotas:RequestServiceQuotaIncrease: { ServiceCode: ec2, QuotaCode: L-1216C47A, DesiredValue: 8 } }',
      ],
    })
    at(w, 4 * MINUTE)
    const self = groupOf(w)
    expect([inService(w), self.failures, w.errors.names[self.lastFailure]]).toEqual([5, 3, 'InstanceLimitExceeded'])
    at(w, 12 * MINUTE - SECOND)
    // Once more after five minutes, and once more after ten.
    expect([inService(w), self.failures]).toEqual([5, 9])
    at(w, 15 * MINUTE - SECOND)
    expect(inService(w)).toBe(5)
    at(w, 16 * MINUTE)
    expect([inService(w), self.failures, w.stateOf<Account>(EC2).counted.inside]).toEqual([8, 9, 8])
  })

  it('gives up after 24 hours without a launch that succeeds, and goes on when it is told to', () => {
    const w = world({
      group: 'MinSize: 0, MaxSize: 2, DesiredCapacity: 2',
      quotas: '{ ec2.RunningInstances: 1 }',
      duration: '365d',
      actions: [
        '{ At: 300d, servicequotas:RequestServiceQuotaIncrease: { ServiceCode: ec2, QuotaCode: L-1216C47A, DesiredValue: 8 } }',
        '{ At: 301d, autoscaling:ResumeProcesses: { AutoScalingGroupName: !Ref G } }',
      ],
    })
    at(w, DAY - HOUR)
    expect(groupOf(w).suspended).toBe(false)
    at(w, DAY + HOUR)
    expect(groupOf(w).suspended).toBe(true)
    const { steps } = w.kernel
    at(w, 300 * DAY - SECOND)
    expect(w.kernel.steps).toBe(steps)
    at(w, 301 * DAY - SECOND)
    expect(inService(w)).toBe(1)
    at(w, 301 * DAY + MINUTE)
    expect(inService(w)).toBe(2)
  })

  it('costs no events once it has what it wants', () => {
    const w = world({
      group: 'MinSize: 3, MaxSize: 3, MetricsCollection: [{ Granularity: 1Minute }]',
      duration: '365d',
    })
    at(w, HOUR)
    const { steps } = w.kernel
    at(w, 365 * DAY)
    expect([w.kernel.steps, inService(w)]).toEqual([steps, 3])
  })
})

describe('desired capacity', () => {
  it('may be set between the limits and nowhere else [AS-R1]', () => {
    const w = world({ group: 'MinSize: 1, MaxSize: 3', actions: [set(5, 3), set(10, 4), set(15, 0)] })
    at(w, 20 * MINUTE)
    expect(groupOf(w).desired).toBe(3)
    expect(w.stateOf<Operator>('Operator').outcomes.map((outcome) => outcome.status)).toEqual([
      'OK',
      'ValidationError',
      'ValidationError',
    ])
    expect(inService(w)).toBe(3)
  })

  it('is brought inside the limits when they change [AS-R1]', () => {
    const update = (minute: number, limits: string) =>
      `{ At: ${minute}m, autoscaling:UpdateAutoScalingGroup: { AutoScalingGroupName: !Ref G, ${limits} } }`
    const w = world({
      group: 'MinSize: 1, MaxSize: 5, DesiredCapacity: 4',
      actions: [update(5, 'MaxSize: 2'), update(10, 'MinSize: 3, MaxSize: 3'), update(15, 'MinSize: 9')],
    })
    at(w, 8 * MINUTE)
    expect([groupOf(w).desired, inService(w)]).toEqual([2, 2])
    at(w, 20 * MINUTE)
    expect([groupOf(w).desired, inService(w), groupOf(w).max]).toEqual([3, 3, 3])
  })

  it('outside the limits is refused in a template', () => {
    expect(() => world({ group: 'MinSize: 1, MaxSize: 2, DesiredCapacity: 3' })).toThrow('`DesiredCapacity` is 3')
    expect(() => world({ group: 'MinSize: 3, MaxSize: 2' })).toThrow('`MinSize` is 3')
  })

  it('when it falls ends the oldest, or by policy the newest; protected instances stay', () => {
    const left = (more: string): readonly string[] => {
      const w = world({ group: `MinSize: 1, MaxSize: 3${more}`, actions: [set(5, 2), set(10, 1)] })
      at(w, 8 * MINUTE)
      expect(inService(w)).toBe(2)
      at(w, 10 * MINUTE + SECOND)
      at(w, 20 * MINUTE)
      return groupOf(w).members.ids.map((id) => id.slice(-1))
    }
    expect(left('')).toEqual(['2'])
    expect(left(', TerminationPolicies: [NewestInstance]')).toEqual(['1'])
    expect(left(', NewInstancesProtectedFromScaleIn: true')).toEqual(['1', '2'])
  })

  it('that falls while instances launch ends in what was asked for last', () => {
    const w = world({
      group: 'MinSize: 0, MaxSize: 9',
      actions: [set(5, 9), set(5, 1)],
      latency: '2s',
    })
    at(w, 20 * MINUTE)
    expect(inService(w)).toBe(1)
    expect(w.stateOf<Account>(EC2).counted.inside).toBe(1)
  })
})

describe('faults of the API', () => {
  it('delay what a group wants and lose nobody', () => {
    const { plan } = world({ group: 'MinSize: 0, MaxSize: 9', actions: [set(5, 4), set(30, 1)] })
    const faults = [5, 30].map((minute) => ({
      at: minute * MINUTE - SECOND,
      until: (minute + 5) * MINUTE,
      fault: 'aws:fis:inject-api-internal-error',
      target: EC2,
      params: { Percentage: 100 },
    }))
    const w = new World({ ...plan, faults })
    at(w, 9 * MINUTE)
    expect([inService(w), groupOf(w).failures]).toEqual([0, 20])
    at(w, 12 * MINUTE)
    expect(inService(w)).toBe(4)
    at(w, 34 * MINUTE)
    expect(groupOf(w).members.count('Terminating')).toBe(3)
    expect(w.stateOf<Account>(EC2).counted.inside).toBe(4)
    at(w, 37 * MINUTE)
    expect([inService(w), groupOf(w).members.ids.length, w.stateOf<Account>(EC2).fleet.size]).toEqual([1, 1, 1])
  })
})

it('publishes the group metrics that are collected, and no others', () => {
  const w = world({
    group: 'MinSize: 2, MaxSize: 4, MetricsCollection: [{ Granularity: 1Minute, Metrics: [GroupInServiceInstances] }]',
  })
  at(w, 10 * MINUTE)
  const { points } = w.metricOf('G', 'GroupInServiceInstances')!.series
  expect(points.map((point) => [point.start, point.repeat, point.sum])).toEqual([[0, 10, 2]])
  expect(w.metricOf('G', 'GroupMaxSize')!.series.points).toEqual([])
})

it('takes the type from a launch template, and says when none is known', () => {
  const scenario = scenarioOf(`
Resources:
  T: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { InstanceType: m5.2xlarge } } }
  A: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: 1, MaxSize: 1, LaunchTemplate: { LaunchTemplateId: !Ref T, Version: 1 } } }
  B: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: 1, MaxSize: 1, LaunchTemplate: { LaunchTemplateId: lt-elsewhere, Version: 1 } } }
Simulation: { Duration: 10m, Quotas: { ec2.RunningVcpus: 9 } }
`)
  const w = new World(scenario.plan)
  w.run()
  expect(w.stateOf<Account>(EC2).used).toBe(9)
  expect(scenario.notSimulated.map((line) => line.message).join('\n')).toContain('`m1.small` is launched')
  expect((autoScalingGroup.report!(w.stateOf('A')) as { lines: string[] }).lines).toEqual([
    'desired 1 of 1 to 1: 0 Pending, 1 InService, 0 Terminating',
  ])
})

describe('the bill of a group', () => {
  it('has each instance from the moment on at which it runs until it is terminated [PR-R1]', () => {
    const w = world({ group: 'MinSize: "1", MaxSize: "4"', actions: [set(60, 3), set(120, 1)] })
    at(w, 180 * MINUTE)
    w.finish()
    const bill = billOf(w)!.resources.find(({ resource }) => resource === 'G')!
    expect(bill.lines.map(({ price }) => price)).toEqual(['ec2.t3.micro'])
    const { used } = bill.lines[0]!
    // Three hours of one, one hour of two more, less their boots.
    expect(used).toBeGreaterThan(4.9)
    expect(used).toBeLessThan(5)
  })
})
