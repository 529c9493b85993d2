// How a flaw of a small text becomes a problem of a file.
import { expect, it } from 'vitest'
import { Problems } from '../diag/problem.ts'
import { parseDistribution } from './distribution.ts'
import { oneOf, quote, reportFlaw } from './outcome.ts'
import type { Flaw } from './outcome.ts'

const text = 'Compute: lognorml(p50=1ms, p99=2ms)'
const start = text.indexOf('lognorml')
const span = { source: { name: 'x.yaml', text }, start, end: text.length }

function flawOf(inner: string): Flaw {
  const outcome = parseDistribution(inner, 'duration')
  if (outcome.ok) throw new Error('read without a flaw')
  return outcome
}

it('a flaw is told at its place in the file, with its label and help', () => {
  const problems = new Problems()
  reportFlaw(problems, flawOf(text.slice(start)), span)
  const [problem] = problems.list
  expect(problem).toMatchObject({ slug: 'unknown-distribution', severity: 'error', label: 'did you mean `lognormal`?' })
  expect(text.slice(problem!.span!.start, problem!.span!.end)).toBe('lognorml')
})

it('a flaw of a text that the file writes otherwise is told of the whole', () => {
  const problems = new Problems()
  reportFlaw(problems, flawOf(text.slice(start)), span, false)
  expect(problems.list[0]!.span).toBe(span)
})

it('texts in messages are quoted and cut, names are listed', () => {
  expect(quote('a'.repeat(100))).toBe(`\`${'a'.repeat(57)}...\``)
  expect([oneOf([]), oneOf(['a']), oneOf(['a', 'b', 'c'])]).toEqual(['', '`a`', '`a`, `b` or `c`'])
})
