// A mapping at work: polls the queue, collects batches, runs them, deletes what succeeded, and scales.
import type { Call } from '../../engine/calls.ts'
import { hopsOf } from '../../parts/lineage.ts'
import { succeededOf } from './batch-response.ts'
import type { Message } from './batches.ts'
import { passesMessage } from './event-filter.ts'
import type { LambdaFunction } from './function.ts'
import type { QueueMapping } from './queue-mapping.ts'
import { MESSAGES_PER_CALL } from './event-source-mapping.facts.ts'

const NONE = -1
const NOBODY: readonly Message[] = Object.freeze([])
/** A poll that waited longer found the queue empty when it came; the queue's answer alone takes less, in µs. */
const QUICK = 100_000

/** Event: the run begins. */
export function started(self: QueueMapping): void {
  poll(self)
}

/** Asks for as many messages as the batches that may still start can take, as far as there is reason to ask. */
export function poll(self: QueueMapping): void {
  while (self.enabled && !self.pausing) {
    const room = (self.limit - self.running.inside) * self.batchSize - self.open.length - self.asked
    const park = self.parked < self.pollers
    if (room <= 0 || (!park && self.eager === 0)) break
    if (self.pace !== null && !self.pace.take(self.sim.clock[0], 1)) {
      // The reason to poll is kept until a poller may.
      pausePolling(self, self.pace.wait(self.sim.clock[0], 1))
      return
    }
    send(self, Math.min(room, self.batchSize, MESSAGES_PER_CALL), park)
  }
  if (self.pace === null || !self.pausing) self.eager = 0
}

function send(self: QueueMapping, count: number, park: boolean): void {
  const { sim } = self
  if (park) self.parked++
  else self.eager--
  self.asked += count
  self.young++
  const call = sim.open(self.receiveEdge, park ? count : -count, 0)
  sim.calls.body[call] = park ? self.parkedBodies[count] : self.shortBodies[count]
  sim.send(call)
}

/** Answer of the queue to a poll. */
export function received(self: QueueMapping, call: Call): void {
  const { sim } = self
  const { calls } = sim
  const asked = Math.abs(calls.cookie[call])
  const short = calls.cookie[call] < 0
  const waited = sim.clock[0] - calls.sentAt[call]
  const status = calls.status[call]
  const messages = status === 0 ? (calls.answer[call] as { Messages?: readonly Message[] }).Messages : undefined
  if (!short) self.parked--
  if (self.young > 0 && calls.sentAt[call] >= self.growing) self.young--
  self.asked -= asked
  sim.close(call)
  if (status !== 0) {
    pausePolling(self, self.backoff)
    return
  }
  self.backlog = messages !== undefined && messages.length === asked && waited < QUICK
  if (messages !== undefined && messages.length > 0) {
    self.polled += messages.length
    sim.count(self.polledMetric, messages.length)
    if (short && self.backlog) self.eager = 1
    if (waited > QUICK && self.running.inside === 0 && self.open.length === 0) {
      self.limit = self.atFirst
      self.setPace()
    }
    const taken = self.filter.length === 0 ? messages : withoutFiltered(self, messages)
    const fit = withoutLoops(self, taken)
    if (fit.length > 0) collect(self, fit)
  }
  poll(self)
}

/** Deletes the messages that no filter lets pass (LAM-65), and answers the others. */
function withoutFiltered(self: QueueMapping, messages: readonly Message[]): readonly Message[] {
  const taken = messages.filter((message) => passesMessage(self.filter, message))
  const count = messages.length - taken.length
  if (count === 0) return messages
  self.filtered += count
  self.sim.count(self.filteredMetric, count)
  deleteAll(
    self,
    messages.filter((message) => !taken.includes(message)),
  )
  return taken
}

/**
 * Takes out the messages that too many functions have worked for already (LAM-23). They are left to the queue's dead-letter
 * queue, where there is one, else deleted.
 */
function withoutLoops(self: QueueMapping, messages: readonly Message[]): readonly Message[] {
  let loops = 0
  for (let i = 0; i < messages.length; i++) if (comesRound(self, messages[i])) loops++
  if (loops === 0) return messages
  self.looped += loops
  self.sim.peer<LambdaFunction>(self.functionName).events.stopLoops(loops)
  const [stopped, others] = [messages.filter((each) => comesRound(self, each)), [] as Message[]]
  for (const message of messages) if (!stopped.includes(message)) others.push(message)
  if (!self.hasDeadLetters) deleteAll(self, stopped)
  return others
}

function comesRound(self: QueueMapping, { Attributes }: Message): boolean {
  const header = Attributes?.AWSTraceHeader
  return header !== undefined && hopsOf(header) >= self.hopsMax
}

/** Nothing is asked for so many µs. */
function pausePolling(self: QueueMapping, delay: number): void {
  if (self.pausing) return
  self.pausing = true
  self.sim.after(delay, self.pollTarget, 0)
}

/** Timer: polling goes on. */
export function pollAgain(self: QueueMapping): void {
  self.pausing = false
  poll(self)
}

/** Messages make a batch of their own, or join the one whose window is open (LAM-53). */
function collect(self: QueueMapping, messages: readonly Message[]): void {
  const { sim } = self
  if (self.window === 0) {
    begin(self, messages, sim.clock[0])
    return
  }
  if (self.open.length === 0) openWindow(self)
  self.open.push(...messages)
  flush(self)
}

function openWindow(self: QueueMapping): void {
  self.openedAt = self.sim.clock[0]
  self.windowTimer = self.sim.timer(self.window, self.windowTarget, 0)
}

/** Timer: the window of the open batch is over. */
export function windowOver(self: QueueMapping): void {
  self.windowTimer = NONE
  flush(self)
  poll(self)
}

