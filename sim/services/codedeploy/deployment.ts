// One deployment on its way: the hook before, traffic step by step, the hook after, and what ends it before its time.
//
// The one idea: a group has at most one deployment under way. Timers and answers carry its number; whatever comes for one that is
// over finds another number and does nothing.
import type { Call } from '../../engine/calls.ts'
import { counted } from '../../parts/words.ts'
import type { DeploymentGroup } from './deployment-group.ts'
import type { Target } from './group-config.ts'
import type { Schedule } from './schedule.ts'

export const NONE = -1
export type Phase = 'Start' | 'BeforeAllowTraffic' | 'AllowTraffic' | 'AfterAllowTraffic' | 'End'
export type Status = 'Created' | 'InProgress' | 'Succeeded' | 'Failed' | 'Stopped'
/** After what a group rolls back. */
export type RollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST'

export interface Deployment {
  readonly id: string
  /** From 1, over all groups of the account; the place of its group there. */
  readonly number: number
  readonly group: number
  readonly createdAt: number
  readonly trace: number
  readonly target: Target
  readonly schedule: Schedule
  endedAt: number
  status: Status
  phase: Phase
  /** The versions before and after; '' = not known yet. */
  from: string
  to: string
  /** The next step of the schedule, the percentage of the last one, and when the first one came (µs, −1 = not yet). */
  step: number
  percent: number
  shiftedAt: number
  /** Ids of the hooks asked, and the one that has not answered yet, with the time (µs) at which it was asked. */
  hooks: string[]
  hook: string
  hookAt: number
  hookTimer: number
  shiftTimer: number
  pollTimer: number
  /** Why it ended before its time. */
  reason: string
  rolledBackAt: number
  rollbackOf: string
}

/** Event: asks where the alias points; a revision without a version publishes what is new. */
export function begin(self: DeploymentGroup): void {
  const deployment = self.active!
  deployment.status = 'InProgress'
  self.tell(deployment, 'START', 'DeploymentStart')
  poll(self, deployment.number)
  send(self, self.ways(deployment.target).get, { Name: deployment.target.alias })
}

/** Answer: the alias's version now. */
export function aliasRead(self: DeploymentGroup, call: Call): void {
  const { status, answer, deployment } = take(self, call)
  if (deployment === undefined) return
  if (status !== 0) {
    fail(self, 'its alias could not be read')
    return
  }
  const from = String(answer?.FunctionVersion)
  if (deployment.from !== '' && deployment.from !== from) {
    fail(self, `the alias stands for version ${from} and not for ${deployment.from}`)
    return
  }
  deployment.from = from
  if (deployment.to === '') send(self, self.ways(deployment.target).publish, {})
  else askBefore(self)
}

/** Answer: the version that is deployed. */
export function published(self: DeploymentGroup, call: Call): void {
  const { status, answer, deployment } = take(self, call)
  if (deployment === undefined) return
  if (status !== 0) {
    fail(self, 'no version could be published')
    return
  }
  deployment.to = String(answer?.Version)
  askBefore(self)
}

function askBefore(self: DeploymentGroup): void {
  const deployment = self.active!
  // Only a change of the version is a deployment (CDP-04).
  if (deployment.from === deployment.to) conclude(self, 'Succeeded', 'the alias stands for this version already')
  else if (!ask(self, 'BeforeAllowTraffic', deployment.target.before)) allowTraffic(self)
}

/** Invokes a hook; false = there is none (CDP-11). */
function ask(self: DeploymentGroup, phase: Phase, hook: string): boolean {
  const deployment = self.active!
  deployment.phase = phase
  if (hook === '') return false
  const id = `${deployment.id}-${phase}`
  deployment.hooks.push(id)
  deployment.hook = id
  deployment.hookAt = self.sim.clock[0]
  deployment.hookTimer = self.sim.timer(self.hookTimeout, self.hookDueTarget, deployment.number)
  send(self, self.hookEdge(hook), {
    InvocationType: 'Event',
    Payload: { DeploymentId: deployment.id, LifecycleEventHookExecutionId: id },
  })
  return true
}

