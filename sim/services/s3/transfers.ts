// Uploads whose bytes are on their way: the object is there when the last has come.
import type { Call } from '../../engine/calls.ts'

/** A request to put an object or a part, from its arrival to its last byte. */
export interface Transfer {
  readonly call: Call
  readonly isPart: boolean
  readonly key: string
  readonly size: number
  /** When it came, and how long its bytes take, in µs. */
  readonly at: number
  readonly took: number
  /** The serial of the key's newest version when it came; −1 = there was none. */
  readonly found: number
}

export class Transfers {
  /** Transfers under way. */
  count = 0
  private readonly rows: (Transfer | null)[] = []
  private readonly free: number[] = []

  /** Keeps a transfer until its bytes are there; answers its row. */
  add(transfer: Transfer): number {
    this.count++
    const row = this.free.pop()
    if (row === undefined) return this.rows.push(transfer) - 1
    this.rows[row] = transfer
    return row
  }

  take(row: number): Transfer {
    const transfer = this.rows[row]!
    this.rows[row] = null
    this.free.push(row)
    this.count--
    return transfer
  }
}
