// Tests that many seeds are summed up rightly: by hand where the runs are made up, against one recorder where they are real.
import { describe, expect, test } from 'vitest'
import { Histogram } from '../engine/histogram.ts'
import { runScenario } from '../run/run.ts'
import type { Bundle } from './bundle.ts'
import { countsOf } from './measures.ts'
import { EverySeed, replicationsOf } from './replications.ts'
import { Runner } from './runner.ts'
import type { Outcome } from './types.ts'

const TEXT = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: exponential(40ms) } } }
Simulation:
  Duration: 2m
  WarmUp: 20s
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 15/s } }
  Expect: [p99(Load.Latency) < 440 ms, sum(Load.Failures) == 0]
`
const BUNDLE: Bundle = { name: 'queue.yaml', text: TEXT, files: [], counts: true }

function madeUp(seed: string, values: Readonly<Record<string, number>>, more: Partial<Outcome> = {}): Outcome {
  return {
    ...{ settings: [], seed, ending: 'passed', digest: seed, events: 1 },
    values: Object.entries(values).map(([name, value]) => ({ name, value, unit: 'Count' })),
    expectations: [{ text: 'sum(A.B) < 3', ok: true, measured: '1' }],
    ...more,
  }
}
const failed = { ending: 'failed', expectations: [{ text: 'sum(A.B) < 3', ok: false, measured: '4' }] } as const
const summed = (outcomes: readonly Outcome[]) => replicationsOf('a.yaml', [], outcomes, 'repeat')

test('it asks once, for every seed', () => {
  const experiment = new EverySeed([['P', '1']], ['3', '5'])
  expect(experiment.next()).toEqual([
    { settings: [['P', '1']], seed: '3' },
    { settings: [['P', '1']], seed: '5' },
  ])
  experiment.tell([madeUp('3', {}), madeUp('5', {})])
  expect(experiment.next()).toEqual([])
  expect(experiment.result().map(({ seed }) => seed)).toEqual(['3', '5'])
})

describe('made-up runs', () => {
  test('a measure has its mean, interval, middle and ends; what was not published was none', () => {
    const outcomes = [4, 8, 6].map((value, i) =>
      madeUp(String(i), { 'sum(A.Failures)': value, 'p99(A.Latency)': value }),
    )
    const { measures } = summed([...outcomes, madeUp('9', {})])
    expect(
      measures.map(({ name, runs, mean, minimum, median, maximum }) => ({
        name,
        runs,
        mean,
        minimum,
        median,
        maximum,
      })),
    ).toEqual([
      { name: 'p99(A.Latency)', runs: 3, mean: 6, minimum: 4, median: 6, maximum: 8 },
      { name: 'sum(A.Failures)', runs: 4, mean: 4.5, minimum: 0, median: 4, maximum: 8 },
    ])
    // 6 ± 4.303 · 2/√3, by the table.
    expect(measures[0]!.low!).toBeCloseTo(6 - (4.302653 * 2) / Math.sqrt(3), 5)
    expect(measures[0]!).toMatchObject({ better: 'less', seedsNeeded: 174 })
    // What is never below 0 has an interval that is not.
    expect(measures[1]!.low).toBe(0)
  })

  test('an expectation tells how often it held and with which seeds it did not', () => {
    const outcomes = Array.from({ length: 30 }, (_, i) => madeUp(String(i + 1), {}, i === 2 || i === 16 ? failed : {}))
    const [expectation] = summed(outcomes).expectations
    expect(expectation).toMatchObject({ held: 28, runs: 30, failed: ['3', '17'] })
    expect([expectation!.low.toFixed(3), expectation!.high.toFixed(3)]).toEqual(['0.779', '0.992'])
  })

  test('a run that was stopped is named and counts nowhere', () => {
    const stopped = {
      ending: 'partial',
      why: 'more than 500 events have run',
      ...{ expectations: failed.expectations },
    } as const
    const report = summed([madeUp('1', { 'sum(A.B)': 1 }), madeUp('2', { 'sum(A.B)': 99 }, stopped)])
    expect(report.runs[1]).toEqual({ seed: '2', ending: 'partial', digest: '2', why: 'more than 500 events have run' })
    expect(report.measures).toMatchObject([{ name: 'sum(A.B)', runs: 1, mean: 1 }])
    expect(report.measures[0]).not.toHaveProperty('low')
    expect(report.expectations).toMatchObject([{ held: 1, runs: 1, failed: [] }])
  })

  test('of runs that were all refused nothing is said', () => {
    const report = summed([madeUp('1', {}, { ending: 'refused', expectations: [], why: 'no' })])
    expect(report).toMatchObject({ measures: [], distributions: [], expectations: [], runs: [{ why: 'no' }] })
  })
})

test('percentiles of real runs are those of one recorder that saw all of them', () => {
  const runner = new Runner(BUNDLE)
  const seeds = ['1', '2', '3', '4', '5']
  const outcomes = seeds.map((seed) => runner.run({ settings: [], seed }))
  const report = replicationsOf('queue.yaml', [], outcomes, 'repeat')
  const all = new Histogram()
  const own: number[] = []
  for (const seed of seeds) {
    const { scenario } = runner.scenarioOf({ settings: [], seed })
    const counts = countsOf(runScenario(scenario!)).find(({ name }) => name === 'Load.Latency')!
    const one = Histogram.fromSparse({
      ...counts,
      index: Uint16Array.from(counts.index),
      count: Uint32Array.from(counts.count),
    })
    own.push(one.quantile(0.99) / 1000)
    all.mergeFrom(one)
  }
  const found = report.distributions.find(({ name }) => name === 'Load.Latency')!
  expect(found).toMatchObject({ unit: 'Milliseconds', runs: 5, samples: all.count, maximum: all.max / 1000 })
  expect(found.percentiles.map(({ value }) => value)).toEqual(
    [0.5, 0.9, 0.99, 0.999].map((p) => all.quantile(p) / 1000),
  )
  const p99 = found.percentiles[2]!
  expect(p99.low!).toBeGreaterThan(Math.min(...own) * 0.8)
  expect(p99.low!).toBeLessThan(p99.value)
  expect(p99.high! - p99.value).toBeCloseTo(p99.value - p99.low!, 9)
  const mean = report.measures.find(({ name }) => name === 'p99(Load.Latency)')!
  expect(mean.mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / 5, 9)
  expect(report.expectations.map(({ held, runs, failed }) => [held + failed.length, runs])).toEqual([
    [5, 5],
    [5, 5],
  ])
})
