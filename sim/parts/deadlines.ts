// A heap of (time, row), the earliest first: moments that cannot be kept in order by simply queueing them.
//
// Entries are never taken out of the middle: whoever pops one asks its row whether the moment still means something.

export class Deadlines {
  /** Entries, those that have lost their meaning included. */
  count = 0
  private times = new Float64Array(16)
  private rows = new Int32Array(16)

  /** The earliest time, in µs; Infinity when there is none. */
  get time(): number {
    return this.count === 0 ? Infinity : this.times[0]
  }

  /** The row of the earliest time; among equal times the smallest row. */
  get row(): number {
    return this.rows[0]
  }

  push(time: number, row: number): void {
    if (this.count === this.times.length) this.grow()
    let at = this.count++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.before(time, row, parent)) break
      this.times[at] = this.times[parent]
      this.rows[at] = this.rows[parent]
      at = parent
    }
    this.times[at] = time
    this.rows[at] = row
  }

  /** Takes the earliest entry away. */
  pop(): void {
    const last = --this.count
    const time = this.times[last]
    const row = this.rows[last]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= last) break
      if (child + 1 < last && this.before(this.times[child + 1], this.rows[child + 1], child)) child++
      if (this.before(time, row, child)) break
      this.times[at] = this.times[child]
      this.rows[at] = this.rows[child]
      at = child
    }
    this.times[at] = time
    this.rows[at] = row
  }

  clear(): void {
    this.count = 0
  }

  private before(time: number, row: number, at: number): boolean {
    return time < this.times[at] || (time === this.times[at] && row < this.rows[at])
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2)
    times.set(this.times)
    this.times = times
    const rows = new Int32Array(this.rows.length * 2)
    rows.set(this.rows)
    this.rows = rows
  }
}
