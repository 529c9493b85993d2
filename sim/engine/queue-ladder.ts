// The pending events on a ladder of buckets: each event is moved a few times in sequence instead of compared log n times.
//
//   time ──►    now     horizon
//               │  run  │
//   rung 2      │       ▏▁▏▃▏▂▏▁▏                                  about 9 events to a bucket: the next one becomes the run
//   rung 1      │       └───────┘▏▆▏▅▏▇▏▅▏                         a bucket of more than 32 becomes the rung below
//   rung 0      │                └───────┘▏█▏▇▏█▏▇▏▇▏▆▏▅▏▄▏▃▏
//   far         │                                           └───► unsorted, later than every rung; the next rung 0
//
// A bucket is an unsorted list of chunks, so adding an event is one write. When a bucket's turn comes, it is sorted into
// the run if it is small, else dealt out over the buckets of a new, finer rung whose width fits its crowd; so the widths
// follow the density of events wherever in time it changes, and nothing is ever measured or rebuilt. Events earlier than
// the horizon are inserted into the run; a run that grows too long becomes a rung too. What no rung can part (many
// unsorted events in one microsecond) waits in a plain heap, and the run stays empty until the heap is.
import { HeapQueue } from './queue-heap.ts'
import type { EventQueue } from './queue.ts'

/** log2 of the records in a chunk; a record takes 24 bytes: time, seq; target, arg. */
const CHUNK_BITS = 5
const CHUNK = 1 << CHUNK_BITS
/** Most buckets in a rung, a power of two: so many that a million events are moved twice, not three times. */
const FAN = 4096
/** A rung takes the numbers of this many buckets, or a multiple: one word of marks, a mark for each word of bits. */
const BLOCK = 1024
/** Most rungs: widths fall at least 16-fold from rung to rung, except below a run that was opened too early. */
const RUNGS = 24
/** Most events that a new rung aims to have in each bucket. */
const AIM = 12
/** A bucket of up to this many events is sorted: it is one chunk. */
const SMALL = CHUNK
/** Times within a bucket are cut to this many steps for sorting, so that step and place in the bucket fit in 31 bits. */
const KEYS = 0x80000000 / CHUNK
/** A run of this length takes no more events. */
const LONG = 64
/** A run with room for half as many ties gives it back, if it is also more than an eighth of what is pending. */
const HUGE = 8192
/** The far list is kept like a bucket; bucket i of rung r has number 1 + starts[r] + i. */
const FAR = 0

/** Pending events on a ladder of buckets. Exact for every `time` and `seq` from 0 to 2^53 − 1; about O(1) per event. */
export class LadderQueue implements EventQueue {
  size = 0
  time = 0
  seq = 0
  target = 0
  arg = 0

  // The run: events earlier than the horizon, latest first, so that the next one is at the end.
  private horizon = Infinity
  private runSize = 0
  private runKeys = new Float64Array(2 * LONG)
  private runWork = new Int32Array(2 * LONG)
  private readonly crowd = new HeapQueue()

  // Rungs, coarsest first: from `bases` to `ends`, the buckets' widths and 1 / width, where their buckets are numbered
  // from, and which buckets have events: a bit for each, a mark for each word of bits.
  private depth = 0
  private readonly bases = new Float64Array(RUNGS)
  private readonly ends = new Float64Array(RUNGS)
  private readonly widths = new Float64Array(RUNGS)
  private readonly scales = new Float64Array(RUNGS)
  private readonly starts = new Int32Array(RUNGS + 1)
  private marks = new Int32Array(1)
  private bits = new Int32Array(BLOCK / 32)

  // Buckets, four integers each: events, first chunk, last chunk, unused. Made as rungs are first used.
  private buckets = new Int32Array(4 * (1 + BLOCK))

  // Doubles on their way from one method to another: as arguments of a call that is not inlined they would be put on the
  // garbage-collected heap. Time and seq of the event in hand; start and end of the bucket in hand.
  private readonly hand = new Float64Array(2)
  private readonly span = new Float64Array(2)

  // Chunks of records, linked; the free ones too.
  private keys = new Float64Array(2 * CHUNK * 16)
  private work = new Int32Array(2 * CHUNK * 16)
  private links = new Int32Array(16)
  private usedChunks = 0
  private freeChunk = -1

  // Keys of the records of a bucket while it is sorted.
  private readonly order = new Int32Array(SMALL)

  push(time: number, seq: number, target: number, arg: number): void {
    this.hand[0] = time
    this.hand[1] = seq
    this.size++
    this.place(target, arg)
  }

  peek(): number {
    if (this.runSize === 0 && !this.open()) {
      this.hand[0] = this.crowd.peek()
      return this.hand[0]
    }
    return this.runKeys[2 * this.runSize - 2]
  }

