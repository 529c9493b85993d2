// Tests of comparisons: what is different is found and named, what is not is not, on made-up runs and on real ones.
import { describe, expect, test } from 'vitest'
import { createRng, type Rng } from '../engine/rng.ts'
import type { Bundle } from './bundle.ts'
import { resourceOf } from './columns.ts'
import { comparisonOf, sideOf, type ComparedRun, type ComparisonOptions } from './comparison.ts'
import { parseCondition, type Condition } from './conditions.ts'
import { Runner } from './runner.ts'

/** With `SOAK=1` as many as the stated rate needs to be seen. */
const EXPERIMENTS = process.env['SOAK'] === '1' ? 1000 : 60
const A = sideOf('a.yaml', [])
const B = sideOf('a.yaml', [['Workers', '3']])
const madeUp = (
  seed: number,
  values: Readonly<Record<string, number>>,
  more: Partial<ComparedRun> = {},
): ComparedRun => ({
  ...{ seed: String(seed), ending: 'passed', expectations: [] },
  values: Object.entries(values).map(([name, value]) => ({ name, value, unit: 'Count' })),
  ...more,
})
const runs = (n: number, valuesOf: (i: number) => Readonly<Record<string, number>>): ComparedRun[] =>
  Array.from({ length: n }, (_, i) => madeUp(i + 1, valuesOf(i)))
const compare = (before: readonly ComparedRun[], after: readonly ComparedRun[], options: ComparisonOptions = {}) =>
  comparisonOf(A, B, before, after, options)
const condition = (text: string): Condition => {
  const read = parseCondition(text)
  if (!read.ok) throw new Error(read.message)
  return read.condition
}
const verdicts = (found: ReturnType<typeof compare>) =>
  Object.fromEntries(found.measures.map(({ name, verdict }) => [name, verdict]))
const noise = (rng: Rng): number => rng.float() - 0.5

