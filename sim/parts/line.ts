// A line of those who wait: in at the end, out at the front, each in constant time on average.

/** Below so many gone ones the front is not cut off. */
const LEAST_CUT = 32

export class Line<T> {
  private items: T[] = []
  /** Those before it have gone. */
  private head = 0

  get length(): number {
    return this.items.length - this.head
  }

  /** The one at a place, 0 = the front. */
  at(place: number): T {
    return this.items[this.head + place]
  }

  push(item: T): void {
    this.items.push(item)
  }

  /** Takes out the one at the front; undefined when nobody is there. */
  shift(): T | undefined {
    if (this.length === 0) return undefined
    const first = this.items[this.head++]
    // Half of it at least has gone since the last cut: each is moved once on average.
    if (this.head >= LEAST_CUT && 2 * this.head >= this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return first
  }

  /** Puts one before the place. */
  insert(place: number, item: T): void {
    this.items.splice(this.head + place, 0, item)
  }

  /** Takes out the one at a place: at the front as fast as `shift`. */
  remove(place: number): void {
    if (place === 0) this.shift()
    else this.items.splice(this.head + place, 1)
  }

  clear(): void {
    this.items = []
    this.head = 0
  }
}
