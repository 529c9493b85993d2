// Who belongs to a target group: targets are registered, drain when they are deregistered, and are gone (ALB-R30, NLB-R4).
import { beginChecks, cutOff, endChecks, healthChanged, healthShown } from './health.ts'
import type { LoadBalancer } from './load-balancer-state.ts'
import type { Target } from './targets.ts'

const NONE = -1
const MINUTE = 60_000_000

/** Registers a target, unless it is there already; one that drains stays, and begins anew. */
export function register(
  self: LoadBalancer,
  group: number,
  id: string,
  port: number,
  zone: string,
  route: number,
): void {
  const known = self.groups[group].members.find((target) => target.id === id && target.port === port)
  if (known !== undefined && known.state !== 'draining') return
  const target = known ?? enter(self, { group, id, port, zone, route })
  if (target.drainTimer !== NONE) self.sim.cancel(target.drainTimer)
  target.drainTimer = NONE
  target.state = 'initial'
  target.reason = 'Elb.RegistrationInProgress'
  target.passed = target.failed = 0
  target.hasFailed = false
  self.groups[group].changed()
  beginChecks(self, target)
}

/** Lets a target drain: it gets nothing new, and is gone when its delay is over. False = there is none. */
export function deregister(self: LoadBalancer, group: number, id: string, port: number | undefined): boolean {
  const { members, plan } = self.groups[group]
  const found = members.filter((target) => target.id === id && (port === undefined || target.port === port))
  for (const target of found) {
    if (target.state === 'draining') continue
    endChecks(self, target)
    target.state = 'draining'
    target.reason = 'Target.DeregistrationInProgress'
    target.drainTimer = self.sim.timer(plan.deregistrationDelay, self.drainedTarget, target.row)
    healthChanged(self, target)
  }
  return found.length > 0
}

/** Timer: the delay of a target is over. What it has not answered by now it never will. */
export function drained(self: LoadBalancer, row: number): void {
  const target = self.targets[row]!
  const { isNetwork, plan } = self.groups[target.group]
  target.drainTimer = NONE
  // A flow may outlive the delay, unless the group says otherwise (NLB-R4).
  if (isNetwork && !plan.endsConnections && target.inFlight > 0) {
    target.drainTimer = self.sim.timer(MINUTE, self.drainedTarget, row)
    return
  }
  cutOff(self, target, 502)
  remove(self, target)
}

function enter(self: LoadBalancer, who: Pick<Target, 'group' | 'id' | 'port' | 'zone' | 'route'>): Target {
  const row = self.freeRows.pop() ?? self.targets.length
  const target: Target = {
    ...who,
    ...{ row, state: 'initial', reason: '', passed: 0, failed: 0, inFlight: 0, requests: 0, sessions: 0 },
    ...{ healthySince: 0, hasFailed: false, isResting: false },
    ...{ check: NONE, checkTimer: NONE, timeoutTimer: NONE, drainTimer: NONE },
  }
  self.targets[row] = target
  self.groups[who.group].members.push(target)
  return target
}

function remove(self: LoadBalancer, target: Target): void {
  const group = self.groups[target.group]
  group.forget(target)
  group.members.splice(group.members.indexOf(target), 1)
  group.changed()
  self.targets[target.row] = null
  self.freeRows.push(target.row)
  healthShown(self, group)
}
