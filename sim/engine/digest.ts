// A fingerprint of a run: two runs did the same things in the same order exactly if their digests agree.
//
// The one idea: every step is folded once into two 32-bit words, and those words into the lanes of the whole run
// and into the lanes of the component that acted, so that a difference names the component where it arose.

const PRIME_A = 0x01000193
const PRIME_B = 0x85ebca6b | 0
const BASIS_A = 0x811c9dc5 | 0
const BASIS_B = 0x2f0b4c47

/** FNV-1a over 32-bit words in two lanes; a shift after each product lets high bits reach low ones. */
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
    let a = Math.imul(BASIS_A ^ low, PRIME_A)
    let b = Math.imul(BASIS_B ^ low, PRIME_B)
    a = Math.imul(a ^ (a >>> 15) ^ high, PRIME_A)
    b = Math.imul(b ^ (b >>> 13) ^ high, PRIME_B)
    a = Math.imul(a ^ (a >>> 15) ^ target, PRIME_A)
    b = Math.imul(b ^ (b >>> 13) ^ target, PRIME_B)
    a = Math.imul(a ^ (a >>> 15) ^ arg, PRIME_A)
    b = Math.imul(b ^ (b >>> 13) ^ arg, PRIME_B)
    const lanes = this.lanes
    const own = 2 + 2 * component
    lanes[0] = fold(lanes[0], a, PRIME_A)
    lanes[1] = fold(lanes[1], b, PRIME_B)
    lanes[own] = fold(lanes[own], a, PRIME_A)
    lanes[own + 1] = fold(lanes[own + 1], b, PRIME_B)
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
function fold(lane: number, word: number, prime: number): number {
  const mixed = Math.imul(lane ^ word, prime)
  return mixed ^ (mixed >>> 15)
}

function hexOf(lanes: Int32Array, at: number): string {
  return word(lanes[at]) + word(lanes[at + 1])
}
function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
