// Enhanced fan-out: each registered consumer gets the records of a shard pushed, with a throughput of its own (KIN-40 to KIN-42).
//
// The one idea: HTTP/2 pushes have no place among calls that are answered once. A consumer subscribes (`SubscribeToShard`) and
// then asks for one event after the other (`kinesis:ReceiveEvent`, our own name); the stream answers when the event would have
// been pushed: so long after the records came as a push takes, and no sooner than its 2 MiB/s allow.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Shard } from './shard.ts'
import { SECOND, SUBSCRIPTION_LIFE, SUBSCRIPTION_SETTLES } from './stream.facts.ts'
import { behindLatest, childShards, positionOf, shardAt } from './stream-reads.ts'
import type { StreamRecord } from './stream-writes.ts'
import { inUse, invalid, invalidArgument, limitExceeded, notFound, Refused, type Body } from './refusals.ts'
import type { Stream } from './stream-state.ts'

const NONE = -1
/** The most that one event carries, in bytes and records. */
const EVENT_RECORDS = 10_000

export interface FanOutTimers {
  readonly consumerReady: (stream: Stream, consumer: number) => void
  readonly consumerGone: (stream: Stream, consumer: number) => void
  readonly subscriptionEnded: (stream: Stream, subscription: number) => void
}

type ConsumerMetrics = Readonly<Record<'success' | 'rate' | 'bytes' | 'records' | 'events' | 'behind', MetricId>>

interface Consumer {
  readonly number: number
  readonly name: string
  readonly createdAt: number
  status: 'CREATING' | 'ACTIVE' | 'DELETING'
  /** By shard: when it was last asked for, and when it was last granted, in µs. */
  readonly asked: Map<number, number>
  readonly granted: Map<number, number>
  readonly metrics: ConsumerMetrics
}

/** A connection on which the records of a shard are pushed to a consumer. */
export interface Subscription {
  readonly number: number
  readonly consumer: number
  readonly shard: number
  position: number
  /** When the connection ends, in µs; Infinity = the consumer subscribes again by itself, at no cost to simulate. */
  until: number
  /** When the next event may be pushed, in µs. */
  readyAt: number
  /** The call that waits for the next event, −1 = none; and the timer of the connection's end while it waits. */
  call: Call
  timer: TimerHandle
}

export class FanOut {
  private readonly stream: Stream
  /** By number. */
  readonly consumers = new Map<number, Consumer>()
  readonly subscriptions = new Map<number, Subscription>()
  private nextConsumer = 0
  private nextSubscription = 0
  private readonly delay: Sampler
  private readonly rng: Rng
  private readonly readyTarget: Target
  private readonly goneTarget: Target
  private readonly endTarget: Target

  constructor(stream: Stream, timers: FanOutTimers, names: readonly string[]) {
    const { sim } = stream
    this.stream = stream
    this.delay = sim.sampler('FanOutDelay')
    this.rng = sim.rng('fan-out')
    this.readyTarget = sim.target(timers.consumerReady)
    this.goneTarget = sim.target(timers.consumerGone)
    this.endTarget = sim.target(timers.subscriptionEnded)
    for (const name of names) this.add(name).status = 'ACTIVE'
  }

  // Consumers

  register(body: Body): unknown {
    const { stream } = this
    stream.mustExist()
    const name: unknown = body['ConsumerName']
    if (typeof name !== 'string' || !/^[a-zA-Z0-9_.-]{1,128}$/.test(name))
      throw new Refused(invalid('ConsumerName: 1 to 128 letters, digits, `_`, `.` and `-`'))
    const all = [...this.consumers.values()]
    if (all.some((consumer) => consumer.name === name))
      throw new Refused(inUse(`Consumer ${name} of stream ${stream.words} already exists.`))
    const most = stream.quotas['Consumers']!
    const mostCreating = stream.quotas['ConsumersCreating']!
    if (all.length >= most || all.filter(({ status }) => status === 'CREATING').length >= mostCreating)
      throw new Refused(
        limitExceeded(`A stream has at most ${most} consumers, of which ${mostCreating} may be CREATING.`),
      )
    const consumer = this.add(name)
    stream.sim.after(stream.createDuration.draw(stream.durationRng), this.readyTarget, consumer.number)
    return { Consumer: this.describe(consumer) }
  }

