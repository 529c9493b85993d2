// What a queue holds and how messages move in it: taken in, handed out, come back, expire, go to another queue.
//
//   send ──► DELAYED ──► visible ──receive──► IN FLIGHT ──delete──► gone
//                          ▲  │                   │
//                          │  └─ received too     └─ visibility ends
//                          │     often: MOVING ─► dead-letter queue
//                          └──────────────────────┘
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { lineageOf } from '../../parts/lineage.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { ALL_SERVERS, Delivery } from './delivery.ts'
import { Expiry } from './expiry.ts'
import { md5OfAttributes, type Attributes } from './attributes.ts'
import { Fifo } from './fifo.ts'
import type { Sent } from './recent-sends.ts'
import { DELAYED, FREE, HELD, IN_FLIGHT, Messages, MOVING, NONE, RETURNED, WAITING } from './messages.ts'
import { Moves, type MoveTimers, type Redriven } from './moves.ts'
import * as facts from './queue.facts.ts'
import { Receivers } from './receivers.ts'
import { isVisible, Tenants } from './tenants.ts'

export const SECOND = 1_000_000
/** Message ids are numbers: the queue's own number in the upper bits, so that an id is one message's alone. */
const IDS_PER_QUEUE = 274_877_906_944
/** A message as `ReceiveMessage` returns it. */
export interface ReceivedMessage {
  readonly MessageId: number
  readonly ReceiptHandle: number
  readonly Body: unknown
  readonly MessageAttributes?: unknown
  readonly MD5OfMessageAttributes?: string
  readonly Attributes: {
    readonly ApproximateReceiveCount: number
    /** ms since the start. */
    readonly SentTimestamp: number
    /** Of what a function sent that was invoked by another message or event (LAM-23). */
    readonly AWSTraceHeader?: string
    readonly ApproximateFirstReceiveTimestamp: number
    readonly MessageGroupId?: string
    /** Of a FIFO queue. */
    readonly MessageDeduplicationId?: string
    readonly SequenceNumber?: string
  }
}

/** The event functions that the state schedules; `queue.ts` hands them in. */
export interface Timers extends MoveTimers {
  readonly delayPassed: (q: Queue, row: number) => void
  readonly visibilityExpired: (q: Queue, row: number) => void
  readonly waitEnded: (q: Queue, receiver: number) => void
  readonly retentionPassed: (q: Queue) => void
  readonly activityPassed: (q: Queue) => void
}

export class Queue {
  readonly sim: Sim
  readonly messages = new Messages()
  readonly receivers = new Receivers()
  readonly expiry: Expiry
  readonly delivery: Delivery
  readonly moves: Moves
  /** Null in a standard queue. */
  readonly fifo: Fifo | null
  /** All messages in the queue, and those of them in flight. */
  readonly stored = new Population()
  readonly inFlight = new Population()
  /** The queue's attributes: times in µs, size in bytes. */
  visibilityTimeout: number
  delay: number
  wait: number
  sizeMax: number
  readonly inFlightMax: number
  /** Limits of requests, in the API's own units. */
  readonly batchMax: number
  readonly batchSizeMax: number
  readonly visibilityMax: number
  readonly waitMax: number
  readonly delayMax: number
  delayed = 0
  sent = 0
  /** Came from another queue. */
  redriven = 0
  duplicated = 0
  deleted = 0
  expired = 0
  purged = 0
  moved = 0
  /** Messages whose visibility timeout ended before they were deleted; deletes that came too late for it. */
  readonly returned: Stretch
  readonly lateDeletes: Stretch
  /** Requests refused because there were too many in a second. */
  readonly throttled: Stretch
  /** Billed beside the calls: chunks of 64 KB after the first of a request, empty polls that parked receivers stood for. */
  moreChunks = 0
  emptyPolls = 0
  /** Bytes handed out for the receive under way. */
  private handedOut = 0
  purgedAt = -Infinity
  /** When it was deleted, −1 = it is there; a new one is there from `usableAt` on (SQS-13). */
  deletedAt = NONE
  usableAt = 0
  lastActivity = 0
  private activityArmed = false
  private serial = 0
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly delayTarget: Target
  private readonly visibilityTarget: Target
  private readonly waitTarget: Target
  private readonly activityTarget: Target
  private readonly messagesSent: MetricId
  private readonly messageSize: MetricId
  private readonly messagesReceived: MetricId
  private readonly emptyReceives: MetricId
  private readonly messagesDeleted: MetricId
  private readonly deduplicated: MetricId

