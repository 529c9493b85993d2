// Deliveries under way: each batch is brought to its destination, tried again while that may help, then to the error output.
//
//   batch ─► attempt ─► delivered
//              ▲  │ S3: again for a day, then lost (FH-05, FH-21)
//              └──┤ an endpoint: again for the retry duration
//                 └──────────────────────────────────────────► the bucket, as what has failed
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Batch } from './buffers.ts'
import { HTTP_TIMEOUT_US, S3_RETRIES_US } from './delivery-stream.facts.ts'

const NONE = -1
/** Retries after which a destination is taken for down. */
const STUCK_RETRIES = 3

/** Where a delivery goes at the moment. */
export type Stage = 'store' | 'backup' | 'endpoint' | 'copy'

class Delivery {
  batch: Batch | null = null
  stage: Stage = 'store'
  key = ''
  retries = 0
  /** When this stage was tried first, in µs. */
  since = 0
  call: Call = NONE
  timeout: TimerHandle = NONE
}

/** The stream whose deliveries they are. */
export interface Owner {
  readonly sim: Sim
  /** The first stage of a batch, and the one behind a stage that has succeeded; null = that was all. */
  firstStage(batch: Batch): Stage
  stageBehind(stage: Stage, batch: Batch): Stage | null
  /** The edge of a stage; −1 = outside of the scenario. */
  edgeOf(stage: Stage): number
  /** How long a stage is tried again, in µs. */
  retryFor(stage: Stage): number
  keyFor(batch: Batch): string
  bodyFor(stage: Stage, batch: Batch, key: string): unknown
  retryDelay(retry: number): number
  /** How long a destination takes that is outside of the scenario, in µs. */
  outsideTime(stage: Stage): number
  attempted(stage: Stage, batch: Batch, succeeded: boolean): void
  /** The batch has come to its end well. */
  arrived(batch: Batch): void
  /** The batch has failed for good at a stage: what goes to the error output instead; null = it is lost. */
  failedFor(stage: Stage, batch: Batch): Batch | null
  gaveUp(batch: Batch): void
}

export interface Targets {
  readonly due: Target
  readonly outsideDone: Target
  readonly timedOut: Target
}

export class Deliveries {
  /** Batches and records under way. */
  count = 0
  records = 0
  readonly failures: Stretch
  /** Faults that stand now: the destination is down. */
  outages = 0
  private readonly owner: Owner
  private readonly targets: Targets
  private readonly rows: Delivery[] = []
  private readonly free: number[] = []
  /** COPY commands one after the other (FH-22): the one that runs, and those that wait. */
  private copying = NONE
  private readonly copyLine: number[] = []

  constructor(owner: Owner, targets: Targets) {
    this.owner = owner
    this.targets = targets
    this.failures = new Stretch(owner.sim.warmUp)
  }

  start(batch: Batch): void {
    const row = this.free.pop() ?? this.rows.push(new Delivery()) - 1
    const delivery = this.rows[row]
    delivery.batch = batch
    delivery.key = this.owner.keyFor(batch)
    this.count++
    if (batch.way !== 'backup') this.records += batch.count
    this.enter(row, this.owner.firstStage(batch))
  }

  /** Timer: the pause before an attempt is over. */
  attempt(row: number): void {
    const { owner } = this
    const { sim } = owner
    const delivery = this.rows[row]
    const edge = owner.edgeOf(delivery.stage)
    if (edge === NONE) {
      sim.after(owner.outsideTime(delivery.stage), this.targets.outsideDone, row)
      return
    }
    const call = sim.open(edge, row, 0)
    sim.calls.body[call] = owner.bodyFor(delivery.stage, delivery.batch!, delivery.key)
    if (delivery.retries > 0) sim.calls.attempt[call] = Math.min(delivery.retries + 1, 255)
    delivery.call = call
    if (delivery.stage === 'endpoint') delivery.timeout = sim.timer(HTTP_TIMEOUT_US, this.targets.timedOut, row)
    sim.send(call)
  }

  answered(call: Call): void {
    const { sim } = this.owner
    const row = sim.calls.cookie[call]
    const isOk = sim.calls.status[call] === 0
    const delivery = this.rows[row]
    sim.close(call)
    // An answer after the time-out finds nobody waiting: the records are delivered again (FH-04).
    if (delivery.call !== call) return
    delivery.call = NONE
    if (delivery.timeout !== NONE) sim.cancel(delivery.timeout)
    delivery.timeout = NONE
    this.judge(row, isOk)
  }

  /** Timer: a destination outside of the scenario is done. */
  outsideDone(row: number): void {
    this.judge(row, true)
  }

  /** Timer: the endpoint has not answered in three minutes (FH-23). */
  timedOut(row: number): void {
    const delivery = this.rows[row]
    delivery.call = NONE
    delivery.timeout = NONE
    this.judge(row, false)
  }

  /** When the oldest record came that is under way, in µs; Infinity = none is. */
  oldest(isData: boolean): number {
    let oldest = Infinity
    for (const { batch } of this.rows)
      if (batch !== null && (batch.way === '') === isData) oldest = Math.min(oldest, batch.firstAt)
    return oldest
  }

  /** Whether a delivery has been tried again some times already. */
  isStuck(): boolean {
    return this.rows.some(({ batch, retries }) => batch !== null && retries >= STUCK_RETRIES)
  }

  private enter(row: number, stage: Stage): void {
    const delivery = this.rows[row]
    delivery.stage = stage
    delivery.retries = 0
    delivery.since = this.owner.sim.clock[0]
    if (stage === 'copy' && this.copying !== NONE) {
      this.copyLine.push(row)
      return
    }
    if (stage === 'copy') this.copying = row
    this.attempt(row)
  }

  private judge(row: number, arrived: boolean): void {
    const { owner } = this
    const { sim } = owner
    const delivery = this.rows[row]
    const batch = delivery.batch!
    const { stage } = delivery
    const isOk = arrived && !(this.outages > 0 && stage !== 'backup' && batch.way === '')
    owner.attempted(stage, batch, isOk)
    if (!isOk) {
      this.failures.note(sim.clock[0])
      const delay = owner.retryDelay(delivery.retries)
      const patience = stage === 'store' || stage === 'backup' ? S3_RETRIES_US : owner.retryFor(stage)
      if (sim.clock[0] + delay - delivery.since <= patience && patience > 0) {
        delivery.retries++
        sim.after(delay, this.targets.due, row)
        return
      }
    }
    this.leaveCopy(row)
    const next = isOk ? owner.stageBehind(stage, batch) : null
    if (next !== null) {
      this.enter(row, next)
      return
    }
    const instead = isOk ? null : owner.failedFor(stage, batch)
    this.end(row)
    if (isOk) owner.arrived(batch)
    else if (instead === null) owner.gaveUp(batch)
    else this.start(instead)
  }

  /** The next COPY begins when the one before has ended. */
  private leaveCopy(row: number): void {
    if (this.copying !== row) return
    this.copying = this.copyLine.shift() ?? NONE
    if (this.copying === NONE) return
    this.rows[this.copying].since = this.owner.sim.clock[0]
    this.attempt(this.copying)
  }

  private end(row: number): void {
    const { batch } = this.rows[row]
    this.count--
    if (batch!.way !== 'backup') this.records -= batch!.count
    this.rows[row].batch = null
    this.free.push(row)
  }
}
