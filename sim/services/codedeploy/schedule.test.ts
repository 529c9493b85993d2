// When which part of the traffic goes to a new version.
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { canary, lengthOf, linear, NAMES, predefined, routed, type Schedule } from './schedule.ts'

const MINUTE = 60_000_000

/** The part of the traffic at a time, in minutes. */
function at({ steps }: Schedule, minutes: number): number {
  return steps.reduce((percent, step) => (step.at <= minutes * MINUTE ? step.percent : percent), 0)
}
const named = (ending: string): Schedule => predefined(`CodeDeployDefault.Lambda${ending}`)!

test.each([
  ['AllAtOnce', [[0, 100]]],
  [
    'Canary10Percent5Minutes',
    [
      [0, 10],
      [4.99, 10],
      [5, 100],
    ],
  ],
  [
    'Canary10Percent10Minutes',
    [
      [0, 10],
      [9.99, 10],
      [10, 100],
    ],
  ],
  [
    'Canary10Percent15Minutes',
    [
      [0, 10],
      [14.99, 10],
      [15, 100],
    ],
  ],
  [
    'Canary10Percent30Minutes',
    [
      [0, 10],
      [29.99, 10],
      [30, 100],
    ],
  ],
  [
    'Linear10PercentEvery1Minute',
    [
      [0, 10],
      [0.99, 10],
      [1, 20],
      [8.99, 90],
      [9, 100],
    ],
  ],
  [
    'Linear10PercentEvery2Minutes',
    [
      [0, 10],
      [1.99, 10],
      [2, 20],
      [17.99, 90],
      [18, 100],
    ],
  ],
  [
    'Linear10PercentEvery3Minutes',
    [
      [0, 10],
      [2.99, 10],
      [3, 20],
      [26.99, 90],
      [27, 100],
    ],
  ],
  [
    'Linear10PercentEvery10Minutes',
    [
      [0, 10],
      [9.99, 10],
      [10, 20],
      [89.99, 90],
      [90, 100],
    ],
  ],
] as const)('%s [CDP-20, CDP-21, CDP-22]', (name, points) => {
  for (const [minutes, percent] of points) expect(at(named(name), minutes)).toBe(percent)
})

test('a linear shift ends an interval after its last step, a canary with it [CDP-23]', () => {
  expect(named('Linear10PercentEvery10Minutes')).toMatchObject({ end: 100 * MINUTE, lastInterval: 10 * MINUTE })
  expect(named('Canary10Percent5Minutes')).toMatchObject({ end: 5 * MINUTE, lastInterval: 0 })
})

test('there are nine configurations of AWS, and no others [CDP-03]', () => {
  expect(NAMES.filter((name) => predefined(name) !== undefined)).toHaveLength(9)
  for (const other of ['Canary20Percent5Minutes', 'Linear10PercentEvery1Minutes', 'Linear10PercentEvery2Minute', ''])
    expect(predefined(`CodeDeployDefault.Lambda${other}`)).toBeUndefined()
})

test('configurations of a template say the same in their own words [CDP-21, CDP-22]', () => {
  const first = { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryPercentage: 10, CanaryInterval: 5 } }
  const steady = { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearPercentage: 30, LinearInterval: 2 } }
  expect(routed(first)).toEqual(named('Canary10Percent5Minutes'))
  expect([0, 2, 4, 6].map((minutes) => at(routed(steady), minutes))).toEqual([30, 60, 90, 100])
  expect(routed({ Type: 'AllAtOnce' })).toEqual(named('AllAtOnce'))
})

test('whatever the figures, parts grow, keep their bounds and end with all of the traffic [CDP-25]', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 2880 }),
      fc.boolean(),
      (percent, minutes, whole) => {
        const schedule = whole ? canary(percent, minutes) : linear(percent, minutes)
        const { steps } = schedule
        expect([steps[0].at, steps[0].percent]).toEqual([0, percent])
        expect(steps[steps.length - 1].percent).toBe(100)
        for (let i = 1; i < steps.length; i++) {
          expect(steps[i].at - steps[i - 1].at).toBe(minutes * MINUTE)
          expect(steps[i].percent).toBeGreaterThan(steps[i - 1].percent)
        }
        expect(schedule.end).toBeGreaterThanOrEqual(lengthOf(schedule) * MINUTE)
      },
    ),
    { seed: 53 },
  )
})
