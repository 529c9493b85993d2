// Fetches: an object on its way from the origin through the caches to the viewers who wait for it.
//
// The one idea: a fetch belongs to one location. It asks the next location on the way to the origin as a viewer asks the edge, so
// every location keeps what comes by and lets requests for one object wait for one fetch (CF-R30).
import type { Asked } from './asked.ts'
import type { Distribution, Visit } from './distribution-state.ts'
import { takeFetch, wait, type Fetch, type Response } from './fetch.ts'
import { errorLifetimeOf, lifetimeOf, untilExpires } from './freshness.ts'
import type { CachedObject, Location } from './locations.ts'
import { askOrigin, connectFailed, readTimedOut, sendToOrigin } from './origin-calls.ts'

const NONE = -1

/** What a new fetch is for. */
interface Wanted {
  readonly tiers: readonly Location[]
  readonly depth: number
  readonly key: string
  readonly behavior: number
  readonly asked: Asked
  readonly trace: number
  readonly old: CachedObject | undefined
  readonly waiter: number | undefined
  readonly mayShare: boolean
}

function begin(self: Distribution, wanted: Wanted): void {
  const { tiers, depth, key, waiter } = wanted
  const at = tiers[depth]
  const isShared = wanted.mayShare && key !== '' && self.behaviors[wanted.behavior].collapses
  if (isShared && waiter !== undefined) {
    const known = at.fetches.get(key)
    if (known !== undefined) {
      self.collapsed++
      self.fetches[known].waiters.push(waiter)
      return
    }
  }
  const fetch = takeFetch(self)
  fetch.tiers = tiers
  fetch.depth = depth
  fetch.key = key
  fetch.behavior = wanted.behavior
  fetch.asked = wanted.asked
  fetch.trace = wanted.trace
  fetch.waiters = waiter === undefined ? [] : [waiter]
  fetch.old = wanted.old
  fetch.isShared = isShared
  fetch.isVoid = false
  fetch.coming = null
  fetch.nth = 0
  fetch.call = NONE
  fetch.timer = NONE
  if (isShared) at.fetches.set(key, fetch.row)
  if (depth + 1 < tiers.length) {
    const trip = self.regionalTrip.draw(self.rng)
    fetch.wayBack = trip - Math.floor(trip / 2)
    wait(self, fetch, 'goes up', trip - fetch.wayBack)
  } else askOrigin(self, fetch)
}

/** Has the object of a visit fetched; `old` is what its edge location kept of it. */
export function fetchFor(self: Distribution, visit: Visit, old: CachedObject | undefined, mayShare = true): void {
  begin(self, {
    tiers: self.tiersOf(visit.edge, self.behaviors[visit.behavior], visit.asked.method),
    depth: 0,
    key: visit.key,
    behavior: visit.behavior,
    asked: visit.asked,
    trace: self.sim.calls.trace[visit.call],
    old,
    waiter: visit.row,
    mayShare,
  })
}

/** Has an object fetched for which nobody waits, because it may be served as it is (CF-R28). */
export function refreshBehind(self: Distribution, visit: Visit, old: CachedObject): void {
  const tiers = self.tiersOf(visit.edge, self.behaviors[visit.behavior], visit.asked.method)
  if (tiers[0].fetches.has(visit.key)) return
  const { key, behavior, asked } = visit
  begin(self, { tiers, depth: 0, key, behavior, asked, trace: 0, old, waiter: undefined, mayShare: true })
}

/** Timer: what a fetch waited for has come. */
export function due(self: Distribution, row: number): void {
  const fetch = self.fetches[row]
  fetch.timer = NONE
  switch (fetch.phase) {
    case 'goes up':
      return arriveAbove(self, fetch)
    case 'comes down':
      return end(self, fetch, fetch.coming!)
    case 'goes to origin':
      return sendToOrigin(self, fetch)
    case 'connects':
      return connectFailed(self, fetch)
    case 'reads':
      return readTimedOut(self, fetch)
    default:
  }
}

/** A fetch asks the location above. */
function arriveAbove(self: Distribution, fetch: Fetch): void {
  const { tiers, key } = fetch
  const now = self.now
  const above = tiers[fetch.depth + 1]
  above.requests++
  const object = above.find(key, now)
  fetch.phase = 'waits'
  const upper = { tiers, depth: fetch.depth + 1, key, behavior: fetch.behavior, asked: fetch.asked, trace: fetch.trace }
  if (object !== undefined && now < object.freshUntil) {
    above.hits++
    self.regionalHits++
    bringDown(self, fetch, object)
  } else if (object !== undefined && now < object.reusableUntil && fetch.waiters.length > 0) {
    // Somebody waits for it. What is fetched for nobody, to be fresh again, waits for the origin.
    above.hits++
    self.regionalHits++
    if (!above.fetches.has(key)) begin(self, { ...upper, old: object, waiter: undefined, mayShare: true })
    bringDown(self, fetch, object)
  } else begin(self, { ...upper, old: object, waiter: ~fetch.row, mayShare: fetch.isShared })
}

