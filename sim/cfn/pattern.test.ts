// Patterns of parameters against the platform's own engine, and against a pattern that would stall it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern, PatternSteps } from './pattern.ts'

const matches = (pattern: string, text: string): boolean | undefined => compilePattern(pattern)?.matches(text)

test('a pattern matches the whole text [CFN-R3]', () => {
  expect(matches('[a-z]+', 'abc')).toBe(true)
  expect(matches('[a-z]+', 'abc1')).toBe(false)
  expect(matches('^[a-zA-Z][a-zA-Z0-9-]{2,5}$', 'a-b1')).toBe(true)
  expect(matches('(\\d{1,3})\\.(\\d{1,3})', '10.255')).toBe(true)
  expect(matches('(a|bc)*x?', 'abcabcx')).toBe(true)
  expect(matches('[^@]+@[^@]+\\.[^@]+', 'someone@example.com')).toBe(true)
})

test('what needs backtracking is not compiled', () => {
  expect(compilePattern('(?!a)b')).toBe(undefined)
  expect(compilePattern('(a)\\1')).toBe(undefined)
  expect(compilePattern('((a{1,999}){1,999}){1,999}')).toBe(undefined)
})

test('a pattern that stalls a backtracking engine takes time linear in the text', () => {
  expect(matches('(a+)+$', `${'a'.repeat(4000)}b`)).toBe(false)
})

test('it agrees with the platform on small patterns', () => {
  const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '\\w', '(a|b)', '(?:ab)', 'a{2}', 'b{0,2}')
  const piece = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?'))
    .map(([part, times]) => (part.endsWith('}') ? part : part + times))
  const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[abc]{0,8}$/), (source, text) => {
      expect(matches(source, text)).toBe(new RegExp(`^(?:${source})$`).test(text))
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('a pattern that would take millions of steps is given up: for all patterns of a template together', () => {
  const steps = new PatternSteps()
  const before = performance.now()
  const answers = Array.from({ length: 50 }, () =>
    compilePattern('(((a{0,99}){0,99})*)*b', steps)?.matches('a'.repeat(4000)),
  )
  expect(answers.every((answer) => answer === undefined)).toBe(true)
  expect(performance.now() - before).toBeLessThan(3000)
  expect(compilePattern('(a*)*b')?.matches('a'.repeat(200))).toBe(false)
})
