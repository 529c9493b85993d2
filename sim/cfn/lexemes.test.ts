// Comments of a text, and what only looks like one.
import { expect, test } from 'vitest'
import { commentsOf } from './lexemes.ts'

const texts = (text: string): string[] => commentsOf({ name: 'x.yaml', text }).map((comment) => comment.text)

test('comments stand on lines of their own, behind values and inside flows', () => {
  expect(texts('# top\na: 1 # behind\nb: { c: 2, # within\n  d: 3 }\n# end')).toEqual([
    '# top',
    '# behind',
    '# within',
    '# end',
  ])
})

test('a number sign inside a scalar begins none', () => {
  expect(
    texts('a: |\n  # a script\n  echo # here\nb: "x # y"\nc: a#b\nd: >-\n  # folded\ne: it\n  # between\n'),
  ).toEqual(['# between'])
  expect(texts('{ "a": "# no" }')).toEqual([])
})

test('each knows its place, behind a byte order mark and with Windows line ends too', () => {
  for (const text of ['\ufeffa: 1 # x\r\nb: 2 # y\r\n', '---\na: 1\n# x\n...\n', 'a: |\r\n  text\r\n# y\r\n'])
    for (const { text: comment, span } of commentsOf({ name: 'x.yaml', text }))
      expect(text.slice(span.start, span.end)).toBe(comment)
})
