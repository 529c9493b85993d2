// What a broken text is told: one message a slip, at the place of the slip.
import { expect, it } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { parseDocument } from './document.ts'

/** `3 message` by offset. */
function told(text: string): string[] {
  const problems = new Problems()
  parseDocument({ name: 'a.yaml', text }, problems)
  return problems.list.map(({ message, span }) => `${span!.start} ${message}`)
}

it.each([
  ['a: {b: 1\nc: 3\n', ['3 `{` is never closed']],
  ['a: {b: [1, {c: 2]}\n', ['11 `{` is closed by `]`']],
  ['a: { b: [1, 2\n', ['8 `[` is never closed']],
  ['a: "x\nb: 1\n', ['3 the quotation mark `"` is never closed']],
  ["a: 'it\nb: [1\n", ["3 the quotation mark `'` is never closed"]],
  ['a: b: c\n', ['3 a second `key: value` begins inside a value']],
  ['a: {b: 1 c: 2}\n', ['7 a second `key: value` begins inside a value']],
  ['a:\n  b: 1\n c: 2\n', ['10 this line is indented unlike its neighbours']],
  ['a:\n\t- b\n', ['3 a tab stands in the indentation']],
  ['a: @x\n', ['3 a text may not begin with this character unless it is quoted']],
  ['a: 1\nb\nc: 2\n', ['5 a key has no colon behind it']],
  ['a: - b\n', ['3 a list begins on the line of its key']],
  ['a: [1, 2]]\n', ['9 this bracket closes nothing']],
  ['a: "\\q"\n', ['4 a backslash before this letter means nothing between `"`']],
  ['a: *\n', ['3 `*` begins an alias and has no name behind it']],
])('%j', (text, expected) => {
  expect(told(text)).toEqual(expected)
})

it('two slips on two lines are told both', () => {
  expect(told('a: @x\nb: - c\n')).toEqual([
    '3 a text may not begin with this character unless it is quoted',
    '9 a list begins on the line of its key',
  ])
})

it('what follows from a bracket that is not closed is not told, what stands before it is', () => {
  expect(told('a: @x\nb: {c: 1\nd: @y\n')).toEqual([
    '3 a text may not begin with this character unless it is quoted',
    '9 `{` is never closed',
  ])
})
