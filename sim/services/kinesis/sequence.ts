// Sequence numbers as Kinesis writes them: 56 decimal digits, which are 47 hexadecimal ones in disguise (KIN-10):
//   "2" | 9 digits: when the shard was made, s | lowest digit of the shard | 16: counter | "00" | 9: arrival, s | 8: shard | "2"
// The counter stands above the arrival, so numbers of a shard rise as its records come.
//
// The one idea: most records differ from the one before by the counter alone, which stands at 2^80. So the last number is
// kept as four groups of 14 decimal digits and 2^80 is added to them; long division by way of BigInt is for a new second.

/** What is said of a shard in each of its sequence numbers. Times in whole seconds since 1970. */
export interface SequenceParts {
  readonly created: number
  readonly shard: number
  readonly counter: bigint
  readonly arrived: number
}

/** The counter of the number with which a closed shard ends (KIN-11). */
export const LAST_COUNTER = 0x7fffffffffffffffn
/** Decimal digits of a group; 2^80, by which the next number is greater, has its upper eleven digits in the second one. */
const GROUP = 100_000_000_000_000
const STEP_LOW = 14_629_174_706_176
const STEP_HIGH = 12_089_258_196
/** Seconds since 1970 of the first moment that no number may name. */
const END_OF_TIME = 16_025_175_000

/** The number as decimal digits. */
export function sequenceNumber({ created, shard, counter, arrived }: SequenceParts): string {
  return String(
    (2n << 184n) |
      (BigInt(created) << 148n) |
      (BigInt(shard & 15) << 144n) |
      (counter << 80n) |
      (BigInt(arrived) << 36n) |
      (BigInt(shard) << 4n) |
      2n,
  )
}

/** The numbers of one shard, one after the other. */
export class SequenceNumbers {
  private readonly created: number
  private readonly shard: number
  private counter = -1
  private arrived = -1
  /** Digits of the last number: the upper half as a text, the lower half as two groups. */
  private upper = ''
  private high = 0
  private low = 0

  constructor(created: number, shard: number) {
    this.created = created
    this.shard = shard
  }

  /** The number of the record with this counter, which arrived in this second since 1970. */
  of(counter: number, arrived: number): string {
    if (arrived === this.arrived && counter === this.counter + 1) {
      this.low += STEP_LOW
      this.high += STEP_HIGH
      if (this.low >= GROUP) {
        this.low -= GROUP
        this.high++
      }
    }
    if (arrived !== this.arrived || counter !== this.counter + 1 || this.high >= GROUP) {
      const text = sequenceNumber({ created: this.created, shard: this.shard, counter: BigInt(counter), arrived })
      this.upper = text.slice(0, 28)
      this.high = Number(text.slice(28, 42))
      this.low = Number(text.slice(42))
    }
    this.counter = counter
    this.arrived = arrived
    return this.upper + digits(this.high) + digits(this.low)
  }
}

/** Fourteen digits. */
function digits(group: number): string {
  return String(GROUP + group).slice(1)
}

/**
 * What a sequence number says; undefined when it cannot be one. Numbers of the two older versions are known too: a producer
 * may still name one. They have no counter here (−1); those of version 0 have no arrival either (0).
 */
export function parseSequence(text: unknown): (SequenceParts & { readonly version: number }) | undefined {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,128})$/.test(text)) return undefined
  const given = BigInt(text)
  const number = given < 1n << 124n ? given + (1n << 124n) : given
  const hex = number.toString(16)
  const field = (from: number, to: number): number => Number(`0x${hex.slice(from, to)}`)
  const isNew = number > 1n << 185n && number < (1n << 185n) + (1n << 184n)
  const version = number < 1n << 129n ? 0 : isNew ? field(46, 47) : -1
  const created = field(1, 10)
  if (version === 0 && created < END_OF_TIME)
    return { version, created, shard: field(28, 32), counter: -1n, arrived: 0 }
  if (version === 1) return { version, created, shard: field(38, 46), counter: -1n, arrived: field(13, 22) }
  const counter = version === 2 ? BigInt(`0x${hex.slice(11, 27)}`) : -1n
  if (version !== 2 || created >= END_OF_TIME || counter > LAST_COUNTER) return undefined
  return { version, created, shard: field(38, 46) | 0, counter, arrived: field(29, 38) }
}
