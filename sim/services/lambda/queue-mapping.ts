// What a mapping of a queue keeps: reads batches, invokes the function, deletes what succeeded.
//
// The one idea: a mapping has a limit of batches in progress, and never asks for more messages than the batches it may
// still start can take. Up to five of its polls are parked at the queue, which costs nothing while it is empty;
// further polls ask without waiting, one for each sign that messages may be there: a batch that has ended, a full
// answer, a limit that has grown.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, Finding, Look, Sim } from '../../model/contract.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { counted, count, percent } from '../../parts/words.ts'
import { Batches, type Message } from './batches.ts'
import type { EventFilter } from './event-filter.ts'
import type { QueueSource } from './event-source-mapping-config.ts'
import { MESSAGES_PER_CALL } from './event-source-mapping.facts.ts'
import { deleted, grow, invoked, poll, pollAgain, received, reduce, started, tryAgain, windowOver } from './polling.ts'

const NONE = -1

/** What a mapping of a queue schedules for itself or receives as an answer. */
export const queueTimers = { started, received, pollAgain, windowOver, invoked, tryAgain, deleted, grow, reduce }

export class QueueMapping {
  readonly kind = 'queue'
  readonly sim: Sim
  enabled: boolean
  readonly batchSize: number
  /** µs. */
  readonly window: number
  visibility: number
  readonly reports: boolean
  readonly filter: EventFilter
  /** Batches that may be in progress now, after the queue was empty, and at most; and the polls that are parked. */
  limit: number
  readonly isFifo: boolean
  readonly start: number
  readonly pollers: number
  /** Polls of pollers that are kept ready: so many a second for each ten batches; null = no such pollers. */
  readonly pace: TokenBucket | null
  most: number
  /** The limit, or what was under way when it shrank. */
  allowance: number
  readonly batches = new Batches()
  /** Batches in progress. */
  readonly running = new Population()
  /** Messages of the batch that is being collected, and the timer of its window. */
  open: Message[] = []
  openedAt = 0
  windowTimer = NONE
  /** Messages that the polls under way ask for; polls that are parked; polls sent since the last growth. */
  asked = 0
  parked = 0
  young = 0
  /** Whether the last answer shows that there were more messages than it brought. */
  backlog = false
  /** Polls without waiting that there is reason to send now. */
  eager = 0
  /** Since when the limit grows, −1 = it does not. */
  growing = NONE
  /** Whether something failed in the interval under way, whether its end is awaited, and whether the limit has been cut. */
  troubled = false
  watching = false
  reduced = false
  pausing = false
  /** Messages read; of them those that no filter lets pass; succeeded; failed or let go. */
  polled = 0
  filtered = 0
  succeeded = 0
  failed = 0
  /** Messages that had come round too often. */
  looped = 0
  /** So many functions may have worked for a message, Infinity = any number; and what becomes of one of a longer chain. */
  readonly hopsMax: number
  readonly hasDeadLetters: boolean
  readonly functionName: string
  /** Throttled tries, batches that wait to be tried again, batches let go without success. */
  throttles = 0
  throttled = 0
  readonly letGo: Stretch
  readonly growthInterval: number
  readonly backoff: number
  readonly backoffMax: number
  readonly reductionInterval: number
  readonly receiveEdge: number
  readonly deleteEdge: number
  readonly invokeEdge: number
  readonly polledMetric: MetricId
  readonly invokedMetric: MetricId
  readonly failedMetric: MetricId
  readonly deletedMetric: MetricId
  readonly filteredMetric: MetricId
  readonly invalidStatus: number
  readonly growTarget: Target
  readonly reduceTarget: Target
  readonly pollTarget: Target
  readonly tryTarget: Target
  readonly windowTarget: Target
  /** Requests for 1 to 10 messages, parked and not; made once. */
  readonly parkedBodies: readonly object[]
  readonly shortBodies: readonly object[]

