// What a sweep shows of its runs: means whose independent values are the seeds, edges at both ends of an axis, the best among what passes.
import { describe, expect, test } from 'vitest'
import { meanOf } from '../statistics/means.ts'
import type { Ending } from '../types.ts'
import { parseSettings } from './axes.ts'
import { groupsOf } from './groups.ts'
import type { NamedUnit } from './records.ts'
import { settingsAt, spaceOf, type Sample, type Space } from './space.ts'
import { Summing, type SweepSummary } from './summary.ts'

interface Came {
  readonly ending?: Ending
  readonly values?: Readonly<Record<string, number>>
  readonly failed?: readonly string[]
  readonly why?: string
}

function summaryOf(
  sets: readonly string[],
  seeds: readonly string[],
  measures: readonly NamedUnit[],
  came: (settings: Readonly<Record<string, string>>, seed: number) => Came | undefined,
  options: { readonly asked?: boolean; readonly sample?: Sample; readonly expectations?: readonly string[] } = {},
): SweepSummary {
  const { axes, fixed } = parseSettings(sets)
  const space: Space = spaceOf(axes, fixed, seeds, options.sample).space!
  const { asked = true, expectations = [] } = options
  const summing = new Summing(space, measures, asked, expectations)
  for (let run = 0; run < space.runs; run++) {
    const settings = Object.fromEntries(settingsAt(space, Math.floor(run / seeds.length)))
    const seed = seeds[run % seeds.length]!
    const found = came(settings, Number(seed))
    if (found === undefined) continue
    const { ending = 'passed', values = {}, failed = [], why } = found
    summing.add(run, {
      ...{ settings, seed, ending, values },
      expectations: [
        ...failed.map((text) => ({ text, ok: false, measured: '' })),
        { text: 'x < 1', ok: true, measured: '' },
      ],
      ...(why === undefined ? {} : { why }),
    })
  }
  return summing.summary('a.yaml', space.runs)
}

const LATENCY: NamedUnit = { name: 'p99(A.Latency)', unit: 'Milliseconds' }
const SEEDS = ['1', '2', '3', '4']

describe('means', () => {
  test('over points are first taken of each seed, so that the interval is that of the seeds', () => {
    const value = (p: string, q: string, seed: number): number => Number(p) * 100 + Number(q) * 10 + seed * seed
    const { axes, points, pairs } = summaryOf(['P=1,2', 'Q=1..3:1'], SEEDS, [LATENCY], ({ P, Q }, seed) => ({
      values: { [LATENCY.name]: value(P!, Q!, seed) },
    }))
    const expected = meanOf(
      SEEDS.map((seed) => value('2', '2', Number(seed))),
      0.95,
    )
    expect(axes[0]!.rows[1]!.means[0]).toEqual({ n: 4, mean: expected.mean, low: expected.low, high: expected.high })
    expect(axes[1]!.rows.map(({ means }) => means[0]!.mean)).toEqual([167.5, 177.5, 187.5])
    expect(points[4]).toMatchObject({ settings: { P: '2', Q: '2' }, runs: 4, passed: 4 })
    expect(pairs[0]!.cells[1]![1]!.means[0]!.mean).toBe(expected.mean)
  })

  test('count what did not happen as 0, leave out what has no data, and know no interval of one seed', () => {
    const counts: NamedUnit = { name: 'sum(A.Errors)', unit: 'Count' }
    const { points } = summaryOf(['P=1,2'], ['1', '2'], [counts, LATENCY], ({ P }, seed) => ({
      values: P === '1' || seed === 1 ? ({} as Record<string, number>) : { 'sum(A.Errors)': 6, [LATENCY.name]: 40 },
    }))
    expect(points.map(({ means }) => means.map((mean) => mean?.mean))).toEqual([
      [0, undefined],
      [3, 40],
    ])
    expect(points[1]!.means[1]).toEqual({ n: 1, mean: 40 })
  })

  test('are of runs that came to their end; of the others the reasons are kept', () => {
    const { runs, points, reasons } = summaryOf(['P=1,2'], SEEDS, [LATENCY], ({ P }, seed) =>
      P === '1' && seed > 2
        ? { ending: seed === 3 ? 'partial' : 'refused', values: { [LATENCY.name]: 1e9 }, why: `because ${seed}` }
        : seed === 1
          ? undefined
          : { values: { [LATENCY.name]: 5 } },
    )
    expect(runs).toEqual({ all: 8, done: 6, passed: 4, failed: 0, partial: 1, refused: 1, broken: 0, crashed: 0 })
    expect(points[0]).toMatchObject({ runs: 1, passed: 1, means: [{ n: 1, mean: 5 }] })
    expect(reasons).toEqual([
      { ending: 'partial', why: 'because 3', runs: 1 },
      { ending: 'refused', why: 'because 4', runs: 1 },
    ])
  })
})

