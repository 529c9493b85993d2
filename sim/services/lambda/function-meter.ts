// What is billed of a function's time: that of its requests by memory, and environments that are kept ready.
import { Integral } from '../../parts/integral.ts'

export class FunctionMeter {
  /** MB · ms of requests in environments made on demand, and in provisioned ones. */
  onDemand = 0
  provisioned = 0
  /** ms of all requests. */
  time = 0
  /** MB of provisioned environments, over time. */
  readonly ready = new Integral()
  /** Time is billed in steps of so many ms; whether that of a cold start is. */
  private readonly step: number
  private readonly billsInit: boolean

  constructor(step: number, billsInit: boolean) {
    this.step = step
    this.billsInit = billsInit
  }

  /** How many ms are billed of a handler that took `duration` µs, with the cold start before it `whole` µs. */
  billed(duration: number, whole: number): number {
    return this.step * Math.ceil((this.billsInit ? whole : duration) / (this.step * 1_000))
  }

  /** A request has ended. */
  ended(memory: number, duration: number, whole: number, onDemand: boolean): void {
    const ms = this.billed(duration, whole)
    this.time += ms
    if (onDemand) this.onDemand += memory * ms
    else this.provisioned += memory * ms
  }
}
