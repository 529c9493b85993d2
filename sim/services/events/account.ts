// What all event buses of an account share in a Region: how fast events come in, and how many targets are invoked a second.
import type { MetricId } from '../../engine/recorder.ts'
import type { Sim } from '../../model/contract.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'

const SECOND = 1_000_000

/** Kept by the default bus, which every account has. */
export class Account {
  /** Invocations that had to wait, of all rules. */
  readonly delayed: Stretch
  /** The longest of these waits, in µs. */
  longest = 0
  private readonly sim: Sim
  private readonly puts: TokenBucket
  /** Made when the first target is invoked: most scenarios have none. */
  private invocations: RateWindow | null = null
  private readonly matched: MetricId
  private readonly latency: MetricId

  constructor(sim: Sim) {
    this.sim = sim
    this.delayed = new Stretch(sim.warmUp)
    const rate = sim.quota('PutEventsRequests')
    this.puts = new TokenBucket(rate, rate)
    this.matched = sim.metric('MatchedEvents')
    this.latency = sim.metric('IngestionToInvocationStartLatency')
  }

  /** Whether a request to put events passes (EB-07). */
  mayPut(): boolean {
    return this.puts.take(this.sim.clock[0], 1)
  }

  /** Takes a place among the invocations of any second; answers how long it has to wait for it, in µs (EB-07). */
  admitInvocation(): number {
    this.invocations ??= new RateWindow(this.sim.quota('Invocations'), SECOND)
    const now = this.sim.clock[0]
    const pause = this.invocations.reserve(now)
    if (pause > 0) this.delayed.note(now)
    this.longest = Math.max(this.longest, pause)
    return pause
  }

  countMatched(): void {
    this.sim.count(this.matched, 1)
  }

  /** An invocation begins of an event that came in at `at` µs. */
  recordLatency(at: number): void {
    this.sim.record(this.latency, this.sim.clock[0] - at)
  }
}
