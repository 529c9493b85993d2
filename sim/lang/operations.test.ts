// Faults, actions and assumptions of a scenario: read, checked against the rooms, and at work in a run.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { reportOf } from '../run/report.ts'
import { runScenario } from '../run/run.ts'
import type { Operator } from '../services/client/operator.ts'

const text = (section: string): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 10, ServiceTime: 10ms } }
  Jobs: { Type: AWS::SQS::Queue }
Simulation:
  Duration: 10m
  Workloads:
    Load: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: regular, Rate: 10/s, Client: { Retries: none } }
  ${section}
`

const sent = (section: string): Record<string, number> => {
  const report = reportOf(runScenario(scenarioOf(text(section))), '')
  return report.resources.find((resource) => resource.name === 'Jobs')!.errors
}

describe('faults', () => {
  it('of the API layer hit what they name, for as long as they stand', () => {
    const share = 'aws:fis:inject-api-throttle-error'
    expect(sent(`Faults: [{ At: 1m, For: 1m, ${share}: { Target: Jobs } }]`)).toEqual({ ThrottlingException: 600 })
    expect(sent(`Faults: [{ At: 9m, ${share}: {} }]`)).toEqual({ ThrottlingException: 601 })
    expect(sent(`Faults: [{ At: 1m, For: 1m, ${share}: { Operations: ["sqs:ReceiveMessage"] } }]`)).toEqual({})
    expect(sent(`Faults: [{ At: 1m, For: 1m, ${share}: { Operations: [SendMessage], Service: sqs } }]`)).toEqual({
      ThrottlingException: 600,
    })
    const half = sent(`Faults: [{ At: 1m, For: 1m, ${share}: { Percentage: 50 } }]`)['ThrottlingException']!
    expect(Math.abs(half - 300)).toBeLessThan(60)
  })

  it.each([
    ['{ At: 1m, For: 0s, sim:http:pause: { Target: Origin } }', '`For` is 0'],
    ['{ At: 1m, sim:http:pause: 5 }', 'takes a map of parameters'],
    ['{ At: 1m, sim:http:pause: { Target: [Origin, Orgin] } }', 'did you mean `Origin`?'],
    ['{ At: 1m, sim:http:pause: { Target: Jobs } }', 'does not suffer `sim:http:pause`'],
    ['{ At: 1m, sim:http:pause: { Target: Origin, Percentage: 5 } }', 'possible are `Target`'],
    ['{ At: 1m, aws:fis:inject-api-throttle-error: { Percentage: 120 } }', 'expected 0 to 100 %'],
    ['{ At: 1m, aws:fis:inject-api-throttle-error: { Service: sqsx } }', 'did you mean `sqs`?'],
    ['{ At: 1m, aws:ec2:stop-instances: { Target: Origin } }', '`aws:ec2:stop-instances` is not simulated yet'],
    ['{ At: 11m, sim:http:pause: { Target: Origin } }', 'warning[never-happens]'],
    ['stop', 'a fault is `stop`, not a map'],
  ])('%s is told', (fault, message) => {
    expect(problemsOf(text(`Faults: [${fault}]`))).toContain(message)
  })
})

describe('actions', () => {
  const outcomes = (actions: string): readonly { at: number; status: string }[] =>
    runScenario(scenarioOf(text(`Actions: [${actions}]`)))
      .world.stateOf<Operator>('Operator')
      .outcomes.map(({ at, status }) => ({ at, status }))

  it('happen at their time, again and again, until they do not', () => {
    expect(outcomes('{ At: 1m, http:GET: { Url: Origin } }')).toEqual([{ at: 60e6, status: 'OK' }])
    expect(outcomes('{ At: 1m, Every: 2m, Until: 5m, http:GET: { Url: Origin } }').map(({ at }) => at)).toEqual([
      60e6, 180e6,
    ])
    expect(outcomes('{ Every: 4m, Steps: [{ Wait: 1s }, { Fail: Bad }] }')).toEqual([
      { at: 240e6, status: 'Bad' },
      { at: 480e6, status: 'Bad' },
    ])
  })

  it('are done by somebody whose name nobody else has', () => {
    const scenario = scenarioOf(text('Actions: [{ At: 1m, Wait: 1s }]').replaceAll('Origin', 'Operator'))
    expect(scenario.plan.components.map((component) => component.name)).toContain('Operator2')
  })

  it.each([
    ['{ Wait: 1s }', 'an action needs `At` or `Every`'],
    ['{ At: 1m, Until: 2m, Wait: 1s }', '`Until` has no meaning without `Every`'],
    ['{ At: 1m, Every: 0s, Wait: 1s }', '`Every` is 0'],
    ['{ At: 1m, Wait: 1s, Steps: [{ Wait: 1s }] }', '`Wait` has no meaning beside `Steps`'],
    ['{ Schedule: rate(5 minutes), Wait: 1s }', '`Schedule` is not simulated yet'],
    ['{ At: 1m, Wait: 1s, Compute: 1s }', 'a step does one thing'],
    ['{ At: 11m, Wait: 1s }', 'warning[never-happens]'],
    ['purge', 'an action is a map'],
  ])('%s is told', (action, message) => {
    expect(problemsOf(text(`Actions: [${action}]`))).toContain(message)
  })
})

describe('assumptions', () => {
  it('of a resource go before those of its type', () => {
    const scenario = scenarioOf(
      text(
        'Assumptions: { AWS::SQS::Queue: { ApiLatency: 7ms, DuplicateProbability: 5% }, Jobs: { ApiLatency: 9ms } }',
      ),
    )
    const jobs = scenario.plan.components.find((component) => component.name === 'Jobs')!
    expect(jobs.assumptions).toEqual({ ApiLatency: '9ms', DuplicateProbability: '5%' })
    const done = runScenario(scenario)
    expect(done.world.metricOf('Load', 'Latency')!.series.points[0]!.max).toBe(9_000)
  })

  it.each([
    ['{ Jbos: { ApiLatency: 7ms } }', 'did you mean `Jobs`?'],
    ['{ Jobs: { ApiLatncy: 7ms } }', 'did you mean `ApiLatency`?'],
    ['{ Jobs: { ApiLatency: 7 } }', '`7` has no unit'],
    ['{ Jobs: { DuplicateProbability: 2 } }', 'above 1'],
    ['{ Jobs: 7ms }', 'the assumptions of `Jobs` are not a map'],
  ])('%s is told', (section, message) => {
    expect(problemsOf(text(`Assumptions: ${section}`))).toContain(message)
  })
})
