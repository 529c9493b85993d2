// Quantities with units: `250ms`, `4KB`, `200/s`, `60%`, read as exact whole numbers.
//
// The one idea: the decimal text is multiplied by its unit as a whole number and rounded half to even only then. A rate
// stays a fraction of two whole numbers, so that 3000 per minute is exactly one every 20 ms.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { toInteger } from '../engine/time.ts'
import { flaw, found, oneOf, quote } from './outcome.ts'
import type { Flaw, Outcome } from './outcome.ts'

/** Events per time as an exact fraction in lowest terms: `count` events every `perMicros` µs. Both are safe integers. */
export interface Rate {
  readonly count: number
  readonly perMicros: number
}

/** What the base unit of a quantity is: µs, bytes, or one. */
export type Dimension = 'duration' | 'size' | 'count'

/** What a text is not, when it cannot be read, and the slug that says so. */
const NOT_A = {
  'a duration': 'not-a-duration',
  'a size': 'not-a-size',
  'a rate': 'not-a-rate',
  'a number': 'not-a-number',
  'a percentage': 'not-a-percentage',
} as const satisfies Record<string, Slug>
type Noun = keyof typeof NOT_A

interface Measure {
  readonly noun: Noun
  /** What its units are units of. */
  readonly of: string
  readonly examples: string
  readonly units: ReadonlyMap<string, number>
  /** The units to name in help, without synonyms. */
  readonly names: readonly string[]
  /** Names that people write for a unit, by the unit's own name. */
  readonly near: Readonly<Record<string, readonly string[]>>
  readonly tooLarge: string
}

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const TIME: Measure = {
  noun: 'a duration',
  of: 'time',
  examples: '`250ms`, `3s`, `5m`, `2h` or `7d`',
  units: new Map([
    ['us', 1],
    ['µs', 1],
    ['μs', 1],
    ['ms', 1000],
    ['s', SECOND],
    ['m', MINUTE],
    ['min', MINUTE],
    ['h', HOUR],
    ['d', DAY],
  ]),
  names: ['us', 'ms', 's', 'm', 'h', 'd'],
  near: {
    us: ['usec', 'micros', 'microsecond', 'microseconds'],
    ms: ['msec', 'milli', 'millis', 'millisecond', 'milliseconds'],
    s: ['S', 'sec', 'secs', 'second', 'seconds'],
    m: ['M', 'mins', 'minute', 'minutes'],
    h: ['H', 'hr', 'hrs', 'hour', 'hours'],
    d: ['D', 'day', 'days'],
  },
  tooLarge: 'durations end at 285 years',
}

const KIB = 1024

const SIZE: Measure = {
  noun: 'a size',
  of: 'size',
  examples: '`900B`, `4KB` (4096 bytes) or `1MB`',
  units: new Map([
    ['B', 1],
    ['KB', KIB],
    ['MB', KIB * KIB],
    ['GB', KIB * KIB * KIB],
    ['TB', KIB * KIB * KIB * KIB],
  ]),
  names: ['B', 'KB', 'MB', 'GB', 'TB'],
  near: {
    B: ['b', 'byte', 'bytes'],
    KB: ['K', 'k', 'kB', 'kb', 'KiB'],
    MB: ['M', 'm', 'mB', 'mb', 'MiB'],
    GB: ['G', 'g', 'gB', 'gb', 'GiB'],
    TB: ['T', 't', 'tB', 'tb', 'TiB'],
  },
  tooLarge: 'sizes end at 8191 TB',
}

/** Sign, digits with point and exponent, then whatever follows them; the text is trimmed. */
const NUMERAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)((?:[eE][+-]?\d+)?)(\s*)(.*)$/su
/** A number of more digits than this is no quantity of anybody's. */
const DIGITS_MAX = 400

interface Numeral {
  /** The number as it is written, without its unit. */
  readonly number: string
  readonly negative: boolean
  readonly zero: boolean
  readonly unit: string
  /** Where the unit stands in the text. */
  readonly unitAt: number
  /** Where the whole quantity stands. */
  readonly start: number
  readonly length: number
}

/** `4m30s`, `1 h 20 m`: several times with descending units stand for their sum. */
const COMPOUND = /^\s*(?:\d+(?:\.\d+)?\s*[a-zµ]+\s*){2,5}$/iu
const PIECE = /\d+(?:\.\d+)?\s*[a-zµ]+/giu

/** `250ms`, `2 min`, `4m30s`: whole µs, from 0 to 2^53−1, rounded half to even. Only 0 may go without a unit. */
export function parseDuration(text: string): Outcome<number> {
  if (text.length > 40 || !COMPOUND.test(text)) return parseMeasured(text, TIME)
  let sum = 0
  let last = Infinity
  for (const piece of text.match(PIECE)!) {
    const part = parseMeasured(piece, TIME)
    if (!part.ok) return parseMeasured(text, TIME)
    const unit = parseMeasured(piece.replace(/^[\d.\s]+/, '1'), TIME)
    if (!unit.ok || unit.value >= last) return parseMeasured(text, TIME)
    last = unit.value
    sum += part.value
  }
  return Number.isSafeInteger(sum) ? found(sum) : tooLarge(text, TIME)
}

