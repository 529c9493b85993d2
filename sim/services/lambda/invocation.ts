// An invocation's way: admission, an environment, initialisation if need be, the handler, the answer.
import type { Call } from '../../engine/calls.ts'
import { SUCCESS, type Remembers } from '../../parts/interpreter.ts'
import { ACCOUNT_RATE, onDemandLimit, POOL, REASON_ANSWERS, RESERVED, RESERVED_RATE, SCALING } from './concurrency.ts'
import { BUSY, FREE, IDLE, isOnDemand, NONE, onDemandOf, provisionedUnder, UNQUALIFIED } from './environments.ts'
import type { FunctionFault } from './function-faults.ts'
import type { LambdaFunction } from './function.ts'
import { exceeds } from './payload.ts'
import type { Qualified } from './qualified.ts'
import type { FunctionVersion } from './versions.ts'

/** The parameters of an Invoke. */
interface InvokeBody {
  readonly Payload?: unknown
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun'
  readonly Qualifier?: string
}

/** What Lambda answers: status 200 for function errors too (LAM-20). */
interface InvokeAnswer {
  readonly StatusCode: number
  readonly Payload: unknown
  readonly FunctionError?: 'Unhandled'
  readonly ErrorType?: string
}

/** Whether an answer tells of a function error (LAM-20). */
export function isFunctionError(answer: unknown): boolean {
  return (answer as InvokeAnswer | null)?.FunctionError !== undefined
}

/** The answer of a handler that returns nothing: one for all. */
const PLAIN_SUCCESS: InvokeAnswer = Object.freeze({ StatusCode: 200, Payload: SUCCESS })

const TIMED_OUT = 'Sandbox.Timedout'

/** How the stages of an invocation before its handler are told apart when their pause is over. */
const NO_PAUSE = 0
export const REDO = 1
const DELAY = 2

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

/** Begins a cold start; one that is longer than the limit is given up there and repeated within the request (LAM-02). */
function startCold(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  const time = drawInit(self, row)
  environments.redo[row] = time > self.initLimit ? time : 0
  sim.after(Math.min(time, self.initLimit), self.initialisedTarget, row)
}

/** Event: a new environment is ready for the request that it was made for. */
export function initialised(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  environments.started(row)
  sim.record(self.initMetric, now - environments.since[row])
  begin(self, row, now)
}

/** The request's own time begins: the time-out runs from here (LAM-05). */
function begin(self: LambdaFunction, row: number, now: number): void {
  const { sim, environments } = self
  environments.startedAt[row] = now
  environments.timeout[row] = sim.timer(versionOf(self, row).timeout, self.timedOutTarget, row)
  const redo = environments.redo[row]
  if (redo > 0) {
    environments.redo[row] = 0
    pause(self, row, redo, REDO)
  } else enterHandler(self, row)
}

function pause(self: LambdaFunction, row: number, time: number, stage: number): void {
  self.environments.stage[row] = stage
  self.environments.pause[row] = self.sim.timer(time, self.proceedTarget, row)
}

/** Timer: the pause before the handler is over. */
export function proceed(self: LambdaFunction, row: number): void {
  const { environments } = self
  const stage = environments.stage[row]
  environments.pause[row] = NONE
  environments.stage[row] = NO_PAUSE
  if (stage === REDO) enterHandler(self, row)
  else runHandler(self, row)
}

/** The handler begins, unless a fault comes before it. */
function enterHandler(self: LambdaFunction, row: number): void {
  if (self.standing === 0) {
    runHandler(self, row)
    return
  }
  let delay = 0
  for (let i = 0; i < self.faults.length; i++) {
    const fault = self.faults[i]
    if (!fault.on || self.faultRng.float() >= fault.share) continue
    if (fault.kind === 'delay') delay += fault.params['StartupDelayMilliseconds'] * 1_000
    else if (fault.params['PreventExecution'] === true) {
      disarm(self, row)
      strike(self, row, fault)
      return
    } else self.environments.doomed[row] = i + 1
  }
  if (delay > 0) pause(self, row, delay, DELAY)
  else runHandler(self, row)
}

