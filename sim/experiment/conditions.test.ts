// Tests that conditions are read as they are documented, fit their measures, and are judged by pairs.
import { describe, expect, test } from 'vitest'
import { createRng } from '../engine/rng.ts'
import { judge, parseCondition, unlikeIn, type Condition } from './conditions.ts'

const read = (text: string): Condition => {
  const found = parseCondition(text)
  if (!found.ok) throw new Error(`${found.message}; ${found.help}`)
  return found.condition
}
const shown = (text: string): string => {
  const { name, sign, amount } = read(text)
  return `${name} | ${sign} | ${amount.kind === 'share' ? `share ${amount.share}` : `${amount.quantity.value} ${amount.quantity.unit}`}`
}

describe('a condition', () => {
  test('is a measure, a direction and an amount', () => {
    expect(shown('p99(Api.Latency) +5%')).toBe('p99(Api.Latency) | 1 | share 0.05')
    expect(shown(' p99(Api.Latency) +  2.5 % ')).toBe('p99(Api.Latency) | 1 | share 0.025')
    expect(shown('p99(Api.Latency)+20 ms')).toBe('p99(Api.Latency) | 1 | 20000 duration')
    expect(shown('sum(Load.Successes) -1%')).toBe('sum(Load.Successes) | -1 | share 0.01')
    expect(shown('sum(Load.Successes) −1%')).toBe('sum(Load.Successes) | -1 | share 0.01')
    expect(shown('cost(monthly) +3 USD')).toBe('cost(monthly) | 1 | 3 money')
    expect(shown('sum(Api.5XXError) +10')).toBe('sum(Api.5XXError) | 1 | 10 count')
    expect(shown('sum(My-Queue.X) + sum(B.Y) +10')).toBe('sum(My-Queue.X) + sum(B.Y) | 1 | 10 count')
    expect(shown('p99(Api.Latency) during 2m..4m +0%')).toBe('p99(Api.Latency) during 2m..4m | 1 | share 0')
  })

  test('that is none says why and what would be one', () => {
    for (const [text, message] of [
      ['p99(Api.Latency)', '`p99(Api.Latency)` says what is measured, but not by how much it may change'],
      ['worse', '`worse` is no condition'],
      ['', '`` is no condition'],
      ['p99(Api.Latency) +', 'is no condition'],
      ['p99(Api.Latency) 5%', 'is no condition'],
      ['p99(Api) +5%', '`p99(Api) +5%`: '],
      ['p99(Api.Latency) +5 lightyears', '`5 lightyears` is no amount'],
      ['p99(Api.Latency) < 3 ms', 'is no condition'],
      ['3 +5%', 'this is the same whatever happens in the run'],
    ] as const) {
      const found = parseCondition(text)
      expect(found.ok, text).toBe(false)
      if (!found.ok) expect(found.message).toContain(message)
    }
    const found = parseCondition('worse')
    if (!found.ok) expect(found.help).toContain('`p99(Api.Latency) +5%`')
  })

  test('has an amount of the measure’s kind', () => {
    const units = { Latency: 'Milliseconds', Count: 'Count' } as const
    const unlike = (text: string) => unlikeIn(read(text), ({ metric }) => units[metric.text as keyof typeof units])
    expect(unlike('p99(Api.Latency) +20 ms')).toBeUndefined()
    expect(unlike('p99(Api.Latency) +20')).toBeUndefined()
    expect(unlike('p99(Api.Latency) +20%')).toBeUndefined()
    expect(unlike('cost(monthly) +20 USD')).toBeUndefined()
    expect(unlike('p99(Api.Latency) +20 USD')).toMatch(/compared with/)
    expect(unlike('sum(Api.Count) +20 ms')).toMatch(/compared with/)
    expect(unlike('cost(monthly) +20 ms')).toMatch(/compared with/)
  })
})

describe('judged by pairs', () => {
  const rng = createRng(1, 'conditions', 'test')
  const before = Array.from({ length: 10 }, () => 100 + 50 * rng.float())
  const risen = (share: number) => before.map((value) => value * (1 + share) + rng.float() - 0.5)
  const chances = (text: string, after: readonly number[]) => judge(read(text), 'Milliseconds', before, after, 0.95)

  test('a change beyond the amount is improbable by chance, one within it probable', () => {
    expect(chances('p99(A.L) +5%', risen(0.1)).chance).toBeLessThan(1e-4)
    expect(chances('p99(A.L) +5%', risen(0.02)).chance).toBeGreaterThan(0.999)
    expect(chances('p99(A.L) +5%', risen(0.02)).chanceKept).toBeLessThan(1e-4)
    expect(chances('p99(A.L) +5%', risen(-0.1)).chance).toBeGreaterThan(0.999)
    expect(chances('p99(A.L) -5%', risen(-0.1)).chance).toBeLessThan(1e-4)
    expect(chances('p99(A.L) -5%', risen(0.1)).chance).toBeGreaterThan(0.999)
  })

  test('an amount is in the unit of the values, whatever unit it was written in', () => {
    const after = before.map((value) => value + 20)
    const at = (text: string, unit: 'Milliseconds' | 'Seconds') => {
      const scale = unit === 'Seconds' ? 1000 : 1
      const values = (list: readonly number[]) => list.map((value) => value / scale)
      return judge(read(text), unit, values(before), values(after), 0.95).chance < 0.01
    }
    for (const unit of ['Milliseconds', 'Seconds'] as const) {
      expect([at('p99(A.L) +19 ms', unit), at('p99(A.L) +21 ms', unit)]).toEqual([true, false])
      expect([at('p99(A.L) +0.019 s', unit), at('p99(A.L) +0.021 s', unit)]).toEqual([true, false])
    }
    // A plain number is in the unit of the values.
    expect([at('p99(A.L) +19', 'Milliseconds'), at('p99(A.L) +0.021', 'Seconds')]).toEqual([true, false])
  })

  test('without data, or with one pair, nothing is claimed', () => {
    expect(judge(read('p99(A.L) +5%'), undefined, [], [], 0.95)).toEqual({
      ...{ text: 'p99(A.L) +5%', name: 'p99(A.L)', chance: 1, chanceKept: 1 },
    })
    expect(judge(read('p99(A.L) +5%'), 'Count', [1], [100], 0.95)).toMatchObject({ chance: 1, chanceKept: 1 })
  })

  test('where there was nothing before, any rise is beyond a share of it', () => {
    const none = before.map(() => 0)
    expect(judge(read('sum(A.E) +5%'), 'Count', none, [3, 4, 2, 3, 5, 4, 3, 2, 4, 3], 0.95).chance).toBeLessThan(1e-4)
  })
})
