// Versions of functions in a template: their numbers, their handlers, and a mistake in a name.
import { expect, it } from 'vitest'
import { Problems } from '../sim/diag/problem.ts'
import { loadScenario } from '../sim/lang/scenario.ts'
import { runScenario } from '../sim/run/run.ts'
import { scenarioOf } from './scenarios.ts'

const text = (handlers: string): string => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Role: r, Code: { ZipFile: x } } }
  Newer: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Work } }
  Older: { Type: AWS::Lambda::Version, Properties: { FunctionName: !GetAtt Work.Arn } }
  Live:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Work
      Name: live
      FunctionVersion: !GetAtt Older.Version
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: !GetAtt Newer.Version, FunctionWeight: 0.25 }] }
Simulation:
  Duration: 4m
  Assumptions: { Work: { AliasChoice: in turn } }
  Workloads:
    Callers: { Target: Live, Operation: lambda:InvokeFunction, Rate: 10/s, Arrivals: regular }
  Handlers: { ${handlers} }
`

it('two versions of a template have numbers of their own, and an alias divides its requests between them [N.LAMBDA-31, N.LAMBDA-35]', () => {
  const run = runScenario(scenarioOf(text('Work: [], Work@1: [{ Fail: Broken }]')))
  const sum = (name: string, version: string): number =>
    run.world.metrics
      .filter((each) => each.component === 'Work' && each.name === name)
      .filter(
        ({ dimensions }) => dimensions['ExecutedVersion'] === version && dimensions['Resource']!.endsWith(':live'),
      )
      .flatMap(({ series }) => series.points)
      .reduce((total, point) => total + point.sum * point.repeat, 0)
  const calls = run.world.stateOf<{ running: { entered: number } }>('Work').running.entered
  expect([sum('Invocations', '2'), sum('Invocations', '1')]).toEqual([calls * 0.75, calls * 0.25])
  expect([sum('Errors', '2'), sum('Errors', '1')]).toEqual([0, calls * 0.25])
})

it.each(['Work@0: []', 'Work@01: []', 'Work@two: []', 'Wrk@2: []', 'Live@2: []'])('%s is no handler', (handler) => {
  const problems = new Problems()
  loadScenario({ name: 'scenario.yaml', text: text(`Work: [], ${handler}`) }, {}, problems)
  expect(problems.list.map(({ slug }) => slug)).toContain('unknown-handler')
})
