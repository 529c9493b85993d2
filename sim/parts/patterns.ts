// Patterns of messages as SNS reads them: every key must match, one of its values is enough.
//
// The one idea: a pattern has the shape of what it matches, with lists of conditions in place of values. Where the message has a
// list, one of its items must match, and of objects in a list one must match with all of its keys.

export type Pattern = Readonly<Record<string, unknown>>
type Scalar = string | number | boolean | null

/** Whether a value as it is parsed from JSON matches a pattern (SNS-31, SNS-33). */
export function matches(pattern: Pattern, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => matches(pattern, item))
  const object = isMap(value) ? value : NOTHING
  for (const key of Object.keys(pattern)) {
    const wanted = pattern[key]
    if (key === '$or' && Array.isArray(wanted)) {
      if (!wanted.some((alternative) => isMap(alternative) && matches(alternative, value))) return false
      continue
    }
    const given = Object.hasOwn(object, key) ? object[key] : undefined
    if (isMap(wanted) ? !matches(wanted, given) : !matchesLeaf(wanted, given)) return false
  }
  return true
}

/** Whether a value, or one item of a list, meets one of the conditions; undefined = the key is missing. */
export function matchesLeaf(conditions: unknown, given: unknown): boolean {
  const values = given === undefined ? NO_VALUES : scalarsIn(given)
  const list = Array.isArray(conditions) ? (conditions as readonly unknown[]) : [conditions]
  return list.some((condition) => {
    const exists = isMap(condition) ? condition['exists'] : undefined
    if (typeof exists === 'boolean') return (given !== undefined) === exists
    return values.some((value) => meets(condition, value))
  })
}

function meets(condition: unknown, value: Scalar): boolean {
  if (!isMap(condition)) return condition === value
  const [[name, wanted] = ['', undefined]] = Object.entries(condition)
  const text = typeof value === 'string' ? value : undefined
  switch (name) {
    case 'prefix':
      return text !== undefined && compared(wanted, text, (a, b) => a.startsWith(b))
    case 'suffix':
      return text !== undefined && compared(wanted, text, (a, b) => a.endsWith(b))
    case 'equals-ignore-case':
      return text !== undefined && typeof wanted === 'string' && text.toLowerCase() === wanted.toLowerCase()
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

function isInBlock(block: string, text: string): boolean {
  const [base = '', bits = '32'] = block.split('/')
  const length = Number(bits)
  const [network, address] = [addressOf(base), addressOf(text)]
  if (network === undefined || address === undefined || !(length >= 0 && length <= 32)) return false
  const size = 4_294_967_296 / POWERS[length]
  return Math.floor(network / size) === Math.floor(address / size)
}

function addressOf(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** The plain values of a value: itself, or all in a list, however deep. */
function scalarsIn(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap(scalarsIn)
  return isMap(value) ? NO_VALUES : [value as Scalar]
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({})
const NO_VALUES: readonly Scalar[] = Object.freeze([])
/** Powers of two up to 2^32. */
const POWERS: readonly number[] = Array.from({ length: 33 }, (_, bits) =>
  bits < 31 ? 1 << bits : 1_073_741_824 * (1 << (bits - 30)),
)
