// An invocation: who is let in and where, and how it ends.
import type { Call } from '../../engine/calls.ts'
import { SUCCESS } from '../../parts/interpreter.ts'
import { ACCOUNT_RATE, onDemandLimit, POOL, REASON_ANSWERS, RESERVED, RESERVED_RATE, SCALING } from './concurrency.ts'
import { isOnDemand, NONE, onDemandOf, provisionedUnder, UNQUALIFIED } from './environments.ts'
import type { LambdaFunction } from './function.ts'
import { initEnded, startCold } from './initialisation.ts'
import { exceeds } from '../../parts/payload-size.ts'
import type { Qualified } from './qualified.ts'
import {
  begin,
  conclude,
  disarm,
  fail,
  reset,
  streams,
  strike,
  success,
  TIMED_OUT,
  versionOf,
  type InvokeBody,
} from './running.ts'

export function invokeFunction(self: LambdaFunction, call: Call): void {
  const { Qualifier } = self.sim.calls.body[call] as InvokeBody
  if (Qualifier === undefined || Qualifier === '$LATEST') {
    invoke(self, call, UNQUALIFIED)
    return
  }
  const number = self.qualifierOf(Qualifier)
  if (number === NONE) self.sim.reply(call, self.notFoundStatus)
  else invoke(self, call, number)
}

/** Lets a request in or throttles it, in the order of LAM-34. `number` says under which alias or version it came. */
export function invoke(self: LambdaFunction, call: Call, number: number): void {
  const { sim, environments, account } = self
  const now = sim.clock[0]
  const body = sim.calls.body[call] as InvokeBody
  if (body.InvocationType === 'Event') {
    self.events.accept(call, body.Payload, number)
    return
  }
  if (body.InvocationType === 'DryRun') {
    sim.calls.answer[call] = { StatusCode: 204, Payload: null }
    sim.reply(call, 0)
    return
  }
  if (exceeds(body.Payload, self.payloadLimit)) {
    sim.reply(call, self.tooLargeStatus)
    return
  }
  const qualified = number === UNQUALIFIED ? null : self.qualifiers[number - 1]
  const version = qualified === null ? 0 : qualified.choose()
  if (self.reserved === 0) {
    throttle(self, call, qualified, RESERVED)
    return
  }
  // What is provisioned runs the first of the alias's versions.
  if (qualified !== null && qualified.ready > 0 && version === qualified.route.version) {
    const row = qualified.rate.take(now, 1) ? environments.take(provisionedUnder(number)) : NONE
    if (row !== NONE) {
      sim.count(self.provisionedMetric, 1)
      sim.count(qualified.provisionedInvocations, 1)
      qualified.serve(1)
      admit(self, call, row, qualified, version, now)
      begin(self, row, now)
      return
    }
  }
  const reason = self.reserved >= 0 ? RESERVED : POOL
  if (reason === RESERVED ? self.onDemand >= onDemandLimit(self) : account.unreserved >= account.room) {
    throttle(self, call, qualified, reason)
    return
  }
  if (!self.rate.take(now, 1)) {
    throttle(self, call, qualified, reason === RESERVED ? RESERVED_RATE : ACCOUNT_RATE)
    return
  }
  const warm = environments.take(onDemandOf(version))
  if (warm === NONE && !mayScale(self, now)) {
    self.rate.give(1)
    throttle(self, call, qualified, SCALING)
    return
  }
  if (qualified !== null && qualified.ready > 0) {
    sim.count(self.spilloverMetric, 1)
    sim.count(qualified.spillover, 1)
    self.spills.note(now)
    if (warm === NONE && now >= sim.warmUp) self.spillsCold++
  }
  self.onDemand++
  if (warm !== NONE) {
    admit(self, call, warm, qualified, version, now)
    begin(self, warm, now)
    return
  }
  const row = environments.create(now, onDemandOf(version))
  self.lives.enter(now)
  self.coldStarts++
  admit(self, call, row, qualified, version, now)
  startCold(self, row)
}

