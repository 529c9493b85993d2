// The instances of a group in the order of their launch, each with its lifecycle state.
import { Integral } from '../../parts/integral.ts'
import { Population } from '../../parts/population.ts'

export type Lifecycle = 'Pending' | 'InService' | 'Terminating'

export class Members {
  readonly ids: string[] = []
  readonly states: Lifecycle[] = []
  readonly inside = new Population()
  /** Instances in service, over time: what is billed of them. */
  readonly inService = new Integral()
  private readonly since: number[] = []

  count(state: Lifecycle): number {
    let n = 0
    for (const other of this.states) if (other === state) n++
    return n
  }

  /** Those that count as capacity: coming or in service. */
  get capacity(): number {
    return this.ids.length - this.count('Terminating')
  }

  add(id: string, now: number): void {
    this.ids.push(id)
    this.states.push('Pending')
    this.since.push(now)
    this.inside.enter(now)
  }

  /** An instance that was coming runs. */
  serve(at: number, now: number): void {
    this.states[at] = 'InService'
    this.inService.add(1, now)
  }

  remove(at: number, now: number): void {
    this.inside.leave(now, this.since[at])
    if (this.states[at] === 'InService') this.inService.add(-1, now)
    this.ids.splice(at, 1)
    this.states.splice(at, 1)
    this.since.splice(at, 1)
  }

  /** Ids of those that come or go. */
  inTransit(): string[] {
    return this.ids.filter((_, i) => this.states[i] !== 'InService')
  }

  /** Marks so many as Terminating, the oldest or the newest first, and returns their ids. */
  choose(count: number, newestFirst: boolean, now: number): string[] {
    const chosen: string[] = []
    const n = this.ids.length
    for (let i = 0; i < n && chosen.length < count; i++) {
      const at = newestFirst ? n - 1 - i : i
      if (this.states[at] === 'Terminating') continue
      if (this.states[at] === 'InService') this.inService.add(-1, now)
      this.states[at] = 'Terminating'
      chosen.push(this.ids[at])
    }
    return chosen
  }
}
