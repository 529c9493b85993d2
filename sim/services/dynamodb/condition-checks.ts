// What is wrong with a condition whatever the item: operands of a type that can never do, an attribute compared with itself.
import { nameOf, type Placeholders } from './conditions.ts'
import type { Condition, Operand, Path } from './expressions.ts'
import { compareValues, Invalid, typeOf, type AttributeType } from './values.ts'

const TYPES: readonly unknown[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS']

/** Throws `Invalid` for what no item can make right; `what` is the parameter's name, for messages. */
export function checkCondition(condition: Condition, given: Placeholders, what: string): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      checkCondition(condition.left, given, what)
      checkCondition(condition.right, given, what)
      return
    case 'not':
      return checkCondition(condition.of, given, what)
    case 'compare':
      return checkDistinct(condition.op, condition.left, [condition.right], given, what)
    case 'in':
      return checkDistinct('IN', condition.of, condition.list, given, what)
    case 'between':
      return checkBounds(condition.low, condition.high, given, what)
    case 'attribute_type': {
      const { of, argument } = condition
      checkDistinct('attribute_type', of, [argument], given, what)
      const type = typeOfOperand(argument, given)
      if (type !== 'S') wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}', what)
      const name = given.values![(argument as { readonly name: string }).name]
      if (!TYPES.includes(name))
        throw new Invalid(
          `Invalid ${what}: Invalid attribute type name found; type: ${String(name)}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        )
      return
    }
    case 'begins_with': {
      const { of, argument } = condition
      checkDistinct('begins_with', of, [argument], given, what)
      for (const operand of [of, argument]) {
        const type = typeOfOperand(operand, given)
        if (type !== undefined && type !== 'S' && type !== 'B') wrongType('begins_with', type, what)
      }
      return
    }
    case 'contains':
      return checkDistinct('contains', condition.of, [condition.argument], given, what)
  }
}

/** The type that an operand has in every item; undefined = it depends on the item. */
function typeOfOperand(operand: Operand, given: Placeholders): AttributeType | undefined {
  if (operand.kind === 'size') return 'N'
  return operand.kind === 'value' ? typeOf(given.values![operand.name]) : undefined
}

function wrongType(operator: string, type: string, what: string): never {
  throw new Invalid(
    `Invalid ${what}: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  )
}

/** Two bounds that are known have one type and stand in their order. */
function checkBounds(low: Operand, high: Operand, given: Placeholders, what: string): void {
  if (low.kind !== 'value' || high.kind !== 'value') return
  const [from, to] = [given.values![low.name], given.values![high.name]]
  if (typeOf(from) !== typeOf(to))
    throw new Invalid(`Invalid ${what}: The BETWEEN operator requires same data type for lower and upper bounds`)
  if (compareValues(from, to) > 0)
    throw new Invalid(
      `Invalid ${what}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound`,
    )
}

/** An attribute is not compared with itself. */
function checkDistinct(
  operator: string,
  first: Operand,
  others: readonly Operand[],
  given: Placeholders,
  what: string,
): void {
  if (first.kind !== 'path') return
  for (const other of others)
    if (other.kind === 'path' && samePath(first.path, other.path, given))
      throw new Invalid(
        `Invalid ${what}: The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}`,
      )
}

function samePath(a: Path, b: Path, given: Placeholders): boolean {
  const element = (one: string | number): string | number => (typeof one === 'string' ? nameOf(one, given) : one)
  return a.length === b.length && a.every((one, i) => element(one) === element(b[i]))
}
