// Health checks: each target by itself, at its interval; what a row of results makes of it (ALB-R20 to R25, NLB-R3).
import type { Call } from '../../engine/calls.ts'
import type { LoadBalancer } from './load-balancer.ts'
import { eventOf, statusOf } from './lambda-target.ts'
import { requestOf } from './routing.ts'
import type { Target } from './targets.ts'

const NONE = -1

/** Sets the first check of a target that has just been registered (ALB-R24). */
export function beginChecks(self: LoadBalancer, row: number): void {
  const target = self.targets[row]!
  if (self.groupOf(row).plan.check === null) {
    // Without checks a target is taken for healthy.
    become(self, row, 'healthy', '')
    return
  }
  target.reason = 'Elb.InitialHealthChecking'
  target.checkTimer = self.sim.timer(self.firstCheck.draw(self.rng), self.checkTarget, row)
}

/** Checks that rest go on: somebody asks the group again. */
export function wake(self: LoadBalancer, group: number): void {
  for (const row of self.groups[group].rows) {
    const target = self.targets[row]!
    if (!target.isResting) continue
    target.isResting = false
    target.checkTimer = self.sim.timer(0, self.checkTarget, row)
  }
}

/** Timer: a check is due. The next one comes an interval later, whatever becomes of this one (ALB-R22). */
export function checkDue(self: LoadBalancer, row: number): void {
  const target = self.targets[row]!
  const group = self.groupOf(row)
  const plan = group.plan.check!
  const { sim } = self
  target.checkTimer = NONE
  if (mayRest(self, target, group.askedAt)) {
    target.isResting = true
    return
  }
  target.checkTimer = sim.timer(plan.interval, self.checkTarget, row)
  target.timeoutTimer = sim.timer(plan.timeout, self.checkTimeoutTarget, row)
  const route = self.routeOf(row)
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
  const row = calls.cookie[call]
  const target = self.targets[row]
  const status = calls.status[call]
  const answer = calls.answer[call]
  sim.close(call)
  if (target === null || target === undefined || target.check !== call) return
  target.check = NONE
  sim.cancel(target.timeoutTimer)
  target.timeoutTimer = NONE
  const { codes } = self.groupOf(row).plan.check!
  const isFunction = self.routeOf(row).kind === 'function'
  const code = isFunction
    ? status === 0
      ? (statusOf((answer as { Payload?: unknown } | null)?.Payload) ?? 502)
      : 502
    : status === 0
      ? ((answer as { statusCode?: number } | null)?.statusCode ?? 200)
      : sim.errors.http[status]
  if (code === 0) judge(self, row, false, 'Target.FailedHealthChecks')
  else if (codes.length === 0) judge(self, row, true, '')
  else
    judge(
      self,
      row,
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
  judge(self, row, false, 'Target.Timeout')
}

/** Stops the checks of a target. */
export function endChecks(self: LoadBalancer, target: Target): void {
  for (const timer of [target.checkTimer, target.timeoutTimer]) if (timer !== NONE) self.sim.cancel(timer)
  if (target.check !== NONE) self.sim.abandon(target.check)
  target.checkTimer = target.timeoutTimer = target.check = NONE
  target.isResting = false
}

/** A check has passed or failed: a new target needs one that passes, one that was unhealthy needs several in a row (ALB-R21). */
function judge(self: LoadBalancer, row: number, passed: boolean, reason: string): void {
  const target = self.targets[row]!
  const { check } = self.groupOf(row).plan
  target.passed = passed ? target.passed + 1 : 0
  target.failed = passed ? 0 : target.failed + 1
  if (passed && target.state !== 'healthy' && (!target.hasFailed || target.passed >= check!.healthy))
    become(self, row, 'healthy', '')
  else if (!passed && target.state !== 'unhealthy' && target.failed >= check!.unhealthy)
    become(self, row, 'unhealthy', reason)
}

function become(self: LoadBalancer, row: number, state: 'healthy' | 'unhealthy', reason: string): void {
  const target = self.targets[row]!
  target.state = state
  target.reason = reason
  if (state === 'healthy') target.healthySince = self.sim.clock[0]
  else target.hasFailed = true
  self.healthChanged(row)
}

/** Whether the checks of a target may rest: it is settled, and nobody has asked its group for a while. */
function mayRest(self: LoadBalancer, target: Target, askedAt: number): boolean {
  const isSettled = target.state === 'healthy' ? target.passed > 0 : target.state === 'unhealthy' && target.failed > 0
  return isSettled && target.inFlight === 0 && self.sim.clock[0] - askedAt >= self.restAfter
}
