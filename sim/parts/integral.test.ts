// The area under a level is what adding it up moment by moment gives.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Integral } from './integral.ts'

it('is the sum of the levels over time, whenever it is looked at', () => {
  const steps = fc.array(fc.record({ after: fc.nat(50), level: fc.nat(1000) }), { maxLength: 30 })
  fc.assert(
    fc.property(steps, fc.nat(100), (changes, rest) => {
      const integral = new Integral()
      let [now, level, sum] = [0, 0, 0]
      for (const change of changes) {
        for (let i = 0; i < change.after; i++) sum += level
        now += change.after
        expect(integral.upTo(now)).toBe(sum)
        if (change.level % 2 === 0) integral.set(change.level, now)
        else integral.add(change.level - level, now)
        level = change.level
      }
      for (let i = 0; i < rest; i++) sum += level
      expect(integral.upTo(now + rest)).toBe(sum)
    }),
  )
})

it('takes a change of a moment that is past', () => {
  const integral = new Integral()
  integral.add(10, 0)
  integral.add(5, 100)
  integral.addAt(-10, 40)
  expect([integral.upTo(100), integral.upTo(200)]).toEqual([400, 900])
})
