// Series of a run: the run does not notice, the steps add up to the metric, and what is not there is nothing.
import { expect, test } from 'vitest'
import { scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'
import { evaluateMeasure } from '../run/expect.ts'
import { parseMeasure } from '../lang/expectation.ts'
import { Runner } from './runner.ts'
import { sampledRun } from './series.ts'
import type { Bundle } from './bundle.ts'

const TEXT = `
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: exponential(80ms) } } }
Simulation:
  Duration: 150500ms
  Workloads: { Load: { Target: Origin, Operation: http:GET, Rate: 10/s, Client: { Timeout: 500ms, MaxAttempts: 3, Backoff: { Base: 50ms, Cap: 1s, Jitter: full } } } }
  Faults: [{ At: 40s, For: 1500ms, sim:http:pause: { Target: Origin } }]
`
const METRICS = ['Load.Requests', 'Load.Successes', 'Load.Latency', 'Load.Users', 'Load.Nothing', 'Nobody.Requests']
const scenario = scenarioOf(TEXT)
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

test('a run that is looked at has the digest of one that is not', () => {
  const { run } = sampledRun(scenario, { every: 700_000, metrics: METRICS }, {})
  expect(run.world.kernel.digest.hex()).toBe(runScenario(scenario).world.kernel.digest.hex())
})

test('the steps add up to what the metric says, and fall where the fault does', () => {
  const { run, series } = sampledRun(scenario, { every: 1_000_000, metrics: METRICS }, {})
  const sum = (text: string): number => {
    const parsed = parseMeasure(text)
    if (!parsed.ok) throw new Error(parsed.message)
    const measured = evaluateMeasure(parsed.value, run)
    return 'missing' in measured ? NaN : measured.value
  }
  const [requests, successes, latency, ...none] = series
  expect(series.map(({ name }) => name)).toEqual(METRICS)
  expect(requests!.sum).toHaveLength(151)
  expect(total(requests!.sum)).toBe(sum('sum(Load.Requests)'))
  expect(total(successes!.sum)).toBe(sum('sum(Load.Successes)'))
  expect(total(latency!.n)).toBe(total(successes!.sum))
  expect(total(latency!.sum) / 1000).toBeCloseTo(sum('sum(Load.Latency)'), 6)
  expect(successes!.sum[41]! + successes!.sum[40]!).toBeLessThan(4)
  expect(total(requests!.sum.slice(0, 60))).toBe(
    runScenario(scenarioOf(TEXT.replace('150500ms', '60s'))).world.stateOf<{ requests: number }>('Load').requests,
  )
  for (const { n, sum: sums } of none) expect(total(n) + total(sums)).toBe(0)
})

test('a run that a guard stops has the steps that it came to', () => {
  const guarded = scenarioOf(TEXT.replace('Duration', 'Guards: { Events: 500 }\n  Duration'))
  const { run, series } = sampledRun(guarded, { every: 1_000_000, metrics: METRICS }, {})
  expect(run.stopped?.guard).toBe('events')
  expect(series[0]!.n.length).toBeLessThan(40)
  expect(series[0]!.n.length).toBeGreaterThan(5)
})

test('a runner hands them over when the bundle asks for them', () => {
  const bundle: Bundle = {
    name: 'a.yaml',
    text: TEXT,
    files: [],
    series: { every: 10_000_000, metrics: METRICS.slice(0, 2) },
  }
  const outcome = new Runner(bundle).run({ settings: [], seed: '4' })
  expect(outcome.series!.map(({ name, n }) => [name, n.length])).toEqual([
    ['Load.Requests', 16],
    ['Load.Successes', 16],
  ])
  expect(
    new Runner({ ...bundle, series: undefined } as unknown as Bundle).run({ settings: [], seed: '4' }).digest,
  ).toBe(outcome.digest)
})
