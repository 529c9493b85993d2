// A delivery stream at a moment: what came in, what is transformed, what waits in buffers, what is on its way.
import { chunksOf } from '../../parts/chunks.ts'
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { Buffers, type Batch } from './buffers.ts'
import { Deliveries, type Stage } from './deliveries.ts'
import type { Plan } from './delivery-stream-config.ts'
import { OUTSTANDING, OUTSTANDING_SPLUNK, RETRY_DELAY_MAX_US } from './delivery-stream.facts.ts'
import { KinesisSource } from './kinesis-source.ts'
import { objectKey } from './object-keys.ts'
import { keysOf } from './partition-keys.ts'
import { Transforms } from './transforms.ts'

const NONE = -1
const MINUTE = 60_000_000

/** The timers of the definition, which the state may not import. */
export interface Timers {
  readonly bufferDue: Target
  readonly transformDue: Target
  readonly invocationDue: Target
  readonly invocationTimedOut: Target
  readonly deliveryDue: Target
  readonly outsideDone: Target
  readonly deliveryTimedOut: Target
  readonly readDue: Target
}

/** Answers of functions, buckets and endpoints. */
export interface Answers {
  readonly transformed: (self: DeliveryStream, call: Call) => void
  readonly delivered: (self: DeliveryStream, call: Call) => void
  readonly read: (self: DeliveryStream, call: Call) => void
}

/** Bytes in whose steps a record is billed. */
const PAID_STEP = 5_120

export class DeliveryStream {
  readonly sim: Sim
  readonly plan: Plan
  readonly buffers: Buffers
  readonly transforms: Transforms | null
  readonly deliveries: Deliveries
  readonly source: KinesisSource | null
  /** Records that came in, and what became of them. */
  accepted = 0
  /** Bytes that are billed: each record rounded up to 5 KB (PR-R2). */
  paidBytes = 0
  delivered = 0
  dropped = 0
  /** Records in the error output, and those that nothing keeps. */
  failed = 0
  readonly errors: Stretch
  readonly lost: Stretch
  readonly throttled: Stretch
  /** Records refused because there were too many partitions. */
  readonly overflown: Stretch
  objects = 0
  /** Copies of what came that wait in a buffer of their own. */
  private backedUp = 0
  readonly recordTokens: TokenBucket
  readonly requestTokens: TokenBucket
  readonly byteTokens: TokenBucket
  /** Names of metrics by destination: `DeliveryToS3`. */
  readonly family: string
  private readonly partitionsMax: number
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly outside: Sampler
  private readonly copyTime: Sampler
  private readonly outsideRng: Rng
  private readonly retryFirst: number
  private readonly compression: number
  private readonly storeEdge: number
  private readonly backupEdge: number
  private readonly endpointEdge: number
  private readonly metricIds: ReadonlyMap<string, MetricId>

