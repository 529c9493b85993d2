// Shows metric math: what an expression comes to in a period, and what is missing in it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idsIn, parseExpression, reckon } from './metric-math.ts'

const values = (of: Record<string, number | undefined>) => ({
  metrics: Object.keys(of),
  valueOf: (id: string) => of[id],
  period: 60,
})
const value = (text: string, of: Record<string, number | undefined> = {}) => reckon(parseExpression(text)!, values(of))

describe('metric math', () => {
  it('reckons with metrics and numbers, tightest first [CW-27]', () => {
    const of = { m1: 6, m2: 4, e1: 10 }
    expect(value('100 * m1 / (m1 + m2)', of)).toBe(60)
    expect(value('m1 - m2 - 1', of)).toBe(1)
    expect(value('m1 + m2 * 2 > 13 && m2 < 5', of)).toBe(1)
    expect(value('m1 == 6 AND NOTHING', of)).toBeUndefined()
    expect(value('m1 < 5 OR m2 >= 4', of)).toBe(1)
    expect(value('-m1 + .5', of)).toBe(-5.5)
    expect(value('m1 / PERIOD(m1)', of)).toBe(0.1)
    expect(value('CEIL(m1 / m2) + FLOOR(m1 / m2) + ABS(m2 - m1)', of)).toBe(5)
    expect(value('IF(m1 > m2, m1, 0)', of)).toBe(6)
    expect(value('SUM([m1, m2]) + AVG([m1, m2]) + MIN([m1, m2]) + MAX([m1, m2, 7])', of)).toBe(10 + 5 + 4 + 7)
    expect(value('SUM(METRICS())', { m1: 1, m2: 2, m3: undefined })).toBe(3)
  })

  it('is missing where a value is, or a divisor is 0, unless FILL gives one [CW-27]', () => {
    const of = { m1: 6, m2: undefined, zero: 0 }
    for (const text of ['m1 + m2', 'm2', '-m2', 'm1 / zero', 'IF(m2, 1, 2)', 'SUM([m2])', 'm1 > m2'])
      expect(value(text, of)).toBeUndefined()
    expect(value('m1 + FILL(m2, 0)', of)).toBe(6)
    expect(value('SUM([m1, m2])', of)).toBe(6)
    expect(value('IF(m1, 1, m2)', of)).toBe(1)
  })

  it('that is not simulated is no expression: functions over time, bands, searches', () => {
    for (const text of [
      '',
      'm1 +',
      'MAX(m1)',
      'RATE(m1)',
      'ANOMALY_DETECTION_BAND(m1, 2)',
      "SEARCH('x', 'Sum')",
      '(m1',
      'm1 m2',
      'IF(m1, 2)',
      'METRICS()+[',
      'ABS([m1])',
      'm1 ^ 2',
    ])
      expect(parseExpression(text)).toBeUndefined()
    expect(idsIn(parseExpression('IF(m1 > 2, SUM([m2, e1]), m1)')!)).toEqual(['m1', 'm2', 'e1', 'm1'])
  })

  it('nests a hundred deep at most, so that no text can exhaust the machine', () => {
    const nested = (n: number) => '('.repeat(n) + '1' + ')'.repeat(n)
    expect(value(nested(99))).toBe(1)
    for (const text of [nested(100), nested(1000), '-'.repeat(1500) + '1', '1' + '+1'.repeat(1024)])
      expect(parseExpression(text)).toBeUndefined()
  })

  it('means what the same signs mean in a script', () => {
    const tree = fc.letrec<{ sum: string }>((tie) => ({
      sum: fc.oneof(
        { maxDepth: 4 },
        fc.integer({ min: 0, max: 9 }).map(String),
        fc.constantFrom('a', 'b'),
        fc
          .tuple(tie('sum'), fc.constantFrom('+', '-', '*', '<', '>='), tie('sum'))
          .map(([x, op, y]) => `${x} ${op} ${y}`),
        tie('sum').map((of) => `(${of})`),
      ),
    })).sum
    fc.assert(
      fc.property(tree, (text) => {
        expect(value(text, { a: 3, b: 8 })).toBe(Number(new Function('a', 'b', `return ${text}`)(3, 8)))
      }),
    )
  })
})
