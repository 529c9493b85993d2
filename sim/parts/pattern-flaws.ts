// What AWS refuses in an event pattern, in the words in which it says so (EB-20 to EB-25).
import { groupsOf } from './cidr.ts'
import { OPERATORS, isMap, isOr } from './patterns.ts'

/** The reason why a pattern is not valid; undefined = it is. */
export function flawOfPattern(pattern: unknown): string | undefined {
  return isMap(pattern) ? flawOfMap(pattern) : 'Filter is not an object'
}

/** How many patterns without `$or` a pattern stands for (EB-24). */
export function combinationsOf(pattern: unknown): number {
  if (!isMap(pattern)) return 1
  return Object.entries(pattern).reduce(
    (product, [key, value]) =>
      product *
      (key === '$or' && isOr(value)
        ? value.reduce<number>((sum, alternative) => sum + combinationsOf(alternative), 0)
        : combinationsOf(value)),
    1,
  )
}

function flawOfMap(pattern: Readonly<Record<string, unknown>>): string | undefined {
  const entries = Object.entries(pattern)
  if (entries.length === 0) return 'Empty objects are not allowed'
  return first(entries, ([key, value]) => {
    if (key === '$or' && isOr(value)) return first(value, flawOfMap)
    if (isMap(value)) return flawOfMap(value)
    return Array.isArray(value) ? flawOfLeaf(value) : `"${key}" must be an object or an array`
  })
}

/** The reason why the conditions of one key are not valid. */
export function flawOfLeaf(values: readonly unknown[]): string | undefined {
  if (values.length === 0) return 'Empty arrays are not allowed'
  return first(values, (value) => {
    if (isMap(value)) return flawOfCondition(value)
    return Array.isArray(value) ? 'Match value must be String, number, true, false, or null' : undefined
  })
}

function flawOfCondition(condition: Readonly<Record<string, unknown>>): string | undefined {
  const [entry, ...more] = Object.entries(condition)
  if (entry === undefined) return 'Match expression name not found'
  const [name, value] = entry
  if (!OPERATORS.has(name)) return `Unrecognized match type ${name}`
  return flawOfOperand(name, value) ?? (more.length > 0 ? 'Only one key allowed in match expression' : undefined)
}

function flawOfOperand(name: string, value: unknown): string | undefined {
  switch (name) {
    case 'exists':
      return typeof value === 'boolean' ? undefined : 'exists match pattern must be either true or false.'
    case 'numeric':
      return Array.isArray(value) ? flawOfRange(value) : 'Value of numeric must be an array.'
    case 'cidr':
      return typeof value === 'string' ? flawOfBlock(value) : 'prefix match pattern must be a string'
    case 'wildcard':
      return typeof value === 'string' ? flawOfWildcard(value) : 'wildcard match pattern must be a string'
    case 'anything-but':
      return flawOfExclusion(value)
    case 'prefix':
    case 'suffix':
      if (isMap(value) && Object.keys(value).join() === 'equals-ignore-case')
        return flawOfOperand('equals-ignore-case', value['equals-ignore-case'])
  }
  return typeof value === 'string' ? undefined : `${name} match pattern must be a string`
}

/** `["=", n]`, one bound, or a lower and an upper one. */
function flawOfRange(range: readonly unknown[]): string | undefined {
  if (range.length === 0) return 'Invalid member in numeric match: ]'
  for (let i = 0; i < range.length; i += 2) {
    const operator = range[i]
    if (typeof operator !== 'string' || !['=', '<', '<=', '>', '>='].includes(operator))
      return `Unrecognized numeric range operator: ${String(operator)}`
    if (typeof range[i + 1] !== 'number') return `Value of ${operator} must be numeric`
  }
  if (range.length === 2) return undefined
  const [lower, from, upper, to] = range as readonly [string, number, string, number]
  if (range.length > 4) return 'Too many elements in numeric expression'
  if (!lower.startsWith('>') || !upper.startsWith('<')) return `Bad numeric range operator: ${upper}`
  return from < to ? undefined : 'Bottom must be less than top'
}

function flawOfBlock(block: string): string | undefined {
  const parts = block.split('/')
  if (parts.length !== 2) return "Malformed CIDR, one '/' required"
  const [address, bits] = parts as [string, string]
  if (!/^\d{1,9}$/.test(bits)) return 'Malformed CIDR, mask bits must be an integer'
  const groups = groupsOf(address)
  if (groups === undefined) return `Nonstandard IP address: ${address}`
  const most = 16 * groups.length
  return Number(bits) > most ? `IPv${most === 32 ? 4 : 6} mask bits must be <= ${most}` : undefined
}

function flawOfWildcard(pattern: string): string | undefined {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '\\') {
      i++
      if (pattern[i] !== '*' && pattern[i] !== '\\') return `Invalid escape character at pos ${i - 1}`
    } else if (pattern[i] === '*' && pattern[i + 1] === '*') return `Consecutive wildcard characters at pos ${i + 1}`
  }
  return undefined
}

/** What `anything-but` takes: a text, a number, a list of either, or texts under one operator. */
function flawOfExclusion(value: unknown): string | undefined {
  if (isMap(value)) {
    const [entry, ...more] = Object.entries(value)
    if (entry === undefined) return 'Match expression name not found'
    const [name, of] = entry
    if (!['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(name))
      return 'Unsupported anything-but pattern: ' + name
    const what = name === 'wildcard' ? name : name === 'equals-ignore-case' ? name : 'prefix/suffix'
    const listed: readonly unknown[] = Array.isArray(of) ? of : [of]
    if (listed.length === 0) return 'Empty arrays are not allowed'
    return (
      first(listed, (each) => {
        if (typeof each !== 'string') return `${what} match pattern must be a string`
        if (each === '' && what === 'prefix/suffix') return 'Null prefix/suffix not allowed'
        return name === 'wildcard' ? flawOfWildcard(each) : undefined
      }) ?? (more.length > 0 ? 'Only one key allowed in match expression' : undefined)
    )
  }
  if (!Array.isArray(value))
    return typeof value === 'string' || typeof value === 'number'
      ? undefined
      : 'Value of anything-but must be an array or single string/number value.'
  if (value.length === 0) return 'Empty arrays are not allowed'
  const kinds = new Set(value.map((each) => typeof each))
  if (![...kinds].every((kind) => kind === 'string' || kind === 'number'))
    return 'Inside anything but list, start|null|boolean is not supported.'
  return kinds.size > 1
    ? 'Inside anything but list, either all values are number or string, mixed type is not supported'
    : undefined
}

function first<T>(list: readonly T[], flaw: (each: T) => string | undefined): string | undefined {
  for (const each of list) {
    const found = flaw(each)
    if (found !== undefined) return found
  }
  return undefined
}
