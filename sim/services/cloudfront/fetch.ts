// One fetch: its row, what an origin answers to it, and how time passes for it.
import type { Call } from '../../engine/calls.ts'
import type { TimerHandle } from '../../engine/kernel.ts'
import { NOTHING, type Asked } from './asked.ts'
import type { Behavior } from './distribution-config.ts'
import type { Distribution } from './distribution-state.ts'
import { isMeant, type CachedObject, type Location } from './locations.ts'

const NONE = -1

/** What a fetch waits for. */
export type Phase = 'idle' | 'goes up' | 'comes down' | 'waits' | 'goes to origin' | 'connects' | 'reads'

export interface Fetch {
  readonly row: number
  tiers: readonly Location[]
  /** Its own place in `tiers`. */
  depth: number
  key: string
  behavior: number
  asked: Asked
  trace: number
  /** Who waits: rows of visits, and of fetches further down as their complement. */
  waiters: number[]
  /** What is kept here already and has expired. */
  old: CachedObject | undefined
  /** Whether others may join it. */
  isShared: boolean
  /** Whether what it brings has been invalidated meanwhile. */
  isVoid: boolean
  phase: Phase
  timer: TimerHandle
  /** When it began to wait, in µs. */
  since: number
  /** The rest of a round trip, in µs. */
  wayBack: number
  /** The object that comes down from the location above. */
  coming: CachedObject | null
  /** Of the origin: the first or the second, the attempt, the call, and the path after functions. */
  nth: number
  attempt: number
  call: Call
  sentAs: Asked
  /** The number of the origin that is asked. */
  at: number
  /** While a function looks at it. */
  answered: Response | null
}

const NOBODY: Asked = Object.freeze({
  method: '',
  path: '',
  query: '',
  headers: {},
  cookies: {},
  body: null,
  ip: '',
  country: '',
})

/** A row for a new fetch. */
export function takeFetch(self: Distribution): Fetch {
  const row = self.freeFetches.pop()
  if (row !== undefined) return self.fetches[row]
  const made: Fetch = {
    ...{ row: self.fetches.length, tiers: [], depth: 0, key: '', behavior: 0, asked: NOBODY, trace: 0, waiters: [] },
    ...{
      old: undefined,
      isShared: false,
      isVoid: false,
      phase: 'idle',
      timer: NONE,
      since: 0,
      wayBack: 0,
      coming: null,
    },
    ...{ nth: 0, attempt: 0, call: NONE, sentAs: NOBODY, answered: null, at: 0 },
  }
  self.fetches.push(made)
  return made
}

/** Lets time pass for a fetch. */
export function wait(self: Distribution, fetch: Fetch, phase: Phase, time: number): void {
  fetch.phase = phase
  fetch.since = self.now
  fetch.timer = self.sim.timer(time, self.dueTarget, fetch.row)
}

/** What an origin answers, or what stands for it. */
export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly size: number
  readonly etag: string
  readonly modified: string
  readonly cacheControl: string | undefined
  readonly expires: string | undefined
}

/** An answer of which nothing but its code is known. */
export function failure(status: number): Response {
  return {
    ...{ status, headers: NOTHING, body: undefined, size: 0, etag: '', modified: '' },
    ...{ cacheControl: undefined, expires: undefined },
  }
}

/** What is under way for an address does not count any more: it is not kept (CF-R60). */
export function voidFetches(self: Distribution, at: Location, path: string): void {
  for (const fetch of self.fetches)
    if (fetch.phase !== 'idle' && fetch.tiers[fetch.depth] === at && isMeant(path, fetch.key.split('\n', 1)[0]!))
      fetch.isVoid = true
}

/** The behaviour of a fetch. */
export function behaviorOf(self: Distribution, fetch: Fetch): Behavior {
  return self.behaviors[fetch.behavior]
}
