// The source of a pipe that is a queue: long polls that are parked while it is empty, batches, and their limit.
//
// The one idea: no more messages are asked for than the executions that may still begin can take. Up to five polls are parked at the
// queue, which costs nothing; further ones follow each sign that more messages are there.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target, TimerHandle } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { parseJson } from '../../parts/json-text.ts'
import { MESSAGES_PER_CALL } from './pipe.facts.ts'
import type { Item, Source, Taker } from './source.ts'

const NONE = -1
/** A poll that waited longer found the queue empty when it came, in µs. */
const QUICK = 100_000

/** A message as a receive hands it out. */
interface Message {
  readonly MessageId: unknown
  readonly ReceiptHandle: unknown
  readonly Body: unknown
  readonly Attributes?: unknown
  readonly MessageAttributes?: unknown
}

export interface QueueTargets {
  readonly received: EventFunction<any>
  readonly windowOver: EventFunction<any>
  readonly pollAgain: EventFunction<any>
  readonly grow: EventFunction<any>
  readonly deleted: EventFunction<any>
}

export class QueueSource implements Source {
  /** Executions that may be under way now. */
  limit: number
  polled = 0
  private readonly sim: Sim
  private readonly pipe: Taker
  private readonly batchSize: number
  private readonly window: number
  private readonly pause: number
  private readonly start: number
  private readonly most: number
  private readonly growth: number
  private readonly edge: number
  private readonly deleteEdge: number
  private readonly queue: string
  private readonly windowTarget: Target
  private readonly pollTarget: Target
  private readonly growTarget: Target
  /** Messages collected, and the timer of their window. */
  private open: Message[] = []
  private windowTimer: TimerHandle = NONE
  private asked = 0
  private parked = 0
  /** Polls without waiting that there is reason to send. */
  private eager = 0
  /** Whether the last answer shows that there were more messages than it brought. */
  private backlog = false
  private isPausing = false
  private isGrowing = false

  constructor(sim: Sim, pipe: Taker, queue: string, batchSize: number, window: number, targets: QueueTargets) {
    this.sim = sim
    this.pipe = pipe
    this.batchSize = batchSize
    this.window = window * 1_000_000
    this.pause = Math.round(sim.sampler('PollPause').mean)
    this.most = sim.quota('SqsConcurrency')
    this.start = Math.min(sim.quota('SqsStart'), this.most)
    this.limit = this.start
    this.growth = Math.round(60_000_000 / sim.quota('SqsScalingPerMinute'))
    this.queue = queue
    this.edge = sim.edge(queue, 'sqs:ReceiveMessage', targets.received)
    this.deleteEdge = sim.edge(queue, 'sqs:DeleteMessageBatch', targets.deleted)
    this.windowTarget = sim.target(targets.windowOver)
    this.pollTarget = sim.target(targets.pollAgain)
    this.growTarget = sim.target(targets.grow)
  }

  /** Asks for as many messages as may still be taken, as far as there is reason to ask. */
  poll(): void {
    while (this.pipe.isRunning && !this.isPausing) {
      const begin = Math.min(this.limit - this.pipe.inside, this.pipe.spare)
      const room = begin * this.batchSize - this.open.length - this.asked
      const parks = this.parked < this.start
      if (room <= 0 || (!parks && this.eager === 0)) break
      this.send(Math.min(room, this.batchSize, MESSAGES_PER_CALL), parks)
    }
    this.eager = 0
  }

  /** An execution is over, and there may be more behind what it took. */
  again(): void {
    this.eager = this.backlog ? 1 : 0
    this.flush()
    this.poll()
  }

  private send(count: number, parks: boolean): void {
    if (parks) this.parked++
    else this.eager--
    this.asked += count
    const call = this.sim.open(this.edge, parks ? count : -count, 0)
    this.sim.calls.body[call] = parks
      ? { MaxNumberOfMessages: count, Park: true }
      : { MaxNumberOfMessages: count, WaitTimeSeconds: 0 }
    this.sim.send(call)
  }