  pop(): boolean {
    if (this.runSize === 0 && !this.open()) return this.popCrowd()
    const at = 2 * --this.runSize
    this.size--
    this.time = this.runKeys[at]
    this.seq = this.runKeys[at + 1]
    this.target = this.runWork[at]
    this.arg = this.runWork[at + 1]
    return true
  }

  clear(): void {
    this.size = 0
    this.horizon = Infinity
    this.runSize = 0
    this.crowd.clear()
    this.depth = 0
    this.marks.fill(0)
    this.bits.fill(0)
    this.buckets.fill(0)
    this.usedChunks = 0
    this.freeChunk = -1
  }

  private popCrowd(): boolean {
    const crowd = this.crowd
    if (!crowd.pop()) return false
    this.size--
    this.time = crowd.time
    this.seq = crowd.seq
    this.target = crowd.target
    this.arg = crowd.arg
    return true
  }

  /** Puts the event in hand where it belongs. */
  private place(target: number, arg: number): void {
    const time = this.hand[0]
    if (time < this.horizon) {
      this.insert(target, arg)
      return
    }
    let bucket = FAR
    for (let rung = this.depth - 1; rung >= 0; rung--) {
      if (time < this.ends[rung]) {
        bucket = 1 + this.starts[rung] + (((time - this.bases[rung]) * this.scales[rung]) | 0)
        break
      }
    }
    const at = this.room(bucket)
    this.keys[at] = time
    this.keys[at + 1] = this.hand[1]
    this.work[at] = target
    this.work[at + 1] = arg
  }

  /** Counts one more event in a bucket and returns where its record goes. */
  private room(bucket: number): number {
    const cell = 4 * bucket
    const count = this.buckets[cell]
    if ((count & (CHUNK - 1)) === 0) this.addChunk(bucket, count)
    this.buckets[cell] = count + 1
    return 2 * ((this.buckets[cell + 2] << CHUNK_BITS) + (count & (CHUNK - 1)))
  }

  /** Inserts the event in hand, which is before the horizon, into the run. */
  private insert(target: number, arg: number): void {
    if (this.runSize >= LONG && this.crowd.size === 0) {
      this.partRun(target, arg)
      return
    }
    const { hand, runKeys, runWork } = this
    const time = hand[0]
    const seq = hand[1]
    if (this.crowd.size > 0) {
      this.crowd.push(time, seq, target, arg)
      return
    }
    let at = 2 * this.runSize++
    while (at > 0 && (runKeys[at - 2] < time || (runKeys[at - 2] === time && runKeys[at - 1] < seq))) {
      runKeys[at] = runKeys[at - 2]
      runKeys[at + 1] = runKeys[at - 1]
      runWork[at] = runWork[at - 2]
      runWork[at + 1] = runWork[at - 1]
      at -= 2
    }
    runKeys[at] = time
    runKeys[at + 1] = seq
    runWork[at] = target
    runWork[at + 1] = arg
  }

  /** Empties a run too long, and the event in hand, into a rung (the far list if no rung is above) or the crowd. */
  private partRun(target: number, arg: number): void {
    const { hand, span, runKeys, runWork } = this
    const count = this.runSize
    const time = hand[0]
    const seq = hand[1]
    span[0] = Math.min(time, runKeys[2 * count - 2])
    span[1] = this.horizon
    const parts = span[1] - span[0] > 1 && this.depth < RUNGS
    if (parts) {
      if (span[1] < Infinity) this.addRung(count)
      this.horizon = span[0]
    }
    this.runSize = 0
    for (let at = 2 * count - 2; at >= 0; at -= 2) {
      hand[0] = runKeys[at]
      hand[1] = runKeys[at + 1]
      if (parts) this.place(runWork[at], runWork[at + 1])
      else this.crowd.push(hand[0], hand[1], runWork[at], runWork[at + 1])
    }
    hand[0] = time
    hand[1] = seq
    this.place(target, arg)
  }

