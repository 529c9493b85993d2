// The pending events in a plain heap: small enough to be right by reading, the oracle of the fast queue's tests.
//
// A 4-ary heap: the children of entry i are entries 4i+1 … 4i+4, and no child comes before its parent. Entries move by
// columns; a hole travels up (push) or down (pop) and the entry in hand is written once, where the hole stops.
import type { EventQueue } from './queue.ts'

/** Pending events in a 4-ary heap. Exact for every `time` and `seq` from 0 to 2^53; O(log n) per event. */
export class HeapQueue implements EventQueue {
  size = 0
  time = 0
  seq = 0
  target = 0
  arg = 0
  private times = new Float64Array(64)
  private seqs = new Float64Array(64)
  private targets = new Int32Array(64)
  private args = new Int32Array(64)

  push(time: number, seq: number, target: number, arg: number): void {
    if (this.size === this.times.length) this.grow()
    const { times, seqs } = this
    let hole = this.size++
    while (hole > 0) {
      const parent = (hole - 1) >> 2
      if (times[parent] < time || (times[parent] === time && seqs[parent] <= seq)) break
      this.move(parent, hole)
      hole = parent
    }
    this.write(hole, time, seq, target, arg)
  }

  peek(): number {
    return this.size === 0 ? Infinity : this.times[0]
  }

  pop(): boolean {
    if (this.size === 0) return false
    const { times, seqs } = this
    this.time = times[0]
    this.seq = seqs[0]
    this.target = this.targets[0]
    this.arg = this.args[0]
    const last = --this.size
    const time = times[last]
    const seq = seqs[last]
    let hole = 0
    for (let first = 1; first < last; first = 4 * hole + 1) {
      let least = first
      const end = Math.min(first + 4, last)
      for (let i = first + 1; i < end; i++) {
        if (times[i] < times[least] || (times[i] === times[least] && seqs[i] < seqs[least])) least = i
      }
      if (time < times[least] || (time === times[least] && seq <= seqs[least])) break
      this.move(least, hole)
      hole = least
    }
    this.move(last, hole)
    return true
  }

  clear(): void {
    this.size = 0
  }

  private move(from: number, to: number): void {
    this.write(to, this.times[from], this.seqs[from], this.targets[from], this.args[from])
  }

  private write(at: number, time: number, seq: number, target: number, arg: number): void {
    this.times[at] = time
    this.seqs[at] = seq
    this.targets[at] = target
    this.args[at] = arg
  }

  private grow(): void {
    const length = 2 * this.times.length
    const times = new Float64Array(length)
    const seqs = new Float64Array(length)
    const targets = new Int32Array(length)
    const args = new Int32Array(length)
    times.set(this.times)
    seqs.set(this.seqs)
    targets.set(this.targets)
    args.set(this.args)
    this.times = times
    this.seqs = seqs
    this.targets = targets
    this.args = args
  }
}
