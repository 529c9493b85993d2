// The random streams of a run, each of one component for one purpose, and whether chance had any part in it.
import { createRng, type Rng } from '../engine/rng.ts'

export class Streams {
  private readonly seed: number | string
  private readonly all: Rng[] = []

  constructor(seed: number | string) {
    this.seed = seed
  }

  /** The stream of a component for a purpose. */
  of(component: string, purpose: string): Rng {
    const rng = createRng(this.seed, component, purpose)
    this.all.push(rng)
    return rng
  }

  /** Whether anything was drawn: if not, another seed would have made the very same run. */
  get haveDrawn(): boolean {
    return this.all.some((rng) => !rng.isFresh)
  }
}
