// What a sweep runs: ranges are exact, grids whole, hypercubes even; and what cannot be read is told with what would be right.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAxis, parseSettings, valuesOf, type Axis } from './axes.ts'
import { decimalText, parseDecimal, rounded } from './decimal.ts'
import { runAt, settingsAt, sizeOf, spaceOf, type Sample, type Space } from './space.ts'

function axis(text: string, name = 'P'): Axis {
  const read = parseAxis(name, text)
  if (!read.ok) throw new Error(`${read.message}: ${read.help}`)
  return read.value
}
function values(text: string): readonly string[] {
  const read = valuesOf(axis(text))
  if (!read.ok) throw new Error(`${read.message}: ${read.help}`)
  return read.value
}
function complaint(text: string): string {
  const read = parseAxis('P', text)
  const value = read.ok ? valuesOf(read.value) : read
  return value.ok ? 'none' : `${value.message} | ${value.help}`
}
function space(sets: readonly string[], seeds: readonly string[] = ['1'], sample?: Sample): Space {
  const { axes, fixed, wrong } = parseSettings(sets)
  expect(wrong).toEqual([])
  return spaceOf(axes, fixed, seeds, sample).space!
}

describe('an axis', () => {
  test.each([
    ['10..50:20', ['10', '30', '50']],
    ['10..55:20', ['10', '30', '50']],
    ['0..1:0.1', ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1']],
    ['-1..1:1', ['-1', '0', '1']],
    ['5..5:1', ['5']],
    ['1s..3s:1s', ['1s', '2s', '3s']],
    ['1..3s:1', ['1s', '2s', '3s']],
    ['10%..30%:10%', ['10%', '20%', '30%']],
    ['100/s..300/s:100/s', ['100/s', '200/s', '300/s']],
    ['1..1000:x10', ['1', '10', '100', '1000']],
    ['1..1000:×10', ['1', '10', '100', '1000']],
    ['1..20:x1.5', ['1', '2', '3', '5', '8', '11', '17']],
    ['0.01..1.00:x10', ['0.01', '0.1', '1']],
    ['1ms..1000ms:x10', ['1ms', '10ms', '100ms', '1000ms']],
    ['a,b,c', ['a', 'b', 'c']],
    ['a, b,a', ['a', 'b']],
    ['1..3:1,10,20..40:10', ['1', '2', '3', '10', '20', '30', '40']],
    ['"a,b", "c",""', ['a,b', 'c', '']],
    ['"1..3"', ['1..3']],
  ])('%s', (text, expected) => expect(values(text)).toEqual(expected))

  test.each([
    ['10..1:1', '`P`: `10..1:1` ends before it begins | write `1..10`'],
    ['1..10', '`P=1..10` has no step | write one, such as `1..10:1`, or draw from it with `--sample N`'],
    ['1..10:0', '`P`: `1..10:0` never comes to its end | write a step above 0'],
    ['1..10:-1', '`P`: `1..10:-1` never comes to its end | write a step above 0'],
    ['1..10:x1', '`P`: `1..10:x1` never comes to its end | multiply by more than 1'],
    ['0..10:x2', '`P`: `0..10:x2` multiplies from 0 on | begin above 0, such as `1..1000:x10`'],
    ['1s..10ms:1s', '`P`: `1s..10ms:1s` mixes `ms` and `s` | write both ends and the step in one unit'],
    ['1s..10s:1m', '`P`: `1s..10s:1m` mixes `s` and `m` | write both ends and the step in one unit'],
    ['1..2:x3s', '`P`: `1..2:x3s` multiplies by a quantity | write `1..2:x3`'],
    ['1..200001:1', '`P=1..200001:1` has more than 100,000 values | take a wider step'],
    ['a,,b', '`P=a,,b` has an empty value | write `""` for a value that is empty'],
    ['', '`P=` has an empty value | write `""` for a value that is empty'],
  ])('%s is refused with help', (text, expected) => expect(complaint(text)).toBe(expected))

  test('what looks like a range and is none names an example, and an open quotation mark is seen', () => {
    for (const text of ['1..', '..5', '1...5', 'a..b', '1..5:', '1..5:2:3', '1e3..2e3:5'])
      expect(complaint(text), text).toMatch(/is no range \| expected FROM\.\.TO:STEP, such as `10\.\.120:10`/)
    expect(complaint('"a')).toMatch(/not closed/)
    expect(complaint('"a"b')).toMatch(/not closed/)
  })

  test('a range of any decimals has its first value, the same distance everywhere, and nothing beyond its end', () => {
    const decimal = fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 6 }))
    const text = (digits: number, decimals: number): string => decimalText({ digits: BigInt(digits), decimals })
    fc.assert(
      fc.property(
        decimal,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 40 }),
        ([from, places], by, n) => {
          const found = values(`${text(from, places)}..${text(from + by * n + by - 1, places)}:${text(by, places)}`)
          expect(found).toEqual(Array.from({ length: n + 1 }, (_, i) => text(from + by * i, places)))
        },
      ),
    )
  })

  test('decimals are rounded with halves away from 0, and written without zeros at their end', () => {
    const at = (written: string, places: number): string => decimalText(rounded(parseDecimal(written)!, places))
    expect([at('2.5', 0), at('-2.5', 0), at('2.449', 1), at('0.05', 1), at('7', 3)]).toEqual([
      '3',
      '-3',
      '2.4',
      '0.1',
      '7',
    ])
    expect(decimalText(parseDecimal('10.500')!)).toBe('10.5')
    expect(decimalText(parseDecimal('-0.25')!)).toBe('-0.25')
  })
})

