// Ranges of values as people write them: exact decimals, times of several units, downwards, and what is no range.
import { describe, expect, it } from 'vitest'
import { isRange, parseAxis, type Axis } from './axis.ts'

const axis = (text: string): Axis => {
  const read = parseAxis(text)
  if (!read.ok) throw new Error(read.message)
  return read.axis
}
const values = (text: string): string[] => {
  const made = axis(text)
  return Array.from({ length: made.count }, (_, i) => made.text(i))
}

describe('a range', () => {
  it.each([
    ['P=1..5', ['1', '2', '3', '4', '5']],
    ['P=5..2', ['5', '4', '3', '2']],
    ['P=1..10:4', ['1', '5', '9']],
    ['P=0.1..0.5:0.1', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['P=0.5..2:0.25', ['0.5', '0.75', '1', '1.25', '1.5', '1.75', '2']],
    ['P=0.9..1.1', ['0.9', '1', '1.1']],
    ['P=-1..1', ['-1', '0', '1']],
    ['P=-0.2..0.1:0.1', ['-0.2', '-0.1', '0', '0.1']],
    ['P=1s..3s', ['1s', '2s', '3s']],
    ['P=0s..1s:250ms', ['0s', '250ms', '500ms', '750ms', '1s']],
    ['P=0..2s', ['0s', '1s', '2s']],
    ['P=1.5s..1.7s', ['1500ms', '1600ms', '1700ms']],
    ['P=59s..1m', ['59s', '1m']],
    ['P=100/s..300/s:100/s', ['100/s', '200/s', '300/s']],
    ['P=0%..50%:25%', ['0%', '25%', '50%']],
    ['P=0..50%:25%', ['0%', '25%', '50%']],
    ['P=3..3', ['3']],
    ['P=128,512,1024', ['128', '512', '1024']],
    ['P=lazy,write-through', ['lazy', 'write-through']],
    ['P=1s,500ms', ['1s', '500ms']],
    ['Workloads.Shop.Scale=1..2', ['1', '2']],
    ['Faults[0].For=1m..3m', ['1m', '2m', '3m']],
  ])('%s', (text, expected) => expect(values(text)).toEqual(expected))

  it('is exact where sums of doubles are not, and keeps none of its values', () => {
    const made = axis('P=0..10000000:0.1')
    expect([made.count, made.text(3), made.text(made.count - 2)]).toEqual([100_000_001, '0.3', '9999999.9'])
  })

  it('has numbers for drawing: µs of times', () => {
    expect(axis('P=0s..1s:250ms').number(1)).toBe(250_000)
    expect(axis('P=0.5..2:0.1').number(3)).toBe(0.8)
    expect(axis('P=1s,500ms').number(1)).toBe(500_000)
    expect(axis('P=0.5,2').number(1)).toBe(2)
    expect(axis('P=b,a').number(1)).toBe(1)
  })

  it.each([
    'P',
    '=1..2',
    'P=1',
    'P=1..',
    'P=..2',
    'P=a..b',
    'P=1s..2/s',
    'P=1..2%:1s',
    'P=1..2:0',
    'P=1..2:-1',
    'P=0..1000000000',
    'P=1...3',
  ])('%s is none', (text) => expect(parseAxis(text)).toMatchObject({ ok: false, message: expect.stringMatching(/./) }))

  it('is told from other values of settings', () => {
    for (const value of ['1..2', '0.5..2:0.1', '1s..60s', '10..1', '1,2', 'a,b'])
      expect(isRange(value), value).toBe(true)
    for (const value of [
      '5',
      'a..b',
      '{ At: 1s, x: ../y }',
      '10.0.0.0/16',
      '2026-01-01',
      '..',
      ',',
      'a,',
      '{ a: 1, b: 2 }',
      'a, b',
    ])
      expect(isRange(value), value).toBe(false)
  })
})
