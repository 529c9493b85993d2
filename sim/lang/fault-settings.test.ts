// Faults that are set from outside: their length, their strength, a fault more, none at all, and what is said of names that are none.
import { describe, expect, it } from 'vitest'
import { problemsOf, scenarioOf } from '../../test/scenarios.ts'
import type { FaultPlan } from '../model/plan.ts'

const TEXT = `
Parameters: { Outage: { Type: String, Default: 4s } }
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 10ms } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
Simulation:
  Duration: 2m
  Workloads: { Load: { Target: Work, Rate: 2/s } }
  Faults:
    - { At: 30s, For: !Ref Outage, sim:http:pause: { Target: Origin } }
    - { At: 50s, For: 10s, aws:lambda:invocation-error: { Target: Work, Percentage: 20 } }
`
const given = (settings: Record<string, string>) => ({ parameters: new Map(Object.entries(settings)) })
const faults = (settings: Record<string, string>): readonly FaultPlan[] => scenarioOf(TEXT, given(settings)).plan.faults
const told = (settings: Record<string, string>): string => problemsOf(TEXT, given(settings))

describe('a fault from outside', () => {
  it('begins, lasts and hits as is said; the others stay what they are', () => {
    const [pause, errors] = faults({ 'Faults[0].For': '1500ms', 'Faults[0].At': '20s', 'Faults[1].Percentage': '75' })
    expect(pause).toMatchObject({ at: 20_000_000, until: 21_500_000, fault: 'sim:http:pause', target: 'Origin' })
    expect(errors).toMatchObject({ at: 50_000_000, until: 60_000_000, params: { Percentage: 75 } })
  })

  it('follows a parameter of the template too', () => {
    expect(faults({ Outage: '7s' })[0]).toMatchObject({ until: 37_000_000 })
  })

  it('that lasts 0s is none, and the numbers of the others stay', () => {
    const left = faults({ 'Faults[0].For': '0s', 'Faults[1].For': '3s' })
    expect(left).toHaveLength(1)
    expect(left[0]).toMatchObject({ fault: 'aws:lambda:invocation-error', until: 53_000_000 })
  })

  it('is one more behind the last, or another one in the place of one', () => {
    const pause = '{ At: 90s, For: 2s, sim:http:pause: { Target: Origin } }'
    expect(faults({ 'Faults[+]': pause }).map(({ at, entry }) => [at, entry])).toEqual([
      [30_000_000, 0],
      [50_000_000, 1],
      [90_000_000, 2],
    ])
    const replaced = faults({ 'Faults[0]': pause, 'Faults[0].For': '5s' })[0]
    expect(replaced).toMatchObject({ at: 90_000_000, until: 95_000_000 })
    const longer = faults({ 'Faults[+].For': '4s', 'Faults[+]': pause, 'Faults[0].For': '0s' })
    expect(longer).toMatchObject([{ entry: 1 }, { entry: 2, until: 94_000_000 }])
  })
})

describe('what is wrong with one is said', () => {
  it.each([
    ['Faults[2].For', '5s', /faults up to `Faults\[1\]`[\s\S]*`Faults\[\+\]=\{/],
    ['Faults[2]', '{ At: 1s }', /faults up to `Faults\[1\]`/],
    ['Faults[+].For', '5s', /faults up to `Faults\[1\]`/],
    ['Faults[0].Fro', '5s', /`Fro` is not a parameter of `sim:http:pause`/],
    ['Faults[0].Target', 'Work', /cannot be set from outside/],
    ['Faults[0].For', 'long', /not-a-duration/],
    ['Faults[1].Percentage', '120', /out-of-range/],
    ['Faults.Pause', '5s', /no setting of a fault/],
    ['Faults[x].For', '5s', /no setting of a fault/],
    ['Faults[0].__proto__', '5s', /no setting of a fault/],
    ['Faults[+]', '{ At: 1s, sim:http:puase: { Target: Origin } }', /did you mean `sim:http:pause`/],
    ['Faults[+]', '{ At: 1s, [', /error/],
  ])('%s=%s', (name, value, message) => {
    expect(told({ [name]: value })).toMatch(message)
  })
})
