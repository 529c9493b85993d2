// The form that distributions, keys and arrivals share: `name(a, b, key=value, weight: value)`, nested, each part with its place.
//
//   mix(0.95: lognormal(p50=8ms, p99=40ms), 0.05: 2s)
//   │   │     │         │   │               │     └ word
//   │   │     │         key value           └ key with `:`
//   name key  value, itself a call
import { QUOTED, reading, unquoted } from './scanner.ts'
import type { Piece, Scanner } from './scanner.ts'
import type { Outcome } from './outcome.ts'

/** A name, a quantity or a quoted text. */
export interface Word extends Piece {
  readonly kind: 'word'
  readonly quoted: boolean
}

export interface Call {
  readonly kind: 'call'
  readonly name: Word
  readonly args: readonly Argument[]
  readonly start: number
  readonly end: number
}

export interface Argument {
  readonly key: Word | undefined
  /** What stands between key and value; empty without a key. */
  readonly joint: '=' | ':' | ''
  readonly value: Word | Call
}

/** What stands between spaces, and further such runs that begin with a letter: `2 min` is one word, `1ms 2ms` is two. */
const WORD = /[^\s,():='"]+(?:\s+[\p{L}%][^\s,():='"]*)*/uy
const OPEN = /\(/y
const CLOSE = /\)/y
const COMMA = /,/y
const JOINT = /[:=]/y

/** Reads a whole text as one word or call, and gives what `mean` makes of it. */
export function readingCall<T>(text: string, mean: (value: Word | Call, scanner: Scanner) => T): Outcome<T> {
  return reading(text, (scanner) => {
    const value = readValue(scanner)
    if (!scanner.done) scanner.unexpected('the end')
    return mean(value, scanner)
  })
}

/** Whether a text looks like a call: a name and a bracket. Anything else is a quantity or plain text. */
export function isCall(text: string): boolean {
  return /^\s*[A-Za-z][\w-]*\s*\(/u.test(text)
}

function readValue(scanner: Scanner): Word | Call {
  const word = readWord(scanner)
  if (word.quoted || scanner.take(OPEN) === undefined) return word
  return scanner.nested(() => {
    const args: Argument[] = []
    while (scanner.take(CLOSE) === undefined) {
      if (args.length > 0) scanner.expect(COMMA, '`,` or `)`')
      args.push(readArgument(scanner))
    }
    return { kind: 'call', name: word, args, start: word.start, end: scanner.at }
  })
}

function readArgument(scanner: Scanner): Argument {
  const value = readValue(scanner)
  const joint = scanner.peek(JOINT)
  if (joint === undefined || value.kind === 'call') return { key: undefined, joint: '', value }
  scanner.take(JOINT)
  return { key: value, joint: joint.text === '=' ? '=' : ':', value: readValue(scanner) }
}

function readWord(scanner: Scanner): Word {
  const text = scanner.take(QUOTED)
  if (text !== undefined) return { ...text, kind: 'word', text: unquoted(text.text), quoted: true }
  return { ...scanner.expect(WORD, 'a value or a name'), kind: 'word', quoted: false }
}
