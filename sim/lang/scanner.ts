// Walks over a small text piece by piece; the tokenizer under every reader of this folder.
//
// The one idea: a reader asks for what may come next by a sticky pattern, so each small language keeps its own kinds of
// words. What does not fit stops the reading with a flaw that points at the piece found; `reading` hands it back as data.
import type { Slug } from '../diag/catalogue.ts'
import { flaw, found, quote } from './outcome.ts'
import type { Flaw, FlawWords, Outcome } from './outcome.ts'

/** A part of the text, `start` included and `end` not. */
export interface Piece {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Carries a flaw out of a nested reader; it never leaves `reading`. */
class Stop {
  readonly flaw: Flaw
  constructor(one: Flaw) {
    this.flaw = one
  }
}

/** Longer texts are not read: they come from untrusted files. */
export const TEXT_MAX = 10_000
/** Brackets inside brackets, for the same reason. */
export const DEPTH_MAX = 40

const SPACE = /\s+/y
const REST = /[A-Za-z0-9_$.%µ-]+|./suy

export class Scanner {
  readonly text: string
  at: number
  #depth: number

  constructor(text: string) {
    this.text = text
    this.at = 0
    this.#depth = 0
  }

  skipSpace(): void {
    SPACE.lastIndex = this.at
    if (SPACE.test(this.text)) this.at = SPACE.lastIndex
  }

  get done(): boolean {
    this.skipSpace()
    return this.at >= this.text.length
  }

  /** The piece that fits a sticky pattern after any space, or nothing, and then the scanner stands where it stood. */
  take(pattern: RegExp): Piece | undefined {
    const before = this.at
    this.skipSpace()
    const piece = this.takeHere(pattern)
    if (piece === undefined) this.at = before
    return piece
  }

  /** As `take`, but no space may come first. */
  takeHere(pattern: RegExp): Piece | undefined {
    const start = this.at
    pattern.lastIndex = start
    const match = pattern.exec(this.text)
    if (match === null || match[0] === '') return undefined
    this.at = start + match[0].length
    return { text: match[0], start, end: this.at }
  }

  /** As `take`, without moving. */
  peek(pattern: RegExp): Piece | undefined {
    const before = this.at
    const piece = this.take(pattern)
    this.at = before
    return piece
  }

  /** As `takeHere`, without moving. */
  peekHere(pattern: RegExp): Piece | undefined {
    const piece = this.takeHere(pattern)
    if (piece !== undefined) this.at = piece.start
    return piece
  }

  /** As `take`, or a flaw that names what was expected. */
  expect(pattern: RegExp, expected: string, words: FlawWords = {}): Piece {
    return this.take(pattern) ?? this.unexpected(expected, words)
  }

  /** The text from `start` to where the scanner stands, without space at its end. */
  since(start: number): Piece {
    const text = this.text.slice(start, this.at).trimEnd()
    return { text, start, end: start + text.length }
  }

  /** Reads one level deeper in brackets. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX) {
      this.stop('too-deep', `more than ${DEPTH_MAX} brackets are open here`, { start: this.at - 1, end: this.at })
    }
    const value = read()
    this.#depth--
    return value
  }

  unexpected(expected: string, words: FlawWords = {}): never {
    const next = this.peek(REST)
    if (next === undefined) {
      const end = this.text.trimEnd().length
      throw new Stop(flaw('unexpected-end', `the text ends where ${expected} is expected`, end, 1, words))
    }
    this.stop('unexpected-text', `expected ${expected}, found ${quote(next.text)}`, next, words)
  }

  stop(
    slug: Slug,
    message: string,
    at: { readonly start: number; readonly end: number },
    words: FlawWords = {},
  ): never {
    throw new Stop(flaw(slug, message, at.start, at.end - at.start, words))
  }

  /** The value of an outcome whose text began at `start`, or its flaw. */
  accept<T>(outcome: Outcome<T>, start: number): T {
    if (outcome.ok) return outcome.value
    throw new Stop({ ...outcome, offset: outcome.offset + start })
  }
}

/** Reads a whole text: what `read` leaves over is a flaw, named by what was expected instead. */
export function reading<T>(text: string, read: (scanner: Scanner) => T, expected = 'the end'): Outcome<T> {
  if (text.length > TEXT_MAX) {
    return flaw('too-long', `a text of ${text.length} characters; at most ${TEXT_MAX} are read`, 0, 1)
  }
  const scanner = new Scanner(text)
  try {
    const value = read(scanner)
    if (!scanner.done) scanner.unexpected(expected)
    return found(value)
  } catch (stop) {
    if (stop instanceof Stop) return stop.flaw
    throw stop
  }
}

/** The text between quotes: a backslash keeps the next character as it is, in YAML's manner two single quotes are one. */
export function unquoted(piece: string): string {
  const inner = piece.slice(1, -1)
  return piece.startsWith("'") ? inner.replaceAll("''", "'") : inner.replace(/\\(.)/gs, '$1')
}

/** A text in single or double quotes. */
export const QUOTED = /'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"/suy
