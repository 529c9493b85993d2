// Tests the heap of deadlines against a sorted list.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadlines } from './deadlines.ts'

describe('Deadlines', () => {
  it('hands out what it was given in order of time, then row, whatever the order of pushes and pops', () => {
    const action = fc.option(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5 })))
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const heap = new Deadlines()
        const list: [number, number][] = []
        for (const pushed of actions) {
          if (pushed !== null) {
            heap.push(pushed[0], pushed[1])
            list.push(pushed)
            list.sort((a, b) => a[0] - b[0] || a[1] - b[1])
          } else if (list.length > 0) {
            expect([heap.time, heap.row]).toEqual(list.shift())
            heap.pop()
          }
          expect(heap.count).toBe(list.length)
          expect(heap.time).toBe(list.length === 0 ? Infinity : list[0]![0])
        }
      }),
    )
  })
})
