// What an expression of streaming SQL is worth for a row, and what aggregates make of many rows.
import type { Aggregate, Expression } from './sql.ts'

export type Value = number | string | boolean | null

/** A row of a stream: its time (µs since 1970) and its columns, by name. */
export interface Row {
  readonly time: number
  readonly values: ReadonlyMap<string, Value>
}

/** An expression's worth: for a row, with the aggregates of its window by number. NULL where a part of it is NULL. */
export function valueOf(expression: Expression, row: Row, aggregates: readonly Value[]): Value {
  switch (expression.op) {
    case 'constant':
      return expression.value
    case 'column':
      return row.values.get(expression.name) ?? null
    case 'rowtime':
      return Math.floor(row.time / 1000)
    case 'window':
      return Math.floor(floorTo(row.time, expression.size) / 1000)
    case 'aggregate':
      return aggregates[expression.number] ?? null
    case 'unary': {
      const of = valueOf(expression.of, row, aggregates)
      if (expression.sign === 'is null') return of === null
      if (of === null) return null
      return expression.sign === 'not' ? of !== true : -Number(of)
    }
    case 'case': {
      for (const [condition, value] of expression.when)
        if (valueOf(condition, row, aggregates) === true) return valueOf(value, row, aggregates)
      return expression.otherwise === null ? null : valueOf(expression.otherwise, row, aggregates)
    }
    case 'call':
      return called(
        expression.name,
        expression.args.map((each) => valueOf(each, row, aggregates)),
      )
    case 'binary':
      return combined(
        expression.sign,
        valueOf(expression.left, row, aggregates),
        valueOf(expression.right, row, aggregates),
      )
  }
}

/** The beginning of the window of `size` µs that a time falls into (KDA-03). */
export function floorTo(time: number, size: number): number {
  return Math.floor(time / size) * size
}

function called(name: string, args: readonly Value[]): Value {
  if (name === 'COALESCE') return args.find((each) => each !== null) ?? null
  if (args.includes(null)) return null
  const [first, second] = args
  switch (name) {
    case 'ABS':
      return Math.abs(Number(first))
    case 'CEIL':
      return Math.ceil(Number(first))
    case 'FLOOR':
      return Math.floor(Number(first))
    case 'MOD':
      return Number(second) === 0 ? null : Number(first) % Number(second)
    case 'UPPER':
      return String(first).toUpperCase()
    case 'LOWER':
      return String(first).toLowerCase()
    default:
      return String(first).length
  }
}

function combined(sign: string, left: Value, right: Value): Value {
  if (sign === 'and') return left === false || right === false ? false : left === null || right === null ? null : true
  if (sign === 'or') return left === true || right === true ? true : left === null || right === null ? null : false
  if (left === null || right === null) return null
  switch (sign) {
    case '||':
      return String(left) + String(right)
    case '+':
      return Number(left) + Number(right)
    case '-':
      return Number(left) - Number(right)
    case '*':
      return Number(left) * Number(right)
    case '/':
      return Number(right) === 0 ? null : Number(left) / Number(right)
    default:
      return compares(sign, compared(left, right))
  }
}

/** Below 0, 0 or above: numbers by their size, all else as text. */
function compared(left: Value, right: Value): number {
  if (typeof left === 'number' || typeof right === 'number') return Number(left) - Number(right)
  const [a, b] = [String(left), String(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

function compares(sign: string, order: number): boolean {
  if (Number.isNaN(order)) return false
  switch (sign) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

/** Values that have left are cleared away when there are so many of them. */
const KEPT = 64

/** One aggregate over rows that come at one end and, in a sliding window, leave at the other. */
export class Total {
  private readonly name: Aggregate
  private readonly seen: Map<Value, number> | null
  private count = 0
  private sum = 0
  /** Of MIN and MAX: those that no later value has made pointless, in order of arrival. */
  private readonly best: { readonly value: Value; readonly number: number }[] = []
  private first = 0
  private came = 0
  private left = 0

  constructor(name: Aggregate, isDistinct: boolean) {
    this.name = name
    this.seen = isDistinct ? new Map() : null
  }

  /** NULL is nothing; COUNT(*) counts rows and gets `true`. */
  add(value: Value): void {
    const number = this.came++
    if (value === null || !this.isNew(value)) return
    this.count++
    if (typeof value !== 'string') this.sum += Number(value)
    if (this.name !== 'MIN' && this.name !== 'MAX') return
    const { best, name } = this
    const isWorse = (other: Value): boolean => compared(other, value) * (name === 'MIN' ? 1 : -1) >= 0
    while (best.length > this.first && isWorse(best[best.length - 1].value)) best.pop()
    best.push({ value, number })
  }

  /** Takes the oldest row away, whose value this was. */
  remove(value: Value): void {
    const number = this.left++
    if (value === null || !this.isGone(value)) return
    this.count--
    if (typeof value !== 'string') this.sum -= Number(value)
    if (this.best[this.first]?.number === number) this.first++
    if (this.first < KEPT || this.first * 2 < this.best.length) return
    this.best.splice(0, this.first)
    this.first = 0
  }

  get value(): Value {
    switch (this.name) {
      case 'COUNT':
        return this.count
      case 'SUM':
        return this.count === 0 ? null : this.sum
      case 'AVG':
        return this.count === 0 ? null : this.sum / this.count
      default:
        return this.best[this.first]?.value ?? null
    }
  }

  private isNew(value: Value): boolean {
    if (this.seen === null) return true
    const times = this.seen.get(value) ?? 0
    this.seen.set(value, times + 1)
    return times === 0
  }

  private isGone(value: Value): boolean {
    if (this.seen === null) return true
    const times = this.seen.get(value)! - 1
    if (times > 0) this.seen.set(value, times)
    else this.seen.delete(value)
    return times === 0
  }
}
