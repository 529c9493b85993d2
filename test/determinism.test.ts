// The same scenario and seed give the same run: twice in a row, after a snapshot, beside a bystander, in any order of the file.
import { describe, expect, it } from 'vitest'
import { capture, restore } from '../sim/engine/snapshot.ts'
import { reportOf } from '../sim/run/report.ts'
import { runScenario } from '../sim/run/run.ts'
import { World } from '../sim/run/world.ts'
import { openNamed, scenarioNames, scenarioOf } from './scenarios.ts'

const TEXT = `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 2, ServiceTime: "exponential(40ms)" } }
  Jobs: { Type: AWS::SQS::Queue }
Simulation:
  Duration: 5m
  Workloads:
    Callers: { Target: Origin, Operation: http:GET, Rate: 30/s, Client: { Timeout: 200ms, MaxAttempts: 3 } }
    Senders: { Target: Jobs, Operation: sqs:SendMessage, Rate: 10/s, Attributes: { id: uuid, n: sequence } }
`
const BYSTANDER = TEXT.replace(
  'Simulation:',
  '  Other: { Type: AWS::SQS::Queue }\n  Another: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1ms } }\nSimulation:',
).replace('    Callers:', '    Bystander: { Target: Another, Operation: http:GET, Rate: 3/s }\n    Callers:')

/** Work by the clock, pipes and a bus. */
const CLOCKWORK = `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Feed: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 2 } }
  Out: { Type: AWS::SNS::Topic }
  Eye: { Type: AWS::EventSchemas::Discoverer, Properties: { SourceArn: !Sub "arn:aws:events:us-east-1:123456789012:event-bus/default" } }
  Daily: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: cron(0/2 * * * ? *), ScheduleExpressionTimezone: Europe/Berlin, FlexibleTimeWindow: { Mode: FLEXIBLE, MaximumWindowInMinutes: 1 }, Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/r" } } }
  Tick: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 minute), Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/r" }] } }
  FromQueue: { Type: AWS::Pipes::Pipe, Properties: { RoleArn: "arn:aws:iam::123456789012:role/r", Source: !GetAtt Jobs.Arn, Target: !Ref Out } }
  FromStream: { Type: AWS::Pipes::Pipe, Properties: { RoleArn: "arn:aws:iam::123456789012:role/r", Source: !GetAtt Feed.Arn, Target: !Ref Out, SourceParameters: { KinesisStreamParameters: { StartingPosition: TRIM_HORIZON } } } }
Simulation:
  Duration: 10m
  Workloads:
    Writers: { Target: Feed, Operation: kinesis:PutRecord, Rate: 5/s, Attributes: { id: uuid }, Parameters: { Data: $, PartitionKey: $.id } }
`

describe('the same run', () => {
  it('comes out twice in a row, even from one plan', () => {
    const scenario = scenarioOf(TEXT)
    expect(reportOf(runScenario(scenario), '')).toEqual(reportOf(runScenario(scenario), ''))
    expect(runScenario(scenarioOf(TEXT)).world.kernel.digest.hex()).toBe(
      runScenario(scenario).world.kernel.digest.hex(),
    )
  })

  it('comes out another with another seed', () => {
    expect(runScenario(scenarioOf(TEXT, { seed: '2' })).world.kernel.digest.hex()).not.toBe(
      runScenario(scenarioOf(TEXT, { seed: '1' })).world.kernel.digest.hex(),
    )
  })

  it('is untouched by bystanders: a resource more changes no figure of the others', () => {
    const alone = reportOf(runScenario(scenarioOf(TEXT)), '')
    const beside = reportOf(runScenario(scenarioOf(BYSTANDER)), '')
    for (const name of ['Callers', 'Senders', 'Origin', 'Jobs']) {
      expect(beside.resources.find((resource) => resource.name === name)).toEqual(
        alone.resources.find((resource) => resource.name === name),
      )
    }
  })

  for (const name of scenarioNames().own) {
    it(`${name} goes on from a snapshot as if it had never stopped`, () => {
      const scenario = openNamed(name, { duration: '45s' })
      const straight = new World(scenario.plan)
      straight.run()
      const stopped = new World(scenario.plan)
      stopped.run(20_000_000)
      const snapshot = capture(stopped)
      stopped.run(32_000_000)
      restore(stopped, snapshot)
      stopped.run()
      expect(stopped.kernel.digest.hex()).toBe(straight.kernel.digest.hex())
      const fork = new World(scenario.plan)
      restore(fork, snapshot)
      fork.run()
      expect(fork.kernel.digest.hex()).toBe(straight.kernel.digest.hex())
    })
  }
})

describe('a run of schedules and pipes', () => {
  const digestOf = (world: World): string => world.kernel.digest.hex()

  it('goes on from a snapshot as if it had never stopped', () => {
    const { plan } = scenarioOf(CLOCKWORK)
    const straight = new World(plan)
    straight.run()
    const stopped = new World(plan)
    stopped.run(181_000_000)
    const snapshot = capture(stopped)
    stopped.run(400_000_000)
    restore(stopped, snapshot)
    stopped.run()
    expect(digestOf(stopped)).toBe(digestOf(straight))
    const fork = new World(plan)
    restore(fork, snapshot)
    fork.run()
    expect(digestOf(fork)).toBe(digestOf(straight))
  })

  it('follows the calendar; one without them is the same whenever it begins', () => {
    const begun = (text: string, start: string): string => {
      const { world } = runScenario(scenarioOf(text.replace('Simulation:', `Simulation:\n  Start: ${start}`)))
      return digestOf(world)
    }
    expect(begun(TEXT, '2026-01-05')).toBe(begun(TEXT, '2031-07-17T11:12:13Z'))
    expect(begun(CLOCKWORK, '2026-01-05T00:00:00Z')).not.toBe(begun(CLOCKWORK, '2026-01-05T00:01:00Z'))
  })
})
