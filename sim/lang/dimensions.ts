// Whether the two sides of an expectation count the same thing: `max(Jobs.ApproximateNumberOfMessagesVisible) < 5 s` never does.
import type { CwUnit } from '../model/contract.ts'
import type { Expectation, Formula, Measured } from './expectation.ts'

/** What a number counts. `number` is a constant without a unit, which is read in the unit of whatever it stands beside. */
export type Kind = 'time' | 'size' | 'percentage' | 'rate' | 'money' | 'count' | 'number'

export interface Mismatch {
  readonly at: Formula
  readonly message: string
}

/** Why a comparison makes no sense; undefined when it does. `unitOf` tells a metric's unit. */
export function mismatchOf(
  ast: Expectation & { kind: 'compare' },
  unitOf: (metric: Measured) => CwUnit | undefined,
): Mismatch | undefined {
  let found: Mismatch | undefined
  const joined = (at: Formula, left: Kind | undefined, right: Kind | undefined, verb: string): Kind | undefined => {
    if (left === undefined || right === undefined) return undefined
    if (left === right || right === 'number') return left
    if (left === 'number') return right
    // A ratio of counts is a share.
    if (isShare(left) && isShare(right)) return 'count'
    found ??= { at, message: `${article(left)} is ${verb} ${article(right)}` }
    return undefined
  }
  const kindOf = (formula: Formula): Kind | undefined => {
    switch (formula.kind) {
      case 'quantity':
        return QUANTITIES[formula.unit]
      case 'metric':
        return formula.statistic.kind === 'SampleCount' ? 'count' : kindOfUnit(unitOf(formula))
      case 'errors':
        return 'count'
      case 'cost':
        return 'money'
      case 'binary': {
        const left = kindOf(formula.left)
        const right = kindOf(formula.right)
        if (formula.op === '+' || formula.op === '-')
          return joined(formula.right, left, right, formula.op === '+' ? 'added to' : 'reduced by')
        if (left === undefined || right === undefined) return undefined
        if (formula.op === '/') return quotient(left, right)
        return isPlain(left) ? right : isPlain(right) ? left : undefined
      }
    }
  }
  joined(ast.right, kindOf(ast.left), kindOf(ast.right), 'compared with')
  return found
}

const QUANTITIES: Readonly<Record<string, Kind>> = {
  duration: 'time',
  size: 'size',
  percent: 'percentage',
  rate: 'rate',
  money: 'money',
  count: 'number',
}

function kindOfUnit(unit: CwUnit | undefined): Kind | undefined {
  switch (unit) {
    case 'Seconds':
    case 'Milliseconds':
      return 'time'
    case 'Bytes':
      return 'size'
    case 'Percent':
      return 'percentage'
    case 'Count':
      return 'count'
    default:
      return undefined
  }
}

function quotient(left: Kind, right: Kind): Kind | undefined {
  if (left === right) return left === 'number' ? 'number' : 'count'
  if (isPlain(right)) return left
  return isPlain(left) && right === 'time' ? 'rate' : undefined
}

function isPlain(kind: Kind): boolean {
  return kind === 'count' || kind === 'number' || kind === 'percentage'
}

function isShare(kind: Kind): boolean {
  return kind === 'count' || kind === 'percentage'
}

function article(kind: Kind): string {
  return kind === 'money' ? 'an amount of money' : `a ${kind}`
}
