// Execution environments of one function: rows that are starting, busy or idle, and who of the idle comes next.
//
// The one idea: idle environments stand in a list by last use. Its front is the one used last, its back is the one
// that runs out first, whatever policy picks among them; so picking by use is a step to either end and the next
// moment of expiry is always known without a timer per environment.
import type { Rng } from '../../engine/rng.ts'
import { IdleBag } from './idle-bag.ts'

export const NONE = -1
/** Phases of a row. */
export const FREE = 0
export const STARTING = 1
export const BUSY = 2
export const IDLE = 3
/** The name under which a request comes that names no alias and no version. */
export const UNQUALIFIED = 0

/** The pool of environments of a version (0 = `$LATEST`) that are made when asked for. */
export function onDemandOf(version: number): number {
  return 2 * version
}

/** The pool of environments that are kept ready under an alias or a version, by its number from 1. */
export function provisionedUnder(qualifier: number): number {
  return 2 * qualifier - 1
}

export function isOnDemand(pool: number): boolean {
  return (pool & 1) === 0
}

/** Which idle environment takes the next request. */
export const PICKS = [
  'most-recently-used',
  'least-recently-used',
  'newest-created',
  'oldest-created',
  'random',
] as const
export type Pick = (typeof PICKS)[number]

export class Environments {
  /** Rows by phase; together all that exist. */
  starting = 0
  busy = 0
  idle = 0
  phase: Uint8Array = new Uint8Array(16)
  pool: Int32Array = new Int32Array(16)
  /** When it was made, and how many were made before it. */
  createdAt: Float64Array = new Float64Array(16)
  serial: Float64Array = new Float64Array(16)
  /** Idle: since when. Otherwise: when the request that it serves came. */
  since: Float64Array = new Float64Array(16)
  /** When the handler, or the repeated initialisation before it, began. */
  startedAt: Float64Array = new Float64Array(16)
  /** The request that it serves, its frame, the timer of its time-out and that of a pause before the handler. */
  call: Int32Array = new Int32Array(16)
  frame: Int32Array = new Int32Array(16)
  timeout: Int32Array = new Int32Array(16)
  pause: Int32Array = new Int32Array(16)
  /** µs of initialisation that the next request has to wait for, after a reset. */
  redo: Float64Array = new Float64Array(16)
  /** Bits of the steps that were done once and for all. */
  done: Int32Array = new Int32Array(16)
  /** 1 = its code outside the handler has not run yet; 1 = its process is about to be ended. */
  needsInit: Uint8Array = new Uint8Array(16)
  crashing: Uint8Array = new Uint8Array(16)
  /** Bytes in `/tmp`; of memory, taken by what stays and by the invocation. */
  tmp: Float64Array = new Float64Array(16)
  held: Float64Array = new Float64Array(16)
  used: Float64Array = new Float64Array(16)
  /** 1 = never used again: its configuration is out of date. */
  stale: Uint8Array = new Uint8Array(16)
  /** The number of the fault, from 1, that replaces the result of this invocation; 0 = none does. */
  doomed: Int32Array = new Int32Array(16)
  /** The name under which the request came, the version that it runs, and what the pause before its handler is for. */
  qualifier: Int32Array = new Int32Array(16)
  version: Int32Array = new Int32Array(16)
  stage: Uint8Array = new Uint8Array(16)
  /** On-demand rows by age, the oldest first. */
  oldest = NONE
  newer: Int32Array = new Int32Array(16)
  /** Rows in use, free ones among them, from 0. */
  rows = 0
  private newest = NONE
  private older: Int32Array = new Int32Array(16)
  private before: Int32Array = new Int32Array(16)
  private after: Int32Array = new Int32Array(16)
  /** By pool: the idle one used last, and the one unused for longest; of on-demand pools those that the policy sorts otherwise. */
  private readonly front: number[] = []
  private readonly back: number[] = []
  private readonly bags: (IdleBag | null)[] = []
  private firstFree = NONE
  private made = 0
  private readonly pick: Pick
  private readonly rng: Rng

  /** `rng` is drawn from by the pick `random` alone. */
  constructor(pick: Pick, rng: Rng) {
    this.pick = pick
    this.rng = rng
    this.open(onDemandOf(0))
  }

  /** Sees to it that there is a pool of this number. */
  open(pool: number): void {
    while (this.front.length <= pool) {
      this.bags.push(isOnDemand(this.front.length) ? bagFor(this.pick) : null)
      this.front.push(NONE)
      this.back.push(NONE)
    }
  }

  /** All that exist. */
  get count(): number {
    return this.starting + this.busy + this.idle
  }

