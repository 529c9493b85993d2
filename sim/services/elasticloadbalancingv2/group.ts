// A target group at work behind its load balancer: who is registered, how healthy, and who gets the next request.
import type { Rng } from '../../engine/rng.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Sim } from '../../model/contract.ts'
import type { GroupPlan } from './target-group-config.ts'
import { byFlow, Chooser, eligible, type Target, type TargetState } from './targets.ts'

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

export class Group {
  readonly name: string
  readonly plan: GroupPlan
  readonly metrics: GroupMetrics
  /** Numbers of its targets among all of the load balancer, in order of registration. */
  readonly rows: number[] = []
  readonly chooser: Chooser
  /** When somebody asked it last, in µs. */
  askedAt = 0
  /** Requests that it had no healthy target for, and those that found no target at all. */
  failedOpen = 0
  turnedAway = 0
  /** Since when it has had no healthy target, in µs, −1 = it has; and the first such stretch. */
  darkSince = NONE
  firstDark = { from: NONE, to: NONE }
  requests = 0
  /** By client: the target and when that was settled or used last, in µs; the longest unused first. */
  private readonly sessions = new Map<string, { readonly row: number; readonly at: number }>()
  /** Those that may get requests; null = to be found anew. */
  private among: readonly Target[] | null = null
  private nextZone = 0
  private nextFlow = 0
  private readonly sim: Sim

  constructor(sim: Sim, name: string, plan: GroupPlan, metrics: GroupMetrics, rng: Rng) {
    this.sim = sim
    this.name = name
    this.plan = plan
    this.metrics = metrics
    this.chooser = new Chooser(plan.algorithm, plan.slowStart, rng)
  }

  /** Clients whose flow or cookie is remembered. */
  get clients(): number {
    return this.sessions.size
  }

  /** The target of a request; undefined when there is none. `all` are the targets of the load balancer by number. */
  choose(all: readonly (Target | null)[], session: string | undefined, zones: readonly string[]): Target | undefined {
    const now = this.sim.clock[0]
    this.askedAt = now
    const among = (this.among ??= eligible(
      this.rows.map((row) => all[row]!),
      this.plan.minimumHealthy,
    ))
    if (among.length === 0) return undefined
    if (!among.some(({ state }) => state === 'healthy')) this.failedOpen++
    const kept = session === undefined ? undefined : this.keptFor(session, among, all, now)
    const target = kept ?? this.pick(this.inZone(among, zones), session, now)
    if (session !== undefined && this.remembersFor > 0) this.remember(session, this.rowOf(target, all), now)
    return target
  }

  /** A target has come, gone, or is in another state. */
  changed(): void {
    this.among = null
  }

  /** Forgets flows and cookies that are over, and answers with when the next one will be; Infinity when there is none. */
  expire(now: number): number {
    for (const [session, { at }] of this.sessions) {
      if (at + this.remembersFor > now) return at + this.remembersFor
      this.sessions.delete(session)
    }
    return Infinity
  }

  /** Forgets the clients of a target that goes. */
  forget(row: number): number {
    let flows = 0
    for (const [session, kept] of this.sessions) {
      if (kept.row !== row) continue
      this.sessions.delete(session)
      flows++
    }
    return flows
  }

  count(all: readonly (Target | null)[], state: TargetState): number {
    return this.rows.filter((row) => all[row]!.state === state).length
  }

  /** Whether it shows flows: connections of a Network Load Balancer. */
  get isNetwork(): boolean {
    return this.plan.kind === 'network'
  }

  private get remembersFor(): number {
    return this.isNetwork ? FLOW_IDLE : this.plan.sticksFor
  }

  private pick(among: readonly Target[], session: string | undefined, now: number): Target {
    return this.isNetwork ? byFlow(among, session ?? `flow ${this.nextFlow++}`) : this.chooser.choose(among, now)
  }

  /** The target that a client had, while it is there to be had (ALB-R6, NLB-R1). */
  private keptFor(
    session: string,
    among: readonly Target[],
    all: readonly (Target | null)[],
    now: number,
  ): Target | undefined {
    const kept = this.sessions.get(session)
    if (kept === undefined || kept.at + this.remembersFor <= now) return undefined
    const target = all[kept.row]
    if (target === null || target === undefined) return undefined
    // A flow stays with a target that drains, a cookie does not.
    return among.includes(target) || (this.isNetwork && target.state === 'draining') ? target : undefined
  }

  private remember(session: string, row: number, now: number): void {
    this.sessions.delete(session)
    this.sessions.set(session, { row, at: now })
    if (this.sessions.size > SESSIONS_MAX) this.sessions.delete(this.sessions.keys().next().value!)
  }

  private rowOf(target: Target, all: readonly (Target | null)[]): number {
    return this.rows.find((row) => all[row] === target)!
  }

  /** Without crossing zones a node uses the targets of its own zone; names lead to zones with targets alone (NLB-R2). */
  private inZone(among: readonly Target[], zones: readonly string[]): readonly Target[] {
    if (this.plan.crossesZones || zones.length === 0) return among
    const inhabited = zones.filter((zone) => among.some((target) => isIn(target, zone)))
    if (inhabited.length === 0) return among
    const zone = inhabited[this.nextZone++ % inhabited.length]
    return among.filter((target) => isIn(target, zone))
  }
}

function isIn(target: Target, zone: string): boolean {
  return target.zone === '' || target.zone === zone
}
