// The space of hash keys, 0 to 2^128 − 1: where a partition key lies in it, and how it is divided among shards.
import { md5OfText } from '../../parts/hash.ts'

/** One more than the greatest hash key (KIN-01). */
export const SPACE = 1n << 128n
/** Keys whose hash is remembered; a stream with more of them hashes again. */
const KEYS_MAX = 16_384

/** The inclusive range of hash keys that a shard takes. */
export interface HashRange {
  readonly start: bigint
  readonly end: bigint
}

/** The MD5 of a partition key's UTF-8, read as an unsigned number with the highest byte first (KIN-01). */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${md5OfText(partitionKey)}`)
}

/** A hash key written in decimal digits; undefined when the text is none or lies outside of the space. */
export function parseHashKey(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(text)) return undefined
  const key = BigInt(text)
  return key < SPACE ? key : undefined
}

/** The ranges of a new stream: equal, the last one taking what is left of the division (KIN-03). */
export function uniformRanges(shards: number): HashRange[] {
  const width = SPACE / BigInt(shards)
  return Array.from({ length: shards }, (_, i) => ({
    start: width * BigInt(i),
    end: i === shards - 1 ? SPACE - 1n : width * BigInt(i + 1) - 1n,
  }))
}

/** The hash keys of partition keys, remembered: a hash costs some µs. */
export class HashKeys {
  private readonly known = new Map<string, bigint>()

  of(partitionKey: string): bigint {
    const known = this.known.get(partitionKey)
    if (known !== undefined) return known
    if (this.known.size >= KEYS_MAX) this.known.clear()
    const hash = hashKeyOf(partitionKey)
    this.known.set(partitionKey, hash)
    return hash
  }
}
