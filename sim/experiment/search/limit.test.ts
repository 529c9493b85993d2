// The search for a limit against oracles: its answers, how often it is wrong where chance is in it, and that it sees when it is misled.
import { describe, expect, it } from 'vitest'
import { coin, conductWith } from '../../../test/oracles.ts'
import { parseAxis, type Axis } from '../axis.ts'
import type { Ending } from '../types.ts'
import { limitSearch, type Limit } from './limit.ts'
import { Searching, seedsToJudge, type Rule } from './trials.ts'

const axisOf = (text: string): Axis => {
  const read = parseAxis(text)
  if (!read.ok) throw new Error(read.message)
  return read.axis
}
const seeds = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i + 1))
const ONCE: Rule = { seeds: [], probability: 0.9, confidence: 0.95 }

/** The limit by an oracle, as texts: the last value before the change, and the first after it. */
function limitOf(range: string, until: 'fail' | 'pass', holds: (value: number) => boolean, rule = ONCE) {
  const axis = axisOf(`P=${range}`)
  const search = new Searching(limitSearch({ axis, settings: [['Q', '7']], until }), rule)
  const asked = conductWith(search, (settings) => {
    expect(settings.get('Q')).toBe('7')
    return { ending: holds(Number.parseFloat(settings.get('P')!)) ? 'passed' : 'failed' }
  })
  if (!asked.result.ok) throw new Error('refused')
  const limit = asked.result.result
  const at = (index: number | undefined): string | undefined => (index === undefined ? undefined : axis.text(index))
  const { trials } = asked.result
  return {
    ...asked,
    limit,
    trials,
    answer: limit.answer,
    before: at(limit.change?.before),
    after: at(limit.change?.after),
  }
}

describe('a limit without chance', () => {
  it.each([1, 2, 3, 63, 64, 65, 998, 999])('is found wherever it is: the last that holds is %i of 1..1000', (last) => {
    const { answer, before, after, specs, limit } = limitOf('1..1000', 'fail', (value) => value <= last)
    expect([answer, before, after]).toEqual(['limit', String(last), String(last + 1)])
    expect(limit.monotone).toBe(true)
    // Two ends, ten halvings, four values to check.
    expect(specs.length).toBeLessThanOrEqual(16)
  })

  it('is looked for from either end, for what holds and for what fails', () => {
    expect(limitOf('1..1000', 'pass', (value) => value > 17)).toMatchObject({ before: '17', after: '18' })
    expect(limitOf('1000..1', 'pass', (value) => value <= 17)).toMatchObject({ before: '18', after: '17' })
    expect(limitOf('1000..1', 'fail', (value) => value > 17)).toMatchObject({ before: '18', after: '17' })
  })

  it('is as fine as the step of the range', () => {
    expect(limitOf('0.1..20:0.1', 'fail', (value) => value < 7.25)).toMatchObject({ before: '7.2', after: '7.3' })
    expect(limitOf('0s..10s:250ms', 'fail', (value) => value === 0 || value > 100)).toMatchObject({
      answer: 'limit',
      limit: { monotone: false },
    })
    expect(limitOf('1..1000:10', 'fail', (value) => value < 500)).toMatchObject({ before: '491', after: '501' })
  })

  it('of a billion values takes no more than thirty-six runs', () => {
    const { before, specs } = limitOf('0..99999999:0.1', 'fail', (value) => value <= 76_543_210.9)
    expect(before).toBe('76543210.9')
    expect(specs.length).toBeLessThanOrEqual(36)
  })

  it('is one run where the range is one value', () => {
    expect(limitOf('5..5', 'fail', () => true)).toMatchObject({ answer: 'never', specs: [{}] })
    expect(limitOf('5..5', 'fail', () => false)).toMatchObject({ answer: 'at-first', specs: [{}] })
  })
})

