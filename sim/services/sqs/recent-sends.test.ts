// What a FIFO queue remembers, against a map that forgets by looking at every entry.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentSends, sentOf, WORDS, type DeduplicationId, type Sent } from './recent-sends.ts'

const SECOND = 1_000_000
const FIVE_MINUTES = 300 * SECOND

/** An id by number: every third is a hash, of which some share their first word, as texts share their hash now and then. */
function idOf(name: number): DeduplicationId {
  const words = new Uint32Array(WORDS)
  if (name % 3 !== 0) return { text: `n${name}`, words }
  words[0] = name % 2
  words[WORDS - 1] = name
  return { text: null, words }
}

describe('recent sends', () => {
  it('are known again for five minutes, and neither earlier nor later ones take their place [SQS-41]', () => {
    const step = fc.record({
      pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 * SECOND })),
      name: fc.nat(60),
      group: fc.constantFrom('', 'a', 'b'),
      digest: fc.option(fc.constant('d'), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
        const recent = new RecentSends()
        const plain = new Map<string, { at: number; sent: Sent }>()
        let now = 0
        for (const [i, { pause, name, group, digest }] of steps.entries()) {
          now += pause
          const key = `${group} ${name}`
          const known = plain.get(key)
          const expected = known !== undefined && now - known.at < FIVE_MINUTES ? known.sent : undefined
          expect(recent.get(now, group, idOf(name))).toEqual(expected)
          if (expected !== undefined) continue
          recent.add(now, group, idOf(name), i, i + 1, digest)
          plain.set(key, { at: now, sent: sentOf(i, i + 1, digest) })
        }
      }),
    )
  })

  it('are kept in any number', () => {
    const recent = new RecentSends()
    for (let i = 0; i < 1_000; i++) recent.add(i, 'g', idOf(i), i, i, i % 3 === 0 ? `d${i}` : undefined)
    for (let i = 0; i < 1_000; i++)
      expect(recent.get(1_000, 'g', idOf(i))).toEqual(sentOf(i, i, i % 3 === 0 ? `d${i}` : undefined))
    expect(recent.get(FIVE_MINUTES, 'g', idOf(0))).toBeUndefined()
    expect(recent.get(FIVE_MINUTES, 'g', idOf(1))?.MessageId).toBe(1)
  })
})
