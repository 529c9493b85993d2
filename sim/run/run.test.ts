// Guards: a runaway scenario is stopped with the resource's name and a report of the part that ran.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { verdictOf } from '../report/ci/verdict.ts'
import { reportOf } from './report.ts'
import { runScenario, Running, type Run, type RunOptions } from './run.ts'

const RECURSIVE = `
Resources:
  Loop:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: a.b, Role: r, Timeout: 900, Code: { ZipFile: pass } }
Simulation:
  Duration: 1h
  Guards: GUARDS
  Quotas: { lambda.ConcurrentExecutions: 1000000 }
  Workloads: { Spark: { Target: Loop, Operation: lambda:InvokeFunction, Rate: 1/s, Count: 1, Client: { Retries: none } } }
  Handlers:
    Loop:
      - Parallel:
          - lambda:InvokeFunction: { FunctionName: !Ref Loop, Payload: $ }
          - lambda:InvokeFunction: { FunctionName: !Ref Loop, Payload: $ }
`
const QUIET = `
Resources: { Slow: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1h } } }
Simulation:
  Duration: 1h
  Guards: GUARDS
  Workloads: { Load: { Target: Slow, Operation: http:GET, Arrivals: regular, Rate: 1/s } }
`

function run(text: string, guards: string, options: RunOptions = {}): Run {
  return runScenario(scenarioOf(text.replace('GUARDS', guards)), options)
}

describe('a guard', () => {
  it('on events stops a function that invokes itself, exactly, by its name, with the rest of the report', () => {
    const done = run(RECURSIVE, '{ Events: 100000 }')
    expect(done.stopped).toMatchObject({ guard: 'events', limit: 100_000, resource: 'Loop' })
    expect(done.stopped!.message).toBe('more than 100000 events have run; most of it at `Loop`')
    expect(done.world.kernel.steps).toBe(100_000)
    const report = reportOf(done, '')
    expect(report.partial).toBe(true)
    expect(report.simulated).toBeLessThan(report.duration)
    expect(report.resources.find((resource) => resource.name === 'Loop')!.received).toBeGreaterThan(1000)
    expect(report.broken).toEqual([])
    expect(verdictOf('a.yaml', [], report, 0).state).toBe('stopped')
  })

  it('on requests in flight speaks even where few events happen', () => {
    const done = run(QUIET, '{ InFlight: 100 }')
    expect(done.stopped).toMatchObject({ guard: 'in-flight', resource: 'Slow' })
    expect(done.world.calls.live).toBeLessThan(200)
    expect(done.checkpoints.length).toBeGreaterThan(0)
  })

  it('on memory and on real time asks whoever watches', () => {
    let clock = 0
    const slow = run(QUIET, '{ WallTime: 10s }', { watch: { wallTime: () => (clock += 1_000_000) } })
    expect(slow.stopped).toMatchObject({ guard: 'wall-time', message: expect.stringContaining('longer than 10 s') })
    const large = run(QUIET, '{ Memory: 1GB }', { watch: { memory: () => 2 ** 31 } })
    expect(large.stopped).toMatchObject({ guard: 'memory', message: expect.stringContaining('1024 MB') })
    expect(run(QUIET, '{}', { watch: { interrupted: () => true } }).stopped?.guard).toBe('interrupted')
  })

  it.each([
    ['in flight', '{ InFlight: 100 }', QUIET],
    ['in flight in the warm-up', '{ InFlight: 100 }', QUIET.replace('Guards', 'WarmUp: 50m\n  Guards')],
    ['in flight, where much happens', '{ InFlight: 5000 }', RECURSIVE],
    ['of events', '{ Events: 100000 }', RECURSIVE],
  ])('%s speaks at the same event however the run is divided', (_, guards, text) => {
    const scenario = scenarioOf(text.replace('GUARDS', guards))
    const whole = reportOf(runScenario(scenario), '')
    expect(whole.stopped).toBeDefined()
    expect(whole.digest.checkpoints.at(-1)).toMatchObject({ events: whole.events, digest: whole.digest.total })
    for (const [step, events] of [
      [7_000_000, Infinity],
      [100, 1_000],
      [3_600_000_000, 130],
    ] as const) {
      const running = new Running(scenario)
      for (let until = step; running.goesOn; until += step) while (!running.to(until, events));
      expect(reportOf(running.finish(), '')).toEqual(whole)
    }
  })

  it('says nothing of a run that stays within', () => {
    const done = run(QUIET, '{ InFlight: 100000, Events: 100000 }')
    expect(done.stopped).toBeUndefined()
    expect(verdictOf('a.yaml', [], reportOf(done, ''), 0).state).toBe('ok')
    expect(done.checkpoints).toHaveLength(64)
  })
})

describe('a report', () => {
  it('counts calls still open with those of the warm-up, which no other count has', () => {
    const text = QUIET.replace('Guards: GUARDS', 'WarmUp: 50m')
    const { calls } = reportOf(run(text, ''), '')
    // One call a second; the only worker has answered the first of them when the hour ends.
    expect(calls).toMatchObject([{ from: 'Load', to: 'Slow', sent: 600 }])
    const { sent, answered } = reportOf(run(text.replace('WarmUp: 50m', ''), ''), '').calls[0]!
    expect(calls[0]!.open).toBe(sent - answered)
    expect(calls[0]!.open).toBeGreaterThan(3_500)
  })
})