describe('a range without the change', () => {
  it('says that the first value already is what was looked for, and looks no further', () => {
    const { answer, specs, limit } = limitOf('1..1000', 'fail', (value) => value > 900)
    expect(answer).toBe('at-first')
    expect(specs).toHaveLength(2)
    expect(limit.changes).toHaveLength(1)
  })

  it('says that no value is, after a look at some between the ends', () => {
    const { answer, trials } = limitOf('1..1000', 'fail', () => true)
    expect(answer).toBe('never')
    expect(trials.map(({ settings, reason }) => [settings[0]![1], reason])).toEqual([
      ['1', 'end'],
      ['1000', 'end'],
      ['251', 'check'],
      ['501', 'check'],
      ['750', 'check'],
    ])
  })
})

describe('more than one change', () => {
  it('outside of the limit is seen, said, and searched by a grid for the first', () => {
    const { limit, trials, before, after } = limitOf(
      '1..1000',
      'fail',
      (value) => value < 100 || (value > 300 && value < 700),
    )
    expect(limit.monotone).toBe(false)
    expect([before, after]).toEqual(['99', '100'])
    expect(limit.changes).toHaveLength(3)
    expect(trials.filter(({ reason }) => reason === 'grid').length).toBeGreaterThan(15)
  })

  it('between equal ends is seen too', () => {
    const { limit, before, after } = limitOf('1..1000', 'fail', (value) => value < 400 || value > 600)
    expect(limit.monotone).toBe(false)
    expect([before, after]).toEqual(['399', '400'])
  })
})

describe('what cannot be run ends the search', () => {
  it.each<Ending>(['refused', 'broken'])('%s', (ending) => {
    const search = new Searching(limitSearch({ axis: axisOf('P=0..9'), settings: [], until: 'fail' }), ONCE)
    const { result, specs } = conductWith(search, (settings) => ({
      ending: settings.get('P') === '9' ? ending : 'passed',
    }))
    expect(result).toMatchObject({ ok: false, outcome: { ending, settings: [['P', '9']] } })
    expect(specs).toHaveLength(2)
  })

  it('a run that a guard stopped does not hold', () => {
    const { result } = conductWith(
      new Searching(limitSearch({ axis: axisOf('P=0..9'), settings: [], until: 'fail' }), ONCE),
      (settings) => ({ ending: Number(settings.get('P')) < 4 ? 'passed' : 'partial' }),
    )
    expect(result).toMatchObject({ ok: true, result: { change: { before: 3, after: 4 } } })
  })
})

