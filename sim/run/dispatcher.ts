// The one way from component to component: every call passes here, on its way out and on its way back.
//
// An edge is (caller, callee, operation). A call on an edge without any gate goes straight to the ring; a gate is a
// limit on the operation's rate (N.CLI-SDK-15) or a fault of the API layer that stands at the edge for a while.
import { assert } from '../engine/assert.ts'
import type { Call, Calls } from '../engine/calls.ts'
import type { Kernel, Target } from '../engine/kernel.ts'
import type { MetricId, Recorder } from '../engine/recorder.ts'
import type { Streams } from './streams.ts'
import type { Rng } from '../engine/rng.ts'
import type { Action, Caller } from '../model/contract.ts'
import { THROTTLING, type ErrorTable } from '../model/errors.ts'
import type { Way } from '../model/network.ts'
import type { ComponentPlan, WorldPlan } from '../model/plan.ts'
import { OPEN_WAY } from '../parts/reachability.ts'
import { TokenBucket } from '../parts/token-bucket.ts'
import { Trail } from './trail.ts'

/** A fault of the API layer while it stands, or a way that is closed: a share of the calls fails before it reaches the service. */
export interface ApiFault {
  readonly status: number
  /** 0..1. */
  readonly share: number
  readonly rng: Rng
  /** µs until the caller knows. */
  readonly delay: number
}

/** Sees every call go and every answer come, in order; for traces, the trail and the browser. */
export interface Observer {
  sent(call: Call, edge: number): void
  /** `delay` = how long the answer is on its way, in µs. */
  answered(call: Call, edge: number, delay: number): void
  /** The caller has given up waiting; the answer may still come. */
  abandoned?(call: Call, edge: number): void
}

/** More exceptions than any world has. */
const ERRORS_MAX = 65_536

/** Opens the series that counts an exception at a component. An object, not a closure: a forked world has its own. */
export interface ErrorPublisher {
  openErrorMetric(component: string, error: string): MetricId
}

export interface Edge {
  readonly from: string
  readonly to: string
  readonly action: Action
  /** Whether its calls leave from where the caller stands in the network. */
  readonly fromPlace: boolean
}

/** Finds the way of an edge; an object, as above. */
export interface WayFinder {
  wayOf(edge: Edge): Way
  /** How long a client tries to connect in vain, in µs. */
  connectTimeout(): number
}

export class Dispatcher {
  readonly edges: Edge[] = []
  private readonly streams: Streams
  /** Where an edge's answers arrive, by edge. */
  readonly replyTo: Target[] = []
  /** Calls sent, answers, and those that were errors, by edge. */
  readonly sent: number[] = []
  readonly answered: number[] = []
  readonly failed: number[] = []
  /** By edge: second and later attempts; answers that were throttles; when a call failed first and last, since the warm-up, in µs. */
  readonly retried: number[] = []
  readonly throttledBy: number[] = []
  readonly failedFrom: number[] = []
  readonly failedTo: number[] = []
  observer: Observer | null = null
  /** The counts at the end of the warm-up. */
  private before: Readonly<Record<'sent' | 'answered' | 'failed' | 'retried' | 'throttledBy', readonly number[]>> = {
    sent: [],
    answered: [],
    failed: [],
    retried: [],
    throttledBy: [],
  }
  readonly trail = new Trail()
  private readonly opTarget: Target[] = []
  /** By edge: whether anything stands in the way. */
  private readonly gated: boolean[] = []
  private readonly limits: (TokenBucket | null)[] = []
  private readonly callers: (Caller | null)[] = []
  private readonly faults: ApiFault[][] = []
  /** By edge. */
  private readonly ways: Way[] = []
  /** What can close by itself on the way of an edge. */
  private readonly passages: { readonly by: string; readonly edge: number; readonly closure: ApiFault }[] = []
  private readonly kernel: Kernel
  private readonly calls: Calls
  private readonly errors: ErrorTable
  private readonly plan: WorldPlan
  private throttled = 0
  private readonly nobody: number
  private readonly denied: number
  private readonly unauthorized: number
  private readonly dryRun: number
  private readonly toNumber: number[] = []
  private readonly errorMetrics = new Map<number, MetricId>()
  private readonly recorder: Recorder
  private readonly publisher: ErrorPublisher

