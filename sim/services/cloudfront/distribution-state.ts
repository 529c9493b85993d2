// The state of a distribution: its locations with what they keep, the requests inside, and what is being fetched.
//
// The one idea: a request that finds its object at the edge is answered where it comes in and has no row. All others are a
// `Visit`, which waits for a `Fetch` at its edge location; that may wait for one at the regional cache, and so on up to the origin.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Ending, Sim } from '../../model/contract.ts'
import { Population } from '../../parts/population.ts'
import { Slots } from '../../parts/slots.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Asked } from './asked.ts'
import type { Behavior, ErrorPage, Gathered } from './distribution-config.ts'
import { REASONS } from './door.ts'
import type { Change } from './deployments.ts'
import type { EdgeEdges } from './edge-functions.ts'
import type { Fetch, Phase, Response } from './fetch.ts'
import { directivesOf, SILENT, type Directives } from './freshness.ts'
import { Invalidations } from './invalidations.ts'
import { Location, type CachedObject } from './locations.ts'
import type { OriginPlan } from './origin-config.ts'
import { firstPlaces, regionBehind, servedFrom } from './places.ts'

const NONE = -1
const SECOND = 1_000_000
/** Most edge locations that a run may name; CloudFront has some six hundred. */
const EDGES_MAX = 1_000
/** Header texts whose meaning is kept. */
const SAID_MAX = 1_000

/** How a request was answered. */
export type Outcome = 'hit' | 'refreshed' | 'miss' | 'passed' | 'made' | 'refused'

/** A request that is not answered at once. */
export interface Visit {
  readonly row: number
  call: Call
  since: number
  edge: number
  behavior: number
  asked: Asked
  key: string
  /** An error whose page is being fetched in its place; null = none. */
  failed: { readonly object: CachedObject; readonly outcome: Outcome; readonly page: ErrorPage } | null
  /** While a function looks at the answer. */
  object: CachedObject | null
  outcome: Outcome
}

/** The ways on that a later part of a request's way takes to an earlier one; functions of modules, set once. */
export interface Steps {
  readonly settle: (self: Distribution, visit: Visit, object: CachedObject, outcome: Outcome) => void
  readonly leave: (self: Distribution, visit: Visit, object: CachedObject, outcome: Outcome) => void
  readonly lookUp: (self: Distribution, visit: Visit) => void
  readonly arrive: (self: Distribution, fetch: Fetch, response: Response) => void
  readonly end: (self: Distribution, fetch: Fetch, object: CachedObject) => void
  readonly goToOrigin: (self: Distribution, fetch: Fetch) => void
  readonly due: EventFunction<Distribution>
  readonly dropDue: EventFunction<Distribution>
  readonly deployed: EventFunction<Distribution>
  readonly edgesOf: (sim: Sim, behavior: Behavior) => EdgeEdges
  readonly originEdges: (sim: Sim, origin: OriginPlan) => ReadonlyMap<string, number>
}

export class Distribution {
  readonly sim: Sim
  readonly steps: Steps
  readonly config: Config
  enabled: boolean
  behaviors: readonly Behavior[]
  readonly origins: readonly OriginPlan[]
  readonly errorPages: readonly ErrorPage[]
  rootObject: string
  /** Changes that were asked for and are not deployed yet, and how many they are. */
  readonly changes = new Slots<Change>()
  deploying = 0
  readonly geo: { readonly kind: 'none' | 'whitelist' | 'blacklist'; readonly countries: ReadonlySet<string> }
  readonly errorLeast: number

  /** Edge locations by number; the first ones are those of viewers without a place. */
  readonly edges: Location[] = []
  private readonly edgeNumbers = new Map<string, number>()
  readonly ownEdges: number
  /** Regional caches and shields, by Region. */
  readonly regions = new Map<string, Location>()

  readonly inside = new Population()
  readonly visits: Visit[] = []
  readonly freeVisits: number[] = []
  readonly fetches: Fetch[] = []
  readonly freeFetches: number[] = []
  readonly invalidations: Invalidations

  requests = 0
  readonly outcomes: Record<Outcome, number> = { hit: 0, refreshed: 0, miss: 0, passed: 0, made: 0, refused: 0 }
  /** Requests that waited for another’s fetch, fetches that regional caches and shields spared the origin. */
  collapsed = 0
  regionalHits = 0
  /** Requests to origins, and those that were made again or went to the second origin. */
  originRequests = 0
  originFailures = 0
  failovers = 0
  staleServed = 0
  bytesDown = 0
  lastFailed = false
  /** Misses by path and how many keys they had, for what is said after a run. */
  readonly variants: Map<string, { misses: number; keys: Set<string> }> = new Map()
  readonly misses: Stretch
  readonly errorHits: Stretch
  /** Requests turned away, by `REASONS`. */
  readonly refusals: readonly Stretch[]
  /** Origins that cannot be reached: their number and how many faults stand on them. */
  readonly unreachable: number[]