describe('made-up runs', () => {
  const rng = createRng(3, 'comparison', 'made-up')
  const before = runs(10, () => ({
    'p99(Api.Latency)': 100 + 20 * noise(rng),
    'sum(Api.Successes)': 1000 + 50 * noise(rng),
    'sum(Api.Errors)': 5,
    'sum(Api.Calls)': 1000 + 50 * noise(rng),
    'p50(Api.Latency)': 50 + 10 * noise(rng),
  }))
  const after = before.map((run) => ({
    ...run,
    values: run.values.map((each) => ({
      ...each,
      value:
        each.value * ({ 'p99(Api.Latency)': 1.1, 'sum(Api.Successes)': 1.1, 'sum(Api.Calls)': 1.1 }[each.name] ?? 1) +
        (each.name === 'p50(Api.Latency)' ? noise(rng) : 0),
    })),
  }))
  const found = compare(before, after)

  test('where no seed changes an event of either side two seeds are certain; equal values alone are not', () => {
    const side = (value: number, digest?: string): ComparedRun[] =>
      [1, 2].map((seed) => madeUp(seed, { 'sum(C.Failures)': value }, digest === undefined ? {} : { digest }))
    const conditions = [condition('sum(C.Failures) +5%')]
    const found = compare(side(12, 'a'), side(471, 'b'), { conditions })
    expect([found.answer, found.conditions[0]!.verdict]).toEqual(['worse', 'regressed'])
    const back = compare(side(471, 'b'), side(12, 'a'), { conditions })
    expect([back.answer, back.conditions[0]!.verdict]).toEqual(['better', 'kept'])
    expect(compare(side(12), side(471), { conditions }).conditions[0]!.verdict).toBe('open')
    // What was drawn may have come out the same by chance.
    const drawn = side(471, 'b').map((run): ComparedRun => ({ ...run, drawn: true }))
    expect(compare(side(12, 'a'), drawn, { conditions }).conditions[0]!.verdict).toBe('open')
    expect(compare(side(12, 'a'), side(471), { conditions }).conditions[0]!.verdict).toBe('open')
  })

  test('one pair of runs says nothing of how many it would take', () => {
    const one = compare(
      runs(1, () => ({ 'sum(C.Failures)': 12 })),
      runs(1, () => ({ 'sum(C.Failures)': 471 })),
      {
        conditions: [condition('sum(C.Failures) +5%')],
      },
    )
    expect([one.measures[0]!.verdict, one.conditions[0]!.verdict]).toEqual(['open', 'open'])
    expect(one.measures[0]).not.toHaveProperty('seedsNeeded')
    expect(one.conditions[0]).not.toHaveProperty('seedsNeeded')
  })

  test('each measure is better, worse, different, the same or open', () => {
    expect(verdicts(found)).toEqual({
      'p50(Api.Latency)': 'open',
      'p99(Api.Latency)': 'worse',
      'sum(Api.Calls)': 'differs',
      'sum(Api.Errors)': 'equal',
      'sum(Api.Successes)': 'better',
    })
    expect(found).toMatchObject({ answer: 'mixed', because: ['p99(Api.Latency)', 'sum(Api.Successes)'] })
    const p99 = found.measures.find(({ name }) => name === 'p99(Api.Latency)')!
    expect(p99.share).toBeCloseTo(0.1, 10)
    expect(p99.difference).toBeCloseTo(p99.after - p99.before, 9)
    expect(p99.low! < p99.difference && p99.difference < p99.high!).toBe(true)
    expect(p99).not.toHaveProperty('seedsNeeded')
    expect(found.measures.find(({ verdict }) => verdict === 'open')!.seedsNeeded).toBeGreaterThan(10)
  })

  test('what clients see and the cost of all decide the answer, where they differ', () => {
    const other = { 'sum(Inner.Throttles)': 10, 'p99(Load.Latency)': 100, 'cost(monthly)': 5 }
    const side = (values: Readonly<Record<string, number>>) => runs(10, () => ({ ...other, ...values }))
    const clients = new Set(['Load'])
    const answer = (values: Readonly<Record<string, number>>) => {
      const { answer, because } = compare(side({}), side(values), { clients })
      return [answer, ...because]
    }
    expect(answer({})).toEqual(['equal'])
    expect(answer({ 'sum(Inner.Throttles)': 20 })).toEqual(['worse', 'sum(Inner.Throttles)'])
    expect(answer({ 'sum(Inner.Throttles)': 20, 'p99(Load.Latency)': 90 })).toEqual(['better', 'p99(Load.Latency)'])
    expect(answer({ 'cost(monthly)': 6 })).toEqual(['worse', 'cost(monthly)'])
    expect(answer({ 'cost(monthly)': 6, 'p99(Load.Latency)': 90 })).toEqual([
      'mixed',
      'cost(monthly)',
      'p99(Load.Latency)',
    ])
  })

  test('runs are paired by seed, whatever their order; a seed of one side counts nowhere', () => {
    const [one, two, three] = runs(3, (i) => ({ 'sum(A.B)': i * 100 }))
    const moved = [three!, one!, two!].map((run) => madeUp(Number(run.seed), { 'sum(A.B)': run.values[0]!.value + 1 }))
    const found = compare([one!, two!, three!, madeUp(9, { 'sum(A.B)': 1e6 })], moved)
    expect(found.seeds).toEqual(['1', '2', '3'])
    // Every pair differs by 1: paired otherwise the differences would be far apart.
    expect(found.measures).toMatchObject([{ pairs: 3, difference: 1, low: 1, high: 1 }])
  })

  test('a run that was stopped takes its pair out, and is named', () => {
    const stopped = madeUp(2, { 'sum(A.B)': 9 }, { ending: 'partial', why: 'too long' })
    const found = compare(
      runs(3, () => ({ 'sum(A.B)': 1 })),
      [...runs(1, () => ({ 'sum(A.B)': 1 })), stopped],
    )
    expect(found).toMatchObject({ seeds: ['1'], stopped: [{ side: 'b', seed: '2', why: 'too long' }] })
  })

  test('one seed or none tells nothing', () => {
    expect(
      compare(
        runs(1, () => ({ 'sum(A.Errors)': 1 })),
        runs(1, () => ({ 'sum(A.Errors)': 50 })),
      ),
    ).toMatchObject({
      answer: 'none',
      measures: [{ verdict: 'open', chance: 1 }],
    })
    expect(compare([], [])).toMatchObject({ answer: 'none', measures: [], seeds: [] })
  })

  test('what happened on one side alone was none on the other; what cannot be none is named', () => {
    const found = compare(
      runs(8, () => ({ 'p99(Old.Latency)': 5 })),
      runs(8, () => ({ 'sum(New.Errors)': 7, 'cost(monthly at New)': 3, 'p99(New.Latency)': 1 })),
    )
    expect(verdicts(found)).toEqual({ 'cost(monthly at New)': 'worse', 'sum(New.Errors)': 'worse' })
    expect(found).toMatchObject({ onlyBefore: ['p99(Old.Latency)'], onlyAfter: ['p99(New.Latency)'] })
    expect(found.measures[0]).not.toHaveProperty('share')
  })

  test('expectations tell how often they held on each side', () => {
    const held = (ok: boolean, i: number) => madeUp(i, {}, { expectations: [{ text: 'a < b', ok, measured: '' }] })
    const found = compare(
      [1, 2, 3].map((i) => held(true, i)),
      [1, 2, 3].map((i) => held(i === 2, i)),
    )
    expect(found.expectations).toEqual([{ text: 'a < b', before: 3, after: 1, pairs: 3 }])
  })

  test('conditions are regressed, kept, open or without data', () => {
    const conditions = [
      'p99(Api.Latency) +5%',
      'p99(Api.Latency) +11%',
      'p50(Api.Latency) +0%',
      'sum(Api.Errors) +0',
      'p99(No.Latency) +5%',
    ].map(condition)
    const found = compare(before, after, { conditions })
    expect(found.conditions.map(({ verdict }) => verdict)).toEqual(['regressed', 'kept', 'open', 'kept', 'no data'])
    expect(found.conditions[0]).toMatchObject({ measure: 'p99(Api.Latency)', unit: 'Count' })
    expect(found.conditions[4]).toEqual({ text: 'p99(No.Latency) +5%', measure: 'p99(No.Latency)', verdict: 'no data' })
  })
})

