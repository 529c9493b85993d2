// Invalidations: paths that every location drops, each in its own time.
import type { Call } from '../../engine/calls.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { Line } from '../../parts/line.ts'
import { Slots } from '../../parts/slots.ts'
import { Stretch } from '../../parts/stretch.ts'
import { mapOf } from './asked.ts'
import type { Distribution } from './distribution-state.ts'
import { voidFetches } from './fetch.ts'
import type { Location } from './locations.ts'
import { regionBehind } from './places.ts'

/** The longest time that it takes, in µs (CF-R62). */
const LONGEST = 300_000_000
/** So many that are over can be asked for; older ones are forgotten. */
const KEPT = 1_000

interface Invalidation {
  readonly id: string
  readonly paths: readonly string[]
  readonly startedAt: number
  /** When the last location drops them, as far as that is known. */
  until: number
  /** Locations that have not dropped them yet, and when the last one did; −1 = not yet. */
  left: number
  completedAt: number
}

/** One location that drops the paths of one invalidation. */
interface Drop {
  readonly invalidation: Invalidation
  readonly at: Location
}

/** Paths, those with a wildcard apart: each kind has a limit of its own. */
interface Count {
  files: number
  wildcards: number
}

export class Invalidations {
  /** By id, in the order in which they began. */
  readonly list = new Map<string, Invalidation>()
  readonly drops = new Slots<Drop>()
  readonly underWay: Count = { files: 0, wildcards: 0 }
  private readonly over = new Line<Invalidation>()
  private begun = 0
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

  begin(paths: readonly string[], now: number): Invalidation {
    const made = { id: `I${++this.begun}`, paths, startedAt: now, until: now, left: 0, completedAt: -1 }
    this.list.set(made.id, made)
    const { files, wildcards } = countOf(paths)
    this.underWay.files += files
    this.underWay.wildcards += wildcards
    this.paths += paths.length
    this.began.note(now)
    return made
  }

  /** A new location fetches from others that have not dropped everything yet: it drops that with the last of them. */
  join(self: Distribution, at: Location): void {
    if (this.underWay.files + this.underWay.wildcards === 0) return
    for (const invalidation of this.list.values())
      if (invalidation.left > 0) this.dropAt(self, invalidation, at, invalidation.until)
  }

  /** Lets a location drop the paths of an invalidation at a time, in µs. */
  dropAt({ sim, dropTarget, now }: Distribution, invalidation: Invalidation, at: Location, time: number): void {
    invalidation.left++
    invalidation.until = Math.max(invalidation.until, time)
    sim.after(time - now, dropTarget, this.drops.put({ invalidation, at }))
  }

  /** The last location has dropped its paths. */
  complete(invalidation: Invalidation, now: number): void {
    invalidation.completedAt = now
    const { files, wildcards } = countOf(invalidation.paths)
    this.underWay.files -= files
    this.underWay.wildcards -= wildcards
    this.over.push(invalidation)
    if (this.over.length > KEPT) this.list.delete(this.over.shift()!.id)
  }
}

function countOf(paths: readonly string[]): Readonly<Count> {
  const wildcards = paths.filter((path) => path.endsWith('*')).length
  return { files: paths.length - wildcards, wildcards }
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
  const { files, wildcards } = countOf(paths)
  const isOver =
    invalidations.underWay.wildcards + wildcards > sim.quota('InvalidationWildcards') ||
    invalidations.underWay.files + files > sim.quota('InvalidationFiles')
  if (isOver) {
    sim.reply(call, sim.error('TooManyInvalidationsInProgress', 400))
    return
  }
  const invalidation = invalidations.begin(paths, self.now)
  // What lies nearer to the origin goes first: nobody must fetch again what he has just dropped.
  const times = new Map<string, number>()
  const dropAll = (locations: Iterable<Location>, behind: (at: Location) => number): void => {
    for (const at of locations) {
      const own = self.now + Math.min(LONGEST, invalidations.time.draw(invalidations.rng))
      const time = Math.max(own, behind(at))
      if (at.kind !== 'edge') times.set(at.name, time)
      invalidations.dropAt(self, invalidation, at, time)
    }
  }
  const regions = [...self.regions.values()]
  dropAll(
    regions.filter(({ kind }) => kind === 'shield'),
    () => 0,
  )
  const latest = Math.max(0, ...times.values())
  dropAll(
    regions.filter(({ kind }) => kind === 'regional'),
    () => latest,
  )
  dropAll(self.edges, ({ name }) => times.get(regionBehind(name)) ?? latest)
  sim.calls.answer[call] = answerOf(invalidation)
  sim.reply(call, 0)
}

export function getInvalidation(self: Distribution, call: Call): void {
  const { sim, invalidations } = self
  const id = String(mapOf(sim.calls.body[call])['Id'])
  const found = invalidations.list.get(id)
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
  const { invalidation, at } = invalidations.drops.take(row)
  for (const path of invalidation.paths) {
    invalidations.dropped += at.drop(path, now)
    voidFetches(self, at, path)
  }
  invalidation.left--
  if (invalidation.left === 0) invalidations.complete(invalidation, now)
}