/** Answer: the hook's function has the event, or has refused it. */
export function hookInvoked(self: DeploymentGroup, call: Call): void {
  const { status, deployment } = take(self, call)
  if (deployment !== undefined && status !== 0) fail(self, 'a hook could not be invoked')
}

/** A hook has told its outcome. */
export function hookAnswered(self: DeploymentGroup, succeeded: boolean): void {
  const deployment = self.active!
  const { phase } = deployment
  settleHook(self, deployment)
  if (!succeeded) fail(self, `the hook ${phase} reported a failure`)
  else if (phase === 'BeforeAllowTraffic') allowTraffic(self)
  else conclude(self, 'Succeeded', '')
}

/** Timer: a hook has not told its outcome in time. */
export function hookDue(self: DeploymentGroup, number: number): void {
  const deployment = self.active
  if (deployment?.number !== number) return
  deployment.hookTimer = NONE
  fail(self, `the hook ${deployment.phase} reported nothing in ${self.hookTimeout / 60_000_000} minutes`)
}

function settleHook(self: DeploymentGroup, deployment: Deployment): void {
  if (deployment.hookTimer !== NONE) self.sim.cancel(deployment.hookTimer)
  deployment.hookTimer = NONE
  deployment.hook = ''
}

function allowTraffic(self: DeploymentGroup): void {
  const deployment = self.active!
  deployment.phase = 'AllowTraffic'
  deployment.shiftedAt = self.sim.clock[0]
  shift(self)
}

/** The next step of the schedule: so much of the traffic goes to the new version from now on. */
function shift(self: DeploymentGroup): void {
  const deployment = self.active!
  const { percent } = deployment.schedule.steps[deployment.step++]
  deployment.percent = percent
  point(self, deployment, percent)
  waitForShift(self, deployment)
}

function waitForShift(self: DeploymentGroup, deployment: Deployment): void {
  const { steps, end, lastInterval } = deployment.schedule
  const due = deployment.step < steps.length ? steps[deployment.step].at : end - (self.keepsLast ? 0 : lastInterval)
  const delay = deployment.shiftedAt + due - self.sim.clock[0]
  deployment.shiftTimer = self.sim.timer(Math.max(0, delay), self.shiftDueTarget, deployment.number)
}

/** Timer: the next step, or the end of the shift. */
export function shiftDue(self: DeploymentGroup, number: number): void {
  const deployment = self.active
  if (deployment?.number !== number) return
  deployment.shiftTimer = NONE
  if (deployment.step < deployment.schedule.steps.length) shift(self)
  else if (!ask(self, 'AfterAllowTraffic', deployment.target.after)) conclude(self, 'Succeeded', '')
}

/** Points the alias: `percent` of its requests to the new version. */
function point(self: DeploymentGroup, { target, from, to }: Deployment, percent: number): void {
  const weights = percent === 0 || percent === 100 ? {} : { [to]: percent / 100 }
  send(self, self.ways(target).update, {
    Name: target.alias,
    FunctionVersion: percent === 100 ? to : from,
    RoutingConfig: { AdditionalVersionWeights: weights },
  })
}

/** Answer: the alias points as it was told, or not. */
export function pointed(self: DeploymentGroup, call: Call): void {
  const { status, deployment } = take(self, call)
  if (status === 0) return
  self.refusedUpdates++
  if (deployment !== undefined) fail(self, 'the alias could not be changed')
}

/** Timer: looks at all alarms, now and again while the deployment goes on (CDP-13). */
export function poll(self: DeploymentGroup, number: number): void {
  const deployment = self.active
  if (deployment?.number !== number || self.alarmEdges.length === 0) return
  for (const edge of self.alarmEdges) send(self, edge, {})
  deployment.pollTimer = self.sim.timer(self.pollEvery, self.pollTarget, number)
}

/** Answer: an alarm's state. */
export function alarmRead(self: DeploymentGroup, call: Call): void {
  const name = self.sim.calleeOf(self.sim.calls.edge[call])
  const { status, answer, deployment } = take(self, call)
  if (deployment === undefined) return
  if (status !== 0) {
    if (!self.ignoresUnreadAlarms) stop(self, `the alarm ${name} could not be read`, 'DEPLOYMENT_STOP_ON_ALARM')
  } else if (answer?.StateValue === 'ALARM') stop(self, `${name} was in ALARM`, 'DEPLOYMENT_STOP_ON_ALARM')
}

