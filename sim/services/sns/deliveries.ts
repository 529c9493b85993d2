// A topic's deliveries under way: one for each message and subscription, tried until it arrives or is given up.
//
//   publish ─► filter ─► wait for the delivery ─► attempt ──────────► delivered
//                │                  ▲                │ the endpoint's fault: after the pause of its phase (SNS-40)
//                └─ filtered out    └────────────────┤
//                                                    └─ our fault, or no retry left ─► dead-letter queue, or lost (SNS-45)
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Replay } from './archive.ts'
import { delayBefore } from './retries.ts'
import type { Subscriber } from './topic-config.ts'

const NONE = -1
const SECOND = 1_000_000

/** A message as it was published. */
export interface Message {
  readonly id: number
  readonly body: unknown
  readonly subject: unknown
  readonly attributes: Readonly<Record<string, any>> | undefined
  readonly group: string | undefined
  readonly deduplicationId: string | undefined
  readonly size: number | undefined
  /** µs. */
  readonly at: number
  readonly trace: number
  /** `Calls.hops` of the publish. */
  readonly hops: number
  /** Comes out of the archive. */
  readonly replay?: Replay
}

class Delivery {
  message: Message | null = null
  subscriber = 0
  retries = 0
  call: Call = NONE
  timeout: TimerHandle = NONE
  isDeadLetter = false
}

/** Whom the deliveries belong to: counts what becomes of them, and gives them their bodies. */
export interface Owner {
  readonly sim: Sim
  bodyFor(subscriber: Subscriber, message: Message, isDeadLetter: boolean): unknown
  isDiscarded(subscriber: Subscriber, message: Message): boolean
  attemptFailed(subscriber: Subscriber): void
  delivered(): void
  failed(subscriber: Subscriber): void
  redriven(arrived: boolean): void
}

export interface Targets {
  readonly due: Target
  readonly timedOut: Target
}

export class Deliveries {
  started = 0
  arrived = 0
  buried = 0
  inside = 0
  /** Attempts that failed, and deliveries that were given up. */
  readonly failures: Stretch
  readonly givenUp: Stretch
  /** Those of them that no dead-letter queue took. */
  readonly lost: Stretch
  /** By subscription: deliveries under way, those that arrived, those given up, attempts that failed. */
  readonly bySubscriber: { inside: number; arrived: number; givenUp: number; failed: number }[]
  private readonly owner: Owner
  private readonly subscribers: readonly Subscriber[]
  private readonly edges: readonly number[]
  private readonly deadLetterEdges: readonly number[]
  private readonly targets: Targets
  private readonly timeLimit: number
  private readonly jitter: Rng | null
  /** By subscription: when its next attempt may begin, where its policy limits them (SNS-41). */
  private readonly nextAt: number[] = []
  private readonly rows: Delivery[] = []
  private readonly free: number[] = []
  /** By subscription and message group of a FIFO topic: who waits behind the delivery that is under way (SNS-22). */
  private readonly lines = new Map<string, number[]>()

  constructor(
    owner: Owner,
    subscribers: readonly Subscriber[],
    edges: readonly number[],
    deadLetterEdges: readonly number[],
    targets: Targets,
    timeLimit: number,
    jitter: Rng | null,
  ) {
    this.owner = owner
    this.failures = new Stretch(owner.sim.warmUp)
    this.givenUp = new Stretch(owner.sim.warmUp)
    this.lost = new Stretch(owner.sim.warmUp)
    this.subscribers = subscribers
    this.bySubscriber = subscribers.map(() => ({ inside: 0, arrived: 0, givenUp: 0, failed: 0 }))
    this.edges = edges
    this.deadLetterEdges = deadLetterEdges
    this.targets = targets
    this.timeLimit = timeLimit
    this.jitter = jitter
  }

  /** Begins a delivery; its first attempt is `delay` µs from now, behind the others of its group. */
  start(message: Message, subscriber: number, delay: number): void {
    const row = this.free.pop() ?? this.rows.push(new Delivery()) - 1
    const delivery = this.rows[row]
    delivery.message = message
    delivery.subscriber = subscriber
    delivery.retries = 0
    delivery.isDeadLetter = false
    this.started++
    this.inside++
    this.bySubscriber[subscriber].inside++
    const line = this.lineOf(delivery)
    if (line === undefined) this.owner.sim.after(this.paced(subscriber, delay), this.targets.due, row)
    else if (this.lines.has(line)) this.lines.get(line)!.push(row)
    else {
      this.lines.set(line, [])
      this.owner.sim.after(delay, this.targets.due, row)
    }
  }

