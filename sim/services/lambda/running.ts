// A request in its environment: what comes before the handler, the handler, the answer.
import type { Call } from '../../engine/calls.ts'
import { BUSY, isOnDemand, NONE, UNQUALIFIED } from './environments.ts'
import { release } from './environment-life.ts'
import type { FunctionFault } from './function-faults.ts'
import { logInvocation } from './function-log.ts'
import type { LambdaFunction } from './function.ts'
import { sizeOf } from '../../parts/payload-size.ts'
import type { Qualified } from './qualified.ts'
import type { FunctionVersion } from './versions.ts'

/** The parameters of an Invoke. */
export interface InvokeBody {
  readonly Payload?: unknown
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun'
  readonly Qualifier?: string
  /** From a function URL that streams: the answer may be longer, and takes its time. */
  readonly ResponseStream?: true
}

/** What Lambda answers: status 200 for function errors too (LAM-20). */
export interface InvokeAnswer {
  readonly StatusCode: number
  /** Which version ran (LAM-71). */
  readonly ExecutedVersion: string
  readonly Payload: unknown
  readonly FunctionError?: 'Unhandled'
  readonly ErrorType?: string
}

/** Whether an answer tells of a function error (LAM-20). */
export function isFunctionError(answer: unknown): boolean {
  return (answer as InvokeAnswer | null)?.FunctionError !== undefined
}

export const TIMED_OUT = 'Sandbox.Timedout'

/** How the stages of an invocation before its handler are told apart when their pause is over. */
const NO_PAUSE = 0

export const REDO = 1

const DELAY = 2

export const STREAM = 3

/** In place of a frame whose number is not known yet. */
const BEGINNING = -2

/** The request's own time begins: the time-out runs from here (LAM-05). */
export function begin(self: LambdaFunction, row: number, now: number): void {
  const { sim, environments } = self
  environments.startedAt[row] = now
  environments.timeout[row] = sim.timer(versionOf(self, row).timeout, self.timedOutTarget, row)
  const redo = environments.redo[row]
  if (redo > 0) {
    environments.redo[row] = 0
    pause(self, row, redo, REDO)
  } else prepare(self, row)
}

function pause(self: LambdaFunction, row: number, time: number, stage: number): void {
  self.environments.stage[row] = stage
  self.environments.pause[row] = self.sim.timer(time, self.proceedTarget, row)
}

/** Timer: the pause before or after the handler is over. */
export function proceed(self: LambdaFunction, row: number): void {
  const { environments } = self
  const stage = environments.stage[row]
  environments.pause[row] = NONE
  environments.stage[row] = NO_PAUSE
  if (stage === REDO) prepare(self, row)
  else if (stage === STREAM) {
    disarm(self, row)
    conclude(self, row, success(self, row, self.streaming.get(row)), 0)
  } else runHandler(self, row)
}

/** Runs the code outside the handler first, where it has not run yet. */
function prepare(self: LambdaFunction, row: number): void {
  if (self.environments.needsInit[row] === 1) runInit(self, row, versionOf(self, row).cpuFactor)
  else enterHandler(self, row)
}

