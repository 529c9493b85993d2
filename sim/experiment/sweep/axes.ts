// What is varied, as it is written: `Workers=10..120:10`, `Mode=lazy,eager`, `Rate=1..1000:x10`, `Wait=1s..10s:1s`.
//
// A range is exact: its values are decimals with as many places as its ends and its step have, never sums of floating-point numbers.
import { count } from '../../parts/words.ts'
import type { Setting } from '../types.ts'
import { decimalText, numberOf, parseDecimal, product, rounded, scaled, type Decimal } from './decimal.ts'

/** From one number to another, both included, in one unit. */
export interface Range {
  readonly from: Decimal
  readonly to: Decimal
  /** `ms`, `%`, `/s`; empty when there is none. */
  readonly unit: string
  /** How it is walked: by adding, by multiplying, or (`log`, absent) not at all, when values are drawn from it. */
  readonly step?: { readonly kind: 'add' | 'times'; readonly by: Decimal } | { readonly kind: 'log' }
}

/** A text that is a value as it stands, or a range of them. */
export type AxisPart = { readonly value: string } | { readonly range: Range }

/** One setting that is varied. */
export interface Axis {
  readonly name: string
  /** What stands after the `=`. */
  readonly text: string
  readonly parts: readonly AxisPart[]
}

/** What is wrong with a text, and what would be right. */
export interface Wrong {
  readonly message: string
  readonly help: string
}

export type Read<Value> = { readonly ok: true; readonly value: Value } | ({ readonly ok: false } & Wrong)

/** Values of one axis. */
export const VALUES_MAX = 100_000

const NUMBER = String.raw`-?\d{1,30}(?:\.\d{1,30})?`
const UNIT = String.raw`[a-zA-Zµ%]{1,10}(?:\/[a-z]{1,5})?|\/[a-z]{1,5}`
const RANGE = new RegExp(
  `^(${NUMBER})(${UNIT})?\\.\\.(${NUMBER})(${UNIT})?(?::(?:(log)|([x×*]?)(${NUMBER})(${UNIT})?))?$`,
)
const EXAMPLES = 'such as `10..120:10`, `1s..10s:1s`, `1..1000:x10` or `a,b,c`'

/** Reads what follows the name: a list, a range, or several ranges and values with commas between. A value in double quotes is taken as it is. */
export function parseAxis(name: string, text: string): Read<Axis> {
  const pieces = piecesOf(text)
  if (pieces === undefined) return wrong(`\`${name}=${text}\` has a quotation mark that is not closed`, EXAMPLES)
  const parts: AxisPart[] = []
  for (const { piece, isQuoted } of pieces) {
    if (isQuoted) parts.push({ value: piece })
    else if (piece === '')
      return wrong(`\`${name}=${text}\` has an empty value`, 'write `""` for a value that is empty')
    else if (!piece.includes('..')) parts.push({ value: piece })
    else {
      const range = rangeOf(name, piece)
      if (!range.ok) return range
      parts.push({ range: range.value })
    }
  }
  return { ok: true, value: { name, text, parts } }
}

function piecesOf(text: string): { readonly piece: string; readonly isQuoted: boolean }[] | undefined {
  const pieces: { piece: string; isQuoted: boolean }[] = []
  for (let at = 0; at <= text.length;) {
    while (text[at] === ' ') at++
    const isQuoted = text[at] === '"'
    const end = isQuoted ? text.indexOf('"', at + 1) : text.indexOf(',', at)
    if (isQuoted && (end < 0 || (end + 1 < text.length && text[end + 1] !== ','))) return undefined
    const last = end < 0 ? text.length : end
    pieces.push({ piece: isQuoted ? text.slice(at + 1, last) : text.slice(at, last).trim(), isQuoted })
    at = last + (isQuoted ? 2 : 1)
  }
  return pieces
}

function rangeOf(name: string, text: string): Read<Range> {
  const found = RANGE.exec(text)
  if (found === null)
    return wrong(
      `\`${name}\`: \`${text}\` is no range`,
      `expected FROM..TO:STEP, ${EXAMPLES}; quote a value that has dots`,
    )
  const [, first = '', firstUnit, last = '', lastUnit, log, times, by, byUnit] = found
  const unit = lastUnit ?? firstUnit ?? ''
  const from = parseDecimal(first)!
  const to = parseDecimal(last)!
  const others = [firstUnit, times === '' ? byUnit : undefined].filter((each) => each !== undefined && each !== unit)
  if (others.length > 0)
    return wrong(
      `\`${name}\`: \`${text}\` mixes \`${unit}\` and \`${others[0]}\``,
      'write both ends and the step in one unit',
    )
  if (times !== undefined && times !== '' && byUnit !== undefined)
    return wrong(`\`${name}\`: \`${text}\` multiplies by a quantity`, `write \`${first}..${last}:x${by}\``)
  const decimals = Math.max(from.decimals, to.decimals)
  if (scaled(from, decimals) > scaled(to, decimals))
    return wrong(`\`${name}\`: \`${text}\` ends before it begins`, `write \`${last}${unit}..${first}${unit}\``)
  if (log === undefined && by === undefined) return { ok: true, value: { from, to, unit } }
  const isLog = log !== undefined || times !== ''
  if (isLog && from.digits <= 0n)
    return wrong(`\`${name}\`: \`${text}\` multiplies from ${first} on`, 'begin above 0, such as `1..1000:x10`')
  if (log !== undefined) return { ok: true, value: { from, to, unit, step: { kind: 'log' } } }
  const step = parseDecimal(by!)!
  if (isLog ? numberOf(step) <= 1 : step.digits <= 0n)
    return wrong(
      `\`${name}\`: \`${text}\` never comes to its end`,
      isLog ? 'multiply by more than 1' : 'write a step above 0',
    )
  return { ok: true, value: { from, to, unit, step: { kind: isLog ? 'times' : 'add', by: step } } }
}