  /** A delay, longer where the subscription takes only so many deliveries a second. */
  private paced(subscriber: number, delay: number): number {
    const { perSecond } = this.subscribers[subscriber]
    if (perSecond === Infinity) return delay
    const now = this.owner.sim.clock[0]
    const at = Math.max(now + delay, this.nextAt[subscriber] ?? 0)
    this.nextAt[subscriber] = at + Math.ceil(SECOND / perSecond)
    return at - now
  }

  /** Timer: the pause before an attempt is over. */
  due(row: number): void {
    const { sim } = this.owner
    const delivery = this.rows[row]
    const subscriber = this.subscribers[delivery.subscriber]
    const edge = delivery.isDeadLetter ? this.deadLetterEdges[delivery.subscriber] : this.edges[delivery.subscriber]
    if (edge === NONE) {
      this.arrive(row)
      return
    }
    if (!delivery.isDeadLetter && (subscriber.isDenied || this.owner.isDiscarded(subscriber, delivery.message!))) {
      this.fail(row, false)
      return
    }
    const call = sim.open(edge, row, delivery.message!.trace)
    sim.calls.hops[call] = delivery.message!.hops
    sim.calls.body[call] = this.owner.bodyFor(subscriber, delivery.message!, delivery.isDeadLetter)
    if (delivery.retries > 0) sim.calls.attempt[call] = Math.min(delivery.retries + 1, 255)
    delivery.call = call
    if (subscriber.action === 'http:POST' && !delivery.isDeadLetter)
      delivery.timeout = sim.timer(this.timeLimit, this.targets.timedOut, row)
    sim.send(call)
  }

  /** The endpoint has answered, or the dead-letter queue. */
  answered(call: Call): void {
    const { sim } = this.owner
    const row = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    const delivery = this.rows[row]
    sim.close(call)
    // An answer after the time-out finds nobody waiting.
    if (delivery.call !== call) return
    delivery.call = NONE
    if (delivery.timeout !== NONE) sim.cancel(delivery.timeout)
    delivery.timeout = NONE
    if (delivery.isDeadLetter) {
      this.owner.redriven(status === 0)
      if (status === 0) this.buried++
      else this.lost.note(sim.clock[0])
      this.end(row)
    } else if (status === 0) this.arrive(row)
    else this.fail(row, isEndpointsFault(sim.errors.http[status], sim.errors.retry[status] !== 0))
  }

  /** Timer: an HTTP endpoint has not answered in time. */
  timedOut(row: number): void {
    const delivery = this.rows[row]
    this.owner.sim.abandon(delivery.call)
    delivery.timeout = NONE
    delivery.call = NONE
    this.fail(row, true)
  }

  private arrive(row: number): void {
    this.arrived++
    this.bySubscriber[this.rows[row].subscriber].arrived++
    this.owner.delivered()
    this.end(row)
  }

  /** An attempt has failed: tried again if that may help and there is a retry left. */
  private fail(row: number, mayHelp: boolean): void {
    const { sim } = this.owner
    const delivery = this.rows[row]
    const subscriber = this.subscribers[delivery.subscriber]
    const delay = mayHelp ? delayBefore(subscriber.phases, delivery.retries) : NONE
    this.failures.note(sim.clock[0])
    this.bySubscriber[delivery.subscriber].failed++
    this.owner.attemptFailed(subscriber)
    if (delay >= 0) {
      delivery.retries++
      const pause = this.jitter === null ? delay : delay * (0.5 + this.jitter.float() / 2)
      sim.after(this.paced(delivery.subscriber, Math.round(pause * SECOND)), this.targets.due, row)
      return
    }
    this.givenUp.note(sim.clock[0])
    this.bySubscriber[delivery.subscriber].givenUp++
    this.owner.failed(subscriber)
    if (this.deadLetterEdges[delivery.subscriber] === NONE) {
      this.lost.note(sim.clock[0])
      this.end(row)
      return
    }
    delivery.isDeadLetter = true
    this.due(row)
  }

  /** A delivery is over: the next of its group begins. */
  private end(row: number): void {
    const delivery = this.rows[row]
    const line = this.lineOf(delivery)
    const { replay } = delivery.message!
    if (replay !== undefined && --replay.left === 0) replay.status = 'Completed'
    delivery.message = null
    this.inside--
    this.bySubscriber[delivery.subscriber].inside--
    this.free.push(row)
    if (line === undefined) return
    const next = this.lines.get(line)!.shift()
    if (next === undefined) this.lines.delete(line)
    else this.owner.sim.after(0, this.targets.due, next)
  }

  private lineOf({ message, subscriber }: Delivery): string | undefined {
    return message!.deduplicationId === undefined ? undefined : `${subscriber} ${message!.group}`
  }
}

/** SNS-40: what the endpoint refuses for good is the topic's own fault; throttles and breakdowns are the endpoint's. */
function isEndpointsFault(http: number, isRetriable: boolean): boolean {
  return isRetriable || http >= 500 || http === 429
}