/** A fault's own answer. */
function strike(self: LambdaFunction, row: number, fault: FunctionFault): void {
  if (fault.kind === 'error')
    fail(self, row, 'InvocationError', 'an invocation error injected by the Fault Injection Service')
  else
    conclude(
      self,
      row,
      {
        StatusCode: 200,
        Payload: {
          statusCode: fault.params['StatusCode'],
          headers: { 'Content-Type': fault.params['ContentTypeHeader'] },
          body: '',
        },
      },
      0,
    )
}

function disarm(self: LambdaFunction, row: number): void {
  self.sim.cancel(self.environments.timeout[row])
  self.environments.timeout[row] = NONE
}

function runHandler(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  const call = environments.call[row]
  const { Payload: payload } = sim.calls.body[call] as InvokeBody
  const version = versionOf(self, row)
  self.interpreter.cpuScale = version.cpuFactor
  const frame = self.interpreter.start(payload, sim.calls.trace[call], row, version.start, sim.calls.hops[call])
  // A handler that waits for nothing has ended by now, and its environment with the call is free again.
  if (environments.phase[row] === BUSY) environments.frame[row] = frame
}

/** The handler has ended (called by the interpreter). */
export function ended(self: LambdaFunction, row: number, status: number, answer: unknown): void {
  const { sim, environments } = self
  environments.frame[row] = NONE
  disarm(self, row)
  if (status !== 0) fail(self, row, sim.errors.names[status], `the handler raised ${sim.errors.names[status]}`)
  else if (environments.doomed[row] !== 0) strike(self, row, self.faults[environments.doomed[row] - 1])
  else if (answer !== SUCCESS && exceeds(answer, self.payloadLimit))
    fail(self, row, 'Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed payload size')
  else conclude(self, row, answer === SUCCESS ? PLAIN_SUCCESS : { StatusCode: 200, Payload: answer }, 0)
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
  environments.redo[row] = drawInit(self, row)
  environments.done[row] = 0
  fail(self, row, TIMED_OUT, `Task timed out after ${(versionOf(self, row).timeout / 1_000_000).toFixed(2)} seconds`)
}

/** Keeps what a handler was waiting for when its time was over. */
function noteTimeOut(self: LambdaFunction, frame: number): void {
  const edge = frame === NONE ? NONE : self.interpreter.awaitedEdge(frame)
  self.timeouts.note(self.sim.clock[0])
  if (self.sim.clock[0] >= self.sim.warmUp) self.timedOutOn.set(edge, (self.timedOutOn.get(edge) ?? 0) + 1)
}

/** Answers with a function error. */
function fail(self: LambdaFunction, row: number, errorType: string, errorMessage: string): void {
  if (errorType !== TIMED_OUT) {
    self.failures.note(self.sim.clock[0])
    if (self.sim.clock[0] >= self.sim.warmUp) self.failedWith.set(errorType, (self.failedWith.get(errorType) ?? 0) + 1)
  }
  conclude(
    self,
    row,
    { StatusCode: 200, Payload: { errorMessage, errorType }, FunctionError: 'Unhandled', ErrorType: errorType },
    1,
  )
}

/** Answers the request and lets its environment go: to rest, or out of the world. */
function conclude(self: LambdaFunction, row: number, answer: InvokeAnswer, errors: number): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  const call = environments.call[row]
  const duration = now - environments.startedAt[row]
  const since = environments.since[row]
  environments.doomed[row] = 0
  const billed = self.billsInit ? now - since : duration
  self.billedMs += versionOf(self, row).memory * self.billedStep * Math.ceil(billed / (self.billedStep * 1_000))
  sim.record(self.durationMetric, duration)
  sim.count(self.errorsMetric, errors)
  self.running.leave(now, since)
  self.replied++
  sim.level(self.concurrentMetric, self.running.inside)
  const onDemand = isOnDemand(environments.pool[row])
  if (onDemand) self.onDemand--
  self.account.leave(now, since, onDemand && self.reserved < 0)
  const qualifier = environments.qualifier[row]
  if (qualifier !== UNQUALIFIED)
    concludeQualified(self, row, self.qualifiers[qualifier - 1], duration, errors, !onDemand)
  sim.calls.answer[call] = answer
  sim.replyAfter(self.latency.draw(self.latencyRng), call, 0)
  release(self, row, now)
}

