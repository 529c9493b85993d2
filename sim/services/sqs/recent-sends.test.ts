// What a FIFO queue remembers, against a map that forgets by looking at every entry.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentSends, sentOf, type Sent } from './recent-sends.ts'

const SECOND = 1_000_000
const FIVE_MINUTES = 300 * SECOND

describe('recent sends', () => {
  it('are known again for five minutes, and neither earlier nor later ones take their place [SQS-41]', () => {
    const step = fc.record({
      pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 * SECOND })),
      name: fc.nat(60),
      digest: fc.option(fc.constant('d'), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
        const recent = new RecentSends()
        const plain = new Map<string, { at: number; sent: Sent }>()
        let now = 0
        for (const [i, { pause, name, digest }] of steps.entries()) {
          now += pause
          const key = `n${name}`
          const known = plain.get(key)
          const expected = known !== undefined && now - known.at < FIVE_MINUTES ? known.sent : undefined
          expect(recent.get(now, key)).toEqual(expected)
          if (expected !== undefined) continue
          recent.add(now, key, i, i + 1, digest)
          plain.set(key, { at: now, sent: sentOf(i, i + 1, digest) })
        }
      }),
    )
  })

  it('are kept in any number', () => {
    const recent = new RecentSends()
    for (let i = 0; i < 1_000; i++) recent.add(i, `n${i}`, i, i, i % 3 === 0 ? `d${i}` : undefined)
    for (let i = 0; i < 1_000; i++)
      expect(recent.get(1_000, `n${i}`)).toEqual(sentOf(i, i, i % 3 === 0 ? `d${i}` : undefined))
    expect(recent.get(FIVE_MINUTES, 'n0')).toBeUndefined()
    expect(recent.get(FIVE_MINUTES, 'n1')?.MessageId).toBe(1)
  })
})
