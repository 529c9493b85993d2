// What runs say: means with intervals, which side is better, and that chance alone makes no verdicts.
import { describe, expect, test } from 'vitest'
import type { RunOutcome } from '../sim.ts'
import { comparisonsOf, firstMeasure, heldOf, measuresIn, summaryOf } from './summary.ts'

type Values = Readonly<Record<string, number>>
let made = 0
const run = (values: Values, more: Partial<RunOutcome> = {}): RunOutcome => ({
  settings: [],
  seed: '1',
  ending: 'passed',
  digest: String(++made),
  events: 1,
  values: Object.entries(values).map(([name, value]) => ({ name, value, unit: 'Count' as const })),
  expectations: [],
  ...more,
})

test('a point is the mean of its runs with the interval of Student', () => {
  const { estimate, passed, ran } = summaryOf(
    [run({ m: 1 }), run({ m: 2 }), run({ m: 3 }, { ending: 'failed' }), undefined],
    'm',
  )
  expect(estimate.mean).toBe(2)
  // t(0.975, 2) = 4.302653 of tables, times 1/√3.
  expect(estimate.high - 2).toBeCloseTo(2.4841, 4)
  expect([passed, ran]).toEqual([2, 3])
})

test('a point that cannot be run says why', () => {
  expect(summaryOf([run({}, { ending: 'refused', why: 'too high' })], 'm')).toMatchObject({ ran: 0, why: 'too high' })
})

test('what varies comes first, and what an expectation is about is shown first', () => {
  const runs = [
    run(
      { a: 1, 'p99(Api.Latency)': 5, 'sum(Q.Sent)': 2 },
      { expectations: [{ text: 'sum(Q.Sent) > 1', ok: true, measured: '2' }] },
    ),
    run({ a: 1, 'p99(Api.Latency)': 6, 'sum(Q.Sent)': 3 }),
  ]
  expect(measuresIn(runs).map(({ name }) => name)).toEqual(['p99(Api.Latency)', 'sum(Q.Sent)', 'a'])
  expect(firstMeasure(runs)).toBe('sum(Q.Sent)')
  expect(firstMeasure(runs.slice(1))).toBe('p99(Api.Latency)')
  expect(firstMeasure([])).toBeUndefined()
})

describe('B against A', () => {
  const noise = [3, -2, 1, 4, -5, 2, -1, 0, 3, -4]
  const side = (shift: number, more: (i: number) => Values = () => ({})): RunOutcome[] =>
    noise.map((chance, i) => run({ 'p99(Api.Latency)': 100 + 10 * chance + shift, ...more(i) }))

  test('the same chance on both sides goes out: a small shift is told apart, in its direction', () => {
    const found = comparisonsOf(
      side(0, (i) => ({ 'sum(C.Successes)': 50 + i })),
      side(-1 / 3, (i) => ({ 'sum(C.Successes)': 50 + i - (i % 2) - 1 })),
    )
    const verdicts = Object.fromEntries(found.map(({ name, verdict }) => [name, verdict]))
    expect(verdicts).toEqual({ 'p99(Api.Latency)': 'better', 'sum(C.Successes)': 'worse' })
  })

  test('what is the same in every pair is the same, not unknown', () => {
    expect(comparisonsOf(side(0), side(0))).toMatchObject([{ verdict: 'same', difference: { mean: 0 } }])
  })

  test('what chance may have made is open, with the seeds that would tell', () => {
    const b = noise.map((_, i) => run({ 'p99(Api.Latency)': 100 + 10 * noise[(i + 3) % noise.length] + 4 }))
    const [found] = comparisonsOf(side(0), b)
    expect(found.verdict).toBe('open')
    expect(found.pairs).toBeGreaterThan(10)
  })

  test('where no seed changes an event of either side two seeds are enough; equal values alone are not', () => {
    const two = (value: number, digest: string): RunOutcome[] =>
      ['1', '2'].map((seed) => run({ 'sum(C.Failures)': value }, { seed, digest: digest === '' ? seed : digest }))
    expect(comparisonsOf(two(471, 'a'), two(12, 'b'))[0].verdict).toBe('better')
    expect(comparisonsOf(two(471, 'a'), two(471, 'b'))[0].verdict).toBe('same')
    expect(comparisonsOf(two(471, ''), two(12, ''))[0].verdict).toBe('open')
  })

  test('where nobody knows whether less is better, it only differs', () => {
    const a = noise.map((_, i) => run({ 'sum(Api.Count)': i }))
    const b = noise.map((_, i) => run({ 'sum(Api.Count)': i + 10 + (i % 3) }))
    expect(comparisonsOf(a, b)[0].verdict).toBe('differs')
  })

  test('of two hundred measures without a difference none cries wolf', () => {
    const many = (turn: number): RunOutcome[] =>
      noise.map((_, i) =>
        run(
          Object.fromEntries(
            Array.from({ length: 200 }, (__, k) => [`sum(F${k}.Errors)`, noise[(i * 7 + k * turn) % 10] + 6 + k]),
          ),
        ),
      )
    expect(comparisonsOf(many(1), many(3)).filter(({ verdict }) => verdict !== 'open' && verdict !== 'same')).toEqual(
      [],
    )
  })
})

test('how often expectations hold, with Clopper and Pearson’s interval', () => {
  const held = heldOf([
    ...Array.from({ length: 9 }, () => run({})),
    run({}, { ending: 'failed' }),
    run({}, { ending: 'partial' }),
  ])
  expect([held.passed, held.ran]).toEqual([9, 10])
  expect(held.low).toBeCloseTo(0.555, 3)
  expect(held.high).toBeCloseTo(0.9975, 4)
})
