// W3, timeouts: each operation arms a 30 s timeout and completes long before it, after an exponential 10 ms.
import { Kernel, type TimerHandle } from '../sim/engine/kernel.ts'
import { Closures, type Entry } from './closures.ts'
import { DRAWS, exponentials, loadSimJs, Tally, type Bench, type SimJsRequest, type Work } from './work.ts'

const MEAN = 10_000
const TIMEOUT = 30_000_000

class OnKernel implements Bench {
  readonly tally = new Tally()
  readonly kernel = new Kernel(1)
  private readonly finished = this.kernel.target(finish, 0)
  private readonly expired = this.kernel.target(expire, 0)
  private readonly timers: Int32Array
  private readonly draws = exponentials(MEAN)
  private draw = 0
  private readonly rate: number

  constructor(n: number) {
    this.rate = n / MEAN
    this.timers = new Int32Array(n + 1)
    this.kernel.bind(0, this)
    for (let id = 1; id <= n; id++) this.begin(id)
  }

  begin(id: number): void {
    const timer: TimerHandle = this.kernel.timer(TIMEOUT, this.expired, id)
    this.timers[id] = timer
    this.kernel.after(this.draws[this.draw++ & (DRAWS - 1)]!, this.finished, id)
  }

  end(id: number): void {
    this.kernel.cancel(this.timers[id]!)
  }

  run(count: number): void {
    this.kernel.run(this.kernel.clock[0]! + Math.ceil(count / this.rate))
  }
}

function finish(bench: OnKernel, id: number): void {
  bench.tally.step(id)
  bench.end(id)
  bench.begin(id)
}

function expire(): void {
  throw new Error('no operation takes 30 s')
}

/** Cancelling marks the entry; it leaves the heap when its time comes, 30 s later. */
class OnClosures implements Bench {
  readonly tally = new Tally()
  private readonly loop = new Closures()
  private readonly draws = exponentials(MEAN)
  private draw = 0

  constructor(n: number) {
    for (let id = 1; id <= n; id++) this.begin(id)
  }

  private begin(id: number): void {
    const timer: Entry = this.loop.after(TIMEOUT, expire)
    this.loop.after(this.draws[this.draw++ & (DRAWS - 1)]!, () => {
      this.tally.step(id)
      timer.dead = true
      this.begin(id)
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
  const draws = exponentials(MEAN)
  let draw = 0
  class Caller extends Entity {
    id = 0
    timer: SimJsRequest | null = null
    start(id: number): void {
      this.id = id
      this.begin()
    }
    begin(): void {
      this.timer = this.setTimer(TIMEOUT).done(expire)
      this.setTimer(draws[draw++ & (DRAWS - 1)]!).done(this.finish)
    }
    finish(): void {
      tally.step(this.id)
      this.timer!.cancel()
      this.begin()
    }
  }
  for (let id = 1; id <= n; id++) sim.addEntity(Caller, undefined, id)
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) sim.step()
  }
  return { tally, run }
}

export const timeouts: Work = {
  name: 'timeouts',
  title: 'W3, timeouts: every operation arms 30 s and completes after an exponential 10 ms',
  unit: 'operation',
  of: 'callers',
  sizes: [100],
  quick: [100],
  slowest: 100,
  engines: new Map<string, (n: number) => Bench>([
    ['hotshard kernel', (n) => new OnKernel(n)],
    ['closure heap', (n) => new OnClosures(n)],
    ['simjs', onSimJs],
  ]),
}
