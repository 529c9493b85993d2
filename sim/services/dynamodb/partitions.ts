// The partitions of a table: ranges of the 32-bit hash of the partition key, each with its own limits and its own heat.
//
// The one idea: a partition serves 3,000 read units or 1,000 write units a second, or a linear mix, so its ceiling is
// one bucket of read units in which a write unit costs three (DDB-R30). In the static mode of the study notes each also
// has its equal share of the table's capacity, with its own burst (DDB-R33, N.DYNAMODB-39). As in `parts/token-bucket.ts`
// tokens are counted in millionths and time in µs, so that sums at whole rates are exact.

const UNIT = 1_000_000
/** The number of different hashes. */
export const HASHES = 4_294_967_296

export class Partitions {
  count = 0
  /** The first hash of each range; a range ends where the next begins. Sorted. */
  start = new Float64Array(8)
  /** A number that stays with a partition when others are split off. */
  id = new Float64Array(8)
  bytes = new Float64Array(8)
  /** Units consumed since the beginning, and in the minute now running. */
  readUnits = new Float64Array(8)
  writeUnits = new Float64Array(8)
  minuteRead = new Float64Array(8)
  minuteWrite = new Float64Array(8)
  /** Units consumed in the last full minute. */
  lastRead = new Float64Array(8)
  lastWrite = new Float64Array(8)
  /** Throttled requests since the beginning, and in the minute now running. */
  throttled = new Float64Array(8)
  minuteThrottled = new Float64Array(8)
  /** One bit for each of the last minutes, the newest lowest: whether requests were throttled by the partition's own ceiling. */
  hotMinutes = new Float64Array(8)
  /** 1 while a split is on its way. */
  splitting = new Float64Array(8)
  /** Tokens in millionths: of the ceiling (in read units), and of the static shares. */
  private ceiling = new Float64Array(8)
  private readShare = new Float64Array(8)
  private writeShare = new Float64Array(8)
  private at = new Float64Array(8)
  /** Units per second: the ceiling in read units, and what a write unit costs in them. */
  private readonly readCeiling: number
  private readonly writeCost: number
  /** Static shares per second and the seconds of burst kept; rates of 0 while capacity is shared adaptively. */
  readonly isStatic: boolean
  private readRate = 0
  private writeRate = 0
  private readonly burstSeconds: number
  private ids = 0

  /** `count` equal ranges. `readCeiling` and `writeCeiling` in units per second. */
  constructor(count: number, readCeiling: number, writeCeiling: number, isStatic: boolean, burstSeconds: number) {
    this.readCeiling = readCeiling
    this.writeCost = readCeiling / writeCeiling
    this.isStatic = isStatic
    this.burstSeconds = burstSeconds
    while (this.start.length < count) this.grow()
    for (let i = 0; i < count; i++) {
      this.start[i] = Math.ceil((i * HASHES) / count)
      this.ceiling[i] = readCeiling * UNIT
      this.id[i] = i
    }
    this.count = count
    this.ids = count
  }

  /** The partition on which a hash (signed 32 bit) lies. */
  of(hash: number): number {
    const h = hash >>> 0
    let low = 0
    let high = this.count - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.start[middle] <= h) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The end of a range, exclusive. */
  endOf(i: number): number {
    return i + 1 < this.count ? this.start[i + 1] : HASHES
  }

  indexOf(id: number): number {
    for (let i = 0; i < this.count; i++) if (this.id[i] === id) return i
    return -1
  }

  /** Whether the ceiling lets a request pass: tokens are left, how many it takes is not asked (DDB-R39). */
  belowCeiling(i: number, now: number): boolean {
    this.refill(i, now)
    return this.ceiling[i] > 0
  }

  /** Whether the static share lets a request pass; always when capacity is shared adaptively. */
  withinShare(i: number, now: number, write: boolean): boolean {
    if (!this.isStatic) return true
    this.refill(i, now)
    return (write ? this.writeShare[i] : this.readShare[i]) > 0
  }

  /** Takes what a request has cost. */
  spend(i: number, now: number, units: number, write: boolean): void {
    this.refill(i, now)
    if (write) {
      this.ceiling[i] -= units * this.writeCost * UNIT
      this.writeUnits[i] += units
      this.minuteWrite[i] += units
    } else {
      this.ceiling[i] -= units * UNIT
      this.readUnits[i] += units
      this.minuteRead[i] += units
    }
    if (!this.isStatic) return
    if (write) this.writeShare[i] -= units * UNIT
    else this.readShare[i] -= units * UNIT
  }

  countThrottle(i: number, byCeiling: boolean): void {
    this.throttled[i]++
    if (byCeiling) this.minuteThrottled[i]++
  }

  /** Spreads the table's capacity evenly (static mode). `initialSeconds` of it lie in the shares at once. */
  share(now: number, read: number, write: number, initialSeconds: number): void {
    for (let i = 0; i < this.count; i++) this.refill(i, now)
    this.readRate = read / this.count
    this.writeRate = write / this.count
    for (let i = 0; i < this.count; i++) {
      this.readShare[i] = Math.min(
        this.readShare[i] + this.readRate * initialSeconds * UNIT,
        this.readRate * this.burstSeconds * UNIT,
      )
      this.writeShare[i] = Math.min(
        this.writeShare[i] + this.writeRate * initialSeconds * UNIT,
        this.writeRate * this.burstSeconds * UNIT,
      )
    }
  }

