// Quantities with units: `250ms`, `4KB`, `200/s`, `60%`, read as exact whole numbers.
//
// The one idea: the decimal text is multiplied by its unit as a whole number and rounded half to even only then. A rate
// stays a fraction of two whole numbers, so that 3000 per minute is exactly one every 20 ms.
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

interface Measure {
  readonly noun: string
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

/** Sign, digits with point and exponent, then whatever follows them. */
const NUMERAL = /^(\s*)([+-]?)(\d+(?:\.\d*)?|\.\d+)((?:[eE][+-]?\d+)?)(\s*)(.*?)\s*$/su

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

/** `250ms`, `2 min`: whole µs, from 0 to 2^53−1, rounded half to even. Only 0 may go without a unit. */
export function parseDuration(text: string): Outcome<number> {
  return parseMeasured(text, TIME)
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
  if (numeral.negative && !numeral.zero) return whole(text, 'negative', `${quote(text.trim())} is negative; a rate is 0 or more`)
  return found(exactRate(numeral.number, micros) ?? undefined!) && rateOutcome(numeral, text, micros)
}

/** A quantity of a given dimension: a duration in µs, a size in bytes, or a number. */
export function parseQuantity(text: string, dimension: Dimension): Outcome<number> {
  return dimension === 'duration' ? parseDuration(text) : dimension === 'size' ? parseSize(text) : parseNumber(text)
}

/** The dimension that a quantity's unit tells: none for a text that is no quantity. */
export function dimensionOf(text: string): Dimension | undefined {
  const match = NUMERAL.exec(text)
  if (match === null) return undefined
  const unit = match[6] as string
  return unit === '' ? 'count' : TIME.units.has(unit) ? 'duration' : SIZE.units.has(unit) ? 'size' : undefined
}