  readonly limit: TokenBucket
  readonly limitStatus: number
  readonly itemsMax: number
  readonly bytesMax: number
  readonly viewerTrip: Sampler
  readonly regionalTrip: Sampler
  readonly originTrip: Sampler
  readonly outsideTime: Sampler
  readonly compressedShare: number
  readonly rng: Rng
  readonly edgeRng: Rng
  readonly outsideRng: Rng
  readonly dueTarget: Target
  readonly dropTarget: Target
  readonly deployTarget: Target
  readonly deploymentTime: Sampler
  readonly deploymentRng: Rng
  /** By origin: the edges of its operations. */
  readonly originEdges: readonly ReadonlyMap<string, number>[]
  /** By behaviour: the edges of its functions. */
  readonly functionEdges: readonly EdgeEdges[]
  readonly metrics: Metrics
  private readonly said = new Map<string, Directives>()
  private readonly statuses = new Map<number, number>()

  constructor(config: Config, sim: Sim, steps: Steps) {
    this.sim = sim
    this.steps = steps
    this.config = config
    const own = config['DistributionConfig'] as Config
    const { Origins, Behaviors, Errors, AllMetrics } = config as unknown as Gathered
    this.enabled = own['Enabled'] === true
    this.behaviors = Behaviors
    this.origins = Origins
    this.errorPages = Errors
    this.rootObject = String(own['DefaultRootObject'] ?? '').replace(/^\//, '')
    const geo = own['Restrictions']?.GeoRestriction as Config | undefined
    this.geo = { kind: geo?.['RestrictionType'] ?? 'none', countries: new Set(geo?.['Locations'] ?? []) }
    this.errorLeast = sim.quota('ErrorCachingMinTTL') * SECOND
    this.misses = new Stretch(sim.warmUp)
    this.errorHits = new Stretch(sim.warmUp)
    this.refusals = REASONS.map(() => new Stretch(sim.warmUp))
    this.unreachable = Origins.map(() => 0)
    const perSecond = sim.quota('RequestsPerSecond')
    this.limit = new TokenBucket(perSecond, perSecond)
    this.limitStatus = sim.error('ServiceUnavailable', 503)
    const number = (name: string): number => sim.sampler(name).draw(sim.rng(name))
    this.itemsMax = number('CachedObjects')
    this.bytesMax = number('CacheSize')
    this.viewerTrip = sim.sampler('ViewerRoundTrip')
    this.regionalTrip = sim.sampler('RegionalRoundTrip')
    this.originTrip = sim.sampler('OriginRoundTrip')
    this.outsideTime = sim.sampler('OutsideOrigin')
    this.compressedShare = Number(sim.choice('CompressedShare'))
    this.rng = sim.rng('round trips')
    this.edgeRng = sim.rng('edges')
    this.outsideRng = sim.rng('outside')
    this.dueTarget = sim.target(steps.due)
    this.dropTarget = sim.target(steps.dropDue)
    this.deployTarget = sim.target(steps.deployed)
    this.deploymentTime = sim.sampler('DeploymentTime')
    this.deploymentRng = sim.rng('deployments')
    this.originEdges = Origins.map((origin) => steps.originEdges(sim, origin))
    this.functionEdges = Behaviors.map((behavior) => steps.edgesOf(sim, behavior))
    this.invalidations = new Invalidations(sim)
    this.metrics = new Metrics(sim, AllMetrics)
    for (const place of firstPlaces(Math.max(1, number('EdgeLocations')))) this.edgeOf(place)
    this.ownEdges = this.edges.length
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** The number of the edge location that serves a place. */
  edgeOf(place: string): number {
    const name = servedFrom(place, String(this.config['DistributionConfig'].PriceClass))
    const known = this.edgeNumbers.get(name)
    if (known !== undefined) return known
    if (this.edges.length >= EDGES_MAX) return 0
    const made = new Location(name, 'edge', this.itemsMax, this.bytesMax)
    this.edges.push(made)
    this.edgeNumbers.set(name, this.edges.length - 1)
    this.invalidations.join(this, made)
    return this.edges.length - 1
  }

  /** The regional cache of a Region; where it is the shield of an origin too, it is one all the time. */
  region(name: string): Location {
    const known = this.regions.get(name)
    if (known !== undefined) return known
    const kind = this.origins.some(({ shield }) => shield === name) ? 'shield' : 'regional'
    const made = new Location(name, kind, this.itemsMax, this.bytesMax)
    this.regions.set(name, made)
    this.invalidations.join(this, made)
    return made
  }

  /** The caches between a viewer and an origin, the edge first (CF-R1, CF-R2). */
  tiersOf(edge: number, behavior: Behavior, method: string): readonly Location[] {
    const at = this.edges[edge]
    if (behavior.isDynamic || (method !== 'GET' && method !== 'HEAD')) return [at]
    const origin = this.origins[behavior.origins[0]]
    const region = regionBehind(at.name)
    const skips = origin.isBucket && origin.region === region
    const tiers = skips ? [at] : [at, this.region(region)]
    if (origin.shield === '' || (origin.shield === region && !skips)) return tiers
    return [...tiers, this.region(origin.shield)]
  }

  /** What a `Cache-Control` header says; read once. */
  saidBy(text: string | undefined): Directives {
    if (text === undefined) return SILENT
    const known = this.said.get(text)
    if (known !== undefined) return known
    const read = directivesOf(text)
    if (this.said.size < SAID_MAX) this.said.set(text, read)
    return read
  }

  /** The exception that stands for an HTTP code. */
  statusOf(code: number): number {
    const known = this.statuses.get(code)
    if (known !== undefined) return known
    const made = this.sim.error(NAMES[code] ?? `Http${code}`, code)
    this.statuses.set(code, made)
    return made
  }

  /** The viewer's call that one of the distribution's own calls is made for; −1 = for none. */
  servedBy(call: Call): Call {
    const { calls } = this.sim
    const row = calls.cookie[call]
    const isOfVisit = this.functionEdges.some(
      (edges) => edges['viewer-request'] === calls.edge[call] || edges['viewer-response'] === calls.edge[call],
    )
    if (isOfVisit) return this.visits[row].call
    return this.waitingFor(this.fetches[row])
  }

  /** The call of the first viewer who waits for a fetch; −1 = nobody does. */
  private waitingFor(fetch: Fetch): Call {
    let waiter = fetch.waiters[0]
    while (waiter !== undefined && waiter < 0) waiter = this.fetches[~waiter].waiters[0]
    return waiter === undefined ? NONE : this.visits[waiter].call
  }

  /** What the timer of a fetch means to the request that waits for it. */
  endingOf(row: number): Ending | undefined {
    const fetch = this.fetches[row]
    const of = this.waitingFor(fetch)
    if (of === NONE) return undefined
    if (fetch.phase === 'reads' && fetch.call !== NONE) return { end: 'given up', call: fetch.call }
    const words = STAGES[fetch.phase]
    return words === undefined ? undefined : { end: 'stage', of, stage: 'work', words, from: fetch.since }
  }

  /** How long an error is kept at least. */
  leastOf(code: number): number {
    return this.errorPages.find((page) => page.code === code)?.least ?? this.errorLeast
  }

  takeVisit(call: Call, since: number, edge: number, behavior: number, asked: Asked): Visit {
    const row = this.freeVisits.pop()
    if (row === undefined) {
      const made: Visit = {
        ...{ row: this.visits.length, call, since, edge, behavior, asked },
        ...{ key: '', failed: null, object: null, outcome: 'miss' },
      }
      this.visits.push(made)
      return made
    }
    const visit = this.visits[row]
    visit.call = call
    visit.since = since
    visit.edge = edge
    visit.behavior = behavior
    visit.asked = asked
    visit.key = ''
    visit.failed = null
    visit.object = null
    visit.outcome = 'miss'
    return visit
  }
}

/** What a fetch does in its phases, in words. */
const STAGES: Readonly<Partial<Record<Phase, string>>> = {
  'goes up': 'way to the next cache',
  'comes down': 'way back from the next cache',
  'goes to origin': 'way to the origin and back',
  connects: 'tries to connect',
  reads: 'waits for an origin outside',
}

/** Names of exceptions by code; others are called by their number. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'BadRequestException',
  403: 'AccessDenied',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  429: 'TooManyRequestsException',
  500: 'InternalServerError',
  502: 'BadGatewayException',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeoutException',
}

const CODES = [401, 403, 404, 502, 503, 504] as const

/** What CloudWatch shows of a distribution, with the dimension `Region` too, as AWS has it. */
export class Metrics {
  readonly requests: MetricId
  readonly down: MetricId
  readonly up: MetricId
  readonly errors: MetricId
  readonly clientErrors: MetricId
  readonly serverErrors: MetricId
  readonly hitRate: MetricId
  readonly originLatency: MetricId
  /** Of the codes that a subscription to more metrics shows. */
  readonly byCode: readonly { readonly code: number; readonly metric: MetricId }[]

  constructor(sim: Sim, all: boolean) {
    const open = (name: string): MetricId => {
      const metric = sim.metric(name)
      sim.metricAlias(metric, name, { Region: 'Global' })
      return metric
    }
    this.requests = open('Requests')
    this.down = open('BytesDownloaded')
    this.up = open('BytesUploaded')
    this.errors = open('TotalErrorRate')
    this.clientErrors = open('4xxErrorRate')
    this.serverErrors = open('5xxErrorRate')
    this.hitRate = open('CacheHitRate')
    this.originLatency = open('OriginLatency')
    this.byCode = all ? CODES.map((code) => ({ code, metric: open(`${code}ErrorRate`) })) : []
  }
}
