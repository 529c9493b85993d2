// The definition of recovery on made-up courses: back at once, late, never, for a while; load that ends, latency that stays, too little to tell.
import { describe, expect, it } from 'vitest'
import { courseOf, DEFAULT_RULE, isOverloaded, recoveryOf, type Course, type RecoveryRule } from './recovery.ts'

const SECOND = 1_000_000
/** A minute and a half at ten a second; the disturbance lasts from 30 s to 35 s. */
const STEPS = 90
const TRIGGER = { from: 30 * SECOND, to: 35 * SECOND }

function course(
  goodput: (second: number) => number,
  ms: (second: number) => number = () => 100,
  steps = STEPS,
  offered: (second: number) => number = () => 10,
): Course {
  const successes = Array.from({ length: steps }, (_, second) => goodput(second))
  return {
    every: SECOND,
    requests: successes.map((_, second) => offered(second)),
    successes,
    latency: successes.map((n, second) => n * ms(second) * 1000),
  }
}
const steady = course(() => 10)
const judge = (disturbed: Course, rule: RecoveryRule = DEFAULT_RULE, undisturbed = steady) =>
  recoveryOf(rule, disturbed, undisturbed, TRIGGER)

describe('a system that comes back', () => {
  it('at once has a recovery time of nothing, and lost what the disturbance took', () => {
    expect(judge(course((s) => (s >= 30 && s < 35 ? 0 : 10)))).toEqual({ state: 'recovers', after: 0, lost: 50 })
    expect(judge(steady)).toEqual({ state: 'recovers', after: 0, lost: 0 })
  })

  it('after a while has the time from the end of the disturbance to the first stretch that is good', () => {
    expect(judge(course((s) => (s >= 30 && s < 52 ? 0 : 10)))).toMatchObject({ state: 'recovers', after: 16 * SECOND })
    // The stretch that begins at 51 s misses one second of ten: within 10 %.
    expect(
      judge(
        course((s) => (s >= 30 && s < 52 ? 0 : 10)),
        { within: 0.05, hold: 10 * SECOND },
      ),
    ).toMatchObject({
      after: 17 * SECOND,
    })
  })

  it('may miss the share that is allowed, and no more', () => {
    const at = (share: number) => course((s) => (s < 30 ? 10 : 10 * share))
    expect(judge(at(0.91)).state).toBe('recovers')
    expect(judge(at(0.89)).state).toBe('stays-down')
    expect(judge(at(0.75), { within: 0.3, hold: 10 * SECOND }).state).toBe('recovers')
  })

  it('may catch up: more than usual is no fault', () => {
    expect(judge(course((s) => (s >= 30 && s < 35 ? 0 : s < 40 ? 20 : 10)))).toEqual({
      state: 'recovers',
      after: 0,
      lost: 0,
    })
  })
})

describe('a system that does not', () => {
  it('stays down', () => {
    expect(judge(course((s) => (s < 30 ? 10 : 3)))).toEqual({ state: 'stays-down', lost: 420 })
    expect(judge(course((s) => (s < 30 ? 10 : 0))).state).toBe('stays-down')
  })

  it('relapses when it is back and down again at the end', () => {
    expect(judge(course((s) => ((s >= 30 && s < 40) || s >= 70 ? 2 : 10))).state).toBe('relapses')
    expect(judge(course((s) => (s >= 60 && s < 65 ? 0 : 10))).state).toBe('recovers')
  })

  it('is not saved by load that ends, nor by the queue that empties then', () => {
    const load = (s: number): number => (s < 60 ? 10 : 0)
    const undisturbed = course(load, undefined, STEPS, load)
    const drains = course((s) => (s < 30 ? 10 : s < 61 ? 0 : 10))
    expect(judge(drains, DEFAULT_RULE, undisturbed).state).toBe('stays-down')
    expect(
      judge(
        course((s) => (s < 30 ? 10 : s < 45 ? 0 : load(s))),
        DEFAULT_RULE,
        undisturbed,
      ).state,
    ).toBe('recovers')
  })

  it('may answer all requests and still be too slow', () => {
    const slow = course(
      () => 10,
      (s) => (s < 30 ? 100 : 900),
    )
    expect(judge(slow).state).toBe('stays-down')
    expect(judge(slow, { within: 0.1, hold: 10 * SECOND }).state).toBe('recovers')
    expect(judge(slow, { within: 0.1, hold: 10 * SECOND, slower: 10 }).state).toBe('recovers')
    const drains = course(
      () => 10,
      (s) => (s < 30 ? 100 : Math.max(100, 2000 - (s - 35) * 100)),
    )
    expect(judge(drains)).toMatchObject({ state: 'recovers', after: 15 * SECOND })
  })

  it('that a guard ended counts as nothing from there on', () => {
    expect(judge({ ...course(() => 10), successes: Array.from({ length: 40 }, () => 10) }).state).toBe('stays-down')
  })
})

describe('what cannot be told', () => {
  it('too little load after the disturbance', () => {
    const short = course(() => 10, undefined, 40)
    expect(recoveryOf(DEFAULT_RULE, short, short, TRIGGER).state).toBe('too-short')
    const exactly = course(() => 10, undefined, 45)
    expect(recoveryOf(DEFAULT_RULE, exactly, exactly, TRIGGER).state).toBe('recovers')
    expect(recoveryOf(DEFAULT_RULE, short, short, { from: 39 * SECOND, to: 50 * SECOND }).state).toBe('too-short')
    const stops = (s: number): number => (s < 36 ? 10 : 0)
    const ends = course(stops, undefined, STEPS, stops)
    expect(judge(ends, DEFAULT_RULE, ends).state).toBe('too-short')
  })

  it('a load that is too high without any disturbance', () => {
    expect(
      isOverloaded(
        DEFAULT_RULE,
        course(() => 8),
        30 * SECOND,
      ),
    ).toBe(true)
    expect(
      isOverloaded(
        DEFAULT_RULE,
        course((s) => (s < 30 ? 0 : 10)),
        30 * SECOND,
      ),
    ).toBe(false)
    expect(
      isOverloaded(
        DEFAULT_RULE,
        course(() => 9.2),
        0,
      ),
    ).toBe(false)
    expect(
      isOverloaded(
        DEFAULT_RULE,
        course(() => 0, undefined, 0),
        0,
      ),
    ).toBe(false)
  })
})

it('one request more or less is never what decides where there are few', () => {
  const sparse = course((s) => (s % 5 === 0 ? 1 : 0))
  const late = course((s) => (s % 5 === 1 && s !== 56 ? 1 : 0))
  expect(judge(late, DEFAULT_RULE, sparse).state).toBe('recovers')
})

it('clients are added up, also where one has fewer steps', () => {
  const one = { requests: [1, 2, 3], successes: [1, 1, 1], latency: [5, 5, 5] }
  const other = { requests: [10], successes: [9], latency: [50] }
  expect(courseOf(SECOND, [one, other])).toEqual({
    every: SECOND,
    requests: [11, 2, 3],
    successes: [10, 1, 1],
    latency: [55, 5, 5],
  })
})