  constructor(config: Config, sim: Sim) {
    const source = config['Source'] as QueueSource
    this.sim = sim
    this.letGo = new Stretch(sim.warmUp)
    this.filter = source.filter
    this.hopsMax = source.stopsLoops ? sim.quota('RecursiveHops') : Infinity
    this.hasDeadLetters = source.hasDeadLetters
    this.functionName = source.function
    this.enabled = config['Enabled'] === true
    this.batchSize = source.batchSize
    this.window = config['MaximumBatchingWindowInSeconds'] * 1_000_000
    this.visibility = source.visibility * 1_000_000
    this.reports = (config['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures')
    const kept = config['ProvisionedPollerConfig'] as
      { readonly MinimumPollers: number; readonly MaximumPollers: number } | undefined
    const each = sim.quota('PollerConcurrency')
    this.most =
      kept === undefined
        ? Math.min(sim.quota('SqsConcurrency'), config['ScalingConfig']?.MaximumConcurrency ?? Infinity)
        : kept.MaximumPollers * each
    this.start = kept === undefined ? sim.quota('SqsStart') : kept.MinimumPollers * each
    this.pollers = kept === undefined ? this.start : kept.MinimumPollers
    this.isFifo = source.isFifo
    this.limit = this.atFirst
    this.allowance = this.limit
    const growth = sim.quota(kept === undefined ? 'SqsScalingPerMinute' : 'PollerScalingPerMinute')
    this.growthInterval = Math.round(60_000_000 / growth)
    this.pace = kept === undefined ? null : new TokenBucket(this.pollRate, this.pollRate)
    this.backoff = Math.round(sim.sampler('ThrottleBackoff').mean)
    this.backoffMax = Math.round(sim.sampler('ThrottleBackoffMax').mean)
    this.reductionInterval = Math.round(sim.sampler('ReductionInterval').mean)
    this.receiveEdge = sim.edge(source.queue, 'sqs:ReceiveMessage', received)
    this.deleteEdge = sim.edge(source.queue, 'sqs:DeleteMessageBatch', deleted)
    this.invokeEdge = sim.edge(config['FunctionName'], 'lambda:InvokeFunction', invoked)
    this.polledMetric = sim.metric('PolledEventCount')
    this.invokedMetric = sim.metric('InvokedEventCount')
    this.failedMetric = sim.metric('FailedInvokeEventCount')
    this.deletedMetric = sim.metric('DeletedEventCount')
    this.filteredMetric = sim.metric('FilteredOutEventCount')
    this.invalidStatus = sim.error('InvalidParameterValueException', 400)
    this.growTarget = sim.target(grow)
    this.reduceTarget = sim.target(reduce)
    this.pollTarget = sim.target(pollAgain)
    this.tryTarget = sim.target(tryAgain)
    this.windowTarget = sim.target(windowOver)
    const bodies = (more: object): object[] =>
      Array.from({ length: MESSAGES_PER_CALL + 1 }, (_, count) =>
        Object.freeze({
          MaxNumberOfMessages: count,
          ...(source.hidden ? { VisibilityTimeout: source.visibility } : {}),
          ...more,
        }),
      )
    this.parkedBodies = bodies({ Park: true })
    this.shortBodies = bodies({ WaitTimeSeconds: 0 })
    if (this.enabled) sim.after(0, sim.target(started), 0)
  }

  /** The pollers that there are now poll so often. */
  setPace(): void {
    this.pace?.resize(this.sim.clock[0], this.pollRate, this.pollRate)
  }

  private get pollRate(): number {
    return (this.sim.quota('PollerPolls') * this.limit) / this.sim.quota('PollerConcurrency')
  }

  /** Batches that may be in progress when the queue was empty; of a FIFO queue as many as there are groups (N.LAMBDA-ESM-19). */
  get atFirst(): number {
    return this.isFifo ? this.most : Math.min(this.start, this.most)
  }
}

/** Batches whose messages became visible again before the function had room for them. */
export function batchesLetGo(self: QueueMapping, look: Look): Finding[] {
  const { letGo } = self
  const share = letGo.count / Math.max(1, self.running.entered)
  if (letGo.count === 0 || share < 0.001 || letGo.last < look.warmUp) return []
  return [
    {
      kind: 'batches-let-go',
      from: letGo.first,
      to: letGo.last,
      share,
      title: 'Batches wait for the function in vain',
      text: `${counted(letGo.count, 'batch', 'batches')} of ${count(self.running.entered)} (${percent(share)}) found no free concurrency before their messages became visible again, after ${count(self.throttles)} refused tries.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

/** Of the source only how long its messages are hidden can change, as long as the queue says it and not the mapping. */
export function sameButHiding(source: QueueSource, next: QueueSource): boolean {
  return source.queue === next.queue && source.batchSize === next.batchSize && !source.hidden && !next.hidden
}

/** Operation `lambda:UpdateEventSourceMapping`: on or off, or another bound. */
export function updateQueueMapping(self: QueueMapping, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { Enabled?: boolean; ScalingConfig?: { MaximumConcurrency?: number } }
  const most = body.ScalingConfig?.MaximumConcurrency
  if (most !== undefined && !(Number.isInteger(most) && most >= 2 && most <= 1000)) {
    sim.reply(call, self.invalidStatus)
    return
  }
  if (body.ScalingConfig !== undefined) self.most = Math.min(sim.quota('SqsConcurrency'), most ?? Infinity)
  self.limit = Math.min(self.limit, self.most)
  self.enabled = body.Enabled ?? self.enabled
  sim.calls.answer[call] = { State: self.enabled ? 'Enabled' : 'Disabled' }
  sim.reply(call, 0)
  poll(self)
}