export function stop(self: DeploymentGroup, reason: string, event: RollbackEvent, rollsBack?: boolean): void {
  endEarly(self, 'Stopped', reason, rollsBack ?? self.rollsBackAfter(event))
}

function fail(self: DeploymentGroup, reason: string): void {
  endEarly(self, 'Failed', reason, self.rollsBackAfter('DEPLOYMENT_FAILURE'))
}

/** Ends it before its time; what has been shifted goes back at once where the group rolls back (CDP-12, CDP-13, CDP-14). */
function endEarly(self: DeploymentGroup, status: 'Failed' | 'Stopped', reason: string, rollsBack: boolean): void {
  const deployment = self.active!
  const { percent } = deployment
  conclude(self, status, reason)
  if (!rollsBack || percent === 0) return
  const now = self.sim.clock[0]
  deployment.rolledBackAt = now
  self.rollbacks++
  point(self, deployment, 0)
  // The way back is a deployment of its own, of the version before, all at once.
  const back = self.open(deployment.target, deployment.schedule, deployment.to, deployment.from, deployment.trace)
  back.rollbackOf = deployment.id
  back.percent = 100
  self.tell(back, 'START', 'DeploymentRollback')
  conclude(self, 'Succeeded', '')
}

function conclude(self: DeploymentGroup, status: 'Succeeded' | 'Failed' | 'Stopped', reason: string): void {
  const { sim } = self
  const deployment = self.active!
  settleHook(self, deployment)
  if (deployment.shiftTimer !== NONE) sim.cancel(deployment.shiftTimer)
  if (deployment.pollTimer !== NONE) sim.cancel(deployment.pollTimer)
  deployment.shiftTimer = NONE
  deployment.pollTimer = NONE
  deployment.status = status
  deployment.reason = reason
  deployment.endedAt = sim.clock[0]
  if (status === 'Succeeded') deployment.phase = 'End'
  self.active = null
  self.account.underWay--
  if (status === 'Succeeded') self.succeeded++
  else if (status === 'Failed') self.failed++
  else self.stopped++
  const word = status === 'Succeeded' ? 'SUCCESS' : status === 'Failed' ? 'FAILURE' : 'STOP'
  const trigger =
    status === 'Succeeded' ? 'DeploymentSuccess' : status === 'Failed' ? 'DeploymentFailure' : 'DeploymentStop'
  self.tell(deployment, word, trigger)
}

function send(self: DeploymentGroup, edge: number, body: object): void {
  const { sim } = self
  const deployment = self.active ?? self.deployments[self.deployments.length - 1]
  const call = sim.open(edge, deployment.number, deployment.trace)
  sim.calls.body[call] = body
  sim.send(call)
}

/** Takes an answer in; `deployment` is the one under way, if the answer is for it. */
function take(
  self: DeploymentGroup,
  call: Call,
): { readonly status: number; readonly answer: any; readonly deployment: Deployment | undefined } {
  const { sim, active } = self
  const { calls } = sim
  const deployment = active !== null && active.number === calls.cookie[call] ? active : undefined
  const taken = { status: calls.status[call], answer: calls.answer[call], deployment }
  sim.close(call)
  return taken
}

/** `version 2 of Checkout: Stopped after 2 minutes at 10 %: HighErrors was in ALARM`. */
export function lineOf(deployment: Deployment, until: number): string {
  const { id, target, to, status, percent, reason, rollbackOf } = deployment
  if (rollbackOf !== '')
    return `${id} rolls ${rollbackOf} back: version ${to} of ${target.function} has all traffic again`
  const end = deployment.endedAt < 0 ? until : deployment.endedAt
  const took = counted(Math.round((end - deployment.createdAt) / 1_000_000), 'second')
  const why = reason === '' ? '' : `: ${reason}`
  return `${id} brings version ${to === '' ? '?' : to} of ${target.function}: ${status} after ${took}, ${percent} % of the traffic on it${why}`
}