  constructor(
    kernel: Kernel,
    calls: Calls,
    errors: ErrorTable,
    plan: WorldPlan,
    recorder: Recorder,
    publisher: ErrorPublisher,
    streams: Streams,
  ) {
    this.streams = streams
    this.recorder = recorder
    this.publisher = publisher
    this.kernel = kernel
    this.calls = calls
    this.errors = errors
    this.plan = plan
    // What the command line says by itself, and what a service answers.
    this.nobody = errors.intern('Unable to locate credentials', 0)
    this.denied = errors.intern('AccessDeniedException', 403)
    this.unauthorized = errors.intern('UnauthorizedOperation', 403)
    this.dryRun = errors.intern('DryRunOperation', 412)
  }

  /** Draws an edge; assembly time only. */
  edge(from: string, to: string, action: Action, replyTo: Target, caller: Caller | null, fromPlace: boolean): number {
    this.edges.push({ from, to, action, fromPlace })
    this.replyTo.push(replyTo)
    this.sent.push(0)
    this.answered.push(0)
    this.failed.push(0)
    this.retried.push(0)
    this.throttledBy.push(0)
    this.failedFrom.push(0)
    this.failedTo.push(0)
    this.opTarget.push(-1)
    this.gated.push(false)
    this.limits.push(null)
    this.callers.push(caller)
    this.faults.push([])
    return this.edges.length - 1
  }

  /** Joins every edge to the operation at its far end, once all components exist. */
  connect(components: readonly ComponentPlan[], finder: WayFinder): void {
    const buckets = new Map<string, TokenBucket>()
    for (const limit of this.plan.apiLimits) buckets.set(limit.action, new TokenBucket(limit.rate, limit.burst))
    this.throttled = this.errors.intern('ThrottlingException', 400)
    const opTargets = new Map<string, Target>()
    this.edges.forEach((edge, i) => {
      const number = components.findIndex((component) => component.name === edge.to)
      assert(number >= 0, `${edge.from} calls ${edge.action} on a component that exists (${edge.to})`)
      this.toNumber[i] = number + 1
      const op = components[number]!.def.ops[edge.action]
      assert(op !== undefined, `${components[number]!.type} has the operation ${edge.action}`)
      const key = `${edge.to} ${edge.action}`
      let target = opTargets.get(key)
      if (target === undefined) opTargets.set(key, (target = this.kernel.target(op.run, number + 1)))
      this.opTarget[i] = target
      this.limits[i] = buckets.get(edge.action) ?? null
      this.gated[i] = this.limits[i] !== null || this.callers[i] !== null
      this.ways.push(edge.fromPlace ? finder.wayOf(edge) : OPEN_WAY)
      if (this.ways[i]!.lost > 0) this.setWay(i, this.closure(i, this.ways[i]!.lost, edge.to, finder), true)
    })
    this.ways.forEach(({ through }, i) => {
      for (const { by, share } of through)
        this.passages.push({ by, edge: i, closure: this.closure(i, share, by, finder) })
    })
  }

  /** Closes every way that leads through a component, or opens it again. */
  closeWays(by: string, closed: boolean): void {
    for (const passage of this.passages) if (passage.by === by) this.setWay(passage.edge, passage.closure, closed)
  }

  /** Calls that have left through a component, as shares of those on its edges. */
  passed(by: string): number {
    return this.passages.reduce(
      (sum, passage) => (passage.by === by ? sum + this.sent[passage.edge]! * passage.closure.share : sum),
      0,
    )
  }

  /** Why some of an edge's calls have no way; empty when all have. */
  noWay(edge: number): string {
    return this.ways[edge]?.reason ?? ''
  }

  /** The warm-up is over: what has been counted so far stays out of `counted`. */
  markWarm(): void {
    const { sent, answered, failed, retried, throttledBy } = this
    this.before = {
      sent: [...sent],
      answered: [...answered],
      failed: [...failed],
      retried: [...retried],
      throttledBy: [...throttledBy],
    }
  }

  /** Of an edge since the warm-up: calls sent, answers, errors, throttles, later attempts; and the calls without an answer yet. */
  counted(edge: number): Record<'sent' | 'answered' | 'failed' | 'throttled' | 'retried' | 'open', number> {
    const since = (of: 'sent' | 'answered' | 'failed' | 'retried' | 'throttledBy'): number =>
      this[of][edge]! - (this.before[of][edge] ?? 0)
    return {
      sent: since('sent'),
      answered: since('answered'),
      failed: since('failed'),
      throttled: since('throttledBy'),
      retried: since('retried'),
      open: this.sent[edge]! - this.answered[edge]!,
    }
  }

  callerOf(edge: number): Caller | null {
    return this.callers[edge] ?? null
  }

  send(call: Call): void {
    const edge = this.calls.edge[call]!
    this.sent[edge]!++
    if (this.calls.attempt[call]! > 1) this.retried[edge]!++
    if (this.observer !== null) this.observer.sent(call, edge)
    if (this.gated[edge]! && this.stopped(call, edge)) return
    this.kernel.soon(this.opTarget[edge]!, call)
  }

