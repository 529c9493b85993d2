// W1, the hold model: n events pending; each, when it fires, schedules itself an exponential second later; eight kinds.
import { Kernel } from '../sim/engine/kernel.ts'
import { HeapQueue } from '../sim/engine/queue-heap.ts'
import { createQueue, type EventQueue } from '../sim/engine/queue.ts'
import { Closures } from './closures.ts'
import { DRAWS, exponentials, loadSimJs, Tally, type Bench, type Work } from './work.ts'

const SECOND = 1_000_000
const KINDS = 8

/** The bare queue under a loop with a table of handlers; time in a typed array, or each write would make garbage. */
class OnQueue implements Bench {
  readonly tally = new Tally()
  readonly clock = new Float64Array(2)
  readonly sums = new Int32Array(KINDS)
  readonly queue: EventQueue
  private readonly draws = exponentials(SECOND)
  private draw = 0

  constructor(queue: EventQueue, n: number) {
    this.queue = queue
    for (let id = 1; id <= n; id++) this.again(id & (KINDS - 1), id)
  }

  again(kind: number, id: number): void {
    const { clock } = this
    this.queue.push(clock[0]! + this.draws[this.draw++ & (DRAWS - 1)]!, ++clock[1]!, kind, id)
  }

  run(count: number): void {
    const { queue, clock, tally } = this
    for (let i = 0; i < count; i++) {
      clock[0] = queue.peek()
      queue.pop()
      tally.step(queue.arg)
      HANDLERS[queue.target]!(this, queue.arg)
    }
  }
}

// Eight functions, so that the call in the loop cannot be inlined, as in a model of many services.
const HANDLERS: ((bench: OnQueue, id: number) => void)[] = [
  (bench, id) => (add(bench.sums, 0, id), bench.again(0, id)),
  (bench, id) => (add(bench.sums, 1, id), bench.again(1, id)),
  (bench, id) => (add(bench.sums, 2, id), bench.again(2, id)),
  (bench, id) => (add(bench.sums, 3, id), bench.again(3, id)),
  (bench, id) => (add(bench.sums, 4, id), bench.again(4, id)),
  (bench, id) => (add(bench.sums, 5, id), bench.again(5, id)),
  (bench, id) => (add(bench.sums, 6, id), bench.again(6, id)),
  (bench, id) => (add(bench.sums, 7, id), bench.again(7, id)),
]

function add(sums: Int32Array, kind: number, id: number): void {
  sums[kind] = (sums[kind]! + id) | 0
}

class OnKernel implements Bench {
  readonly tally = new Tally()
  readonly sums = new Int32Array(KINDS)
  readonly kernel = new Kernel(1)
  private readonly kinds = new Int32Array(KINDS)
  private readonly draws = exponentials(SECOND)
  private draw = 0
  private readonly rate: number

  constructor(n: number) {
    this.rate = n / SECOND
    for (let kind = 0; kind < KINDS; kind++) this.kinds[kind] = this.kernel.target(EVENTS[kind]!, 0)
    this.kernel.bind(0, this)
    for (let id = 1; id <= n; id++) this.again(id & (KINDS - 1), id)
  }

  again(kind: number, id: number): void {
    this.kernel.after(this.draws[this.draw++ & (DRAWS - 1)]!, this.kinds[kind]!, id)
  }

  run(count: number): void {
    this.kernel.run(this.kernel.clock[0]! + Math.ceil(count / this.rate))
  }
}

const EVENTS: ((bench: OnKernel, id: number) => void)[] = [
  (bench, id) => (bench.tally.step(id), add(bench.sums, 0, id), bench.again(0, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 1, id), bench.again(1, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 2, id), bench.again(2, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 3, id), bench.again(3, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 4, id), bench.again(4, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 5, id), bench.again(5, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 6, id), bench.again(6, id)),
  (bench, id) => (bench.tally.step(id), add(bench.sums, 7, id), bench.again(7, id)),
]

class OnClosures implements Bench {
  readonly tally = new Tally()
  private readonly loop = new Closures()
  private readonly sums = new Int32Array(KINDS)
  private readonly draws = exponentials(SECOND)
  private draw = 0

  constructor(n: number) {
    for (let id = 1; id <= n; id++) this.again(id & (KINDS - 1), id)
  }

  private again(kind: number, id: number): void {
    this.loop.after(this.draws[this.draw++ & (DRAWS - 1)]!, () => {
      this.tally.step(id)
      add(this.sums, kind, id)
      this.again(kind, id)
    })
  }

  run(count: number): void {
    for (let i = 0; i < count; i++) this.loop.step()
  }
}

function onSimJs(n: number): Bench {
  const { Sim, Entity } = loadSimJs()
  const sim = new Sim()
  const tally = new Tally()
  const sums = new Int32Array(KINDS)
  const draws = exponentials(SECOND)
  let draw = 0
  class Holder extends Entity {
    id = 0
    start(id: number): void {
      this.id = id
      this.again()
    }
    again(): void {
      this.setTimer(draws[draw++ & (DRAWS - 1)]!).done(this.fire)
    }
    fire(): void {
      tally.step(this.id)
      add(sums, this.id & (KINDS - 1), this.id)
      this.again()
    }
  }
  for (let id = 1; id <= n; id++) sim.addEntity(Holder, undefined, id)
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) sim.step()
  }
  return { tally, run }
}

export const hold: Work = {
  name: 'hold',
  title: 'W1, hold model: every event schedules itself an exponential second later',
  unit: 'event',
  of: 'events pending',
  sizes: [1_000, 100_000, 1_000_000],
  quick: [1_000, 100_000],
  slowest: 1_000_000,
  engines: new Map<string, (n: number) => Bench>([
    ['hotshard queue', (n) => new OnQueue(createQueue(), n)],
    ['hotshard kernel', (n) => new OnKernel(n)],
    ['typed heap', (n) => new OnQueue(new HeapQueue(), n)],
    ['closure heap', (n) => new OnClosures(n)],
    ['simjs', onSimJs],
  ]),
}
