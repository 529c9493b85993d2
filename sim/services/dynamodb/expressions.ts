// Expressions of DynamoDB as trees: conditions, updates and projections, each parsed once per text.
//
// A recursive descent over the grammar of the developer guide. Attribute names and values stand in the tree as their
// placeholders and are looked up when the expression is evaluated, so a tree serves every request with the same text.
import { tokenize, type Token } from './tokens.ts'
import { Invalid } from './values.ts'

/** A document path: names (possibly `#placeholder`) and list positions. */
export type Path = readonly (string | number)[]

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'size'; readonly path: Path }

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Condition =
  | { readonly kind: 'compare'; readonly op: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly of: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly of: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'attribute_exists' | 'attribute_not_exists'; readonly path: Path }
  | { readonly kind: 'attribute_type' | 'begins_with' | 'contains'; readonly of: Operand; readonly argument: Operand }

/** The right side of a `SET`. */
export type Term =
  | Operand
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Term }
  | { readonly kind: 'list_append'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'sum' | 'difference'; readonly left: Term; readonly right: Term }

export type Clause =
  | { readonly kind: 'SET'; readonly path: Path; readonly term: Term }
  | { readonly kind: 'REMOVE'; readonly path: Path }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: Path; readonly value: string }

/** A parsed expression, the placeholders it uses, and the first elements of its paths. */
export interface Parsed<T> {
  readonly tree: T
  readonly heads: readonly string[]
  readonly names: readonly string[]
  readonly values: readonly string[]
}

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])
const FUNCTIONS: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
])
/** Words of the grammar: no attribute is named so without a placeholder. */
const WORDS = /^(and|or|not|between|in)$/i
/** Trees of the texts met so far: a pure function's memory, emptied when a scenario makes up texts without end. */
const KNOWN_MAX = 1000
const known = new Map<string, Parsed<unknown>>()

/** A condition, filter or key condition; `what` is the parameter's name, for messages. Throws `Invalid`. */
export function parseCondition(text: unknown, what: string): Parsed<Condition> {
  return parse(text, what, (parser) => parser.condition())
}

/** An update expression. Throws `Invalid`. */
export function parseUpdate(text: unknown): Parsed<readonly Clause[]> {
  return parse(text, 'UpdateExpression', (parser) => parser.update())
}

/** A projection expression: its paths. Throws `Invalid`. */
export function parseProjection(text: unknown): Parsed<readonly Path[]> {
  return parse(text, 'ProjectionExpression', (parser) => parser.projection())
}

function parse<T>(text: unknown, what: string, read: (parser: Parser) => T): Parsed<T> {
  if (typeof text !== 'string') throw new Invalid(`${what} is not a text`)
  const key = what + text
  const found = known.get(key)
  if (found !== undefined) return found as Parsed<T>
  const parser = new Parser(text, what)
  const tree = read(parser)
  parser.expectEnd()
  const parsed: Parsed<T> = {
    tree,
    heads: [...parser.heads].sort(),
    names: [...parser.names].sort(),
    values: [...parser.values].sort(),
  }
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, parsed)
  return parsed
}

class Parser {
  readonly heads = new Set<string>()
  readonly names = new Set<string>()
  readonly values = new Set<string>()
  private readonly text: string
  private readonly what: string
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(text: string, what: string) {
    this.text = text
    this.what = what
    this.tokens = tokenize(text, what)
  }

  /** or ::= and (OR and)*, and so down to the smallest parts. */
  condition(): Condition {
    if (++this.depth > 100) throw new Invalid(`Invalid ${this.what}: The expression is nested too deeply`)
    let left = this.conjunction()
    while (this.word('OR')) left = { kind: 'or', left, right: this.conjunction() }
    this.depth--
    return left
  }

  update(): readonly Clause[] {
    const clauses: Clause[] = []
    const seen = new Set<string>()
    while (this.now.kind !== 'end') {
      const keyword = this.now.kind === 'name' ? this.now.text.toUpperCase() : ''
      if (keyword !== 'SET' && keyword !== 'REMOVE' && keyword !== 'ADD' && keyword !== 'DELETE') this.fail()
      if (seen.has(keyword))
        throw new Invalid(
          `Invalid UpdateExpression: The "${keyword}" section can only be used once in an update expression;`,
        )
      seen.add(keyword)
      this.at++
      do clauses.push(this.clause(keyword))
      while (this.sign(','))
    }
    return clauses
  }

  projection(): readonly Path[] {
    const paths = [this.path()]
    while (this.sign(',')) paths.push(this.path())
    return paths
  }

  expectEnd(): void {
    if (this.now.kind !== 'end') this.fail()
  }

  private conjunction(): Condition {
    let left = this.negation()
    while (this.word('AND')) left = { kind: 'and', left, right: this.negation() }
    return left
  }

  private negation(): Condition {
    let nots = 0
    while (this.word('NOT')) nots++
    const of = this.primary()
    return nots % 2 === 0 ? of : { kind: 'not', of }
  }

  private primary(): Condition {
    if (this.now.text === '(' && !this.opensOperand()) {
      this.open()
      const inside = this.condition()
      this.expectSign(')')
      return inside
    }
    if (this.now.kind === 'name' && this.tokens[this.at + 1]!.text === '(' && this.now.text !== 'size')
      return this.call()
    const left = this.operand()
    if (this.word('BETWEEN')) {
      const low = this.operand()
      if (!this.word('AND')) this.fail()
      return { kind: 'between', of: left, low, high: this.operand() }
    }
    if (this.word('IN')) {
      this.expectSign('(')
      const list = [this.operand()]
      while (this.sign(',')) list.push(this.operand())
      this.expectSign(')')
      return { kind: 'in', of: left, list }
    }
    const op = this.now.text
    if (this.now.kind !== 'sign' || !COMPARATORS.has(op)) this.fail()
    this.at++
    return { kind: 'compare', op: op as Comparator, left, right: this.operand() }
  }

