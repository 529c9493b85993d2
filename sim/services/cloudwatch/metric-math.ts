// Metric math: expressions over the values of metrics, one period at a time (CW-27).
//
// A value that is missing makes whatever is reckoned with it missing, except in FILL and in the functions over lists.

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id'; readonly id: string }
  /** All metrics that are read, `METRICS()`. */
  | { readonly kind: 'metrics' }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }

/** What an expression may ask for: values by id, and the ids of the metrics. */
export interface Values {
  readonly metrics: readonly string[]
  valueOf(id: string): number | undefined
  /** The length of a period in seconds. */
  readonly period: number
}

/** Operators from the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
]
/** Functions by the number of their arguments; those over lists take one list. */
const ARGUMENTS: Readonly<Record<string, number>> = {
  ABS: 1,
  CEIL: 1,
  FLOOR: 1,
  PERIOD: 1,
  FILL: 2,
  IF: 3,
  SUM: 1,
  AVG: 1,
  MIN: 1,
  MAX: 1,
}
const OVER_LISTS: readonly string[] = ['SUM', 'AVG', 'MIN', 'MAX']
const TOKEN = /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z][A-Za-z0-9_]*)|(\|\||&&|==|!=|<=|>=|[-+*/<>(),[\]]))/y

/** Longest text of an expression, and how deep it may nest. */
const LENGTH_MAX = 2048
const DEPTH_MAX = 100

interface Reader {
  readonly text: string
  at: number
  depth: number
}

/** Reads an expression; undefined when it is none that can be reckoned here. */
export function parseExpression(text: string): Expression | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const reader = { text, at: 0, depth: 0 }
  const expression = level(reader, 0)
  return text.slice(reader.at).trim() === '' ? expression : undefined
}

/** The ids in an expression. */
export function idsIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'id':
      return [expression.id]
    case 'list':
      return expression.items.flatMap(idsIn)
    case 'binary':
      return [...idsIn(expression.left), ...idsIn(expression.right)]
    case 'call':
      return expression.args.flatMap(idsIn)
    default:
      return []
  }
}

/** The value in one period; undefined = missing. A division by zero is missing, a truth is 1. */
export function reckon(expression: Expression, values: Values): number | undefined {
  switch (expression.kind) {
    case 'number':
      return expression.value
    case 'id':
      return values.valueOf(expression.id)
    case 'binary': {
      const left = reckon(expression.left, values)
      const right = reckon(expression.right, values)
      return left === undefined || right === undefined ? undefined : operate(expression.op, left, right)
    }
    case 'call':
      return call(expression, values)
    default:
      return undefined
  }
}

function token(reader: Reader): RegExpExecArray | undefined {
  TOKEN.lastIndex = reader.at
  return TOKEN.exec(reader.text) ?? undefined
}

/** Takes the next word or sign if it is one of these. */
function accept(reader: Reader, wanted: readonly string[]): string | undefined {
  const next = token(reader)
  const text = next?.[3] ?? next?.[2]
  if (text === undefined || !wanted.includes(text)) return undefined
  reader.at += next![0].length
  return text
}

function level(reader: Reader, depth: number): Expression | undefined {
  if (depth === LEVELS.length) return signed(reader)
  let left = level(reader, depth + 1)
  for (;;) {
    const op = left === undefined ? undefined : accept(reader, LEVELS[depth])
    if (left === undefined || op === undefined) return left
    const right = level(reader, depth + 1)
    left = right === undefined ? undefined : { kind: 'binary', op, left, right }
  }
}

function signed(reader: Reader): Expression | undefined {
  if (++reader.depth > DEPTH_MAX) return undefined
  const negative = accept(reader, ['-']) !== undefined
  const of = negative ? signed(reader) : single(reader)
  reader.depth--
  if (!negative) return of
  return of === undefined ? undefined : { kind: 'binary', op: '-', left: { kind: 'number', value: 0 }, right: of }
}

function single(reader: Reader): Expression | undefined {
  if (accept(reader, ['(']) !== undefined) {
    const inside = level(reader, 0)
    return accept(reader, [')']) === undefined ? undefined : inside
  }
  if (accept(reader, ['[']) !== undefined) {
    const items = several(reader, ']')
    return items === undefined ? undefined : { kind: 'list', items }
  }
  const next = token(reader)
  if (next === undefined || next[3] !== undefined) return undefined
  reader.at += next[0].length
  if (next[1] !== undefined) return { kind: 'number', value: Number(next[1]) }
  const name = next[2]
  if (accept(reader, ['(']) === undefined) return { kind: 'id', id: name }
  const args = several(reader, ')')
  if (args === undefined) return undefined
  if (name === 'METRICS') return args.length === 0 ? { kind: 'metrics' } : undefined
  return isCall(name, args) ? { kind: 'call', name, args } : undefined
}

/** Whether a function is one that is known, with arguments that it can take: over lists only, not over time. */
function isCall(name: string, args: readonly Expression[]): boolean {
  if (!Object.hasOwn(ARGUMENTS, name) || ARGUMENTS[name] !== args.length) return false
  const list = args[0].kind === 'list' || args[0].kind === 'metrics'
  return list === OVER_LISTS.includes(name) && (name !== 'PERIOD' || args[0].kind === 'id')
}

function several(reader: Reader, end: string): readonly Expression[] | undefined {
  const items: Expression[] = []
  if (accept(reader, [end]) !== undefined) return items
  for (;;) {
    const item = level(reader, 0)
    if (item === undefined) return undefined
    items.push(item)
    if (accept(reader, [end]) !== undefined) return items
    if (accept(reader, [',']) === undefined) return undefined
  }
}

function operate(op: string, left: number, right: number): number | undefined {
  switch (op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? undefined : left / right
    case '==':
      return left === right ? 1 : 0
    case '!=':
      return left === right ? 0 : 1
    case '<':
      return left < right ? 1 : 0
    case '<=':
      return left <= right ? 1 : 0
    case '>':
      return left > right ? 1 : 0
    case '>=':
      return left >= right ? 1 : 0
    case 'AND':
    case '&&':
      return left !== 0 && right !== 0 ? 1 : 0
    default:
      return left !== 0 || right !== 0 ? 1 : 0
  }
}

function call({ name, args }: Expression & { kind: 'call' }, values: Values): number | undefined {
  if (OVER_LISTS.includes(name)) return overList(name, itemsOf(args[0], values))
  if (name === 'PERIOD') return values.period
  const first = reckon(args[0], values)
  if (name === 'FILL') return first ?? reckon(args[1], values)
  if (first === undefined) return undefined
  if (name === 'IF') return reckon(first !== 0 ? args[1] : args[2], values)
  return name === 'ABS' ? Math.abs(first) : name === 'CEIL' ? Math.ceil(first) : Math.floor(first)
}

/** The values of a list that are there. */
function itemsOf(list: Expression, values: Values): readonly number[] {
  const all =
    list.kind === 'list'
      ? list.items.map((item) => reckon(item, values))
      : values.metrics.map((id) => values.valueOf(id))
  return all.filter((value) => value !== undefined)
}

function overList(name: string, items: readonly number[]): number | undefined {
  if (items.length === 0) return undefined
  const sum = items.reduce((total, item) => total + item, 0)
  if (name === 'SUM') return sum
  if (name === 'AVG') return sum / items.length
  return items.reduce((best, item) => (name === 'MAX' ? Math.max(best, item) : Math.min(best, item)), items[0])
}
