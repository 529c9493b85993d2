// Hashes of texts that AWS computes: the same bytes in Node and in a browser, without waiting.
import { md5 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** SHA-256 of a text's UTF-8, in hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
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
