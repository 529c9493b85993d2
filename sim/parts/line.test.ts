// A line beside a list: the same is done to both, and both must be the same.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Line } from './line.ts'

it('a line does what a list does, whatever is done to it', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), place: fc.constant(0) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('shift' as const), place: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('insert', 'remove', 'clear'), place: fc.nat(200) }) },
  )
  fc.assert(
    fc.property(fc.nat(100), fc.array(step, { maxLength: 300 }), (start, steps) => {
      const line = new Line<number>()
      const list: number[] = []
      for (let i = 0; i < start; i++) {
        line.push(-i)
        list.push(-i)
      }
      steps.forEach(({ kind, place }, i) => {
        const at = Math.min(place, list.length)
        if (kind === 'push') {
          line.push(i)
          list.push(i)
        } else if (kind === 'shift') expect(line.shift()).toBe(list.shift())
        else if (kind === 'insert') {
          line.insert(at, i)
          list.splice(at, 0, i)
        } else if (kind === 'remove' && at < list.length) {
          line.remove(at)
          list.splice(at, 1)
        } else if (kind === 'clear' && place < 20) {
          line.clear()
          list.length = 0
        }
      })
      expect(Array.from({ length: line.length }, (_, i) => line.at(i))).toEqual(list)
    }),
    { numRuns: 200 },
  )
})
