// Invalidations: paths that every location drops, each in its own time.
import type { Call } from '../../engine/calls.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import { mapOf } from './asked.ts'
import type { Distribution } from './distribution-state.ts'
import { voidFetches } from './fetch.ts'
import type { Location } from './locations.ts'
import { regionBehind } from './places.ts'

/** The longest time that it takes, in µs (CF-R62). */
const LONGEST = 300_000_000

interface Invalidation {
  readonly id: string
  readonly paths: readonly string[]
  readonly startedAt: number
  /** Locations that have not dropped them yet, and when the last one did; −1 = not yet. */
  left: number
  completedAt: number
}

/** One location that drops the paths of one invalidation. */
interface Drop {
  readonly invalidation: Invalidation
  readonly at: Location
}

export class Invalidations {
  readonly list: Invalidation[] = []
  readonly drops: Drop[] = []
  /** Paths that were invalidated, objects that went. */
  paths = 0
  dropped = 0
  readonly began: Stretch
  readonly time: Sampler
  readonly rng: Rng

  constructor(sim: Sim) {
    this.began = new Stretch(sim.warmUp)
    this.time = sim.sampler('InvalidationTime')
    this.rng = sim.rng('invalidations')
  }

  /** Paths under way, with a wildcard or without. */
  underWay(wildcards: boolean): number {
    let count = 0
    for (const { paths, left } of this.list)
      if (left > 0) count += paths.filter((path) => path.endsWith('*') === wildcards).length
    return count
  }
}

/** Whether CloudFront takes a path: it begins with a slash, and its only wildcard is its last letter. */
function isPath(path: string): boolean {
  return path.startsWith('/') && path.length <= 4_000 && !path.slice(0, -1).includes('*')
}

export function createInvalidation(self: Distribution, call: Call): void {
  const { sim, invalidations } = self
  const { Paths: given } = mapOf(mapOf(sim.calls.body[call])['InvalidationBatch'])
  const items = mapOf(given)['Items']
  const paths = (Array.isArray(items) ? items : []).map(String)
  if (paths.length === 0 || !paths.every(isPath)) {
    sim.reply(call, sim.error('InvalidArgument', 400))
    return
  }
  const wildcards = paths.filter((path) => path.endsWith('*')).length
  const isOver =
    invalidations.underWay(true) + wildcards > sim.quota('InvalidationWildcards') ||
    invalidations.underWay(false) + paths.length - wildcards > sim.quota('InvalidationFiles')
  if (isOver) {
    sim.reply(call, sim.error('TooManyInvalidationsInProgress', 400))
    return
  }
  const locations = [...self.regions.values(), ...self.edges]
  const invalidation: Invalidation = {
    ...{ id: `I${invalidations.list.length + 1}`, paths, startedAt: self.now, left: locations.length, completedAt: -1 },
  }
  invalidations.list.push(invalidation)
  invalidations.paths += paths.length
  invalidations.began.note(self.now)
  // What lies nearer to the origin goes first: an edge location must not fetch again what it has just dropped.
  const times = new Map<string, number>()
  const latest = { of: 0 }
  for (const at of locations) {
    const own = Math.min(LONGEST, invalidations.time.draw(invalidations.rng))
    const behind = at.kind === 'edge' ? Math.max(latest.of, times.get(regionBehind(at.name)) ?? 0) : 0
    const time = Math.max(own, behind)
    times.set(at.name, time)
    if (at.kind === 'shield') latest.of = Math.max(latest.of, time)
    invalidations.drops.push({ invalidation, at })
    sim.after(time, self.dropTarget, invalidations.drops.length - 1)
  }
  sim.calls.answer[call] = answerOf(invalidation)
  sim.reply(call, 0)
}

export function getInvalidation(self: Distribution, call: Call): void {
  const { sim, invalidations } = self
  const id = String(mapOf(sim.calls.body[call])['Id'])
  const found = invalidations.list.find((each) => each.id === id)
  if (found !== undefined) sim.calls.answer[call] = answerOf(found)
  sim.reply(call, found === undefined ? sim.error('NoSuchInvalidation', 404) : 0)
}

function answerOf({ id, left, paths }: Invalidation): unknown {
  return {
    Invalidation: {
      Id: id,
      Status: left > 0 ? 'InProgress' : 'Completed',
      InvalidationBatch: { Paths: { Quantity: paths.length, Items: paths } },
    },
  }
}

/** Timer: a location drops the paths of an invalidation. */
export function dropDue(self: Distribution, row: number): void {
  const { invalidations, now } = self
  const { invalidation, at } = invalidations.drops[row]
  for (const path of invalidation.paths) {
    invalidations.dropped += at.drop(path, now)
    voidFetches(self, at, path)
  }
  invalidation.left--
  if (invalidation.left === 0) invalidation.completedAt = now
}
