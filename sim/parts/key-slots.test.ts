// Slots against Redis's own values, and how many keys move when a node is added.
import { describe, expect, it } from 'vitest'
import { crc16, HashRing, moduloNode, shardOfSlot, SLOTS, slotOf } from './key-slots.ts'

const KEYS = Array.from({ length: 20_000 }, (_, i) => `key-${i}`)
const nodes = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.0.0.${i + 1}:11211`)

function moved(from: (key: string) => number, to: (key: string) => number): number {
  return KEYS.filter((key) => from(key) !== to(key)).length / KEYS.length
}

describe('slots', () => {
  it('are CRC16 of the key or its tag modulo 16,384 [EC-R3]', () => {
    // The check value of the algorithm, and what CLUSTER KEYSLOT answers.
    expect(crc16('123456789')).toBe(0x31c3)
    expect(slotOf('foo')).toBe(12182)
    expect(slotOf('bar')).toBe(5061)
    expect(slotOf('{user1000}.following')).toBe(slotOf('user1000'))
    expect(slotOf('foo{}{bar}')).toBe(crc16('foo{}{bar}') % SLOTS)
    expect(slotOf('foo{{bar}}zap')).toBe(slotOf('{bar'))
    expect(slotOf('ключ')).toBe(crc16('ключ') % SLOTS)
  })

  it('are divided evenly among shards, in ranges', () => {
    for (const shards of [1, 2, 3, 7, 90]) {
      const of = Array.from({ length: SLOTS }, (_, slot) => shardOfSlot(slot, shards))
      expect(of).toEqual([...of].sort((a, b) => a - b))
      const counts = Array.from({ length: shards }, (_, shard) => of.filter((each) => each === shard).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })
})

describe('clients of Memcached', () => {
  it('move half of the keys from one node to two, a tenth from nine to ten, by consistent hashing [EC-V1]', () => {
    const ring = (count: number): ((key: string) => number) => {
      const made = new HashRing(nodes(count))
      return (key) => made.nodeOf(key)
    }
    // A hundred and sixty points a node leave shares uneven by some 8 %.
    expect(Math.abs(moved(ring(1), ring(2)) - 0.5)).toBeLessThan(0.1)
    expect(Math.abs(moved(ring(9), ring(10)) - 0.1)).toBeLessThan(0.03)
    // What moves goes to the new node and nowhere else.
    const [before, after] = [ring(9), ring(10)]
    expect(KEYS.every((key) => before(key) === after(key) || after(key) === 9)).toBe(true)
  })

  it('move nine of ten keys by the rest of a division [EC-R2, EC-V1]', () => {
    const share = moved(
      (key) => moduloNode(key, 9),
      (key) => moduloNode(key, 10),
    )
    expect(Math.abs(share - 0.9)).toBeLessThan(0.01)
  })
})