function concludeQualified(
  self: LambdaFunction,
  row: number,
  qualified: Qualified,
  duration: number,
  errors: number,
  provisioned: boolean,
): void {
  const { sim } = self
  sim.record(qualified.duration, duration)
  sim.count(qualified.errors, errors)
  const executed = qualified.executed(self.environments.version[row])
  sim.record(executed.duration, duration)
  sim.count(executed.errors, errors)
  qualified.run(-1)
  if (provisioned) qualified.serve(-1)
}

function release(self: LambdaFunction, row: number, now: number): void {
  const { environments } = self
  const pool = environments.pool[row]
  if (!isOnDemand(pool)) {
    const qualified = self.qualifiers[(pool + 1) / 2 - 1]
    if (qualified.rows > qualified.wanted) {
      qualified.rows--
      destroy(self, row, now)
    } else environments.rest(row, now)
    return
  }
  const oldest = environments.createdAt[row] + self.maxAge
  if (environments.stale[row] === 1 || oldest <= now) {
    destroy(self, row, now)
    return
  }
  environments.rest(row, now)
  expireAt(self, Math.min(now + self.idleLifetime, oldest))
}

function destroy(self: LambdaFunction, row: number, now: number): void {
  self.lives.leave(now, self.environments.createdAt[row])
  self.environments.destroy(row)
}

/** Sees to it that the timer of expiry comes at `due` or before. */
function expireAt(self: LambdaFunction, due: number): void {
  if (due >= self.expiryAt) return
  if (self.expiryTimer !== NONE) self.sim.cancel(self.expiryTimer)
  self.expiryAt = due
  self.expiryTimer = self.sim.timer(due - self.sim.clock[0], self.expireTarget, 0)
}

/** Timer: the first idle environment may have come to its end. It never comes late, and sets itself anew for the next. */
export function expire(self: LambdaFunction): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  self.expiryTimer = NONE
  self.expiryAt = Infinity
  for (const { pool } of self.versions)
    for (
      let row = environments.longestUnused(pool);
      row !== NONE && environments.since[row] + self.idleLifetime <= now;
      row = environments.longestUnused(pool)
    )
      destroy(self, row, now)
  let row = environments.oldest
  while (row !== NONE && environments.createdAt[row] + self.maxAge <= now) {
    const newer = environments.newer[row]
    if (environments.phase[row] === IDLE) destroy(self, row, now)
    row = newer
  }
  for (const { pool } of self.versions) {
    const unused = environments.longestUnused(pool)
    if (unused === NONE) continue
    expireAt(self, Math.min(environments.since[unused] + self.idleLifetime, environments.createdAt[row] + self.maxAge))
  }
}

/** Code or configuration of a version has changed: idle environments go, the others after their request. Provisioned ones are replaced unseen. */
export function renew(self: LambdaFunction, version: number): void {
  const { environments } = self
  const now = self.sim.clock[0]
  for (let row = 0; row < environments.rows; row++) {
    if (environments.phase[row] === FREE || environments.pool[row] !== onDemandOf(version)) continue
    if (environments.phase[row] === IDLE) destroy(self, row, now)
    else environments.stale[row] = 1
  }
}

/** A length of initialisation: its computing part grows with the lack of memory (LAM-04). */
function drawInit(self: LambdaFunction, row: number): number {
  const time = self.coldStart.draw(self.coldRng)
  const { cpuFactor } = versionOf(self, row)
  return Math.round(time * (1 - self.coldStartCpu + self.coldStartCpu * cpuFactor)) + self.fetchTime
}

/** What an environment runs. */
function versionOf(self: LambdaFunction, row: number): FunctionVersion {
  return self.versions[self.environments.version[row]]
}

/** Event: a computation or a wait of a handler is over. */
export function wake(self: LambdaFunction, frame: number): void {
  self.interpreter.resume(frame)
}

/** What an environment has done in an invocation before. */
export const memory: Remembers<LambdaFunction> = {
  has: ({ environments }, row, nth) => ((environments.done[row] >> nth) & 1) === 1,
  add: ({ environments }, row, nth) => {
    environments.done[row] |= 1 << nth
  },
}

/** Answer to a call of a handler. */
export function answered(self: LambdaFunction, call: Call): void {
  self.interpreter.answered(call)
}