  deregister(body: Body): unknown {
    const consumer = this.named(body)
    consumer.status = 'DELETING'
    for (const each of [...this.subscriptions.values()]) if (each.consumer === consumer.number) this.end(each)
    this.stream.sim.after(this.stream.createDuration.draw(this.stream.durationRng), this.goneTarget, consumer.number)
    return {}
  }

  ready(number: number): void {
    const consumer = this.consumers.get(number)
    if (consumer?.status === 'CREATING') consumer.status = 'ACTIVE'
  }

  gone(number: number): void {
    this.stream.meter.settle(this.stream)
    this.consumers.delete(number)
  }

  describe({ name, status, createdAt }: Consumer): Body {
    return {
      ConsumerName: name,
      ConsumerARN: `${this.stream.arn}/consumer/${name}`,
      ConsumerStatus: status,
      ConsumerCreationTimestamp: this.stream.millis(createdAt) / 1000,
    }
  }

  list(): unknown {
    return { Consumers: [...this.consumers.values()].map((consumer) => this.describe(consumer)) }
  }

  /** The consumer of a request, by its name or the last part of its ARN. */
  named(body: Body): Consumer {
    const { ConsumerName: name, ConsumerARN: arn } = body
    const wanted = typeof name === 'string' ? name : String(arn ?? '').replace(/^.*\/consumer\/([^:]*).*$/, '$1')
    for (const consumer of this.consumers.values()) if (consumer.name === wanted) return consumer
    throw new Refused(notFound(`Consumer ${wanted} of stream ${this.stream.words} not found.`))
  }

  private add(name: string): Consumer {
    const { stream } = this
    const { sim } = stream
    const metric = (of: string): MetricId => sim.metricWith(of, { ConsumerName: name })
    const consumer: Consumer = {
      number: this.nextConsumer++,
      name,
      createdAt: stream.now,
      status: 'CREATING',
      asked: new Map(),
      granted: new Map(),
      metrics: {
        success: metric('SubscribeToShard.Success'),
        rate: metric('SubscribeToShard.RateExceeded'),
        bytes: metric('SubscribeToShardEvent.Bytes'),
        records: metric('SubscribeToShardEvent.Records'),
        events: metric('SubscribeToShardEvent.Success'),
        behind: metric('SubscribeToShardEvent.MillisBehindLatest'),
      },
    }
    if (stream.now > 0) stream.meter.settle(stream)
    this.consumers.set(consumer.number, consumer)
    return consumer
  }

  // Connections

  /** Opens a connection (KIN-41). `Renews` (our own): when it ends after five minutes, the consumer at once opens the next. */
  subscribe(body: Body): unknown {
    const { stream } = this
    const { sim, now } = stream
    stream.mustExist()
    const consumer = this.named(body)
    if (consumer.status !== 'ACTIVE')
      throw new Refused(inUse(`Consumer ${consumer.name} not ACTIVE, instead in state ${consumer.status}`))
    const shard = shardAt(stream, body['ShardId'])
    const asked = consumer.asked.get(shard.number)
    consumer.asked.set(shard.number, now)
    if (asked !== undefined && now - asked < SECOND) {
      sim.count(consumer.metrics.rate, 1)
      throw new Refused(limitExceeded('SubscribeToShard: one call a second for each consumer and shard.'))
    }
    const granted = consumer.granted.get(shard.number)
    if (granted !== undefined && now - granted < SUBSCRIPTION_SETTLES) {
      sim.count(consumer.metrics.success, 0)
      throw new Refused(inUse(`Another active subscription exists for consumer ${consumer.name} and ${shard.id}.`))
    }
    const start = (body['StartingPosition'] ?? {}) as Body
    stream.trim(shard)
    const position = positionOf(stream, shard, start['Type'], start)
    for (const other of shard.subscriptions) if (other.consumer === consumer.number) this.end(other)
    consumer.granted.set(shard.number, now)
    sim.count(consumer.metrics.success, 1)
    const made: Subscription = {
      number: this.nextSubscription++,
      consumer: consumer.number,
      shard: shard.number,
      position,
      until: body['Renews'] === true ? Infinity : now + SUBSCRIPTION_LIFE,
      readyAt: now,
      call: NONE,
      timer: NONE,
    }
    this.subscriptions.set(made.number, made)
    shard.subscriptions = [...shard.subscriptions, made]
    shard.readers.set(readerOf(made), position)
    return { SubscriptionId: made.number }
  }

