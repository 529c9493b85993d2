// A load balancer at work: rules choose a group, the group a target, and what comes back becomes the client's answer.
import type { Call } from '../../engine/calls.ts'
import type { Target as EventTarget, TimerHandle } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Ref, Sim } from '../../model/contract.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { Group } from './group.ts'
import { checkAnswered, checkDue, checkTimedOut, healthShown, wake } from './health.ts'
import { eventOf, statusOf } from './lambda-target.ts'
import { usualListener, type BalancerPlan } from './load-balancer-config.ts'
import { groupMetrics, Metrics } from './load-balancer-metrics.ts'
import { drained, register } from './membership.ts'
import { locationOf, METHODS, requestOf, ruleFor, type Request, type RuleAction } from './routing.ts'
import type { GroupPlan, Route } from './target-group-config.ts'
import type { Target } from './targets.ts'

const NONE = -1

/** What reaches a target: an edge for each method, or one. */
interface Reach {
  readonly kind: Route['kind']
  /** By method; of a function or a fleet the same for all. */
  readonly edges: readonly number[]
  readonly checkEdge: number
}

/** A request on its way to a target. */
export interface Waiting {
  readonly inner: Call
  readonly target: Target
  readonly timer: TimerHandle
  readonly sentAt: number
}

export class LoadBalancer {
  readonly sim: Sim
  readonly plan: BalancerPlan
  readonly isNetwork: boolean
  readonly groups: Group[]
  /** Of all groups, by number; null where one is gone. */
  readonly targets: (Target | null)[] = []
  readonly freeRows: number[] = []
  readonly inside = new Population()
  /** Requests that wait for a target, by the client's call. */
  readonly waiting = new Map<Call, Waiting>()
  requests = 0
  answers = 0
  lastFailed = false
  /** Answers of its own by code, and when. */
  readonly own = new Map<number, Stretch>()
  /** Capacity units in minutes that have ended, in millionths of a unit-minute. */
  lcuMicros = 0
  readonly rng: Rng
  readonly firstCheck: Sampler
  readonly restAfter: number
  readonly checkTarget: EventTarget
  readonly checkTimeoutTarget: EventTarget
  readonly drainedTarget: EventTarget
  private readonly latency: Sampler
  readonly metrics: Metrics
  private readonly silentTarget: EventTarget
  private readonly flowsTarget: EventTarget
  /** By group, by route of its plan. */
  private readonly reaches: Reach[][] = []
  private readonly groupNumbers: ReadonlyMap<Ref, number>
  private readonly bodyLimit: number
  private readonly status = new Map<number, number>()
  private readonly reset: number
  private readonly stuck = new Map<string, { readonly group: number; readonly until: number }>()
  private readonly weightRng: Rng
  private flowsDue = Infinity
  /** What the minute has brought so far, for capacity units. */
  private readonly minute = { connections: 0, bytes: 0, rules: 0 }

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.plan = config['Plan'] as BalancerPlan
    this.isNetwork = config['Type'] === 'network'
    this.rng = sim.rng('balancer')
    this.weightRng = sim.rng('weights')
    this.latency = sim.sampler('Latency')
    this.firstCheck = sim.sampler('FirstCheckDelay')
    this.restAfter = sim.sampler('ChecksRestAfter').draw(this.rng)
    this.metrics = new Metrics(sim, this.isNetwork)
    this.checkTarget = sim.target(checkDue)
    this.checkTimeoutTarget = sim.target(checkTimedOut)
    this.silentTarget = sim.target(silent)
    this.drainedTarget = sim.target(drained)
    this.flowsTarget = sim.target(flowsEnd)
    this.bodyLimit = sim.quota('LambdaBody')
    this.reset = sim.error('ConnectionResetError', 0)
    const groups = config['Groups'] as readonly {
      readonly name: Ref
      readonly fullName: string
      readonly plan: GroupPlan
    }[]
    this.groups = groups.map(
      ({ name, fullName, plan }, i) =>
        new Group(
          sim,
          name,
          plan,
          groupMetrics(sim, fullName, this.isNetwork),
          sim.rng(`targets ${i}`),
          this.plan.zones,
        ),
    )
    this.groupNumbers = new Map(groups.map(({ name }, i) => [name, i]))
    this.reaches = groups.map(({ plan }) => plan.routes.map((route) => this.reach(route)))
    if (groups.length > 0) sim.after(0, sim.target(begin), 0)
  }

  /** The group that a resource of that name is; −1 = it is none of its own. */
  groupNamed(name: Ref): number {
    return this.groupNumbers.get(name) ?? NONE
  }

  /** Whether each group with targets has a healthy one (R53-R6). */
  get hasHealthyGroups(): boolean {
    return this.groups.every((group) => group.members.length === 0 || group.healthy > 0)
  }

  routeOf({ group, route }: Target): Reach {
    return this.reaches[group][route]
  }

  isCheck(call: Call): boolean {
    const edge = this.sim.calls.edge[call]
    return this.reaches.some((group) => group.some(({ checkEdge }) => checkEdge === edge))
  }

  /** Registers what the template lists. */
  begin(): void {
    this.groups.forEach(({ plan }, group) => {
      for (const { id, port, zone, route } of plan.targets) register(this, group, id, port, zone, route)
      healthShown(this, this.groups[group])
    })
  }

  /** A client's request comes. */
  arrive(method: string, call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    this.requests++
    this.inside.enter(now)
    const request = requestOf(method, sim.calls.body[call])
    const { listeners } = this.plan
    const listener = request.port === 0 ? usualListener(listeners) : listeners.find(({ port }) => port === request.port)
    this.minute.connections++
    this.metrics.count(this.metrics.newConnections, 1)
    this.metrics.level(this.metrics.connections, this.inside.inside)
    // Nobody listens there.
    if (listener === undefined) return this.finish(call, 0, null)
    const { rule, asked } = ruleFor(listener, request)
    this.minute.rules += asked
    this.metrics.count(this.metrics.rules, asked)
    this.act(rule.action, request, call)
  }

  /** A target has answered a request. */
  settle(inner: Call): void {
    const { sim } = this
    const { calls } = sim
    const call = calls.cookie[inner]
    const status = calls.status[inner]
    const answer = calls.answer[inner]
    sim.close(inner)
    const waiting = this.waiting.get(call)
    // Nobody waits for it any more.
    if (waiting?.inner !== inner) return
    sim.cancel(waiting.timer)
    this.leaves(call, waiting)
    const { target, sentAt } = waiting
    if (this.routeOf(target).kind === 'function') this.ofFunction(call, target, status, answer, sim.clock[0] - sentAt)
    else {
      const code =
        status === 0 ? ((answer as { statusCode?: number } | null)?.statusCode ?? 200) : sim.errors.http[status]
      if (code === 0) this.broken(call, target, status)
      else this.ofTarget(call, target, code, status === 0 ? answer : { statusCode: code }, sim.clock[0] - sentAt)
    }
  }

  /** A target has kept silent for too long. */
  giveUp(call: Call): void {
    const waiting = this.waiting.get(call)!
    if (waiting.inner !== NONE) this.sim.abandon(waiting.inner)
    this.leaves(call, waiting)
    this.finish(call, 504, null)
  }

  /** Idle flows and cookies end. */
  flowsEnd(): void {
    this.flowsDue = Infinity
    const now = this.sim.clock[0]
    for (const group of this.groups)
      this.flowsDue = Math.min(this.flowsDue, group.isNetwork ? group.expire(now) : Infinity)
    if (this.flowsDue < Infinity) this.sim.after(this.flowsDue - now, this.flowsTarget, 0)
    this.showFlows()
  }

  /** Capacity units of the minute that ends now: the largest of connections, bytes and rules, in the units of the price list. */
  get lcus(): number {
    const { connections, bytes, rules } = this.minute
    const perMinute = this.isNetwork ? 800 * 60 : 25 * 60
    // The first ten rules of a request are free.
    const evaluated = this.isNetwork ? 0 : Math.max(0, rules - 10 * connections)
    return Math.max(connections / perMinute, (bytes * 60) / 1_073_741_824, evaluated / 60_000)
  }

  /** Metrics of the minute have been read: the next one begins. */
  minuteEnded(): boolean {
    const units = this.lcus
    this.lcuMicros += Math.round(units * 1e6)
    this.minute.connections = this.minute.bytes = this.minute.rules = 0
    return units > 0
  }

  lines(): string[] {
    return this.groups.map((group) => {
      const states = new Map<string, number>()
      for (const { state } of group.members) states.set(state, (states.get(state) ?? 0) + 1)
      const shown = [...states].map(([state, count]) => `${count} ${state}`).join(', ')
      return `${group.name}: ${shown === '' ? 'no targets' : shown}; ${group.requests} requests`
    })
  }

  private act(action: RuleAction, request: Request, call: Call): void {
    switch (action.does) {
      case 'answer':
        this.metrics.count(this.metrics.fixed, 1)
        return this.finish(call, action.statusCode, { statusCode: action.statusCode, body: action.body })
      case 'redirect':
        this.metrics.count(this.metrics.redirects, 1)
        return this.finish(call, action.statusCode, {
          statusCode: action.statusCode,
          headers: { location: locationOf(action.to, request) },
        })
      case 'forward': {
        const group = this.groupFor(action, request)
        if (group === NONE) this.finish(call, 503, null)
        else this.pass(group, request, call)
      }
    }
  }

  /** The group of an action: the client's own, or one by the weights. */
  private groupFor(action: RuleAction & { does: 'forward' }, { session }: Request): number {
    const now = this.sim.clock[0]
    const sticks = action.sticksFor > 0 && session !== undefined
    if (sticks) {
      const kept = this.stuck.get(session)
      if (kept !== undefined && kept.until > now && action.groups.some(({ to }) => to === this.groups[kept.group].name))
        return kept.group
    }
    const total = action.groups.reduce((sum, { weight }) => sum + weight, 0)
    if (total === 0) return NONE
    let draw = action.groups.length === 1 ? 0 : this.weightRng.float() * total
    const chosen = action.groups.find(({ weight }) => (draw -= weight) < 0)!
    const group = this.groupNamed(chosen.to)
    if (sticks) {
      this.stuck.delete(session)
      this.stuck.set(session, { group, until: now + action.sticksFor })
      if (this.stuck.size > 100_000) this.stuck.delete(this.stuck.keys().next().value!)
    }
    return group
  }

  /** Passes a request to a target of a group. */
  private pass(number: number, request: Request, call: Call): void {
    const { sim } = this
    const group = this.groups[number]
    const flows = group.clients
    const target = group.choose(request.session)
    if (group.resting > 0) wake(this, group)
    if (target === undefined) {
      group.turnedAway++
      return this.finish(call, 503, null)
    }
    if (this.isNetwork) this.flowBegins(group, flows, request.session)
    const reach = this.routeOf(target)
    const isFunction = reach.kind === 'function'
    const size = request.body === undefined ? 0 : jsonSize(request.body)
    this.minute.bytes += size
    this.metrics.count(this.metrics.bytes, size)
    if (isFunction && size > this.bodyLimit) return this.finish(call, 413, null)
    group.requests++
    target.requests++
    target.inFlight++
    this.metrics.count(this.metrics.requests, 1)
    this.metrics.count(group.metrics.requests, 1)
    this.metrics.count(group.metrics.perTarget, 1 / group.members.length)
    const edge = reach.edges[Math.max(0, METHODS.indexOf(request.method as (typeof METHODS)[number]))]
    const timer = sim.timer(this.plan.idleTimeout, this.silentTarget, call)
    let inner = NONE
    if (edge !== NONE) {
      inner = sim.open(edge, call, sim.calls.trace[call])
      sim.calls.body[inner] = this.bodyFor(reach, group, target, request, sim.calls.body[call])
      sim.calls.hops[inner] = sim.calls.hops[call]
      sim.send(inner)
    }
    this.waiting.set(call, { inner, target, timer, sentAt: sim.clock[0] })
  }

  private bodyFor(reach: Reach, group: Group, target: Target, request: Request, body: unknown): unknown {
    if (reach.kind === 'function') return { Payload: eventOf(request, group.name, group.plan.isMultiValue) }
    return reach.kind === 'fleet' ? { InstanceId: target.id } : body
  }

  /** What a function's answer means to the client (ALB-R41). */
  private ofFunction(call: Call, target: Target, status: number, answer: unknown, elapsed: number): void {
    const { Payload, FunctionError } = (answer ?? {}) as { Payload?: unknown; FunctionError?: string }
    const code = statusOf(Payload)
    if (status !== 0) {
      this.metrics.count(this.metrics.internalErrors, 1)
      this.finish(call, 502, null)
    } else if (FunctionError !== undefined || code === undefined || jsonSize(Payload) > this.bodyLimit) {
      this.metrics.count(this.metrics.userErrors, 1)
      this.finish(call, 502, null)
    } else this.ofTarget(call, target, code, Payload, elapsed)
  }

  /** A target's own answer. */
  private ofTarget(call: Call, target: Target, code: number, answer: unknown, elapsed: number): void {
    const { metrics: own } = this
    const group = this.groups[target.group]
    const size = answer === null ? 0 : jsonSize(answer)
    this.minute.bytes += size
    own.count(own.bytes, size)
    own.record(own.responseTime, elapsed)
    own.record(group.metrics.responseTime, elapsed)
    const digit = Math.floor(code / 100) - 2
    if (digit >= 0 && digit < 4) {
      own.count(own.targetClasses[digit], 1)
      own.count(group.metrics.classes[digit], 1)
    }
    this.reply(call, code, answer)
  }

  /** The connection to a target has failed: it was not there, or it broke off. */
  private broken(call: Call, target: Target, status: number): void {
    this.metrics.count(this.metrics.connectionErrors, 1)
    const isReset = status === this.reset
    if (isReset) this.metrics.count(this.metrics.targetResets, 1)
    this.groups[target.group].forget(target)
    this.finish(call, isReset ? 502 : 504, null)
  }

  /** A request no longer waits for its target. */
  leaves(call: Call, { target }: Waiting): void {
    this.waiting.delete(call)
    target.inFlight--
  }

  /** The load balancer's own answer: a code by which clients know it, or none where it only passes connections. */
  finish(call: Call, code: number, answer: unknown): void {
    const { metrics: own, sim } = this
    if (code >= 400 || code === 0) {
      const known = this.own.get(code)
      const stretch = known ?? new Stretch(sim.warmUp)
      if (known === undefined) this.own.set(code, stretch)
      stretch.note(sim.clock[0])
    }
    if (this.isNetwork) {
      if (code !== 0) own.count(own.elbResets, 1)
      return this.reply(call, 0, null)
    }
    const digit = Math.floor(code / 100) - 3
    if (digit >= 0 && digit < 3) own.count(own.ownClasses[digit], 1)
    const single = own.ownCodes.get(code)
    if (single !== undefined) own.count(single, 1)
    this.reply(call, code, answer ?? { statusCode: code })
  }

  private reply(call: Call, code: number, answer: unknown): void {
    const { sim } = this
    this.answers++
    this.lastFailed = code === 0 || code >= 500
    this.inside.leave(sim.clock[0], sim.calls.sentAt[call])
    this.metrics.level(this.metrics.connections, this.inside.inside)
    if (this.isNetwork) this.showFlows()
    sim.calls.answer[call] = answer
    sim.replyAfter(this.latency.draw(this.rng), call, code > 0 && code < 400 ? 0 : this.statusFor(code))
  }

  private statusFor(code: number): number {
    if (code === 0) return this.reset
    const known = this.status.get(code)
    if (known !== undefined) return known
    const made = this.sim.error(NAMES[code] ?? `Http${code}`, code)
    this.status.set(code, made)
    return made
  }

  private flowBegins(group: Group, before: number, session: string | undefined): void {
    if (session === undefined || group.clients > before) this.metrics.count(this.metrics.newFlows, 1)
    if (session !== undefined && this.flowsDue === Infinity) {
      this.flowsDue = this.sim.clock[0] + FLOW_LOOK
      this.sim.after(FLOW_LOOK, this.flowsTarget, 0)
    }
    this.showFlows()
  }

  private showFlows(): void {
    if (!this.isNetwork) return
    const kept = this.groups.reduce((sum, group) => sum + group.clients, 0)
    this.metrics.level(this.metrics.flows, kept + this.waiting.size)
  }

  private reach({ kind, to, action }: Route): Reach {
    if (kind === 'none') return { kind, edges: METHODS.map(() => NONE), checkEdge: NONE }
    const { sim } = this
    // Checks are calls of their own, so that a request's trace does not meet them.
    const checkEdge = sim.edge(to, action, checkAnswered, null, kind === 'http')
    if (kind !== 'http') {
      const edge = sim.edge(to, action, answered)
      return { kind, edges: METHODS.map(() => edge), checkEdge }
    }
    return {
      kind,
      edges: METHODS.map((method) => sim.edge(to, `http:${method}` as Action, answered, null, true)),
      checkEdge,
    }
  }
}

/** How often ended flows are looked for, in µs. */
const FLOW_LOOK = 350_000_000
/** Names of exceptions by status; others are called by their number. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'BadRequestException',
  401: 'UnauthorizedException',
  403: 'ForbiddenException',
  404: 'NotFoundException',
  413: 'RequestTooLargeException',
  500: 'InternalServerErrorException',
  502: 'BadGatewayException',
  503: 'ServiceUnavailableException',
  504: 'GatewayTimeoutException',
}

export function begin(self: LoadBalancer): void {
  self.begin()
}

export function answered(self: LoadBalancer, call: Call): void {
  self.settle(call)
}

export function silent(self: LoadBalancer, call: number): void {
  self.giveUp(call)
}

export function flowsEnd(self: LoadBalancer): void {
  self.flowsEnd()
}