  /** Fills the empty run with the next events. False if none are left outside the crowd. */
  private open(): boolean {
    while (this.crowd.size === 0) {
      const rung = this.depth - 1
      if (rung < 0) {
        const count = this.buckets[4 * FAR]
        if (count <= SMALL) {
          this.horizon = Infinity
          this.sortBig(FAR)
          return count > 0
        }
        this.dealFar(count)
        continue
      }
      const last = ((this.starts[rung + 1] / BLOCK) | 0) - 1
      let block = (this.starts[rung] / BLOCK) | 0
      while (block < last && this.marks[block] === 0) block++
      const mark = this.marks[block]
      if (mark === 0) {
        this.depth--
        continue
      }
      const word = 32 * block + 31 - Math.clz32(mark & -mark)
      const bits = this.bits[word]
      const number = 32 * word + 31 - Math.clz32(bits & -bits)
      this.bits[word] = bits & (bits - 1)
      if ((bits & (bits - 1)) === 0) this.marks[block] = mark & (mark - 1)
      const bucket = 1 + number
      const index = number - this.starts[rung]
      const count = this.buckets[4 * bucket]
      const width = this.widths[rung]
      const start = this.bases[rung] + index * width
      const end = Math.min(start + width, this.ends[rung])
      this.span[0] = start
      this.span[1] = end
      this.horizon = end
      if (count <= SMALL) {
        if (this.runKeys.length > HUGE && this.runKeys.length > this.size / 4) {
          this.runKeys = new Float64Array(2 * LONG)
          this.runWork = new Int32Array(2 * LONG)
        }
        this.sortSmall(bucket, count, rung)
        return true
      }
      if (this.depth === RUNGS || this.isTied(bucket, count)) {
        if (this.sortBig(bucket)) return true
      } else {
        this.horizon = start
        this.addRung(count)
        this.deal(bucket, count)
      }
    }
    return false
  }

  /** Makes the finest rung, empty, over the span in hand, for `count` events. */
  private addRung(count: number): void {
    const start = this.span[0]
    const end = this.span[1]
    const rung = this.depth++
    let fan = 16
    // What one rung cannot part finely, two will: the first of them then has full chunks, or they would waste memory.
    // A first rung of few events is cut finer, as they crowd at its start: most delays are short against the longest.
    let aim = AIM
    if (count > FAN * AIM) aim = 8 * CHUNK
    else if (rung === 0 && count <= FAN) aim = 1
    while (fan < FAN && fan * aim < count) fan *= 2
    let width = 1
    while (width * fan < end - start) width *= 2
    this.bases[rung] = start
    this.ends[rung] = end
    this.widths[rung] = width
    this.scales[rung] = 1 / width
    const used = this.starts[rung] + Math.max(BLOCK, fan)
    this.starts[rung + 1] = used
    if (this.marks.length * BLOCK < used) {
      this.marks = lengthened(this.marks, used / BLOCK)
      this.bits = lengthened(this.bits, used / 32)
      this.buckets = lengthened(this.buckets, 4 * (1 + used))
    }
  }

  /** Deals the far list out over a first rung that reaches to its latest event. */
  private dealFar(count: number): void {
    let first = Infinity
    let last = 0
    let chunk = this.buckets[4 * FAR + 1]
    for (let i = 0; i < count; i++) {
      const inChunk = i & (CHUNK - 1)
      if (i > 0 && inChunk === 0) chunk = this.links[chunk]
      const time = this.keys[2 * ((chunk << CHUNK_BITS) + inChunk)]
      if (time < first) first = time
      if (time > last) last = time
    }
    this.horizon = first
    this.span[0] = first
    this.span[1] = last + 1
    this.addRung(count)
    this.deal(FAR, count)
  }

  /** Empties a bucket into the finest rung. */
  private deal(bucket: number, count: number): void {
    const rung = this.depth - 1
    const base = this.bases[rung]
    const scale = this.scales[rung]
    const number = 1 + this.starts[rung]
    let chunk = this.buckets[4 * bucket + 1]
    this.buckets[4 * bucket] = 0
    for (let done = 0; done < count; done += CHUNK) {
      const from = 2 * (chunk << CHUNK_BITS)
      const end = from + 2 * Math.min(CHUNK, count - done)
      for (let at = from; at < end; at += 2) {
        const time = this.keys[at]
        const to = this.room(number + (((time - base) * scale) | 0))
        this.keys[to] = time
        this.keys[to + 1] = this.keys[at + 1]
        this.work[to] = this.work[at]
        this.work[to + 1] = this.work[at + 1]
      }
      chunk = this.freeAndNext(chunk)
    }
  }

  /** Whether all events of a bucket have one time. */
  private isTied(bucket: number, count: number): boolean {
    let chunk = this.buckets[4 * bucket + 1]
    const time = this.keys[2 * (chunk << CHUNK_BITS)]
    for (let i = 1; i < count; i++) {
      const inChunk = i & (CHUNK - 1)
      if (inChunk === 0) chunk = this.links[chunk]
      if (this.keys[2 * ((chunk << CHUNK_BITS) + inChunk)] !== time) return false
    }
    return true
  }

