// The quota of running instances: who counts, what is refused, how it is raised; dry runs; ids and rows.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import type { Operator } from '../client/operator.ts'
import { ACCOUNT, account, type Account } from './account.ts'
import { vcpusOf } from './instance-types.ts'

const ACTIONS = ['RunInstances', 'TerminateInstances', 'DescribeInstances'] as const
const RAISE = 'servicequotas:RequestServiceQuotaIncrease'

function ec2(options: LabOptions = {}, assumptions: Record<string, string> = {}) {
  const settings = { BootTime: '40s', ShutdownTime: '30s', ApiLatency: '0s', QuotaApproval: '15min', ...assumptions }
  const world = lab(
    { [ACCOUNT]: { def: account, assumptions: settings } },
    { probe: [...ACTIONS.map((name) => [ACCOUNT, `ec2:${name}`] as const), [ACCOUNT, RAISE]], ...options },
  )
  const run = (count: number, type = 't3.micro', min = count) =>
    world.ask(ACCOUNT, 'ec2:RunInstances', { InstanceType: type, MinCount: min, MaxCount: count })
  const states = (): string[] =>
    world
      .ask(ACCOUNT, 'ec2:DescribeInstances')
      .answer.Reservations[0].Instances.map((one: { State: { Name: string } }) => one.State.Name)
  const raise = (DesiredValue: number, QuotaCode = 'L-1216C47A') =>
    world.ask(ACCOUNT, RAISE, { ServiceCode: 'ec2', QuotaCode, DesiredValue })
  return { world, run, states, raise, state: world.state<Account>(ACCOUNT) }
}

describe('the quota', () => {
  it('counts instances where it is set in instances: the sixth of five is refused [N.CLI-SDK-16]', () => {
    const { run } = ec2({ quotas: { 'ec2.RunningInstances': 5 } })
    expect(run(5, 'm5.24xlarge').status).toBe('OK')
    expect(run(1).status).toBe('InstanceLimitExceeded')
  })

  it('counts vCPUs today: five of them are two instances of two, and 20 instances in the time of the notes', () => {
    const today = ec2()
    expect(today.run(2).status).toBe('OK')
    expect(today.run(1).status).toBe('VcpuLimitExceeded')
    expect(today.run(1, 't2.micro').status).toBe('OK')
    const then = ec2({ profile: 'notes-2020' })
    expect(then.run(20).status).toBe('OK')
    expect(then.run(1).status).toBe('InstanceLimitExceeded')
  })

  it('is used as far as it goes between MinCount and MaxCount, else not at all', () => {
    const { run, state } = ec2({ quotas: { 'ec2.RunningInstances': 5 } })
    expect(run(9, 't3.micro', 6).status).toBe('InstanceLimitExceeded')
    expect(state.counted.inside).toBe(0)
    expect(run(9, 't3.micro', 5).answer.Instances).toHaveLength(5)
    expect(run(0).status).toBe('InvalidParameterValue')
    expect(run(1e9).status).toBe('InvalidParameterValue')
  })

  it('is free again as soon as an instance shuts down', () => {
    const { run, state, world } = ec2({ quotas: { 'ec2.RunningInstances': 1 } })
    const id = run(1).answer.Instances[0].InstanceId
    world.ask(ACCOUNT, 'ec2:TerminateInstances', { InstanceIds: [id] })
    expect(state.used).toBe(0)
    expect(run(1).status).toBe('OK')
  })

  it('rises when the request is approved, not a moment before; other requests are refused [N.CLI-SDK-16]', () => {
    const { run, raise, world } = ec2({ quotas: { 'ec2.RunningInstances': 1 } })
    run(1)
    expect(raise(2).answer.RequestedQuota.Status).toBe('PENDING')
    world.run(15 * MINUTE - 1)
    expect(run(1).status).toBe('InstanceLimitExceeded')
    world.run(15 * MINUTE)
    expect(run(1).status).toBe('OK')
    expect(raise(2).status).toBe('IllegalArgumentException')
    expect(raise(9, 'L-0').status).toBe('NoSuchResourceException')
  })
})

