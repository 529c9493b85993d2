// A fingerprint of a run: runs with one digest did the same things in the same order, but for a chance of 1 in 2^64.
//
// The one idea: every step is folded once into two 32-bit words, and those words into the lanes of the whole run
// and into the lanes of the component that acted, so that a difference names the component where it arose.

const PRIME_A = 0x01000193
const PRIME_B = 0x85ebca6b | 0
const BASIS_A = 0x811c9dc5 | 0
const BASIS_B = 0x2f0b4c47

/** FNV-1a over 32-bit words in two lanes; a shift after each product lets high bits reach low ones. About 5 ns a step. */
export class Digest {
  /** Two words for the run, then two for each component; copy it to snapshot the digest. */
  readonly lanes: Int32Array

  /** `components`: how many components may be named in `step`. */
  constructor(components: number) {
    this.lanes = new Int32Array(2 + 2 * components)
    for (let i = 0; i < this.lanes.length; i += 2) {
      this.lanes[i] = BASIS_A
      this.lanes[i + 1] = BASIS_B
    }
  }

  /** One step: `time` in µs (0..2^53), `target` and `arg` as 32-bit words, `component` in 0..components−1. */
  step(time: number, target: number, arg: number, component: number): void {
    const low = time | 0
    const high = (time * 2.3283064365386963e-10) | 0
    // Two words that together depend on all four; the time's busy half is in both, so no other word can hide it.
    let x = Math.imul(low ^ BASIS_A, PRIME_B) ^ target
    let y = Math.imul(arg ^ ((low << 16) | (low >>> 16)) ^ BASIS_B, PRIME_B) ^ high
    x ^= x >>> 15
    y ^= y >>> 13
    const a = Math.imul(x, PRIME_A) ^ y
    const b = (Math.imul(y, PRIME_A) + x) | 0
    const lanes = this.lanes
    const own = 2 + 2 * component
    lanes[0] = fold(lanes[0], a)
    lanes[1] = fold(lanes[1], b)
    lanes[own] = fold(lanes[own], a)
    lanes[own + 1] = fold(lanes[own + 1], b)
  }

  /** The whole run's digest as 16 hexadecimal digits. */
  hex(): string {
    return hexOf(this.lanes, 0)
  }

  /** One component's digest as 16 hexadecimal digits. */
  componentHex(component: number): string {
    return hexOf(this.lanes, 2 + 2 * component)
  }
}

/** One word into one lane: for a fixed word a one-to-one map of the lane, so a difference once in is never forgotten. */
function fold(lane: number, word: number): number {
  const mixed = Math.imul(lane ^ word, PRIME_A)
  return mixed ^ (mixed >>> 15)
}

function hexOf(lanes: Int32Array, at: number): string {
  return word(lanes[at]) + word(lanes[at + 1])
}
function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
