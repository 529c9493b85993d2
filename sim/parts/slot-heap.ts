// A binary heap of slot numbers, the least first, in which every slot knows its place: any of them can be moved or taken out.

export class SlotHeap {
  size = 0
  private heap = new Int32Array(64)
  /** By slot: its place in the heap, −1 outside. */
  private place = new Int32Array(64).fill(-1)
  private major = new Float64Array(64)
  private minor = new Float64Array(64)

  /** The slot with the least key; only while there is one. */
  get top(): number {
    return this.heap[0]
  }

  /** The first part of the least key; Infinity when there is none. */
  get least(): number {
    return this.size === 0 ? Infinity : this.major[this.heap[0]]
  }

  has(slot: number): boolean {
    return slot < this.place.length && this.place[slot] !== -1
  }

  /** Puts a slot in, or moves it, by `major` and among equals by `minor`. */
  put(slot: number, major: number, minor: number): void {
    while (slot >= this.place.length) this.grow()
    let at = this.place[slot]
    if (at === -1) at = this.size++
    this.major[slot] = major
    this.minor[slot] = minor
    this.settle(at, slot)
  }

  remove(slot: number): void {
    if (!this.has(slot)) return
    const at = this.place[slot]
    this.place[slot] = -1
    const last = this.heap[--this.size]
    if (at < this.size) this.settle(at, last)
  }

  clear(): void {
    this.size = 0
    this.place.fill(-1)
  }

  /** Writes a slot at `at` or where it belongs above or below. */
  private settle(at: number, slot: number): void {
    const { heap, place } = this
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.before(slot, heap[parent])) break
      heap[at] = heap[parent]
      place[heap[at]] = at
      at = parent
    }
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.size) break
      if (child + 1 < this.size && this.before(heap[child + 1], heap[child])) child++
      if (!this.before(heap[child], slot)) break
      heap[at] = heap[child]
      place[heap[at]] = at
      at = child
    }
    heap[at] = slot
    place[slot] = at
  }

  private before(a: number, b: number): boolean {
    return this.major[a] < this.major[b] || (this.major[a] === this.major[b] && this.minor[a] < this.minor[b])
  }

  private grow(): void {
    const size = this.place.length * 2
    const heap = new Int32Array(size)
    heap.set(this.heap)
    const place = new Int32Array(size).fill(-1)
    place.set(this.place)
    const major = new Float64Array(size)
    major.set(this.major)
    const minor = new Float64Array(size)
    minor.set(this.minor)
    this.heap = heap
    this.place = place
    this.major = major
    this.minor = minor
  }
}