  constructor(config: Config, sim: Sim, timers: Timers) {
    this.sim = sim
    this.returned = new Stretch(sim.warmUp)
    this.lateDeletes = new Stretch(sim.warmUp)
    this.throttled = new Stretch(sim.warmUp)
    this.visibilityTimeout = config['VisibilityTimeout'] * SECOND
    this.delay = config['DelaySeconds'] * SECOND
    this.wait = config['ReceiveMessageWaitTimeSeconds'] * SECOND
    this.sizeMax = config['MaximumMessageSize']
    const isFifo = config['FifoQueue'] === true
    this.inFlightMax = sim.quota(isFifo ? 'FifoMessagesInFlight' : 'MessagesInFlight')
    this.batchMax = sim.quota('MessagesPerBatch')
    this.batchSizeMax = sim.quota('MaximumMessageSize')
    this.visibilityMax = sim.quota('VisibilityTimeout')
    this.waitMax = sim.quota('WaitTimeSeconds')
    this.delayMax = sim.quota('DelaySeconds')
    this.delivery = new Delivery(sim)
    this.moves = new Moves(this.messages, config, sim, timers)
    this.fifo = isFifo ? new Fifo(this.messages, config, sim) : null
    this.messages.groups = this.fifo?.groups ?? null
    const retention = config['MessageRetentionPeriod'] * SECOND
    this.expiry = new Expiry(this.messages, sim, sim.target(timers.retentionPassed), retention)
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.delayTarget = sim.target(timers.delayPassed)
    this.visibilityTarget = sim.target(timers.visibilityExpired)
    this.waitTarget = sim.target(timers.waitEnded)
    this.activityTarget = sim.target(timers.activityPassed)
    this.messagesSent = sim.metric('NumberOfMessagesSent')
    this.messageSize = sim.metric('SentMessageSize')
    this.messagesReceived = sim.metric('NumberOfMessagesReceived')
    this.emptyReceives = sim.metric('NumberOfEmptyReceives')
    this.messagesDeleted = sim.metric('NumberOfMessagesDeleted')
    this.deduplicated = sim.metric('NumberOfDeduplicatedSentMessages')
    this.touch()
  }

  get now(): number {
    return this.sim.clock[0]
  }

  get isDeleted(): boolean {
    return this.deletedAt !== NONE
  }

  get exists(): boolean {
    return this.deletedAt === NONE && this.now >= this.usableAt
  }