function bringDown(self: Distribution, fetch: Fetch, object: CachedObject): void {
  fetch.coming = object
  wait(self, fetch, 'comes down', fetch.wayBack)
}

/** The last fetch on the way has its answer: it is judged and goes back to all who wait. */
export function arrive(self: Distribution, fetch: Fetch, response: Response): void {
  const { old } = fetch
  const { now } = self
  const { status } = response
  // The origin is down: what there is, is better than nothing (CF-R42, CF-R28).
  if (status >= 500 && old !== undefined && old.status < 400 && now < old.rescueUntil) {
    self.staleServed++
    const until = now + self.leastOf(status)
    end(self, fetch, { ...old, freshUntil: until, reusableUntil: until })
    return
  }
  end(self, fetch, objectOf(self, fetch, response, status === 304 && old !== undefined ? old : undefined))
}

/** An answer with the times for which it is kept; `unchanged` is what the origin says still holds. */
function objectOf(
  self: Distribution,
  fetch: Fetch,
  response: Response,
  unchanged: CachedObject | undefined,
): CachedObject {
  const { now } = self
  const { status, cacheControl, expires } = response
  const behavior = self.behaviors[fetch.behavior]
  const said = unchanged !== undefined && cacheControl === undefined ? unchanged.said : self.saidBy(cacheControl)
  const until = expires === undefined ? NaN : untilExpires(expires, self.sim.startsAt + now)
  const mayKeep = fetch.key !== '' && response.size <= self.sim.quota('ObjectSize')
  const lasts =
    status >= 400 ? errorLifetimeOf(status, said, self.leastOf(status)) : lifetimeOf(said, until, behavior.cache.times)
  const freshUntil = mayKeep ? now + lasts : now
  const found = unchanged ?? { ...response, address: fetch.key.split('\n', 1)[0]!.replace(/^OPTIONS /, '') }
  return {
    address: found.address,
    status: unchanged?.status ?? status,
    headers: found.headers,
    body: found.body,
    size: found.size,
    etag: found.etag,
    modified: found.modified,
    since: now,
    freshUntil,
    reusableUntil: said.staleWhileRevalidate > 0 && status < 400 ? freshUntil + said.staleWhileRevalidate : freshUntil,
    rescueUntil: said.staleIfError >= 0 ? freshUntil + said.staleIfError : Infinity,
    said,
  }
}

/** A fetch is over: its location keeps the object, and all who waited get it. */
export function end(self: Distribution, fetch: Fetch, object: CachedObject): void {
  const { tiers, depth, key, old, waiters } = fetch
  const { now } = self
  const at = tiers[depth]
  const isKept = key !== '' && now < object.freshUntil && !fetch.isVoid
  if (isKept) at.keep(key, object, now)
  else if (key !== '' && old !== undefined && object.status < 500 && object.since > old.since) at.cache.delete(key, now)
  if (fetch.isShared) at.fetches.delete(key)
  const isRefreshed = old !== undefined && old.etag !== '' && old.etag === object.etag
  // What may not be kept is for one viewer alone: the others, who waited, go for themselves (CF-R30).
  const isForOne = !isKept && !fetch.isVoid && fetch.isShared && object.status < 400
  const { behavior, asked, trace } = fetch
  fetch.phase = 'idle'
  fetch.waiters = []
  fetch.old = undefined
  fetch.coming = null
  self.freeFetches.push(fetch.row)
  for (let i = 0; i < waiters.length; i++) {
    const waiter = waiters[i]
    if (isForOne && i > 0)
      sendAlone(self, waiter, { tiers, depth, key, behavior, asked, trace, old: undefined, waiter, mayShare: false })
    else if (waiter < 0) bringDown(self, self.fetches[~waiter], object)
    else serve(self, self.visits[waiter], object, isRefreshed)
  }
}

function sendAlone(self: Distribution, waiter: number, wanted: Wanted): void {
  if (waiter < 0) begin(self, wanted)
  else fetchFor(self, self.visits[waiter], undefined, false)
}

function serve(self: Distribution, visit: Visit, object: CachedObject, isRefreshed: boolean): void {
  self.steps.settle(self, visit, object, visit.key === '' ? 'passed' : isRefreshed ? 'refreshed' : 'miss')
}