  private call(): Condition {
    const name = this.now.text
    const count = FUNCTIONS.get(name)
    if (count === undefined) throw new Invalid(`Invalid ${this.what}: Invalid function name; function: ${name}`)
    this.at += 2
    if (count === 1) {
      const path = this.path()
      this.expectSign(')')
      return { kind: name as 'attribute_exists' | 'attribute_not_exists', path }
    }
    const of = this.operand()
    this.expectSign(',')
    const argument = this.operand()
    this.expectSign(')')
    return { kind: name as 'attribute_type' | 'begins_with' | 'contains', of, argument }
  }

  /** Whether the parenthesis here holds an operand: something is compared with it. */
  private opensOperand(): boolean {
    const after = this.tokens[this.closing(this.at) + 1]
    return after !== undefined && (COMPARATORS.has(after.text) || /^(between|in)$/i.test(after.text))
  }

  /** Takes an opening parenthesis; a second one around the same is too much. */
  private open(): void {
    if (this.tokens[this.at + 1]!.text === '(' && this.closing(this.at + 1) + 1 === this.closing(this.at))
      throw new Invalid(`Invalid ${this.what}: The expression has redundant parentheses;`)
    this.at++
  }

  /** Where the parenthesis that opens at a token closes; the end where it does not. */
  private closing(at: number): number {
    let depth = 0
    for (; at < this.tokens.length; at++) {
      if (this.tokens[at]!.text === '(') depth++
      else if (this.tokens[at]!.text === ')' && --depth === 0) break
    }
    return at
  }

  private operand(): Operand {
    if (this.now.text === '(') {
      this.open()
      const inside = this.operand()
      this.expectSign(')')
      return inside
    }
    if (this.now.kind === 'value') return { kind: 'value', name: this.value() }
    if (this.now.text === 'size' && this.tokens[this.at + 1]!.text === '(') {
      this.at += 2
      const path = this.path()
      this.expectSign(')')
      return { kind: 'size', path }
    }
    return { kind: 'path', path: this.path() }
  }

  private clause(kind: 'SET' | 'REMOVE' | 'ADD' | 'DELETE'): Clause {
    const path = this.path()
    if (kind === 'REMOVE') return { kind, path }
    if (kind !== 'SET') return { kind, path, value: this.value() }
    this.expectSign('=')
    return { kind, path, term: this.sum() }
  }

  /** At most one sign: `n + :d`. */
  private sum(): Term {
    const left = this.term()
    if (this.sign('+')) return { kind: 'sum', left, right: this.term() }
    if (this.sign('-')) return { kind: 'difference', left, right: this.term() }
    return left
  }

  private term(): Term {
    if (this.sign('(')) {
      const inside = this.sum()
      this.expectSign(')')
      return inside
    }
    const name = this.now.text
    if (this.now.kind !== 'name' || this.tokens[this.at + 1]!.text !== '(')
      return this.now.kind === 'value' ? { kind: 'value', name: this.value() } : { kind: 'path', path: this.path() }
    if (name !== 'if_not_exists' && name !== 'list_append')
      throw new Invalid(`Invalid UpdateExpression: Invalid function name; function: ${name}`)
    this.at += 2
    if (name === 'if_not_exists') {
      const path = this.path()
      this.expectSign(',')
      const otherwise = this.term()
      this.expectSign(')')
      return { kind: 'if_not_exists', path, otherwise }
    }
    const left = this.term()
    this.expectSign(',')
    const right = this.term()
    this.expectSign(')')
    return { kind: 'list_append', left, right }
  }

  private path(): Path {
    const head = this.name()
    this.heads.add(head)
    const path: (string | number)[] = [head]
    for (;;) {
      if (this.sign('.')) path.push(this.name())
      else if (this.sign('[')) {
        if (this.now.kind !== 'number') this.fail()
        path.push(Number(this.now.text))
        this.at++
        this.expectSign(']')
      } else return path
    }
  }

  private name(): string {
    const token = this.now
    if (token.kind !== 'name') this.fail()
    if (WORDS.test(token.text)) this.fail()
    if (token.text === '__proto__') throw new Invalid(`Invalid ${this.what}: \`__proto__\` is no attribute name here`)
    if (token.text.startsWith('#')) this.names.add(token.text)
    this.at++
    return token.text
  }

  private value(): string {
    const token = this.now
    if (token.kind !== 'value') this.fail()
    this.values.add(token.text)
    this.at++
    return token.text
  }

  private get now(): Token {
    return this.tokens[this.at]!
  }

  private sign(text: string): boolean {
    if (this.now.kind !== 'sign' || this.now.text !== text) return false
    this.at++
    return true
  }

  private word(text: string): boolean {
    if (this.now.kind !== 'name' || this.now.text.toUpperCase() !== text) return false
    this.at++
    return true
  }

  private expectSign(text: string): void {
    if (!this.sign(text)) this.fail()
  }

  private fail(): never {
    const near = this.text.slice(Math.max(0, this.now.at - 10), this.now.at + 15).trim()
    throw new Invalid(`Invalid ${this.what}: Syntax error; token: "${this.now.text}", near: "${near}"`)
  }
}
