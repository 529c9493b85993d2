// Turns decimal texts into whole base units, exactly, and microseconds into words.
//
// The one idea: a text such as `0.25` is digits and a power of ten, and stays so until it has been multiplied by its
// unit as a whole number; only then is it rounded, half to even. It never passes through a float of seconds.

/** Why a text has no whole number of base units. */
export type NotAnInteger = 'not a decimal number' | 'too large'

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/
/** Beyond so many digits only whether any is not zero can matter to the rounding. */
const DIGITS_MAX = 60

/**
 * `text` times `unit`, rounded half to even: toInteger('0.0000025', 1_000_000) = 2. `text` is a decimal such as `-1`,
 * `.5`, `2.` or `1.5e3`; `unit` is a positive whole number. The result lies in ±(2^53−1), or says why there is none.
 */
export function toInteger(text: string, unit: number): number | NotAnInteger {
  const match = DECIMAL.exec(text)
  if (match === null) return 'not a decimal number'
  const whole = match[2] as string
  const fraction = match[3] ?? ''
  if (whole.length + fraction.length === 0) return 'not a decimal number'
  let digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return 0
  let power = Number(match[4] ?? '0') - fraction.length
  const size = digits.length + power
  if (size > 17) return 'too large'
  if (size < -17) return 0
  if (digits.length > DIGITS_MAX) {
    const more = /[1-9]/.test(digits.slice(DIGITS_MAX)) ? '1' : '0'
    power += digits.length - DIGITS_MAX - 1
    digits = digits.slice(0, DIGITS_MAX) + more
  }
  const value = roundedQuotient(BigInt(digits) * BigInt(unit), power)
  if (value > 9007199254740991n) return 'too large'
  const result = Number(value)
  return match[1] === '-' && result !== 0 ? -result : result
}

/** n · 10^power, rounded half to even. */
function roundedQuotient(n: bigint, power: number): bigint {
  if (power >= 0) return n * powerOfTen(power)
  const divisor = powerOfTen(-power)
  const quotient = n / divisor
  const twice = (n % divisor) * 2n
  return twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient
}

function powerOfTen(power: number): bigint {
  return BigInt('1' + '0'.repeat(power))
}

const SECOND = 1_000_000

/**
 * A time for people: `850 µs`, `1.250 ms`, `59.900 s`, `3 m 20 s`, `2 h 5 m`, `7 d`. Below a minute three decimals,
 * rounded half to even; from a minute whole seconds, rounded half to even, without the parts that are zero.
 */
export function formatMicros(us: number): string {
  if (us < 0) return '-' + formatMicros(-us)
  if (us < 1000) return `${us} µs`
  if (us < SECOND) return `${thousandths(us)} ms`
  const millis = halfEven(us, 1000)
  if (millis < 60_000) return `${thousandths(millis)} s`
  const seconds = halfEven(us, SECOND)
  const parts: string[] = []
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3600) % 24
  const minutes = Math.floor(seconds / 60) % 60
  if (days > 0) parts.push(`${days} d`)
  if (hours > 0) parts.push(`${hours} h`)
  if (minutes > 0) parts.push(`${minutes} m`)
  if (seconds % 60 > 0) parts.push(`${seconds % 60} s`)
  return parts.join(' ')
}

/** n / 1000 with three decimals; n is a whole number. */
function thousandths(n: number): string {
  return `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, '0')}`
}

/** n / by to the nearest whole number, halves to even; both are whole and positive. */
function halfEven(n: number, by: number): number {
  const quotient = Math.floor(n / by)
  const twice = (n % by) * 2
  return twice > by || (twice === by && quotient % 2 === 1) ? quotient + 1 : quotient
}
