// What is set from outside beside the parameters: a workload's scale, a quota, and what is said of names that are none.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import type { Workload } from '../services/client/workload.ts'
import type { FileReader } from './scenario.ts'

const text = (load: string, more = ''): string => `
Parameters: { Limit: { Type: Number, Default: 150 } }
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
Simulation:
  Duration: 10m
  ${more}
  Workloads:
    Load: { Target: Work, ${load} }
`
const LOAD = 'Arrivals: regular, Rate: 2/s'
const given = (settings: Record<string, string>, files?: FileReader) => ({
  parameters: new Map(Object.entries(settings)),
  ...(files === undefined ? {} : { files }),
})
const requests = (load: string, settings: Record<string, string> = {}, content = ''): number => {
  const files: FileReader = { read: () => ({ ok: true, value: content }) }
  return runScenario(scenarioOf(text(load), given(settings, files))).world.stateOf<Workload>('Load').requests
}

describe('the scale of a workload', () => {
  it('is a factor on its rate, on the counts of a trace, on its users; the scenario may have one, from outside counts more', () => {
    expect(requests(LOAD)).toBe(1200)
    expect(requests(LOAD, { 'Workloads.Load.Scale': '1.5' })).toBe(1800)
    expect(requests(`${LOAD}, Scale: 0.5`)).toBe(600)
    expect(requests(`${LOAD}, Scale: 0.5`, { 'Workloads.Load.Scale': '2' })).toBe(2400)
    expect(requests(LOAD, { 'Workloads.Load.Scale': '0' })).toBe(0)
    const trace = 'Arrivals: "trace(t.csv, count=n)"'
    const counted = requests(trace, { 'Workloads.Load.Scale': '3' }, 'n\n1000\n')
    expect(Math.abs(counted - 3000)).toBeLessThan(4 * Math.sqrt(3000))
    const users = 'Users: 2, ThinkTime: 10s'
    expect(requests(users, { 'Workloads.Load.Scale': '2.4' }) / requests(users)).toBeCloseTo(2.5, 1)
  })

  it('leaves the arrivals what they are: the same stream, only denser', () => {
    const whole = scenarioOf(text('Rate: 2/s, Scale: 2'))
    const twice = scenarioOf(text('Rate: 4/s'))
    const digest = (scenario: typeof whole): string => runScenario(scenario).world.kernel.digest.hex()
    expect(digest(whole)).toBe(digest(twice))
  })

  it('says what is wrong with one', () => {
    const told = (settings: Record<string, string>, load = LOAD): string => problemsOf(text(load), given(settings))
    expect(told({ 'Workloads.Laod.Scale': '2' })).toMatch(
      /no workload `Laod`[\s\S]*did you mean `Workloads\.Load\.Scale`/,
    )
    expect(told({ 'Workloads.Load.Scale': 'much' })).toContain('wrong-type')
    expect(told({ 'Workloads.Load.Scale': '-1' })).toContain('wrong-type')
    expect(told({ 'Workloads.Load.Scale': '1001' })).toContain('out-of-range')
    expect(told({ 'Workloads.__proto__.Scale': '1' })).toContain('parameter-not-declared')
    expect(told({ 'Workloads.Load.Rate': '1' })).toContain('parameter-not-declared')
    const moments: FileReader = { read: () => ({ ok: true, value: '1\n2\n' }) }
    const trace = 'Arrivals: "trace(t.csv)"'
    const settings = { 'Workloads.Load.Scale': '2' }
    expect(problemsOf(text(trace), given(settings, moments))).toContain('a trace of moments, which has no scale')
    expect(problemsOf(text(`${trace}, Scale: 2`), given({}, moments))).toContain('contradiction')
  })
})

describe('a quota', () => {
  const quotas = (more: string, settings: Record<string, string> = {}) =>
    scenarioOf(text(LOAD, more), given(settings)).plan.quotas

  it('from outside counts more than the scenario’s own', () => {
    const own = 'Quotas: { lambda.ConcurrentExecutions: 300, lambda.Layers: 4 }'
    expect(quotas(own)).toEqual({ 'lambda.ConcurrentExecutions': 300, 'lambda.Layers': 4 })
    expect(quotas(own, { 'Quotas.lambda.ConcurrentExecutions': '400' })).toEqual({
      'lambda.ConcurrentExecutions': 400,
      'lambda.Layers': 4,
    })
    expect(quotas('', { 'Quotas.lambda.ConcurrentExecutions': '400' })).toEqual({ 'lambda.ConcurrentExecutions': 400 })
  })

  it('says what is wrong with one', () => {
    const told = (settings: Record<string, string>): string => problemsOf(text(LOAD), given(settings))
    expect(told({ 'Quotas.lambda.ConcurrentExecution': '400' })).toMatch(/unknown-quota[\s\S]*did you mean/)
    expect(told({ 'Quotas.lambda.ConcurrentExecutions': 'many' })).toMatch(/wrong-type[\s\S]*is `many`, not a number/)
  })
})

describe('what is offered', () => {
  const offered = (more: string, settings: Record<string, string> = {}) =>
    scenarioOf(text('Rate: [{ At: 0s, Value: 9/s }, { At: 1m, Value: 120/min }]', more), given(settings)).settings

  it('is every workload, every quota that AWS raises or the scenario sets, with its own value beside the present one', () => {
    expect(
      offered('Quotas: { lambda.Layers: 4 }', { 'Workloads.Load.Scale': '3', 'Quotas.lambda.Layers': '5' }),
    ).toEqual([
      expect.objectContaining({
        name: 'Workloads.Load.Scale',
        doc: 'Factor on its rate, 120/min to 9/s',
        value: 3,
        initial: 1,
      }),
      expect.objectContaining({ name: 'Quotas.lambda.ConcurrentExecutions', value: 1000, initial: 1000 }),
      expect.objectContaining({ name: 'Quotas.lambda.Layers', value: 5, initial: 4 }),
    ])
    expect(offered('Quotas: notes-2020').map(({ name, initial }) => [name, initial])).toContainEqual([
      'Quotas.lambda.ConcurrentExecutions',
      1000,
    ])
  })

  it('is no quota that a parameter sets: that is the knob', () => {
    const names = offered('Quotas: { lambda.ConcurrentExecutions: !Ref Limit }').map(({ name }) => name)
    expect(names).toEqual(['Workloads.Load.Scale'])
  })
})

it('parameters are shown in their author’s groups and words', () => {
  const declared =
    'Parameters: { A: { Type: String, Default: x }, B: { Type: Number, Default: 1 }, C: { Type: Number, Default: 2 } }'
  const face = `AWS::CloudFormation::Interface:
    ParameterGroups: [{ Label: { default: Load }, Parameters: [C, Nothing, B, C] }, { Parameters: 7 }]
    ParameterLabels: { B: { default: Buyers a second }, A: what }`
  const { parameters } = scenarioOf(`${declared}
Metadata:
  ${face}
Resources: { Q: { Type: AWS::SQS::Queue } }`)
  expect(parameters.map(({ name, group, label }) => [name, group, label])).toEqual([
    ['C', 'Load', undefined],
    ['B', 'Load', 'Buyers a second'],
    ['A', undefined, undefined],
  ])
})
