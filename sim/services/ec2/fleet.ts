// The instances that no template names: rows that are used again once their instance is gone.
import type { TimerHandle } from '../../engine/kernel.ts'

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

export interface FleetInstance {
  readonly InstanceId: string
  readonly InstanceType: string
  readonly State: { readonly Name: InstanceState }
}

const DIGITS = 17

export class Fleet {
  /** By row; an empty id marks a free one. */
  readonly ids: string[] = []
  readonly types: string[] = []
  readonly states: InstanceState[] = []
  readonly vcpus: number[] = []
  /** When it began to count against the quota, in µs. */
  readonly since: number[] = []
  readonly timers: TimerHandle[] = []
  private readonly free: number[] = []
  private made = 0

  /** How many there are, those that are shutting down included. */
  get size(): number {
    return this.ids.length - this.free.length
  }

  add(type: string, vcpus: number, now: number): number {
    const row = this.free.pop() ?? this.ids.length
    this.ids[row] = `i-${(++this.made).toString(16).padStart(DIGITS, '0')}`
    this.types[row] = type
    this.states[row] = 'pending'
    this.vcpus[row] = vcpus
    this.since[row] = now
    return row
  }

  remove(row: number): void {
    this.ids[row] = ''
    this.free.push(row)
  }

  /** The row of an id, −1 when there is no such instance. */
  rowOf(id: unknown): number {
    return id === '' ? -1 : this.ids.indexOf(id as string)
  }

  describe(row: number): FleetInstance {
    return { InstanceId: this.ids[row], InstanceType: this.types[row], State: { Name: this.states[row] } }
  }
}
