// Workers that do the runs of an experiment side by side; they start with its first run and end with its last.
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

export class Pool {
  readonly #start: () => LabPort
  readonly #size: number
  /** Ends the experiment under way. */
  #stop: () => void = () => {}

  constructor(start: () => LabPort, size: number) {
    this.#start = start
    this.#size = size
  }

  /**
   * Does all runs, each by whoever is free; answers in their order. `done` is told of each as it comes. Ends with an error when a
   * worker fails, or with `Stopped` after `stop` and when another experiment begins.
   */
  run(
    subject: Subject,
    specs: readonly RunSpec[],
    done: (index: number, outcome: RunOutcome) => void,
  ): Promise<RunOutcome[]> {
    this.#stop()
    const ports: LabPort[] = []
    return new Promise<RunOutcome[]>((resolve, reject) => {
      const fail = (error: Error): void => {
        for (const port of ports) port.terminate()
        reject(error)
      }
      this.#stop = () => fail(new Stopped())
      const outcomes: RunOutcome[] = []
      let next = 0
      let left = specs.length
      if (left === 0) resolve(outcomes)
      const give = (port: LabPort): void => {
        if (next < specs.length) port.postMessage({ lab: 'run', id: next, spec: specs[next++] })
      }
      for (let i = 0; i < Math.min(this.#size, specs.length); i++) {
        const port = this.#start()
        ports.push(port)
        port.onmessage = ({ data }) => {
          if (data.lab === 'bug') {
            fail(new Error(data.message))
            return
          }
          outcomes[data.id] = data.outcome
          done(data.id, data.outcome)
          if (--left === 0) resolve(outcomes)
          else give(port)
        }
        port.onerror = ({ message }) => fail(new Error(message || 'the simulator did not start'))
        port.postMessage({ lab: 'scenario', ...subject })
        give(port)
      }
    }).finally(() => {
      for (const port of ports) port.terminate()
    })
  }

  /** What is under way is given up. */
  stop(): void {
    this.#stop()
  }
}

/** Somebody ended the experiment. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}
