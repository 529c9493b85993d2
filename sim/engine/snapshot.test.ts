// Copies of object graphs: sharing kept, what is frozen shared, living objects reused where they correspond.
import { describe, expect, it } from 'vitest'
import { capture, restore } from './snapshot.ts'

class Room {
  count = 0
  rows = new Int32Array(4)
  list: unknown[] = []
  map = new Map<string, { n: number }>()
  payload: unknown = null
  other: Room | null = null
}

describe('a restore', () => {
  it('puts back numbers, arrays, maps and typed arrays, in the objects that live', () => {
    const room = new Room()
    room.rows[2] = 7
    room.list.push({ a: 1 }, 'b')
    room.map.set('x', { n: 1 })
    const snapshot = capture(room)
    const { rows, list, map } = room
    room.count = 9
    room.rows[2] = 8
    room.list.push('c')
    room.map.get('x')!.n = 2
    room.map.set('y', { n: 3 })
    restore(room, snapshot)
    expect(room.count).toBe(0)
    expect(room.rows).toBe(rows)
    expect([...room.rows]).toEqual([0, 0, 7, 0])
    expect(room.list).toBe(list)
    expect(room.list).toEqual([{ a: 1 }, 'b'])
    expect(room.map).toBe(map)
    expect([...room.map]).toEqual([['x', { n: 1 }]])
  })

  it('takes a typed array that has grown since back to its old length', () => {
    const room = new Room()
    const snapshot = capture(room)
    room.rows = new Int32Array(8)
    restore(room, snapshot)
    expect(room.rows.length).toBe(4)
  })

  it('keeps what two places share shared, cycles included', () => {
    const room = new Room()
    const shared = { n: 1 }
    room.list.push(shared, shared)
    room.other = room
    const snapshot = capture(room)
    const fork = new Room()
    restore(fork, snapshot)
    expect(fork.other).toBe(fork)
    expect(fork.list[0]).toBe(fork.list[1])
    expect(fork.list[0]).not.toBe(shared)
  })

  it('shares frozen objects and never writes into one', () => {
    const frozen = Object.freeze({ deep: 1 })
    const room = new Room()
    room.payload = { changeable: 1 }
    const snapshot = capture(room)
    room.payload = frozen
    restore(room, snapshot)
    expect(room.payload).toEqual({ changeable: 1 })
    expect(frozen).toEqual({ deep: 1 })
    room.payload = frozen
    const other = new Room()
    restore(other, capture(room))
    expect(other.payload).toBe(frozen)
  })

  it('can be done again from the same snapshot, whatever the copies have done since', () => {
    const room = new Room()
    room.list.push({ a: 1 })
    const snapshot = capture(room)
    for (let i = 0; i < 3; i++) {
      restore(room, snapshot)
      expect(room.list).toEqual([{ a: 1 }])
      ;(room.list[0] as { a: number }).a = 5
    }
  })
})
