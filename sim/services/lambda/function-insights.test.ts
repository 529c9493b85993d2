// What is said of functions whose environments come too late, and of those where it nearly happens.
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { insightsOf, type Insight } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'

const say = (text: string): Insight[] => insightsOf(evidenceOf(runScenario(scenarioOf(text)).world))
const kinds = (text: string): string[] => say(text).map(({ kind }) => kind)

describe('provisioned concurrency', () => {
  /** So many requests a second, of half a second each, on an alias with ten environments. */
  const load = (rate: number): string => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: java21, Handler: a.b, Role: r, MemorySize: 1769, Code: { S3Bucket: b, S3Key: k } } }
  Release: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Work } }
  Live:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref Work, FunctionVersion: !GetAtt Release.Version, Name: live, ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 10 } }
Simulation:
  Duration: 10m
  Workloads: { Crowd: { Target: Live, Rate: ${rate}/s } }
  Handlers: { Work: [{ Wait: 500ms }] }
`

  test('that is too small is told, with those that started cold', () => {
    const found = say(load(24)).find(({ kind }) => kind === 'provisioned-spillover')!
    expect(found).toMatchObject({ resource: 'Work', title: 'Requests spill over what is provisioned' })
    expect(found.text).toMatch(/all provisioned environments \(10 of live\) were busy/)
    expect(found.text).toMatch(/[0-9]+ of them waited for a cold start/)
  })

  test('that suffices is not', () => {
    expect(kinds(load(4))).toEqual([])
  })
})

describe('code outside the handler', () => {
  const starts = (init: string): string => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: java21, Handler: a.b, Role: r, MemorySize: 1769, Timeout: 60, Code: { S3Bucket: b, S3Key: k } } }
Simulation:
  Duration: 10m
  Workloads: { Crowd: { Target: Work, Users: 8, ThinkTime: 60s } }
  Handlers: { Work: [{ Init: [{ Wait: ${init} }] }, { Wait: 500ms }] }
`

  test('that takes more than ten seconds is told, with what it costs', () => {
    const found = say(starts('10s')).find(({ kind }) => kind === 'init-time-outs')!
    expect(found).toMatchObject({ resource: 'Work', title: 'Initialisation takes too long' })
    expect(found.text).toMatch(/did not end within 10 s: everything begins again within the request/)
  })

  test('that nearly does is not', () => {
    expect(kinds(starts('9s'))).not.toContain('init-time-outs')
  })
})
