// A log group at work: takes lines in, counts those that its filters find, and hands them on to its subscriptions.
//
//   PutLogEvents ─┐
//   a function ───┴► store ─► metric filters ─► custom metrics
//                        └──► subscription filters ─► gathered by stream for some seconds ─► function, stream, delivery stream
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TargetDeliveries, type Delivered, type DeliveryOwner } from '../../parts/target-deliveries.ts'
import { bodyFor } from '../../parts/targets.ts'
import { matchLine, reach } from './filter-pattern.ts'
import { EVENT_OVERHEAD } from './log-group.facts.ts'
import type { FilterValue, MetricFilter, SubscriptionFilter, Transformation } from './log-filters.ts'
import { LogStore, type LogEvent } from './log-store.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const DAY = 86_400 * SECOND
const OWNER = '123456789012'
/** A gathered batch goes before its time when it has so many bytes: a delivery is at most 1 MB and compressed. */
const BATCH_BYTES = 1_048_576

/** What `gather` makes of the group and what filters it. */
export interface LogGroupConfig {
  readonly RetentionInDays?: number
  readonly Streams: readonly string[]
  readonly MetricFilters: readonly MetricFilter[]
  readonly SubscriptionFilters: readonly SubscriptionFilter[]
}

/** One line that comes in; times in µs since the start. */
export interface Line {
  readonly at: number
  readonly message: string
}

/** Lines of one stream that a subscription has gathered. */
interface Batch {
  readonly filter: number
  readonly stream: string
  readonly trace: number
  readonly events: LogEvent[]
  bytes: number
}

/** A metric filter and what became of the minute under way. */
class Counting {
  readonly filter: MetricFilter
  seen = 0
  matched = 0
  readonly total: Stretch

  constructor(filter: MetricFilter, warmUp: number) {
    this.filter = filter
    this.total = new Stretch(warmUp)
  }
}

export class LogGroup implements DeliveryOwner {
  readonly sim: Sim
  readonly arn: string
  readonly arnAttribute = 'LOG_GROUP_ARN'
  readonly store: LogStore
  readonly incoming: Stretch
  readonly refused: Stretch
  readonly throttled: Stretch
  /** Events of a request that were too old or too new. */
  rejected = 0
  bytesIn = 0
  counting: readonly Counting[]
  readonly subscriptions: readonly SubscriptionFilter[]
  readonly deliveries: TargetDeliveries
  /** Lines that subscriptions found: gathered, and handed on with a batch. */
  gathered = 0
  forwarded = 0
  private readonly batches: (Batch | null)[] = []
  private readonly freeBatches: number[] = []
  private readonly open = new Map<string, number>()
  private serial = 0
  private readonly window: RateWindow
  private readonly delay: Sampler
  private readonly delayRng: Rng
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly flushTarget: Target
  private readonly minuteTarget: Target
  private isMinuteArmed = false
  private readonly logEvents: MetricId
  private readonly logBytes: MetricId

  constructor(
    config: Config,
    sim: Sim,
    timers: {
      readonly due: EventFunction<any>
      readonly answered: EventFunction<any>
      readonly flush: EventFunction<any>
      readonly minuteEnds: EventFunction<any>
    },
  ) {
    const { RetentionInDays: days, Streams, MetricFilters, SubscriptionFilters } = config as unknown as LogGroupConfig
    this.sim = sim
    this.arn = `arn:aws:logs:us-east-1:${OWNER}:log-group:${sim.physicalName}`
    this.store = new LogStore(sim.quota('KeptEvents'), days === undefined ? Infinity : days * DAY)
    for (const stream of Streams) this.store.stream(stream, 0)
    this.incoming = new Stretch(sim.warmUp)
    this.refused = new Stretch(sim.warmUp)
    this.throttled = new Stretch(sim.warmUp)
    this.counting = MetricFilters.map((filter) => new Counting(filter, sim.warmUp))
    this.subscriptions = SubscriptionFilters
    this.deliveries = new TargetDeliveries(
      this,
      SubscriptionFilters.map(({ target }) => target),
      timers.due,
      timers.answered,
    )
    this.window = new RateWindow(sim.quota('RequestsPerSecond'), SECOND)
    this.delay = sim.sampler('SubscriptionDelay')
    this.delayRng = sim.rng('subscription delay')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.flushTarget = sim.target(timers.flush)
    this.minuteTarget = sim.target(timers.minuteEnds)
    this.logEvents = sim.metric('IncomingLogEvents')
    this.logBytes = sim.metric('IncomingBytes')
  }

