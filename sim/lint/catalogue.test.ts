// Every lint with its own example: the wrong one has it, the right one does not, and what is told helps.
import { describe, expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../test/lints.ts'
import { serviceLints } from '../services/index.ts'
import { lints } from './catalogue.ts'

describe('each lint', () => {
  for (const [slug, lint] of lints)
    test(`${slug} is found where it is wrong and not where it is right`, () => {
      const found = findingsOf(lint.wrong)
      expect(found.map((finding) => finding.slug)).toContain(slug)
      expect(slugsOf(lint.right)).not.toContain(slug)
      const told = found.find((finding) => finding.slug === slug)!.text
      expect(told).toMatch(/= help: ./)
      expect(told).toMatch(/= note: (.*; )?https:\/\/docs\.aws\.amazon\.com\/./)
      expect(told.split('\n')[0], 'begins in lower case and has no full stop').toMatch(
        /^\w+\[[a-z0-9/-]+\]: [^A-Z].*[^.]$/,
      )
      expect(told).not.toMatch(/\b(undefined|NaN|Infinity|\[object)\b/)
      expect(lint.source).toMatch(/^((N\.)?[A-Z][A-Z0-9-]+-R?\d+[,;] )*https:\/\/docs\.aws\.amazon\.com\//)
      expect(lint.text).toMatch(/^[A-Z`].*\.$/)
      for (const example of [lint.wrong, lint.right])
        expect(Math.max(...example.split('\n').map((line: string) => line.length))).toBeLessThanOrEqual(105)
      expect(lint.title).toMatch(/^[^A-Z].*[^.]$/)
    })
})

test('no slug belongs to two lints', () => {
  const slugs = serviceLints.flatMap((own) => Object.keys(own))
  expect(new Set(slugs).size).toBe(slugs.length)
  for (const slug of lints.keys()) expect(slug).toMatch(/^[a-z0-9]+\/[a-z]+(-[a-z]+)*$/)
})
