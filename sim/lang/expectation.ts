// What a scenario expects of a run: `p99(Api.Latency) < 300 ms`, `alarm(Backlog) == OK during 0s..6m`, `conserved(Jobs)`.
//
//   expectation := (conserved '(' name ')' | alarm '(' name ')' ('=='|'!=') state | sum comparison sum) ending*
//   ending      := during [duration] '..' [duration] | by name (',' name)*
//   sum         := product (('+'|'-') product)*          product := term (('*'|'/') term)*
//   term        := statistic '(' [stack '.'] resource '.' metric ')' | count '(' error [at resource] ')'
//                | cost '(' period [at resource] ')' | quantity | '(' sum ')'
//
// Names are not looked up here: each carries its place, so that whoever knows the resources can point at it.
import { nearest } from '../diag/suggest.ts'
import { unknownName } from './arguments.ts'
import { QUANTITY, refuseOtherSign, takeWord } from './condition.ts'
import type { Comparison } from './condition.ts'
import { quote } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { dimensionOf, fractionOfPercent, parseDuration, parseQuantity, parseRate } from './quantity.ts'
import { QUOTED, reading, unquoted } from './scanner.ts'
import type { Piece, Scanner } from './scanner.ts'
import { readStatistic } from './statistic.ts'
import type { Statistic } from './statistic.ts'

/** A place inside the expectation's text, in UTF-16 units. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** A name and its place. */
export interface Name extends Place {
  readonly text: string
}

/** What the number of a quantity counts: µs, bytes, a share of one, events per µs, US dollars, or things. */
export type QuantityUnit = 'duration' | 'size' | 'percent' | 'rate' | 'money' | 'count'

export interface Quantity extends Place {
  readonly kind: 'quantity'
  readonly value: number
  readonly unit: QuantityUnit
  /** As it was written, for messages. */
  readonly text: string
}
/** A statistic of a metric. A resource of another stack is written `Stack.Resource`. */
export interface Measured extends Place {
  readonly kind: 'metric'
  readonly statistic: Statistic
  readonly resource: Name
  readonly metric: Name
}
/** How often an exception was answered, everywhere or by one resource. */
export interface ErrorCount extends Place {
  readonly kind: 'errors'
  readonly error: Name
  readonly resource: Name | undefined
}
/** What the run costs, as if it went on for the period; `run` is the run as it is. */
export interface Cost extends Place {
  readonly kind: 'cost'
  readonly period: CostPeriod
  readonly resource: Name | undefined
}
export interface Binary extends Place {
  readonly kind: 'binary'
  readonly op: '+' | '-' | '*' | '/'
  readonly left: Formula
  readonly right: Formula
}
export type Formula = Quantity | Measured | ErrorCount | Cost | Binary

const PERIODS = ['monthly', 'daily', 'hourly', 'run'] as const
export type CostPeriod = (typeof PERIODS)[number]

const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const
export type AlarmState = (typeof ALARM_STATES)[number]

/** A stretch of virtual time in µs; absent ends are those of the measured part of the run. */
export interface During extends Place {
  readonly from: number | undefined
  readonly to: number | undefined
}

export type Expectation = {
  readonly during: During | undefined
} & (
  | {
      readonly kind: 'compare'
      readonly left: Formula
      readonly op: Comparison
      readonly right: Formula
      /** Dimensions: the expectation holds for each combination of their values. */
      readonly by: readonly Name[]
    }
  | { readonly kind: 'alarm'; readonly alarm: Name; readonly op: '==' | '!='; readonly state: AlarmState }
  | { readonly kind: 'conserved'; readonly resource: Name }
)

