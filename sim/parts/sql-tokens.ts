// Words of streaming SQL: names, numbers, texts and signs, each with its place.

export interface Token {
  readonly kind: 'name' | 'quoted' | 'number' | 'text' | 'sign' | 'end'
  /** A name in capitals unless it was quoted; a text without its quotes. */
  readonly text: string
  readonly at: number
}

/** What is wrong with a text of SQL, and where in it. */
export class SqlError extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** The longest code of an application, in letters. */
export const CODE_MAX = 102_400

const SPACE = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)+/y
const NAME = /[A-Za-z_][A-Za-z0-9_$]*/y
const NUMBER = /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const SIGN = /<=|>=|<>|!=|\|\||[(),.;*+\-/<>=]/y

/** Cuts a text into words; throws an `SqlError` at what is none. */
export function tokensOf(code: string): Token[] {
  if (code.length > CODE_MAX) throw new SqlError(`the code is longer than ${CODE_MAX} letters`, 0)
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(code)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  while (true) {
    take(SPACE)
    const start = at
    if (at >= code.length) break
    const quote = code[at]
    if (quote === '"' || quote === "'") {
      const end = endOf(code, at, quote)
      const inner = code.slice(at + 1, end).replaceAll(quote + quote, quote)
      tokens.push({ kind: quote === '"' ? 'quoted' : 'text', text: inner, at })
      at = end + 1
      continue
    }
    const name = take(NAME)
    const number = name === undefined ? take(NUMBER) : undefined
    const sign = name === undefined && number === undefined ? take(SIGN) : undefined
    if (name !== undefined) tokens.push({ kind: 'name', text: name.toUpperCase(), at: start })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at: start })
    else throw new SqlError(`\`${code[at]}\` does not belong into SQL`, at)
  }
  tokens.push({ kind: 'end', text: '', at: code.length })
  return tokens
}

/** Where a quoted word ends; two quotes stand for one. */
function endOf(code: string, start: number, quote: string): number {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] !== quote) continue
    if (code[at + 1] !== quote) return at
    at++
  }
  throw new SqlError(`${quote} is never closed`, start)
}