describe('instances without a name', () => {
  it('run after their boot and are gone after their shutdown; their row is used again under a new id', () => {
    const { run, states, state, world } = ec2()
    const id = run(1).answer.Instances[0].InstanceId
    world.run(40 * SECOND - 1)
    expect(states()).toEqual(['pending'])
    world.run(40 * SECOND)
    expect(states()).toEqual(['running'])
    world.ask(ACCOUNT, 'ec2:TerminateInstances', { InstanceIds: [id, id] })
    expect(states()).toEqual(['shutting-down'])
    world.run(70 * SECOND - 1)
    expect(states()).toEqual(['shutting-down'])
    world.run(70 * SECOND)
    expect(states()).toEqual([])
    expect(world.ask(ACCOUNT, 'ec2:TerminateInstances', { InstanceIds: [id] }).status).toBe(
      'InvalidInstanceID.NotFound',
    )
    expect(run(1).answer.Instances[0].InstanceId).not.toBe(id)
    expect(state.fleet.ids).toHaveLength(1)
  })

  it('are listed by id; filters that are none leave nobody out, and values that are no list stand alone', () => {
    const { run, world } = ec2()
    const [id] = run(2).answer.Instances.map((one: { InstanceId: string }) => one.InstanceId)
    const listed = (Filters: unknown): number =>
      world.ask(ACCOUNT, 'ec2:DescribeInstances', { Filters }).answer.Reservations[0].Instances.length
    expect([undefined, 'x', [null, 7], {}].map(listed)).toEqual([2, 2, 2, 2])
    expect(listed([{ Name: 'instance-id', Values: [id, 'i-0'] }])).toBe(1)
    expect(listed({ Name: 'instance-id', Values: id })).toBe(1)
    expect(listed([{ Name: 'instance-id' }])).toBe(0)
  })

  it('that are terminated while they boot never run', () => {
    const { run, states, world } = ec2()
    const id = run(1).answer.Instances[0].InstanceId
    world.run(20 * SECOND)
    world.ask(ACCOUNT, 'ec2:TerminateInstances', { InstanceIds: [id] })
    world.run(45 * SECOND)
    expect(states()).toEqual(['shutting-down'])
    world.run(50 * SECOND)
    expect(states()).toEqual([])
  })
})

describe('a dry run of RunInstances', () => {
  it('answers DryRunOperation to who may and UnauthorizedOperation to who may not, and starts nothing [N.CLI-SDK-06]', () => {
    const world = new World(
      scenarioOf(`
Resources: {}
Simulation:
  Duration: 10m
  Profiles:
    default: { Allow: 'ec2:*' }
    reader: { Allow: 'ec2:Describe*' }
  Actions:
    - { At: 1m, DryRun: true, ec2:RunInstances: { InstanceType: t3.micro } }
    - { At: 2m, DryRun: true, Profile: reader, ec2:RunInstances: { InstanceType: t3.micro } }
    - { At: 3m, ec2:RunInstances: { InstanceType: t3.micro, MaxCount: 2 } }
`).plan,
    )
    const instances = (): number => world.stateOf<Account>(ACCOUNT).counted.entered
    world.run(150 * SECOND)
    expect(instances()).toBe(0)
    world.run()
    expect(instances()).toBe(2)
    expect(world.stateOf<Operator>('Operator').outcomes.map((outcome) => outcome.status)).toEqual([
      'DryRunOperation',
      'UnauthorizedOperation',
      'OK',
    ])
  })
})

it('vCPUs follow from the size of a type', () => {
  expect(
    ['t2.micro', 't3.micro', 'm5.large', 'm5.xlarge', 'c5.9xlarge', 'm6g.medium', 't2.medium', 'm5.0xlarge'].map(
      vcpusOf,
    ),
  ).toEqual([1, 2, 2, 4, 36, 1, 2, 2])
})
