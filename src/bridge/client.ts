// The page's end of the bridge: starts the worker, numbers the runs, drops what comes for an older one.
import type { Answer, Ask } from '../sim.ts'

/** What the page needs of a worker; tests put a small one of their own here. */
export interface Port {
  postMessage(message: Ask): void
  onmessage: ((event: MessageEvent<Answer>) => void) | null
  onerror?: ((event: ErrorEvent) => void) | null
}

export interface LoadRequest {
  readonly name: string
  readonly text: string
  readonly knobs: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly seed?: string
}

export class Bridge {
  readonly #port: Port
  readonly #hear: (answer: Answer) => void
  #run = 0
  /** Why there is no worker any more. */
  #failure: string | undefined = undefined

  /** `hear` gets the answers to the latest load only. */
  constructor(port: Port, hear: (answer: Answer) => void) {
    this.#port = port
    port.onmessage = (event) => {
      if (event.data.run === this.#run) hear(event.data)
    }
    // What the worker could not even catch, such as a script that is missing on the host.
    port.onerror = (event) => {
      this.#failure = event.message || 'the simulator did not start'
      this.#tellFailure()
    }
    this.#hear = hear
  }

  /** Begins a run; whatever ran before is forgotten. */
  load(request: LoadRequest): void {
    this.#port.postMessage({ ask: 'load', run: ++this.#run, ...request })
    this.#tellFailure()
  }

  /** Nothing is to be heard any more of what was loaded. */
  forget(): void {
    this.#run++
  }

  /** Asks for the report of the run that is done. */
  report(): void {
    this.#port.postMessage({ ask: 'report', run: this.#run })
  }

  #tellFailure(): void {
    if (this.#failure !== undefined) this.#hear({ answer: 'bug', run: this.#run, message: this.#failure })
  }

  /** Lets the worker simulate up to `until` µs. */
  ahead(until: number): void {
    this.#port.postMessage({ ask: 'ahead', run: this.#run, until })
  }
}
