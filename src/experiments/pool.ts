// Workers that do the runs of an experiment side by side; they start with its first run and stay until its end.
import type { LabAsk, LabReply, RunOutcome, RunSpec } from '../sim.ts'

/** What is used of a worker; tests put small ones of their own here. */
export interface LabPort {
  postMessage(message: LabAsk): void
  terminate(): void
  onmessage: ((event: MessageEvent<LabReply>) => void) | null
  onerror?: ((event: ErrorEvent) => void) | null
}

/** The scenario that all runs are of. */
export interface Subject {
  readonly name: string
  readonly text: string
  readonly files: Readonly<Record<string, string>>
}

/** More would only wait for memory. */
const WORKERS_MAX = 8

/** As many as the machine has cores beside the one that paints. */
export function workersFor(cores: number): number {
  return Math.max(1, Math.min(WORKERS_MAX, cores - 1))
}

/** The workers of one experiment. */
export class Crew {
  readonly #start: () => LabPort
  readonly #size: number
  readonly #subject: Subject
  readonly #ports: LabPort[] = []
  #reject: (error: Error) => void = () => {}
  #failure: Error | undefined

  constructor(start: () => LabPort, size: number, subject: Subject) {
    this.#start = start
    this.#size = size
    this.#subject = subject
  }

  /**
   * Does all runs, each by whoever is free; answers in their order. `done` is told of each as it comes. Ends with an error when a
   * worker fails, or with `Stopped` after `stop`. An experiment may ask again.
   */
  run(specs: readonly RunSpec[], done: (index: number, outcome: RunOutcome) => void): Promise<RunOutcome[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure
      this.#reject = reject
      const outcomes: RunOutcome[] = []
      let next = 0
      let left = specs.length
      if (left === 0) resolve(outcomes)
      const give = (port: LabPort): void => {
        if (next < specs.length) port.postMessage({ lab: 'run', id: next, spec: specs[next++] })
      }
      while (this.#ports.length < Math.min(this.#size, specs.length)) this.#ports.push(this.#begin())
      for (const port of this.#ports) {
        port.onmessage = ({ data }) => {
          if (data.lab === 'bug') {
            this.#fail(new Error(data.message))
            return
          }
          outcomes[data.id] = data.outcome
          done(data.id, data.outcome)
          if (--left === 0) resolve(outcomes)
          else give(port)
        }
        give(port)
      }
    })
  }

  #begin(): LabPort {
    const port = this.#start()
    port.onerror = ({ message }) => this.#fail(new Error(message || 'the simulator did not start'))
    port.postMessage({ lab: 'scenario', ...this.#subject })
    return port
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.end()
    this.#reject(error)
  }

  /** What is under way is given up. */
  stop(): void {
    this.#fail(new Stopped())
  }

  /** Nothing is asked any more: the workers go home. */
  end(): void {
    for (const port of this.#ports) port.terminate()
  }
}

/** Somebody ended the experiment. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}