  /** Answers a call after the latency of the API. */
  answer(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, status)
  }

  /** Notes that somebody used the queue: it sends metrics for six more hours (SQS-80). */
  touch(): void {
    this.lastActivity = this.now
    if (!this.activityArmed) this.armActivity(facts.ACTIVE_FOR_US)
  }

  /** The six hours may be over: looks again when they are. */
  activityPassed(): void {
    this.activityArmed = false
    const left = this.lastActivity + facts.ACTIVE_FOR_US - this.now
    if (left > 0) this.armActivity(left)
  }

  /** Whether the queue sends metrics: it holds messages, somebody waits, or it was used in the last six hours. */
  active(now: number): boolean {
    return this.stored.inside > 0 || this.receivers.count > 0 || now - this.lastActivity <= facts.ACTIVE_FOR_US
  }

  // Coming in

  /** Takes in a message of so many bytes that was sent, unless it is known already; answers what its sender is told. */
  accept(message: Readonly<Record<string, any>>, size: number, delay: number, hops: number): Sent {
    const { fifo } = this
    const { MessageGroupId: groupId } = message
    const md5 = message['MessageAttributes'] === undefined ? undefined : md5OfAttributes(message['MessageAttributes'])
    if (fifo === null) {
      const id =
        this.messages.id[this.enqueue(message, size, delay, hops, groupId === undefined ? '' : String(groupId))]
      return md5 === undefined ? { MessageId: id } : { MessageId: id, MD5OfMessageAttributes: md5 }
    }
    const group = String(groupId)
    fifo.read(message)
    const known = fifo.known(this.now, group)
    if (known !== undefined) {
      this.sim.count(this.deduplicated, 1)
      return known
    }
    return fifo.remember(this.now, this.enqueue(message, size, delay, hops, group), group, md5)
  }

  private enqueue(
    message: Readonly<Record<string, any>>,
    size: number,
    delay: number,
    hops: number,
    group: string,
  ): number {
    const now = this.now
    const id = this.nextId()
    const row = this.messages.take(id, now, now, 0, NONE, message['MessageBody'])
    this.stored.enter(now)
    this.sent++
    this.sim.record(this.messageSize, size)
    this.messages.size[row] = size
    this.messages.hops[row] = hops
    if (message['MessageAttributes'] !== undefined) this.messages.attributes[row] = message['MessageAttributes']
    this.addTenant(row, group)
    if (delay > 0) {
      this.messages.state[row] = DELAYED
      this.messages.timer[row] = this.sim.timer(delay, this.delayTarget, row)
      this.delayed++
      this.messages.tenants?.moved(row, now, DELAYED, 1)
    } else this.show(row, WAITING)
    this.fifo?.groups.add(row, group)
    this.expiry.expect(row)
    return row
  }

  /** A group of a standard queue is a tenant; the first one that is named makes a fair queue of it (SQS-60). */
  private addTenant(row: number, group: string): void {
    const { messages } = this
    if (messages.tenants === null) {
      if (group === '' || this.fifo !== null) return
      messages.tenants = new Tenants(messages, this.sim, this.inFlight.inside)
    }
    messages.tenants.add(row, this.now, group === '' ? undefined : group)
  }

  /** Makes a message visible. */
  private show(row: number, state: typeof WAITING | typeof RETURNED): void {
    const { messages } = this
    messages.show(row, messages.tenants?.isHeldBack(row) === true ? HELD : state)
    messages.tenants?.moved(row, this.now, WAITING, 1)
  }

  countSent(messages: number): void {
    if (messages > 0) this.sim.count(this.messagesSent, messages)
  }

  delayPassed(row: number): void {
    this.messages.timer[row] = NONE
    this.delayed--
    this.messages.tenants?.moved(row, this.now, DELAYED, -1)
    this.show(row, WAITING)
    this.fifo?.groups.shown(row, false)
    this.offer()
  }

  /** Takes in a message of another queue. Its enqueue time stays unless it begins a new life (SQS-32, SQS-36). */
  admit(message: Redriven): void {
    const now = this.now
    const enqueuedAt = message.EnqueuedAt ?? now
    const origin = this.moves.originOf(message.Source)
    const row = this.messages.take(message.MessageId ?? this.nextId(), enqueuedAt, now, 0, origin, message.MessageBody)
    this.stored.enter(now)
    this.redriven++
    this.messages.size[row] = message.MessageSize
    if (message.MessageAttributes !== undefined) this.messages.attributes[row] = message.MessageAttributes
    this.addTenant(row, message.MessageGroupId ?? '')
    this.show(row, WAITING)
    if (this.fifo !== null) {
      this.fifo.groups.add(row, message.MessageGroupId ?? '')
      this.fifo.setIdAt(row, message.MessageDeduplicationId ?? '')
    }
    this.expiry.expect(row)
    this.expireDue()
    this.offer()
  }

  // Going out to receivers

  /**
   * Hands out up to `max` messages and hides them for `visibility` µs (−1 = the queue's own time). Those received too
   * often go to the dead-letter queue instead. Null when there is none.
   */
  take(max: number, visibility: number, servers: number, trace: number): ReceivedMessage[] | null {
    const messages = this.messages
    const hiddenFor = visibility < 0 ? this.visibilityTimeout : visibility
    const limit = Math.min(max, this.inFlightMax - this.inFlight.inside)
    if (this.fifo !== null) return this.takeInOrder(this.fifo, limit, hiddenFor, trace)
    const { tenants } = messages
    tenants?.calmDown(this.now)
    let taken: ReceivedMessage[] | null = null
    let row = messages.first()
    while (row !== NONE && (taken === null ? 0 : taken.length) < limit) {
      let next = messages.after(row)
      if (!this.delivery.isOn(servers, messages, row)) {
        row = next
        continue
      }
      if (tenants?.isHeldBack(row) === true) {
        messages.hide(row)
        messages.show(row, HELD)
        row = next
        continue
      }
      const chosen = this.delivery.chosen(messages, row)
      if (chosen !== row) next = row
      if (messages.receives[chosen] >= this.moves.receivesMax) this.moves.bury(chosen, trace)
      else if (taken === null) taken = [this.handOut(chosen, hiddenFor)]
      else taken.push(this.handOut(chosen, hiddenFor))
      row = next
    }
    return tenants === null ? taken : this.takeHeld(tenants, taken ?? [], limit, hiddenFor, servers, trace)
  }

  /** What noisy tenants have, once nobody else has anything: in turn from the one with the fewest in flight (SQS-62). */
  private takeHeld(
    tenants: Tenants,
    taken: ReceivedMessage[],
    limit: number,
    hiddenFor: number,
    servers: number,
    trace: number,
  ): ReceivedMessage[] | null {
    const { messages } = this
    while (taken.length < limit) {
      const row = tenants.nextHeld((each) => this.delivery.isOn(servers, messages, each))
      if (row === NONE) break
      if (messages.receives[row] >= this.moves.receivesMax) this.moves.bury(row, trace)
      else taken.push(this.handOut(row, hiddenFor))
    }
    return taken.length > 0 ? taken : null
  }

  /** As much as possible of one group, then of the next (SQS-43). */
  private takeInOrder(fifo: Fifo, limit: number, hiddenFor: number, trace: number): ReceivedMessage[] | null {
    const { groups } = fifo
    const taken: ReceivedMessage[] = []
    for (let row = groups.first(); row !== NONE && taken.length < limit;) {
      const behind = groups.behind(row)
      if (this.messages.receives[row] >= this.moves.receivesMax) this.moves.bury(row, trace)
      else taken.push(this.handOut(row, hiddenFor))
      row = behind !== NONE && groups.mayFollow(behind) ? behind : groups.first()
    }
    return taken.length > 0 ? taken : null
  }

  /** What an earlier receive of the same attempt returned, hidden anew; null when one of the messages is no longer in flight by it. */
  receivedBefore(fifo: Fifo, attempt: unknown, visibility: number): ReceivedMessage[] | null {
    const handles = attempt === undefined ? undefined : fifo.attempts.get(this.now, String(attempt))
    if (handles === undefined) return null
    const { messages } = this
    const rows = handles.map((handle) => messages.rowOf(handle))
    if (rows.some((row, i) => messages.state[row] !== IN_FLIGHT || messages.handle(row) !== handles[i])) return null
    const hiddenFor = visibility < 0 ? this.visibilityTimeout : visibility
    return rows.map((row) => {
      this.sim.cancel(messages.timer[row])
      messages.timer[row] = this.sim.timer(hiddenFor, this.visibilityTarget, row)
      return this.received(row)
    })
  }

  /** Whether a receive would find something. */
  get hasSomething(): boolean {
    if (this.inFlight.inside >= this.inFlightMax) return false
    return this.fifo === null ? this.messages.visible > 0 : this.fifo.groups.ready > 0
  }

  /** Lets everybody go who waits, unserved. */
  dismissed(): Call[] {
    const { receivers } = this
    const calls: Call[] = []
    while (receivers.count > 0) {
      const { first } = receivers
      this.emptyPolls += this.countParkedPolls(first)
      if (receivers.timer[first] !== NONE) this.sim.cancel(receivers.timer[first])
      calls.push(receivers.call[first])
      receivers.remove(first)
    }
    return calls
  }

  /** Serves waiting receivers, longest wait first, as long as there is something to hand out. */
  offer(): void {
    const receivers = this.receivers
    while (receivers.count > 0 && this.hasSomething) {
      const first = receivers.first
      const call = receivers.call[first]
      const taken = this.take(
        receivers.max[first],
        receivers.visibility[first],
        ALL_SERVERS,
        this.sim.calls.trace[call],
      )
      if (taken === null) return
      this.emptyPolls += this.countParkedPolls(first)
      if (receivers.timer[first] !== NONE) this.sim.cancel(receivers.timer[first])
      receivers.remove(first)
      this.touch()
      this.returnMessages(call, taken)
    }
  }

  returnMessages(call: Call, taken: ReceivedMessage[]): void {
    this.moreChunks += chunksOf(this.handedOut) - 1
    this.handedOut = 0
    this.sim.count(this.messagesReceived, taken.length)
    this.sim.calls.answer[call] = { Messages: taken }
    const attempt = (this.sim.calls.body[call] as Readonly<Record<string, unknown>> | null)?.['ReceiveRequestAttemptId']
    if (attempt !== undefined)
      this.fifo?.attempts.set(
        this.now,
        String(attempt),
        taken.map((message) => message.ReceiptHandle),
      )
    this.answer(call, 0)
  }

  returnNothing(call: Call): void {
    this.sim.count(this.emptyReceives, 1)
    this.sim.calls.answer[call] = NO_MESSAGES
    this.answer(call, 0)
  }

  /** Lets a receiver wait: `wait` µs, or parked for as long as it takes. */
  keepWaiting(call: Call, max: number, visibility: number, wait: number, parked: boolean): void {
    const receiver = this.receivers.add(call, max, visibility, this.now, parked)
    if (!parked) this.receivers.timer[receiver] = this.sim.timer(wait, this.waitTarget, receiver)
  }

  /** Counts the empty polls that a parked receive stood for; returns how many. */
  private countParkedPolls(receiver: number): number {
    const empty = this.parkedPolls(receiver)
    if (empty > 0) this.sim.count(this.emptyReceives, empty)
    return empty
  }

  /** A parked receive stands for long polls of 20 s, all but the last of them empty. */
  private parkedPolls(receiver: number): number {
    if (this.receivers.timer[receiver] !== NONE) return 0
    return Math.floor((this.now - this.receivers.since[receiver]) / facts.EMPTY_POLL_US)
  }

  /** Requests beside the calls that were made: further chunks, and polls that parked receivers stood and stand for. */
  get requestsBeside(): number {
    let polls = this.emptyPolls
    const { receivers } = this
    for (let receiver = receivers.first; receiver !== NONE; receiver = receivers.after(receiver))
      polls += this.parkedPolls(receiver)
    return polls + this.moreChunks
  }

  // Coming back and going for good

  /** Ends the invisibility of a message: it is visible again, and a receive has failed. */
  comeBack(row: number): void {
    const messages = this.messages
    messages.timer[row] = NONE
    this.inFlight.leave(this.now, messages.receivedAt[row])
    messages.tenants?.moved(row, this.now, IN_FLIGHT, -1)
    if (this.fifo !== null) {
      messages.show(row, WAITING)
      this.fifo.groups.shown(row, true)
    } else if (messages.receives[row] < facts.RECEIVES_TO_THE_BACK) this.show(row, RETURNED)
    else {
      this.show(row, WAITING)
      if (messages.inOrder(row)) this.expiry.setAside(row)
    }
    this.offer()
  }

  /** Hides a message in flight for `visibility` µs from now. */
  hideAgain(row: number, visibility: number): void {
    this.sim.cancel(this.messages.timer[row])
    if (visibility === 0) this.comeBack(row)
    else this.messages.timer[row] = this.sim.timer(visibility, this.visibilityTarget, row)
  }

  countDeleted(messages: number): void {
    this.sim.count(this.messagesDeleted, messages)
  }

  /** Deletes by handle; a handle that is no longer good succeeds without effect, in a FIFO queue it fails (SQS-07). Returns the status. */
  delete(handle: unknown): number {
    const { messages, sim } = this
    const row = messages.rowOf(handle)
    if (row === NONE) return sim.error('ReceiptHandleIsInvalid', 400)
    const known = messages.state[row] !== FREE && messages.state[row] !== MOVING && messages.receives[row] > 0
    const isNewest = messages.handle(row) === handle
    // Whoever deletes now has worked on it for longer than it was hidden.
    if (known && !(isNewest && messages.state[row] === IN_FLIGHT)) {
      this.lateDeletes.note(this.now)
      if (this.fifo !== null) return sim.error('InvalidParameterValue', 400)
    }
    if (known && isNewest) {
      this.discard(row)
      this.deleted++
    }
    return 0
  }

  /** Removes every message that is not on its way to another queue. */
  purge(): void {
    for (let row = 0; row < this.messages.rows; row++) {
      const state = this.messages.state[row]
      if (state === FREE || state === MOVING) continue
      this.discard(row)
      this.purged++
    }
  }

  /** Lets messages go whose retention is over, and arms the one timer for the next of them. */
  expireDue(): void {
    const now = this.now
    if (now < this.expiry.at) return
    for (let row = this.expiry.due(now); row !== NONE; row = this.expiry.due(now)) {
      this.discard(row)
      this.expired++
      this.touch()
    }
    this.expiry.rearm()
    this.offer()
  }

  retentionPassed(): void {
    this.expiry.fired()
    this.expireDue()
  }

  /** SQS-03: in a FIFO queue the messages that are delayed already follow. */
  setDelay(delay: number): void {
    this.delay = delay
    if (this.fifo === null) return
    const { messages, sim } = this
    for (let row = messages.oldest; row !== NONE; row = messages.newerThan(row)) {
      if (messages.state[row] !== DELAYED) continue
      sim.cancel(messages.timer[row])
      messages.timer[row] = sim.timer(Math.max(0, messages.enqueuedAt[row] + delay - this.now), this.delayTarget, row)
    }
  }

  setRetention(retention: number): void {
    this.expiry.retention = retention
    this.expiry.rearm()
    this.expireDue()
  }

  /** The time from which the age of the oldest message counts, −1 = there is none. */
  get oldestSince(): number {
    const oldest = this.messages.oldest
    return oldest === NONE ? NONE : this.messages.arrivedAt[oldest]
  }

  /** The same without messages of noisy tenants. */
  oldestQuiet(tenants: Tenants): number {
    let row = this.messages.oldest
    while (row !== NONE && tenants.isHeldBack(row)) row = this.messages.newerThan(row)
    return row === NONE ? NONE : this.messages.arrivedAt[row]
  }

  /** A move has been answered: the message is the other queue's. */
  moveAnswered(call: Call): void {
    const row = this.moves.answered(call)
    if (row === NONE) return
    this.moved++
    this.stored.leave(this.now, this.messages.arrivedAt[row])
    this.messages.tenants?.remove(row)
    this.messages.give(row)
    this.touch()
  }

  /** At the end of the run: the empty polls that parked receivers stand for. */
  settle(): void {
    for (let receiver = this.receivers.first; receiver !== NONE; receiver = this.receivers.after(receiver))
      this.countParkedPolls(receiver)
  }

  private nextId(): number {
    return this.sim.component * IDS_PER_QUEUE + ++this.serial
  }

  private handOut(row: number, hiddenFor: number): ReceivedMessage {
    const messages = this.messages
    const now = this.now
    messages.hide(row)
    messages.tenants?.moved(row, now, WAITING, -1)
    messages.tenants?.moved(row, now, IN_FLIGHT, 1)
    messages.state[row] = IN_FLIGHT
    messages.receives[row]++
    messages.receipt[row]++
    messages.receivedAt[row] = now
    if (messages.firstReceivedAt[row] === NONE) messages.firstReceivedAt[row] = now
    messages.timer[row] = this.sim.timer(hiddenFor, this.visibilityTarget, row)
    this.inFlight.enter(now)
    const { fifo } = this
    if (fifo !== null) fifo.groups.handedOut(row)
    else if (this.delivery.leavesCopy()) this.leaveCopy(row)
    return this.received(row)
  }

  /** A time of the run as AWS writes it in attributes: ms since 1970. */
  private epochMillis(at: number): number {
    return Math.floor((this.sim.startsAt + at) / 1000)
  }

  /** A message in flight as its receiver sees it. */
  private received(row: number): ReceivedMessage {
    const { messages } = this
    this.handedOut += messages.size[row]
    const attributes = this.attributesOf(row)
    const message = {
      MessageId: messages.id[row],
      ReceiptHandle: messages.handle(row),
      Body: messages.body[row],
      Attributes: attributes,
    }
    const own = row < messages.attributes.length ? messages.attributes[row] : undefined
    return own === undefined
      ? message
      : { ...message, MessageAttributes: own, MD5OfMessageAttributes: md5OfAttributes(own as Attributes) }
  }

  private attributesOf(row: number): ReceivedMessage['Attributes'] {
    const attributes = this.plainAttributesOf(row)
    const hops = this.messages.hops[row]
    return hops === 0 ? attributes : { ...attributes, AWSTraceHeader: lineageOf(hops) }
  }

  private plainAttributesOf(row: number): ReceivedMessage['Attributes'] {
    const { messages, fifo } = this
    const ApproximateReceiveCount = messages.receives[row]
    const SentTimestamp = this.epochMillis(messages.enqueuedAt[row])
    const ApproximateFirstReceiveTimestamp = this.epochMillis(messages.firstReceivedAt[row])
    if (fifo !== null)
      return {
        ApproximateReceiveCount,
        SentTimestamp,
        ApproximateFirstReceiveTimestamp,
        MessageGroupId: fifo.groups.nameOf(row),
        MessageDeduplicationId: fifo.idAt(row),
        SequenceNumber: fifo.sequenceNumberAt(row),
      }
    const times = { ApproximateReceiveCount, SentTimestamp, ApproximateFirstReceiveTimestamp }
    const tenant = messages.tenants?.tenantOf(row) ?? null
    return tenant === null ? times : { ...times, MessageGroupId: tenant.name }
  }

  /** A server that missed the receive hands the message out once more (SQS-18). */
  private leaveCopy(row: number): void {
    const messages = this.messages
    const copy = messages.take(
      messages.id[row],
      messages.enqueuedAt[row],
      this.now,
      messages.receives[row],
      messages.origin[row],
      messages.body[row],
    )
    messages.firstReceivedAt[copy] = messages.firstReceivedAt[row]
    if (row < messages.attributes.length) messages.attributes[copy] = messages.attributes[row]
    this.stored.enter(this.now)
    this.duplicated++
    this.addTenant(copy, messages.tenants?.tenantOf(row)?.name ?? '')
    this.show(copy, WAITING)
    this.expiry.expect(copy)
  }

  /** Takes a message out of the queue, whatever it is doing. */
  private discard(row: number): void {
    const messages = this.messages
    const state = messages.state[row]
    if (state === DELAYED) this.delayed--
    if (state === IN_FLIGHT) this.inFlight.leave(this.now, messages.receivedAt[row])
    if (isVisible(state)) messages.hide(row)
    else this.sim.cancel(messages.timer[row])
    this.stored.leave(this.now, messages.arrivedAt[row])
    messages.tenants?.moved(row, this.now, state, -1)
    messages.tenants?.remove(row)
    messages.give(row)
  }

  private armActivity(delay: number): void {
    this.activityArmed = true
    this.sim.after(delay, this.activityTarget, 0)
  }
}

const NO_MESSAGES = Object.freeze({ Messages: Object.freeze([]) })
