// Links say the same on both sides, and a hostile one says nothing.
import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edits } from './edits.ts'
import { fromFragment, toFragment, type Shared } from './share.ts'

test('a link to the gallery is readable and comes back whole', () => {
  const shared = {
    name: 'flash-crowd',
    edits: { knobs: { Peak: '300', Mode: 'a b&c=d#e' }, seed: '9', variants: [] },
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
        const back = fromFragment(toFragment({ name: file, text, edits: { knobs, variants: [] } }))
        expect(back?.name).toBe(file)
        expect(back?.text).toBe(text)
        expect({ ...back?.edits.knobs }).toEqual({ ...knobs })
      },
    ),
    { seed: 1, numRuns: 60 },
  )
})

test('a link brings the files that the text names, as texts alone', () => {
  const files = { '../template.yaml': 'Resources: {}', 'counts.csv': 'n\n1\n' }
  const back = fromFragment(toFragment({ name: 'a.yaml', text: 'x', files, edits: { knobs: {}, variants: [] } }))
  expect({ ...back?.files }).toEqual(files)
  const odd = fromFragment(`#s=1.${packed('{"name":"a","text":"b","files":{"__proto__":"c","d":5,"e":"f"}}')}`)
  expect(Object.getPrototypeOf(odd?.files)).toBeNull()
  expect(Object.entries(odd?.files ?? {})).toEqual([
    ['__proto__', 'c'],
    ['e', 'f'],
  ])
  expect(fromFragment(`#s=1.${packed('{"name":"a","text":"b","files":"c"}')}`)?.files).toEqual({})
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

const shared = (edits: Partial<Edits>): Shared => ({ name: 'a', edits: { knobs: {}, variants: [], ...edits } })

test('a link brings variants, forks and what is compared with what', () => {
  const whole: Shared = {
    ...shared({
      knobs: { Peak: '300' },
      fork: { at: 180_000_000, knobs: { 'Workloads.Buyers.Scale': '2' } },
      variants: [
        { name: 'More & more', knobs: { Peak: '400' } },
        { name: '<b>', knobs: {}, fork: { at: 1, knobs: { Peak: '7' } } },
      ],
      against: 1,
    }),
    view: 'split',
  }
  expect(fromFragment(toFragment(whole))).toEqual(whole)
})

test.each([
  ['no JSON', 'v=[{&f={'],
  ['other things', 'v=7&f=[3]&a=0'],
  ['variants without names', 'v=[{"knobs":{}},null,[],{"name":3}]&a=0'],
  ['forks out of time', 'f={"at":-1,"knobs":{}}'],
  ['forks that are no moments', 'f={"at":"1","knobs":{}}&view=both'],
])('%s in place of variants are nothing', (_, text) => {
  expect(fromFragment(`#scenario=a&${text}`)).toEqual(shared({}))
})

test('variants of a link are bounded', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ name: 'n'.repeat(500), knobs: { [`K${i}`]: '1' } }))
  const back = fromFragment(toFragment(shared({ variants: many })))
  expect(back?.edits.variants).toHaveLength(12)
  expect(back?.edits.variants[0].name).toHaveLength(60)
  const hostile = '[{"name":"x","knobs":{"__proto__":"1","a":{"b":1},"c":5}}]'
  const [variant] = fromFragment(`#scenario=a&v=${hostile}`)?.edits.variants ?? []
  expect(Object.entries(variant.knobs)).toEqual([['__proto__', '1']])
  expect(({} as Record<string, unknown>)['b']).toBeUndefined()
})
