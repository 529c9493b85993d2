// What may be written as a trigger: words for faults, the scenario's own by resource or number, parameters; and what is said of mistakes.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { defaultTime, parseTrigger, type Trigger } from './trigger.ts'

const TEXT = `
Resources:
  Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 10ms } }
  Other: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 10ms } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Code: { ZipFile: x }, Role: r } }
Simulation:
  Duration: 100s
  WarmUp: 10s
  Workloads: { Load: { Target: Work, Rate: 2/s } }
  Faults:
    - { At: 30s, For: 2s, sim:http:pause: { Target: Origin } }
    - { At: 50s, For: 10s, aws:lambda:invocation-error: { Target: Work, Percentage: 20 } }
`
const load = (settings: Trigger['none'] = []) => scenarioOf(TEXT, { parameters: new Map(settings) })
const scenario = load()
const read = (text: string, at?: number): Trigger => {
  const trigger = parseTrigger(text, scenario, at)
  if (!trigger.ok) throw new Error(trigger.message)
  return trigger.trigger
}
/** The fault that a trigger is with its `i`th value, as the scenario is read with it. */
const faultOf = (trigger: Trigger, i: number) => trigger.in(load(trigger.settings(trigger.axis.text(i))).plan.faults)

describe('a trigger', () => {
  it.each([
    ['pause(Other)=1s..3s', 'sim:http:pause', 'Other'],
    ['sim:http:pause(Other)=1s..3s', 'sim:http:pause', 'Other'],
    ['outage(Other)=1s..3s', 'aws:fis:inject-api-unavailable-error', 'Other'],
    ['outage(Work)=1s..3s', 'aws:fis:inject-api-unavailable-error', 'Work'],
    ['throttling(Work)=1s..3s', 'aws:fis:inject-api-throttle-error', 'Work'],
    ['inject-api-internal-error(Work)=1s..3s', 'aws:fis:inject-api-internal-error', 'Work'],
    ['invocation-add-delay(Work)=1s..3s', 'aws:lambda:invocation-add-delay', 'Work'],
  ])('%s is one fault more, a third into the measured run', (text, fault, target) => {
    const trigger = read(text)
    expect(faultOf(trigger, 1)).toMatchObject({ at: 40_000_000, until: 42_000_000, fault, target, entry: 2 })
    expect(trigger.none).toEqual([])
    expect(trigger.label).toBe(`${fault} at ${target}`)
    const none = read(text.replace('1s', '0s'))
    expect(faultOf(none, 0)).toBeUndefined()
  })

  it('begins when it is said, and has its parameters', () => {
    const trigger = read(
      'invocation-add-delay(Work, StartupDelayMilliseconds=700, Percentage=40)=500ms..2s:500ms',
      60_000_000,
    )
    expect(faultOf(trigger, 0)).toMatchObject({
      at: 60_000_000,
      until: 60_500_000,
      params: { StartupDelayMilliseconds: 700, Percentage: 40 },
    })
  })

  it('that the scenario has already is that one, at its time unless another is said', () => {
    const trigger = read('pause(Origin)=0s..5s')
    expect(faultOf(trigger, 5)).toMatchObject({ at: 30_000_000, until: 35_000_000, entry: 0 })
    expect(load(trigger.settings('5s')).plan.faults).toHaveLength(2)
    expect(trigger.in(load(trigger.none).plan.faults)).toBeUndefined()
    expect(faultOf(trigger, 0)).toBeUndefined()
    expect(faultOf(read('pause(Origin)=0s..5s', 70_000_000), 3)).toMatchObject({ at: 70_000_000, until: 73_000_000 })
  })

  it('is a fault by its number, by its length or its strength', () => {
    expect(faultOf(read('Faults[0].For=1s..9s'), 8)).toMatchObject({ until: 39_000_000 })
    const errors = read('Faults[1].Percentage=0..100:10')
    expect(errors.member).toBe('Percentage')
    expect(faultOf(errors, 7)).toMatchObject({ at: 50_000_000, until: 60_000_000, params: { Percentage: 70 } })
    expect(errors.in(load(errors.none).plan.faults)).toBeUndefined()
  })

  it('comes in whole seconds, a third into the run', () => {
    expect(defaultTime({ plan: { warmUp: 0, duration: 110_000_000 } } as never)).toBe(36_000_000)
  })
})

it.each([
  ['pause', /is no trigger/],
  ['pause(Origin)', /is no trigger/],
  ['Origin=1s..2s', /is no trigger/],
  ['pause(Orign)=1s..2s', /no simulated resource/],
  ['reboot(Origin)=1s..2s', /`Origin` suffers no `reboot`/],
  ['pause(Origin)=soon', /is no range/],
  ['pause(Other, Percentage)=1s..2s', /parameter without a value/],
  ['Faults[7].For=1s..2s', /no fault number 7/],
])('%s is refused', (text, message) => {
  const refused = parseTrigger(text, scenario)
  expect(refused).toMatchObject({ ok: false, message: expect.stringMatching(message) })
  expect((refused as { help: string }).help).not.toBe('')
})

it('of several faults of a kind at a resource one must be named by its number', () => {
  const twice = scenarioOf(
    TEXT.replace('  Faults:', '  Faults:\n    - { At: 5s, For: 1s, sim:http:pause: { Target: Origin } }'),
  )
  expect(parseTrigger('pause(Origin)=1s..2s', twice)).toMatchObject({
    ok: false,
    message: expect.stringContaining('several faults'),
  })
})