const OPEN = /\(/y
const CLOSE = /\)/y
const DOT = /\.(?!\.)/y
const COMMA = /,/y
const RANGE = /\.\./y
const COMPARISON = /<=|>=|==|!=|<|>/y
const PLUS = /[+\-−]/uy
const TIMES = /[*/×÷]/uy
const RATE = /\d+(?:\.\d+)?\s*\/\s*(?:us|µs|ms|s|min|m|h|d)\b/uy
const TIME = /\d+(?:\.\d+)?\s*(?:(?!by\b)[\p{L}]+)?/uy
/** Letters, digits and what AWS has in names: `4xxErrorRate`, `ConsumedWriteCapacityUnits`, `States.Timeout`'s parts. */
const NAME = /[\p{L}\p{N}_][\p{L}\p{N}_:-]*/uy
const NAMES_WITH_DOTS = /[\p{L}\p{N}_][\p{L}\p{N}_:.-]*/uy
const FUNCTION = /[A-Za-z][\w.]*(?=\s*\()/y

/** Reads one expectation that is the whole text. */
export function parseExpectation(text: string): Outcome<Expectation> {
  return reading(text, readExpectation, '`during`, `by` or the end')
}

/** A value to be measured in a run: `p99(Api.Latency) during 2m..4m`. */
export interface Measure {
  readonly formula: Formula
  readonly during: During | undefined
}

/** Reads one measure that is the whole text: the left side of an expectation, on its own. */
export function parseMeasure(text: string): Outcome<Measure> {
  return reading(text, readMeasure, '`during` or the end')
}

function readMeasure(scanner: Scanner): Measure {
  const formula = readSum(scanner)
  if (isConstant(formula))
    scanner.stop('constant-expectation', 'this is the same whatever happens in the run', formula, {
      help: `expected a term such as ${EXAMPLE}`,
    })
  const { during, by } = readEndings(scanner)
  if (by.length > 0) scanner.stop('unexpected-by', 'a measure is one value', by[0]!)
  return { formula, during }
}

function readExpectation(scanner: Scanner): Expectation {
  const function_ = scanner.peek(FUNCTION)?.text
  if (function_ === 'conserved') {
    takeWord(scanner, 'conserved')
    const resource = inBrackets(scanner, () => readNames(scanner, 'the name of a resource'))
    const { during, by } = readEndings(scanner)
    if (by.length > 0) scanner.stop('unexpected-by', '`conserved` has no dimensions', by[0]!)
    return { kind: 'conserved', resource, during }
  }
  if (function_ === 'alarm') return readAlarm(scanner)
  const left = readSum(scanner)
  refuseOtherSign(scanner)
  const op = scanner.expect(COMPARISON, '`<`, `<=`, `>`, `>=`, `==` or `!=`').text as Comparison
  refuseOtherSign(scanner)
  const right = readSum(scanner)
  const again = scanner.peek(COMPARISON)
  if (again !== undefined)
    scanner.stop('second-comparison', 'an expectation compares once', again, { help: 'write two expectations' })
  if (isConstant(left) && isConstant(right)) {
    scanner.stop(
      'constant-expectation',
      'this is true or false whatever happens in the run',
      { start: left.start, end: right.end },
      { help: `expected a term such as ${EXAMPLE}` },
    )
  }
  const { during, by } = readEndings(scanner)
  return { kind: 'compare', left, op, right, during, by }
}

const EXAMPLE = '`p99(Api.Latency)`'

function readAlarm(scanner: Scanner): Expectation {
  takeWord(scanner, 'alarm')
  const alarm = inBrackets(scanner, () => readNames(scanner, 'the name of an alarm'))
  refuseOtherSign(scanner)
  const op = scanner.expect(/==|!=/y, '`==` or `!=`').text as '==' | '!='
  const state = scanner.expect(NAME, 'a state of an alarm', {
    help: 'states are `OK`, `ALARM` and `INSUFFICIENT_DATA`',
  })
  if (!(ALARM_STATES as readonly string[]).includes(state.text)) {
    unknownName('unknown-state', 'a state of an alarm', state, ALARM_STATES, scanner)
  }
  const { during, by } = readEndings(scanner)
  if (by.length > 0) scanner.stop('unexpected-by', 'an alarm has no dimensions', by[0]!)
  return { kind: 'alarm', alarm, op, state: state.text as AlarmState, during }
}

function readEndings(scanner: Scanner): { during: During | undefined; by: readonly Name[] } {
  let during: During | undefined
  const by: Name[] = []
  for (;;) {
    const word = scanner.peek(/during|by/y)
    if (during === undefined && takeWord(scanner, 'during')) during = readDuring(scanner)
    else if (by.length === 0 && takeWord(scanner, 'by')) {
      do by.push(readName(scanner, 'the name of a dimension'))
      while (scanner.take(COMMA) !== undefined)
    } else if (word !== undefined && !scanner.done) {
      scanner.stop('duplicate-ending', `${quote(word.text)} is given twice`, word)
    } else return { during, by }
  }
}

function readDuring(scanner: Scanner): During {
  scanner.skipSpace()
  const start = scanner.at
  const from = readTime(scanner)
  scanner.expect(RANGE, from === undefined ? 'a time such as `0s..6m`' : '`..`')
  const to = readTime(scanner)
  const whole = scanner.since(start)
  if (from === undefined && to === undefined)
    scanner.stop('empty-range', '`..` has no ends', whole, { help: 'write `0s..6m`, `6m..` or `..6m`' })
  if (from !== undefined && to !== undefined && to <= from) {
    scanner.stop('empty-range', `${quote(whole.text)} ends before it begins`, whole)
  }
  return { from, to, start, end: whole.end }
}

function readTime(scanner: Scanner): number | undefined {
  const piece = scanner.take(TIME)
  return piece === undefined ? undefined : scanner.accept(parseDuration(piece.text), piece.start)
}

function readSum(scanner: Scanner): Formula {
  return readSeries(scanner, PLUS, () => readSeries(scanner, TIMES, () => readTerm(scanner)))
}

/** Terms joined from left to right. */
function readSeries(scanner: Scanner, joint: RegExp, read: () => Formula): Formula {
  let left = read()
  for (;;) {
    const sign = scanner.take(joint)
    if (sign === undefined) return left
    const right = read()
    left = { kind: 'binary', op: OPERATORS.get(sign.text)!, left, right, start: left.start, end: right.end }
  }
}

const OPERATORS: ReadonlyMap<string, Binary['op']> = new Map([
  ['+', '+'],
  ['-', '-'],
  ['−', '-'],
  ['*', '*'],
  ['×', '*'],
  ['/', '/'],
  ['÷', '/'],
])

function readTerm(scanner: Scanner): Formula {
  if (scanner.take(OPEN) !== undefined) {
    const inner = scanner.nested(() => readSum(scanner))
    scanner.expect(CLOSE, '`)`')
    return inner
  }
  const quantity = readQuantity(scanner)
  if (quantity !== undefined) return quantity
  const function_ = scanner.peek(FUNCTION)
  if (function_ === undefined) {
    const help =
      scanner.peek(NAME) === undefined ? undefined : `a metric stands in the brackets of a statistic: ${EXAMPLE}`
    return scanner.unexpected('a statistic of a metric or a quantity', { help })
  }
  if (takeWord(scanner, 'count')) return readErrors(scanner, function_)
  if (takeWord(scanner, 'cost')) return readCost(scanner, function_)
  if (function_.text === 'alarm' || function_.text === 'conserved') {
    scanner.stop('not-a-number', `${quote(function_.text)} is no number`, function_, {
      help: 'it is an expectation of its own',
    })
  }
  const statistic = readStatistic(scanner, ['alarm', 'conserved', 'cost', 'count'])
  return inBrackets(scanner, (): Measured => {
    const names = [readName(scanner, 'the name of a resource')]
    while (scanner.take(DOT) !== undefined) names.push(readName(scanner, 'the name of a metric'))
    const metric = names.pop()!
    if (names.length === 0) {
      scanner.stop('missing-metric', `${quote(metric.text)} names no metric`, metric, {
        help: `write ${quote(`${metric.text}.Metric`)}, as in ${EXAMPLE}`,
      })
    }
    const resource = {
      text: names.map((name) => name.text).join('.'),
      start: names[0]!.start,
      end: names[names.length - 1]!.end,
    }
    return { kind: 'metric', statistic, resource, metric, start: function_.start, end: metric.end + 1 }
  })
}

function readErrors(scanner: Scanner, from: Place): ErrorCount {
  return inBrackets(scanner, () => {
    const error = readNames(scanner, 'the name of an exception')
    const resource = takeWord(scanner, 'at') ? readNames(scanner, 'the name of a resource') : undefined
    return { kind: 'errors', error, resource, start: from.start, end: (resource ?? error).end + 1 }
  })
}

function readCost(scanner: Scanner, from: Place): Cost {
  return inBrackets(scanner, () => {
    const period = scanner.expect(NAME, '`monthly`, `daily`, `hourly` or `run`')
    if (!(PERIODS as readonly string[]).includes(period.text))
      unknownName('unknown-period', 'a period of costs', period, PERIODS, scanner)
    const resource = takeWord(scanner, 'at') ? readNames(scanner, 'the name of a resource') : undefined
    return {
      kind: 'cost',
      period: period.text as CostPeriod,
      resource,
      start: from.start,
      end: (resource ?? period).end + 1,
    }
  })
}

function readQuantity(scanner: Scanner): Quantity | undefined {
  const rate = scanner.take(RATE)
  if (rate !== undefined) {
    const { count, perMicros } = scanner.accept(parseRate(rate.text), rate.start)
    return { kind: 'quantity', value: count / perMicros, unit: 'rate', ...rate }
  }
  const piece = scanner.peek(/[.\d]/y) === undefined ? undefined : scanner.take(QUANTITY)
  if (piece === undefined) return undefined
  const unit = /[\p{L}%]*$/u.exec(piece.text)![0]
  const number = piece.text.slice(0, piece.text.length - unit.length).trimEnd()
  if (unit === '%') return { kind: 'quantity', value: fractionOfPercent(number), unit: 'percent', ...piece }
  if (unit === 'USD') return { kind: 'quantity', value: Number(number), unit: 'money', ...piece }
  const dimension = dimensionOf(piece.text)
  if (dimension === undefined) {
    const near = nearest(unit, UNITS)
    scanner.stop(
      'unknown-unit',
      `${quote(unit)} is not a unit`,
      { start: piece.end - unit.length, end: piece.end },
      {
        label: near === undefined ? undefined : `did you mean ${quote(near)}?`,
        help: 'units are those of time (`ms`, `s`, `m`), of size (`KB`), `%`, `/s` and `USD`',
      },
    )
  }
  return {
    kind: 'quantity',
    value: scanner.accept(parseQuantity(piece.text, dimension), piece.start),
    unit: dimension,
    ...piece,
  }
}

const UNITS = ['us', 'ms', 'min', 'KB', 'MB', 'GB', 'USD']

function isConstant(formula: Formula): boolean {
  return (
    formula.kind === 'quantity' || (formula.kind === 'binary' && isConstant(formula.left) && isConstant(formula.right))
  )
}

function inBrackets<T>(scanner: Scanner, read: () => T): T {
  scanner.expect(OPEN, '`(`')
  const value = read()
  scanner.expect(CLOSE, '`)`')
  return value
}

function readName(scanner: Scanner, expected: string): Name {
  return readQuoted(scanner) ?? scanner.expect(NAME, expected)
}

/** A name that may hold dots: a resource of another stack, or an exception such as `States.Timeout`. */
function readNames(scanner: Scanner, expected: string): Name {
  return readQuoted(scanner) ?? scanner.expect(NAMES_WITH_DOTS, expected)
}

function readQuoted(scanner: Scanner): Name | undefined {
  const piece: Piece | undefined = scanner.take(QUOTED)
  return piece === undefined ? undefined : { ...piece, text: unquoted(piece.text) }
}
