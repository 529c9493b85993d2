// The life of an instance, its launch template, its monitoring and the price of it.
import { describe, expect, it } from 'vitest'
import { HOUR, lab, MINUTE, SECOND, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { World } from '../../run/world.ts'
import { ACCOUNT, account, type Account } from './account.ts'
import { instance, type Instance } from './instance.ts'

const TIMES = { BootTime: '40s', ShutdownTime: '30s', ApiLatency: '0s' }

function one(properties: Record<string, unknown> = {}, options: LabOptions = {}) {
  const probe = ['Start', 'Stop', 'Terminate'].map((verb) => ['I', `ec2:${verb}Instances`] as const)
  const world = lab(
    { [ACCOUNT]: { def: account }, I: { def: instance, properties, assumptions: TIMES } },
    { probe, ...options },
  )
  const ask = (verb: string) => world.ask('I', `ec2:${verb}Instances`)
  return { world, ask, self: world.state<Instance>('I'), account: world.state<Account>(ACCOUNT) }
}

describe('the life of an instance', () => {
  it('goes from pending to running after its boot, over stopping to stopped and back, and ends terminated', () => {
    const { world, ask, self, account } = one()
    world.run(40 * SECOND - 1)
    expect(self.state).toBe('pending')
    world.run(40 * SECOND)
    expect(self.state).toBe('running')
    expect(ask('Stop').answer.StoppingInstances[0].CurrentState.Name).toBe('stopping')
    expect(account.counted.inside).toBe(0)
    world.run(70 * SECOND - 1)
    expect(self.state).toBe('stopping')
    world.run(70 * SECOND)
    expect(self.state).toBe('stopped')
    expect(ask('Start').answer.StartingInstances[0].PreviousState.Name).toBe('stopped')
    expect(account.counted.inside).toBe(1)
    world.run(110 * SECOND)
    expect(self.state).toBe('running')
    ask('Terminate')
    expect(self.state).toBe('shutting-down')
    world.run(140 * SECOND)
    expect(self.state).toBe('terminated')
    expect(account.counted.inside).toBe(0)
  })

  it('allows what its state allows', () => {
    const { world, ask, self } = one()
    world.run(SECOND)
    expect(ask('Stop').status).toBe('IncorrectInstanceState')
    world.run(MINUTE)
    expect(ask('Start').status).toBe('OK')
    ask('Stop')
    expect(ask('Start').status).toBe('IncorrectInstanceState')
    expect(ask('Stop').status).toBe('OK')
    world.run(2 * MINUTE)
    expect(ask('Terminate').status).toBe('OK')
    expect(self.state).toBe('terminated')
    expect([ask('Start').status, ask('Stop').status, ask('Terminate').status]).toEqual([
      'IncorrectInstanceState',
      'IncorrectInstanceState',
      'OK',
    ])
  })

  it('does not end while termination is switched off', () => {
    const { world, ask, self } = one({ DisableApiTermination: true })
    world.run(MINUTE)
    expect(ask('Terminate').status).toBe('OperationNotPermitted')
    expect(self.state).toBe('running')
  })

  it('does not begin without room in the quota, and can be started when there is [N.CLI-SDK-16]', () => {
    const { world, ask, self } = one({ InstanceType: 'm5.2xlarge' })
    world.run(MINUTE)
    expect(self.state).toBe('stopped')
    expect((instance.report!(self) as { lines: string[] }).lines).toEqual([
      'not started: VcpuLimitExceeded, needs 8 vCPUs',
    ])
    expect(ask('Start').status).toBe('VcpuLimitExceeded')
    world.state<Account>(ACCOUNT).limit = 8
    expect(ask('Start').status).toBe('OK')
  })
})

describe('monitoring', () => {
  const points = (properties: Record<string, unknown>, name = 'CPUUtilization') => {
    const { world, self } = one(properties)
    world.run(HOUR).finish()
    return { self, points: world.points('I', name) }
  }
  const count = (list: readonly { repeat: number }[]) => list.reduce((sum, point) => sum + point.repeat, 0)

  it('sends a data point every five minutes: twelve in an hour [N.CLOUDWATCH-05]', () => {
    const basic = points({})
    expect(count(basic.points)).toBe(12)
    expect(basic.points[0]).toMatchObject({ start: 0, sum: 1 })
    expect(instance.report!(basic.self)).toMatchObject({ detailedMonitoringUsd: 0 })
    expect(count(points({}, 'StatusCheckFailed').points)).toBe(60)
  })

  it('in detail sends one every minute, sixty in an hour, and the report says for how much [N.CLOUDWATCH-06]', () => {
    const detailed = points({ Monitoring: true })
    expect(count(detailed.points)).toBe(60)
    // Seven metrics of 0.30 USD a month, for an hour less the boot.
    expect(instance.report!(detailed.self)).toEqual({
      lines: [
        'running; in state running for 0.9889 h',
        'detailed monitoring: 7 metrics at 0.3 USD a month each (us-east-1, 2025): 0.0028 USD for 0.9889 h',
      ],
      detailedMonitoringUsd: (7 * 0.3 * (3560 / 3600)) / 730,
    })
  })

  it('sends nothing while the instance does not run', () => {
    const { world, ask } = one({ Monitoring: true })
    world.run(10 * MINUTE)
    ask('Stop')
    world.run(HOUR).finish()
    expect(count(world.points('I', 'CPUUtilization'))).toBe(10)
  })
})

describe('in a template', () => {
  const text = (lines: string): string => `
Resources:
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: { LaunchTemplateData: { InstanceType: m5.xlarge, Monitoring: { Enabled: true }, ImageId: ami-1 } }
  I:
    Type: AWS::EC2::Instance
    Properties: { LaunchTemplate: { LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber }${lines} }
Simulation: { Duration: 365d, Actions: [{ At: 5m, ec2:StopInstances: { InstanceIds: !Ref I } }] }`

  it('an instance takes from its launch template what it does not say itself', () => {
    const inherited = new World(scenarioOf(text('')).plan).stateOf<Instance>('I')
    expect([inherited.vcpus, inherited.detailed]).toEqual([4, true])
    const own = new World(scenarioOf(text(', InstanceType: t3.micro, Monitoring: false')).plan).stateOf<Instance>('I')
    expect([own.vcpus, own.detailed]).toEqual([2, false])
  })

  it('is stopped by an action, publishes under its id, and costs no events while it idles', () => {
    const world = new World(scenarioOf(text('')).plan)
    world.run(HOUR)
    expect(world.stateOf<Instance>('I').state).toBe('stopped')
    expect(world.metricOf('I', 'CPUUtilization')!.dimensions['InstanceId']).toMatch(/^i-[0-9a-f]{17}$/)
    const steps = world.kernel.steps
    world.run()
    expect(world.kernel.steps).toBe(steps)
  })
})

describe('the bill of an instance', () => {
  const billOf = (properties: Record<string, unknown>, until: number, act?: (ask: ReturnType<typeof one>) => void) => {
    const made = one(properties)
    act?.(made)
    return made.world.run(until).finish().bill('I')
  }

  it('has the time in which it runs, by its type [PR-R1]', () => {
    const bill = billOf({ InstanceType: 'm5.large' }, 10 * HOUR + 40 * SECOND)
    expect(bill['m5.large']).toEqual({ used: 10, run: 0.96 })
    expect(Object.keys(bill)).toEqual(['m5.large'])
  })

  it('has a minute at least for every start [PR-R2]', () => {
    const seconds = (ran: number) =>
      billOf({ InstanceType: 't3.micro' }, HOUR, ({ world, ask }) => {
        world.run(40 * SECOND + ran)
        ask('Stop')
      })['t3.micro']!.used * 3600
    expect([seconds(SECOND), seconds(59 * SECOND), seconds(MINUTE), seconds(61 * SECOND)].map(Math.round)).toEqual([
      60, 60, 60, 61,
    ])
    // It has run for a second only.
    expect(Math.round(billOf({ InstanceType: 't3.micro' }, 41 * SECOND)['t3.micro']!.used * 3600)).toBe(60)
  })

  it('is not known for every type, and that is said', () => {
    const scenario = scenarioOf(
      'Resources: { I: { Type: AWS::EC2::Instance, Properties: { InstanceType: u7i-12tb.224xlarge, ImageId: ami-1 } } }',
    )
    const bill = reportOf(runScenario(scenario), '').bill!
    expect(bill.unpriced).toEqual([{ type: 'instances of type u7i-12tb.224xlarge', resources: ['I'] }])
  })

  it('has detailed monitoring as seven metrics, of which an account with the free tier has ten [N.CLOUDWATCH-06, N.CLOUDWATCH-08]', () => {
    const text = (instances: number, freeTier: boolean) => `
Resources:
${Array.from({ length: instances }, (_, i) => `  I${i}: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-1, InstanceType: t3.micro, Monitoring: true } }`).join('\n')}
Simulation: { Duration: 10h, Prices: { FreeTier: ${freeTier}, ec2.t3.micro: 0 }, Assumptions: { AWS::EC2::Instance: { BootTime: 0s } } }
`
    const month = (instances: number, freeTier: boolean) =>
      reportOf(runScenario(scenarioOf(text(instances, freeTier))), '').bill!.month
    expect([month(1, true), month(1, false)].map((usd) => Math.round(usd * 100))).toEqual([0, 210])
    // 14 metrics: 4 are charged.
    expect([month(2, true), month(2, false)].map((usd) => Math.round(usd * 100))).toEqual([120, 420])
  })
})
