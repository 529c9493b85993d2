// Reserved and provisioned concurrency of a function: who may have how much, set by the template or while it runs.
import type { Call } from '../../engine/calls.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { NONE, provisionedUnder } from './environments.ts'
import type { LambdaFunction } from './function.ts'
import type { Qualified } from './qualified.ts'

/** Most provisioned environments of one alias: each is a row that is kept, whatever quota a scenario gives itself. [SIM] */
const PROVISIONED_MAX = 1_000_000

/** Why a request is throttled. */
export const REASONS = [
  'reserved concurrency',
  'account concurrency',
  'rate of reserved concurrency',
  'rate of the account',
  'rate of new environments',
] as const
export const RESERVED = 0
export const POOL = 1
export const RESERVED_RATE = 2
export const ACCOUNT_RATE = 3
export const SCALING = 4
/** What the exception says about it, by reason (LAM-21, table). */
export const REASON_ANSWERS: readonly object[] = [
  Object.freeze({ Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }),
  Object.freeze({ Reason: 'ConcurrentInvocationLimitExceeded' }),
  Object.freeze({ Reason: 'ReservedFunctionInvocationRateLimitExceeded' }),
  Object.freeze({ Reason: 'FunctionInvocationRateLimitExceeded' }),
  Object.freeze({ Reason: 'ConcurrentInvocationLimitExceeded' }),
]

/** Gives the function a reservation of its own, or −1 for none, and moves what is in progress accordingly (LAM-35). */
export function reserve(self: LambdaFunction, reserved: number): void {
  const { account } = self
  const before = self.reserved
  const shared = (value: number): number => (value < 0 ? self.provisioned : 0)
  account.claim(Math.max(0, reserved) - Math.max(0, before), shared(reserved) - shared(before))
  if (before < 0 !== reserved < 0) account.move(reserved < 0 ? self.onDemand : -self.onDemand)
  self.reserved = reserved
  const rate = reserved * self.perConcurrency
  self.rate = reserved < 0 ? account.rate : new TokenBucket(rate, rate)
  allow(self)
}

/** Makes provisioned environments available at once, or takes them away. */
export function provision(self: LambdaFunction, qualified: Qualified, wanted: number): void {
  want(self, qualified, wanted)
  fill(self, qualified)
}

export function putFunctionConcurrency(self: LambdaFunction, call: Call): void {
  const { sim, account } = self
  const { ReservedConcurrentExecutions: wanted } = sim.calls.body[call] as { ReservedConcurrentExecutions?: number }
  const others = account.reserved - Math.max(0, self.reserved)
  if (
    wanted === undefined ||
    !Number.isInteger(wanted) ||
    wanted < self.provisioned ||
    !account.mayReserve(others + wanted)
  ) {
    sim.reply(call, self.invalidStatus)
    return
  }
  reserve(self, wanted)
  sim.calls.answer[call] = { ReservedConcurrentExecutions: wanted }
  sim.reply(call, 0)
}

export function getFunctionConcurrency(self: LambdaFunction, call: Call): void {
  const { sim, reserved } = self
  sim.calls.answer[call] = reserved < 0 ? {} : { ReservedConcurrentExecutions: reserved }
  sim.reply(call, 0)
}

export function deleteFunctionConcurrency(self: LambdaFunction, call: Call): void {
  reserve(self, -1)
  self.sim.reply(call, 0)
}

/** Claims the environments now; they are there after the delay and the time that making them takes, all at once (LAM-36). */
export function putProvisionedConcurrency(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { Qualifier?: string; ProvisionedConcurrentExecutions?: number }
  const number = self.qualifierOf(String(body.Qualifier))
  if (number === NONE) {
    sim.reply(call, self.notFoundStatus)
    return
  }
  const qualified = self.qualifiers[number - 1]
  const wanted = body.ProvisionedConcurrentExecutions
  if (
    wanted === undefined ||
    !Number.isInteger(wanted) ||
    wanted < 1 ||
    wanted > PROVISIONED_MAX ||
    // While traffic is shifted, what is provisioned stays as it is (CDP-24).
    qualified.route.weight > 0 ||
    !fits(self, wanted - qualified.wanted)
  ) {
    sim.reply(call, self.invalidStatus)
    return
  }
  stopAllocation(self, qualified)
  want(self, qualified, wanted)
  if (wanted <= qualified.ready) fill(self, qualified)
  else allocate(self, qualified)
  sim.calls.answer[call] = {
    RequestedProvisionedConcurrentExecutions: wanted,
    AllocatedProvisionedConcurrentExecutions: qualified.ready,
    Status: wanted === qualified.ready ? 'READY' : 'IN_PROGRESS',
  }
  sim.reply(call, 0)
}