  /**
   * Moves a bucket of at most 32 events into the empty run, sorted. Each event's place is the number of smaller keys
   * (time within the bucket, then place), counted without a branch to mispredict; the true order is checked afterwards.
   */
  private sortSmall(bucket: number, count: number, rung: number): void {
    const { runKeys, runWork, order, keys, work } = this
    const start = this.span[0]
    const fine = Math.min(1, KEYS * this.scales[rung])
    const chunk = this.buckets[4 * bucket + 1]
    const from = 2 * (chunk << CHUNK_BITS)
    for (let i = 0; i < count; i++) order[i] = ((((keys[from + 2 * i] - start) * fine) | 0) << CHUNK_BITS) | i
    for (let i = 0; i < count; i++) {
      const key = order[i]
      let to = count - 1
      for (let j = 0; j < count; j++) to += (order[j] - key) >> 31
      const at = from + 2 * i
      runKeys[2 * to] = keys[at]
      runKeys[2 * to + 1] = keys[at + 1]
      runWork[2 * to] = work[at]
      runWork[2 * to + 1] = work[at + 1]
    }
    this.buckets[4 * bucket] = 0
    this.freeAndNext(chunk)
    this.runSize = count
    if (!this.isSorted()) this.sortRun()
  }

  /** Moves a bucket of any size into the empty run if it is in order or small, else into the crowd (and tells so). */
  private sortBig(bucket: number): boolean {
    const count = this.buckets[4 * bucket]
    if (this.runKeys.length < 2 * count) {
      this.runKeys = new Float64Array(2 * count)
      this.runWork = new Int32Array(2 * count)
    }
    const { runKeys, runWork, keys, work } = this
    let chunk = this.buckets[4 * bucket + 1]
    this.buckets[4 * bucket] = 0
    for (let i = 0; i < count; i++) {
      const at = 2 * ((chunk << CHUNK_BITS) + (i & (CHUNK - 1)))
      const to = 2 * (count - 1 - i)
      runKeys[to] = keys[at]
      runKeys[to + 1] = keys[at + 1]
      runWork[to] = work[at]
      runWork[to + 1] = work[at + 1]
      if ((i & (CHUNK - 1)) === CHUNK - 1 || i === count - 1) chunk = this.freeAndNext(chunk)
    }
    this.runSize = count
    if (this.isSorted()) return true
    if (count <= SMALL) {
      this.sortRun()
      return true
    }
    this.runSize = 0
    for (let at = 2 * count - 2; at >= 0; at -= 2) {
      this.crowd.push(runKeys[at], runKeys[at + 1], runWork[at], runWork[at + 1])
    }
    return false
  }

  private isSorted(): boolean {
    const runKeys = this.runKeys
    for (let at = 2 * this.runSize - 2; at > 0; at -= 2) {
      const later = runKeys[at - 2]
      if (runKeys[at] > later || (runKeys[at] === later && runKeys[at + 1] > runKeys[at - 1])) return false
    }
    return true
  }

  /** Sorts the run by taking its events out and inserting them again. */
  private sortRun(): void {
    const { runKeys, runWork } = this
    const count = this.runSize
    for (this.runSize = 0; this.runSize < count;) {
      const at = 2 * this.runSize
      this.hand[0] = runKeys[at]
      this.hand[1] = runKeys[at + 1]
      this.insert(runWork[at], runWork[at + 1])
    }
  }

  /** Gives a bucket whose chunks are full another one, and marks a bucket that was empty. */
  private addChunk(bucket: number, count: number): void {
    let chunk = this.freeChunk
    if (chunk >= 0) this.freeChunk = this.links[chunk]
    else {
      if (this.usedChunks === this.links.length) this.grow()
      chunk = this.usedChunks++
    }
    const cell = 4 * bucket
    if (count > 0) this.links[this.buckets[cell + 2]] = chunk
    else {
      this.buckets[cell + 1] = chunk
      if (bucket !== FAR) {
        const index = bucket - 1
        this.bits[index >> 5] |= 1 << index
        this.marks[(index / BLOCK) | 0] |= 1 << (index >> 5)
      }
    }
    this.buckets[cell + 2] = chunk
  }

  private freeAndNext(chunk: number): number {
    const next = this.links[chunk]
    this.links[chunk] = this.freeChunk
    this.freeChunk = chunk
    return next
  }

  /** Makes room for a sixteenth more chunks: larger steps would be memory unused, smaller ones time spent copying. */
  private grow(): void {
    const chunks = this.links.length + Math.max(16, this.links.length >> 4)
    const keys = new Float64Array(2 * CHUNK * chunks)
    const work = new Int32Array(2 * CHUNK * chunks)
    const links = new Int32Array(chunks)
    keys.set(this.keys)
    work.set(this.work)
    links.set(this.links)
    this.keys = keys
    this.work = work
    this.links = links
  }
}

function lengthened(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length)
  longer.set(array)
  return longer
}
