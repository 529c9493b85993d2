// The targets of a group: their states, and which of them gets the next request.
import type { Rng } from '../../engine/rng.ts'
import { fnv1a } from '../../parts/hash.ts'

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining'

export interface Target {
  /** Its number among all of the load balancer, and that of its group. */
  readonly row: number
  readonly group: number
  /** As it was registered: an instance, a function, an address. */
  readonly id: string
  readonly port: number
  /** Availability Zone; empty = every one. */
  readonly zone: string
  /** What reaches it: the number of its route in the group. */
  readonly route: number
  state: TargetState
  /** Why it is not healthy, in AWS's words. */
  reason: string
  /** Checks in a row that passed or failed. */
  passed: number
  failed: number
  inFlight: number
  requests: number
  /** Clients whose flow or cookie leads to it. */
  sessions: number
  /** Since when it is healthy, in µs. */
  healthySince: number
  /** Whether it has been unhealthy: then it takes more than one check to be healthy again (ALB-R21). */
  hasFailed: boolean
  /** Check that is under way, and its timers; −1 = none. */
  check: number
  checkTimer: number
  timeoutTimer: number
  drainTimer: number
  /** Whether its checks rest, because nobody asks. */
  isResting: boolean
}

export type Algorithm = 'round_robin' | 'least_outstanding_requests' | 'weighted_random'

/** Those that may get requests: the healthy ones, or all of them when too few are (fail open, ALB-R23); none that drains. */
export function eligible(targets: readonly Target[], minimumHealthy: number): readonly Target[] {
  const present = targets.filter(({ state }) => state !== 'draining')
  const healthy = present.filter(({ state }) => state === 'healthy')
  if (healthy.length >= Math.max(1, minimumHealthy)) return healthy
  // Targets that have not been checked yet wait; when there are no others they are asked all the same.
  const checked = present.filter(({ state }) => state !== 'initial')
  return checked.length > 0 ? checked : present
}

/** Chooses among targets, by one rotation for all nodes of the load balancer (ALB-R3). */
export class Chooser {
  private readonly algorithm: Algorithm
  /** µs; 0 = off. */
  private readonly slowStart: number
  private readonly rng: Rng
  private turn = 0

  constructor(algorithm: Algorithm, slowStart: number, rng: Rng) {
    this.algorithm = algorithm
    this.slowStart = slowStart
    this.rng = rng
  }

  choose(among: readonly Target[], now: number): Target {
    if (this.algorithm === 'weighted_random') return among[Math.floor(this.rng.float() * among.length)]
    if (this.algorithm === 'least_outstanding_requests') return this.least(among)
    if (this.slowStart === 0) return among[this.turn++ % among.length]
    return this.warmingUp(among, now)
  }

  /** The one with the fewest requests in flight, by rotation among equals (ALB-R4). */
  private least(among: readonly Target[]): Target {
    let fewest = Infinity
    let ties = 0
    for (let i = 0; i < among.length; i++) {
      const { inFlight } = among[i]
      if (inFlight > fewest) continue
      ties = inFlight < fewest ? 1 : ties + 1
      fewest = inFlight
    }
    let left = this.turn++ % ties
    for (let i = 0; ; i++) if (among[i].inFlight === fewest && left-- === 0) return among[i]
  }

  /** A target that became healthy a while ago takes its turn that often; only beside one that is warm (ALB-R5). */
  private warmingUp(among: readonly Target[], now: number): Target {
    const isWarm = (target: Target): boolean => now - target.healthySince >= this.slowStart
    const hasWarm = among.some(isWarm)
    for (;;) {
      const target = among[this.turn++ % among.length]
      if (!hasWarm || isWarm(target)) return target
      if (this.rng.float() < (now - target.healthySince) / this.slowStart) return target
    }
  }
}

/** The target of a flow: by the hash of what identifies it, the same for as long as the list is (NLB-R1). */
export function byFlow(among: readonly Target[], flow: string): Target {
  return among[fnv1a(flow) % among.length]
}
