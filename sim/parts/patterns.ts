// Patterns of messages and events as SNS, EventBridge and Lambda read them: every key must match, one of its values is enough.
//
// The one idea: a pattern has the shape of what it matches, with lists of conditions in place of values. Where the message has a
// list, one of its items must match, and of objects in a list one must match with all of its keys.
import { isInBlock } from './cidr.ts'

export type Pattern = Readonly<Record<string, unknown>>
type Scalar = string | number | boolean | null

/** The words that make a condition of a map. */
export const OPERATORS: ReadonlySet<string> = new Set([
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'anything-but',
  'numeric',
  'cidr',
  'exists',
])

/** Whether the value of a key `$or` means alternatives: two maps or more without an operator among their keys; else the key is an ordinary one. */
export function isOr(value: unknown): value is readonly Pattern[] {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.every((each) => isMap(each) && !Object.keys(each).some((key) => OPERATORS.has(key)))
  )
}

/** Whether a value as it is parsed from JSON matches a pattern (SNS-31, SNS-33, EB-20). */
export function matches(pattern: Pattern, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => matches(pattern, item))
  const object = isMap(value) ? value : NOTHING
  for (const key of Object.keys(pattern)) {
    const wanted = pattern[key]
    if (key === '$or' && isOr(wanted)) {
      if (!wanted.some((alternative) => matches(alternative, value))) return false
      continue
    }
    const given = Object.hasOwn(object, key) ? object[key] : undefined
    if (given === undefined && key.indexOf('.') > 0) {
      if (!matchesDotted(object, key, wanted)) return false
    } else if (isMap(wanted) ? !matches(wanted, given) : !matchesLeaf(wanted, given)) return false
  }
  return true
}

/** `a.b.c` is `c` within `b` within `a`, or within `a.b`, as recorded on AWS: wherever the key is cut at a dot. */
function matchesDotted(object: Pattern, key: string, wanted: unknown): boolean {
  let isThere = false
  for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
    const outer = key.slice(0, dot)
    if (!Object.hasOwn(object, outer)) continue
    isThere = true
    if (matches({ [key.slice(dot + 1)]: wanted }, object[outer])) return true
  }
  return !isThere && (isMap(wanted) ? matches(wanted, undefined) : matchesLeaf(wanted, undefined))
}

/** Whether a value, or one item of a list, meets one of the conditions; undefined = the key is missing. Only leaves exist: a map does not (EB-25). */
export function matchesLeaf(conditions: unknown, given: unknown): boolean {
  // Most values are plain ones, and are looked at without making a list of them.
  const isPlain = given === null || (typeof given !== 'object' && given !== undefined)
  const values = isPlain || given === undefined ? NO_VALUES : scalarsIn(given)
  const list = Array.isArray(conditions) ? (conditions as readonly unknown[]) : [conditions]
  for (const condition of list) {
    const exists = isMap(condition) ? condition['exists'] : undefined
    if (typeof exists === 'boolean') {
      if ((isPlain || values.length > 0) === exists) return true
    } else if (isPlain ? meets(condition, given as Scalar) : values.some((value) => meets(condition, value)))
      return true
  }
  return false
}

function meets(condition: unknown, value: Scalar): boolean {
  if (!isMap(condition)) return condition === value
  const name = Object.keys(condition)[0] ?? ''
  const wanted = condition[name]
  const text = typeof value === 'string' ? value : undefined
  switch (name) {
    case 'prefix':
      return text !== undefined && compared(wanted, text, (a, b) => a.startsWith(b))
    case 'suffix':
      return text !== undefined && compared(wanted, text, (a, b) => a.endsWith(b))
    case 'equals-ignore-case':
      return text !== undefined && typeof wanted === 'string' && text.toLowerCase() === wanted.toLowerCase()
    case 'wildcard':
      return text !== undefined && typeof wanted === 'string' && fits(wanted, text)
    case 'anything-but':
      return !isOneOf(wanted, value)
    case 'numeric':
      return typeof value === 'number' && Array.isArray(wanted) && isInRange(wanted, value)
    case 'cidr':
      return text !== undefined && typeof wanted === 'string' && isInBlock(wanted, text)
    default:
      return false
  }
}

/** A text, or one whose case does not matter. */
function compared(wanted: unknown, text: string, test: (a: string, b: string) => boolean): boolean {
  if (typeof wanted === 'string') return test(text, wanted)
  const folded = isMap(wanted) ? wanted['equals-ignore-case'] : undefined
  return typeof folded === 'string' && test(text.toLowerCase(), folded.toLowerCase())
}

/** What `anything-but` excludes: a value, one of several, or what meets a condition. */
function isOneOf(wanted: unknown, value: Scalar): boolean {
  if (Array.isArray(wanted)) return wanted.some((each) => isOneOf(each, value))
  if (!isMap(wanted)) return wanted === value
  return Object.entries(wanted).some(([name, of]) =>
    (Array.isArray(of) ? (of as readonly unknown[]) : [of]).some((each) => meets({ [name]: each }, value)),
  )
}

/** `["=", n]`, or one or two bounds. */
function isInRange(range: readonly unknown[], value: number): boolean {
  for (let i = 0; i + 1 < range.length; i += 2) {
    const bound = Number(range[i + 1])
    const holds =
      range[i] === '='
        ? value === bound
        : range[i] === '<'
          ? value < bound
          : range[i] === '<='
            ? value <= bound
            : range[i] === '>'
              ? value > bound
              : range[i] === '>=' && value >= bound
    if (!holds) return false
  }
  return range.length >= 2
}

/** Whether a text fits a pattern in which `*` stands for anything and `\*` for a star. */
function fits(pattern: string, text: string): boolean {
  const parts = partsOf(pattern)
  const last = parts.length - 1
  if (last === 0) return parts[0] === text
  if (!text.startsWith(parts[0]!)) return false
  let at = parts[0]!.length
  for (let i = 1; i < last; i++) {
    const found = text.indexOf(parts[i]!, at)
    if (found < 0) return false
    at = found + parts[i]!.length
  }
  return text.length - at >= parts[last]!.length && text.endsWith(parts[last]!)
}

/** What stands between the stars of a pattern. */
function partsOf(pattern: string): readonly string[] {
  if (!pattern.includes('\\')) return pattern.split('*')
  const parts = ['']
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '*') parts.push('')
    else parts[parts.length - 1] += pattern[i] === '\\' ? (pattern[++i] ?? '') : pattern[i]!
  }
  return parts
}

/** The plain values of a value: itself, or all in a list, however deep. */
function scalarsIn(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap(scalarsIn)
  return isMap(value) ? NO_VALUES : [value as Scalar]
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({})
const NO_VALUES: readonly Scalar[] = Object.freeze([])