export function deleteProvisionedConcurrency(self: LambdaFunction, call: Call): void {
  const { sim } = self
  const number = self.qualifierOf(String((sim.calls.body[call] as { Qualifier?: string }).Qualifier))
  if (number === NONE) {
    sim.reply(call, self.notFoundStatus)
    return
  }
  stopAllocation(self, self.qualifiers[number - 1])
  provision(self, self.qualifiers[number - 1], 0)
  sim.reply(call, 0)
}

/** Timer: the provisioned environments that were asked for are all there. */
export function allocated(self: LambdaFunction, number: number): void {
  const qualified = self.qualifiers[number - 1]
  qualified.timer = NONE
  fill(self, qualified)
}

/** Whether so much more provisioned concurrency has room in the reservation, or else in the account. */
function fits(self: LambdaFunction, more: number): boolean {
  const { account } = self
  if (self.reserved >= 0) return self.provisioned + more <= self.reserved
  return account.mayReserve(account.reserved + account.provisioned + more)
}

function want(self: LambdaFunction, qualified: Qualified, wanted: number): void {
  const more = wanted - qualified.wanted
  qualified.wanted = wanted
  self.provisioned += more
  if (self.reserved < 0) self.account.claim(0, more)
  allow(self)
}

/** Brings the pool to the number asked for; environments that are serving end with their request. */
function fill(self: LambdaFunction, qualified: Qualified): void {
  const { environments, sim } = self
  const now = sim.clock[0]
  while (qualified.rows < qualified.wanted) {
    environments.rest(environments.create(now, provisionedUnder(qualified.number)), now)
    self.lives.enter(now)
    qualified.rows++
  }
  while (qualified.rows > qualified.wanted) {
    const row = environments.longestUnused(provisionedUnder(qualified.number))
    if (row === NONE) break
    self.lives.leave(now, environments.createdAt[row])
    environments.destroy(row)
    qualified.rows--
  }
  qualified.resize(qualified.wanted)
  noteReady(self)
}

/** What is billed of environments that are kept ready: their memory. */
function noteReady(self: LambdaFunction): void {
  const memory = self.qualifiers.reduce((sum, { ready, route }) => sum + ready * self.versions[route.version].memory, 0)
  self.meter.ready.set(memory, self.sim.clock[0])
}

/** The name stands for another version: its environments go, and as many are made for that one, after the delay (LAM-36). */
export function replaceProvisioned(self: LambdaFunction, qualified: Qualified): void {
  const { wanted } = qualified
  stopAllocation(self, qualified)
  provision(self, qualified, 0)
  want(self, qualified, wanted)
  allocate(self, qualified)
}

/** They are all there after the delay and the time that making them takes. */
function allocate(self: LambdaFunction, qualified: Qualified): void {
  const { sim } = self
  const making = Math.ceil(((qualified.wanted - qualified.ready) * 60_000_000) / self.perMinute)
  const delay = self.provisionedDelay.draw(self.provisionedRng) + making
  qualified.timer = sim.timer(delay, self.allocatedTarget, qualified.number)
}

function stopAllocation(self: LambdaFunction, qualified: Qualified): void {
  if (qualified.timer !== NONE) self.sim.cancel(qualified.timer)
  qualified.timer = NONE
}

/** The most on-demand requests in progress from now on, those that are in progress already left alone. */
function allow(self: LambdaFunction): void {
  self.allowance = Math.max(onDemandLimit(self), self.onDemand)
}

/** How many on-demand requests the function's own reservation leaves room for (LAM-34, LAM-36). */
export function onDemandLimit(self: LambdaFunction): number {
  return self.reserved < 0 ? Infinity : self.reserved - self.provisioned
}
