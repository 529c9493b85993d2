// Mapping templates of API Gateway: the part of the Velocity Template Language that templates use, read into a tree.
//
// Known are text, references with members, indices and methods, `#set`, `#if`, `#elseif`, `#else`, `#foreach`, `#end`, comments, and
// expressions with arithmetic, comparisons and logic. A method that is not known is named, so that a template is refused whole.

export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'text'; readonly parts: readonly Node[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | Reference

export type Step =
  | { readonly member: string }
  | { readonly index: Expression }
  | { readonly call: string; readonly args: readonly Expression[] }

export interface Reference {
  readonly kind: 'reference'
  readonly name: string
  readonly steps: readonly Step[]
  /** What it looks like where it stands for nothing: its own text, or nothing (`$!name`). */
  readonly otherwise: string
}

export type Node =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'show'; readonly of: Reference }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly when: Expression
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }
  | { readonly kind: 'each'; readonly name: string; readonly list: Expression; readonly body: readonly Node[] }

/** What cannot be read, and where. */
export interface Unreadable {
  readonly problem: string
  /** True for a mistake of syntax; false for what the model does not know. */
  readonly isSyntax: boolean
}

/** Characters of a template, as in API Gateway; how deep things stand in one another. */
const LENGTH_MAX = 300 * 1024
const DEPTH_MAX = 100

/** Methods of values, and of `$util`. */
export const METHODS: ReadonlySet<string> = new Set([
  ...['path', 'json', 'params', 'escapeJavaScript', 'parseJson', 'urlEncode', 'urlDecode'],
  ...['size', 'length', 'isEmpty', 'get', 'contains', 'containsKey', 'keySet', 'values', 'entrySet', 'put', 'add'],
  ...['equals', 'equalsIgnoreCase', 'startsWith', 'endsWith', 'indexOf', 'substring', 'toLowerCase', 'toUpperCase'],
  ...['trim', 'concat', 'toString', 'replace', 'getKey', 'getValue'],
])

/** Reads a template. */
export function parseTemplate(text: string): readonly Node[] | Unreadable {
  if (text.length > LENGTH_MAX) return { problem: `it is longer than ${LENGTH_MAX} characters`, isSyntax: true }
  const reader = new Reader(text)
  try {
    const nodes = reader.nodes()
    return reader.left === '' ? nodes : { problem: `\`${reader.left}\` without its beginning`, isSyntax: true }
  } catch (thrown) {
    if (thrown instanceof Stop) return { problem: thrown.message, isSyntax: thrown.isSyntax }
    throw thrown
  }
}

class Stop extends Error {
  readonly isSyntax: boolean
  constructor(message: string, isSyntax: boolean) {
    super(message)
    this.isSyntax = isSyntax
  }
}

