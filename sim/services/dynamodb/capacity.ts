// What a table may consume: its provisioned or on-demand capacity, bursts, and the limits of its partitions.
//
// A request is admitted when every bucket in its way holds anything at all, and then pays its true cost, which may leave
// a debt: what a Query costs is known only once it has run (DDB-R39).
import { TokenBucket } from '../../parts/token-bucket.ts'
import { CapacityMeter } from './capacity-meter.ts'
import { HASHES, Partitions } from './partitions.ts'

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST'

/** Why a request is throttled; the order is that of `REASONS`. */
export const ADMITTED = 0
export const PROVISIONED = 1
export const KEY_RANGE = 2
export const ACCOUNT_LIMIT = 3
export const ON_DEMAND_MAXIMUM = 4
/** Traffic on demand has outgrown what the partitions were prepared for; AWS calls it a matter of the key range (DDB-R52, DDB-R55). */
export const OUTGROWN = 5
/** The middle part of the reasons that a throttled request carries (DDB-R56). */
export const REASONS = [
  '',
  'ProvisionedThroughput',
  'KeyRangeThroughput',
  'AccountLimit',
  'MaxOnDemandThroughput',
  'KeyRangeThroughput',
] as const

/** Whether a partition's own limit is the reason: only that is heat which a split may help against. */
export function isOfPartition(reason: number): boolean {
  return reason === KEY_RANGE
}

/** Read units of `bytes` (DDB-R10): at least one; half when eventually consistent. */
export function readUnits(bytes: number, consistent: boolean): number {
  const units = Math.max(1, Math.ceil(bytes / 4096))
  return consistent ? units : units / 2
}

/** Write units of `bytes` (DDB-R11): at least one. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024))
}

/** Minutes after which consumption counts as sustained (DDB-R53). */
const SUSTAINED = 30

/** The figures a table's capacity is ruled by; units per second and bytes. */
export interface Figures {
  readonly readCeiling: number
  readonly writeCeiling: number
  readonly partitionSize: number
  readonly burstSeconds: number
  /** Seconds of capacity in the buckets at the start. */
  readonly initialSeconds: number
  /** What a table serves at once when it is on demand. */
  readonly onDemandRead: number
  readonly onDemandWrite: number
  /** The account's limits on a table. */
  readonly tableRead: number
  readonly tableWrite: number
  readonly isStatic: boolean
}

export class Capacity {
  mode: BillingMode
  /** Provisioned units per second; 0 on demand (DDB-R59). */
  readUnits: number
  writeUnits: number
  /** Configured maxima on demand; Infinity = none. */
  maxRead: number
  maxWrite: number
  /** The most ever provisioned, and the highest sustained consumption on demand. */
  highestRead: number
  highestWrite: number
  peakRead = 0
  peakWrite = 0
  /** All units consumed. */
  consumedRead = 0
  consumedWrite = 0
  readonly partitions: Partitions
  /** What is billed of it. */
  readonly meter = new CapacityMeter()
  private readonly figures: Figures
  private readonly read: TokenBucket
  private readonly write: TokenBucket
  private readonly accountRead: TokenBucket
  private readonly accountWrite: TokenBucket
  private readonly maximumRead: TokenBucket
  private readonly maximumWrite: TokenBucket
  /** Units in the minute now running and averages per second of the last 30 minutes, newest last. */
  private minuteRead = 0
  private minuteWrite = 0
  private readonly pastRead = new Float64Array(SUSTAINED)
  private readonly pastWrite = new Float64Array(SUSTAINED)

  constructor(
    figures: Figures,
    mode: BillingMode,
    read: number,
    write: number,
    max: readonly [number, number],
    warm: readonly [number, number],
    bytes: number,
  ) {
    this.figures = figures
    this.mode = mode
    this.readUnits = read
    this.writeUnits = write
    this.maxRead = max[0]
    this.maxWrite = max[1]
    this.highestRead = Math.max(read, warm[0])
    this.highestWrite = Math.max(write, warm[1])
    this.read = new TokenBucket(0, 0)
    this.write = new TokenBucket(0, 0)
    this.accountRead = new TokenBucket(figures.tableRead, figures.tableRead)
    this.accountWrite = new TokenBucket(figures.tableWrite, figures.tableWrite)
    this.maximumRead = new TokenBucket(0, 0)
    this.maximumWrite = new TokenBucket(0, 0)
    const { readCeiling, writeCeiling, isStatic, burstSeconds } = figures
    this.partitions = new Partitions(this.wantedPartitions(bytes), readCeiling, writeCeiling, isStatic, burstSeconds)
    this.spreadInitialBytes(bytes)
    this.applyRates(0, figures.initialSeconds)
    this.read.give(this.readRate * figures.initialSeconds)
    this.write.give(this.writeRate * figures.initialSeconds)
    this.maximumRead.give(this.maximumRead.burst)
    this.maximumWrite.give(this.maximumWrite.burst)
  }

