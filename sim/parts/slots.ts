// Things by a small number that stays with them, such as the argument of a timer; numbers of what has gone are given again.

export class Slots<T> {
  private readonly items: (T | undefined)[] = []
  private readonly free: number[] = []

  /** How many numbers were ever in use at once. */
  get size(): number {
    return this.items.length
  }

  /** Keeps something and returns its number. */
  put(item: T): number {
    const slot = this.free.pop() ?? this.items.length
    this.items[slot] = item
    return slot
  }

  /** What a number stands for; it must be in use. */
  at(slot: number): T {
    return this.items[slot] as T
  }

  /** Takes out what a number stands for; the number may be given again. */
  take(slot: number): T {
    const item = this.items[slot] as T
    this.items[slot] = undefined
    this.free.push(slot)
    return item
  }
}
