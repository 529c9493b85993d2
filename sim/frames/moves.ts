// Watches the messages of a world and keeps those that a frame shows.
//
// The one idea: a message is a dot that sets out at a moment, on a road, in a lane. What is frequent is thinned by the
// hash of its request; of what is rare one dot stays on each road in each frame as long as it happens at all.
import type { Call } from '../engine/calls.ts'
import { THROTTLING } from '../model/errors.ts'
import type { Observer } from '../run/dispatcher.ts'
import type { World } from '../run/world.ts'
import type { Plan } from './roads.ts'
import { isShown } from './sample.ts'
import { MOVE_BYTES, OUTCOMES } from './types.ts'

const OK = OUTCOMES.indexOf('ok')
const ANSWER = OUTCOMES.indexOf('answer')
const RETRY = OUTCOMES.indexOf('retry')
const THROTTLED = OUTCOMES.indexOf('throttled')
const ERROR = OUTCOMES.indexOf('error')
const DEAD_LETTER = OUTCOMES.indexOf('dead-letter')
const KINDS = OUTCOMES.length

/** The most dots of one frame: beyond, one request in two, three, … of those that would be shown. */
export const MOVES_MAX = 6_000
const START = 1_024
/** The most that are kept until a frame ends, a power of two. */
const KEPT_MAX = 65_536

export class Moves implements Observer {
  /** By road and outcome, since the last frame. */
  readonly counts: Float64Array
  private readonly world: World
  private readonly plan: Plan
  private readonly perDot: readonly number[]
  private time = new Float64Array(START)
  /** Road, outcome and lane in one number. */
  private what = new Int32Array(START)
  private trace = new Int32Array(START)
  private length = 0
  /** Shown is one request in so many of those that would be; where few requests make most messages, one message in so many. */
  private every = 1
  private stride = 1
  private turn = 0
  /** By road and outcome: when the first message of this frame set out, and the rest of it. */
  readonly firstTime: Float64Array
  private readonly firstTrace: Int32Array
  private readonly firstLane: Uint8Array
  /** By road and outcome: how many dots there would be without a limit. */
  private readonly dots: Int32Array
  /** Whoever else watches. */
  next: Observer | null = null

  constructor(world: World, plan: Plan, perDot: readonly number[]) {
    const rows = plan.roads.length * KINDS
    this.world = world
    this.plan = plan
    this.perDot = perDot
    this.counts = new Float64Array(rows)
    this.dots = new Int32Array(rows)
    this.firstTime = new Float64Array(rows)
    this.firstTrace = new Int32Array(rows)
    this.firstLane = new Uint8Array(rows)
  }

  sent(call: Call, edge: number): void {
    this.next?.sent(call, edge)
    const way = this.plan.ways[edge]!
    if (way.road < 0) return
    const outcome = way.isDeadLetter ? DEAD_LETTER : this.world.calls.attempt[call]! > 1 ? RETRY : OK
    this.add(call, way.road, outcome, way.lane)
  }

  answered(call: Call, edge: number, delay: number): void {
    this.next?.answered(call, edge, delay)
    const way = this.plan.ways[edge]!
    if (way.road < 0) return
    const { calls, errors } = this.world
    const status = calls.status[call]!
    const back = way.lane === 0 ? 1 : 0
    if (status !== 0) this.add(call, way.road, errors.retry[status] === THROTTLING ? THROTTLED : ERROR, back)
    else if (way.failed !== undefined && way.failed(calls.answer[call])) this.add(call, way.road, ERROR, back)
    else if (way.answers) this.add(call, way.road, ANSWER, back)
  }

  abandoned(call: Call, edge: number): void {
    this.next?.abandoned?.(call, edge)
    const way = this.plan.ways[edge]!
    if (way.road >= 0) this.add(call, way.road, ERROR, way.lane === 0 ? 1 : 0)
  }

