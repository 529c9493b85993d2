// Patterns with stars and question marks, against a slower search that tries every place.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesWildcards } from './wildcards.ts'

test('a star stands for anything, a question mark for one letter [IAM-R10]', () => {
  const matching = (pattern: string, ...texts: string[]): boolean[] =>
    texts.map((text) => matchesWildcards(pattern, text))
  expect(matching('sqs:*', 'sqs:', 'sqs:SendMessage', 'sns:Publish')).toEqual([true, true, false])
  expect(matching('a?c', 'abc', 'ac', 'abbc')).toEqual([true, false, false])
  expect(matching('*a*b', 'xaxbxb', 'ab', 'ba')).toEqual([true, true, false])
  expect(matching('', '', 'a')).toEqual([true, false])
  expect(matching('a**', 'a', 'A')).toEqual([true, false])
})

test('as the search for every place of every star does', () => {
  const slow = (pattern: string, text: string): boolean =>
    pattern === ''
      ? text === ''
      : pattern[0] === '*'
        ? slow(pattern.slice(1), text) || (text !== '' && slow(pattern, text.slice(1)))
        : text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && slow(pattern.slice(1), text.slice(1))
  const of = (letters: string): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...letters), { maxLength: 9 }).map((all) => all.join(''))
  fc.assert(
    fc.property(of('ab*?'), of('ab'), (pattern, text) => matchesWildcards(pattern, text) === slow(pattern, text)),
  )
})

test('many stars cost no more than the lengths multiplied', () => {
  expect(matchesWildcards('*a'.repeat(2_000), 'a'.repeat(4_000) + 'b')).toBe(false)
})
