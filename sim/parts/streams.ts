// The random streams of one program or workload, by purpose, with a counter each for keys that are taken in turn.
import type { Rng } from '../engine/rng.ts'
import type { Sim } from '../model/contract.ts'
import type { Streams } from './program.ts'

export class StreamSet implements Streams {
  private readonly streams = new Map<string, Rng>()
  private readonly turns = new Map<string, number>()
  /** The stream asked for last, as most programs draw for one purpose over and over: a look into the map takes 15 ns. */
  private lastPurpose = ''
  private last: Rng | undefined

  constructor(sim: Sim, purposes: readonly string[]) {
    for (const purpose of purposes) this.streams.set(purpose, sim.rng(purpose))
  }

  get(purpose: string): Rng {
    if (purpose !== this.lastPurpose || this.last === undefined) {
      this.lastPurpose = purpose
      this.last = this.streams.get(purpose)!
    }
    return this.last
  }

  /** 0, 1, 2, …: how often this purpose took its turn before. */
  turn(purpose: string): number {
    const turn = this.turns.get(purpose) ?? 0
    this.turns.set(purpose, turn + 1)
    return turn
  }
}
