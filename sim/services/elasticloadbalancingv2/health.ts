// Health checks: each target by itself, at its interval; what a row of results makes of it (ALB-R20 to R25, NLB-R3).
import type { Call } from '../../engine/calls.ts'
import type { LoadBalancer } from './load-balancer-state.ts'
import type { Group } from './group.ts'
import { eventOf, statusOf } from './lambda-target.ts'
import { requestOf } from './routing.ts'
import type { Target } from './targets.ts'

const NONE = -1

/** Sets the first check of a target that has just been registered (ALB-R24). */
export function beginChecks(self: LoadBalancer, target: Target): void {
  if (self.groups[target.group].plan.check === null) {
    // Without checks a target is taken for healthy.
    become(self, target, 'healthy', '')
    return
  }
  target.reason = 'Elb.InitialHealthChecking'
  target.checkTimer = self.sim.timer(self.firstCheck.draw(self.rng), self.checkTarget, target.row)
}

/** Checks that rest go on: somebody asks the group again. */
export function wake(self: LoadBalancer, group: Group): void {
  for (const target of group.members) {
    if (!target.isResting) continue
    target.isResting = false
    target.checkTimer = self.sim.timer(0, self.checkTarget, target.row)
  }
  group.resting = 0
}

/** Timer: a check is due. The next one comes an interval later, whatever becomes of this one (ALB-R22). */
export function checkDue(self: LoadBalancer, row: number): void {
  const target = self.targets[row]!
  const group = self.groups[target.group]
  const plan = group.plan.check!
  const { sim } = self
  target.checkTimer = NONE
  if (mayRest(self, target, group.askedAt)) {
    target.isResting = true
    group.resting++
    return
  }
  target.checkTimer = sim.timer(plan.interval, self.checkTarget, row)
  target.timeoutTimer = sim.timer(plan.timeout, self.checkTimeoutTarget, row)
  const route = self.routeOf(target)
  if (route.checkEdge === NONE) return
  const call = sim.open(route.checkEdge, row, 0)
  const request = requestOf('GET', { Path: plan.path, Headers: { 'user-agent': 'ELB-HealthChecker/2.0' } })
  sim.calls.body[call] =
    route.kind === 'function'
      ? { Payload: eventOf(request, group.name, group.plan.isMultiValue) }
      : { Path: plan.path, ...(route.kind === 'fleet' ? { InstanceId: target.id } : {}) }
  target.check = call
  sim.send(call)
}

/** A target has answered its check. */
export function checkAnswered(self: LoadBalancer, call: Call): void {
  const { sim } = self
  const { calls } = sim
  const target = self.targets[calls.cookie[call]]
  const status = calls.status[call]
  const answer = calls.answer[call]
  sim.close(call)
  if (target === null || target === undefined || target.check !== call) return
  target.check = NONE
  sim.cancel(target.timeoutTimer)
  target.timeoutTimer = NONE
  const { codes } = self.groups[target.group].plan.check!
  const isFunction = self.routeOf(target).kind === 'function'
  const code = isFunction
    ? status === 0
      ? (statusOf((answer as { Payload?: unknown } | null)?.Payload) ?? 502)
      : 502
    : status === 0
      ? ((answer as { statusCode?: number } | null)?.statusCode ?? 200)
      : sim.errors.http[status]
  if (code === 0) judge(self, target, false, 'Target.FailedHealthChecks')
  else if (codes.length === 0) judge(self, target, true, '')
  else
    judge(
      self,
      target,
      codes.some(([from, to]) => code >= from && code <= to),
      'Target.ResponseCodeMismatch',
    )
}

/** Timer: a target has not answered its check in time. */
export function checkTimedOut(self: LoadBalancer, row: number): void {
  const target = self.targets[row]!
  target.timeoutTimer = NONE
  if (target.check !== NONE) self.sim.abandon(target.check)
  target.check = NONE
  judge(self, target, false, 'Target.Timeout')
}

/** Stops the checks of a target. */
export function endChecks(self: LoadBalancer, target: Target): void {
  for (const timer of [target.checkTimer, target.timeoutTimer]) if (timer !== NONE) self.sim.cancel(timer)
  if (target.check !== NONE) self.sim.abandon(target.check)
  target.checkTimer = target.timeoutTimer = target.check = NONE
  if (target.isResting) self.groups[target.group].resting--
  target.isResting = false
}

/** A check has passed or failed: a new target needs one that passes, one that was unhealthy needs several in a row (ALB-R21). */
function judge(self: LoadBalancer, target: Target, passed: boolean, reason: string): void {
  const { check } = self.groups[target.group].plan
  target.passed = passed ? target.passed + 1 : 0
  target.failed = passed ? 0 : target.failed + 1
  if (passed && target.state !== 'healthy' && (!target.hasFailed || target.passed >= check!.healthy))
    become(self, target, 'healthy', '')
  else if (!passed && target.state !== 'unhealthy' && target.failed >= check!.unhealthy)
    become(self, target, 'unhealthy', reason)
}

function become(self: LoadBalancer, target: Target, state: 'healthy' | 'unhealthy', reason: string): void {
  target.state = state
  target.reason = reason
  if (state === 'healthy') target.healthySince = self.sim.clock[0]
  else target.hasFailed = true
  healthChanged(self, target)
}

/** Whether the checks of a target may rest: it is settled, and nobody has asked its group for a while. */
function mayRest(self: LoadBalancer, target: Target, askedAt: number): boolean {
  const isSettled = target.state === 'healthy' ? target.passed > 0 : target.state === 'unhealthy' && target.failed > 0
  return isSettled && target.inFlight === 0 && self.sim.clock[0] - askedAt >= self.restAfter
}

/** A target is in another state: what that means to its requests and flows, and to the metrics. */
export function healthChanged(self: LoadBalancer, target: Target): void {
  const group = self.groups[target.group]
  group.changed()
  // A Network Load Balancer resets the flows of a target that it takes for dead (NLB-R4).
  if (self.isNetwork && target.state === 'unhealthy') {
    self.metrics.count(self.metrics.elbResets, group.forget(target) + target.inFlight)
    cutOff(self, target, 0)
  }
  healthShown(self, group)
}

export function healthShown(self: LoadBalancer, { metrics, healthy, unhealthy }: Group): void {
  self.metrics.level(metrics.healthy, healthy)
  self.metrics.level(metrics.unhealthy, unhealthy)
}

/** Everything that waits for a target ends with a code; 0 = the connection. */
export function cutOff(self: LoadBalancer, target: Target, code: number): void {
  for (const [call, waiting] of [...self.waiting]) {
    if (waiting.target !== target) continue
    if (waiting.inner !== NONE) self.sim.abandon(waiting.inner)
    self.sim.cancel(waiting.timer)
    self.leaves(call, waiting)
    self.finish(call, code, null)
  }
}