  get now(): number {
    return this.sim.clock[0]
  }

  answer(call: Call, answer: unknown, status = 0): void {
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, status)
  }

  refuse(call: Call, name: string, message: string): void {
    this.refused.note(this.now)
    this.answer(call, { message }, this.sim.error(name, 400))
  }

  /** Whether the account may make one more request now; one that may is counted. */
  admits(): boolean {
    if (!this.window.allows(this.now)) {
      this.throttled.note(this.now)
      return false
    }
    this.window.note(this.now)
    return true
  }

  /** Takes lines of a stream in, in their order. `trace` is the request that they are about. */
  take(name: string, lines: readonly Line[], trace: number): void {
    const { sim, now } = this
    this.store.stream(name, now)
    let bytes = 0
    for (const { at, message } of lines) {
      const size = utf8Size(message) + EVENT_OVERHEAD
      // Frozen, because moments of a run share what is.
      const event = Object.freeze({ id: ++this.serial, at, ingestedAt: now, stream: name, message })
      bytes += size
      this.store.add(event, size)
      this.incoming.note(now)
      this.filter(event, size, trace)
    }
    this.bytesIn += bytes
    this.armMinute()
    sim.count(this.logEvents, lines.length)
    sim.count(this.logBytes, bytes)
  }

  /** Looks with every filter; what came before a filter was made is never seen by it (CW-50). */
  private filter(event: LogEvent, size: number, trace: number): void {
    for (const counting of this.counting) {
      counting.seen++
      const found = matchLine(counting.filter.pattern, event.message)
      if (found === undefined) continue
      counting.matched++
      counting.total.note(this.now)
      for (const transformation of counting.filter.transformations) this.emit(transformation, found)
    }
    for (let i = 0; i < this.subscriptions.length; i++)
      if (matchLine(this.subscriptions[i].pattern, event.message) !== undefined) this.gather(i, event, size, trace)
  }

  private emit({ namespace, name, unit, value, dimensions }: Transformation, found: object): void {
    const number = Number(valueIn(value, found))
    if (!Number.isFinite(number)) return
    const named: Record<string, string> = {}
    for (const [key, of] of dimensions) {
      const text = valueIn(of, found)
      // A line without the field makes a metric without any dimension.
      if (text === undefined || text === null || typeof text === 'object')
        return this.publish(namespace, name, unit, {}, number)
      named[key] = String(text)
    }
    this.publish(namespace, name, unit, named, number)
  }

  private publish(
    namespace: string,
    name: string,
    unit: Transformation['unit'],
    dimensions: Readonly<Record<string, string>>,
    value: number,
  ): void {
    this.sim.count(this.sim.customMetric(namespace, name, dimensions, unit, MINUTE), value)
  }

  /** Timer: the last moment of a minute. Filters that saw lines and found none report their default value (CW-50). */
  minuteEnds(): void {
    this.isMinuteArmed = false
    for (const counting of this.counting) {
      if (counting.seen > 0 && counting.matched === 0)
        for (const { namespace, name, unit, default: value } of counting.filter.transformations)
          if (value !== undefined) this.publish(namespace, name, unit, {}, value)
      counting.seen = 0
      counting.matched = 0
    }
  }

  /** Only a default value needs to be looked after when a minute ends. */
  private armMinute(): void {
    const { sim, now } = this
    if (
      this.isMinuteArmed ||
      this.counting.every(({ filter }) => filter.transformations.every((each) => each.default === undefined))
    )
      return
    this.isMinuteArmed = true
    sim.after(MINUTE - 1 - (now % MINUTE), this.minuteTarget, 0)
  }

  addMetricFilter(filter: MetricFilter): void {
    this.removeMetricFilter(filter.name)
    this.counting = [...this.counting, new Counting(filter, this.sim.warmUp)]
  }

  removeMetricFilter(name: string): boolean {
    const left = this.counting.filter(({ filter }) => filter.name !== name)
    const isFound = left.length < this.counting.length
    this.counting = left
    return isFound
  }

  private gather(filter: number, event: LogEvent, size: number, trace: number): void {
    const key = `${filter} ${event.stream}`
    let row = this.open.get(key)
    if (row === undefined) {
      row = this.freeBatches.pop() ?? this.batches.length
      this.batches[row] = { filter, stream: event.stream, trace, events: [], bytes: 0 }
      this.open.set(key, row)
      this.sim.after(this.delay.draw(this.delayRng), this.flushTarget, row)
    }
    const batch = this.batches[row]!
    batch.events.push(event)
    batch.bytes += size
    this.gathered++
    // What is full goes as it is; its timer finds it gone, and the next line begins another.
    if (batch.bytes >= BATCH_BYTES) this.close(row, key)
  }

  /** Timer: a batch has been gathered long enough. */
  flush(row: number): void {
    const batch = this.batches[row]
    if (batch !== null) this.close(row, `${batch.filter} ${batch.stream}`)
    this.freeBatches.push(row)
  }

  private close(row: number, key: string): void {
    const { filter, trace, events } = this.batches[row]!
    this.batches[row] = null
    this.open.delete(key)
    this.forwarded += events.length
    this.deliveries.start(filter, { event: this.messageOf(filter, events), at: this.now, trace }, 0)
    const { name, destination } = this.subscriptions[filter]
    const dimensions = { DestinationType: destination, FilterName: name }
    this.sim.count(this.sim.metricWith('ForwardedLogEvents', dimensions), events.length)
    this.sim.count(this.sim.metricWith('ForwardedBytes', dimensions), jsonSize(events.map(({ message }) => message)))
  }

  /** What a subscription gets: the lines of one stream. AWS compresses it, which is left out here. */
  private messageOf(filter: number, events: readonly LogEvent[]): object {
    return {
      messageType: 'DATA_MESSAGE',
      owner: OWNER,
      logGroup: this.sim.physicalName,
      logStream: events[0].stream,
      subscriptionFilters: [this.subscriptions[filter].name],
      logEvents: events.map(({ id, at, message }) => ({ id: eventId(id), timestamp: this.epochMillis(at), message })),
    }
  }

  /** A time of the run as logs write it: ms since 1970. */
  epochMillis(at: number): number {
    return Math.floor((this.sim.startsAt + at) / 1000)
  }

  // What its deliveries ask of it

  bodyOf(target: number, { event }: Delivered): unknown {
    const { target: to, byStream } = this.subscriptions[target]
    if (to.action === 'lambda:InvokeFunction') return bodyFor(to.action, { awslogs: { data: event } })
    const { logStream, logEvents } = event as { logStream: string; logEvents: readonly { id: string }[] }
    const partitionKey = { constant: byStream ? logStream : logEvents[0].id }
    return bodyFor(to.action, event, event, { partitionKey })
  }

  pauseBefore(): number {
    return 0
  }

  firstAttempt(): void {}

  arrived(): void {}

  attemptFailed(isThrottle: boolean): void {
    this.sim.count(this.sim.metric(isThrottle ? 'DeliveryThrottling' : 'DeliveryErrors'), 1)
  }

  gaveUp(): void {}

  buried(): void {}
}

/** The id of an event as the API writes it: digits in the order of the events. */
export function eventId(id: number): string {
  return String(id).padStart(56, '0')
}

function valueIn(value: FilterValue, found: object): unknown {
  return 'constant' in value ? value.constant : reach(found, value.selector)
}
