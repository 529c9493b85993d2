// Numbers and moments as people read them.
import { expect, test } from 'vitest'
import { axisMoment, inUnit, moment, number, percent, seconds, perSecond, unbroken, usd } from './words.ts'

test.each([
  [0, '0'],
  [0.001, '< 0.01'],
  [0.423, '0.42'],
  [12.54, '12.5'],
  [1839.6, '1,840'],
  [3_240_000, '3.24M'],
  [NaN, '–'],
])('the number %d is %s', (value, text) => expect(number(value)).toBe(text))

test.each([
  [0, '0 s'],
  [0.00034, '340 µs'],
  [0.0041, '4.1 ms'],
  [1.42, '1.42 s'],
  [725, '12m 5s'],
  [7380, '2h 3m'],
])('%d seconds are %s', (value, text) => expect(seconds(value)).toBe(text))

test.each([
  [42_300_000, '00:42.300', '42.3 s'],
  [324_000_000, '05:24.000', '5:24'],
  [240_000_000, '04:00.000', '4 min'],
  [116_640_000_000, '32:24:00.000', '32 h 24 min'],
])('the moment %d µs is %s, on the axis %s', (us, clock, axis) => {
  expect(moment(us)).toBe(clock)
  expect(axisMoment(us)).toBe(axis)
})

test('units of readings', () => {
  expect([
    inUnit(0.5, 'share'),
    inUnit(480, '1/s'),
    inUnit(1400, 'ms'),
    inUnit(12, 'messages'),
    percent(0.034),
  ]).toEqual(['50%', '480/s', '1.4 s', '12 messages', '3.4%'])
})

test('what comes rarely is told by the minute or the hour', () => {
  expect([480, 0.1, 0.05, 1 / 60, 0.01, 2 / 3600, 0].map(perSecond)).toEqual([
    '480/s',
    '0.1/s',
    '3/min',
    '1/min',
    '36/h',
    '2/h',
    '0/s',
  ])
})

test('no line begins with the unit of a figure', () => {
  expect(unbroken('34 % of 6,000 in 1.1 s, 3 min later; 7 seconds, 2 hands')).toBe(
    '34\u00a0% of 6,000 in 1.1\u00a0s, 3\u00a0min later; 7 seconds, 2 hands',
  )
})

test('amounts have cents from a dollar on, three digits below', () => {
  expect([0, 0.0321, 0.99, 1, 1204.5, -458.2].map(usd)).toEqual([
    ...['0 USD', '0.0321 USD', '0.99 USD', '1.00 USD', '1,204.50 USD', '-458.20 USD'],
  ])
})
