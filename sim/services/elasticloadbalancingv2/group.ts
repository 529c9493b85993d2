// A target group at work behind its load balancer: who is registered, how healthy, and who gets the next request.
import type { Rng } from '../../engine/rng.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Sim } from '../../model/contract.ts'
import type { GroupPlan } from './target-group-config.ts'
import { byFlow, Chooser, eligible, type Target } from './targets.ts'

const NONE = -1
/** Clients that are remembered; the one that was not heard of for the longest time is forgotten first. */
const SESSIONS_MAX = 100_000
/** How long a flow of a Network Load Balancer may be idle (NLB-R5), in µs. */
export const FLOW_IDLE = 350_000_000

/** The metrics of a group, those of its load balancer by `TargetGroup`. */
export interface GroupMetrics {
  readonly healthy: MetricId
  readonly unhealthy: MetricId
  /** −1 where a Network Load Balancer has none. */
  readonly requests: MetricId
  readonly perTarget: MetricId
  readonly responseTime: MetricId
  readonly classes: readonly MetricId[]
}

/** What follows from the states of the targets. */
interface Standing {
  /** Those that may get requests. */
  readonly among: ReadonlySet<Target>
  /** The same by the nodes that pass requests on: one list where zones are crossed. */
  readonly nodes: readonly (readonly Target[])[]
  readonly healthy: number
  readonly unhealthy: number
}

export class Group {
  readonly name: string
  readonly plan: GroupPlan
  readonly metrics: GroupMetrics
  /** In order of registration. */
  readonly members: Target[] = []
  readonly chooser: Chooser
  /** When somebody asked it last, in µs. */
  askedAt = 0
  /** Members whose checks rest. */
  resting = 0
  /** Requests that it had no healthy target for, and those that found no target at all. */
  failedOpen = 0
  turnedAway = 0
  /** Since when all that were checked have failed, in µs, −1 = one has not; and the first such stretch. */
  darkSince = NONE
  firstDark = { from: NONE, to: NONE }
  requests = 0
  /** By client: the target and when that was settled or used last, in µs; the longest unused first. */
  private readonly sessions = new Map<string, { readonly target: Target; readonly at: number }>()
  /** Null = to be found anew. */
  private known: Standing | null = null
  private nextNode = 0
  private nextFlow = 0
  private readonly sim: Sim
  /** Zones in which the load balancer has a node. */
  private readonly zones: readonly string[]

  constructor(sim: Sim, name: string, plan: GroupPlan, metrics: GroupMetrics, rng: Rng, zones: readonly string[]) {
    this.sim = sim
    this.name = name
    this.plan = plan
    this.metrics = metrics
    this.chooser = new Chooser(plan.algorithm, plan.slowStart, rng)
    this.zones = zones
  }

  /** Clients whose flow or cookie is remembered. */
  get clients(): number {
    return this.sessions.size
  }

  get healthy(): number {
    return this.standing.healthy
  }

  get unhealthy(): number {
    return this.standing.unhealthy
  }

  /** The target of a request; undefined when there is none. */
  choose(session: string | undefined): Target | undefined {
    const now = this.sim.clock[0]
    this.askedAt = now
    const { among, nodes, healthy } = this.standing
    if (among.size === 0) return undefined
    if (healthy === 0) this.failedOpen++
    const kept = session === undefined ? undefined : this.keptFor(session, among, now)
    const target = kept ?? this.pick(nodes[this.nextNode++ % nodes.length], session, now)
    if (session !== undefined && this.remembersFor > 0) this.remember(session, target, now)
    return target
  }

  /** A target has come, gone, or is in another state. */
  changed(): void {
    this.known = null
    const now = this.sim.clock[0]
    const isDark = this.healthy === 0 && this.unhealthy > 0
    if (isDark && this.darkSince === NONE) this.darkSince = now
    if (!isDark && this.darkSince !== NONE) {
      if (this.firstDark.from === NONE) this.firstDark = { from: this.darkSince, to: now }
      this.darkSince = NONE
    }
  }

  /** Forgets flows and cookies that are over, and answers with when the next one will be; Infinity when there is none. */
  expire(now: number): number {
    for (const [session, { at }] of this.sessions) {
      if (at + this.remembersFor > now) return at + this.remembersFor
      this.drop(session)
    }
    return Infinity
  }

  /** Forgets the clients of a target that goes, and answers with how many they were. */
  forget(target: Target): number {
    const flows = target.sessions
    if (flows === 0) return 0
    for (const [session, kept] of this.sessions) if (kept.target === target) this.drop(session)
    return flows
  }

  /** Whether it shows flows: connections of a Network Load Balancer. */
  get isNetwork(): boolean {
    return this.plan.kind === 'network'
  }

  /** Whether what it keeps in mind of its members is so. */
  get isConsistent(): boolean {
    const of = (holds: (target: Target) => boolean): number => this.members.filter(holds).length
    return (
      this.healthy === of(({ state }) => state === 'healthy') &&
      this.unhealthy === of(({ state }) => state === 'unhealthy') &&
      this.resting === of(({ isResting }) => isResting) &&
      this.clients === this.members.reduce((sum, { sessions }) => sum + sessions, 0)
    )
  }

  private get remembersFor(): number {
    return this.isNetwork ? FLOW_IDLE : this.plan.sticksFor
  }

  private get standing(): Standing {
    return (this.known ??= this.findStanding())
  }

  private findStanding(): Standing {
    const among = eligible(this.members, this.plan.minimumHealthy)
    return {
      among: new Set(among),
      nodes: this.byNode(among),
      healthy: this.members.filter(({ state }) => state === 'healthy').length,
      unhealthy: this.members.filter(({ state }) => state === 'unhealthy').length,
    }
  }

  /** Without crossing zones a node uses the targets of its own zone; names lead to zones with targets alone (NLB-R2). */
  private byNode(among: readonly Target[]): readonly (readonly Target[])[] {
    if (this.plan.crossesZones) return [among]
    const nodes = this.zones
      .map((zone) => among.filter((target) => target.zone === '' || target.zone === zone))
      .filter((targets) => targets.length > 0)
    return nodes.length === 0 ? [among] : nodes
  }

  private pick(among: readonly Target[], session: string | undefined, now: number): Target {
    return this.isNetwork ? byFlow(among, session ?? `flow ${this.nextFlow++}`) : this.chooser.choose(among, now)
  }

  /** The target that a client had, while it is there to be had (ALB-R6, NLB-R1). */
  private keptFor(session: string, among: ReadonlySet<Target>, now: number): Target | undefined {
    const kept = this.sessions.get(session)
    if (kept === undefined || kept.at + this.remembersFor <= now) return undefined
    const { target } = kept
    // A flow stays with a target that drains, a cookie does not.
    return among.has(target) || (this.isNetwork && target.state === 'draining') ? target : undefined
  }

  private remember(session: string, target: Target, now: number): void {
    this.drop(session)
    this.sessions.set(session, { target, at: now })
    target.sessions++
    if (this.sessions.size > SESSIONS_MAX) this.drop(this.sessions.keys().next().value!)
  }

  private drop(session: string): void {
    const kept = this.sessions.get(session)
    if (kept === undefined) return
    kept.target.sessions--
    this.sessions.delete(session)
  }
}