describe('an edge', () => {
  const edgeOf = (passes: (p: number, seed: number) => boolean): SweepSummary['axes'][number]['edge'] =>
    summaryOf(['P=10..50:10'], SEEDS, [LATENCY], ({ P }, seed) =>
      passes(Number(P), seed) ? {} : { ending: 'failed', failed: seed === 1 ? ['a < 1', 'b < 1'] : ['b < 1'] },
    ).axes[0]!.edge

  test('is where expectations begin to fail, with the one that fails most often', () => {
    expect(edgeOf((p, seed) => p < 30 || (p === 30 && seed > 2))).toEqual({
      kind: 'until',
      safe: '20',
      failing: '30',
      passed: 2,
      runs: 4,
      expectation: 'b < 1',
    })
    expect(edgeOf((p) => p > 30)).toMatchObject({ kind: 'from', safe: '40', failing: '30', passed: 0 })
  })

  test('is none where all pass or none does, and neither end is called safe when both fail', () => {
    expect(edgeOf(() => true)).toBeUndefined()
    expect(edgeOf(() => false)).toBeUndefined()
    expect(edgeOf((p) => p === 30)).toEqual({ kind: 'some', safe: '30', passed: 4, runs: 4 })
  })

  test('of an axis that holds a gap stops before the gap', () => {
    expect(edgeOf((p) => p !== 30)).toMatchObject({ kind: 'until', safe: '20', failing: '30' })
  })

  test('is no safer for runs that a guard stopped: what did not end has not passed', () => {
    const edgeOf = (came: (p: number, seed: number) => Ending | undefined): SweepSummary['axes'][number]['edge'] =>
      summaryOf(['P=10..40:10'], SEEDS, [], ({ P }, seed) => {
        const ending = came(Number(P), seed)
        return ending === undefined ? undefined : { ending }
      }).axes[0]!.edge
    const stopped = { kind: 'until', safe: '10', failing: '20' }
    expect(edgeOf((p, seed) => (p === 40 ? 'failed' : p === 20 && seed === 2 ? 'partial' : 'passed'))).toEqual({
      ...{ ...stopped, passed: 3, runs: 4 },
    })
    expect(edgeOf((p) => (p === 40 ? 'failed' : p === 20 ? 'crashed' : 'passed'))).toEqual({
      ...{ ...stopped, passed: 0, runs: 4 },
    })
    expect(edgeOf((p) => (p > 10 ? 'partial' : 'passed'))).toEqual({ ...stopped, passed: 0, runs: 4 })
    // Of what was not done nothing is known, and settings that the scenario refuses are none of its limits.
    for (const unknown of [undefined, 'refused'] as const)
      expect(edgeOf((p) => (p === 40 ? 'failed' : p === 20 ? unknown : 'passed'))).toMatchObject({ safe: '30' })
  })

  test('is not told of points that were drawn over several axes', () => {
    const drawn = summaryOf(
      ['P=1..100', 'Q=1..100'],
      ['1'],
      [LATENCY],
      ({ P }) => (Number(P) < 50 ? {} : { ending: 'failed' }),
      {
        sample: { points: 20, seed: '1' },
      },
    )
    expect(drawn.axes.map(({ edge }) => edge)).toEqual([undefined, undefined])
    expect(drawn.axes[0]!.rows).toHaveLength(8)
    expect(drawn.axes[0]!.rows.reduce((sum, { runs }) => sum + runs, 0)).toBe(20)
  })
})

describe('the best point', () => {
  const find = (passes: (p: string) => boolean): SweepSummary['best'] =>
    summaryOf(
      ['P=1..4:1'],
      ['1', '2'],
      [LATENCY, { name: 'sum(A.Successes)', unit: 'Count' }, { name: 'sum(A.Requests)', unit: 'Count' }],
      ({ P }) => ({
        ending: passes(P!) ? 'passed' : 'failed',
        values: { [LATENCY.name]: Number(P), 'sum(A.Successes)': Number(P) * 10, 'sum(A.Requests)': 5 },
      }),
    ).best

  test('is looked for where all runs pass, less or more as the measure wants it, and not where nobody knows', () => {
    expect(
      find((p) => p === '2' || p === '3').map(({ measure, point, isAmongPassing }) => [
        measure,
        point.settings['P'],
        isAmongPassing,
      ]),
    ).toEqual([
      [LATENCY.name, '2', true],
      ['sum(A.Successes)', '3', true],
    ])
    expect(find(() => false).map(({ point, isAmongPassing }) => [point.settings['P'], isAmongPassing])).toEqual([
      ['1', false],
      ['4', false],
    ])
  })
})

test('without being asked, what expectations name is shown first, then cost and what the axes move most; what never changes is not', () => {
  const names = [
    'p99(A.Latency)',
    'cost(monthly)',
    'sum(A.Errors)',
    'p99(B.Latency)',
    'max(C.QueueLength)',
    'sum(D.Throttles)',
    'sum(A.Requests)',
  ]
  const measures = names.map((name): NamedUnit => ({ name, unit: name.startsWith('cost') ? 'USD' : 'Count' }))
  const { measures: shown } = summaryOf(
    ['P=1..5:1'],
    SEEDS,
    measures,
    ({ P }, seed) => ({
      values: {
        'p99(A.Latency)': 5,
        'cost(monthly)': Number(P) * 3,
        'sum(A.Errors)': Number(P) * 100 + seed,
        'p99(B.Latency)': 7,
        'max(C.QueueLength)': Number(P) + seed * 50,
        'sum(D.Throttles)': Number(P) * 1000 + seed,
        'sum(A.Requests)': Number(P) * 1e6,
      },
    }),
    { asked: false, expectations: ['p99(A.Latency) < 300 ms', 'alarm(X) == OK'] },
  )
  expect(shown.map(({ name }) => name)).toEqual([
    'p99(A.Latency)',
    'cost(monthly)',
    'sum(D.Throttles)',
    'sum(A.Errors)',
  ])
})

test('many values are put together with their neighbours, each in one row', () => {
  const values = Array.from({ length: 100 }, (_, i) => String(i))
  const groups = groupsOf(values, false)
  expect(groups).toHaveLength(20)
  expect(groups[1]).toEqual({ label: '5 to 9', size: 7, places: [5, 6, 7, 8, 9] })
  expect(groups.flatMap(({ places }) => places)).toEqual(values.map(Number))
  expect(groupsOf(['a', 'b'], false)).toEqual([
    { label: 'a', places: [0] },
    { label: 'b', places: [1] },
  ])
})
