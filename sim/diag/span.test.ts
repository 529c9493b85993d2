// Lines and columns of spans, checked against counting by hand.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problems } from './problem.ts'
import { lineColumn, lineText, subspan } from './span.ts'

const at = (text: string, start: number, end = start) => lineColumn({ source: { name: 'x', text }, start, end })

describe('lineColumn', () => {
  it('counts lines and columns from 1, the end being the column after the last character', () => {
    expect(at('ab\ncd\n', 0, 2)).toEqual({ line: 1, column: 1, endLine: 1, endColumn: 3 })
    expect(at('ab\ncd\n', 4, 5)).toEqual({ line: 2, column: 2, endLine: 2, endColumn: 3 })
    expect(at('ab\ncd\n', 1, 4)).toEqual({ line: 1, column: 2, endLine: 2, endColumn: 2 })
  })

  it('gives a line ending to the line that it ends', () => {
    expect(at('ab\ncd', 2)).toMatchObject({ line: 1, column: 3 })
    expect(at('ab\r\ncd', 4)).toMatchObject({ line: 2, column: 1 })
    expect(at('ab\rcd', 3)).toMatchObject({ line: 2, column: 1 })
    expect(at('ab\n', 3)).toMatchObject({ line: 2, column: 1 })
  })

  it('moves offsets outside the text to its nearest end', () => {
    expect(at('ab', 9, 12)).toEqual({ line: 1, column: 3, endLine: 1, endColumn: 3 })
    expect(at('ab', -3, -1)).toEqual({ line: 1, column: 1, endLine: 1, endColumn: 1 })
    expect(at('', 0)).toEqual({ line: 1, column: 1, endLine: 1, endColumn: 1 })
    expect(at('abc', 2, 1)).toMatchObject({ column: 3, endColumn: 3 })
  })

  it('agrees with splitting the text before the offset', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r\n', '\t') })
    fc.assert(
      fc.property(text, fc.nat({ max: 40 }), (whole, offset) => {
        fc.pre(offset <= whole.length && !(whole[offset] === '\n' && whole[offset - 1] === '\r'))
        const lines = whole.slice(0, offset).split('\n')
        expect(at(whole, offset)).toMatchObject({ line: lines.length, column: lines[lines.length - 1]!.length + 1 })
      }),
    )
  })
})

it('lineText leaves the line ending out', () => {
  const source = { name: 'x', text: 'one\r\ntwo\nthree\rfour' }
  expect([1, 2, 3, 4, 5].map((line) => lineText(source, line))).toEqual(['one', 'two', 'three', 'four', ''])
})

it('subspan stays inside its span', () => {
  const span = { source: { name: 'x', text: '0123456789' }, start: 2, end: 6 }
  expect(subspan(span, 1, 2)).toMatchObject({ start: 3, end: 5 })
  expect(subspan(span, 3, 9)).toMatchObject({ start: 5, end: 6 })
  expect(subspan(span, 9, 1)).toMatchObject({ start: 6, end: 6 })
})

it('problems are collected in order, and only errors count as errors', () => {
  const problems = new Problems()
  problems.warning('never-happens', 'a warning')
  problems.note('not-simulated', 'a note')
  expect(problems.hasErrors).toBe(false)
  problems.error('yaml-syntax', 'an error', undefined, { help: 'do this' })
  expect(problems.hasErrors).toBe(true)
  expect(problems.list).toEqual([
    { slug: 'never-happens', severity: 'warning', message: 'a warning' },
    { slug: 'not-simulated', severity: 'note', message: 'a note' },
    { slug: 'yaml-syntax', severity: 'error', message: 'an error', help: 'do this' },
  ])
})