  /**
   * Cuts a partition in two at a hash inside its range. `upperBytes` of its data move to the upper half, which starts
   * with the same ceiling; what was kept for bursts is parted. Static shares must be spread anew afterwards.
   */
  split(i: number, hash: number, upperBytes: number, now: number): void {
    this.refill(i, now)
    if (this.count === this.start.length) this.grow()
    const columns = this.columns()
    for (const column of columns) column.copyWithin(i + 1, i, this.count)
    this.count++
    const upper = i + 1
    this.start[upper] = hash
    this.id[upper] = this.ids++
    this.bytes[upper] = upperBytes
    this.bytes[i] -= upperBytes
    // What was consumed stays on the books of the lower half, so that the sum over partitions is the table's.
    this.readUnits[upper] = 0
    this.writeUnits[upper] = 0
    this.minuteRead[upper] = 0
    this.minuteWrite[upper] = 0
    this.lastRead[upper] = 0
    this.lastWrite[upper] = 0
    this.throttled[upper] = 0
    for (const half of [i, upper]) {
      this.readShare[half] /= 2
      this.writeShare[half] /= 2
      this.minuteThrottled[half] = 0
      this.hotMinutes[half] = 0
      this.splitting[half] = 0
    }
  }

  /** Closes a minute of heat. `gap` = minutes that have passed since the last call. */
  minuteEnded(gap: number): void {
    for (let i = 0; i < this.count; i++) {
      this.lastRead[i] = this.minuteRead[i]
      this.lastWrite[i] = this.minuteWrite[i]
      const before = gap >= 30 ? 0 : (this.hotMinutes[i] << gap) >>> 0
      this.hotMinutes[i] = (before | (this.minuteThrottled[i] > 0 ? 1 : 0)) >>> 0
      this.minuteRead[i] = 0
      this.minuteWrite[i] = 0
      this.minuteThrottled[i] = 0
    }
  }

  /** How many of the last `window` minutes (at most 30) were hot. */
  hotMinutesOf(i: number, window: number): number {
    let bits = this.hotMinutes[i] & (window >= 31 ? -1 : (1 << window) - 1)
    let n = 0
    for (; bits !== 0; bits &= bits - 1) n++
    return n
  }

  /** Whether no bucket holds more than it can. */
  withinBursts(now: number): boolean {
    for (let i = 0; i < this.count; i++) {
      this.refill(i, now)
      if (this.ceiling[i] > this.readCeiling * UNIT) return false
      if (this.isStatic && this.readShare[i] > this.readRate * this.burstSeconds * UNIT) return false
      if (this.isStatic && this.writeShare[i] > this.writeRate * this.burstSeconds * UNIT) return false
    }
    return true
  }

  /** Of what a partition keeps for bursts, the share that is left, for whoever only looks: of its share, else of its ceiling's second. */
  bankLeft(i: number, now: number): number {
    const elapsed = Math.max(0, now - this.at[i])
    const left = (tokens: number, rate: number, seconds: number): number =>
      rate > 0 ? Math.min(1, Math.max(0, tokens + elapsed * rate) / (rate * seconds * UNIT)) : 1
    return this.isStatic
      ? Math.min(
          left(this.readShare[i], this.readRate, this.burstSeconds),
          left(this.writeShare[i], this.writeRate, this.burstSeconds),
        )
      : left(this.ceiling[i], this.readCeiling, 1)
  }

  private refill(i: number, now: number): void {
    const elapsed = now - this.at[i]
    if (elapsed <= 0) return
    this.at[i] = now
    this.ceiling[i] = Math.min(this.readCeiling * UNIT, this.ceiling[i] + elapsed * this.readCeiling)
    if (!this.isStatic) return
    this.readShare[i] = Math.min(this.readRate * this.burstSeconds * UNIT, this.readShare[i] + elapsed * this.readRate)
    this.writeShare[i] = Math.min(
      this.writeRate * this.burstSeconds * UNIT,
      this.writeShare[i] + elapsed * this.writeRate,
    )
  }

  private columns(): Float64Array[] {
    return [
      this.start,
      this.id,
      this.bytes,
      this.readUnits,
      this.writeUnits,
      this.minuteRead,
      this.minuteWrite,
      this.lastRead,
      this.lastWrite,
      this.throttled,
      this.minuteThrottled,
      this.hotMinutes,
      this.splitting,
      this.ceiling,
      this.readShare,
      this.writeShare,
      this.at,
    ]
  }

  private grow(): void {
    const widen = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2)
      to.set(from)
      return to
    }
    this.start = widen(this.start)
    this.id = widen(this.id)
    this.bytes = widen(this.bytes)
    this.readUnits = widen(this.readUnits)
    this.writeUnits = widen(this.writeUnits)
    this.minuteRead = widen(this.minuteRead)
    this.minuteWrite = widen(this.minuteWrite)
    this.lastRead = widen(this.lastRead)
    this.lastWrite = widen(this.lastWrite)
    this.throttled = widen(this.throttled)
    this.minuteThrottled = widen(this.minuteThrottled)
    this.hotMinutes = widen(this.hotMinutes)
    this.splitting = widen(this.splitting)
    this.ceiling = widen(this.ceiling)
    this.readShare = widen(this.readShare)
    this.writeShare = widen(this.writeShare)
    this.at = widen(this.at)
  }
}
