// Tests of the conformance runner: what counts as passed, failed, known and mended.
import { expect, test } from 'vitest'
import { matches, parseKnown, runSuite } from './runner.ts'

const fail = (): void => {
  throw new Error('one line\nand another')
}
const suite = {
  name: 'pairs',
  cases: [
    { name: 'good', run: () => {} },
    { name: 'bad', run: fail },
    { name: 'old', run: fail },
    { name: 'mended', run: () => {} },
  ],
}

test('a failure counts as failed unless it is known, and a known one that passes is reported', () => {
  const known = parseKnown('# why\n\npairs/old # AWS keeps it, we do not\npairs/mended # was wrong\n')
  expect(runSuite(suite, known, () => true)).toEqual({
    name: 'pairs',
    passed: 2,
    known: 1,
    failures: [{ name: 'pairs/bad', message: 'one line\nand another' }],
    mended: ['pairs/mended'],
  })
})

test('only chosen cases run', () => {
  expect(runSuite(suite, new Map(), (name) => matches('bad', name))).toMatchObject({
    passed: 0,
    failures: [{ name: 'pairs/bad' }],
  })
  expect(runSuite(suite, new Map(), (name) => matches('pairs', name))).toMatchObject({ passed: 2, failures: [{}, {}] })
  expect(matches('other', 'pairs/bad')).toBe(false)
})

test('a known failure needs a reason and stands there once', () => {
  expect(() => parseKnown('pairs/old')).toThrow('known-failures.txt:1: expected `suite/case # reason`')
  expect(() => parseKnown('pairs/old # ')).toThrow('expected')
  expect(() => parseKnown('a/b # x\na/b # y')).toThrow('known-failures.txt:2: `a/b` is named twice')
})
