// One of the two runs that can be compared: its worker, its run, and what is known of it.
import { Bridge, type LoadRequest, type Port } from '../bridge/client.ts'
import { Run } from '../run/run.ts'
import { plainText } from '../run/words.ts'
import type { About, Answer, Followed, Frame, Insight, Outcomes, Outline, Problem, Wanted } from '../sim.ts'

/** What is known of a run; panels show it. */
export interface Known {
  readonly status: 'none' | 'loading' | 'running' | 'done' | 'problems' | 'bug'
  readonly outline?: Outline | undefined
  readonly problems: readonly Problem[]
  readonly bug?: string | undefined
  readonly outcomes?: Outcomes | undefined
  readonly insights: readonly Insight[]
  /** Numbers of nodes with a pin, to the number on it. */
  readonly pins: ReadonlyMap<number, number>
}

export const UNKNOWN: Known = {
  status: 'none',
  outline: undefined,
  problems: [],
  bug: undefined,
  outcomes: undefined,
  insights: [],
  pins: new Map(),
}

/** What a session hears of a side. */
export interface Listener {
  /** Something is known that was not. */
  readonly known: (patch: Partial<Known>) => void
  /** A run begins, behind one with another outline or behind none. */
  readonly begun: (run: Run, before: Outline | undefined) => void
  readonly frame: (frame: Frame) => void
  /** It is over; `stopped` says why before its time. */
  readonly done: (outcomes: Outcomes, stopped: string | undefined) => void
  /** It cannot be run. */
  readonly failed: () => void
}

export class Side {
  run: Run | undefined = undefined
  known: Known = UNKNOWN
  /** What was loaded last. */
  #key = ''
  readonly #bridge: Bridge
  #takeReport: ((html: string | undefined) => void) | undefined = undefined
  readonly #listener: Listener

  constructor(port: Port, listener: Listener) {
    this.#bridge = new Bridge(port, (answer) => this.#hear(answer))
    this.#listener = listener
  }

  /** Runs what is asked for, unless it does already; answers whether it begins. */
  load(request: LoadRequest): boolean {
    const key = JSON.stringify(request)
    if (key === this.#key) return false
    this.#key = key
    this.#know({ status: 'loading', problems: [], bug: undefined })
    this.#bridge.load(request)
    return true
  }

  /** What the simulator knows of a node besides its state; undefined when the run was left meanwhile. */
  about(node: number): Promise<About | undefined> {
    return this.#bridge.about(node)
  }

  /** Follows one request; undefined when there is none, or the run was left meanwhile. */
  follow(wanted: Wanted): Promise<Followed | undefined> {
    return this.#bridge.follow(wanted)
  }

  /** The report of the run as one HTML file; undefined while the run is not done. */
  report(): Promise<string | undefined> {
    this.#takeReport?.(undefined)
    this.#takeReport = undefined
    if (this.known.status !== 'done') return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#takeReport = resolve
      this.#bridge.report()
    })
  }

  /** Nothing is loaded any more. */
  forget(): void {
    this.#bridge.forget()
    this.#key = ''
    this.run = undefined
    this.#know(UNKNOWN)
  }

  #know(patch: Partial<Known>): void {
    this.known = { ...this.known, ...patch }
    this.#listener.known(patch)
  }

  #hear(answer: Answer): void {
    switch (answer.answer) {
      case 'problems': {
        const wrong = answer.problems.some((problem) => problem.severity === 'error')
        this.#know({ problems: answer.problems, ...(wrong ? { status: 'problems' as const } : {}) })
        if (wrong) this.#listener.failed()
        break
      }
      case 'outline': {
        const { outline } = answer
        const before = this.run?.outline
        this.run = new Run(outline)
        this.#know({ outline, status: 'running', outcomes: undefined, insights: [], pins: new Map() })
        this.#listener.begun(this.run, before)
        this.#bridge.ahead(outline.duration)
        break
      }
      case 'frame':
        this.run?.add(answer.frame)
        this.#listener.frame(answer.frame)
        break
      case 'done': {
        const { outcomes } = answer
        const { stopped } = outcomes.report as { readonly stopped?: { readonly message: string } }
        if (stopped !== undefined && this.run !== undefined) this.run.end = this.run.reached
        this.#know({
          status: 'done',
          outcomes,
          insights: outcomes.insights.map((insight) => ({
            ...insight,
            title: plainText(insight.title),
            text: plainText(insight.text),
          })),
          pins: pinsOf(outcomes.insights),
        })
        this.#listener.done(outcomes, stopped?.message)
        break
      }
      case 'report':
        this.#takeReport?.(answer.html)
        this.#takeReport = undefined
        break
      case 'bug':
        this.#know({ status: 'bug', bug: answer.message })
        this.#listener.failed()
        break
    }
  }
}

/** The first insight of each node gets the pin. */
function pinsOf(insights: readonly Insight[]): ReadonlyMap<number, number> {
  const pins = new Map<number, number>()
  insights.slice(0, 9).forEach((insight, i) => {
    if (insight.node >= 0 && !pins.has(insight.node)) pins.set(insight.node, i + 1)
  })
  return pins
}
