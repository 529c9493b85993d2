// A machine that serves HTTP requests on its own processors, as a simple web server does: all at once, each a little slower.
import type { Call } from '../engine/calls.ts'
import type { Target } from '../engine/kernel.ts'
import type { Rng } from '../engine/rng.ts'
import type { Sampler } from '../engine/sample.ts'
import type { Sim } from '../model/contract.ts'
import { Population } from './population.ts'
import { ProcessorSharing } from './processor-sharing.ts'

const OK = Object.freeze({ statusCode: 200 })

export class HttpHost {
  readonly sim: Sim
  /** Requests in service. */
  readonly inside = new Population()
  readonly cpu: ProcessorSharing
  requests = 0
  /** Requests that were cut off with the machine. */
  dropped = 0
  private readonly work: Sampler
  private readonly rng: Rng
  private readonly reset: number
  /** By slot of the processors: the call and when it came. */
  private readonly calls = new Map<number, { readonly slot: number; readonly since: number }>()

  /** `endedTarget` is an event function of the owner that leads to `jobEnded`; `work` draws processor time in µs. */
  constructor(sim: Sim, processors: number, work: Sampler, rng: Rng, endedTarget: Target, arg = 0) {
    this.sim = sim
    this.cpu = new ProcessorSharing(sim, processors, endedTarget, arg)
    this.work = work
    this.rng = rng
    this.reset = sim.error('ConnectionResetError', 0)
  }

  arrive(call: Call): void {
    const since = this.sim.clock[0]
    this.requests++
    this.inside.enter(since)
    this.calls.set(call, { slot: this.cpu.start(this.work.draw(this.rng), call), since })
  }

  jobEnded(): void {
    this.cpu.expired()
    for (let call = this.cpu.next(); call >= 0; call = this.cpu.next()) {
      this.leave(call)
      this.sim.calls.answer[call] = OK
      this.sim.reply(call, 0)
    }
  }

  /** The machine goes: every connection is reset. */
  drop(): void {
    for (const [call, { slot }] of [...this.calls]) {
      this.cpu.stop(slot)
      this.dropped++
      this.leave(call)
      this.sim.reply(call, this.reset)
    }
  }

  private leave(call: Call): void {
    this.inside.leave(this.sim.clock[0], this.calls.get(call)!.since)
    this.calls.delete(call)
  }
}