  /** Asks for the next event of a connection; answered with records, or with `{ Ended: true }` when it is over. */
  receive(call: Call): void {
    const { stream } = this
    const { sim, now } = stream
    const { SubscriptionId: number } = (sim.calls.body[call] ?? {}) as Body
    const subscription = this.subscriptions.get(number as number)
    if (subscription === undefined || now >= subscription.until) {
      if (subscription !== undefined) this.end(subscription)
      sim.calls.answer[call] = ENDED
      sim.reply(call, 0)
      return
    }
    if (subscription.call !== NONE) {
      stream.refuse(call, invalidArgument('somebody waits for the next event of this connection already'))
      return
    }
    subscription.call = call
    const shard = stream.shards.get(subscription.shard)
    if (shard === undefined) this.end(subscription)
    else if (!this.deliver(shard, subscription) && subscription.until < Infinity)
      subscription.timer = sim.timer(subscription.until - now, this.endTarget, subscription.number)
  }

  /** Timer: a connection is over while its consumer waits. */
  ended(number: number): void {
    const subscription = this.subscriptions.get(number)
    if (subscription === undefined) return
    subscription.timer = NONE
    this.end(subscription)
  }

  /** Something came to a shard, or it closed: those who wait get it. */
  push(shard: Shard): void {
    for (const subscription of shard.subscriptions) if (subscription.call !== NONE) this.deliver(shard, subscription)
  }

  /** Answers the waiting call with what is there; false when nothing is. */
  private deliver(shard: Shard, subscription: Subscription): boolean {
    const { stream } = this
    const { sim, now, limits } = stream
    const { log } = shard
    stream.trim(shard)
    const batch = log.read(subscription.position, EVENT_RECORDS, limits.readBytes)
    const records = batch.payloads.length
    if (records === 0 && !log.isRead(batch.next)) return false
    const { metrics } = this.consumers.get(subscription.consumer)!
    const { call } = subscription
    const came = records === 0 ? log.closedAt : batch.lastAt
    const at = Math.max(now, subscription.readyAt, came + this.delay.draw(this.rng))
    subscription.readyAt = at + Math.ceil((batch.bytes * SECOND) / limits.readBytes)
    subscription.position = batch.next
    this.stopWaiting(subscription)
    shard.readers.set(readerOf(subscription), batch.next)
    if (batch.missed > 0) {
      stream.missed += batch.missed
      stream.missedStretch.note(now, batch.missed)
    }
    stream.noteAge(shard)
    const behind = behindLatest(log, batch.next, batch.lastAt, at)
    const isOver = log.isRead(batch.next)
    sim.calls.answer[call] = {
      Records: batch.payloads,
      ContinuationSequenceNumber: isOver ? null : lastNumber(shard, batch.payloads),
      MillisBehindLatest: Math.floor(behind / 1000),
      ...(isOver ? { ChildShards: childShards(stream, shard) } : undefined),
    }
    sim.replyAfter(at - now, call, 0)
    stream.returned += records
    sim.count(metrics.events, 1)
    sim.count(metrics.records, records)
    sim.count(metrics.bytes, batch.bytes)
    if (stream.mode === 'PROVISIONED') stream.meter.pushed += batch.bytes
    sim.record(metrics.behind, behind)
    if (isOver) this.end(subscription)
    return true
  }

  /** Ends a connection; who waits on it is told. */
  end(subscription: Subscription): void {
    const { stream } = this
    const { call } = subscription
    this.stopWaiting(subscription)
    if (call !== NONE) {
      stream.sim.calls.answer[call] = ENDED
      stream.sim.reply(call, 0)
    }
    this.subscriptions.delete(subscription.number)
    const shard = stream.shards.get(subscription.shard)
    if (shard === undefined) return
    shard.subscriptions = shard.subscriptions.filter((other) => other !== subscription)
    shard.readers.delete(readerOf(subscription))
  }

  private stopWaiting(subscription: Subscription): void {
    subscription.call = NONE
    if (subscription.timer !== NONE) this.stream.sim.cancel(subscription.timer)
    subscription.timer = NONE
  }
}

/** From where a consumer would go on if the connection broke: after this number. */
function lastNumber(shard: Shard, payloads: readonly unknown[]): string {
  const last = payloads[payloads.length - 1] as StreamRecord | undefined
  return last === undefined ? shard.startingSequenceNumber : last.SequenceNumber
}

const ENDED = Object.freeze({ Ended: true })

/** Pushes are told from GetRecords by a number below all edges. */
const readerOf = ({ number }: Subscription): number => NONE - number
