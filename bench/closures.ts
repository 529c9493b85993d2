// What one would write first: a binary heap of objects, each with the closure to run. A peer in every benchmark.
export interface Entry {
  readonly time: number
  readonly seq: number
  readonly run: () => void
  dead: boolean
}

export class Closures {
  now = 0
  private seq = 0
  private readonly heap: Entry[] = []

  after(delay: number, run: () => void): Entry {
    const entry = { time: this.now + delay, seq: this.seq++, run, dead: false }
    const heap = this.heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(entry, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
    return entry
  }

  /** Runs the next entry that is not dead. */
  step(): void {
    for (;;) {
      const heap = this.heap
      const first = heap[0]!
      const last = heap.pop()!
      if (heap.length > 0) this.sink(last)
      this.now = first.time
      if (first.dead) continue
      first.run()
      return
    }
  }

  private sink(entry: Entry): void {
    const heap = this.heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, entry)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = entry
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq)
}
