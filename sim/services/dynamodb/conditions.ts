// Decides conditions and builds projections: the evaluation of parsed expressions against an item.
import type { Comparator, Condition, Operand, Parsed, Path } from './expressions.ts'
import { compareValues, equalValues, Invalid, isSet, membersOf, bytesOf, typeOf, type Item } from './values.ts'

/** What placeholders stand for in one request. */
export interface Placeholders {
  readonly names: Readonly<Record<string, unknown>> | undefined
  readonly values: Readonly<Record<string, unknown>> | undefined
}

/** Throws `Invalid` when a placeholder is undefined in the request, or one is defined that no expression uses. */
export function checkPlaceholders(given: Placeholders, parsed: readonly Parsed<unknown>[]): void {
  checkOne(
    given.names,
    parsed.map((one) => one.names),
    'ExpressionAttributeNames',
  )
  checkOne(
    given.values,
    parsed.map((one) => one.values),
    'ExpressionAttributeValues',
  )
}

function checkOne(
  given: Readonly<Record<string, unknown>> | undefined,
  used: readonly (readonly string[])[],
  what: string,
): void {
  const noun = what === 'ExpressionAttributeNames' ? 'name' : 'value'
  for (const list of used) {
    for (const name of list) {
      if (given !== undefined && Object.hasOwn(given, name)) {
        if (given[name] === undefined)
          throw new Invalid(`${what} has no value for ${name}: a path of the handler leads nowhere`)
        continue
      }
      throw new Invalid(`An expression attribute ${noun} used in expression is not defined; attribute ${noun}: ${name}`)
    }
  }
  if (given === undefined) return
  for (const name of Object.keys(given)) {
    if (!used.some((list) => list.includes(name)))
      throw new Invalid(`Value provided in ${what} unused in expressions: keys: {${name}}`)
  }
}

/** The attribute name that an element of a path stands for. */
export function nameOf(element: string, given: Placeholders): string {
  if (element.charCodeAt(0) !== 35) return element
  const name = given.names![element]
  if (typeof name !== 'string' || name === '__proto__')
    throw new Invalid(`ExpressionAttributeNames: ${element} does not stand for an attribute name`)
  return name
}

/** The value at a path, or undefined. */
export function valueAt(item: unknown, path: Path, given: Placeholders): unknown {
  let value: unknown = item
  for (let i = 0; i < path.length; i++) {
    const element = path[i]
    if (typeof element === 'number') {
      if (!Array.isArray(value)) return undefined
      value = value[element]
    } else {
      const name = nameOf(element, given)
      if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name))
        return undefined
      value = (value as Item)[name]
    }
  }
  return value
}

/** Whether a condition holds for an item; null = there is none. Throws `Invalid` for operands of a wrong type. */
export function holds(condition: Condition, item: Item | null, given: Placeholders): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item, given) && holds(condition.right, item, given)
    case 'or':
      return holds(condition.left, item, given) || holds(condition.right, item, given)
    case 'not':
      return !holds(condition.of, item, given)
    case 'attribute_exists':
      return valueAt(item, condition.path, given) !== undefined
    case 'attribute_not_exists':
      return valueAt(item, condition.path, given) === undefined
    case 'compare':
      return compare(condition.op, operandOf(condition.left, item, given), operandOf(condition.right, item, given))
    case 'between': {
      const value = operandOf(condition.of, item, given)
      return (
        compare('>=', value, operandOf(condition.low, item, given)) &&
        compare('<=', value, operandOf(condition.high, item, given))
      )
    }
    case 'in': {
      const value = operandOf(condition.of, item, given)
      return condition.list.some((one) => compare('=', value, operandOf(one, item, given)))
    }
    case 'attribute_type': {
      const value = operandOf(condition.of, item, given)
      return value !== undefined && typeOf(value) === operandOf(condition.argument, item, given)
    }
    case 'begins_with':
      return beginsWith(operandOf(condition.of, item, given), operandOf(condition.argument, item, given))
    case 'contains':
      return contains(operandOf(condition.of, item, given), operandOf(condition.argument, item, given))
  }
}

export function operandOf(operand: Operand, item: Item | null, given: Placeholders): unknown {
  if (operand.kind === 'value') return given.values![operand.name]
  const value = valueAt(item, operand.path, given)
  return operand.kind === 'path' || value === undefined ? value : lengthOf(value)
}

/** Values of different types are unequal and have no order; a missing one equals nothing. */
export function compare(op: Comparator, left: unknown, right: unknown): boolean {
  if (op === '=') return equalValues(left, right)
  if (op === '<>') return !equalValues(left, right)
  const order = compareValues(left, right)
  return op === '<' ? order < 0 : op === '<=' ? order <= 0 : op === '>' ? order > 0 : order >= 0
}

/** The function `size`: characters of a text, bytes, or members. */
function lengthOf(value: unknown): number | undefined {
  const type = typeOf(value)
  if (type === 'S') return (value as string).length
  if (type === 'B') return bytesOf((value as { B: string }).B).length
  if (isSet(type)) return membersOf(value, type).length
  if (type === 'L') return (value as readonly unknown[]).length
  return type === 'M' ? Object.keys(value as Item).length : undefined
}

export function beginsWith(value: unknown, start: unknown): boolean {
  if (typeof value === 'string' && typeof start === 'string') return value.startsWith(start)
  if (typeOf(value) !== 'B' || typeOf(start) !== 'B') return false
  return bytesOf((value as { B: string }).B).startsWith(bytesOf((start as { B: string }).B))
}

function contains(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part)
  const type = typeOf(value)
  if (type === 'L') return (value as readonly unknown[]).some((member) => equalValues(member, part))
  if (type === 'SS' || type === 'NS') return membersOf(value, type).includes(part as string)
  if (typeOf(part) !== 'B') return false
  const bytes = (part as { B: string }).B
  if (type === 'BS') return membersOf(value, type).includes(bytes)
  return type === 'B' && bytesOf((value as { B: string }).B).includes(bytesOf(bytes))
}

/** The parts of an item at the given paths; lists keep only the chosen members, in their order. */
export function project(item: Item, paths: readonly Path[], given: Placeholders): Item {
  const wanted = new Map<string | number, unknown>()
  for (const path of paths) {
    if (valueAt(item, path, given) === undefined) continue
    let level = wanted
    path.forEach((element, i) => {
      const key = typeof element === 'number' ? element : nameOf(element, given)
      const inner = level.get(key)
      if (i === path.length - 1) level.set(key, null)
      else if (inner === undefined) level.set(key, (level = new Map()))
      else if (inner !== null) level = inner as Map<string | number, unknown>
      else level = new Map()
    })
  }
  return pick(item, wanted) as Item
}

function pick(value: unknown, wanted: Map<string | number, unknown>): unknown {
  const inner = (key: string | number, part: unknown): unknown => {
    const deeper = wanted.get(key)
    return deeper === null ? part : pick(part, deeper as Map<string | number, unknown>)
  }
  if (Array.isArray(value))
    return [...wanted.keys()]
      .map(Number)
      .sort((a, b) => a - b)
      .map((i) => inner(i, value[i]))
  const made: Record<string, unknown> = {}
  for (const name of wanted.keys()) made[name] = inner(name, (value as Item)[name])
  return made
}