describe('settings', () => {
  test('one value is fixed, more are an axis, in the order of writing; everything wrong is told at once', () => {
    const { axes, fixed } = parseSettings(['Z=1..3:1', 'B=x', 'A=1,2', 'C="1,2"', 'D=a=b'])
    expect(axes.map(({ name }) => name)).toEqual(['Z', 'A'])
    expect(fixed).toEqual([
      ['B', 'x'],
      ['C', '1,2'],
      ['D', 'a=b'],
    ])
    const { wrong } = parseSettings(['Z', '=1', 'Z=5..1:1', 'A=1', 'A=2'])
    expect(wrong.map(({ message }) => message)).toEqual([
      '`--set Z` has no value',
      '`--set =1` has no value',
      '`Z`: `5..1:1` ends before it begins',
      '`A` is set twice',
    ])
  })
})

describe('a grid', () => {
  test('has every combination once, the last axis first, and all seeds of a point together', () => {
    const grid = space(['B=1..3:1', 'A=x,y', 'F=9'], ['1', '2'])
    expect([grid.points, grid.runs]).toEqual([6, 12])
    const all = Array.from({ length: grid.points }, (_, i) =>
      settingsAt(grid, i)
        .map(([, value]) => value)
        .join(''),
    )
    expect(all).toEqual(['1x', '1y', '2x', '2y', '3x', '3y'])
    expect(runAt(grid, 3)).toEqual({
      settings: [
        ['A', 'y'],
        ['B', '1'],
        ['F', '9'],
      ],
      seed: '2',
    })
  })

  test('without an axis is one point', () => {
    expect(space(['F=9'], ['1', '2', '3'])).toMatchObject({ points: 1, runs: 3 })
  })

  test('of more than a million runs is refused before it is made, with its size', () => {
    const { axes } = parseSettings(['A=1..1001:1', 'B=1..1000:1'])
    const { space: none, wrong } = spaceOf(axes, [], ['1'])
    expect(none).toBeUndefined()
    expect(wrong[0]!.message).toBe('these are 1,001,000 points with one seed each, more than a million runs')
    expect(
      spaceOf(
        axes.slice(0, 1),
        [],
        Array.from({ length: 999 }, (_, i) => String(i)),
      ).wrong,
    ).toEqual([])
  })

  test('tells what is wrong with all its axes', () => {
    const { axes } = parseSettings(['A=1..5', 'B=2..8'])
    expect(spaceOf(axes, [], ['1']).wrong).toHaveLength(2)
  })
})

describe('a Latin hypercube', () => {
  const column = (cube: Space, at: number): string[] =>
    Array.from({ length: cube.points }, (_, i) => settingsAt(cube, i)[at]![1])

  test('takes one value from each equal part of every range, in other orders, the same ones each time', () => {
    const sets = ['A=0.0000..1.0000', 'B=1.000..1000.000:log', 'C=1s..100s']
    const cube = space(sets, ['1'], { points: 50, seed: '1' })
    expect(cube.points).toBe(50)
    const parts = [
      column(cube, 0).map((value) => Math.floor(Number(value) * 50)),
      column(cube, 1).map((value) => Math.floor((Math.log10(Number(value)) / 3) * 50)),
      column(cube, 2).map((value) => Math.floor(((sizeOf(value) - 0.5) / 100) * 50)),
    ]
    for (const part of parts.slice(0, 2)) expect(new Set(part).size).toBe(50)
    // Whole seconds from the half of a part belong to its neighbour, so two each.
    expect(new Set(parts[2]).size).toBeGreaterThan(40)
    expect(parts[0]).not.toEqual(parts[1])
    expect(column(cube, 2).every((value) => /^\d+s$/.test(value))).toBe(true)
    const again = space(sets, ['1'], { points: 50, seed: '1' })
    expect(column(again, 1)).toEqual(column(cube, 1))
    expect(column(space(sets, ['1'], { points: 50, seed: '2' }), 1)).not.toEqual(column(cube, 1))
  })

  test('draws from lists and stepped ranges evenly, and an axis more changes no other', () => {
    const cube = space(['A=1..4:1', 'B=x,y'], ['1'], { points: 40, seed: '1' })
    expect(cube.points, 'eight different ones').toBe(8)
    const one = space(['A=0.00000..9.00000'], ['1'], { points: 9, seed: '5' })
    const two = space(['A=0.00000..9.00000', 'B=0.00000..9.00000'], ['1'], { points: 9, seed: '5' })
    expect(column(two, 0)).toEqual(column(one, 0))
  })

  test('keeps to the ends of a range, which come as often as other values', () => {
    const cube = space(['A=1..4', 'B=0.00000..1.00000'], ['1'], { points: 4000, seed: '3' })
    const counts = ['1', '2', '3', '4'].map((value) => column(cube, 0).filter((each) => each === value).length)
    expect(counts).toEqual([1000, 1000, 1000, 1000])
  })
})
