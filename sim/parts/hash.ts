// Hashes of texts that AWS computes: the same bytes in Node and in a browser, without waiting.
import { md5 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** SHA-256 of a text's UTF-8, in hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

const FRESH = sha256.create()
const WORKING = sha256.create()
const DIGEST = new Uint8Array(32)
const VIEW = new DataView(DIGEST.buffer)
const ENCODER = new TextEncoder()
const DIGITS = ENCODER.encode('0123456789abcdef')
const LETTERS = new TextDecoder('latin1')
const letters = new Uint8Array(64)
/** A letter of UTF-16 takes three bytes at most. */
let encoded = new Uint8Array(3 * 1_024)

/** SHA-256 of a text's UTF-8 as eight words of 32 bits, the first digits first; makes nothing that outlives the call. */
export function sha256Words(text: string, into: Uint32Array): void {
  if (encoded.length < 3 * text.length) encoded = new Uint8Array(3 * text.length)
  const { written } = ENCODER.encodeInto(text, encoded)
  FRESH._cloneInto(WORKING)
  WORKING.update(encoded.subarray(0, written))
  WORKING.digestInto(DIGEST)
  for (let i = 0; i < 8; i++) into[i] = VIEW.getUint32(4 * i)
}

/** Reads 64 lower-case hexadecimal digits as eight words; false where a text is something else, and `into` is as it was. */
export function hexWords(text: string, into: Uint32Array): boolean {
  if (text.length !== 64 || !/^[0-9a-f]{64}$/.test(text)) return false
  for (let i = 0; i < 8; i++) into[i] = Number.parseInt(text.slice(8 * i, 8 * i + 8), 16)
  return true
}

/** Eight words as 64 hexadecimal digits. */
export function wordsHex(words: Uint32Array, at: number): string {
  let place = 0
  for (let i = at; i < at + 8; i++)
    for (let shift = 28; shift >= 0; shift -= 4) letters[place++] = DIGITS[(words[i] >>> shift) & 15]
  return LETTERS.decode(letters)
}

/** MD5 of bytes, in hexadecimal digits. */
export function md5Hex(bytes: Uint8Array): string {
  return bytesToHex(md5(bytes))
}

/** MD5 of a text's UTF-8, in hexadecimal digits. */
export function md5OfText(text: string): string {
  return md5Hex(utf8ToBytes(text))
}

/** FNV-1a of a text's UTF-16 units, as a whole number below 2^32. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** MD5 of a text's UTF-8 as four words of 32 bits, the first byte lowest in each, as ketama reads them. */
export function md5Words(text: string): readonly [number, number, number, number] {
  const bytes = md5(utf8ToBytes(text))
  const word = (at: number): number =>
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  return [word(0), word(4), word(8), word(12)]
}
