// Links say the same on both sides, and a hostile one says nothing.
import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromFragment, toFragment } from './share.ts'

test('a link to the gallery is readable and comes back whole', () => {
  const shared = {
    name: 'flash-crowd',
    edits: { knobs: { Peak: '300', Mode: 'a b&c=d#e' }, seed: '9' },
    time: 42_300_000,
  }
  const fragment = toFragment(shared)
  expect(fragment).toMatch(/^#scenario=flash-crowd&k\.Mode=.*&k\.Peak=300&seed=9&t=42\.3$/)
  expect(fromFragment(fragment)).toEqual(shared)
})

test('whatever text and parameters there are, the link brings them', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  fc.assert(
    fc.property(
      name,
      fc.string({ unit: 'grapheme', maxLength: 3000 }),
      fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,20}$/), fc.string({ maxLength: 50 })),
      (file, text, knobs) => {
        const back = fromFragment(toFragment({ name: file, text, edits: { knobs } }))
        expect(back?.name).toBe(file)
        expect(back?.text).toBe(text)
        expect({ ...back?.edits.knobs }).toEqual({ ...knobs })
      },
    ),
    { seed: 1, numRuns: 60 },
  )
})

const packed = (text: string): string => Buffer.from(deflateSync(Buffer.from(text))).toString('base64url')

test.each([
  ['nothing', ''],
  ['another fragment', '#top'],
  ['broken base64', '#s=1.%%%'],
  ['not deflated', `#s=1.${Buffer.from('hello').toString('base64url')}`],
  ['not JSON', `#s=1.${packed('hello')}`],
  ['other JSON', `#s=1.${packed('[1]')}`],
  ['another version', `#s=2.${packed('{"name":"a","text":"b"}')}`],
  ['a bomb', `#s=1.${packed(JSON.stringify({ name: 'a', text: 'x'.repeat(3_000_000) }))}`],
  ['endless', `#scenario=${'x'.repeat(300_000)}`],
])('%s is no scenario', (_, fragment) => expect(fromFragment(fragment)).toBeUndefined())

test('keys that mean something to objects are only names', () => {
  const shared = fromFragment('#scenario=a&k.__proto__=1&k.constructor=2')
  expect(Object.entries(shared?.edits.knobs ?? {})).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
  expect(shared?.edits.knobs['toString']).toBeUndefined()
})
