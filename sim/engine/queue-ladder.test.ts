// Differential test: whatever is pushed in whatever mix, the ladder gives the events in the order that the heap gives.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeapQueue } from './queue-heap.ts'
import { LadderQueue } from './queue-ladder.ts'
import { capture, restore } from './snapshot.ts'

/** One phase of a hostile run: how many steps, how often a step pushes, what delays and sequence numbers look like. */
interface Phase {
  steps: number
  pushing: number
  delays: keyof typeof DELAYS
  scale: number
  randomSeqs: boolean
  clear: boolean
}

/** Delays in µs from a uniform number in [0, 1) and a scale in decades. */
const DELAYS = {
  none: () => 0,
  tiny: (u: number) => Math.floor(u * 20),
  ties: (u: number, scale: number) => Math.floor(u * 3) * 10 ** scale,
  even: (u: number, scale: number) => Math.floor(u * 10 ** scale),
  decades: (u: number) => Math.floor(10 ** (u * 12)),
  modes: (u: number) => (u < 0.88 ? Math.floor(u * 1_000) : u < 0.99 ? 1_000_000 : Math.floor((u - 0.99) * 9e10)),
}

/** A generator of its own, so that a failing run is short to print and the same everywhere. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

function sameOrder(seed: number, phases: readonly Phase[]): number {
  const heap = new HeapQueue()
  const ladder = new LadderQueue()
  const random = uniform(seed)
  let now = 0
  let seq = 0
  let most = 0
  const popBoth = (): void => {
    const taken = heap.pop()
    if (ladder.pop() !== taken) throw new Error('one queue is empty, the other is not')
    if (!taken) return
    const same = heap.time === ladder.time && heap.seq === ladder.seq
    if (!same || heap.target !== ladder.target || heap.arg !== ladder.arg) {
      throw new Error(`heap gives ${heap.time}/${heap.seq}, ladder gives ${ladder.time}/${ladder.seq}`)
    }
    now = heap.time
  }
  for (const phase of phases) {
    const delay = DELAYS[phase.delays]
    for (let step = 0; step < phase.steps; step++) {
      if (random() < phase.pushing) {
        const time = now + delay(random(), phase.scale)
        const order = phase.randomSeqs ? Math.floor(random() * 2 ** 53) : seq++
        const target = (random() * 2 ** 32) | 0
        heap.push(time, order, target, step)
        ladder.push(time, order, target, step)
      } else {
        // Now and then the loop looks ahead without taking, and what it schedules next is earlier than what it saw.
        if (heap.peek() !== ladder.peek()) throw new Error(`heap sees ${heap.peek()}, ladder sees ${ladder.peek()}`)
        if (random() < 0.8) popBoth()
      }
      if (heap.size !== ladder.size) throw new Error(`heap has ${heap.size} events, ladder has ${ladder.size}`)
    }
    most = Math.max(most, heap.size)
    if (phase.clear) {
      heap.clear()
      ladder.clear()
      now = 0
    }
  }
  while (heap.size > 0) popBoth()
  if (ladder.pop() || ladder.peek() !== Infinity) throw new Error('the ladder has more events than the heap')
  return most
}

const phase: fc.Arbitrary<Phase> = fc.record({
  steps: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5_000 })),
  pushing: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
  delays: fc.constantFrom(...(Object.keys(DELAYS) as (keyof typeof DELAYS)[])),
  scale: fc.integer({ min: 0, max: 12 }),
  randomSeqs: fc.boolean(),
  clear: fc.boolean(),
})

describe('the ladder of pending events', () => {
  it('gives the same events as the heap through any phases of growing, shrinking, ties, delays and clearing', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(phase, { minLength: 1, maxLength: 6 }), (seed, phases) => {
        sameOrder(seed, phases)
      }),
      { numRuns: 150 },
    )
  })

  it.each(Object.keys(DELAYS) as (keyof typeof DELAYS)[])(
    'gives the same events as the heap when more than 10,000 events are pending, delays: %s',
    (delays) => {
      for (const randomSeqs of [false, true]) {
        const grow: Phase = { steps: 16_000, pushing: 0.85, delays, scale: 7, randomSeqs, clear: false }
        const shrink: Phase = { ...grow, steps: 10_000, pushing: 0.2 }
        expect(sameOrder(7, [grow, shrink, { ...grow, steps: 5_000, pushing: 0.5 }])).toBeGreaterThan(10_000)
      }
    },
  )

  it('stays in order when the loop looks far ahead and then schedules near, again and again, deeper than it has rungs', () => {
    const heap = new HeapQueue()
    const ladder = new LadderQueue()
    let now = 0
    let seq = 0
    const push = (time: number): void => {
      heap.push(time, seq, 0, 0)
      ladder.push(time, seq++, 0, 0)
    }
    for (let round = 0; round < 60; round++) {
      for (let i = 0; i < 90; i++) push(now + 1_000_000 * (61 - round) + i * 1_000)
      while (heap.size > 90) {
        expect(heap.peek()).toBe(ladder.peek())
        heap.pop()
        ladder.pop()
        now = heap.time
      }
      for (let i = 0; i < 70; i++) push(now + i)
    }
    while (heap.pop()) {
      ladder.pop()
      expect([ladder.time, ladder.seq]).toEqual([heap.time, heap.seq])
    }
    expect(ladder.size).toBe(0)
  })

  it('copes with as many ties as it pleases, scheduled for now while now lasts', () => {
    const ladder = new LadderQueue()
    for (let seq = 0; seq < 20_000; seq++) ladder.push(5, 2 * seq, 0, 0)
    for (let turn = 0; turn < 10_000; turn++) {
      expect(ladder.pop()).toBe(true)
      expect(ladder.seq).toBe(turn)
      if (turn % 2 === 0) ladder.push(5, turn + 1, 0, 0)
    }
    expect(ladder.size).toBe(15_000)
  })

  it('goes on from a snapshot, its own or another queue, as it did the first time', () => {
    const ladder = new LadderQueue()
    const random = uniform(3)
    for (let seq = 0; seq < 3_000; seq++) ladder.push(Math.floor(10 ** (random() * 9)), seq, 0, seq)
    for (let i = 0; i < 1_000; i++) ladder.pop()
    const snapshot = capture(ladder)
    const rest = (queue: LadderQueue): number[] => {
      const order: number[] = []
      for (let i = 0; queue.pop(); i++) {
        order.push(queue.arg)
        if (i < 2_000) queue.push(queue.time + ((queue.arg * 7_919) % 100_003), 3_000 + i, 0, 3_000 + i)
      }
      return order
    }
    const first = rest(ladder)
    expect(first).toHaveLength(4_000)
    restore(ladder, snapshot)
    expect(rest(ladder)).toEqual(first)
    const other = new LadderQueue()
    restore(other, snapshot)
    expect(rest(other)).toEqual(first)
  })

  it('needs at most 34 bytes for each of 100,000 pending events', () => {
    const ladder = new LadderQueue()
    const random = uniform(1)
    let seq = 0
    for (let i = 0; i < 100_000; i++) ladder.push(Math.floor(random() * 2e6), seq++, 0, i)
    for (let i = 0; i < 300_000; i++) {
      ladder.pop()
      ladder.push(ladder.time + Math.floor(random() * 2e6), seq++, 0, i)
    }
    const bytes = Object.values(ladder).reduce(
      (sum, field) => sum + (ArrayBuffer.isView(field) ? field.byteLength : 0),
      0,
    )
    expect(bytes / ladder.size).toBeLessThanOrEqual(34)
  })
})
