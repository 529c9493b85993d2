// What the instances of a group do when the scenario gives the group a handler: each has some workers, and a worker does the program
// again and again, such as receiving from a queue, for as long as its instance is in service.
import type { Config, Sim } from '../../model/contract.ts'
import { Interpreter, type EmitMetric } from '../../parts/interpreter.ts'
import type { Program } from '../../parts/program.ts'
import { RetryPolicy, sdkRetries } from '../../parts/retry.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'

const NONE = -1
const SECOND = 1_000_000

/** Event functions of the room that lead here. */
export interface WorkerEvents<H> {
  readonly wake: (host: H, frame: number) => void
  readonly answered: (host: H, call: number) => void
  readonly again: (host: H, worker: number) => void
}

interface Worker {
  instance: string
  /** Its frame in the interpreter; −1 = it rests between two rounds. */
  frame: number
  isAlive: boolean
}

export class Workers<H> {
  /** Rounds that ended, and those of them that an exception ended. */
  rounds = 0
  failures = 0
  /** Rounds that were cut off with their instance. */
  cut = 0
  private readonly sim: Sim
  private readonly interpreter: Interpreter<H>
  private readonly perInstance: number
  /** Pooled by row; the row of a worker that is gone is used again once its rest is over. */
  private readonly all: Worker[] = []
  private readonly free: number[] = []
  private readonly againTarget: Target
  private readonly rest: Sampler
  private readonly restAfterFailure: Sampler
  private readonly rng: Rng

  constructor(
    sim: Sim,
    program: Program,
    host: H,
    events: WorkerEvents<H>,
    ended: (host: H, cookie: number, status: number) => void,
  ) {
    this.sim = sim
    this.perInstance = Math.max(1, Math.round(sim.sampler('WorkersPerInstance').mean))
    const retries = new RetryPolicy(
      sdkRetries({ mode: 'standard', sdk: 'javascript', variant2026: false, action: '' }),
      sim.rng('retries'),
    )
    const emit: EmitMetric<H> = (_, namespace, name, value, dimensions, unit, resolution) =>
      sim.count(sim.customMetric(namespace, name, dimensions, unit as 'Count', resolution * SECOND), value)
    this.interpreter = new Interpreter<H>(sim, program, host, ended, retries, emit, events.wake, events.answered)
    this.againTarget = sim.target(events.again)
    this.rest = sim.sampler('WorkerRest')
    this.restAfterFailure = sim.sampler('WorkerRestAfterFailure')
    this.rng = sim.rng('workers')
  }

  /** Programs under way. */
  get busy(): number {
    return this.interpreter.live
  }

  holds(trace: number): boolean {
    return this.interpreter.holds(trace)
  }

  resume(frame: number): void {
    this.interpreter.resume(frame)
  }

  answered(call: number): void {
    this.interpreter.answered(call)
  }

  /** An instance is in service: its workers begin. */
  begin(instance: string): void {
    for (let i = 0; i < this.perInstance; i++) {
      const row = this.free.pop() ?? this.all.push({ instance: '', frame: NONE, isAlive: false }) - 1
      Object.assign(this.all[row], { instance, frame: NONE, isAlive: true })
      this.round(row)
    }
  }

  /** An instance goes: what its workers do is cut off, and what they had received turns up again by itself. */
  end(instance: string): void {
    this.all.forEach((worker, row) => {
      if (!worker.isAlive || worker.instance !== instance) return
      worker.isAlive = false
      // One that rests is freed when its rest is over.
      if (worker.frame === NONE) return
      this.interpreter.kill(worker.frame)
      this.cut++
      this.free.push(row)
    })
  }

  /** A round has ended; the next one follows after a rest. */
  ended(row: number, status: number): void {
    this.rounds++
    if (status !== 0) this.failures++
    this.all[row].frame = NONE
    const rest = (status === 0 ? this.rest : this.restAfterFailure).draw(this.rng)
    this.sim.after(Math.max(1, rest), this.againTarget, row)
  }

  /** A rest is over. */
  again(row: number): void {
    if (this.all[row].isAlive) this.round(row)
    else this.free.push(row)
  }

  private round(row: number): void {
    const worker = this.all[row]
    const event = { InstanceId: worker.instance }
    // A round may end within `start`: its end then says that it rests, and stays so.
    const before = this.rounds
    const frame = this.interpreter.start(event, this.sim.calls.begin(), row)
    if (this.rounds === before) worker.frame = frame
  }
}

/** The workers of a group whose scenario says what they do; null without a handler. */
export function workersOf<H>(
  config: Config,
  sim: Sim,
  host: H,
  events: WorkerEvents<H>,
  ended: (host: H, cookie: number, status: number) => void,
): Workers<H> | null {
  const program = config['Handler'] as Program | undefined
  return program === undefined ? null : new Workers(sim, program, host, events, ended)
}
