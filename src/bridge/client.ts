// The page's end of the bridge: starts the worker, numbers the runs, drops what comes for an older one.
import type { About, Answer, Ask, Followed, Wanted } from '../sim.ts'

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
  /** Values that take over from a moment (µs) on. */
  readonly later?: { readonly at: number; readonly knobs: Readonly<Record<string, string>> }
}

export class Bridge {
  readonly #port: Port
  readonly #hear: (answer: Answer) => void
  #run = 0
  /** Why there is no worker any more. */
  #failure: string | undefined = undefined
  /** Who waits for a request to be followed, by the question's number, and for what is known of a node, in order. */
  readonly #follows = new Map<number, (found: Followed | undefined) => void>()
  #abouts: ((about: About | undefined) => void)[] = []
  #asked = 0

  /** `hear` gets the answers to the latest load only. */
  constructor(port: Port, hear: (answer: Answer) => void) {
    this.#port = port
    port.onmessage = (event) => {
      const answer = event.data
      if (answer.run !== this.#run) return
      if (answer.answer === 'about') this.#abouts.shift()?.(answer.about)
      else if (answer.answer === 'followed') {
        this.#follows.get(answer.id)?.(answer.found)
        this.#follows.delete(answer.id)
      } else hear(answer)
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
    this.forget()
    this.#port.postMessage({ ask: 'load', run: this.#run, ...request })
    this.#tellFailure()
  }

  /** Nothing is to be heard any more of what was loaded. */
  forget(): void {
    this.#run++
    for (const settle of this.#follows.values()) settle(undefined)
    for (const settle of this.#abouts) settle(undefined)
    this.#follows.clear()
    this.#abouts = []
  }

  /** Follows one request; undefined when there is none, or the run was left meanwhile. */
  follow(wanted: Wanted): Promise<Followed | undefined> {
    return new Promise((settle) => {
      this.#follows.set(++this.#asked, settle)
      this.#port.postMessage({ ask: 'follow', run: this.#run, id: this.#asked, wanted })
    })
  }

  /** What is known of a node besides its state; undefined when the run was left meanwhile. */
  about(node: number): Promise<About | undefined> {
    return new Promise((settle) => {
      this.#abouts.push(settle)
      this.#port.postMessage({ ask: 'about', run: this.#run, node })
    })
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
