// Tests of tables and figures: what a narrow terminal does without, and how values, ranges and shares are written.
import { expect, test } from 'vitest'
import { figure, range, signed, signedPercent } from './figures.ts'
import { tableLines } from './table.ts'

const COLUMNS = [
  { head: 'Measure', side: 'left' },
  { head: 'A', side: 'right' },
  { head: 'interval', side: 'right', spared: 1 },
  { head: 'B - A', side: 'right', spared: 0 },
] as const
const name = (length: number) => 'm'.repeat(length)
const lines = (first: number, width: number) =>
  tableLines(COLUMNS, [[name(first), '12 ms', '-1 to +3 ms', '+1 ms']], width)

test('what fits is aligned, names to the left and figures to the right', () => {
  expect(lines(9, 60)).toEqual(['Measure        A     interval  B - A', 'mmmmmmmmm  12 ms  -1 to +3 ms  +1 ms'])
})

test('a table that is too wide shortens names, then spares columns, then shortens names further', () => {
  expect(lines(60, 60)[1]).toMatch(/^m{16}…m{16} {2}12 ms {2}-1 to \+3 ms {2}\+1 ms$/)
  expect(lines(60, 52)[0]).toContain('interval')
  expect(lines(60, 52)[0]).not.toContain('B - A')
  expect(lines(60, 45)[0]).not.toContain('interval')
  expect(lines(60, 20)[1]).toMatch(/^m+…m+ {2}12 ms$/)
  for (const width of [30, 45, 52, 60, 110])
    for (const line of lines(60, width)) expect(line.length).toBeLessThanOrEqual(width)
})

test('figures have their unit and their sign, a range its unit once', () => {
  expect([figure(1234, 'Milliseconds'), figure(-1.5, 'USD'), figure(0, 'Count')]).toEqual(['1.23 s', '-1.50 USD', '0'])
  expect([signed(3, 'Count'), signed(-3, 'Count'), signed(0, 'Count')]).toEqual(['+3', '-3', '0'])
  expect(range({ low: 11.9, high: 12.6 }, 'Milliseconds')).toBe('11.9 to 12.6 ms')
  expect(range({ low: 0.9, high: 12.6 }, 'Milliseconds')).toBe('900 µs to 12.6 ms')
  expect(range({ low: -2, high: 3 }, 'Count', signed)).toBe('-2 to +3')
  expect(range({ low: 1 }, 'Count')).toBe('')
  expect([0.1234, -0.0004, 0, 2.5, -0.00000093, 0.00001].map(signedPercent)).toEqual([
    ...['+12.3 %', '-0.04 %', '0 %', '+250 %', '-<0.01 %', '+<0.01 %'],
  ])
})
