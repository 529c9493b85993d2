// W4, zero-delay chains: three of four events have no delay, as when services hand a request on at once.
import { Kernel } from '../sim/engine/kernel.ts'
import { Closures } from './closures.ts'
import { DRAWS, exponentials, loadSimJs, Tally, type Bench, type Work } from './work.ts'

const SECOND = 1_000_000
const LINKS = 4

class OnKernel implements Bench {
  readonly tally = new Tally()
  readonly kernel = new Kernel(1)
  private readonly target = this.kernel.target(link, 0)
  private readonly links: Int32Array
  private readonly draws = exponentials(SECOND)
  private draw = 0
  private readonly rate: number

  constructor(n: number) {
    this.rate = (LINKS * n) / SECOND
    this.links = new Int32Array(n + 1)
    this.kernel.bind(0, this)
    for (let id = 1; id <= n; id++) this.next(id)
  }

  next(id: number): void {
    if (this.links[id]!++ % LINKS === 0) this.kernel.after(this.draws[this.draw++ & (DRAWS - 1)]!, this.target, id)
    else this.kernel.after(0, this.target, id)
  }

  run(count: number): void {
    this.kernel.run(this.kernel.clock[0]! + Math.ceil(count / this.rate))
  }
}

function link(bench: OnKernel, id: number): void {
  bench.tally.step(id)
  bench.next(id)
}

class OnClosures implements Bench {
  readonly tally = new Tally()
  private readonly loop = new Closures()
  private readonly links: Int32Array
  private readonly draws = exponentials(SECOND)
  private draw = 0

  constructor(n: number) {
    this.links = new Int32Array(n + 1)
    for (let id = 1; id <= n; id++) this.next(id)
  }

  private next(id: number): void {
    const delay = this.links[id]!++ % LINKS === 0 ? this.draws[this.draw++ & (DRAWS - 1)]! : 0
    this.loop.after(delay, () => {
      this.tally.step(id)
      this.next(id)
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
  const draws = exponentials(SECOND)
  let draw = 0
  class Chain extends Entity {
    id = 0
    links = 0
    start(id: number): void {
      this.id = id
      this.next()
    }
    next(): void {
      const delay = this.links++ % LINKS === 0 ? draws[draw++ & (DRAWS - 1)]! : 0
      this.setTimer(delay).done(this.fire)
    }
    fire(): void {
      tally.step(this.id)
      this.next()
    }
  }
  for (let id = 1; id <= n; id++) sim.addEntity(Chain, undefined, id)
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) sim.step()
  }
  return { tally, run }
}

export const chains: Work = {
  name: 'chains',
  title: 'W4, zero-delay chains: three of four events are due at once',
  unit: 'event',
  of: 'chains',
  sizes: [1_000],
  quick: [1_000],
  slowest: 1_000,
  engines: new Map<string, (n: number) => Bench>([
    ['hotshard kernel', (n) => new OnKernel(n)],
    ['closure heap', (n) => new OnClosures(n)],
    ['simjs', onSimJs],
  ]),
}
