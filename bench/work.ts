// What a benchmark is, and what all engines in it share: the same draws, the same proof of order.
import { createRequire } from 'node:module'

/** One engine set up with one workload. */
export interface Bench {
  /** Runs about `count` more units of work. */
  run(count: number): void
  readonly tally: Tally
  /** A result of the model to print under the table, if it has one. */
  note?(): string
}

/** A workload and the engines that can run it. */
export interface Work {
  readonly name: string
  readonly title: string
  /** What is counted. */
  readonly unit: string
  /** What `n` counts. */
  readonly of: string
  readonly sizes: readonly number[]
  readonly quick: readonly number[]
  /** False for whole scenarios, which SimPy has no counterpart of. */
  readonly simpy?: boolean
  /** The largest size that the slow engines are asked for. */
  readonly slowest: number
  readonly engines: ReadonlyMap<string, (n: number) => Bench>
}

/** Units after which the order in which the engines did them is compared. */
export const PROOF = 20_000

/** Counts units and folds their ids into a hash: engines with the same `proof` did the same things in the same order. */
export class Tally {
  done = 0
  hash = 0
  proof = 0

  step(id: number): void {
    this.hash = Math.imul(this.hash ^ id, 16777619)
    if (++this.done === PROOF) this.proof = this.hash
  }
}

/** xorshift32, the generator that the engines share; the state is never 0. */
export function xorshift(state: number): number {
  state ^= state << 13
  state ^= state >>> 17
  return state ^ (state << 5)
}

export const DRAWS = 65_536

const made = new Map<number, Int32Array>()

/** The exponential distribution's 65,536 quantiles, in whole µs of the given mean, shuffled. Drawing is reading on. */
export function exponentials(meanMicros: number): Int32Array {
  const known = made.get(meanMicros)
  if (known !== undefined) return known
  const draws = new Int32Array(DRAWS)
  made.set(meanMicros, draws)
  for (let i = 0; i < DRAWS; i++) draws[i] = Math.round(-Math.log((i + 0.5) / DRAWS) * meanMicros)
  let state = 1
  for (let i = DRAWS - 1; i > 0; i--) {
    state = xorshift(state)
    const other = (state >>> 0) % (i + 1)
    const draw = draws[i]!
    draws[i] = draws[other]!
    draws[other] = draw
  }
  return draws
}

/** The parts of simjs that are used here. */
export interface SimJs {
  readonly Sim: new () => SimJsSim
  readonly Entity: new (sim: SimJsSim, name?: string) => SimJsEntity
  readonly Facility: new (name: string, discipline: number | undefined, servers: number) => object
}
export interface SimJsSim {
  step(): boolean
  time(): number
  addEntity<E extends SimJsEntity>(type: new (sim: SimJsSim, name?: string) => E, ...args: unknown[]): E
}
export interface SimJsRequest {
  done(callback: () => void, context?: object, argument?: unknown): SimJsRequest
  cancel(): void
}
export interface SimJsEntity {
  time(): number
  setTimer(delay: number): SimJsRequest
  useFacility(facility: object, duration: number): SimJsRequest
}

/** The simjs package is a browser bundle: what it offers, it hangs on `window`. */
export function loadSimJs(): SimJs {
  const page = globalThis as unknown as { window?: { Sim?: SimJs } }
  page.window ??= {}
  createRequire(import.meta.url)('simjs')
  return page.window.Sim!
}
