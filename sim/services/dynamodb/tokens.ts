// Cuts the text of an expression into tokens.
import { Invalid } from './values.ts'

export type TokenKind = 'name' | 'value' | 'number' | 'sign' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  readonly at: number
}

const PATTERN = /\s*(?:(#[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*)|(:[A-Za-z0-9_]+)|([0-9]+)|(<>|<=|>=|[=<>()[\].,+-]))/y

/** Tokens of an expression, the last of kind `end`. Throws `Invalid` at a character that cannot stand there. */
export function tokenize(text: string, what: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const end = text.replace(/\s+$/, '').length
  while (at < end) {
    PATTERN.lastIndex = at
    const match = PATTERN.exec(text)
    if (match === null)
      throw new Invalid(
        `Invalid ${what}: Syntax error; token: "${text.slice(at).trimStart().charAt(0)}", near: "${text.slice(at, at + 20).trim()}"`,
      )
    const kind: TokenKind =
      match[1] !== undefined ? 'name' : match[2] !== undefined ? 'value' : match[3] !== undefined ? 'number' : 'sign'
    tokens.push({ kind, text: (match[1] ?? match[2] ?? match[3] ?? match[4])!, at })
    at = PATTERN.lastIndex
  }
  if (tokens.length === 0) throw new Invalid(`Invalid ${what}: The expression can not be empty;`)
  tokens.push({ kind: 'end', text: '<EOF>', at })
  return tokens
}
