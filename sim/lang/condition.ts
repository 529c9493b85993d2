// Conditions on an event: `$.quantity < 0`, `$.kind == 'refund' and not exists($.receipt)`, `chance(5%)`.
//
//   or       := and ('or' and)*
//   and      := not ('and' not)*
//   not      := 'not' not | '(' or ')' | exists(path) | chance(share) | operand comparison operand
//   operand  := path | 'text' | quantity | true | false | null
//
// Quantities are in base units (µs, bytes, or one), as everything in an event is. Deciding is `holds` in `parts/program.ts`.
import type { Condition, Template } from '../parts/program.ts'
import type { Outcome } from './outcome.ts'
import { quote } from './outcome.ts'
import { readPathPiece } from './path.ts'
import { dimensionOf, fractionOfPercent, parseQuantity, parseShare } from './quantity.ts'
import { QUOTED, reading, unquoted } from './scanner.ts'
import type { Scanner } from './scanner.ts'

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

const COMPARISON = /<=|>=|==|!=|<|>/y
const OPEN = /\(/y
const CLOSE = /\)/y
const DOLLAR = /\$/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const OTHER_SIGN = /&&|\|\||!(?!=)|===|!==|=(?!=)|<>/y
/** A number and the unit that may follow it, the words of the language excepted. */
export const QUANTITY =
  /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:\s*(?!(?:and|or|not|during|by|at)\b)[\p{L}%]+)?/uy

const OTHER_SIGNS: ReadonlyMap<string, string> = new Map([
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  ['===', '=='],
  ['!==', '!='],
  ['=', '=='],
  ['<>', '!='],
])

/** Reads a condition that is the whole text. `purpose` names the random stream of `chance`. */
export function parseCondition(text: string, purpose = ''): Outcome<Condition> {
  return reading(
    text,
    (scanner) => {
      const condition = readOr(scanner, purpose)
      refuseOtherSign(scanner)
      return condition
    },
    '`and`, `or` or the end',
  )
}

/** Stops at a sign that other languages use, with the word to write here. */
export function refuseOtherSign(scanner: Scanner): void {
  const sign = scanner.peek(OTHER_SIGN)
  if (sign === undefined) return
  scanner.stop('unknown-sign', `${quote(sign.text)} means nothing here`, sign, {
    label: `write ${quote(OTHER_SIGNS.get(sign.text)!)}`,
  })
}

function readOr(scanner: Scanner, purpose: string): Condition {
  return readSeries(scanner, 'or', () => readSeries(scanner, 'and', () => readNot(scanner, purpose)))
}

/** One condition, or several joined by one word. */
function readSeries(scanner: Scanner, joint: 'and' | 'or', read: () => Condition): Condition {
  const of = [read()]
  while (takeWord(scanner, joint)) of.push(read())
  return of.length === 1 ? of[0]! : { kind: joint, of }
}

function readNot(scanner: Scanner, purpose: string): Condition {
  refuseOtherSign(scanner)
  if (takeWord(scanner, 'not')) return { kind: 'not', of: scanner.nested(() => readNot(scanner, purpose)) }
  if (scanner.take(OPEN) !== undefined) {
    const inner = scanner.nested(() => readOr(scanner, purpose))
    refuseOtherSign(scanner)
    scanner.expect(CLOSE, '`)`')
    return inner
  }
  if (takeWord(scanner, 'exists')) {
    return inBrackets(scanner, () => ({ kind: 'exists', of: { kind: 'path', path: readPathPiece(scanner) } }))
  }
  if (takeWord(scanner, 'chance')) {
    return inBrackets(scanner, () => {
      const share = scanner.expect(QUANTITY, 'a share such as `5%`')
      return { kind: 'chance', share: scanner.accept(parseShare(share.text), share.start), purpose }
    })
  }
  return comparison(scanner)
}

function inBrackets<T>(scanner: Scanner, read: () => T): T {
  scanner.expect(OPEN, '`(`')
  const value = read()
  scanner.expect(CLOSE, '`)`')
  return value
}

function comparison(scanner: Scanner): Condition {
  scanner.skipSpace()
  const start = scanner.at
  const left = readOperand(scanner)
  const alone = scanner.since(start)
  refuseOtherSign(scanner)
  const op = scanner.take(COMPARISON)
  if (op === undefined) {
    const help =
      left.kind === 'path' ? `write ${quote(`exists(${alone.text})`)} or ${quote(`${alone.text} == true`)}` : undefined
    if (scanner.peek(CLOSE) === undefined && !scanner.done && scanner.peek(/(and|or)\b/y) === undefined) {
      scanner.unexpected('`==`, `!=`, `<`, `<=`, `>` or `>=`', { help })
    }
    scanner.stop('missing-comparison', `${quote(alone.text)} is compared with nothing`, alone, { help })
  }
  refuseOtherSign(scanner)
  const right = readOperand(scanner)
  if (left.kind === 'constant' && right.kind === 'constant') {
    const whole = scanner.since(start)
    scanner.stop('constant-condition', `${quote(whole.text)} is the same for every event`, whole, {
      help: 'compare a path such as `$.size`',
    })
  }
  return { kind: 'compare', op: op.text as Comparison, left, right }
}

function readOperand(scanner: Scanner): Template {
  if (scanner.peek(DOLLAR) !== undefined) return { kind: 'path', path: readPathPiece(scanner) }
  const text = scanner.take(QUOTED)
  if (text !== undefined) return { kind: 'constant', value: unquoted(text.text) }
  const quantity = scanner.take(QUANTITY)
  if (quantity !== undefined) return { kind: 'constant', value: quantityIn(scanner, quantity.text, quantity.start) }
  const word = scanner.peek(WORD)
  if (word !== undefined && LITERALS.has(word.text)) {
    scanner.take(WORD)
    return { kind: 'constant', value: LITERALS.get(word.text) }
  }
  const help =
    word === undefined
      ? undefined
      : `a text stands in quotes: ${quote(`'${word.text}'`)}; a member of the event begins with \`$.\``
  return scanner.unexpected('a path, a number or a text in quotes', { help })
}

const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function quantityIn(scanner: Scanner, text: string, start: number): number {
  if (text.endsWith('%')) return fractionOfPercent(text.slice(0, -1).trim())
  // A number of an event may be negative; a duration or a size is not.
  if (/^[+-]?[\d.eE+-]+$/.test(text)) return Number(text) + 0
  return scanner.accept(parseQuantity(text, dimensionOf(text) ?? 'duration'), start)
}

/** Takes a word of the language where it stands alone. */
export function takeWord(scanner: Scanner, word: string): boolean {
  const next = scanner.peek(WORD)
  if (next?.text !== word) return false
  scanner.take(WORD)
  return true
}