  /** Units per second that the table as a whole serves. */
  get readRate(): number {
    return this.mode === 'PROVISIONED' ? this.readUnits : this.onDemandRead
  }

  get writeRate(): number {
    return this.mode === 'PROVISIONED' ? this.writeUnits : this.onDemandWrite
  }

  /** What is served at once on demand: the least, the most ever provisioned, or twice the sustained peak (DDB-R50..R53). */
  private get onDemandRead(): number {
    return Math.max(this.figures.onDemandRead, this.highestRead, 2 * this.peakRead)
  }

  private get onDemandWrite(): number {
    return Math.max(this.figures.onDemandWrite, this.highestWrite, 2 * this.peakWrite)
  }

  /** Partitions that capacity and size ask for (DDB-R31, N.DYNAMODB-31); an on-demand table's rates are those of as many partitions (DDB-R50). */
  wantedPartitions(bytes: number): number {
    return this.wantedFor(this.mode, this.readUnits, this.writeUnits, bytes)
  }

  /** The same for other settings. */
  wantedFor(mode: BillingMode, read: number, write: number, bytes: number): number {
    const { readCeiling, writeCeiling, partitionSize } = this.figures
    const bySize = bytes / partitionSize
    if (mode === 'PROVISIONED') {
      // Over one denominator, so that 5,000 / 3,000 + 500 / 1,000 is rounded once.
      const byRate = (read * writeCeiling + write * readCeiling) / (readCeiling * writeCeiling)
      return Math.max(1, Math.ceil(Math.max(byRate, bySize)))
    }
    return Math.max(1, Math.ceil(Math.max(this.onDemandRead / readCeiling, this.onDemandWrite / writeCeiling, bySize)))
  }

  /** `ADMITTED`, or why not. Nothing is taken. */
  admits(partition: number, now: number, write: boolean): number {
    if (this.mode === 'PROVISIONED') {
      if (!this.figures.isStatic && (write ? this.write : this.read).tokens(now) <= 0) return PROVISIONED
      if (!this.partitions.withinShare(partition, now, write)) return PROVISIONED
    } else {
      if ((write ? this.accountWrite : this.accountRead).tokens(now) <= 0) return ACCOUNT_LIMIT
      if (
        (write ? this.maxWrite : this.maxRead) < Infinity &&
        (write ? this.maximumWrite : this.maximumRead).tokens(now) <= 0
      )
        return ON_DEMAND_MAXIMUM
      // What an on-demand table is prepared for is the sum of its partitions: more is throttled by key range (DDB-R55).
      if ((write ? this.write : this.read).tokens(now) <= 0) return OUTGROWN
    }
    return this.partitions.belowCeiling(partition, now) ? ADMITTED : KEY_RANGE
  }

  /** Takes what an admitted request has cost; more than there is leaves a debt. */
  spend(partition: number, now: number, units: number, write: boolean): void {
    if (write) {
      this.consumedWrite += units
      this.minuteWrite += units
      this.write.give(-units)
      if (this.mode !== 'PROVISIONED') {
        this.accountWrite.give(-units)
        if (this.maxWrite < Infinity) this.maximumWrite.give(-units)
      }
    } else {
      this.consumedRead += units
      this.minuteRead += units
      this.read.give(-units)
      if (this.mode !== 'PROVISIONED') {
        this.accountRead.give(-units)
        if (this.maxRead < Infinity) this.maximumRead.give(-units)
      }
    }
    this.partitions.spend(partition, now, units, write)
  }

  /** Puts new settings into force. What lies in the buckets is kept, up to their new sizes. */
  set(now: number, mode: BillingMode, read: number, write: number, maxRead: number, maxWrite: number): void {
    const switched = mode !== this.mode
    this.mode = mode
    this.readUnits = read
    this.writeUnits = write
    this.maxRead = maxRead
    this.maxWrite = maxWrite
    this.highestRead = Math.max(this.highestRead, read)
    this.highestWrite = Math.max(this.highestWrite, write)
    this.meter.changed(this, now)
    this.applyRates(now, 0)
    if (!switched) return
    // Another mode begins with a second's worth, as a new table does.
    this.read.give(this.readRate)
    this.write.give(this.writeRate)
    this.maximumRead.give(this.maximumRead.burst)
    this.maximumWrite.give(this.maximumWrite.burst)
  }

