// The idle environments once more, for picks that do not go by last use: a heap by age, or a bag to draw from.
import type { Rng } from '../../engine/rng.ts'

export class IdleBag {
  count = 0
  /** 1 = the smallest serial first, −1 = the greatest first, 0 = any. */
  private readonly order: number
  private rows = new Int32Array(16)
  /** By environment: its place in `rows`, and its serial. */
  private place = new Int32Array(16)
  private serial = new Float64Array(16)

  constructor(order: 1 | -1 | 0) {
    this.order = order
  }

  /** The environment to take next; it stays in the bag until it is removed. The bag is not empty. */
  pick(rng: Rng): number {
    return this.rows[this.order === 0 ? rng.below(this.count) : 0]
  }

  add(row: number, serial: number): void {
    if (this.count === this.rows.length) this.rows = widened(this.rows, new Int32Array(this.rows.length * 2))
    while (row >= this.place.length) {
      this.place = widened(this.place, new Int32Array(this.place.length * 2))
      this.serial = widened(this.serial, new Float64Array(this.serial.length * 2))
    }
    this.serial[row] = serial
    this.put(row, this.count++)
    this.rise(this.count - 1)
  }

  remove(row: number): void {
    const place = this.place[row]
    const last = this.rows[--this.count]
    if (last === row) return
    this.put(last, place)
    this.rise(place)
    this.sink(this.place[last])
  }

  private rise(from: number): void {
    let at = from
    while (at > 0 && this.before(at, (at - 1) >> 1)) {
      this.swap(at, (at - 1) >> 1)
      at = (at - 1) >> 1
    }
  }

  private sink(from: number): void {
    let at = from
    for (;;) {
      let best = at
      if (2 * at + 1 < this.count && this.before(2 * at + 1, best)) best = 2 * at + 1
      if (2 * at + 2 < this.count && this.before(2 * at + 2, best)) best = 2 * at + 2
      if (best === at) return
      this.swap(at, best)
      at = best
    }
  }

  /** Serials are unique, so this is a total order; in a bag without order nobody is before anybody. */
  private before(a: number, b: number): boolean {
    return (this.serial[this.rows[a]] - this.serial[this.rows[b]]) * this.order < 0
  }

  private swap(a: number, b: number): void {
    const row = this.rows[a]
    this.put(this.rows[b], a)
    this.put(row, b)
  }

  private put(row: number, place: number): void {
    this.rows[place] = row
    this.place[row] = place
  }
}

function widened<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
