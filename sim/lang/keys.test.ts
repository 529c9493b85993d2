// Keys of the scenario language: every form, names by index, and mistakes with their place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosesKeys, keyName, parseKeys } from './keys.ts'
import type { KeyNames, KeySpec } from './keys.ts'
import type { Flaw } from './outcome.ts'
import { createKeySampler } from '../engine/keys.ts'
import { createRng } from '../engine/rng.ts'

function read(text: string, prefix?: string): KeySpec {
  const outcome = parseKeys(text, prefix)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.value
}
function flawOf(text: string): Flaw & { at: string } {
  const outcome = parseKeys(text)
  if (outcome.ok) throw new Error(`read as ${JSON.stringify(outcome.value)}`)
  return { ...outcome, at: text.slice(outcome.offset, outcome.offset + outcome.length) }
}
const names = (spec: KeySpec, indices: readonly number[]): string[] =>
  indices.map((index) => keyName(spec.names, index))

describe('keys', () => {
  it.each([
    ['zipf(n=1000, s=1.1)', { kind: 'zipf', n: 1000, s: 1.1 }],
    ['zipf(10)', { kind: 'zipf', n: 10, s: 1 }],
    ['hot(key=tenant-7, share=0.6, of=1000)', { kind: 'hot', share: 0.6, of: 1000 }],
    ['hot(share=60%, of=10)', { kind: 'hot', share: 0.6, of: 10 }],
    ['uniform(n=50)', { kind: 'uniform', n: 50 }],
    ['sequence', { kind: 'sequence' }],
    ['sequence()', { kind: 'sequence' }],
    ['uuid', { kind: 'uuid' }],
    ['choice(a: 0.7, b: 0.3)', { kind: 'choice', weights: [0.7, 0.3] }],
    ["choice('new york': 70%, b: 30%)", { kind: 'choice', weights: [0.7, 0.3] }],
  ])('%s', (text, distribution) => {
    expect(read(text).distribution).toEqual(distribution)
  })

  it('are numbered from 1 after the name of what they identify', () => {
    expect(names(read('uniform(n=5)', 'tenant-'), [0, 4])).toEqual(['tenant-1', 'tenant-5'])
    expect(names(read('zipf(n=5, prefix=shop/)', 'tenant-'), [0, 4])).toEqual(['shop/1', 'shop/5'])
    expect(names(read('sequence'), [0, 1])).toEqual(['1', '2'])
    expect(names(read('choice(a: 0.7, b: 0.3)'), [0, 1])).toEqual(['a', 'b'])
  })

  it('put the hot one among its kind', () => {
    expect(names(read('hot(key=tenant-3, share=0.6, of=5)'), [0, 1, 2, 3, 4])).toEqual([
      'tenant-3',
      'tenant-1',
      'tenant-2',
      'tenant-4',
      'tenant-5',
    ])
    expect(names(read('hot(key=t007, share=0.6, of=9)'), [0, 1, 7])).toEqual(['t007', 't001', 't008'])
    expect(names(read('hot(key=acme, share=0.6, of=9)'), [0, 1, 2])).toEqual(['acme', 'acme-2', 'acme-3'])
    expect(names(read('hot(share=0.6, of=3)', 'tenant-'), [0, 1, 2])).toEqual(['tenant-1', 'tenant-2', 'tenant-3'])
    expect(names(read('hot(key=t0, share=0.6, of=9)'), [0, 1, 2])).toEqual(['t0', 't1', 't2'])
  })

  it('of different indices have different names', () => {
    const spec = fc.oneof(
      fc.constant<KeyNames>({ kind: 'uuid' }),
      fc
        .constantFrom('a1', 'a01', 'a0', 'a00', 'a10', 'a', '7', 'x-000000012')
        .map((key) => read(`hot(key=${key}, share=0.5, of=100)`).names),
    )
    fc.assert(
      fc.property(spec, fc.maxSafeNat(), fc.maxSafeNat(), (of, a, b) => {
        fc.pre(a !== b)
        expect(keyName(of, a)).not.toBe(keyName(of, b))
      }),
    )
    for (const key of ['a1', 'a01', 'a0', 'a00', 'a10', 'a', '7']) {
      const all = names(
        read(`hot(key=${key}, share=0.5, of=200)`),
        Array.from({ length: 200 }, (_, index) => index),
      )
      expect(new Set(all).size).toBe(200)
    }
  })

  it('of kind uuid look like UUIDs of version 4', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    fc.assert(
      fc.property(fc.maxSafeNat(), (index) => {
        expect(keyName({ kind: 'uuid' }, index)).toMatch(form)
      }),
    )
    const all = new Set(
      Array.from({ length: 100_000 }, (_, index) => keyName({ kind: 'uuid' }, (index * 4294967296) / 2048)),
    )
    expect(all.size).toBe(100_000)
  })

  it('are drawn as texts with the shares that were asked for', () => {
    const spec = read('hot(key=tenant-7, share=0.6, of=1000)')
    const sampler = createKeySampler(spec.distribution)
    const rng = createRng('7', 'Shoppers', 'tenant')
    let hot = 0
    for (let i = 0; i < 20_000; i++) if (keyName(spec.names, sampler.index(rng)) === 'tenant-7') hot++
    expect(Math.abs(hot / 20_000 - 0.6)).toBeLessThan(0.015)
  })

  it.each([
    ['zipff(n=10)', 'unknown-keys', 'zipff', 'did you mean `zipf`?'],
    ['UUID', 'unknown-keys', 'UUID', 'did you mean `uuid`?'],
    ['hot(key=a, shared=0.6, of=10)', 'unknown-argument', 'shared', 'did you mean `share`?'],
    ['hot(key=a, share=1.6, of=10)', 'out-of-range', '1.6', undefined],
    ['hot(key=a, share=0.6)', 'missing-argument', 'hot(key=a, share=0.6)', undefined],
    ['zipf(n=0, s=1)', 'out-of-range', '0', undefined],
    ['zipf(n=2000000, s=1)', 'out-of-range', '2000000', undefined],
    ['zipf(n=2.5, s=1)', 'not-whole', '2.5', undefined],
    ['zipf(n=10, s=-1)', 'negative', '-1', undefined],
    ['zipf(n=10, s=101)', 'out-of-range', '101', undefined],
    ['uniform', 'missing-argument', 'uniform', undefined],
    ['uuid(5)', 'too-many-arguments', '5', undefined],
    ['choice(a: 0.7, b: 0.2)', 'weights-not-one', 'choice(a: 0.7, b: 0.2)', undefined],
    ['choice(a: 0.7, a: 0.3)', 'duplicate-argument', 'a', undefined],
    ['choice(a, b)', 'missing-weight', 'a', undefined],
    ['choice()', 'missing-argument', 'choice()', undefined],
  ])('%s is refused as %s at `%s`', (text, slug, at, label) => {
    expect(flawOf(text)).toMatchObject({ slug, at })
    expect(flawOf(text).label).toBe(label)
  })

  it('are told apart from distributions of quantities and from plain text', () => {
    const all = [
      'uuid',
      'sequence',
      'uniform(n=3)',
      'uniform(1ms, 2ms)',
      'zipf(n=1)',
      'choice',
      'lognormal(p50=1B, p99=2B)',
      'acme',
      'hot(',
      'choice(a: 1)',
    ]
    expect(all.map(choosesKeys)).toEqual([true, true, true, false, true, false, false, false, true, true])
  })
})
