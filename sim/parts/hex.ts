// Whole numbers in hexadecimal digits, padded with zeros: engines take long to write numbers in another base than ten.
const LOWER = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const ZEROS = '0'.repeat(64)
const UPPER = LOWER.map((digits) => digits.toUpperCase())

/** A whole number from 0 to 2^53 − 1 in at least `width` digits, `width` at least 14. */
export function hexOf(number: number, width: number, isUpper = false): string {
  const digits = isUpper ? UPPER : LOWER
  let text = ''
  for (let rest = number; rest > 0; rest = Math.floor(rest / 256)) text = digits[rest % 256] + text
  // Joined, a text is one piece; added up, engines keep all the pieces for as long as it lives.
  return [ZEROS.slice(0, Math.max(0, width - text.length)), text].join('')
}
