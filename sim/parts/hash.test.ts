// Hashes as words: the same digits as the text form, whatever the text and its length.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hexWords, sha256Hex, sha256Words, wordsHex } from './hash.ts'

const words = new Uint32Array(8)

it('SHA-256 in words is that in digits, also of long texts and half pairs', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 200 }))
  fc.assert(
    fc.property(text, (each) => {
      sha256Words(each, words)
      expect(wordsHex(words, 0)).toBe(sha256Hex(each))
    }),
  )
  for (const long of ['', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'ä'.repeat(5_000), '\ud800']) {
    sha256Words(long, words)
    expect(wordsHex(words, 0)).toBe(sha256Hex(long))
  }
})

it('64 lower-case digits are words and come back; nothing else is', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
  fc.assert(
    fc.property(digits, (text) => {
      expect(hexWords(text, words)).toBe(true)
      expect(wordsHex(words, 0)).toBe(text)
    }),
  )
  for (const other of ['', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), `${'a'.repeat(63)}g`])
    expect(hexWords(other, words)).toBe(false)
})
