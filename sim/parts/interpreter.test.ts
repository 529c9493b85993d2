// What a running program leaves behind: nothing. Endless programs are stopped, and frames are given back.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import type { Operator } from '../services/client/operator.ts'
import { runScenario } from '../run/run.ts'
import { World } from '../run/world.ts'

const acting = (steps: string, guards = ''): string => `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 10ms } }
Simulation:
  Duration: 10m
  ${guards}
  Actions:
    - At: 1s
      Steps:
${steps.replace(/^/gm, '        ')}
`

describe('the interpreter', () => {
  it('gives every frame back, whether it ended well, failed, or ran in branches', () => {
    for (const steps of [
      '- { http:GET: { Url: Origin } }',
      '- Fail: Bad',
      '- Parallel: [[{ Fail: Bad }], [{ Wait: 1s }], [{ Parallel: [[], [{ http:GET: { Url: Origin } }]] }]]',
      '- Repeat: { Times: 10000, Do: [{ Metric: { MetricName: Round } }] }',
    ]) {
      const { world, broken } = runScenario(scenarioOf(acting(steps)))
      expect(world.stateOf<Operator>('Operator').interpreter.live, steps).toBe(0)
      expect(broken).toEqual([])
    }
  })

  it('sends the same request again when it tries again, and draws anew for the next one', () => {
    const world = new World(
      scenarioOf(`
Resources:
  Queue: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
Simulation:
  Duration: 1m
  Actions:
    - At: 1s
      Steps:
        - Repeat:
            Times: 2
            Do: [{ sqs:SendMessage: { QueueUrl: Queue, MessageBody: x, MessageGroupId: g, MessageDeduplicationId: uuid } }]
  Faults:
    - { At: 0s, For: 1050ms, aws:fis:inject-api-throttle-error: { Service: sqs, Operations: [SendMessage], Percentage: 100 } }
`).plan,
    )
    const { dispatcher } = world
    const ids: string[] = []
    dispatcher.observer = {
      sent: (call) => ids.push(String((world.calls.body[call] as Record<string, unknown>)['MessageDeduplicationId'])),
      answered: () => {},
    }
    world.run(60_000_000)
    expect(ids.length).toBeGreaterThan(2)
    expect(new Set(ids).size).toBe(2)
    expect(ids.slice(0, -1).every((id) => id === ids[0])).toBe(true)
  })

  it('runs every round of a long loop that never waits, in no virtual time', () => {
    const { world } = runScenario(
      scenarioOf(acting('- Repeat: { Times: 10000, Do: [{ Metric: { MetricName: Round } }] }')),
    )
    const metric = world.metrics.find((one) => one.name === 'Round')!
    expect(metric.series.points.reduce((sum, point) => sum + point.sum, 0)).toBe(10_000)
    expect(world.stateOf<Operator>('Operator').outcomes).toEqual([
      { at: 1_000_000, endedAt: 1_000_000, label: 'steps', status: 'OK' },
    ])
  })

  it('never hangs the loop: rounds without end that wait for nothing are stopped by the guard on events', () => {
    const steps = '- Repeat: { Times: 1e15, Do: [{ Repeat: { Times: 0, Do: [] } }] }'.replace(
      '1e15',
      '1000000000000000',
    )
    const { stopped, world } = runScenario(scenarioOf(acting(steps, 'Guards: { Events: 50 }')))
    expect(stopped?.guard).toBe('events')
    expect(world.kernel.steps).toBe(50)
    expect(world.now).toBe(1_000_000)
  })
})