  /** Makes an environment that is starting. */
  create(now: number, pool: number): number {
    let row = this.firstFree
    if (row !== NONE) this.firstFree = this.after[row]
    else {
      if (this.rows === this.phase.length) this.grow()
      row = this.rows++
    }
    this.phase[row] = STARTING
    this.pool[row] = pool
    this.createdAt[row] = now
    this.serial[row] = this.made++
    this.since[row] = now
    this.frame[row] = NONE
    this.timeout[row] = NONE
    this.pause[row] = NONE
    this.redo[row] = 0
    this.done[row] = 0
    this.needsInit[row] = 0
    this.crashing[row] = 0
    this.tmp[row] = 0
    this.held[row] = 0
    this.used[row] = 0
    this.stale[row] = 0
    this.doomed[row] = 0
    this.starting++
    this.older[row] = NONE
    this.newer[row] = NONE
    if (isOnDemand(pool)) {
      this.older[row] = this.newest
      if (this.newest === NONE) this.oldest = row
      else this.newer[this.newest] = row
      this.newest = row
    }
    return row
  }

  /** A starting environment begins to serve. */
  started(row: number): void {
    this.phase[row] = BUSY
    this.starting--
    this.busy++
  }

  /** Takes the idle environment of a pool that the policy prefers and makes it busy; −1 = there is none. */
  take(pool: number): number {
    let row = this.front[pool]
    if (row === NONE) return NONE
    if (isOnDemand(pool)) {
      const bag = this.bags[pool]
      if (bag !== null) row = bag.pick(this.rng)
      else if (this.pick === 'least-recently-used') row = this.back[pool]
    }
    this.unlink(row)
    this.phase[row] = BUSY
    this.busy++
    return row
  }

  /** An environment that is starting or busy becomes idle. */
  rest(row: number, now: number): void {
    if (this.phase[row] === BUSY) this.busy--
    else this.starting--
    const pool = this.pool[row]
    const front = this.front[pool]
    this.phase[row] = IDLE
    this.idle++
    this.since[row] = now
    this.before[row] = NONE
    this.after[row] = front
    if (front === NONE) this.back[pool] = row
    else this.before[front] = row
    this.front[pool] = row
    this.bags[pool]?.add(row, this.serial[row])
  }

  /** Takes an environment out of the world, in whatever phase it is. */
  destroy(row: number): void {
    if (this.phase[row] === IDLE) this.unlink(row)
    else if (this.phase[row] === BUSY) this.busy--
    else this.starting--
    if (isOnDemand(this.pool[row])) {
      const older = this.older[row]
      const newer = this.newer[row]
      if (older === NONE) this.oldest = newer
      else this.newer[older] = newer
      if (newer === NONE) this.newest = older
      else this.older[newer] = older
    }
    this.phase[row] = FREE
    this.after[row] = this.firstFree
    this.firstFree = row
  }

  /** The idle environment of a pool that has been unused for longest; −1 = none is idle. */
  longestUnused(pool: number): number {
    return this.back[pool]
  }

  private unlink(row: number): void {
    const pool = this.pool[row]
    const before = this.before[row]
    const after = this.after[row]
    if (before === NONE) this.front[pool] = after
    else this.after[before] = after
    if (after === NONE) this.back[pool] = before
    else this.before[after] = before
    this.bags[pool]?.remove(row)
    this.idle--
  }

  private grow(): void {
    const length = this.phase.length * 2
    const widen = <T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.phase = widen(this.phase, new Uint8Array(length))
    this.pool = widen(this.pool, new Int32Array(length))
    this.createdAt = widen(this.createdAt, new Float64Array(length))
    this.serial = widen(this.serial, new Float64Array(length))
    this.since = widen(this.since, new Float64Array(length))
    this.startedAt = widen(this.startedAt, new Float64Array(length))
    this.call = widen(this.call, new Int32Array(length))
    this.frame = widen(this.frame, new Int32Array(length))
    this.timeout = widen(this.timeout, new Int32Array(length))
    this.pause = widen(this.pause, new Int32Array(length))
    this.redo = widen(this.redo, new Float64Array(length))
    this.done = widen(this.done, new Int32Array(length))
    this.needsInit = widen(this.needsInit, new Uint8Array(length))
    this.crashing = widen(this.crashing, new Uint8Array(length))
    this.tmp = widen(this.tmp, new Float64Array(length))
    this.held = widen(this.held, new Float64Array(length))
    this.used = widen(this.used, new Float64Array(length))
    this.stale = widen(this.stale, new Uint8Array(length))
    this.doomed = widen(this.doomed, new Int32Array(length))
    this.qualifier = widen(this.qualifier, new Int32Array(length))
    this.version = widen(this.version, new Int32Array(length))
    this.stage = widen(this.stage, new Uint8Array(length))
    this.newer = widen(this.newer, new Int32Array(length))
    this.older = widen(this.older, new Int32Array(length))
    this.before = widen(this.before, new Int32Array(length))
    this.after = widen(this.after, new Int32Array(length))
  }
}

function bagFor(pick: Pick): IdleBag | null {
  if (pick === 'newest-created') return new IdleBag(-1)
  if (pick === 'oldest-created') return new IdleBag(1)
  return pick === 'random' ? new IdleBag(0) : null
}
