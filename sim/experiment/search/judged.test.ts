// What of an expectation can be measured, and what a judged point says: who failed most, the mean of the measure, how sure it is.
import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import type { Outcome } from '../types.ts'
import { failedOf, firstFailing, judgedOf, measureOf } from './judged.ts'
import type { Rule, Trial } from './trials.ts'

describe('the measure of an expectation', () => {
  it.each([
    ['p99(Load.Latency) < 300 ms', 'p99(Load.Latency)'],
    [
      '(sum(Load.Failures) + sum(Load.Timeouts)) / sum(Load.Requests) <= 1 %',
      '(sum(Load.Failures) + sum(Load.Timeouts)) / sum(Load.Requests)',
    ],
    ['sum(Load.Failures) == 0 during 10s..', 'sum(Load.Failures) during 10s..'],
    ['max(Load.Latency) > 2 * p50(Load.Latency) during ..30s', 'max(Load.Latency) during ..30s'],
    ['cost(monthly) < 10 USD', 'cost(monthly)'],
    ['300 ms > p99(Load.Latency)', undefined],
    ['conserved(Origin)', undefined],
    ['sum(Load.Failures) == 0 by Workload', undefined],
  ])('%s', (expectation, measure) => {
    const { expectations } = scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 10ms } } }
Simulation:
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 1/s } }
  Expect: ["${expectation}"]
`)
    expect(measureOf(expectations[0]!)).toBe(measure)
  })
})

describe('a judged point', () => {
  const rule: Rule = { seeds: ['1', '2', '3'], probability: 0.9, confidence: 0.95 }
  const outcome = (seed: string, latency: number, failed: readonly string[]): Outcome => ({
    ...{ settings: [['P', '1']], seed, digest: seed, events: 1, ending: failed.length === 0 ? 'passed' : 'failed' },
    values: [{ name: 'p99', value: latency, unit: 'Milliseconds' }],
    expectations: ['a', 'b'].map((text) => ({ text, ok: !failed.includes(text), measured: `${latency}` })),
  })
  const trial: Trial = {
    ...{ settings: [['P', '1']], reason: 'end', held: 1, holds: false, sure: false, same: false },
    outcomes: [outcome('1', 10, []), outcome('2', 20, ['b']), outcome('3', 30, ['a', 'b'])],
  }

  it('names the expectation that failed most, and the first run that failed with what it measured', () => {
    expect(failedOf(trial)).toBe('b')
    expect(firstFailing(trial)).toEqual({ seed: '2', failed: [{ text: 'b', ok: false, measured: '20' }] })
    expect(firstFailing({ ...trial, outcomes: trial.outcomes.slice(0, 1) })).toBeUndefined()
  })

  it('has the interval of its chance and the mean of the measure with its own', () => {
    const judged = judgedOf(trial, rule, 'p99')
    expect(judged).toMatchObject({ settings: { P: '1' }, holds: false, sure: false, runs: 3, held: 1, failed: 'b' })
    // Clopper and Pearson for 1 of 3; Student with 2 degrees of freedom: 20 ± 4.303 · 10/√3.
    expect([judged.low, judged.high]).toEqual([expect.closeTo(0.0084, 4), expect.closeTo(0.9057, 4)])
    expect(judged.measured).toEqual({
      mean: 20,
      unit: 'Milliseconds',
      low: expect.closeTo(-4.84, 2),
      high: expect.closeTo(44.84, 2),
    })
  })

  it('of one run, or of runs that are all the same, claims no chance', () => {
    const one = judgedOf({ ...trial, outcomes: trial.outcomes.slice(0, 1) }, rule, 'p99')
    expect([one.low, one.high]).toEqual([undefined, undefined])
    expect(one.measured).toEqual({ mean: 10, unit: 'Milliseconds' })
    expect(judgedOf({ ...trial, same: true }, rule).low).toBeUndefined()
    expect(judgedOf(trial, rule, 'nothing').measured).toBeUndefined()
  })
})
