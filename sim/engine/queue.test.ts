// The promises every set of pending events keeps: total order, ties, reuse.
import { describe, expect, it } from 'vitest'
import { HeapQueue } from './queue-heap.ts'
import { createQueue } from './queue.ts'
import type { EventQueue } from './queue.ts'

function drain(queue: EventQueue): number[][] {
  const out: number[][] = []
  while (queue.pop()) out.push([queue.time, queue.seq, queue.target, queue.arg])
  return out
}

describe.each([
  ['the heap', (): EventQueue => new HeapQueue()],
  ['the queue of the kernel', createQueue],
])('%s', (_, create) => {
  it('is empty at first: the earliest time is Infinity and pop is refused', () => {
    const queue = create()
    expect(queue.size).toBe(0)
    expect(queue.peek()).toBe(Infinity)
    expect(queue.pop()).toBe(false)
  })

  it('gives events by time, whatever the order they came in', () => {
    const queue = create()
    const times = Array.from({ length: 500 }, (_, i) => (i * 7919) % 500)
    times.forEach((time, i) => queue.push(time, i, time + 1, -time))
    expect(queue.size).toBe(500)
    expect(queue.peek()).toBe(0)
    expect(drain(queue).map(([time, , target, arg]) => [time, target, arg])).toEqual(
      Array.from({ length: 500 }, (_, i) => [i, i + 1, 0 - i]),
    )
    expect(queue.size).toBe(0)
  })

  it('breaks ties by the smaller sequence number, not by arrival', () => {
    const queue = create()
    const seqs = Array.from({ length: 300 }, (_, i) => (i * 7919) % 300)
    for (const seq of seqs) queue.push(5_000, seq, seq, 0)
    expect(drain(queue).map(([, seq]) => seq)).toEqual(Array.from({ length: 300 }, (_, i) => i))
  })

  it('tells apart sequence numbers beyond 32 bits', () => {
    const queue = create()
    queue.push(7, 2 ** 52 + 1, 1, 0)
    queue.push(7, 1, 2, 0)
    queue.push(7, 2 ** 32 + 1, 3, 0)
    queue.push(7, 2 ** 52, 4, 0)
    expect(drain(queue).map(([, , target]) => target)).toEqual([2, 3, 4, 1])
  })

  it('keeps times up to 2^53 − 1 and int32 targets and arguments exact', () => {
    const queue = create()
    queue.push(2 ** 53 - 1, 0, -(2 ** 31), 2 ** 31 - 1)
    queue.push(2 ** 53 - 2, 1, 2 ** 31 - 1, -(2 ** 31))
    queue.push(0, 2, 0, 0)
    expect(drain(queue)).toEqual([
      [0, 2, 0, 0],
      [2 ** 53 - 2, 1, 2 ** 31 - 1, -(2 ** 31)],
      [2 ** 53 - 1, 0, -(2 ** 31), 2 ** 31 - 1],
    ])
  })

  it('takes an event pushed at the time of the last pop before any later one, by sequence among its peers', () => {
    const queue = create()
    for (let i = 0; i < 100; i++) queue.push(10, 2 * i, i, 0)
    queue.push(11, 0, 999, 0)
    expect(queue.pop()).toBe(true)
    queue.push(10, 3, 1000, 0)
    expect(queue.peek()).toBe(10)
    const seqs = drain(queue).map(([, seq]) => seq)
    expect(seqs).toEqual([2, 3, ...Array.from({ length: 98 }, (_, i) => 2 * i + 4), 0])
  })

  it('is as new after clear, and time may start again from 0', () => {
    const queue = create()
    for (let i = 0; i < 1_000; i++) queue.push(i * 1_000_003, i, i, i)
    for (let i = 0; i < 500; i++) queue.pop()
    queue.clear()
    expect(queue.size).toBe(0)
    expect(queue.peek()).toBe(Infinity)
    expect(queue.pop()).toBe(false)
    queue.push(3, 1, 30, 0)
    queue.push(2, 2, 20, 0)
    expect(drain(queue)).toEqual([
      [2, 2, 20, 0],
      [3, 1, 30, 0],
    ])
  })
})