/** The handler begins, unless a fault comes before it. */
export function enterHandler(self: LambdaFunction, row: number): void {
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
export function strike(self: LambdaFunction, row: number, fault: FunctionFault): void {
  if (fault.kind === 'error')
    fail(self, row, 'InvocationError', 'an invocation error injected by the Fault Injection Service')
  else
    conclude(
      self,
      row,
      success(self, row, {
        statusCode: fault.params['StatusCode'],
        headers: { 'Content-Type': fault.params['ContentTypeHeader'] },
        body: '',
      }),
      0,
    )
}

export function disarm(self: LambdaFunction, row: number): void {
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

/** Runs the code outside the handler. */
export function runInit(self: LambdaFunction, row: number, cpuFactor: number): void {
  const { sim, environments } = self
  const call = environments.call[row]
  self.interpreter.cpuScale = cpuFactor
  const start = versionOf(self, row).start + 1
  environments.frame[row] = BEGINNING
  const frame = self.interpreter.start(null, sim.calls.trace[call], row, start, sim.calls.hops[call])
  // Code that waits for nothing has ended by now, and the request is on its way.
  if (environments.frame[row] === BEGINNING) environments.frame[row] = frame
}

/** Sends a streamed answer; false = it is through at once, or may not be sent. Its environment is busy until the last byte. */
export function streams(self: LambdaFunction, row: number, answer: unknown): boolean {
  const size = sizeOf(answer)
  if (size <= self.streamBurst || size > self.streamLimit || self.environments.doomed[row] !== 0) return false
  self.streaming.set(row, answer)
  pause(self, row, Math.ceil(((size - self.streamBurst) / self.streamRate) * 1_000_000), STREAM)
  return true
}

/** The process of an environment begins anew with its next request; what is in `/tmp` stays (LAM-05). */
export function reset(self: LambdaFunction, row: number): void {
  const { environments } = self
  environments.redo[row] = drawInit(self, row)
  environments.needsInit[row] = hasInit(self, row) ? 1 : 0
  environments.done[row] = 0
  environments.held[row] = 0
  environments.used[row] = 0
  environments.crashing[row] = 0
}

/** The answer of a handler that has ended well. */
export function success(self: LambdaFunction, row: number, payload: unknown): InvokeAnswer {
  return { StatusCode: 200, ExecutedVersion: versionOf(self, row).label, Payload: payload }
}

/** Answers with a function error. */
export function fail(self: LambdaFunction, row: number, errorType: string, errorMessage: string): void {
  if (errorType !== TIMED_OUT) {
    self.failures.note(self.sim.clock[0])
    if (self.sim.clock[0] >= self.sim.warmUp) self.failedWith.set(errorType, (self.failedWith.get(errorType) ?? 0) + 1)
  }
  conclude(
    self,
    row,
    {
      StatusCode: 200,
      ExecutedVersion: versionOf(self, row).label,
      Payload: { errorMessage, errorType },
      FunctionError: 'Unhandled',
      ErrorType: errorType,
    },
    1,
  )
}

/** Answers the request and lets its environment go: to rest, or out of the world. */
export function conclude(self: LambdaFunction, row: number, answer: InvokeAnswer, errors: number): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  const call = environments.call[row]
  const duration = now - environments.startedAt[row]
  const since = environments.since[row]
  environments.doomed[row] = 0
  environments.used[row] = 0
  if (self.streaming.size > 0) self.streaming.delete(row)
  sim.record(self.durationMetric, duration)
  sim.count(self.errorsMetric, errors)
  self.running.leave(now, since)
  if (self.log !== NONE) logInvocation(self, row, answer)
  self.replied++
  sim.level(self.concurrentMetric, self.running.inside)
  const onDemand = isOnDemand(environments.pool[row])
  if (onDemand) self.onDemand--
  self.meter.ended(versionOf(self, row).memory, duration, now - since, onDemand)
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

/** A snapshot holds what the code outside the handler has made (LAM-04). */
function isRestored(self: LambdaFunction, row: number): boolean {
  return self.snapshots && versionOf(self, row).number > 0
}

export function hasInit(self: LambdaFunction, row: number): boolean {
  return self.initStarts.includes(versionOf(self, row).start) && !isRestored(self, row)
}

/** How long AWS's part takes: its computing part grows with the lack of memory (LAM-04). */
export function drawInit(self: LambdaFunction, row: number): number {
  if (isRestored(self, row)) return self.restore.draw(self.coldRng)
  const time = self.coldStart.draw(self.coldRng)
  const cpuFactor = Math.max(1, versionOf(self, row).cpuFactor)
  return Math.round(time * (1 - self.coldStartCpu + self.coldStartCpu * cpuFactor)) + self.fetchTime
}

/** What an environment runs. */
export function versionOf(self: LambdaFunction, row: number): FunctionVersion {
  return self.versions[self.environments.version[row]]
}

/** Event: a computation or a wait of a handler is over. */
export function wake(self: LambdaFunction, frame: number): void {
  self.interpreter.resume(frame)
}

/** Answer to a call of a handler. */
export function answered(self: LambdaFunction, call: Call): void {
  self.interpreter.answered(call)
}