  reply(delay: number, call: Call, status: number): void {
    const calls = this.calls
    calls.status[call] = status
    const edge = calls.edge[call]!
    this.answered[edge]!++
    if (status !== 0) {
      this.noteFailure(edge, status)
    }
    if (this.gated[edge]! && this.callers[edge] !== null) this.record(this.callers[edge]!, call, edge, status)
    if (this.observer !== null) this.observer.answered(call, edge, delay)
    this.kernel.after(delay, calls.replyTo[call]!, call)
  }

  abandon(call: Call): void {
    if (this.observer !== null) this.observer.abandoned?.(call, this.calls.edge[call]!)
  }

  /** Puts a fault at every edge that `matches`, or takes it away. */
  setFault(fault: ApiFault, matches: (edge: Edge) => boolean, on: boolean): void {
    this.edges.forEach((edge, i) => {
      if (!matches(edge)) return
      this.faults[i] = on ? [...this.faults[i]!, fault] : this.faults[i]!.filter((other) => other !== fault)
      this.gated[i] = this.limits[i] !== null || this.callers[i] !== null || this.faults[i]!.length > 0
    })
  }

  apiFault(status: number, share: number, name: string): ApiFault {
    return { status, share, rng: this.streams.of(name, 'fault'), delay: 0 }
  }

  /** A way that is closed to a share of an edge's calls: nobody answers until the client gives up connecting (RET-06). */
  private closure(edge: number, share: number, by: string, finder: WayFinder): ApiFault {
    const { from, to, action } = this.edges[edge]!
    const rng = this.streams.of(from, `way to ${to} ${action} by ${by}`)
    return { status: this.errors.intern('ConnectTimeoutError', 0), share, rng, delay: finder.connectTimeout() }
  }

  private setWay(edge: number, closure: ApiFault, closed: boolean): void {
    const others = this.faults[edge]!.filter((fault) => fault !== closure)
    this.faults[edge] = closed ? [...others, closure] : others
    this.gated[edge] = this.limits[edge] !== null || this.callers[edge] !== null || this.faults[edge]!.length > 0
  }

  private noteFailure(edge: number, status: number): void {
    const now = this.kernel.clock[0]!
    if (this.failed[edge]!++ === (this.before.failed[edge] ?? 0)) this.failedFrom[edge] = now
    this.failedTo[edge] = now
    if (this.errors.retry[status] === THROTTLING) this.throttledBy[edge]!++
    this.countFailure(edge, status)
  }

  /** Counts an exception at the resource that raised it: metric `Errors` of namespace `Sim`, by `ErrorCode`. */
  private countFailure(edge: number, status: number): void {
    const key = this.toNumber[edge]! * ERRORS_MAX + status
    let metric = this.errorMetrics.get(key)
    if (metric === undefined) {
      metric = this.publisher.openErrorMetric(this.edges[edge]!.to, this.errors.names[status]!)
      this.errorMetrics.set(key, metric)
    }
    this.recorder.count(metric, 1)
  }

  /** Writes a call into the trail; one that found no credentials has never reached AWS. */
  private record({ account, user }: Caller, call: Call, edge: number, status: number): void {
    if (status === this.nobody) return
    const { action, to } = this.edges[edge]!
    this.trail.write({
      eventTime: this.calls.sentAt[call]!,
      accountId: account,
      userName: user,
      eventName: action,
      resource: to,
      errorCode: status === 0 ? '' : this.errors.names[status]!,
    })
  }

  /** What a caller is told instead of reaching the service; 0 = it may pass. */
  private refusal(caller: Caller, action: Action): number {
    const permission = caller.permission(action)
    if (permission === 'nobody') return this.nobody
    if (permission === 'denied') return caller.dryRun ? this.unauthorized : this.denied
    return caller.dryRun ? this.dryRun : 0
  }

  private stopped(call: Call, edge: number): boolean {
    const caller = this.callers[edge]!
    if (caller !== null) {
      const refusal = this.refusal(caller, this.edges[edge]!.action)
      if (refusal !== 0) {
        this.reply(0, call, refusal)
        return true
      }
    }
    const limit = this.limits[edge]!
    if (limit !== null && !limit.take(this.kernel.clock[0]!, 1)) {
      this.reply(0, call, this.throttled)
      return true
    }
    for (const fault of this.faults[edge]!) {
      if (fault.rng.float() < fault.share) {
        this.reply(fault.delay, call, fault.status)
        return true
      }
    }
    return false
  }
}
