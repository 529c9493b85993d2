// The values that a setting is to take, as people write them: `1..10000`, `0.5..2:0.1`, `1s..60s:500ms`, `10..1`, `128,512,1024`.
//
// The one idea: a range is whole numbers of its finest step, so its values are exact decimals however many there are, and none of
// them is kept. Times may mix their units; any other unit must be the same at both ends.
import { formatDuration, parseDuration } from '../lang/quantity.ts'

/** More values than any search would look at; an index is a safe integer by far. */
const COUNT_MAX = 1_000_000_000
const DECIMALS_MAX = 9

/** The values of one setting in order, the first one first. */
export interface Axis {
  /** The setting, as `--set` takes it. */
  readonly name: string
  /** The range as it was written. */
  readonly range: string
  readonly count: number
  /** The value number `i` from 0, as `--set` takes it. */
  text(i: number): string
  /** The same as a number: µs of times, else the number before the unit. */
  number(i: number): number
}

export type ReadAxis =
  { readonly ok: true; readonly axis: Axis } | { readonly ok: false; readonly message: string; readonly help: string }

const RANGE = /^([^.]*(?:\.\d+)?[^.]*)\.\.([^:]*?)(?::(.+))?$/s
const NUMBER = /^(-?\d{1,15})(?:\.(\d{1,9}))?\s*(\D*)$/s
const LIST = /^[\w.%/µ-]+(?:,[\w.%/µ-]+)+$/
const EXAMPLES = 'such as `1..10000`, `0.5..2:0.1` or `1s..60s:500ms`'

/** Whether the value of a setting is several: a range, or a list of plain words. */
export function isRange(value: string): boolean {
  if (LIST.test(value)) return true
  const [, from, to] = RANGE.exec(value) ?? []
  return from !== undefined && NUMBER.test(from.trim()) && NUMBER.test(to!.trim())
}

/** Reads `NAME=FROM..TO[:STEP]`. Without a step whole numbers, decimals and times go by the last digit, or the finest unit, that is written. */
export function parseAxis(text: string): ReadAxis {
  const at = text.indexOf('=')
  if (at <= 0) return refused(`\`${text}\` is no range of a setting`, `write \`NAME=FROM..TO\`, ${EXAMPLES}`)
  return parseRange(text.slice(0, at), text.slice(at + 1))
}

/** Reads a range of values for a setting. */
export function parseRange(name: string, range: string): ReadAxis {
  if (LIST.test(range.trim())) return { ok: true, axis: listAxis(name, range.trim()) }
  const [, from, to, step] = RANGE.exec(range.trim()) ?? []
  if (from === undefined || to === undefined)
    return refused(`\`${range}\` is no range of values`, `write \`FROM..TO\` or \`FROM..TO:STEP\`, ${EXAMPLES}`)
  const parts = [from.trim(), to.trim(), ...(step === undefined ? [] : [step.trim()])]
  const wrong = parts.find((part) => !NUMBER.test(part))
  if (wrong !== undefined) return refused(`\`${wrong}\` in \`${range}\` is no number`, EXAMPLES)
  const scale = timesOf(parts) ?? decimalsOf(parts)
  if (scale === undefined)
    return refused(`the ends of \`${range}\` have different units`, 'write the same unit at both ends and in the step')
  const [first, last, given] = scale.numbers as [number, number, number | undefined]
  const each = given ?? scale.finest
  if (!(each > 0)) return refused(`the step of \`${range}\` is not above 0`, EXAMPLES)
  const count = Math.floor(Math.abs(last - first) / each) + 1
  if (!(count <= COUNT_MAX)) return refused(`\`${range}\` is more than a billion values`, 'give it a coarser step')
  const sign = last < first ? -1 : 1
  const valueAt = (i: number): number => first + sign * i * each
  return {
    ok: true,
    axis: {
      ...{ name, range: range.trim(), count },
      text: (i) => scale.text(valueAt(i)),
      number: (i) => valueAt(i) / scale.one,
    },
  }
}

/** Values one by one; those that are no numbers have their places for numbers. */
function listAxis(name: string, list: string): Axis {
  const values = list.split(',')
  const scale = timesOf(values) ?? (values.every((value) => NUMBER.test(value)) ? decimalsOf(values) : undefined)
  return {
    ...{ name, range: list, count: values.length },
    text: (i) => values[i]!,
    number: (i) => (scale === undefined ? i : scale.numbers[i]! / scale.one),
  }
}

/** Numbers of a range as whole multiples of one unit. */
interface Scale {
  readonly numbers: readonly number[]
  /** The step when none is written. */
  readonly finest: number
  /** How many make one of what is shown. */
  readonly one: number
  text(value: number): string
}

/** The parts as µs, when they are times. */
function timesOf(parts: readonly string[]): Scale | undefined {
  const times = parts.map(parseDuration)
  const units = parts.map((part) => NUMBER.exec(part)?.[3]?.trim() ?? '').filter((unit) => unit !== '')
  if (units.length === 0) return undefined
  const numbers = times.flatMap((time) => (time.ok ? [time.value] : []))
  if (numbers.length < parts.length) return undefined
  const finest = Math.min(...parts.slice(0, 2).flatMap(lastDigit))
  return { numbers, finest, one: 1, text: formatDuration }
}

/** What the last digit of a time is worth in µs: 10 ms of `1.25s`. None of a bare 0. */
function lastDigit(time: string): number[] {
  const [, , decimals = '', unit = ''] = NUMBER.exec(time)!
  if (unit.trim() === '') return []
  const parsed = parseDuration(`${decimals === '' ? '1' : `0.${'0'.repeat(decimals.length - 1)}1`}${unit.trim()}`)
  return parsed.ok && parsed.value > 0 ? [parsed.value] : [1]
}

/** The parts as whole multiples of their last decimal, with one unit for all. */
function decimalsOf(parts: readonly string[]): Scale | undefined {
  const read = parts.map((part) => NUMBER.exec(part)!)
  const units = new Set(
    read.flatMap(([, whole, decimals = '', unit]) =>
      /[1-9]/.test(whole! + decimals) || unit !== '' ? [unit!.trim()] : [],
    ),
  )
  if (units.size > 1) return undefined
  const [unit = ''] = units
  const digits = Math.max(...read.map(([, , decimals = '']) => decimals.length))
  if (digits > DECIMALS_MAX) return undefined
  const one = Number(`1e${digits}`)
  const numbers = read.map(([, whole, decimals = '']) => Number(`${whole}${decimals.padEnd(digits, '0')}`))
  if (!numbers.every(Number.isSafeInteger)) return undefined
  return { numbers, finest: 1, one, text: (value) => `${decimal(value, digits)}${unit}` }
}

/** 150 with 2 digits → `1.5`. */
function decimal(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  const fraction = text.slice(text.length - digits).replace(/0+$/, '')
  const whole = digits === 0 ? text : text.slice(0, -digits)
  return `${value < 0 ? '-' : ''}${whole}${digits === 0 || fraction === '' ? '' : `.${fraction}`}`
}

function refused(message: string, help: string): ReadAxis {
  return { ok: false, message, help }
}