/** Takes a new environment from the allowance of the profile (LAM-32, LAM-33). */
function mayScale(self: LambdaFunction, now: number): boolean {
  const { scaling, account } = self
  return (scaling === null || scaling.take(now, 1)) && (account.burst === null || account.burst.take(now, 1))
}

function throttle(self: LambdaFunction, call: Call, qualified: Qualified | null, reason: number): void {
  const { sim } = self
  self.throttles[reason]++
  self.refusals[reason].note(sim.clock[0])
  if (reason === POOL) self.account.noteRefusal(sim.clock[0])
  self.throttling = true
  sim.count(self.throttlesMetric, 1)
  if (qualified !== null) sim.count(qualified.throttles, 1)
  sim.calls.answer[call] = REASON_ANSWERS[reason]
  sim.replyAfter(self.latency.draw(self.latencyRng), call, self.throttledStatus)
}

function admit(
  self: LambdaFunction,
  call: Call,
  row: number,
  qualified: Qualified | null,
  version: number,
  now: number,
): void {
  const { sim, environments } = self
  self.throttling = false
  environments.call[row] = call
  environments.since[row] = now
  environments.qualifier[row] = qualified === null ? UNQUALIFIED : qualified.number
  environments.version[row] = version
  self.running.enter(now)
  sim.count(self.invocationsMetric, 1)
  sim.level(self.concurrentMetric, self.running.inside)
  if (qualified !== null) {
    sim.count(qualified.invocations, 1)
    sim.count(qualified.executed(version).invocations, 1)
    qualified.run(1)
  }
  self.account.enter(now, isOnDemand(environments.pool[row]) && self.reserved < 0)
}

/** The handler has ended (called by the interpreter). */
export function ended(self: LambdaFunction, row: number, status: number, answer: unknown): void {
  const { sim, environments } = self
  environments.frame[row] = NONE
  if (environments.needsInit[row] === 1) {
    initEnded(self, row, status)
    return
  }
  const { ResponseStream } = sim.calls.body[environments.call[row]] as InvokeBody
  if (ResponseStream === true && status === 0 && answer !== SUCCESS && streams(self, row, answer)) return
  disarm(self, row)
  if (status !== 0) fail(self, row, sim.errors.names[status], `the handler raised ${sim.errors.names[status]}`)
  else if (environments.doomed[row] !== 0) strike(self, row, self.faults[environments.doomed[row] - 1])
  else if (answer !== SUCCESS && exceeds(answer, ResponseStream === true ? self.streamLimit : self.payloadLimit))
    fail(self, row, 'Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed payload size')
  else conclude(self, row, answer === SUCCESS ? versionOf(self, row).plain : success(self, row, answer), 0)
}

/** Timer: the function's time-out. The handler stops where it is and the environment is reset (LAM-05, LAM-21). */
export function timedOut(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  environments.timeout[row] = NONE
  if (environments.pause[row] !== NONE) sim.cancel(environments.pause[row])
  environments.pause[row] = NONE
  noteTimeOut(self, environments.frame[row])
  if (environments.frame[row] !== NONE) self.interpreter.kill(environments.frame[row])
  environments.frame[row] = NONE
  reset(self, row)
  fail(self, row, TIMED_OUT, `Task timed out after ${(versionOf(self, row).timeout / 1_000_000).toFixed(2)} seconds`)
}

/** Keeps what a handler was waiting for when its time was over. */
function noteTimeOut(self: LambdaFunction, frame: number): void {
  const edge = frame === NONE ? NONE : self.interpreter.awaitedEdge(frame)
  self.timeouts.note(self.sim.clock[0])
  if (self.sim.clock[0] >= self.sim.warmUp) self.timedOutOn.set(edge, (self.timedOutOn.get(edge) ?? 0) + 1)
}
