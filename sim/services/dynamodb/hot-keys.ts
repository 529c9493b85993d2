// The keys of a table that consume most, found in a fixed little space while requests pass.
//
// Metwally's space-saving sketch: a key that is not among the few takes the place of the smallest and inherits its sum
// as its possible error, so every key with more than 1/16 of the consumption is certainly among them.
import type { KeyValue } from './items.ts'

const PLACES = 16

export interface HotKey {
  readonly key: KeyValue
  readonly hash: number
  /** Units it has consumed, at most; and how many of them may belong to others. */
  readonly units: number
  readonly error: number
}

export class HotKeys {
  private readonly hash = new Int32Array(PLACES)
  private readonly units = new Float64Array(PLACES)
  private readonly error = new Float64Array(PLACES)
  private readonly keys: KeyValue[] = []

  /** A key has consumed units. */
  touch(hash: number, key: KeyValue, units: number): void {
    const n = this.keys.length
    let least = 0
    for (let i = 0; i < n; i++) {
      if (this.hash[i] === hash && this.keys[i] === key) {
        this.units[i] += units
        return
      }
      if (this.units[i] < this.units[least]) least = i
    }
    if (n < PLACES) {
      this.keys.push(key)
      this.set(n, hash, units, 0)
    } else {
      this.keys[least] = key
      this.set(least, hash, this.units[least] + units, this.units[least])
    }
  }

  /** The keys from the hottest down; of equals the one with the lower hash first. */
  list(): HotKey[] {
    const found = this.keys.map((key, i) => ({ key, hash: this.hash[i], units: this.units[i], error: this.error[i] }))
    return found.sort((a, b) => b.units - a.units || (a.hash >>> 0) - (b.hash >>> 0))
  }

  private set(i: number, hash: number, units: number, error: number): void {
    this.hash[i] = hash
    this.units[i] = units
    this.error[i] = error
  }
}
