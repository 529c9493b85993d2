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
