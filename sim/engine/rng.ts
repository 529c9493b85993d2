// Random numbers: one independent, snapshot-able stream for each (scenario seed, component name, purpose).
//
// The one idea: a stream is a function of names, never of the order in which components were made, so adding a
// component shifts no other component's draws. The package `seedrandom` (ARC4) turns the names into a starting
// state; from there sfc32 (Doty-Humphrey's small fast counting generator, which passes PractRand) does the drawing
// with 32-bit integer operations only.
import seedrandom from 'seedrandom'
import { assert } from './assert.ts'

/** Rounds that mix a fresh stream: the author's advice, for three fresh words and the counter. */
const MIXED = 12

/** A stream of random numbers. Its whole state is `state`: copy the four words to snapshot it, put them back to restore it. */
export class Rng {
  /** sfc32's a, b, c and counter. */
  readonly state: Int32Array

  constructor(state: Int32Array) {
    this.state = state
  }

  /** Whether nothing has been drawn yet: every draw moves the counter on. */
  get isFresh(): boolean {
    return this.state[3] === 1 + MIXED
  }

  /** The next 32 random bits as a signed integer: the cheapest draw. */
  i32(): number {
    const s = this.state
    const a = s[0]
    const b = s[1]
    const c = s[2]
    const d = s[3]
    const out = (((a + b) | 0) + d) | 0
    s[0] = b ^ (b >>> 9)
    s[1] = (c + (c << 3)) | 0
    s[2] = (((c << 21) | (c >>> 11)) + out) | 0
    s[3] = (d + 1) | 0
    return out
  }

  /** The next 32 random bits as an integer in 0..2^32−1. */
  u32(): number {
    return this.i32() >>> 0
  }

  /** A number in [0, 1): a whole multiple of 2^−53, all equally likely, from two draws of 32 bits. */
  float(): number {
    const high = this.i32() >>> 5
    const low = this.i32() >>> 6
    return (high * 67108864 + low) * 1.1102230246251565e-16
  }

  /** An integer in 0..n−1, each exactly equally likely. `n` is a whole number in 1..2^32. */
  below(n: number): number {
    assert(n >= 1 && n <= 4294967296, 'the size of a draw lies in 1..2^32')
    if (n <= 2097152) return this.belowSmall(n)
    // Mask to the next power of two and draw again when outside: at most two draws on average.
    const mask = 0xffffffff >>> Math.clz32(n - 1)
    let r = (this.i32() & mask) >>> 0
    while (r >= n) r = (this.i32() & mask) >>> 0
    return r
  }

  /**
   * Lemire's method: the high word of r · n, drawn again in the few cases that would favour some results. The product
   * is exact in a double because n ≤ 2^21.
   */
  private belowSmall(n: number): number {
    let wide = (this.i32() >>> 0) * n
    let high = Math.floor(wide * 2.3283064365386963e-10)
    let low = wide - high * 4294967296
    if (low < n) {
      const unfair = 4294967296 % n
      while (low < unfair) {
        wide = (this.i32() >>> 0) * n
        high = Math.floor(wide * 2.3283064365386963e-10)
        low = wide - high * 4294967296
      }
    }
    return high
  }
}

/** ASCII alone, `%` and everything else as %XXXX per UTF-16 unit, since ARC4's key keeps only the low byte of each. */
function ascii(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    out += unit < 128 && unit !== 37 ? text.charAt(i) : '%' + unit.toString(16).padStart(4, '0')
  }
  return out
}

/** Length, colon, text, comma: joined, such pieces can be read in one way only, and none is a repetition of another. */
function piece(text: string): string {
  const plain = ascii(text)
  return `${plain.length}:${plain},`
}

/**
 * The stream of one component for one purpose. A number as seed means its decimal text: 7 and '7' are one seed.
 * The same three always give the same stream; any difference in any of them gives an unrelated one.
 */
export function createRng(seed: number | string, component: string, purpose: string): Rng {
  const arc4 = seedrandom(piece(String(seed)) + piece(component) + piece(purpose))
  const rng = new Rng(Int32Array.of(arc4.int32(), arc4.int32(), arc4.int32(), 1))
  for (let i = 0; i < MIXED; i++) rng.i32()
  return rng
}