/** Starts the batches that are full or whose window is over, as far as the limit allows; what is left opens a new window. */
function flush(self: QueueMapping): void {
  while (
    self.open.length > 0 &&
    self.running.inside < self.limit &&
    (self.open.length >= self.batchSize || self.windowTimer === NONE)
  ) {
    const messages = self.open.slice(0, self.batchSize)
    const since = self.openedAt
    self.open = self.open.slice(self.batchSize)
    if (self.windowTimer !== NONE) self.sim.cancel(self.windowTimer)
    self.windowTimer = NONE
    if (self.open.length > 0) openWindow(self)
    begin(self, messages, since)
  }
}

/** A batch starts; its first message was received at `since` µs. */
function begin(self: QueueMapping, messages: readonly Message[], since: number): void {
  const { sim } = self
  const now = sim.clock[0]
  const batch = self.batches.add(messages, now, since + self.visibility, sim.calls.begin())
  self.running.enter(now)
  sim.count(self.invokedMetric, messages.length)
  invokeFunction(self, batch)
  if (self.running.inside >= self.limit && self.growing === NONE && self.limit < self.most) startGrowing(self)
}

function invokeFunction(self: QueueMapping, batch: number): void {
  const { sim } = self
  const { batches } = self
  const call = sim.open(self.invokeEdge, batch, batches.trace[batch])
  sim.calls.hops[call] = batches.hops[batch]
  if (batches.tries[batch] > 0) sim.calls.attempt[call] = Math.min(batches.tries[batch] + 1, 255)
  sim.calls.body[call] = batches.event(batch)
  sim.send(call)
}

/** Answer of the function. */
export function invoked(self: QueueMapping, call: Call): void {
  const { sim, batches } = self
  const batch = sim.calls.cookie[call]
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as { Payload?: unknown; FunctionError?: string } | null
  sim.close(call)
  if (status !== 0) {
    self.throttles++
    trouble(self)
    waitOrLetGo(self, batch)
    return
  }
  const messages = batches.messages[batch]!
  const good =
    answer?.FunctionError !== undefined ? NOBODY : self.reports ? succeededOf(answer?.Payload, messages) : messages
  if (good.length === 0) trouble(self)
  end(self, batch, good)
}

/** A batch that could not run is tried again while its messages are hidden (LAM-55). */
function waitOrLetGo(self: QueueMapping, batch: number): void {
  const { sim, batches } = self
  const wait = Math.min(self.backoffMax, self.backoff * (1 << Math.min(batches.tries[batch]++, 20)))
  if (sim.clock[0] + wait < batches.deadline[batch]) {
    self.throttled++
    sim.after(wait, self.tryTarget, batch)
    return
  }
  self.letGo.note(sim.clock[0])
  end(self, batch, NOBODY)
}

/** Timer: a throttled batch is tried again. */
export function tryAgain(self: QueueMapping, batch: number): void {
  self.throttled--
  invokeFunction(self, batch)
}

/** A batch is over; `succeeded` are deleted, the others come back by themselves. */
function end(self: QueueMapping, batch: number, succeeded: readonly Message[]): void {
  const { sim, batches } = self
  const now = sim.clock[0]
  const count = batches.messages[batch]!.length
  const good = succeeded.length
  self.running.leave(now, batches.since[batch])
  batches.remove(batch)
  self.succeeded += good
  self.failed += count - good
  if (good < count) sim.count(self.failedMetric, count - good)
  deleteAll(self, succeeded)
  self.allowance = Math.max(self.limit, self.running.inside)
  flush(self)
  self.eager = self.backlog ? 1 : 0
  poll(self)
}

function deleteAll(self: QueueMapping, messages: readonly Message[]): void {
  const { sim } = self
  for (let from = 0; from < messages.length; from += MESSAGES_PER_CALL) {
    const entries = messages
      .slice(from, from + MESSAGES_PER_CALL)
      .map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle }))
    const call = sim.open(self.deleteEdge, entries.length, 0)
    sim.calls.body[call] = { Entries: entries }
    sim.send(call)
  }
}

/** Answer of the queue to a delete. What it could not delete comes back. */
export function deleted(self: QueueMapping, call: Call): void {
  const { sim } = self
  const answer = sim.calls.answer[call] as { Failed?: readonly unknown[] } | null
  if (sim.calls.status[call] === 0)
    sim.count(self.deletedMetric, sim.calls.cookie[call] - (answer?.Failed?.length ?? 0))
  sim.close(call)
}

function startGrowing(self: QueueMapping): void {
  self.growing = self.sim.clock[0]
  self.young = 0
  self.sim.after(self.growthInterval, self.growTarget, 0)
}

/** Timer: one batch more may run, as long as all that may do (LAM-50). Polls just sent are taken for batches to come. */
export function grow(self: QueueMapping): void {
  const wanted = self.running.inside + self.young >= self.limit && self.limit < self.most
  self.growing = NONE
  if (!wanted || self.reduced) return
  self.limit++
  self.setPace()
  self.allowance = Math.max(self.allowance, self.limit)
  startGrowing(self)
  self.eager = 1
  poll(self)
}

/** An error or a throttle. */
function trouble(self: QueueMapping): void {
  self.troubled = true
  if (self.watching) return
  self.watching = true
  self.sim.after(self.reductionInterval, self.reduceTarget, 0)
}

/** Timer: after an interval with trouble the limit is halved and stays there until one without (LAM-55). */
export function reduce(self: QueueMapping): void {
  self.reduced = self.troubled
  self.watching = self.troubled
  self.troubled = false
  if (!self.watching) return
  self.limit = Math.max(Math.min(self.start, self.most), Math.floor(self.limit / 2))
  self.setPace()
  self.sim.after(self.reductionInterval, self.reduceTarget, 0)
}