  /** Answer of the queue to a poll. */
  received(call: Call): void {
    const { calls, clock } = this.sim
    const asked = Math.abs(calls.cookie[call])
    const isShort = calls.cookie[call] < 0
    const waited = clock[0] - calls.sentAt[call]
    const status = calls.status[call]
    const messages = status === 0 ? ((calls.answer[call] as { Messages?: readonly Message[] }).Messages ?? []) : []
    this.sim.close(call)
    if (!isShort) this.parked--
    this.asked -= asked
    if (status !== 0) {
      if (!this.isPausing) this.sim.after(this.pause, this.pollTarget, 0)
      this.isPausing = true
      return
    }
    this.polled += messages.length
    this.backlog = messages.length === asked && waited < QUICK
    if (isShort && this.backlog) this.eager = 1
    if (messages.length > 0) this.collect(messages)
    this.poll()
  }

  /** Timer: the pause after a refusal is over. */
  pollAgain(): void {
    this.isPausing = false
    this.poll()
  }

  private collect(messages: readonly Message[]): void {
    if (this.open.length === 0) this.openWindow()
    this.open.push(...messages)
    this.flush()
  }

  private openWindow(): void {
    if (this.window > 0) this.windowTimer = this.sim.timer(this.window, this.windowTarget, 0)
  }

  /** Timer: the open batch has waited long enough. */
  windowOver(): void {
    this.windowTimer = NONE
    this.flush()
    this.poll()
  }

  /** Begins the batches that are full or whose window is over, as far as executions may begin. */
  private flush(): void {
    while (
      this.open.length > 0 &&
      Math.min(this.limit - this.pipe.inside, this.pipe.spare) > 0 &&
      (this.open.length >= this.batchSize || this.windowTimer === NONE)
    ) {
      const messages = this.open.slice(0, this.batchSize)
      this.open = this.open.slice(this.batchSize)
      if (this.windowTimer !== NONE) this.sim.cancel(this.windowTimer)
      this.windowTimer = NONE
      if (this.open.length > 0) this.openWindow()
      this.begin(messages)
    }
  }

  private begin(messages: readonly Message[]): void {
    this.pipe.begin(
      messages.map((message) => this.itemOf(message)),
      0,
    )
    if (this.pipe.inside < this.limit || this.limit === this.most || this.isGrowing) return
    this.isGrowing = true
    this.sim.after(this.growth, this.growTarget, 0)
  }

  /** A message as Pipes show it; a body of JSON is looked into. */
  private itemOf(message: Message): Item {
    const { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes } = message
    return {
      own: message,
      id: MessageId,
      record: {
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: typeof Body === 'string' ? (parseJson(Body) ?? Body) : Body,
        attributes: Attributes,
        messageAttributes: MessageAttributes ?? {},
        eventSource: 'aws:sqs',
        eventSourceARN: this.queue,
        awsRegion: 'us-east-1',
      },
    }
  }

  /** Deletes messages from the queue. */
  private settle(items: readonly Item[]): void {
    const { sim } = this
    for (let from = 0; from < items.length; from += MESSAGES_PER_CALL) {
      const call = sim.open(this.deleteEdge, 0, 0)
      sim.calls.body[call] = {
        Entries: items
          .slice(from, from + MESSAGES_PER_CALL)
          .map(({ own }, i) => ({ Id: String(i), ReceiptHandle: (own as Message).ReceiptHandle })),
      }
      sim.send(call)
    }
  }

  /** What is done is deleted; the rest comes back by itself. */
  ended(items: readonly Item[], good: readonly boolean[]): number {
    const done = items.filter((_, i) => good[i])
    this.settle(done)
    this.again()
    return items.length - done.length
  }

  get held(): number {
    return this.open.length
  }

  /** Timer: one more may be under way where all that may still are. */
  grow(): void {
    this.isGrowing = false
    if (this.pipe.inside < this.limit) {
      if (this.pipe.inside === 0) this.limit = this.start
      return
    }
    this.limit++
    if (this.limit < this.most) {
      this.isGrowing = true
      this.sim.after(this.growth, this.growTarget, 0)
    }
    this.eager = 1
    this.poll()
  }
}
