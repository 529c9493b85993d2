// W2, M/M/10 at 90 % load, first come first served: the textbook queue, whose mean wait Erlang C gives exactly.
import { Kernel } from '../sim/engine/kernel.ts'
import { Closures } from './closures.ts'
import { DRAWS, exponentials, loadSimJs, Tally, xorshift, type Bench, type Work } from './work.ts'

const SERVERS = 10
const SERVICE = 1_000_000
const ARRIVAL = SERVICE / 9
/** Mean wait in service times: Erlang C for 10 servers at 9 erlang, over 10 − 9. */
const ERLANG_C = 0.66873

/** Independent draws (a table read on and on would repeat itself), and the waits in batches for a confidence interval. */
class Customers {
  readonly tally = new Tally()
  private state = 1
  private readonly arrivals = exponentials(ARRIVAL)
  private readonly services = exponentials(SERVICE)
  private readonly wait = new Float64Array(1)
  private readonly batches: number[] = []
  private batchStart = 0

  arrival(): number {
    this.state = xorshift(this.state)
    return this.arrivals[(this.state >>> 16) & (DRAWS - 1)]!
  }

  service(): number {
    this.state = xorshift(this.state)
    return this.services[(this.state >>> 16) & (DRAWS - 1)]!
  }

  waited(micros: number): void {
    this.wait[0]! += micros
  }

  served(customer: number): void {
    this.tally.step(customer)
    if (this.tally.done - this.batchStart < 100_000) return
    this.batches.push(this.wait[0]! / SERVICE / (this.tally.done - this.batchStart))
    this.batchStart = this.tally.done
    this.wait[0] = 0
  }

  note(): string {
    const batches = this.batches.slice(1)
    if (batches.length < 5) return ''
    const mean = batches.reduce((sum, wait) => sum + wait, 0) / batches.length
    const variance = batches.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / (batches.length - 1)
    const margin = 2.6 * Math.sqrt(variance / batches.length)
    const verdict = Math.abs(mean - ERLANG_C) <= margin ? 'agrees with' : 'DIFFERS FROM'
    return `mean wait ${mean.toFixed(4)} ± ${margin.toFixed(4)} ${verdict} Erlang C ${ERLANG_C}`
  }
}

class OnKernel implements Bench {
  readonly kernel = new Kernel(1)
  readonly customers = new Customers()
  readonly tally = this.customers.tally
  private readonly arrive = this.kernel.target(arrive, 0)
  private readonly depart = this.kernel.target(depart, 0)
  private busy = 0
  private last = 0
  private waiting = new Float64Array(1024)
  private head = 0
  private tail = 0

  constructor() {
    this.kernel.bind(0, this)
    this.kernel.after(this.customers.arrival(), this.arrive, ++this.last)
  }

  /** Customers wait in order of their numbers, so the moments they came are all there is to keep. */
  arrived(customer: number): void {
    this.kernel.after(this.customers.arrival(), this.arrive, ++this.last)
    if (this.busy < SERVERS) {
      this.busy++
      this.kernel.after(this.customers.service(), this.depart, customer)
      return
    }
    this.waiting[this.tail++ & (this.waiting.length - 1)] = this.kernel.clock[0]!
    if (this.tail - this.head === this.waiting.length) throw new Error('the line is longer than it ever gets at 90 %')
  }

  departed(customer: number): void {
    this.customers.served(customer)
    if (this.head === this.tail) {
      this.busy--
      return
    }
    this.customers.waited(this.kernel.clock[0]! - this.waiting[this.head++ & (this.waiting.length - 1)]!)
    this.kernel.after(this.customers.service(), this.depart, this.last - 1 - (this.tail - this.head))
  }

  run(count: number): void {
    this.kernel.run(this.kernel.clock[0]! + Math.ceil(count * ARRIVAL))
  }

  note(): string {
    return this.customers.note()
  }
}

function arrive(bench: OnKernel, customer: number): void {
  bench.arrived(customer)
}

function depart(bench: OnKernel, customer: number): void {
  bench.departed(customer)
}

interface Waiting {
  readonly customer: number
  readonly since: number
}

class OnClosures implements Bench {
  readonly customers = new Customers()
  readonly tally = this.customers.tally
  private readonly loop = new Closures()
  private readonly waiting: Waiting[] = []
  private busy = 0
  private last = 0

  constructor() {
    this.expect()
  }

  private expect(): void {
    const customer = ++this.last
    this.loop.after(this.customers.arrival(), () => this.arrived(customer))
  }

  private arrived(customer: number): void {
    this.expect()
    if (this.busy < SERVERS) {
      this.busy++
      this.serve(customer)
    } else this.waiting.push({ customer, since: this.loop.now })
  }

  private serve(customer: number): void {
    this.loop.after(this.customers.service(), () => this.departed(customer))
  }

  private departed(customer: number): void {
    this.customers.served(customer)
    const next = this.waiting.shift()
    if (next === undefined) this.busy--
    else {
      this.customers.waited(this.loop.now - next.since)
      this.serve(next.customer)
    }
  }

  run(count: number): void {
    const { tally } = this
    for (const end = tally.done + count; tally.done < end;) this.loop.step()
  }

  note(): string {
    return this.customers.note()
  }
}

/** simjs asks for the service time on arrival, not when service begins: the same law, but another order of draws. */
function onSimJs(): Bench {
  const { Sim, Entity, Facility } = loadSimJs()
  const sim = new Sim()
  const customers = new Customers()
  const { tally } = customers
  const desk = new Facility('desk', undefined, SERVERS)
  class Door extends Entity {
    last = 0
    start(): void {
      this.expect()
    }
    expect(): void {
      this.setTimer(customers.arrival()).done(this.arrived)
    }
    arrived(): void {
      this.expect()
      const since = this.time()
      const service = customers.service()
      const customer = ++this.last
      this.useFacility(desk, service).done(() => {
        customers.waited(this.time() - since - service)
        customers.served(customer)
      })
    }
  }
  sim.addEntity(Door)
  const run = (count: number): void => {
    for (const end = tally.done + count; tally.done < end;) sim.step()
  }
  return { tally, run, note: () => customers.note() }
}

export const mm10: Work = {
  name: 'mm10',
  title: 'W2, M/M/10 at 90 % load, first come first served',
  unit: 'customer',
  of: 'servers',
  sizes: [SERVERS],
  quick: [SERVERS],
  slowest: SERVERS,
  engines: new Map<string, () => Bench>([
    ['hotshard kernel', () => new OnKernel()],
    ['closure heap', () => new OnClosures()],
    ['simjs', onSimJs],
  ]),
}