test('the resource of a measure is found in its name', () => {
  expect(
    [
      'p99(Api.Latency)',
      'sum(Network.Work.Errors)',
      'cost(monthly)',
      'cost(monthly at Net.Queue)',
      'tm(5%:95%)(A.B)',
    ].map(resourceOf),
  ).toEqual(['Api', 'Network.Work', '', 'Net.Queue', 'A'])
})

describe('a comparison without a difference', () => {
  test('claims one in about one of twenty experiments with 60 measures, not in nearly all', () => {
    const rng = createRng(5, 'comparison', 'null')
    const side = () =>
      runs(8, () => Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`sum(R${i}.Errors)`, 100 + noise(rng)])))
    let alarms = 0
    for (let i = 0; i < 300; i++) if (compare(side(), side()).answer !== 'none') alarms++
    // 15 of 300 are expected; three standard errors above.
    expect(alarms).toBeLessThanOrEqual(26)
    expect(alarms).toBeGreaterThan(2)
  })

  test('fails a stated condition in at most one of twenty, however many are stated', () => {
    const rng = createRng(6, 'comparison', 'conditions')
    const names = Array.from({ length: 20 }, (_, i) => `sum(R${i}.Errors)`)
    const conditions = names.map((name) => condition(`${name} +0%`))
    const side = () => runs(8, () => Object.fromEntries(names.map((name) => [name, 100 + noise(rng)])))
    let failed = 0
    for (let i = 0; i < 300; i++)
      if (compare(side(), side(), { conditions }).conditions.some(({ verdict }) => verdict === 'regressed')) failed++
    expect(failed).toBeLessThanOrEqual(26)
    expect(failed).toBeGreaterThan(2)
  })

  // The same load on the same machine by other names: nothing differs but what chance draws.
  const named = (load: string, origin: string): Bundle => ({
    name: 'null.yaml',
    text: `
Resources: { ${origin}: { Type: Sim::Http::Server, Properties: { Workers: 2, QueueCapacity: 20, ServiceTime: exponential(40ms), ErrorRate: 0.02 } } }
Simulation:
  Duration: 20s
  Workloads: { ${load}: { Target: ${origin}, Operation: http:GET, Rate: 35/s, Client: { MaxAttempts: 2 } } }
`,
    files: [],
  })

  test('of real scenarios is reported as such at the stated rate', () => {
    const sides = ['One', 'Other'].map((name) => {
      const runner = new Runner(named('Load', 'Origin'))
      const seedOf = (i: number): string => (name === 'One' ? String(i) : String(100_000 + i))
      return (i: number): ComparedRun => ({ ...runner.run({ settings: [], seed: seedOf(i) }), seed: String(i) })
    })
    let alarms = 0
    let measures = 0
    for (let i = 0; i < EXPERIMENTS; i++) {
      const [before, after] = sides.map((side) => Array.from({ length: 6 }, (_, k) => side(i * 6 + k)))
      const found = compare(before!, after!, { clients: new Set(['Load']) })
      measures = found.measures.filter(({ verdict }) => verdict !== 'equal').length
      if (found.measures.some(({ verdict }) => verdict !== 'equal' && verdict !== 'open')) alarms++
    }
    expect(measures).toBeGreaterThan(8)
    // One of twenty at most; three standard errors above.
    expect(alarms).toBeLessThanOrEqual(EXPERIMENTS * 0.05 + 3 * Math.sqrt(EXPERIMENTS * 0.05 * 0.95))
  }, 600_000)

  test('and one with a difference of a fiftieth is seen with the same seeds, because they are the same', () => {
    const faster = named('Load', 'Origin')
    const runner = [new Runner(faster), new Runner({ ...faster, text: faster.text.replace('40ms', '39.2ms') })]
    const [before, after] = runner.map((each) =>
      Array.from({ length: 8 }, (_, i) => each.run({ settings: [], seed: String(i) })),
    )
    const found = compare(before!, after!, { clients: new Set(['Load']) })
    expect(found.answer).toBe('better')
    expect(found.because).toContain('p50(Load.Latency)')
  })
})
