// How an environment gets ready for its first request: AWS's part, then the code outside the handler.
//
//   cold start ──► Init ──► request          within ten seconds together (LAM-02)
//        └── too late, or failed ──► request: once more, within its own time
//   time-out, crash ──► the same once more with the next request (LAM-05)
import { STARTING, NONE } from './environments.ts'
import type { LambdaFunction } from './function.ts'
import { begin, disarm, drawInit, enterHandler, fail, hasInit, reset, runInit } from './running.ts'

/** Begins a cold start; one that is longer than the limit is given up there and repeated within the request. */
export function startCold(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  const time = drawInit(self, row)
  environments.needsInit[row] = hasInit(self, row) ? 1 : 0
  environments.redo[row] = time > self.initLimit ? time : 0
  sim.after(Math.min(time, self.initLimit), self.initialisedTarget, row)
}

/** Event: AWS's part of a cold start is over, or the time for all of it. */
export function initialised(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  if (environments.redo[row] > 0) self.lateInits.note(sim.clock[0])
  else if (environments.needsInit[row] === 1) {
    const left = environments.since[row] + self.initLimit - sim.clock[0]
    environments.timeout[row] = sim.timer(left, self.initLateTarget, row)
    // Whatever the memory, AWS lends a whole vCPU for it.
    runInit(self, row, 1)
    return
  }
  ready(self, row)
}

/** The code outside the handler has ended, with an exception where `status` is not 0. */
export function initEnded(self: LambdaFunction, row: number, status: number): void {
  const { sim, environments } = self
  if (status === 0) environments.needsInit[row] = 0
  if (environments.phase[row] === STARTING) {
    disarm(self, row)
    if (status !== 0) environments.redo[row] = drawInit(self, row)
    ready(self, row)
  } else if (status === 0) enterHandler(self, row)
  else {
    disarm(self, row)
    reset(self, row)
    fail(self, row, sim.errors.names[status], `the code outside the handler raised ${sim.errors.names[status]}`)
  }
}

/** Timer: the code outside the handler has taken too long. */
export function initLate(self: LambdaFunction, row: number): void {
  const { environments } = self
  environments.timeout[row] = NONE
  self.lateInits.note(self.sim.clock[0])
  stop(self, row)
  reset(self, row)
  ready(self, row)
}

/** Event: the process of an environment has taken more memory than there is (LAM-12). */
export function crashed(self: LambdaFunction, row: number): void {
  const { environments } = self
  // Its time may have been over at this very moment.
  if (environments.crashing[row] === 0) return
  const isStarting = environments.phase[row] === STARTING
  stop(self, row)
  disarm(self, row)
  reset(self, row)
  if (isStarting) ready(self, row)
  else fail(self, row, 'Runtime.ExitError', 'Runtime exited with error: signal: killed')
}

function stop(self: LambdaFunction, row: number): void {
  const { environments } = self
  if (environments.frame[row] !== NONE) self.interpreter.kill(environments.frame[row])
  environments.frame[row] = NONE
}

/** A new environment begins to serve the request that it was made for. */
function ready(self: LambdaFunction, row: number): void {
  const { sim, environments } = self
  const now = sim.clock[0]
  environments.started(row)
  sim.record(self.initMetric, now - environments.since[row])
  begin(self, row, now)
}