  /** Sets every bucket to the present rates. */
  applyRates(now: number, initialSeconds: number): void {
    // Burst is kept for provisioned capacity only; an on-demand table holds what one second serves.
    const seconds = this.mode === 'PROVISIONED' ? this.figures.burstSeconds : 1
    this.read.resize(now, this.readRate, this.readRate * seconds)
    this.write.resize(now, this.writeRate, this.writeRate * seconds)
    const maxRead = this.maxRead < Infinity ? this.maxRead : 0
    const maxWrite = this.maxWrite < Infinity ? this.maxWrite : 0
    this.maximumRead.resize(now, maxRead, maxRead)
    this.maximumWrite.resize(now, maxWrite, maxWrite)
    if (this.figures.isStatic) this.partitions.share(now, this.readRate, this.writeRate, initialSeconds)
  }

  /** Begins anew with what a new table or index has at once: nothing was kept while it was set up. */
  restart(now: number): void {
    const { initialSeconds } = this.figures
    this.read.give(this.readRate * initialSeconds - this.read.tokens(now))
    this.write.give(this.writeRate * initialSeconds - this.write.tokens(now))
  }

  /** Closes a minute of consumption, `gap` minutes after the last one; answers whether capacity on demand has risen. */
  minuteEnded(now: number, gap: number): boolean {
    let risen = false
    for (let i = 0; i < Math.min(gap, SUSTAINED + 1); i++) {
      const last = i === Math.min(gap, SUSTAINED + 1) - 1
      risen =
        this.age(this.pastRead, last ? this.minuteRead / 60 : 0, this.pastWrite, last ? this.minuteWrite / 60 : 0) ||
        risen
    }
    this.minuteRead = 0
    this.minuteWrite = 0
    this.partitions.minuteEnded(gap)
    if (risen && this.mode !== 'PROVISIONED') this.applyRates(now, 0)
    return risen && this.mode !== 'PROVISIONED'
  }

  /** Units consumed so far in the running minute. */
  get runningMinute(): number {
    return this.minuteRead + this.minuteWrite
  }

  /** Whether consumption of the last 30 minutes may still raise what is served on demand. */
  get mayRise(): boolean {
    if (this.mode === 'PROVISIONED') return false
    for (let i = 0; i < SUSTAINED; i++)
      if (2 * this.pastRead[i] > this.readRate || 2 * this.pastWrite[i] > this.writeRate) return true
    return false
  }

  /** Whether no bucket holds more than its burst. */
  withinBursts(now: number): boolean {
    for (const bucket of [
      this.read,
      this.write,
      this.accountRead,
      this.accountWrite,
      this.maximumRead,
      this.maximumWrite,
    ])
      if (bucket.tokens(now) > bucket.burst) return false
    return this.partitions.withinBursts(now)
  }

  /** Units kept for bursts now; negative = debt. */
  tokens(now: number, write: boolean): number {
    return (write ? this.write : this.read).tokens(now)
  }

  /** Seconds of the table's capacity that are kept for bursts now, for whoever only looks. */
  burstLeft(now: number, write: boolean): number {
    const bucket = write ? this.write : this.read
    return bucket.rate > 0 ? bucket.peek(now) / bucket.rate : NaN
  }

  /** Units per second that one partition serves: its static share, or what no partition goes beyond. */
  partitionRate(write: boolean): number {
    const share = (write ? this.writeRate : this.readRate) / this.partitions.count
    const ceiling = write ? this.figures.writeCeiling : this.figures.readCeiling
    return this.figures.isStatic ? Math.min(share, ceiling) : ceiling
  }

  private age(pastRead: Float64Array, read: number, pastWrite: Float64Array, write: number): boolean {
    const before = this.readRate + this.writeRate
    this.peakRead = Math.max(this.peakRead, pastRead[0])
    this.peakWrite = Math.max(this.peakWrite, pastWrite[0])
    pastRead.copyWithin(0, 1)
    pastWrite.copyWithin(0, 1)
    pastRead[SUSTAINED - 1] = read
    pastWrite[SUSTAINED - 1] = write
    return this.readRate + this.writeRate > before
  }

  /** Bytes that are there from the start lie evenly over the hashes. */
  private spreadInitialBytes(bytes: number): void {
    const partitions = this.partitions
    for (let i = 0; i < partitions.count; i++)
      partitions.bytes[i] =
        Math.round((bytes * partitions.endOf(i)) / HASHES) - Math.round((bytes * partitions.start[i]) / HASHES)
  }
}