const NAME = /[A-Za-z_][\w-]*/y
const NUMBER = /\d+(?:\.\d+)?/y
const DIRECTIVE = /#\{?(set|if|elseif|else|end|foreach)\b\}?/y
/** Binary operators from the loosest to the tightest, with the words for some. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'or'],
  ['&&', 'and'],
  ['==', '!=', 'eq', 'ne'],
  ['<=', '>=', '<', '>', 'lt', 'gt', 'le', 'ge'],
  ['+', '-'],
  ['*', '/', '%'],
]
const MEANINGS: Readonly<Record<string, string>> = {
  ...{ or: '||', and: '&&', eq: '==', ne: '!=' },
  ...{ lt: '<', gt: '>', le: '<=', ge: '>=' },
}

class Reader {
  /** The directive at which a list of nodes ended: `end`, `else`, `elseif`; '' = the text is over. */
  left = ''
  private readonly text: string
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  nodes(): Node[] {
    if (++this.depth > DEPTH_MAX) throw new Stop('it is nested too deeply', true)
    const nodes: Node[] = []
    let plain = ''
    const flush = (): void => {
      if (plain !== '') nodes.push({ kind: 'plain', text: plain })
      plain = ''
    }
    this.left = ''
    while (this.at < this.text.length) {
      const char = this.text[this.at]
      if (char === '#' && this.comment()) continue
      if (char === '#') {
        const directive = this.match(DIRECTIVE)?.[1]
        if (directive === 'end' || directive === 'else' || directive === 'elseif') {
          this.left = directive
          break
        }
        if (directive !== undefined) {
          flush()
          nodes.push(this.directive(directive))
          continue
        }
      }
      if (char === '$') {
        const reference = this.reference()
        if (reference !== undefined) {
          flush()
          nodes.push({ kind: 'show', of: reference })
          continue
        }
      }
      plain += char
      this.at++
    }
    flush()
    this.depth--
    return nodes
  }

  private comment(): boolean {
    const next = this.text[this.at + 1]
    if (next === '#') {
      const end = this.text.indexOf('\n', this.at)
      this.at = end < 0 ? this.text.length : end + 1
      return true
    }
    if (next !== '*') return false
    const end = this.text.indexOf('*#', this.at)
    if (end < 0) throw new Stop('a comment does not end', true)
    this.at = end + 2
    return true
  }

  private directive(name: string): Node {
    this.expect('(')
    if (name === 'set') {
      const to = this.whole()
      if (to.steps.length > 0) throw new Stop('`#set` of a member', false)
      this.expect('=')
      const value = this.expression()
      this.expect(')')
      return { kind: 'set', name: to.name, value }
    }
    if (name === 'foreach') {
      const { name: item } = this.whole()
      this.space()
      if (!this.text.startsWith('in', this.at)) throw new Stop('`#foreach` without `in`', true)
      this.at += 2
      const list = this.expression()
      this.expect(')')
      const body = this.nodes()
      this.ends('foreach')
      return { kind: 'each', name: item, list, body }
    }
    return this.condition()
  }

  /** Behind `#if(` or `#elseif(`. */
  private condition(): Node {
    if (++this.depth > DEPTH_MAX) throw new Stop('it is nested too deeply', true)
    const made = this.branches()
    this.depth--
    return made
  }

  private branches(): Node {
    const when = this.expression()
    this.expect(')')
    const body = this.nodes()
    let otherwise: readonly Node[] = []
    const left = this.left as string
    if (left === 'elseif') {
      this.expect('(')
      return { kind: 'if', when, body, otherwise: [this.condition()] }
    }
    if (left === 'else') otherwise = this.nodes()
    this.ends('if')
    return { kind: 'if', when, body, otherwise }
  }

  private ends(what: string): void {
    if (this.left !== 'end') throw new Stop(`\`#${what}\` without \`#end\``, true)
    this.left = ''
  }

  /** A reference where one must stand. */
  private whole(): Reference {
    this.space()
    const found = this.text[this.at] === '$' ? this.reference() : undefined
    if (found === undefined) throw new Stop('a variable is missing', true)
    return found
  }

  /** At a `$`; undefined = it is only a character. */
  private reference(): Reference | undefined {
    const start = this.at
    const opening = /\$!?\{?/y
    const quiet = this.match(opening)![0]
    const name = this.match(NAME)?.[0]
    if (name === undefined) {
      this.at = start
      return undefined
    }
    const steps = this.steps()
    if (quiet.endsWith('{')) this.expect('}')
    const otherwise = quiet.includes('!') ? '' : this.text.slice(start, this.at)
    return { kind: 'reference', name, steps, otherwise }
  }

  private steps(): Step[] {
    const steps: Step[] = []
    for (;;) {
      const char = this.text[this.at]
      if (char === '[') {
        this.at++
        const index = this.expression()
        this.expect(']')
        steps.push({ index })
        continue
      }
      if (char !== '.') return steps
      this.at++
      const name = this.match(NAME)?.[0]
      if (name === undefined) {
        this.at--
        return steps
      }
      if (this.text[this.at] !== '(') {
        steps.push({ member: name })
        continue
      }
      if (!METHODS.has(name)) throw new Stop(`\`${name}()\` is not simulated`, false)
      this.at++
      steps.push({ call: name, args: this.list(')') })
    }
  }

  /** Expressions up to a closing bracket. */
  private list(closing: string): Expression[] {
    const items: Expression[] = []
    this.space()
    while (this.text[this.at] !== closing) {
      items.push(this.expression())
      this.space()
      if (this.text[this.at] === ',') this.at++
      else if (this.text[this.at] !== closing) throw new Stop(`\`${closing}\` is missing`, true)
      this.space()
    }
    this.at++
    return items
  }

  private expression(level = 0): Expression {
    if (level === LEVELS.length) return this.unary()
    if (++this.depth > DEPTH_MAX * LEVELS.length) throw new Stop('it is nested too deeply', true)
    let left = this.expression(level + 1)
    for (let op = this.operator(LEVELS[level]); op !== undefined; op = this.operator(LEVELS[level])) {
      const right = this.expression(level + 1)
      left = { kind: 'binary', op: MEANINGS[op] ?? op, left, right }
    }
    this.depth--
    return left
  }

  private operator(of: readonly string[]): string | undefined {
    this.space()
    const found = of.find((op) => {
      if (!this.text.startsWith(op, this.at)) return false
      return !/[a-z]/.test(op) || !/\w/.test(this.text[this.at + op.length] ?? '')
    })
    if (found !== undefined) this.at += found.length
    return found
  }

  private unary(): Expression {
    if (++this.depth > DEPTH_MAX * LEVELS.length) throw new Stop('it is nested too deeply', true)
    const made = this.signed()
    this.depth--
    return made
  }

  private signed(): Expression {
    this.space()
    const char = this.text[this.at]
    if (char === '!' || /^not\b/.test(this.text.slice(this.at, this.at + 4))) {
      this.at += char === '!' ? 1 : 3
      return { kind: 'not', of: this.unary() }
    }
    if (char === '-') {
      this.at++
      return { kind: 'binary', op: '-', left: { kind: 'value', value: 0 }, right: this.unary() }
    }
    if (char === '(') {
      this.at++
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    return this.primary(char)
  }

  private primary(char: string | undefined): Expression {
    if (char === '$') return this.whole()
    if (char === "'" || char === '"') return this.quoted(char)
    if (char === '[') return this.listOrRange()
    if (char === '{') return this.map()
    const number = this.match(NUMBER)
    if (number !== null) return { kind: 'value', value: Number(number[0]) }
    const word = this.match(NAME)?.[0]
    if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' }
    if (word === 'null') return { kind: 'value', value: null }
    throw new Stop(word === undefined ? 'an expression is missing' : `\`${word}\` is no value`, true)
  }

  /** Between single quotes a text as it stands, between double ones a template. */
  private quoted(quote: string): Expression {
    const end = this.text.indexOf(quote, this.at + 1)
    if (end < 0) throw new Stop('a text does not end', true)
    const inside = this.text.slice(this.at + 1, end)
    this.at = end + 1
    if (quote === "'" || !/[$#]/.test(inside)) return { kind: 'value', value: inside }
    const parts = new Reader(inside).nodes()
    return { kind: 'text', parts }
  }

  private listOrRange(): Expression {
    this.at++
    this.space()
    if (this.text[this.at] === ']') return { kind: 'list', items: this.list(']') }
    const first = this.expression()
    this.space()
    if (this.text.startsWith('..', this.at)) {
      this.at += 2
      const to = this.expression()
      this.expect(']')
      return { kind: 'range', from: first, to }
    }
    if (this.text[this.at] === ',') this.at++
    return { kind: 'list', items: [first, ...this.list(']')] }
  }

  private map(): Expression {
    this.at++
    const entries: [Expression, Expression][] = []
    this.space()
    while (this.text[this.at] !== '}') {
      const key = this.expression()
      this.expect(':')
      entries.push([key, this.expression()])
      this.space()
      if (this.text[this.at] === ',') this.at++
      else if (this.text[this.at] !== '}') throw new Stop('`}` is missing', true)
      this.space()
    }
    this.at++
    return { kind: 'map', entries }
  }

  private expect(char: string): void {
    this.space()
    if (this.text[this.at] !== char) throw new Stop(`\`${char}\` is missing`, true)
    this.at++
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found !== null) this.at += found[0].length
    return found
  }
}
