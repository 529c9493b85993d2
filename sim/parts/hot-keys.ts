// The keys of a table or stream that consume most, found in a fixed little space while requests pass.
//
// Metwally's space-saving sketch: a key that is not among the few takes the place of the smallest and inherits its sum
// as its possible error, so every key with more than 1/16 of the consumption is certainly among them.

const PLACES = 16

export interface HotKey<K> {
  readonly key: K
  readonly hash: number
  /** Units it has consumed, at most; and how many of them may belong to others. */
  readonly units: number
  readonly error: number
}

export class HotKeys<K> {
  private readonly hash = new Int32Array(PLACES)
  private readonly units = new Float64Array(PLACES)
  private readonly error = new Float64Array(PLACES)
  private readonly keys: K[] = []
  /** The place that was smallest last, and how small. */
  private least = 0
  private smallest = 0

  /** A key has consumed units. */
  touch(hash: number, key: K, units: number): void {
    const n = this.keys.length
    for (let i = 0; i < n; i++) {
      if (this.hash[i] === hash && this.keys[i] === key) {
        this.units[i] += units
        return
      }
    }
    if (n < PLACES) {
      this.keys.push(key)
      this.set(n, hash, units, 0)
      return
    }
    const least = this.findLeast()
    this.keys[least] = key
    this.set(least, hash, this.units[least] + units, this.units[least])
  }

  /** A place with the smallest sum. Sums only grow, so one as small as the last smallest is found without seeing all. */
  private findLeast(): number {
    const units = this.units
    let at = this.least
    let found = at
    do {
      at = (at + 1) & (PLACES - 1)
      if (units[at] === this.smallest) {
        this.least = at
        return at
      }
      if (units[at] < units[found]) found = at
    } while (at !== this.least)
    this.least = found
    this.smallest = units[found]
    return found
  }

  /** The keys from the hottest down; of equals the one with the lower hash first. */
  list(): HotKey<K>[] {
    const found = this.keys.map((key, i) => ({ key, hash: this.hash[i], units: this.units[i], error: this.error[i] }))
    return found.sort((a, b) => b.units - a.units || (a.hash >>> 0) - (b.hash >>> 0))
  }

  private set(i: number, hash: number, units: number, error: number): void {
    this.hash[i] = hash
    this.units[i] = units
    this.error[i] = error
  }
}
