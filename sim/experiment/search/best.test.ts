// The search for the best settings against oracles: all of a small space, a valley of a large one, nothing that holds, and what it may miss.
import { describe, expect, it } from 'vitest'
import { conductWith } from '../../../test/oracles.ts'
import { parseAxis, type Axis } from '../axis.ts'
import { bestSearch, POINTS_MAX, type BestQuestion } from './best.ts'
import { bestReport } from './best-report.ts'
import { Searching, type Rule } from './trials.ts'

const axisOf = (text: string): Axis => {
  const read = parseAxis(text)
  if (!read.ok) throw new Error(read.message)
  return read.axis
}
const RULE: Rule = { seeds: [], probability: 0.9, confidence: 0.95 }

function bestOf(
  ranges: readonly string[],
  holds: (...values: number[]) => boolean,
  cost: (...values: number[]) => number,
  more: Partial<BestQuestion> = {},
) {
  const axes = ranges.map(axisOf)
  const question: BestQuestion = { axes, settings: [['Q', '7']], measure: 'cost(monthly)', wanted: 'least', ...more }
  const asked = conductWith(new Searching(bestSearch(question), RULE), (settings) => {
    const values = axes.map(({ name }) => Number(settings.get(name)))
    const value = { name: 'cost(monthly)', value: cost(...values), unit: 'USD' as const }
    return { ending: holds(...values) ? 'passed' : 'failed', values: Number.isNaN(value.value) ? [] : [value] }
  })
  if (!asked.result.ok) throw new Error('refused')
  const { result, trials } = asked.result
  const found =
    result.settings === undefined ? undefined : axes.map(({ name }) => Number(new Map(result.settings).get(name)))
  const said = { scenario: 'a.yaml', rule: RULE, measures: new Map(), reproduce: 'again', commandOf: () => 'run' }
  return { ...asked, ...result, found, report: bestReport(question, result, trials, said) }
}

describe('a small space', () => {
  it('is judged whole, so the best is the best, wherever it lies', () => {
    const { method, found, specs, report } = bestOf(
      ['A=1..10', 'B=1..20'],
      (a, b) => a * b >= 37,
      (a, b) => 3 * a + b + (a === 5 && b === 9 ? -9 : 0),
    )
    expect(method).toBe('all')
    expect(found).toEqual([5, 9])
    expect(specs).toHaveLength(200)
    expect(report.best).toMatchObject({
      settings: { A: '5', B: '9', Q: '7' },
      holds: true,
      measured: { mean: 15, unit: 'USD' },
      command: 'run',
    })
    expect(report.points).toHaveLength(200)
    expect(report.points[0]).toMatchObject({ settings: { A: '1', B: '1' }, holds: false })
    // Of what would be better nothing holds; the next better one is told.
    expect(report.firstFailing!.value).toMatch(/^A=\d, B=\d+$/)
    const [a, b] = report.firstFailing!.value.match(/\d+/g)!.map(Number)
    expect([a! * b! < 37, 3 * a! + b!]).toEqual([true, 15])
  })

  it('may be asked for the most', () => {
    expect(
      bestOf(
        ['A=1..30'],
        (a) => a <= 17,
        (a) => a,
        { wanted: 'most' },
      ).found,
    ).toEqual([17])
  })

  it('without anything that holds has no best', () => {
    const { found, report } = bestOf(
      ['A=1..30'],
      () => false,
      (a) => a,
    )
    expect(found).toBeUndefined()
    expect(report.best).toBeUndefined()
    expect(report.firstFailing!.value).toBe('A=1')
  })

  it('leaves out points of which there is nothing to measure', () => {
    expect(
      bestOf(
        ['A=1..30'],
        () => true,
        (a) => (a < 4 ? NaN : a),
      ).found,
    ).toEqual([4])
  })
})

describe('a large space', () => {
  it('with one valley leads to its lowest point that holds, in far fewer runs', () => {
    const { method, found, specs } = bestOf(
      ['A=1..1000', 'B=128..3008'],
      () => true,
      (a, b) => (a - 371) * (a - 371) + ((b - 1777) * (b - 1777)) / 4,
    )
    expect(method).toBe('compass')
    expect(found).toEqual([371, 1777])
    expect(specs.length).toBeLessThan(250)
  })

  it('goes down to the edge of what holds', () => {
    expect(
      bestOf(
        ['A=1..100000'],
        (a) => a >= 54_321,
        (a) => a,
      ).found,
    ).toEqual([54_321])
    const { found } = bestOf(
      ['A=1..1000', 'B=1..1000'],
      (a, b) => a >= 230 && b >= 417,
      (a, b) => 2 * a + b,
    )
    expect(found).toEqual([230, 417])
  })

  it('ends where no neighbour is better, also where that is not the best of all', () => {
    // Two valleys: a wide one around 800 and a narrow, deeper one at 333, which no point of the coarse grid is in.
    const { found } = bestOf(
      ['A=1..1000'],
      () => true,
      (a) => (Math.abs(a - 333) < 5 ? -100 : Math.abs(a - 800)),
    )
    expect(found).toEqual([800])
  })

  it('says when nothing of the coarse grid holds', () => {
    const { found, specs } = bestOf(
      ['A=1..1000', 'B=1..1000'],
      () => false,
      (a) => a,
    )
    expect(found).toBeUndefined()
    expect(specs).toHaveLength(25)
  })

  it('is given up when it takes too long, with the best so far', () => {
    // A narrow ridge: every step is a small gain.
    const { cut, found, specs } = bestOf(
      ['A=1..20000', 'B=1..20000'],
      (a, b) => Math.abs(a - 2 * b) <= 1,
      (a, b) => -a - b,
    )
    expect(specs.length).toBeLessThanOrEqual(POINTS_MAX)
    expect(found![0]! + found![1]!).toBeGreaterThan(15_100)
    expect(cut).toBe(true)
  })

  it('does not judge a point twice', () => {
    const { specs } = bestOf(
      ['A=1..1000', 'B=1..1000'],
      (a, b) => a * b > 40_000,
      (a, b) => a + 2 * b,
    )
    expect(new Set(specs.map(({ settings }) => JSON.stringify(settings))).size).toBe(specs.length)
  })
})