/** `900B`, `4KB`: whole bytes, from 0 to 2^53−1, rounded half to even; KB is 1024 bytes. Only 0 may go without a unit. */
export function parseSize(text: string): Outcome<number> {
  return parseMeasured(text, SIZE)
}

/** A number without a unit, 0 or more, as the nearest double. */
export function parseNumber(text: string): Outcome<number> {
  const numeral = numeralOf(text, 'a number', '`3` or `0.5`')
  if ('ok' in numeral) return numeral
  if (numeral.unit !== '') {
    const message = `${quote(text.trim())} has a unit; a number without one is expected`
    return flaw('unexpected-unit', message, numeral.unitAt, numeral.unit.length)
  }
  return positive(numeral, text, Number(numeral.number), 'a number')
}

/** A whole number from 0 to 2^53−1. */
export function parseCount(text: string): Outcome<number> {
  const number = parseNumber(text)
  if (!number.ok || Number.isSafeInteger(number.value)) return number
  return whole(text, 'not-whole', `${quote(text.trim())} is not a whole number`)
}

/** `60%` as the fraction 0.6, from 0 to 1. */
export function parsePercent(text: string): Outcome<number> {
  const numeral = numeralOf(text, 'a percentage', '`60%`')
  if ('ok' in numeral) return numeral
  if (numeral.unit !== '%') return unitFlaw(numeral, text, 'a percentage', `write ${quote(`${numeral.number}%`)}`)
  const fraction = fractionOfPercent(numeral.number)
  if (fraction > 1) return whole(text, 'out-of-range', `${quote(text.trim())} is above 100%`)
  return positive(numeral, text, fraction, 'a percentage')
}

/** A share: `60%` or `0.6`, from 0 to 1. */
export function parseShare(text: string): Outcome<number> {
  if (text.trimEnd().endsWith('%')) return parsePercent(text)
  const number = parseNumber(text)
  if (!number.ok || number.value <= 1) return number
  return whole(text, 'out-of-range', `${quote(text.trim())} is above 1; a share lies in 0..1 or 0%..100%`)
}

/** `200/s`, `3000/min`, `12/h`, `5/d`: an exact fraction. Only 0 may go without a unit. */
export function parseRate(text: string): Outcome<Rate> {
  const numeral = numeralOf(text, 'a rate', '`200/s`, `3000/min`, `12/h` or `5/d`')
  if ('ok' in numeral) return numeral
  if (numeral.unit === '' && numeral.zero) return found({ count: 0, perMicros: 1 })
  const match = /^\/(\s*)(.*)$/su.exec(numeral.unit)
  if (match === null) return unitFlaw(numeral, text, 'a rate', `write ${quote(`${numeral.number}/s`)}`)
  const name = match[2] as string
  const micros = TIME.units.get(name)
  if (micros === undefined) {
    return unknownUnit(name, numeral.unitAt + numeral.unit.length - name.length, TIME)
  }
  if (numeral.negative && !numeral.zero)
    return whole(text, 'negative', `${quote(text.trim())} is negative; a rate is 0 or more`)
  const rate = exactRate(numeral.number, micros)
  if (rate !== undefined) return found(rate)
  const message = `${quote(numeral.number)} cannot be kept exactly as a rate`
  return flaw('too-many-digits', message, numeral.start, numeral.length, { help: 'write fewer digits' })
}

/** A quantity of a given dimension: a duration in µs, a size in bytes, or a number. */
export function parseQuantity(text: string, dimension: Dimension): Outcome<number> {
  return dimension === 'duration' ? parseDuration(text) : dimension === 'size' ? parseSize(text) : parseNumber(text)
}

/**
 * The dimension that the unit of a quantity tells; for a distribution such as `lognormal(p50=900B, p99=6KB)` that of the first
 * quantity with a unit inside. None when the text tells none.
 */
export function dimensionOf(text: string): Dimension | undefined {
  const match = NUMERAL.exec(text.trim())
  if (match !== null) return match[5] === '' ? 'count' : dimensionOfUnit(match[5] as string)
  if (!text.includes('(')) return undefined
  for (const [, unit = '', named = ''] of text.matchAll(INNER_UNIT)) {
    const dimension = dimensionOfUnit(unit || named)
    if (dimension !== undefined) return dimension
  }
  return undefined
}

