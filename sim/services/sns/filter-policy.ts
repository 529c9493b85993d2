// Which messages a subscription takes: its filter policy against the attributes or the body (SNS-30 to SNS-36).
import { matches, type Pattern } from '../../parts/patterns.ts'
import { flawOfLeaf } from '../../parts/pattern-flaws.ts'
import { parseJson } from '../../parts/json-text.ts'

/** Why a message is not for a subscription; 'accepted' = it is. */
export type Verdict =
  'accepted' | 'NoMessageAttributes' | 'InvalidAttributes' | 'MessageAttributes' | 'MessageBody' | 'InvalidMessageBody'

export type Scope = 'MessageAttributes' | 'MessageBody'

interface Attribute {
  readonly Type?: unknown
  readonly DataType?: unknown
  readonly Value?: unknown
  readonly StringValue?: unknown
}

/** Decides on a message. A body is JSON, or a text of it. */
export function verdictOf(
  policy: Pattern,
  scope: Scope,
  attributes: Readonly<Record<string, Attribute>> | undefined,
  body: unknown,
): Verdict {
  if (scope === 'MessageBody') {
    const value = typeof body === 'string' ? parseJson(body) : body
    if (typeof value !== 'object' || value === null) return 'InvalidMessageBody'
    return matches(policy, value) ? 'accepted' : 'MessageBody'
  }
  const values: Record<string, unknown> = {}
  const names = Object.keys(attributes ?? {})
  for (const name of names) {
    const value = valueOf(attributes![name])
    if (value === INVALID) return 'InvalidAttributes'
    if (value !== BINARY) Object.defineProperty(values, name, { value, enumerable: true })
  }
  if (matches(policy, values)) return 'accepted'
  return names.length === 0 ? 'NoMessageAttributes' : 'MessageAttributes'
}

const INVALID = Symbol('no JSON')
const BINARY = Symbol('binary')

/** The value of an attribute by its type (SNS-33). */
function valueOf(attribute: Attribute): unknown {
  const type = String(attribute.DataType ?? attribute.Type)
  const value = attribute.StringValue ?? attribute.Value
  if (type === 'Number' || type.startsWith('Number.')) return Number(value)
  if (type.startsWith('Binary')) return BINARY
  if (type !== 'String.Array') return value
  const list = Array.isArray(value) ? value : parseJson(String(value))
  return list === undefined ? INVALID : list
}

/** Most keys of a policy, and most combinations of its values (SNS-34). */
const KEYS_MAX = 5
const COMBINATIONS_MAX = 150

/** What is wrong with a policy; undefined = nothing. */
export function flawOf(policy: unknown, scope: Scope): string | undefined {
  if (!isMap(policy)) return 'is not a map'
  const leaves: { readonly values: number; readonly depth: number }[] = []
  const flaw = walk(policy, 1, scope, leaves)
  if (flaw !== undefined) return flaw
  if (leaves.length > KEYS_MAX) return `has ${leaves.length} keys, at most ${KEYS_MAX} are allowed`
  const combinations = leaves.reduce(
    (product, { values, depth }) => product * values * (scope === 'MessageBody' ? depth : 1),
    1,
  )
  return combinations > COMBINATIONS_MAX
    ? `has ${combinations} combinations of values, at most ${COMBINATIONS_MAX} are allowed`
    : undefined
}

function walk(
  policy: Pattern,
  depth: number,
  scope: Scope,
  leaves: { readonly values: number; readonly depth: number }[],
): string | undefined {
  for (const [key, value] of Object.entries(policy)) {
    if (key === '$or' && Array.isArray(value)) {
      for (const alternative of value as readonly unknown[]) {
        const flaw = isMap(alternative)
          ? walk(alternative, depth, scope, leaves)
          : '`$or` lists something else than maps'
        if (flaw !== undefined) return flaw
      }
    } else if (isMap(value)) {
      if (scope === 'MessageAttributes')
        return `\`${key}\` is nested, which only \`FilterPolicyScope: MessageBody\` allows`
      const flaw = walk(value, depth + 1, scope, leaves)
      if (flaw !== undefined) return flaw
    } else if (!Array.isArray(value)) return `\`${key}\` is no list of values`
    else {
      const flaw = flawOfConditions(value)
      if (flaw !== undefined) return `has a wrong condition on \`${key}\`: ${flaw}`
      leaves.push({ values: value.length, depth })
    }
  }
  return undefined
}

/** What is wrong with the conditions of a key: as in patterns of events, but of what is excluded only beginnings (SNS-32). */
function flawOfConditions(conditions: readonly unknown[]): string | undefined {
  for (const condition of conditions) {
    const excluded = isMap(condition) ? condition['anything-but'] : undefined
    const name = isMap(excluded) ? Object.keys(excluded)[0] : undefined
    if (name !== undefined && name !== 'prefix') return `Unsupported anything-but pattern: ${name}`
  }
  return flawOfLeaf(conditions)
}

function isMap(value: unknown): value is Pattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