  /** The dots of the frame that began at `from` µs, as `Frame.moves` holds them; the next frame begins. */
  take(from: number): ArrayBuffer {
    this.addSpares()
    this.thin(MOVES_MAX)
    const order = Array.from({ length: this.length }, (_, i) => i)
    order.sort((a, b) => this.time[a]! - this.time[b]! || a - b)
    const bytes = new ArrayBuffer(order.length * MOVE_BYTES)
    const view = new DataView(bytes)
    order.forEach((i, n) => {
      const at = n * MOVE_BYTES
      const what = this.what[i]!
      view.setFloat32(at, (this.time[i]! - from) / 1_000_000, true)
      view.setUint16(at + 4, what >> 4, true)
      view.setUint8(at + 6, (what >> 1) & 7)
      view.setUint8(at + 7, what & 1)
      view.setUint32(at + 8, this.trace[i]!, true)
    })
    this.clear()
    return bytes
  }

  /** Begins a frame without regard to what came before. */
  clear(): void {
    this.length = 0
    this.every = 1
    this.stride = 1
    this.turn = 0
    this.counts.fill(0)
    this.dots.fill(0)
  }

  private add(call: Call, road: number, outcome: number, lane: number): void {
    const row = road * KINDS + outcome
    const now = this.world.kernel.clock[0]!
    // Calls that serve no request from outside are told apart by their rows, below the numbers of requests.
    const trace = this.world.calls.trace[call]! || ~call
    if (this.counts[row]!++ === 0) {
      this.firstTime[row] = now
      this.firstTrace[row] = trace
      this.firstLane[row] = lane
    }
    if (!isShown(trace, this.perDot[outcome]!)) return
    if (this.dots[row]!++ > 0 && !this.isChosen(trace, outcome)) return
    this.push(now, road, outcome, lane, trace)
  }

  /** Whether a dot is among those that are shown when there are too many. */
  private isChosen(trace: number, outcome: number): boolean {
    if (this.every > 1 && !isShown(trace, this.every * this.perDot[outcome]!)) return false
    return this.stride === 1 || this.turn++ % this.stride === 0
  }

  private push(time: number, road: number, outcome: number, lane: number, trace: number): void {
    if (this.length === KEPT_MAX) this.thin(KEPT_MAX / 2)
    else if (this.length === this.time.length) this.grow()
    const i = this.length++
    this.time[i] = time
    this.what[i] = (road << 4) | (outcome << 1) | lane
    this.trace[i] = trace
  }

  /** What is rare is never sampled away. */
  private addSpares(): void {
    for (let road = 0; road < this.plan.roads.length; road++)
      for (let outcome = RETRY; outcome < KINDS; outcome++) {
        const row = road * KINDS + outcome
        if (this.counts[row]! > 0 && this.dots[row] === 0)
          this.push(this.firstTime[row]!, road, outcome, this.firstLane[row]!, this.firstTrace[row]!)
      }
  }

  /** Leaves about `most` dots, of one request in so many; but one at least of each kind. */
  private thin(most: number): void {
    const { length, trace, what, perDot } = this
    if (length <= most) return
    const factor = Math.ceil(length / most)
    const every = this.every * factor
    const ofChosen = (i: number): boolean => isShown(trace[i]!, every * perDot[(what[i]! >> 1) & 7]!)
    let left = 0
    for (let i = 0; i < length; i++) if (ofChosen(i)) left++
    // Where one request calls itself on and on, all of it would be shown or nothing: then its messages are thinned.
    if (left > length / factor / 2 && left < (length / factor) * 1.5) {
      this.every = every
      this.keep(ofChosen)
    } else {
      this.stride *= factor
      this.keep((i) => i % factor === 0)
    }
  }

  /** Lets go of all dots but those chosen and the first of each kind. */
  private keep(isChosen: (dot: number) => boolean): void {
    const { time, what, trace } = this
    const seen = new Set<number>()
    let kept = 0
    for (let i = 0; i < this.length; i++) {
      if (seen.has(what[i]! >> 1) && !isChosen(i)) continue
      seen.add(what[i]! >> 1)
      time[kept] = time[i]!
      what[kept] = what[i]!
      trace[kept++] = trace[i]!
    }
    this.length = kept
  }

  private grow(): void {
    const length = this.time.length * 2
    const time = new Float64Array(length)
    time.set(this.time)
    this.time = time
    const widen = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(length)
      to.set(from)
      return to
    }
    this.what = widen(this.what)
    this.trace = widen(this.trace)
  }
}