  constructor(config: Config, sim: Sim, timers: Timers, answers: Answers, counts: readonly string[]) {
    this.sim = sim
    const plan = (this.plan = config['Plan'] as Plan)
    const interval = plan.interval === 0 ? sim.sampler('ZeroBuffering').draw(sim.rng('zero buffering')) : plan.interval
    this.buffers = new Buffers(sim, plan.bytes, interval, timers.bufferDue)
    const { transformation } = plan
    const fnEdge =
      transformation?.fn === null || transformation === null
        ? NONE
        : sim.edge(transformation.fn, 'lambda:InvokeFunction', answers.transformed)
    this.transforms =
      transformation === null
        ? null
        : new Transforms(
            this,
            transformation,
            fnEdge,
            { timeOver: timers.transformDue, due: timers.invocationDue, timedOut: timers.invocationTimedOut },
            plan.kind === 'splunk' ? OUTSTANDING_SPLUNK : OUTSTANDING,
          )
    this.deliveries = new Deliveries(this, {
      due: timers.deliveryDue,
      outsideDone: timers.outsideDone,
      timedOut: timers.deliveryTimedOut,
    })
    this.source = plan.source === null ? null : new KinesisSource(this, plan.source, answers.read, timers.readDue)
    const put = (bucket: string | null | undefined): number =>
      bucket === null || bucket === undefined ? NONE : sim.edge(bucket, 's3:PutObject', answers.delivered)
    this.storeEdge = put(plan.store.bucket)
    this.backupEdge = put(plan.backup?.bucket)
    this.endpointEdge = plan.endpoint === null ? NONE : sim.edge(plan.endpoint, 'http:POST', answers.delivered)
    this.errors = new Stretch(sim.warmUp)
    this.lost = new Stretch(sim.warmUp)
    this.throttled = new Stretch(sim.warmUp)
    this.overflown = new Stretch(sim.warmUp)
    const bucket = (name: string): TokenBucket => new TokenBucket(sim.quota(name), sim.quota(name))
    this.recordTokens = bucket('RecordsPerSecond')
    this.requestTokens = bucket('RequestsPerSecond')
    this.byteTokens = bucket('BytesPerSecond')
    this.partitionsMax = sim.quota('ActivePartitions')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.outside = sim.sampler('DeliveryLatency')
    this.copyTime = sim.sampler('CopyTime')
    this.outsideRng = sim.rng('outside')
    this.retryFirst = Math.max(1, sim.sampler('RetryDelay').mean)
    this.compression = sim.sampler('CompressionRatio').mean
    this.family = FAMILIES[plan.kind]
    this.metricIds = new Map(
      counts
        .filter(
          (name) =>
            !name.startsWith('DeliveryTo') || name.startsWith(`${this.family}.`) || name.startsWith('DeliveryToS3.'),
        )
        .map((name) => [name, sim.metric(name)]),
    )
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** Everything inside: with the function, in buffers, on its way. */
  get inside(): number {
    return (this.transforms?.inside ?? 0) + this.dataInBuffers + this.deliveries.records
  }

  private get dataInBuffers(): number {
    return this.buffers.records - this.backedUp
  }

  answer(call: Call, status: number): number {
    const latency = this.latency.draw(this.latencyRng)
    this.sim.replyAfter(latency, call, status)
    return latency
  }

  count(name: string, value: number): void {
    const id = this.metricIds.get(name)
    if (id !== undefined) this.sim.count(id, value)
  }

  record(name: string, value: number): void {
    const id = this.metricIds.get(name)
    if (id !== undefined) this.sim.record(id, value)
  }

  sizeOf(data: unknown): number {
    return typeof data === 'string' ? utf8Size(data) : data === undefined || data === null ? 0 : jsonSize(data)
  }

  /** Takes a record in. `at` is when it came to the stream, or to the stream that it was read from, in µs. */
  accept(data: unknown, size: number, at: number): void {
    this.accepted++
    this.paidBytes += PAID_STEP * chunksOf(size, PAID_STEP)
    if (this.plan.backup !== null) {
      this.backedUp++
      this.put('backup', null, 'backup', data, size, at)
    }
    if (this.transforms === null) this.route(data, size, at, null)
    else this.transforms.add(data, size, at)
  }

  /** A transformed record comes back. */
  transformed(
    result: string,
    data: unknown,
    size: number,
    at: number,
    keys: Readonly<Record<string, string>> | null,
  ): void {
    if (result === 'Dropped') this.dropped++
    else if (result === 'Ok') {
      this.count('SucceedProcessing.Records', 1)
      this.count('SucceedProcessing.Bytes', size)
      this.route(data, size, at, keys)
    } else this.fail('processing-failed', data, size, at)
  }

  invoked(duration: number, succeeded: boolean): void {
    this.record('ExecuteProcessing.Duration', duration)
    this.count('ExecuteProcessing.Success', succeeded ? 1 : 0)
  }

  /** Puts a record into the buffer of its partition (FH-24); one too many goes to the error output. */
  private route(data: unknown, size: number, at: number, given: Readonly<Record<string, string>> | null): void {
    const { queries, appendsDelimiter } = this.plan
    const bytes = appendsDelimiter ? size + 1 : size
    if (queries === null) {
      this.put('', null, '', data, bytes, at)
      return
    }
    const found = queries.length === 0 ? {} : keysOf(queries, data)
    if (found === undefined) {
      this.fail('metadata-extraction-failed', data, size, at)
      return
    }
    const keys = given === null ? found : { ...found, ...given }
    const name = `/${JSON.stringify(keys)}`
    if (!this.buffers.has(name) && this.activePartitions() >= this.partitionsMax) {
      this.overflown.note(this.now)
      this.count('PartitionCountExceeded', 1)
      this.fail('partition-count-exceeded', data, size, at)
      return
    }
    this.put(name, keys, '', data, bytes, at)
  }

  /** Partitions with something in their buffers. */
  activePartitions(): number {
    return (
      this.buffers.count -
      (this.buffers.has('backup') ? 1 : 0) -
      ERROR_WAYS.filter((way) => this.buffers.has(way)).length
    )
  }

  private fail(way: string, data: unknown, size: number, at: number): void {
    this.errors.note(this.now)
    this.put(way, null, way, data, size, at)
  }

  private put(
    name: string,
    keys: Readonly<Record<string, string>> | null,
    way: string,
    data: unknown,
    size: number,
    at: number,
  ): void {
    const batch = this.buffers.add(name, keys, way, data, size, at)
    if (batch !== null) this.deliver(batch)
  }

  /** A buffer is full, or its time is over. */
  deliver(batch: Batch): void {
    if (batch.way === 'backup') this.backedUp -= batch.count
    this.deliveries.start(batch)
  }

  // Where batches go (`Deliveries`).

  firstStage({ way }: Batch): Stage {
    if (way === 'backup') return 'backup'
    return way === '' && this.isEndpoint ? 'endpoint' : 'store'
  }

  stageBehind(stage: Stage, { way }: Batch): Stage | null {
    return stage === 'store' && way === '' && this.plan.kind === 'redshift' ? 'copy' : null
  }

  /** Whether data goes to something else than a bucket first. */
  private get isEndpoint(): boolean {
    return this.plan.kind !== 's3' && this.plan.kind !== 'redshift'
  }

  edgeOf(stage: Stage): number {
    if (stage === 'copy') return NONE
    return stage === 'store' ? this.storeEdge : stage === 'backup' ? this.backupEdge : this.endpointEdge
  }

  retryFor(_stage: Stage): number {
    return this.plan.retry
  }

  /** One second, doubled with every retry up to two minutes (FH-21). */
  retryDelay(retry: number): number {
    return Math.min(RETRY_DELAY_MAX_US, this.retryFirst * (1 << Math.min(retry, 20)))
  }

  outsideTime(stage: Stage): number {
    return (stage === 'copy' ? this.copyTime : this.outside).draw(this.outsideRng)
  }

  keyFor({ way, firstAt, keys }: Batch): string {
    const { store, backup } = this.plan
    const { prefix, errorPrefix, extension } = way === 'backup' ? backup! : store
    return objectKey(prefix, errorPrefix, extension, {
      moment: this.sim.startsAt + firstAt,
      stream: this.sim.physicalName,
      serial: ++this.objects,
      errorType: way === 'backup' ? '' : way,
      keys,
    })
  }

  bodyFor(stage: Stage, { contents, bytes, way }: Batch, key: string): unknown {
    if (stage === 'endpoint')
      return {
        Body: {
          requestId: key,
          timestamp: Math.floor((this.sim.startsAt + this.now) / 1000),
          ...(contents === null ? {} : { records: contents.map((data) => ({ data })) }),
        },
      }
    const { isCompressed } = way === 'backup' ? this.plan.backup! : this.plan.store
    const isText = contents !== null && contents.every((each) => typeof each === 'string')
    return {
      Key: key,
      ContentLength: isCompressed ? Math.max(1, Math.round(bytes / this.compression)) : bytes,
      ...(isText && !isCompressed ? { Body: contents.join(this.plan.appendsDelimiter ? '\n' : '') } : {}),
    }
  }

  attempted(stage: Stage, batch: Batch, succeeded: boolean): void {
    const name =
      stage === 'store'
        ? batch.way === ''
          ? 'DeliveryToS3'
          : 'BackupToS3'
        : stage === 'backup'
          ? 'BackupToS3'
          : this.family
    this.count(`${name}.Success`, succeeded ? 1 : 0)
    if (!succeeded) return
    this.source?.resume()
    this.count(`${name}.Records`, batch.count)
    this.count(`${name}.Bytes`, batch.bytes)
    if (stage === 'store' && batch.way === '') this.count('DeliveryToS3.ObjectCount', 1)
  }

  /** A batch has come to its end well: at the destination, in the error output, in the copy. */
  arrived(batch: Batch): void {
    if (batch.way === '') this.delivered += batch.count
    else if (batch.way !== 'backup') this.failed += batch.count
  }

  /** What could not be delivered goes to the bucket, if there was another destination; what a bucket does not take is lost. */
  failedFor(stage: Stage, batch: Batch): Batch | null {
    if (stage === 'store' || stage === 'backup') return null
    this.errors.note(this.now, batch.count)
    return { ...batch, way: FAILED_WAYS[this.plan.kind] }
  }

  gaveUp(batch: Batch): void {
    if (batch.way !== 'backup') this.lost.note(this.now, batch.count)
  }

  /** When the oldest record came that has not been delivered, in µs; −1 = all have. */
  oldestUndelivered(): number {
    const oldest = Math.min(
      this.transforms?.oldest() ?? Infinity,
      this.buffers.oldest(true),
      this.deliveries.oldest(true),
    )
    return oldest === Infinity ? NONE : oldest
  }

  /** Whether deliveries fail again and again. */
  isStuck(): boolean {
    return this.deliveries.isStuck()
  }

  /** Whether the stream is a good deal later than its buffers explain. */
  isLate(): boolean {
    const oldest = this.oldestUndelivered()
    const patience = this.plan.interval + (this.plan.transformation?.interval ?? 0) + MINUTE
    return oldest !== NONE && this.now - oldest > patience
  }

  /** The name by which a response knows a record. */
  recordId(): string {
    return `${this.sim.name}-${this.accepted}`
  }
}

const FAMILIES: Readonly<Record<Plan['kind'], string>> = {
  s3: 'DeliveryToS3',
  http: 'DeliveryToHttpEndpoint',
  redshift: 'DeliveryToRedshift',
  opensearch: 'DeliveryToAmazonOpenSearchService',
  splunk: 'DeliveryToSplunk',
  snowflake: 'DeliveryToSnowflake',
  iceberg: 'DeliveryToIceberg',
}

/** What the error output is called by where the data could not go. */
const FAILED_WAYS: Readonly<Record<Plan['kind'], string>> = {
  s3: 'delivery-failed',
  http: 'http-endpoint-failed',
  redshift: 'errors',
  opensearch: 'AmazonOpenSearchService_failed',
  splunk: 'splunk-failed',
  snowflake: 'snowflake-failed',
  iceberg: 'iceberg-failed',
}

const ERROR_WAYS = ['processing-failed', 'metadata-extraction-failed', 'partition-count-exceeded']
