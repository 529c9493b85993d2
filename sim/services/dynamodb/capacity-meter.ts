// What is billed of a table's or an index's capacity: provisioned units over time, or the units consumed on demand.
import { Integral } from '../../parts/integral.ts'
import type { Capacity } from './capacity.ts'

export class CapacityMeter {
  /** Provisioned units · µs. */
  readonly read = new Integral()
  readonly write = new Integral()
  /** Units consumed on demand up to the last change of the mode, and what had been consumed in all by then. */
  private onDemandRead = 0
  private onDemandWrite = 0
  private fromRead = 0
  private fromWrite = 0
  private isOnDemand = false

  /** The capacity has other settings from now (µs) on. */
  changed(capacity: Capacity, now: number): void {
    this.onDemandRead = this.reads(capacity)
    this.onDemandWrite = this.writes(capacity)
    this.fromRead = capacity.consumedRead
    this.fromWrite = capacity.consumedWrite
    this.isOnDemand = capacity.mode !== 'PROVISIONED'
    this.read.set(this.isOnDemand ? 0 : capacity.readUnits, now)
    this.write.set(this.isOnDemand ? 0 : capacity.writeUnits, now)
  }

  /** The index is gone. */
  close(now: number): void {
    this.read.set(0, now)
    this.write.set(0, now)
  }

  /** Units consumed on demand. */
  reads({ consumedRead }: Capacity): number {
    return this.onDemandRead + (this.isOnDemand ? consumedRead - this.fromRead : 0)
  }

  writes({ consumedWrite }: Capacity): number {
    return this.onDemandWrite + (this.isOnDemand ? consumedWrite - this.fromWrite : 0)
  }
}