/** All values of an axis in order, each once; a range without steps has none to count. */
export function valuesOf(axis: Axis): Read<readonly string[]> {
  const values = new Set<string>()
  for (const part of axis.parts) {
    if ('value' in part) values.add(part.value)
    else {
      const { range } = part
      if (range.step === undefined || range.step.kind === 'log')
        return wrong(
          `\`${axis.name}=${axis.text}\` has no step`,
          `write one, such as \`${endsText(range)}:${decimalText(stepFor(range))}${range.unit}\`, or draw from it with \`--sample N\``,
        )
      walk(range, range.step, (value) => (values.add(value).size > VALUES_MAX ? 'enough' : 'more'))
    }
    if (values.size > VALUES_MAX)
      return wrong(`\`${axis.name}=${axis.text}\` has more than ${count(VALUES_MAX)} values`, 'take a wider step')
  }
  return { ok: true, value: [...values] }
}

/** Tells the values of a range in order until `take` has enough. */
function walk(
  { from, to, unit }: Range,
  { kind, by }: { readonly kind: 'add' | 'times'; readonly by: Decimal },
  take: (value: string) => 'enough' | 'more',
): void {
  if (kind === 'add') {
    const decimals = Math.max(from.decimals, to.decimals, by.decimals)
    const [end, step] = [scaled(to, decimals), scaled(by, decimals)]
    for (let digits = scaled(from, decimals); digits <= end; digits += step)
      if (take(decimalText({ digits, decimals }) + unit) === 'enough') return
    return
  }
  // Each is rounded to the places that the ends are written with, so that whole numbers stay whole.
  const decimals = Math.max(from.decimals, to.decimals)
  const end = scaled(to, decimals)
  for (let exact = from; ; exact = rounded(product(exact, by), decimals + 12)) {
    const value = rounded(exact, decimals)
    if (scaled(value, decimals) > end || take(decimalText(value) + unit) === 'enough') return
  }
}

/** A step that walks a range in about ten. */
function stepFor({ from, to }: Range): Decimal {
  const decimals = Math.max(from.decimals, to.decimals) + 1
  const width = scaled(to, decimals) - scaled(from, decimals)
  return width >= 100n
    ? { digits: width / 10n - ((width / 10n) % 10n), decimals }
    : { digits: 1n, decimals: decimals - 1 }
}

export function endsText({ from, to, unit }: Range): string {
  return `${decimalText(from)}${unit}..${decimalText(to)}${unit}`
}

/** Reads every `Name=…`: those with one value are fixed, the others are axes, in the order in which they are written. All that is wrong is told. */
export function parseSettings(flags: readonly string[]): {
  readonly axes: readonly Axis[]
  readonly fixed: readonly Setting[]
  readonly wrong: readonly Wrong[]
} {
  const axes: Axis[] = []
  const fixed: Setting[] = []
  const flaws: Wrong[] = []
  const names = new Set<string>()
  for (const flag of flags) {
    const at = flag.indexOf('=')
    const name = flag.slice(0, Math.max(0, at))
    if (at <= 0) flaws.push({ message: `\`--set ${flag}\` has no value`, help: `write \`--set Name=…\`, ${EXAMPLES}` })
    else if (names.has(name))
      flaws.push({
        message: `\`${name}\` is set twice`,
        help: 'write all its values in one `--set`, with commas between',
      })
    else {
      names.add(name)
      const read = parseAxis(name, flag.slice(at + 1))
      if (!read.ok) flaws.push(read)
      else {
        const only = read.value.parts.length === 1 ? read.value.parts[0]! : undefined
        if (only !== undefined && 'value' in only) fixed.push([name, only.value])
        else axes.push(read.value)
      }
    }
  }
  return { axes, fixed, wrong: flaws }
}

function wrong(message: string, help: string): { readonly ok: false } & Wrong {
  return { ok: false, message, help }
}