/** A number after a bracket, comma, colon or equals sign, and its unit; or a unit by name, as `empirical` takes it. */
const INNER_UNIT = /[(,:=]\s*[+-]?[\d.]+(?:[eE][+-]?\d+)?\s*(\p{L}+)|[(,]\s*unit\s*=\s*(\p{L}+)/gu

function dimensionOfUnit(unit: string): Dimension | undefined {
  return TIME.units.has(unit) ? 'duration' : SIZE.units.has(unit) ? 'size' : undefined
}

/** A duration as the shortest text that `parseDuration` reads back exactly: `90s`, `1500us`, `10m`. */
export function formatDuration(micros: number): string {
  if (micros === 0) return '0s'
  for (const name of ['d', 'h', 'm', 's', 'ms']) {
    const unit = TIME.units.get(name) as number
    if (micros % unit === 0) return `${micros / unit}${name}`
  }
  return `${micros}us`
}

/** `1.25e2%` as a double: the point moves two places in the text, so only one rounding happens. */
export function fractionOfPercent(number: string): number {
  const [digits = '', exponent = '0'] = number.toLowerCase().split('e')
  return Number(`${digits}e${Number(exponent) - 2}`)
}

function parseMeasured(text: string, measure: Measure): Outcome<number> {
  const numeral = numeralOf(text, measure.noun, measure.examples)
  if ('ok' in numeral) return numeral
  if (numeral.unit === '' && numeral.zero) return found(0)
  if (numeral.unit === '') {
    const help = `write ${quote(numeral.number + measure.names[measure === TIME ? 2 : 0]!)}; units of ${measure.of} are ${oneOf(measure.names)}`
    return flaw('missing-unit', `${quote(text.trim())} has no unit`, numeral.start, numeral.length, { help })
  }
  const unit = measure.units.get(numeral.unit)
  if (unit === undefined) return unknownUnit(numeral.unit, numeral.unitAt, measure)
  const value = toInteger(numeral.number, unit)
  return typeof value === 'string' ? tooLarge(text, measure) : positive(numeral, text, value, measure.noun)
}

function tooLarge(text: string, measure: Measure): Flaw {
  return whole(text, 'out-of-range', `${quote(text.trim())} is too large; ${measure.tooLarge}`)
}

function numeralOf(text: string, noun: Noun, examples: string): Numeral | Flaw {
  const trimmed = text.trim()
  const match = NUMERAL.exec(trimmed)
  if (match === null || (match[2] as string).length > DIGITS_MAX) {
    const message = trimmed === '' ? `${noun} is missing` : `${quote(trimmed)} is not ${noun}`
    return whole(text, NOT_A[noun], message, `expected ${noun} such as ${examples}`)
  }
  const [, sign = '', digits = '', exponent = '', gap = '', unit = ''] = match
  const number = sign + digits + exponent
  const start = text.length - text.trimStart().length
  return {
    number,
    negative: sign === '-',
    zero: !/[1-9]/.test(digits),
    unit,
    unitAt: start + number.length + gap.length,
    start,
    length: trimmed.length,
  }
}

function positive(numeral: Numeral, text: string, value: number, noun: string): Outcome<number> {
  if (value === 0 && (!numeral.negative || numeral.zero)) return found(0)
  if (numeral.negative) return whole(text, 'negative', `${quote(text.trim())} is negative; ${noun} is 0 or more`)
  if (value === Infinity) return whole(text, 'out-of-range', `${quote(text.trim())} is too large`)
  return found(value)
}

/** A flaw under the whole text but the space around it. */
function whole(text: string, slug: Slug, message: string, help?: string): Flaw {
  const start = text.length - text.trimStart().length
  return flaw(slug, message, start, Math.max(1, text.trim().length), { help })
}

function unknownUnit(name: string, offset: number, measure: Measure): Flaw {
  const near =
    measure.names.find((unit) => measure.near[unit]?.includes(name)) ??
    (name.length > 2
      ? nearest(
          name,
          measure.names.filter((unit) => unit.length > 1),
        )
      : undefined)
  const comma = name.startsWith(',') ? 'a fraction is written with a point: `1.5`' : undefined
  return flaw('unknown-unit', `${quote(name)} is not a unit of ${measure.of}`, offset, Math.max(1, name.length), {
    label: near === undefined ? comma : `did you mean ${quote(near)}?`,
    help: `units of ${measure.of} are ${oneOf(measure.names)}`,
  })
}

/** A quantity whose unit is absent or of another kind. */
function unitFlaw(numeral: Numeral, text: string, noun: string, help: string): Flaw {
  if (numeral.unit === '')
    return flaw('missing-unit', `${quote(text.trim())} has no unit`, numeral.start, numeral.length, { help })
  return flaw('unknown-unit', `${quote(text.trim())} is not ${noun}`, numeral.unitAt, numeral.unit.length, { help })
}

/** Digits and a power of ten over a time, in lowest terms; nothing when either part is beyond 2^53−1. */
function exactRate(number: string, micros: number): Rate | undefined {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().replace('+', '').split('e')
  const [integer = '', fraction = ''] = mantissa.split('.')
  const power = Number(exponent) - fraction.length
  if (Math.abs(power) > 40) return /[1-9]/.test(mantissa) ? undefined : { count: 0, perMicros: 1 }
  let count = BigInt(integer + fraction) * tenTo(Math.max(0, power))
  let per = BigInt(micros) * tenTo(Math.max(0, -power))
  const shared = greatestCommonDivisor(count, per)
  count /= shared
  per /= shared
  if (count > BigInt(Number.MAX_SAFE_INTEGER) || per > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return { count: Number(count), perMicros: Number(per) }
}

function tenTo(power: number): bigint {
  return BigInt(`1${'0'.repeat(power)}`)
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b]
  return a
}