describe('a point with several seeds', () => {
  /** One point that holds with a chance, judged anew in each of many worlds. */
  function judged(
    chance: number,
    rule: Rule,
    worlds: number,
  ): { holds: number; surelyHolds: number; sure: number; runs: number } {
    let [holds, surelyHolds, sure, runs] = [0, 0, 0, 0]
    for (let world = 0; world < worlds; world++) {
      const { result } = conductWith(
        new Searching(limitSearch({ axis: axisOf('P=1..1'), settings: [], until: 'fail' }), rule),
        (_, seed) => ({ ending: coin(`${world}/${seed}/${chance}`, chance) ? 'passed' : 'failed' }),
      )
      const trial = result.trials[0]!
      if (trial.holds) holds++
      if (trial.sure) sure++
      if (trial.sure && trial.holds) surelyHolds++
      runs += trial.outcomes.length
    }
    return { holds, surelyHolds, sure, runs: runs / worlds }
  }
  const rule: Rule = { seeds: seeds(400), probability: 0.9, confidence: 0.95 }

  it('at the very edge is told surely on either side in at most 5 % of the worlds', () => {
    const { surelyHolds, sure } = judged(0.9, rule, 400)
    // 20 of 400, and three standard deviations of luck.
    expect(surelyHolds).toBeLessThanOrEqual(33)
    expect(sure - surelyHolds).toBeLessThanOrEqual(33)
  })

  it('a little off the edge is told surely wrong in fewer, and mostly right in the end', () => {
    const below = judged(0.85, rule, 100)
    expect(below.surelyHolds).toBeLessThanOrEqual(3)
    expect(below.holds).toBeLessThanOrEqual(3)
    expect(below.sure).toBeGreaterThan(50)
    const above = judged(0.95, rule, 100)
    expect(above.sure - above.surelyHolds).toBeLessThanOrEqual(10)
    expect(above.holds).toBeGreaterThanOrEqual(90)
  })

  it('takes few runs where it is clear, and is sure', () => {
    const never = judged(0, rule, 5)
    expect(never).toEqual({ holds: 0, surelyHolds: 0, sure: 5, runs: 4 })
    const always = judged(1, rule, 5)
    expect(always).toMatchObject({ holds: 5, sure: 5 })
    expect(always.runs).toBeGreaterThan(40)
    expect(always.runs).toBeLessThan(50)
    expect(judged(0.5, rule, 40).runs).toBeLessThan(15)
  })

  it('is judged by the share of its runs when the seeds run out, and that is not sure', () => {
    const ten: Rule = { ...rule, seeds: seeds(10) }
    expect(judged(1, ten, 1)).toEqual({ holds: 1, surelyHolds: 0, sure: 0, runs: 10 })
    expect(seedsToJudge(10, 10, ten)).toBeGreaterThan(40)
    expect(seedsToJudge(10, 10, ten)).toBeLessThan(50)
    expect(seedsToJudge(9, 10, ten)).toBeUndefined()
  })

  it('whose runs are the same event for event is judged by three', () => {
    const search = new Searching(limitSearch({ axis: axisOf('P=1..1000'), settings: [], until: 'fail' }), rule)
    const { result, specs } = conductWith(
      search,
      (settings) => ({ ending: Number(settings.get('P')) < 321 ? 'passed' : 'failed' }),
      ({ settings }) => JSON.stringify(settings),
    )
    expect(result).toMatchObject({ ok: true, result: { change: { before: 319, after: 320 }, monotone: true } })
    expect(specs.length).toBeLessThanOrEqual(16 * 4)
  })

  it('whose runs were drawn and came out alike, or crashed, takes as many as any other', () => {
    const runsAt = (drawn: true | undefined, digest: string, ending: Ending): number => {
      const rule = { seeds: seeds(200), probability: 0.9, confidence: 0.95 }
      const search = new Searching(limitSearch({ axis: axisOf('P=1..1'), settings: [], until: 'fail' }), rule)
      const oracle = () => ({ ending, ...(drawn === undefined ? {} : { drawn }) })
      return conductWith(search, oracle, () => digest).specs.length
    }
    expect(runsAt(undefined, 'a', 'passed')).toBe(4)
    // Three that pass are no evidence that nine of ten do.
    expect(runsAt(true, 'a', 'passed')).toBeGreaterThan(20)
    expect(runsAt(true, '', 'passed')).toBe(runsAt(undefined, '', 'passed'))
  })

  it('leads to the same limit whatever the order of values, with the same seeds at each', () => {
    // Each seed has a limit of its own, between 500 and 600: nine of ten hold up to about 510.
    const limits = new Map(seeds(400).map((seed) => [seed, 500 + 100 * Number(`0.${seed.padStart(3, '0')}`)]))
    const { limit, before, specs } = (() => {
      const axis = axisOf('P=1..1000')
      const asked = conductWith(
        new Searching(limitSearch({ axis, settings: [], until: 'fail' }), rule),
        (settings, seed) => ({
          ending: Number(settings.get('P')) <= limits.get(seed)! ? 'passed' : 'failed',
        }),
      )
      const found = (asked.result as { result: Limit }).result
      return { limit: found, before: Number(axis.text(found.change!.before)), specs: asked.specs }
    })()
    expect(limit.monotone).toBe(true)
    expect(before).toBeGreaterThanOrEqual(500)
    expect(before).toBeLessThanOrEqual(512)
    expect(new Set(specs.map(({ seed }) => seed)).size).toBeLessThanOrEqual(400)
  })
})
