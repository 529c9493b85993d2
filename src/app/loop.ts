// The loop: once a frame of the screen the clock moves on and what streams is painted; nothing while nothing changes.
import type { Session } from './session.ts'

/** Paints something at a moment, in µs. */
type Painter = (now: number) => void

interface Entry {
  readonly paint: Painter
  readonly every: number
  last: number
  shown: number
}

export class Loop {
  readonly #session: Session
  readonly #entries = new Set<Entry>()
  readonly #stages = new Set<() => number>()
  #before = 0
  #fresh = true
  /** Real milliseconds of script of the last frames, for `?perf`. */
  readonly costs: number[] = []
  /** The part of them that dots, roads and handing the picture over took: without cards and panels. */
  readonly draws: number[] = []
  /** Frames so far. */
  count = 0

  constructor(session: Session) {
    this.#session = session
  }

  /** What is called every frame: a stage decides itself whether anything changed, and answers how many ms cards took. */
  addStage(draw: () => number): () => void {
    this.#stages.add(draw)
    return () => this.#stages.delete(draw)
  }

  /** Calls `paint` when the moment or the run changed, at most every so many real ms. Answers how to stop. */
  subscribe(paint: Painter, every: number): () => void {
    const entry: Entry = { paint, every, last: 0, shown: -1 }
    this.#entries.add(entry)
    return () => this.#entries.delete(entry)
  }

  /** Something else than the moment changed: everyone paints in the next frame. */
  refresh(): void {
    this.#fresh = true
  }

  start(): void {
    const turn = (time: number): void => {
      const begun = performance.now()
      this.#session.tick(this.#before === 0 ? 0 : time - this.#before)
      this.#before = time
      const drawing = performance.now()
      let cards = 0
      for (const draw of this.#stages) cards += draw()
      this.draws.push(performance.now() - drawing - cards)
      if (this.draws.length > 240) this.draws.shift()
      const { now } = this.#session.clock
      const reached = (this.#session.run?.reached ?? 0) + (this.#session.base?.reached ?? 0)
      const fresh = this.#fresh
      this.#fresh = false
      for (const entry of this.#entries) {
        // The run grows while it is simulated: that is a change too.
        const shown = now + reached * 1e-9
        if (!fresh && (entry.shown === shown || time - entry.last < entry.every)) continue
        entry.shown = shown
        entry.last = time
        entry.paint(now)
      }
      this.count++
      this.costs.push(performance.now() - begun)
      if (this.costs.length > 240) this.costs.shift()
      requestAnimationFrame(turn)
    }
    requestAnimationFrame(turn)
  }
}
